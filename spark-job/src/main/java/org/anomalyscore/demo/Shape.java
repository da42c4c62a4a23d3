package org.anomalyscore.demo;

import java.util.Optional;

/** The kinds of main object, each of about unit size and standing on the plane y = 0. */
enum Shape {
  SPHERE {
    @Override
    Optional<Hit> hit(Vec origin, Vec direction) {
      Vec centre = new Vec(0, 1, 0);
      Vec fromCentre = origin.minus(centre);
      double half = fromCentre.dot(direction);
      double discriminant = half * half - fromCentre.dot(fromCentre) + 1;
      if (discriminant < 0) {
        return Optional.empty();
      }
      double distance = -half - Math.sqrt(discriminant);
      if (distance < NEAR) {
        return Optional.empty();
      }
      Vec point = origin.plus(direction.times(distance));
      return Optional.of(new Hit(distance, point, point.minus(centre)));
    }
  },

  BOX {
    @Override
    Optional<Hit> hit(Vec origin, Vec direction) {
      Slab x = Slab.of(origin.x(), direction.x(), -HALF, HALF);
      Slab y = Slab.of(origin.y(), direction.y(), 0, 2 * HALF);
      Slab z = Slab.of(origin.z(), direction.z(), -HALF, HALF);
      double enter = Math.max(x.enter, Math.max(y.enter, z.enter));
      double leave = Math.min(x.leave, Math.min(y.leave, z.leave));
      if (enter > leave || enter < NEAR) {
        return Optional.empty();
      }
      Vec normal;
      if (enter == x.enter) {
        normal = new Vec(-Math.signum(direction.x()), 0, 0);
      } else if (enter == y.enter) {
        normal = new Vec(0, -Math.signum(direction.y()), 0);
      } else {
        normal = new Vec(0, 0, -Math.signum(direction.z()));
      }
      return Optional.of(new Hit(enter, origin.plus(direction.times(enter)), normal));
    }
  },

  /** Radius 1 on the ground, apex at a height of 2; seen from above only, so it needs no base. */
  CONE {
    @Override
    Optional<Hit> hit(Vec origin, Vec direction) {
      // x^2 + z^2 = ((2 - y) / 2)^2 along the ray: a t^2 + 2 b t + c = 0.
      double height = (2 - origin.y()) / 2;
      double slope = -direction.y() / 2;
      double a = direction.x() * direction.x() + direction.z() * direction.z() - slope * slope;
      double b = origin.x() * direction.x() + origin.z() * direction.z() - height * slope;
      double c = origin.x() * origin.x() + origin.z() * origin.z() - height * height;
      double discriminant = b * b - a * c;
      if (discriminant < 0) {
        return Optional.empty();
      }
      double root = Math.sqrt(discriminant);
      double first = Math.min((-b - root) / a, (-b + root) / a);
      double second = Math.max((-b - root) / a, (-b + root) / a);
      for (double distance : new double[] {first, second}) {
        Vec point = origin.plus(direction.times(distance));
        // The equation also holds on the mirrored cone above the apex.
        if (distance >= NEAR && point.y() >= 0 && point.y() <= 2) {
          Vec normal = new Vec(point.x(), (2 - point.y()) / 4, point.z()).unit();
          return Optional.of(new Hit(distance, point, normal));
        }
      }
      return Optional.empty();
    }
  };

  /** A surface does not shade itself through rounding. */
  static final double NEAR = 1e-6;

  private static final double HALF = 0.85;

  /**
   * The first point of a ray on this shape.
   *
   * @param origin outside the shape
   * @param direction of unit length
   */
  abstract Optional<Hit> hit(Vec origin, Vec direction);

  /** A point on a surface: distance along the ray, position, unit normal. */
  record Hit(double distance, Vec point, Vec normal) {}

  /** Where a ray is between two parallel planes. */
  private record Slab(double enter, double leave) {
    static Slab of(double origin, double direction, double low, double high) {
      double first = (low - origin) / direction;
      double second = (high - origin) / direction;
      return new Slab(Math.min(first, second), Math.max(first, second));
    }
  }
}
