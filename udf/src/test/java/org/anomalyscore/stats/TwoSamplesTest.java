package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.anomalyscore.stats.AnomalyScore.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwoSamplesTest {

  private record Point(boolean isReference, double x, double y) {}

  private static final Comparator<Point> ORDER =
      Comparator.comparingDouble(Point::x).thenComparingDouble(Point::y);

  private static List<Point> points(Oracle.Points data) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < data.x1.length; i++) {
      points.add(new Point(true, data.x1[i], data.y1[i]));
    }
    for (int i = 0; i < data.x2.length; i++) {
      points.add(new Point(false, data.x2[i], data.y2[i]));
    }
    return points;
  }

  private static TwoSamples gather(List<Point> points) {
    TwoSamples samples = TwoSamples.ofPoints(TwoSamples.MAX_ROWS);
    points.forEach(p -> samples.accept(p.isReference, p.x, p.y));
    return samples;
  }

  /** The points, dealt to parts at random, and the parts merged in a random tree. */
  private static TwoSamples merge(List<Point> points, Random random, boolean asBytes) {
    List<TwoSamples> parts = new ArrayList<>();
    for (List<Point> part : deal(points, random)) {
      parts.add(gather(part));
    }
    while (parts.size() > 1) {
      TwoSamples from = parts.remove(random.nextInt(parts.size()));
      TwoSamples into = parts.get(random.nextInt(parts.size()));
      if (asBytes) {
        into.addBytes(from.toBytes());
      } else {
        into.combine(from);
      }
    }
    return parts.get(0);
  }

  private static List<List<Point>> deal(List<Point> points, Random random) {
    List<List<Point>> parts = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      parts.add(new ArrayList<>()); // some may stay empty
    }
    points.forEach(p -> parts.get(random.nextInt(parts.size())).add(p));
    return parts;
  }

  private static double[][] sortedColumns(List<Point> points, boolean isReference) {
    List<Point> rows = points.stream().filter(p -> p.isReference == isReference).toList();
    rows = rows.stream().sorted(ORDER).toList();
    return new double[][] {
      rows.stream().mapToDouble(Point::x).toArray(), rows.stream().mapToDouble(Point::y).toArray()
    };
  }

  static List<String[]> oracle() {
    return Oracle.rows("ks2d.csv");
  }

  @ParameterizedTest(name = "{0} {1} v {2}, seed {3}")
  @MethodSource("oracle")
  void fourWaysGiveTheBitsOfTheArrays(
      String kind, int n, int m, long seed, String d, String unusedP) {
    List<Point> points = points(Oracle.points(kind, n, m, seed));
    double[][] reference = sortedColumns(points, true);
    double[][] generated = sortedColumns(points, false);
    AnomalyScore expected =
        AnomalyScore.of(
            reference[0], reference[1], generated[0], generated[1], new Options(seed, 19, 0, 0.9));
    double ks = TwoSampleTests.of(reference[0], generated[0]).ks();
    assertEquals(Oracle.number(d), expected.d(), 1e-12);
    Random random = new Random(seed);
    for (int round = 0; round < 3; round++) {
      Collections.shuffle(points, random);
      for (TwoSamples samples :
          List.of(
              gather(points),
              merge(points, random, false),
              merge(points, random, true),
              restored(gather(points)))) {
        assertEquals(expected.d(), samples.anomalyScore());
        assertEquals(expected.permutationP(), samples.permutationP(19, seed));
      }
      TwoSamples numbers = TwoSamples.ofNumbers(TwoSamples.MAX_ROWS);
      points.forEach(p -> numbers.accept(p.isReference, p.x));
      assertEquals(ks, numbers.kolmogorovSmirnov());
    }
  }

  private static TwoSamples restored(TwoSamples samples) {
    TwoSamples restored = TwoSamples.ofPoints(TwoSamples.MAX_ROWS);
    restored.addBytes(samples.toBytes());
    return restored;
  }

  @Test
  void pointsThatAreTiedInXAreSortedByY() {
    // Without the sort, this order gives another p-value for some seed.
    List<Point> points = points(Oracle.points("x_ties", 30, 40, 3));
    points.sort(ORDER.reversed());
    double[][] r = sortedColumns(points, true);
    double[][] g = sortedColumns(points, false);
    int changed = 0;
    for (long seed = 0; seed < 50; seed++) {
      double sorted = KolmogorovSmirnov2D.of(r[0], r[1], g[0], g[1]).permute(19, seed).pValue();
      assertEquals(sorted, gather(points).permutationP(19, seed));
      double unsorted =
          KolmogorovSmirnov2D.of(reversed(r[0]), reversed(r[1]), reversed(g[0]), reversed(g[1]))
              .permute(19, seed)
              .pValue();
      changed += sorted == unsorted ? 0 : 1;
    }
    assertEquals(true, changed > 5, "the order matters, or this test shows nothing: " + changed);
  }

  private static double[] reversed(double[] values) {
    double[] reversed = new double[values.length];
    Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
    return reversed;
  }

  @Test
  void zerosOfBothSignsAreOneValue() {
    double[][] rows = {{-0.0, 5}, {0.0, 3}, {-0.0, 1}, {0.0, 4}, {-0.0, -0.0}, {-0.0, 0.0}};
    TwoSamples signed = TwoSamples.ofPoints(100);
    TwoSamples plain = TwoSamples.ofPoints(100);
    for (int i = 0; i < rows.length; i++) {
      signed.accept(i % 2 == 0, rows[i][0], rows[i][1]);
      plain.accept(i % 2 == 0, Math.abs(rows[i][0]), Math.abs(rows[i][1]));
    }
    for (long seed = 0; seed < 20; seed++) {
      assertEquals(plain.permutationP(9, seed), signed.permutationP(9, seed));
    }
  }

  @Test
  void rowsWithoutARankAreLeftOut() {
    List<Point> points = points(Oracle.points("shifted", 20, 30, 5));
    TwoSamples samples = gather(points);
    double d = samples.anomalyScore();
    TwoSamples numbers = TwoSamples.ofNumbers(100);
    points.forEach(p -> numbers.accept(p.isReference, p.x));
    double ks = numbers.kolmogorovSmirnov();
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1.0 / 0}) {
      for (boolean isReference : new boolean[] {true, false}) {
        samples.accept(isReference, bad, 0);
        samples.accept(isReference, 0, bad);
        numbers.accept(isReference, bad);
      }
    }
    assertEquals(d, samples.anomalyScore());
    assertEquals(ks, numbers.kolmogorovSmirnov());
  }

  @Test
  void tooFewRowsGiveNaN() {
    TwoSamples points = TwoSamples.ofPoints(9);
    assertEquals(Double.NaN, points.anomalyScore());
    points.accept(true, 1, 1);
    assertEquals(Double.NaN, points.anomalyScore());
    assertEquals(Double.NaN, points.permutationP(9, 0));
    points.accept(false, 1, 1);
    assertEquals(1, points.anomalyScore()); // of one point each, as ndtest has it
    assertEquals(1, points.permutationP(9, 0));

    TwoSamples numbers = TwoSamples.ofNumbers(9);
    numbers.accept(true, 1);
    numbers.accept(true, 1);
    numbers.accept(false, 1);
    assertEquals(Double.NaN, numbers.kolmogorovSmirnov());
    numbers.accept(false, 1);
    assertEquals(0, numbers.kolmogorovSmirnov());
  }

  @Test
  void rowsBeyondTheLimitAreRefused() {
    TwoSamples three = TwoSamples.ofPoints(3);
    three.accept(true, 1, 1);
    three.accept(false, 1, 1);
    three.accept(false, 1, 1);
    String message =
        "Cannot compare 4 or more rows at once: all rows of a group are ranked in one task's"
            + " memory, and the limit is 3. Group by further columns, or compare a random part of"
            + " the rows (TABLESAMPLE).";
    assertRefused(message, () -> three.accept(true, 1, 1));
    TwoSamples other = TwoSamples.ofPoints(3);
    other.accept(true, 1, 1);
    assertRefused(message, () -> three.combine(other));
    assertRefused(message, () -> three.addBytes(other.toBytes()));
    other.combine(TwoSamples.ofPoints(3));
    other.accept(false, 2, 2);
    other.accept(false, 3, 3); // three are not too many
    assertEquals(1, other.anomalyScore());
  }

  private static void assertRefused(
      String message, org.junit.jupiter.api.function.Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @Test
  void atTheLimitTheBytesStillFitAnArray() {
    long bytes = Integer.BYTES + 2L * Double.BYTES * TwoSamples.MAX_ROWS;
    // Spark doubles the array of a row that it writes until it is large enough.
    assertEquals(true, bytes <= 1 << 30, bytes + " bytes");
  }
}
