package org.anomalyscore.setmeasures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against src/test/python/setmeasures/set_measures_oracle.py. */
@Tag("matrices")
class SetMeasuresTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("path", DataTypes.StringType, false)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType, false), true);

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in = SetMeasuresTest.class.getResourceAsStream("/setmeasures/oracle.json")) {
      List<JsonNode> cases = new ArrayList<>();
      JsonMapper.builder().build().readTree(in).path("cases").forEach(cases::add);
      return cases.stream();
    }
  }

  /** The reference's rows and then the generated ones, as {@code features} of the script. */
  static float[][] features(String kind, int n, int m, int d, long seed) {
    UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(seed);
    float[][] rows = new float[n + m][d];
    for (int i = 0; i < n + m; i++) {
      double before = 0;
      for (int t = 0; t < d; t++) {
        double u = random.nextDouble();
        double value =
            switch (kind) {
              case "mixed" -> u / (1 + t % 7) + 0.5 * before + (i < n ? 0 : 0.125);
              case "far" -> u + 1000 + (i < n ? 0 : 0.0625);
              case "grid" -> Math.floor(u * 3);
              case "copies" -> u;
              case "constant" -> i < n ? 0.5 : 0.75;
              default -> throw new IllegalArgumentException(kind);
            };
        rows[i][t] = (float) value;
        before = u;
      }
    }
    if (kind.equals("copies")) {
      for (int i = 0; i < m / 2; i++) {
        rows[n + i] = rows[i].clone();
      }
    }
    return rows;
  }

  /** Shuffled and cut anyhow: nothing may depend on it. */
  static Dataset<Row> table(float[][] rows, long shuffle, int partitions) {
    List<Row> table = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      List<Float> values = new ArrayList<>();
      for (float value : rows[i]) {
        values.add(value);
      }
      table.add(RowFactory.create("%06d".formatted(i), "p" + i, values));
    }
    Collections.shuffle(table, new Random(shuffle));
    return TestSpark.session().createDataFrame(table, SCHEMA).repartition(partitions);
  }

  private static SetMeasures measure(float[][] rows, int n, long seed, long shuffle, int cut) {
    try (FeatureSet reference = FeatureSet.of(table(Arrays.copyOf(rows, n), shuffle, cut));
        FeatureSet generated =
            FeatureSet.of(table(Arrays.copyOfRange(rows, n, rows.length), shuffle + 1, cut + 1))) {
      return SetMeasures.of(reference, generated, seed);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheOracle(JsonNode expected) {
    int n = expected.path("n_reference").asInt();
    int m = expected.path("n").asInt();
    long seed = expected.path("seed").asLong();
    float[][] rows =
        features(expected.path("kind").asText(), n, m, expected.path("dimension").asInt(), seed);
    SetMeasures measures = measure(rows, n, seed, seed, 2);
    assertEquals(n, measures.nReference());
    assertEquals(m, measures.n());
    // Of the traces, from which the distance is what remains.
    double traces = expected.path("kind").asText().equals("constant") ? 1 : 0;
    close(expected.path("frechet"), measures.frechet().value(), 1e-9, 1e-12 * traces);
    // Roots of eigenvalues instead of singular values: 1e-8 of the largest, a missing dimension.
    close(expected.path("frechet_std_err"), measures.frechet().error(), 1e-5, 1e-12);
    // Kernel values are some 1e0 to 1e5 (1000^2 of 'far' cubed is 1e18), of which this is the
    // difference.
    double kernels = expected.path("kind").asText().equals("far") ? 1e18 : 10;
    close(expected.path("kernel"), measures.kernel().value(), 1e-9, 1e-14 * kernels);
    close(expected.path("kernel_spread"), measures.kernel().error(), 1e-9, 1e-13 * kernels);
    // Of the same roots, and what they lack in exactness grows by the line's length.
    close(expected.path("infinity"), measures.frechetAtInfinity().value(), 1e-6, 1e-6 * traces);
    close(expected.path("infinity_std_err"), measures.frechetAtInfinity().error(), 1e-5, 1e-7);
    // A thousand times the difference of kernel values near 1.
    close(expected.path("gaussian"), measures.gaussian().value(), 1e-9, 1e-11);
    close(expected.path("gaussian_std_err"), measures.gaussian().error(), 1e-9, 1e-11);
    double squares = expected.path("kind").asText().equals("far") ? 1e6 : 0;
    close(expected.path("sliced"), measures.sliced().value(), 1e-10, 1e-15 * squares);
    close(expected.path("sliced_std_err"), measures.sliced().error(), 1e-9, 1e-13);
    close(expected.path("vendi"), measures.diversity().vendi().value(), 1e-11, 0);
    close(expected.path("vendi_std_err"), measures.diversity().vendi().error(), 1e-8, 1e-12);
    close(expected.path("rke"), measures.diversity().rke().value(), 1e-12, 0);
    close(expected.path("rke_std_err"), measures.diversity().rke().error(), 1e-9, 1e-12);
    close(
        expected.path("reference_vendi"), measures.referenceDiversity().vendi().value(), 1e-11, 0);
    close(expected.path("reference_rke"), measures.referenceDiversity().rke().value(), 1e-12, 0);
    fraction(expected.path("precision"), measures.precision(), m);
    fraction(expected.path("recall"), measures.recall(), n);
    fraction(expected.path("density"), measures.density(), 5 * m);
    fraction(expected.path("coverage"), measures.coverage(), n);
    perImage(expected.path("realism"), measures.realism());
    perImage(expected.path("rarity"), measures.rarity());
  }

  private static void fraction(JsonNode expected, SetMeasures.Mean mean, int of) {
    close(expected.path("value"), mean.value(), 1e-15, 0);
    close(expected.path("std_err"), mean.standardError(), 1e-9, 1e-12);
    if (!expected.isMissingNode()) {
      assertEquals(expected.path("count").asLong(), Math.round(mean.value() * of));
    }
  }

  private static void perImage(JsonNode expected, double[] values) {
    if (expected.isMissingNode()) {
      assertTrue(Arrays.stream(values).allMatch(Double::isNaN));
    }
    for (int i = 0; i < expected.size(); i++) {
      // Distances are sums of squares in another order.
      close(expected.get(i), values[i], 1e-13, 0);
    }
  }

  private static void close(JsonNode expected, double value, double relative, double absolute) {
    if (expected.isMissingNode() || expected.isNull()) {
      assertTrue(Double.isNaN(value), () -> "expected undefined, was " + value);
    } else {
      double e = expected.asDouble();
      assertEquals(e, value, Math.abs(e) * relative + absolute);
    }
  }

  @Test
  @Tag("nightly")
  void orderAndPartitionsChangeNoBit() {
    float[][] rows = features("mixed", 2600, 2200, 12, 77);
    SetMeasures a = measure(rows, 2600, 3, 1, 1);
    SetMeasures b = measure(rows, 2600, 3, 2, 7);
    assertEquals(a.byName(), b.byName());
    assertArrayEquals(a.realism(), b.realism());
    assertArrayEquals(a.rarity(), b.rarity());
  }

  @Test
  void aSetBesideItselfIsEqual() {
    float[][] half = features("mixed", 150, 0, 10, 5);
    float[][] rows =
        Stream.concat(Arrays.stream(half), Arrays.stream(half)).toArray(float[][]::new);
    SetMeasures measures = measure(rows, 150, 0, 0, 2);
    assertEquals(0, measures.frechet().value(), 1e-12);
    assertEquals(new SetMeasures.Mean(1, 0), measures.precision());
    assertEquals(new SetMeasures.Mean(1, 0), measures.recall());
    assertEquals(new SetMeasures.Mean(1, 0), measures.coverage());
    // Each is in its own ball and in those of its five nearest's that it is among the five of:
    // n * (5 + 1) in all.
    assertEquals(1.2, measures.density().value(), 1e-12);
    assertTrue(Double.isNaN(measures.kernel().error()), "each subset is the whole set");
    assertEquals(0, measures.sliced().value());
    assertEquals(measures.referenceDiversity(), measures.diversity());
  }

  /** Where all but 16 of 1024 dimensions are constant the distance is that of the 16. */
  @Test
  @Tag("nightly")
  void manyDimensionsOfFewRowsAreCutByTheirScatters() {
    float[][] few = features("mixed", 100, 90, 16, 6);
    float[][] many = new float[few.length][1024];
    for (int i = 0; i < few.length; i++) {
      System.arraycopy(few[i], 0, many[i], 500, 16);
    }
    Estimate expected = frechet(few, 100, 1);
    Estimate found = frechet(many, 100, 3);
    assertEquals(expected.value(), found.value(), 1e-10 * expected.value());
    // Roots of eigenvalues instead of singular values, as above.
    assertEquals(expected.error(), found.error(), 1e-5 * expected.error());
  }

  private static Estimate frechet(float[][] rows, int n, int partitions) {
    try (FeatureSet reference = FeatureSet.of(table(Arrays.copyOf(rows, n), 1, 2));
        FeatureSet generated =
            FeatureSet.of(table(Arrays.copyOfRange(rows, n, rows.length), 2, 2))) {
      assertEquals(partitions, reference.groupMoments().getNumPartitions());
      return FrechetDistance.between(reference, generated);
    }
  }

  @Test
  void realismOfACopyIsUndefinedWhereItsBallHasARadius() {
    // Distances to the third neighbours: 0 five times, then 1, 0.75, 0.5, 0.75, 1 and 7; the median
    // is 0.5, so that of the places above 0 only 2 counts.
    float[] places = {0, 0, 0, 0, 0, 1, 1.5f, 2, 2.25f, 2.5f, 9};
    float[] generated = {0, 2, 9};
    float[][] rows = new float[places.length + generated.length][1];
    for (int i = 0; i < rows.length; i++) {
      rows[i][0] = i < places.length ? places[i] : generated[i - places.length];
    }
    SetMeasures measures = measure(rows, places.length, 0, 0, 2);
    assertEquals(0.5 / 2, measures.realism()[0], 1e-15, "0 to 0 is no ratio; that of 2 remains");
    assertTrue(Double.isNaN(measures.realism()[1]), "a copy of 2");
    assertEquals(0.5 / 7, measures.realism()[2], 1e-15, "a copy of 9, whose ball is too large");
  }

  @Test
  void equalImagesAreOne() {
    float[][] rows = features("mixed", 30, 25, 6, 9);
    Arrays.setAll(rows, i -> i < 30 ? rows[i] : rows[30]);
    SetMeasures measures = measure(rows, 30, 0, 0, 1);
    assertEquals(1, measures.diversity().vendi().value(), 1e-12);
    assertEquals(1, measures.diversity().rke().value(), 1e-12);
    assertEquals(0, measures.diversity().vendi().error(), 1e-12);
    assertTrue(measures.referenceDiversity().vendi().value() > 1.1);
  }

  @Test
  void orthogonalImagesAreAsManyAsThereAre() {
    float[][] rows = new float[16][8];
    for (int i = 0; i < rows.length; i++) {
      rows[i][i % 8] = 1 + i;
    }
    SetMeasures measures = measure(rows, 8, 0, 0, 1);
    assertEquals(8, measures.diversity().vendi().value(), 1e-12);
    assertEquals(8, measures.diversity().rke().value(), 1e-12);
  }

  @Test
  void anImageWithoutDirectionLeavesWhatNeedsOneUndefined() {
    float[][] rows = features("mixed", 30, 25, 6, 9);
    rows[40] = new float[6];
    SetMeasures measures = measure(rows, 30, 0, 0, 1);
    assertTrue(Double.isNaN(measures.gaussian().value()));
    assertTrue(Double.isNaN(measures.gaussian().error()));
    assertTrue(Double.isNaN(measures.diversity().vendi().value()));
    assertTrue(Double.isNaN(measures.diversity().rke().value()));
    assertTrue(measures.referenceDiversity().vendi().value() > 1);
    assertTrue(measures.sliced().value() > 0);
  }

  /** Two sets of one distribution: without its bias the distance is 0, up to its error. */
  @Test
  void atInfinityTheBiasIsGone() {
    float[][] rows = features("mixed", 800, 0, 8, 11);
    SetMeasures measures = measure(rows, 500, 0, 0, 1);
    assertTrue(measures.frechet().value() > 4 * Math.abs(measures.frechetAtInfinity().value()));
  }

  @Test
  @Tag("nightly")
  void ofLargeSetsASampleIsTaken() {
    float[][] rows = features("mixed", FeatureSet.SAMPLE_ROWS + 700, 40, 3, 13);
    int n = FeatureSet.SAMPLE_ROWS + 700;
    float[][] sample = new float[FeatureSet.SAMPLE_ROWS + 40][];
    System.arraycopy(rows, 0, sample, 0, FeatureSet.SAMPLE_ROWS);
    System.arraycopy(rows, n, sample, FeatureSet.SAMPLE_ROWS, 40);
    try (FeatureSet all = FeatureSet.of(table(Arrays.copyOf(rows, n), 1, 3));
        FeatureSet part =
            FeatureSet.of(table(Arrays.copyOf(sample, FeatureSet.SAMPLE_ROWS), 2, 2));
        FeatureSet generated =
            FeatureSet.of(table(Arrays.copyOfRange(rows, n, rows.length), 3, 1))) {
      assertEquals(
          SlicedWasserstein.between(part, generated, 5),
          SlicedWasserstein.between(all, generated, 5));
      Estimate expected = GaussianDistance.between(part, generated);
      Estimate found = GaussianDistance.between(all, generated);
      // Blocks are cut elsewhere, so that sums are of another order.
      assertEquals(expected.value(), found.value(), 1e-9);
      assertEquals(expected.error(), found.error(), 1e-9);
    }
  }

  @Test
  void noImagesLeaveAllUndefined() {
    float[][] rows = features("mixed", 20, 0, 4, 5);
    SetMeasures measures = measure(rows, 20, 0, 0, 1);
    assertEquals(0, measures.n());
    assertTrue(Double.isNaN(measures.frechet().value()));
    assertTrue(Double.isNaN(measures.kernel().value()));
    assertTrue(Double.isNaN(measures.precision().value()));
    assertTrue(Double.isNaN(measures.recall().value()));
    assertTrue(Double.isNaN(measures.gaussian().value()));
    assertTrue(Double.isNaN(measures.sliced().value()));
    assertTrue(Double.isNaN(measures.diversity().vendi().value()));
    assertEquals(0, measures.realism().length);
  }
}
