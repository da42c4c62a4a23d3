package org.anomalyscore.demo;

/** A point, a direction or a linear RGB colour: three doubles. */
record Vec(double x, double y, double z) {

  Vec plus(Vec v) {
    return new Vec(x + v.x, y + v.y, z + v.z);
  }

  Vec minus(Vec v) {
    return new Vec(x - v.x, y - v.y, z - v.z);
  }

  Vec times(double s) {
    return new Vec(x * s, y * s, z * s);
  }

  /** Element by element, as light falls on a colour. */
  Vec times(Vec v) {
    return new Vec(x * v.x, y * v.y, z * v.z);
  }

  double dot(Vec v) {
    return x * v.x + y * v.y + z * v.z;
  }

  Vec unit() {
    return times(1 / Math.sqrt(dot(this)));
  }

  /** The straight mixture from this (t = 0) to v (t = 1). */
  Vec towards(Vec v, double t) {
    return plus(v.minus(this).times(t));
  }

  /** Turned about the vertical axis by the angle whose cosine and sine are given. */
  Vec turned(double cos, double sin) {
    return new Vec(cos * x + sin * z, y, cos * z - sin * x);
  }
}
