package org.anomalyscore.functions;

import static org.anomalyscore.functions.SqlSession.SPARK;
import static org.anomalyscore.functions.SqlSession.row;
import static org.anomalyscore.functions.SqlSession.rows;
import static org.anomalyscore.functions.SqlSession.table;
import static org.anomalyscore.functions.SqlSession.value;
import static org.anomalyscore.functions.SqlSession.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Oracle;
import org.anomalyscore.stats.TwoSampleTests;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AggregatesTest {

  private static final String ALL =
      "anomaly_score(c, v, r), anomaly_score_p_value(c, v, r, 19, 7), ks_statistic(c, r)";

  /** What the three functions give, computed on arrays as the command evaluate does. */
  private static List<Double> expected(List<Row> rows) {
    double[][] reference = columns(rows, true);
    double[][] generated = columns(rows, false);
    AnomalyScore score =
        AnomalyScore.of(
            reference[0],
            reference[1],
            generated[0],
            generated[1],
            new AnomalyScore.Options(7, 19, 0, 0.95));
    return List.of(
        score.d(), score.permutationP(), TwoSampleTests.of(reference[0], generated[0]).ks());
  }

  private static double[][] columns(List<Row> rows, boolean isReference) {
    List<Row> sorted =
        rows.stream()
            .filter(r -> r.getBoolean(2) == isReference)
            .sorted(
                Comparator.comparingDouble((Row r) -> r.getDouble(0))
                    .thenComparingDouble(r -> r.getDouble(1)))
            .toList();
    return new double[][] {
      sorted.stream().mapToDouble(r -> r.getDouble(0)).toArray(),
      sorted.stream().mapToDouble(r -> r.getDouble(1)).toArray()
    };
  }

  private static List<Double> doubles(Row row) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      values.add(row.isNullAt(i) ? null : row.getDouble(i));
    }
    return values;
  }

  @Test
  void equalTheOracleAndTheArrays() {
    List<String[]> cases = Oracle.rows("ks2d.csv");
    List<Row> rows = new ArrayList<>();
    for (int g = 0; g < cases.size(); g++) {
      for (Row row : rows(points(cases.get(g)))) {
        rows.add(RowFactory.create(g, row.get(0), row.get(1), row.get(2)));
      }
    }
    Collections.shuffle(rows, new Random(2));
    SPARK
        .createDataFrame(rows, StructType.fromDDL("g INT, c DOUBLE, v DOUBLE, r BOOLEAN"))
        .createOrReplaceTempView("t");
    List<Row> groups = SPARK.sql("SELECT " + ALL + " FROM t GROUP BY g ORDER BY g").collectAsList();
    assertEquals(cases.size(), groups.size());
    for (int g = 0; g < cases.size(); g++) {
      String name = String.join(",", cases.get(g));
      List<Double> actual = doubles(groups.get(g));
      assertEquals(Oracle.number(cases.get(g)[4]), actual.get(0), 1e-12, name);
      List<Double> expected = new ArrayList<>(expected(rows(points(cases.get(g)))));
      expected.replaceAll(x -> Double.isNaN(x) ? null : x);
      assertEquals(expected, actual, name);
    }
  }

  private static Oracle.Points points(String[] row) {
    return Oracle.points(
        row[0], Integer.parseInt(row[1]), Integer.parseInt(row[2]), Long.parseLong(row[3]));
  }

  /** The last value makes Spark sort and merge after one group in memory, and spill. */
  @ParameterizedTest
  @CsvSource({"x_ties, 128", "continuous, 128", "x_ties, 1"})
  void neitherRowsNorPartitionsNorMergesChangeABit(String kind, String fallbackThreshold) {
    SPARK
        .conf()
        .set("spark.sql.objectHashAggregate.sortBased.fallbackThreshold", fallbackThreshold);
    try {
      List<Row> rows = rows(Oracle.points(kind, 60, 90, 3));
      List<Double> expected = expected(rows);
      Random random = new Random(5);
      for (int partitions : new int[] {1, 13}) {
        Collections.shuffle(rows, random);
        // Each row five times, in a group each: groups are merged beside one another.
        table(rows)
            .repartition(partitions)
            .crossJoin(SPARK.range(5).toDF("g"))
            .createOrReplaceTempView("t");
        List<Row> groups = SPARK.sql("SELECT " + ALL + " FROM t GROUP BY g").collectAsList();
        assertEquals(5, groups.size());
        groups.forEach(group -> assertEquals(expected, doubles(group)));
      }
    } finally {
      SPARK.conf().unset("spark.sql.objectHashAggregate.sortBased.fallbackThreshold");
    }
  }

  @Test
  void groupByFilterHavingDistinct() {
    List<Row> near = rows(Oracle.points("continuous", 40, 50, 1));
    List<Row> far = rows(Oracle.points("disjoint", 40, 50, 2));
    table(near)
        .selectExpr("'near' AS g", "*")
        .union(table(far).selectExpr("'far' AS g", "*"))
        .createOrReplaceTempView("t");
    assertEquals(
        List.of("far"),
        SPARK
            .sql("SELECT g FROM t GROUP BY g HAVING anomaly_score(c, v, r) > 0.9")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList());
    assertEquals(
        List.of(expected(near).get(0), expected(far).get(1), expected(far).get(2)),
        doubles(
            SPARK
                .sql(
                    "SELECT anomaly_score(c, v, r) FILTER (WHERE g = 'near'),"
                        + " anomaly_score_p_value(c, v, r, 19, 7) FILTER (WHERE g = 'far'),"
                        + " ks_statistic(c, r) FILTER (WHERE g = 'far') FROM t")
                .first()));
    // Each row three times over; DISTINCT takes that back.
    table(near).crossJoin(SPARK.range(3).toDF()).createOrReplaceTempView("t");
    assertEquals(
        expected(near),
        doubles(SPARK.sql("SELECT " + ALL.replace("(c", "(DISTINCT c") + " FROM t").first()));
    assertEquals(
        List.of(expected(near).get(0), 90.0),
        doubles(
            SPARK
                .sql(
                    "SELECT anomaly_score(DISTINCT c, v, r),"
                        + " CAST(count(DISTINCT c) AS DOUBLE) FROM t")
                .first()));
  }

  @Test
  void windows() {
    List<Row> rows = rows(Oracle.points("shifted", 8, 9, 1));
    Collections.shuffle(rows, new Random(1));
    view(rows);
    for (Row row :
        SPARK
            .sql("SELECT " + ALL.replace("),", ") OVER (),") + " OVER () FROM t")
            .collectAsList()) {
      assertEquals(expected(rows), doubles(row));
    }
    // Growing and sliding frames, in the order of c.
    rows.sort(Comparator.comparingDouble(r -> r.getDouble(0)));
    List<Row> actual =
        SPARK
            .sql(
                "SELECT anomaly_score(c, v, r) OVER (ORDER BY c), anomaly_score(c, v, r) OVER"
                    + " (ORDER BY c ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) FROM t ORDER BY c")
            .collectAsList();
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(score(rows.subList(0, i + 1)), actual.get(i).get(0));
      assertEquals(score(rows.subList(Math.max(0, i - 5), i + 1)), actual.get(i).get(1));
    }
  }

  private static Double score(List<Row> rows) {
    boolean both = rows.stream().map(r -> r.get(2)).distinct().count() == 2;
    return both ? expected(rows).get(0) : null;
  }

  @Test
  void rowsWithNullNaNOrInfinityAreLeftOut() {
    List<Row> rows = rows(Oracle.points("shifted", 20, 30, 4));
    final List<Double> expected = expected(rows);
    rows.add(row(0.1, 0.1, null));
    for (Boolean r : new Boolean[] {true, false, null}) {
      for (Double bad : new Double[] {null, Double.NaN, Double.POSITIVE_INFINITY, -1.0 / 0}) {
        rows.add(row(bad, 0.1, r));
        rows.add(row(bad, bad, r));
      }
    }
    view(rows);
    assertEquals(expected, doubles(SPARK.sql("SELECT " + ALL + " FROM t").first()));
    // In v only; ks_statistic does not look at v.
    rows = rows(Oracle.points("shifted", 20, 30, 4));
    rows.add(row(5.0, Double.NaN, true));
    rows.add(row(5.0, null, false));
    view(rows);
    assertEquals(expected.get(0), value("SELECT anomaly_score(c, v, r) FROM t"));
  }

  @Test
  void anEmptySampleGivesNull() {
    String query = "SELECT " + ALL + " FROM t";
    List<Row> samples = List.of(row(1.0, 1.0, true), row(2.0, 1.0, true));
    for (List<Row> rows : List.of(List.<Row>of(), samples)) {
      view(rows);
      assertEquals(Collections.nCopies(3, null), doubles(SPARK.sql(query).first()));
    }
    view(List.of(row(1.0, 1.0, false), row(Double.NaN, 1.0, true)));
    assertEquals(Collections.nCopies(3, null), doubles(SPARK.sql(query).first()));
    assertEquals(0, SPARK.sql(query + " GROUP BY c HAVING false").count());
    // One image each: a score, but no one-dimensional statistic, as in the table evaluations.
    view(List.of(row(1.0, 1.0, false), row(1.0, 1.0, true)));
    List<Double> one = doubles(SPARK.sql(query).first());
    assertEquals(1.0, one.get(0));
    assertEquals(1.0, one.get(1));
    assertNull(one.get(2));
  }

  @Test
  void takesAnyNumberAndConstantExpressions() {
    view(rows(Oracle.points("grid8", 20, 30, 4)));
    List<Double> expected = doubles(SPARK.sql("SELECT " + ALL + " FROM t").first());
    assertEquals(
        expected,
        doubles(
            SPARK
                .sql(
                    "SELECT anomaly_score(CAST(c AS INT), CAST(v AS DECIMAL(9, 2)), r),"
                        + " anomaly_score_p_value(CAST(c AS FLOAT), CAST(v AS BIGINT), r, 20L - 1,"
                        + " 7), ks_statistic(CAST(c AS TINYINT), r) FROM t")
                .first()));
    assertEquals(
        value("SELECT anomaly_score_p_value(c, v, r) FROM t"),
        value("SELECT anomaly_score_p_value(c, v, r, 1000, 0) FROM t"));
    assertEquals(
        value("SELECT anomaly_score_p_value(c, v, r, 19) FROM t"),
        value("SELECT anomaly_score_p_value(c, v, r, 19, 0) FROM t"));
    assertEquals(
        "anomaly_score_p_value(c, v, r, 19, 0)",
        SPARK.sql("SELECT anomaly_score_p_value(c, v, r, 19) FROM t").columns()[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "anomaly_score(array(c), v, r) | requires the \"DOUBLE\" type, however \"array(c)\"",
        "anomaly_score(c, r, r)        | second parameter requires the \"DOUBLE\" type",
        "anomaly_score(c, v, 1)        | third parameter requires the \"BOOLEAN\" type",
        "ks_statistic(c, v)            | second parameter requires the \"BOOLEAN\" type",
        "ks_statistic(current_date(), r) | first parameter requires the \"DOUBLE\" type",
        "anomaly_score(c, v)           | requires 3 parameters but the actual number is 2",
        "ks_statistic(c, v, r)         | requires 2 parameters but the actual number is 3",
        "anomaly_score_p_value(c, v)   | requires [3, 4, 5] parameters",
        "anomaly_score_p_value(c, v, r, v) | `permutations` should be a foldable",
        "anomaly_score_p_value(c, v, r, 9, CAST(c AS BIGINT)) | `seed` should be a foldable",
        "anomaly_score_p_value(c, v, r, array(1)) | The 4th parameter requires the \"INT\" type",
        "anomaly_score_p_value(c, v, r, NULL) | `permutations` must not be null",
        "anomaly_score_p_value(c, v, r, 9, NULL) | `seed` must not be null",
        "anomaly_score_p_value(c, v, r, 0) | `permutations` must be between [1, 1000000]"
            + " (current value = 0)",
        "anomaly_score_p_value(c, v, r, 1000001) | (current value = 1000001)",
      })
  void wrongArgumentsAreRefusedBeforeAnyRowIsRead(String call, String part) {
    view(List.of());
    var refused =
        assertThrows(AnalysisException.class, () -> SPARK.sql("SELECT " + call + " FROM t"));
    assertTrue(refused.getMessage().contains(part), refused.getMessage());
  }

  @Test
  void groupsBeyondTheLimitAreRefused() {
    // As the extensions do, but of a limit that a test reaches.
    SPARK
        .sessionState()
        .functionRegistry()
        .createOrReplaceTempFunction(
            "small_score",
            arguments -> new AnomalyScoreAggregate(arguments, 0, 0, 10),
            "scala_udf");
    List<Row> rows = rows(Oracle.points("continuous", 4, 6, 1));
    table(rows).repartition(4).createOrReplaceTempView("t");
    assertEquals(expected(rows).get(0), value("SELECT small_score(c, v, r) FROM t"));
    rows.add(row(1.0, 1.0, false));
    table(rows).repartition(4).createOrReplaceTempView("t");
    var refused =
        assertThrows(SparkException.class, () -> value("SELECT small_score(c, v, r) FROM t"));
    assertTrue(refused.getMessage().contains("the limit is 10. Group by"), refused.getMessage());
    SPARK.sessionState().functionRegistry().dropFunction(new FunctionIdentifier("small_score"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"as_i", "anomaly_score", "anomaly_score_p_value", "ks_statistic"})
  void describeShowsHowToUseThem(String name) {
    String text =
        String.join(
            "\n",
            SPARK.sql("DESCRIBE FUNCTION EXTENDED " + name).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList());
    for (String part :
        List.of(
            "Usage: " + name + "(", "Arguments:", "Examples:", "Note:", "NULL", "Since: 0.1.0")) {
      assertTrue(text.contains(part), text);
    }
    var example = java.util.regex.Pattern.compile("> (SELECT [^;]*);\\s+(\\S+)").matcher(text);
    int examples = 0;
    while (example.find()) {
      assertEquals(
          example.group(2), String.valueOf(value(example.group(1))).replace("null", "NULL"));
      examples++;
    }
    assertTrue(examples > 0, text);
    assertEquals(1, SPARK.sql("SHOW FUNCTIONS LIKE '" + name + "'").count());
  }
}
