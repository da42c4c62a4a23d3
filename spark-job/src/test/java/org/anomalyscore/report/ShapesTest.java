package org.anomalyscore.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.anomalyscore.TestSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What Spark aggregates, against plain Java on the same rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShapesTest {

  private static final int PER_LEVEL = 3;

  private static final Timestamp SCORED = new Timestamp(7000);

  private static final Bins.Axes AXES =
      new Bins.Axes(new Range(-1, 1), new Range(4, 16), new Range(-20, 60));

  /** An image of a set. */
  private record Image(String path, double c, double v, Double atypicality) {
    double asI() {
      return v / c;
    }
  }

  private final Map<Integer, List<Image>> sets = new TreeMap<>();
  private Map<Integer, Shape> shapes;
  private Map<Integer, Bins> bins;

  @BeforeAll
  void aggregate() {
    Random random = new Random(8);
    // Below, at and above the grid's 201 points, and so many that ranks are left out.
    for (int n : new int[] {1, 4, 200, 201, 202, 203, 1000, 4567}) {
      List<Image> images = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        double c = 0.5 + 0.2 * random.nextGaussian();
        // Half of the sets are ordered by atypicality, which is tied now and then, or not known.
        Double atypicality =
            n % 2 == 1 || i % 50 == 7 ? null : (Double) (double) random.nextInt(90);
        images.add(new Image("p" + i, c, 10 + 3 * random.nextGaussian(), atypicality));
      }
      sets.put(n, images);
    }
    List<Image> constant = new ArrayList<>();
    List<Image> ties = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      constant.add(new Image("p" + i, 0.25, 8, 1.5));
      ties.add(new Image("p" + i, 1 + random.nextInt(3), 1 + random.nextInt(4), null));
    }
    sets.put(90_001, constant);
    sets.put(90_002, ties);

    List<Row> rows = new ArrayList<>();
    List<ReportedSet> reported = new ArrayList<>();
    sets.forEach(
        (id, images) -> {
          reported.add(
              new ReportedSet(id, 0, false, "c", "set" + id, null, images.size(), List.of()));
          for (Image i : images) {
            rows.add(
                RowFactory.create(
                    id,
                    i.path(),
                    "id-" + i.path(),
                    i.c(),
                    i.v(),
                    i.asI(),
                    0.5,
                    null,
                    2.0,
                    SCORED,
                    i.atypicality()));
          }
        });
    Collections.shuffle(rows, random);
    Dataset<Row> frame =
        TestSpark.session()
            .createDataFrame(
                rows,
                new StructType()
                    .add("set", DataTypes.IntegerType)
                    .add("path", DataTypes.StringType)
                    .add("image_id", DataTypes.StringType)
                    .add("complexity", DataTypes.DoubleType)
                    .add("vulnerability", DataTypes.DoubleType)
                    .add("as_i", DataTypes.DoubleType)
                    .add("complexity_std_err", DataTypes.DoubleType)
                    .add("vulnerability_std_err", DataTypes.DoubleType)
                    .add("as_i_std_err", DataTypes.DoubleType)
                    .add("scored_at", DataTypes.TimestampType)
                    .add("atypicality", DataTypes.DoubleType))
            .cache();
    shapes = Quantiles.of(frame, PER_LEVEL);
    bins = Bins.of(TestSpark.session(), frame, reported, Map.of(0, AXES));
    frame.unpersist();
  }

  @Test
  void gridsAreOrderStatistics() {
    assertEquals(sets.keySet(), new TreeSet<>(shapes.keySet()));
    sets.forEach(
        (id, images) -> {
          Shape shape = shapes.get(id);
          assertEquals(images.size(), shape.n());
          assertEquals(SCORED, shape.scored());
          assertArrayEquals(expected(images, Image::c), shape.complexity(), "C of " + id);
          assertArrayEquals(expected(images, Image::v), shape.vulnerability(), "V of " + id);
          assertArrayEquals(expected(images, Image::asI), shape.asI(), "AS-i of " + id);
        });
  }

  /** The smallest value below or at which lies a share j / 200 of the steps between values. */
  private static double[] expected(List<Image> images, ToDoubleFunction<Image> measure) {
    double[] sorted = images.stream().mapToDouble(measure).sorted().toArray();
    if (sorted.length <= Quantiles.STEPS + 1) {
      return sorted;
    }
    double[] grid = new double[Quantiles.STEPS + 1];
    for (int j = 0; j < grid.length; j++) {
      int rank = 0;
      while ((long) rank * Quantiles.STEPS < (long) j * (sorted.length - 1)) {
        rank++;
      }
      grid[j] = sorted[rank];
      assertEquals(rank, Quantiles.rank(j, sorted.length));
    }
    return grid;
  }

  @Test
  void galleriesShowTheImagesAtTheirLevels() {
    sets.forEach(
        (id, images) -> {
          List<Image> sorted = new ArrayList<>(images);
          sorted.sort(
              Comparator.comparing(
                      Image::atypicality, Comparator.nullsLast(Comparator.naturalOrder()))
                  .thenComparing(Image::asI)
                  .thenComparing(Image::path));
          Shape shape = shapes.get(id);
          int n = images.size();
          int count = Math.max(1, Math.min(PER_LEVEL, n / 5));
          List<List<String>> levels = new ArrayList<>();
          for (int level = 0; level < 5; level++) {
            int first = (int) Math.floor(0.25 * level * (n - count));
            assertEquals(
                sorted.subList(first, first + count).stream().map(Image::path).toList(),
                shape.level(level, PER_LEVEL).stream().map(Shape.GalleryImage::path).toList(),
                "level " + level + " of " + id);
            levels.add(
                shape.level(level, PER_LEVEL).stream().map(Shape.GalleryImage::path).toList());
          }
          assertEquals(sorted.get(0).path(), levels.get(0).get(0));
          assertEquals(sorted.get(n - 1).path(), levels.get(4).get(count - 1));
          Set<String> shown = new HashSet<>();
          levels.forEach(shown::addAll);
          assertEquals(n < 5 ? n : 5 * count, shown.size(), "no image is shown twice in " + id);
        });
    Shape.GalleryImage only = shapes.get(1).gallery().get(0);
    Image image = sets.get(1).get(0);
    assertEquals(
        new Shape.GalleryImage(
            0,
            image.path(),
            "id-" + image.path(),
            image.c(),
            image.v(),
            image.asI(),
            0.5,
            null,
            2.0,
            null),
        only);
  }

  @Test
  void withoutThumbnailsNoPathLeavesSpark() {
    assertEquals(0, Shape.perLevel(1000, 0));
    assertEquals(List.of(), new Shape(9, SCORED, null, null, null, List.of()).level(4, 0));
  }

  @Test
  void binsHoldEachImageOnce() {
    sets.forEach(
        (id, images) -> {
          Map<Integer, Long> joint = new HashMap<>();
          long[] asI = new long[Bins.LENGTH];
          for (Image i : images) {
            int c = bin(i.c(), AXES.complexity(), Bins.SIDE);
            int v = bin(i.v(), AXES.vulnerability(), Bins.SIDE);
            joint.merge(c * Bins.SIDE + v, 1L, Long::sum);
            asI[bin(i.asI(), AXES.asI(), Bins.LENGTH)]++;
          }
          assertEquals(joint, bins.get(id).joint(), "joint of " + id);
          assertArrayEquals(asI, bins.get(id).asI(), "AS-i of " + id);
          assertEquals(images.size(), Arrays.stream(bins.get(id).asI()).sum());
        });
  }

  private static int bin(double value, Range range, int count) {
    int bin = 0;
    while (bin < count - 1
        && value >= range.low() + (bin + 1) * (range.high() - range.low()) / count) {
      bin++;
    }
    return bin;
  }

  @Test
  void axesCoverAllButTailsAndAreNotSqueezedByOneSet() {
    double[] reference = new double[201];
    Arrays.setAll(reference, i -> i);
    assertEquals(new Range(1, 199), Range.of(reference, List.of(reference)));
    double[] near = {-50, -50, 100, 220};
    assertEquals(new Range(-50, 220), Range.of(reference, List.of(near)));
    double[] far = {1e6, 1e6, 2e6};
    assertEquals(new Range(1, 199 + 198), Range.of(reference, List.of(far, reference)));
    Range constant = Range.of(new double[] {7}, List.of(new double[] {7, 7}));
    assertTrue(constant.low() < 7 && 7 < constant.high(), constant::toString);
    Range zero = Range.of(new double[] {0}, List.of());
    assertTrue(zero.low() < 0 && 0 < zero.high(), zero::toString);
  }
}
