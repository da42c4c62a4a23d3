package org.anomalyscore.measure;

import java.nio.ByteBuffer;
import org.anomalyscore.storage.ContentHash;

/**
 * The public random stream of a score: counter-based, keyed by the image's content, so that an
 * image gets the same noise in every run, on every executor and in any order.
 *
 * <p>Value i is SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014, doi
 * 10.1145/2660193.2660195) of {@code key + (i + 1) * 0x9E3779B97F4A7C15}. All transcendental
 * functions are {@link StrictMath}'s: {@link Math}'s may differ in the last bit between platforms.
 */
public final class NoiseStream {

  /** What a stream is used for; each purpose has a key of its own. */
  public enum Purpose {
    /** The Gaussian direction of Eq. 1. */
    COMPLEXITY_NOISE("complexity-noise"),
    /** The random start of the attack, Eq. 2-5. */
    ATTACK_START("attack-start"),
    /** Whether an image's features are kept; see {@link FeatureSample}. */
    FEATURE_SAMPLE("feature-sample"),
    /** Which super-pixels each trial of an attribution attacks. */
    SUPERPIXEL_TRIALS("superpixel-trials");

    private final String text;

    Purpose(String text) {
      this.text = text;
    }
  }

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double TWO_POW_MINUS_53 = 0x1p-53;

  private final long key;

  /**
   * The stream of one image and purpose: that of draw 0.
   *
   * @param seed the run's seed, default 0
   * @param imageId SHA-256 of the encoded file's bytes, 64 lower-case hexadecimal digits
   */
  public NoiseStream(Purpose purpose, long seed, String imageId) {
    this(purpose, seed, 0, imageId);
  }

  /**
   * One of several independent streams of one image and purpose. The key is made of {@code
   * anomaly-score|1|PURPOSE|SEED|IMAGE_ID}, and for a draw above 0 of {@code
   * anomaly-score|1|PURPOSE|draw=DRAW|SEED|IMAGE_ID}, so that draw 0 is the stream of a score that
   * averages nothing.
   *
   * @param draw 0 or above
   */
  public NoiseStream(Purpose purpose, long seed, int draw, String imageId) {
    String drawn = draw == 0 ? "" : "|draw=" + draw;
    String text = "anomaly-score|1|" + purpose.text + drawn + "|" + seed + "|" + imageId;
    this.key = ByteBuffer.wrap(ContentHash.of(text)).getLong();
  }

  /** The stream's 64-bit key. */
  long key() {
    return key;
  }

  /** Raw value {@code i >= 0}, all 64 bits. */
  long value(long i) {
    long z = key + (i + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform value {@code i >= 0} in [0, 1), a multiple of 2^-53. */
  public double uniform(long i) {
    return (value(i) >>> 11) * TWO_POW_MINUS_53;
  }

  /** The first {@code count} standard Gaussians, by Box-Muller pairs. */
  double[] gaussians(int count) {
    double[] g = new double[count];
    for (int i = 0; i < count; i += 2) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(i)));
      double angle = 2 * StrictMath.PI * uniform(i + 1L);
      g[i] = radius * StrictMath.cos(angle);
      if (i + 1 < count) {
        g[i + 1] = radius * StrictMath.sin(angle);
      }
    }
    return g;
  }

  /**
   * Gaussians scaled to unit L2 norm: the n of Eq. 1. In double; a float32 feature model gets each
   * element rounded once.
   *
   * @param target where to write, in C, H, W order
   * @param offset the first element's index in {@code target}
   * @param count the number of elements, 3·H·W
   */
  void writeUnitDirection(double[] target, int offset, int count) {
    double[] g = gaussians(count);
    double sum = 0;
    for (double value : g) {
      sum += value * value;
    }
    double norm = StrictMath.sqrt(sum);
    for (int i = 0; i < count; i++) {
      target[offset + i] = g[i] / norm;
    }
  }

  /** Uniform values in [-1, 1): the u of the attack's start. Arguments as above. */
  void writeUniform(double[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = 2 * uniform(i) - 1;
    }
  }
}
