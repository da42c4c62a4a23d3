package org.anomalyscore.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * One scene: a main object and pebbles on a textured ground, a low sun, a cloudy sky. Lengths are
 * in units of the main object's radius before scaling; colours are linear RGB in [0, 1].
 */
final class Scene {

  private static final List<Shape> KINDS = List.of(Shape.values());
  private static final List<Surface> TEXTURES = List.of(Surface.values());
  private static final double AMBIENT = 0.28;

  private final int label;
  private final List<Thing> things;
  private final Vec sun;
  private final double cosYawOfGround;
  private final double sinYawOfGround;
  private final Vec soil;
  private final Vec grass;
  private final double groundFrequency;
  private final Vec zenith;
  private final Vec horizon;
  private final int grain;

  /** Draws every property of a scene from the stream; the order of the draws is part of it. */
  Scene(UniformRandomProvider random) {
    int kind = random.nextInt(KINDS.size());
    int texture = random.nextInt(TEXTURES.size());
    label = kind * TEXTURES.size() + texture;
    Vec place = new Vec(between(random, -0.9, 0.9), 0, between(random, -0.5, 1.2));
    Vec first = colour(random, 0.55, 0.95);
    Vec second = colour(random, 0.03, 0.25);
    Thing main =
        new Thing(
            KINDS.get(kind),
            TEXTURES.get(texture),
            place,
            between(random, 0.75, 1.2),
            between(random, 0, 2 * Math.PI),
            between(random, 2.0, 3.6),
            first,
            second,
            random.nextInt());
    things = new ArrayList<>(List.of(main));
    int pebbles = random.nextInt(4);
    for (int i = 0; i < pebbles; i++) {
      things.add(pebble(random));
    }
    double azimuth = between(random, 0, 2 * Math.PI);
    double height = between(random, 0.5, 1.3);
    sun = new Vec(StrictMath.cos(azimuth), height, StrictMath.sin(azimuth) - 0.4).unit();
    double yaw = between(random, 0, Math.PI);
    cosYawOfGround = StrictMath.cos(yaw);
    sinYawOfGround = StrictMath.sin(yaw);
    soil = colour(random, 0.08, 0.35);
    grass = colour(random, 0.25, 0.6);
    groundFrequency = between(random, 0.8, 2.0);
    zenith = new Vec(0.1, 0.2, 0.5).times(between(random, 0.5, 1.2));
    horizon = new Vec(0.75, 0.8, 0.9).times(between(random, 0.6, 1.0));
    grain = random.nextInt();
  }

  private static Thing pebble(UniformRandomProvider random) {
    Vec place = new Vec(between(random, -2.6, 2.6), 0, between(random, -1.8, 3.0));
    Vec colour = colour(random, 0.2, 0.7);
    return new Thing(
        Shape.SPHERE,
        Surface.SPECKLE,
        place,
        between(random, 0.1, 0.3),
        0,
        between(random, 1, 3),
        colour,
        colour.times(0.4),
        random.nextInt());
  }

  /** The class of the scene: shape and surface of its main object, 0 to 8. */
  int label() {
    return label;
  }

  /** The linear RGB light that arrives along a ray from the camera; may exceed 1. */
  Vec light(Vec origin, Vec direction) {
    Optional<Seen> seen = nearest(origin, direction);
    if (seen.isPresent()) {
      Seen s = seen.get();
      double gleam = Math.max(0, s.normal.dot(sun.minus(direction).unit()));
      double gleam8 = gleam * gleam * gleam * gleam * gleam * gleam * gleam * gleam;
      return shaded(s.colour, s.point, s.normal, 0.25 * gleam8 * gleam8);
    }
    if (direction.y() < 0) {
      Vec point = origin.plus(direction.times(-origin.y() / direction.y()));
      Vec ground = shaded(ground(point), point, new Vec(0, 1, 0), 0);
      // Distance hides detail that the pixel grid could not show.
      double haze = Math.min(1, point.z() * point.z() / 900);
      return ground.towards(horizon, haze);
    }
    Vec onClouds = direction.times(2.5 / (direction.y() + 0.15));
    double cloud = Math.max(0, 2 * ValueNoise.fractal(onClouds, grain) - 0.9);
    double rise = Math.min(1, 2.5 * direction.y());
    return horizon.towards(zenith, rise).towards(new Vec(0.9, 0.9, 0.9), Math.min(0.8, cloud));
  }

  private Vec ground(Vec point) {
    Vec turned = point.turned(cosYawOfGround, sinYawOfGround).times(groundFrequency);
    double noise = ValueNoise.fractal(turned, grain ^ 1);
    double fine = ValueNoise.fractal(turned.times(5), grain ^ 2);
    return soil.towards(grass, Math.max(0, Math.min(1, 2.5 * noise - 0.75)))
        .times(0.6 + 0.8 * fine);
  }

  private Vec shaded(Vec colour, Vec point, Vec normal, double gleam) {
    double facing = normal.dot(sun);
    // Starts a little above the surface, so that it does not shade itself.
    boolean lit = facing > 0 && nearest(point.plus(normal.times(1e-4)), sun).isEmpty();
    double sunlight = lit ? 0.95 * facing : 0;
    double skylight = AMBIENT * (0.6 + 0.4 * normal.y());
    Vec white = new Vec(1, 1, 1);
    return colour.times(sunlight + skylight).plus(white.times(lit ? gleam : 0));
  }

  private Optional<Seen> nearest(Vec origin, Vec direction) {
    Optional<Seen> nearest = Optional.empty();
    for (Thing thing : things) {
      Optional<Seen> seen = thing.seen(origin, direction);
      if (seen.isPresent() && (nearest.isEmpty() || seen.get().distance < nearest.get().distance)) {
        nearest = seen;
      }
    }
    return nearest;
  }

  private static double between(UniformRandomProvider random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private static Vec colour(UniformRandomProvider random, double low, double high) {
    return new Vec(
        between(random, low, high), between(random, low, high), between(random, low, high));
  }

  /** A shape that was scaled, turned about the vertical and put on the ground. */
  private static final class Thing {
    private final Shape shape;
    private final Surface surface;
    private final Vec place;
    private final double scale;
    private final double cos;
    private final double sin;
    private final double frequency;
    private final Vec first;
    private final Vec second;
    private final int grain;

    Thing(
        Shape shape,
        Surface surface,
        Vec place,
        double scale,
        double yaw,
        double frequency,
        Vec first,
        Vec second,
        int grain) {
      this.shape = shape;
      this.surface = surface;
      this.place = place;
      this.scale = scale;
      this.cos = StrictMath.cos(yaw);
      this.sin = StrictMath.sin(yaw);
      this.frequency = frequency;
      this.first = first;
      this.second = second;
      this.grain = grain;
    }

    Optional<Seen> seen(Vec origin, Vec direction) {
      Vec ownOrigin = origin.minus(place).turned(cos, sin).times(1 / scale);
      return shape
          .hit(ownOrigin, direction.turned(cos, sin))
          .map(
              hit ->
                  new Seen(
                      hit.distance() * scale,
                      origin.plus(direction.times(hit.distance() * scale)),
                      hit.normal().turned(cos, -sin),
                      first.towards(second, surface.mixture(hit.point(), frequency, grain))));
    }
  }

  /** A point of a thing in the scene's frame. */
  private record Seen(double distance, Vec point, Vec normal, Vec colour) {}
}
