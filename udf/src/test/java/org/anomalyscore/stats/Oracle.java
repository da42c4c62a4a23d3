package org.anomalyscore.stats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Reads what {@code src/test/python/stats_oracle.py} wrote, and draws the data that it drew. */
public final class Oracle {
  private Oracle() {}

  /** Two samples of points. */
  public static final class Points {
    public final double[] x1;
    public final double[] y1;
    public final double[] x2;
    public final double[] y2;

    public Points(double[] x1, double[] y1, double[] x2, double[] y2) {
      this.x1 = x1;
      this.y1 = y1;
      this.x2 = x2;
      this.y2 = y2;
    }

    KolmogorovSmirnov2D test() {
      return KolmogorovSmirnov2D.of(x1, y1, x2, y2);
    }
  }

  /** The fields of each row, without the line of versions and the header. */
  public static List<String[]> rows(String file) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Oracle.class.getResourceAsStream(file), StandardCharsets.UTF_8))) {
      return reader.lines().skip(2).map(line -> line.split(",", -1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Python's spelling: {@code nan}, not {@code NaN}. */
  public static double number(String text) {
    return Double.parseDouble(text.toLowerCase(Locale.ROOT).replace("nan", "NaN"));
  }

  static double[] uniform(UniformRandomProvider random, int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> random.nextDouble());
    return values;
  }

  static UniformRandomProvider stream(long seed) {
    return RandomSource.SPLIT_MIX_64.create(seed);
  }

  /** The data of {@code samples(kind, n, m, seed)} in the oracle script, bit for bit. */
  public static Points points(String kind, int n, int m, long seed) {
    UniformRandomProvider random = stream(seed);
    double[] x1 = uniform(random, n);
    double[] y1 = uniform(random, n);
    double[] x2 = uniform(random, m);
    double[] y2 = uniform(random, m);
    switch (kind) {
      case "continuous" -> {}
      case "shifted" -> {
        Arrays.setAll(x2, i -> x2[i] * 1.25);
        Arrays.setAll(y2, i -> y2[i] + 0.125);
      }
      case "correlated" -> {
        Arrays.setAll(y1, i -> x1[i] + 0.5 * y1[i]);
        Arrays.setAll(y2, i -> 1.0 - x2[i] + 0.25 * y2[i]);
      }
      case "grid8", "grid2" -> {
        double k = kind.equals("grid8") ? 8 : 2;
        for (double[] values : List.of(x1, y1, x2, y2)) {
          Arrays.setAll(values, i -> Math.floor(values[i] * k));
        }
      }
      case "x_ties" -> {
        Arrays.setAll(x1, i -> Math.floor(x1[i] * 4));
        Arrays.setAll(x2, i -> Math.floor(x2[i] * 4));
      }
      case "constant" -> {
        for (double[] values : List.of(x1, y1, x2, y2)) {
          Arrays.fill(values, 0.5);
        }
      }
      case "one_constant" -> Arrays.fill(x1, 0.5);
      case "same" -> {
        System.arraycopy(x1, 0, x2, 0, m);
        System.arraycopy(y1, 0, y2, 0, m);
      }
      case "disjoint" -> Arrays.setAll(x2, i -> x2[i] + 2);
      case "signed_zero" -> {
        Arrays.setAll(x1, i -> Math.floor(x1[i] * 2) * -0.5);
        Arrays.setAll(y2, i -> Math.floor(y2[i] * 2) * -0.5);
        Arrays.setAll(x2, i -> Math.floor(x2[i] * 2) * 0.5);
        Arrays.setAll(y1, i -> Math.floor(y1[i] * 2) * 0.5);
      }
      default -> throw new IllegalArgumentException(kind);
    }
    return new Points(x1, y1, x2, y2);
  }
}
