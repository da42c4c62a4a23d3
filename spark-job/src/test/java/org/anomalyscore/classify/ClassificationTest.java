package org.anomalyscore.classify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassificationTest {

  private static final int DIMENSION = 4;

  @TempDir Path folder;

  private TableStore store;

  private TableStore store() {
    if (store == null) {
      store = new TableStore(TestSpark.session(), folder.toString());
    }
    return store;
  }

  private static TableRow score(String dataset, int i, Float[] features) {
    return ScoreRows.of(dataset, dataset + "/" + i, 0.1, 10)
        .with("image_id", dataset + i)
        .with("features", features);
  }

  /** Normal features around a centre on the first axis; the last axis is constant. */
  private static List<Row> rows(String dataset, int n, double centre) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Float[] features = new Float[DIMENSION];
      for (int d = 0; d < DIMENSION - 1; d++) {
        features[d] = (float) (random.nextGaussian() + (d == 0 ? centre : 0));
      }
      features[DIMENSION - 1] = 0.1f;
      rows.add(score(dataset, i, features).toRow());
    }
    return rows;
  }

  private Classification classification(long seed) {
    return new Classification(store(), new SplitOptions(seed, 0.3), 2);
  }

  private Classified classify(long seed, String... generated) {
    return classification(seed)
        .allowIncomplete(true)
        .of(Run.start("classify"), "real", List.of(generated), null);
  }

  private static List<TableRow> of(Classified result, String task, double fraction) {
    return result.rows().stream()
        .filter(row -> row.get("task").equals(task) && row.get("train_fraction").equals(fraction))
        .toList();
  }

  private static double number(TableRow row, String column) {
    return (Double) row.get(column);
  }

  @Test
  void whatIsToldApartIsWhatDiffers() {
    store().append(Table.SCORES, rows("real", 700, 0));
    store().append(Table.SCORES, rows("same", 600, 0));
    store().append(Table.SCORES, rows("far", 500, 8));
    Classified result = classify(0, "same", "far");
    assertEquals(Map.of("real", 700L, "same", 600L, "far", 500L), result.images());
    // Two generators with four sizes each, two controls of labels, one pair, halves, which of
    // three.
    assertEquals(2 * (2 * 4 + 2 + 1 + 1 + 4), result.rows().size());

    for (TableRow row : of(result, "reference_and_generated", 1)) {
      boolean far = row.get("dataset").equals("far");
      assertNull(row.get("other_dataset"), "the reference has a column of its own");
      assertEquals(far ? 2 * 350L : 2 * 420L, row.get("n_train"));
      assertEquals(far ? 2 * 150L : 2 * 180L, row.get("n_test"));
      if (far) {
        // 8 deviations apart: one of 30,000 lies on the wrong side.
        assertTrue(number(row, "accuracy") > 0.99, () -> "" + row.asMap());
        assertTrue(number(row, "auc") > 0.999 && number(row, "auc_low") < number(row, "auc"));
      } else {
        assertAtChance(row);
      }
    }
    List<TableRow> controls =
        result.rows().stream().filter(row -> (Boolean) row.get("control")).toList();
    assertEquals(6, controls.size());
    controls.forEach(ClassificationTest::assertAtChance);
    TableRow pair = of(result, "generated_pair", 1).get(0);
    assertTrue(number(pair, "accuracy") > 0.99);
    assertEquals("same", pair.get("dataset"));
    assertEquals("far", pair.get("other_dataset"));
    assertEquals("same", of(result, "permuted_labels", 1).get(0).get("dataset"));

    for (TableRow row : of(result, "which_set", 1)) {
      assertNull(row.get("auc"));
      assertEquals(1.0 / 3, row.get("chance"));
      Map<String, Object> confusion = Json.read((String) row.get("confusion"));
      assertEquals(List.of("real", "same", "far"), confusion.get("classes"));
      List<?> far = (List<?>) ((List<?>) confusion.get("counts")).get(2);
      assertTrue((Integer) far.get(2) >= 148, far::toString);
      // Two thirds if two of the three are guessed.
      assertEquals(2.0 / 3, number(row, "accuracy"), 0.07);
    }
    List<Object> sizes =
        Stream.of(0.125, 0.25, 0.5, 1.0)
            .map(f -> of(result, "which_set", f).get(0).get("n_train"))
            .toList();
    assertEquals(List.of(3 * 44L, 3 * 88L, 3 * 175L, 3 * 350L), sizes);
    result.rows().forEach(TableRow::toRow);
    String board = ClassificationBoard.render(result);
    assertTrue(board.contains("| is \\ taken for") && board.contains("reference halves"), board);
    // Once a classifier: the second data set of a control, and each curve has its own set's sizes.
    assertEquals(2, board.split("\\| permuted labels *\\| far *\\| real ", -1).length - 1, board);
    assertEquals(
        2, board.split("\\| reference halves *\\| real *\\| itself ", -1).length - 1, board);
    assertEquals(2, board.split(" 106: [0-9.]+  210: [0-9.]+  420: ", -1).length - 1, board);
  }

  /** The interval is two deviations wide to a side; a seed's chance is not to break a test. */
  private static void assertAtChance(TableRow row) {
    for (String measure : List.of("accuracy", "auc")) {
      double slack = (number(row, measure + "_high") - number(row, measure + "_low")) / 2;
      assertEquals(0.5, number(row, measure), 1.5 * slack, () -> "" + row.asMap());
    }
  }

  /** {@link FeatureClassifierTest} compares the fits themselves, bit for bit. */
  @Test
  @Tag("nightly")
  void theTableIsTheSameInMemory() {
    store().append(Table.SCORES, rows("real", 30, 0));
    store().append(Table.SCORES, rows("near", 20, 1));
    Classification here = classification(5).allowIncomplete(true);
    assertEquals(
        results(here.inMemory(0).of(Run.start("classify"), "real", List.of("near"), null)),
        results(here.of(Run.start("classify"), "real", List.of("near"), null)));
  }

  /** Of two normal classes d deviations apart the best accuracy is Phi(d / 2). */
  @Test
  @Tag("nightly")
  void accuracyIsThatOfTheBestRule() {
    store().append(Table.SCORES, rows("real", 4000, 0));
    store().append(Table.SCORES, rows("near", 4000, 1));
    for (TableRow row : of(classify(0, "near"), "reference_and_generated", 1)) {
      // Phi(0.5); the area is Phi(1 / sqrt(2)). The intervals' half widths are 0.019 and 0.017.
      assertEquals(0.6915, number(row, "accuracy"), 0.025, () -> "" + row.asMap());
      assertEquals(0.7602, number(row, "auc"), 0.025, () -> "" + row.asMap());
    }
  }

  @Test
  @Tag("nightly")
  void theOrderOfRowsAndFilesChangesNothing() {
    List<Row> all = new ArrayList<>(rows("real", 40, 0));
    all.addAll(rows("near", 40, 1));
    store().append(Table.SCORES, all);
    List<Map<String, Object>> one = results(classify(3, "near"));
    Collections.shuffle(all, new Random(1));
    store = new TableStore(TestSpark.session(), folder.resolve("shuffled").toString());
    store.append(Table.SCORES, all.subList(0, 7));
    store.append(
        Table.SCORES,
        TestSpark.session()
            .createDataFrame(all.subList(7, all.size()), Table.SCORES.schema())
            .repartition(5));
    // A copy of an image, and one that was scored again.
    store.append(
        Table.SCORES,
        List.of(
            score("real", 3, features(all, "real3")).with("path", "real/copy").toRow(),
            score("near", 3, features(all, "near3"))
                .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(1)))
                .toRow()));
    assertEquals(one, results(classify(3, "near")));
    assertTrue(!one.equals(results(classify(4, "near"))), "the seed does");
  }

  private static Float[] features(List<Row> rows, String imageId) {
    return rows.stream()
        .filter(row -> row.getString(0).equals(imageId))
        .findFirst()
        .map(row -> (Float[]) row.get(Table.SCORES.schema().fieldIndex("features")))
        .orElseThrow();
  }

  private static List<Map<String, Object>> results(Classified result) {
    return result.rows().stream()
        .map(
            row -> {
              Map<String, Object> map = row.asMap();
              map.keySet().removeAll(List.of("run_id", "classified_at"));
              return map;
            })
        .toList();
  }

  @Test
  void onlyImagesWithFeaturesCount() {
    List<Row> real = new ArrayList<>(rows("real", 20, 0));
    for (int i = 20; i < 50; i++) {
      real.add(score("real", i, null).toRow());
    }
    store().append(Table.SCORES, real);
    store().append(Table.SCORES, rows("gen", 12, 1));
    Classified result = classify(0, "gen");
    assertEquals(Map.of("real", 20L, "gen", 12L), result.images());
    assertEquals(8L, of(result, "reference_and_generated", 1).get(0).get("n_test"));
    assertTrue(of(result, "which_set", 1).isEmpty(), "that of one generator is asked already");
    assertEquals(6L, of(result, "reference_halves", 1).get(0).get("n_test"));
    assertEquals("real", of(result, "reference_halves", 1).get(0).get("dataset"));
    assertNull(of(result, "reference_halves", 1).get(0).get("other_dataset"));
    assertEquals(2, new HashSet<>(of(result, "permuted_labels", 1)).size());
  }

  private static TableRow rejected(String dataset, int i, Instant time) {
    return TableRow.of(Table.REJECTS)
        .with("path", dataset + "/" + i)
        .with("dataset", dataset)
        .with("reason", "truncated")
        .with("message", "m")
        .with("config_id", "c")
        .with("run_id", "r")
        .with("rejected_at", Timestamp.from(time));
  }

  @Test
  @Tag("nightly")
  void evaluateAndClassifyCountTheSameImages() {
    store().append(Table.SCORES, rows("real", 30, 0));
    store().append(Table.SCORES, rows("gen", 20, 1));
    Instant later = Instant.EPOCH.plusSeconds(1);
    for (int i = 0; i < 5; i++) {
      // Scored anew without features: the first two are the same bytes, the others are not.
      TableRow anew = score("gen", i, null).with("scored_at", Timestamp.from(later));
      store()
          .append(Table.SCORES, List.of((i < 2 ? anew : anew.with("image_id", "new" + i)).toRow()));
    }
    store()
        .append(
            Table.REJECTS,
            List.of(
                rejected("gen", 18, later).toRow(),
                rejected("gen", 19, Instant.EPOCH.minusSeconds(1)).toRow()));
    TableRow evaluated =
        new Evaluator(store(), new AnomalyScore.Options(0, 0, 0, 0.95))
            .allowIncomplete(true)
            .evaluate(Run.start("test"), "real", List.of("gen"), null)
            .rows()
            .get(0);
    assertEquals(19L, evaluated.get("n"));
    assertEquals(14L, evaluated.get("n_features"));
    assertEquals(Map.of("real", 30L, "gen", 14L), classify(0, "gen").images());
  }

  private static final AtomicLong READ = new AtomicLong();

  /** A slow set's job stops with the fast one's fault, before the features are dropped. */
  @Test
  @Tag("nightly")
  void aFaultIsThrownAsItIsAndEndsTheOtherJobs() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      rows.add(RowFactory.create(i % 2, (long) i / 2, new Double[] {(double) (i * 7 % 13), 1.0}));
    }
    UDF2<Integer, scala.collection.Seq<Double>, scala.collection.Seq<Double>> slow =
        (set, features) -> {
          if (set == 1) {
            READ.incrementAndGet();
            Thread.sleep(200);
          }
          return features;
        };
    ArrayType array = DataTypes.createArrayType(DataTypes.DoubleType);
    // From an RDD, as Spark would compute literal rows while it plans.
    Dataset<Row> features =
        TestSpark.session()
            .createDataFrame(
                JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext())
                    .parallelize(rows, 1),
                new StructType()
                    .add("set", DataTypes.IntegerType)
                    .add("rank", DataTypes.LongType)
                    .add("array", array))
            .select(
                col("set"),
                col("rank"),
                udf(slow, array).apply(col("set"), col("array")).as("features"));
    SplitOptions options = new SplitOptions(0, 0.3);
    List<SplitClassifier> splits =
        Stream.of(
                new ClassificationTask(
                    ClassificationTask.Kind.REFERENCE_HALVES, List.of(0), List.of("a", "b"), 100),
                new ClassificationTask(
                    ClassificationTask.Kind.REFERENCE_AND_GENERATED,
                    List.of(0, 1),
                    List.of("real", "slow"),
                    200))
            .map(task -> new SplitClassifier(Split.of(task, options, 1), 2, options.seed()))
            .toList();
    UserException fault = new UserException("a fault");
    // The fast task asks for a row while the slow one reads 140 for 28 seconds, in a task each.
    assertSame(
        fault,
        assertThrows(
            UserException.class,
            () ->
                Classification.classify(
                    splits,
                    features,
                    () -> {
                      throw fault;
                    },
                    2)));
    // A task that runs ends at its next row.
    Thread.sleep(500);
    long read = READ.get();
    assertTrue(read > 0 && read < 140, () -> "read " + read);
    Thread.sleep(1000);
    assertEquals(read, READ.get());
  }

  private String refusal(String... generated) {
    return assertThrows(UserException.class, () -> classify(0, generated)).getMessage();
  }

  @Test
  void whatCannotBeClassifiedIsTold() {
    store().append(Table.SCORES, rows("real", 20, 0));
    store().append(Table.SCORES, rows("few", 9, 0));
    store().append(Table.SCORES, List.of(score("bare", 1, null).toRow()));
    assertTrue(refusal("few").contains("'few' has 9 different images"), refusal("few"));
    assertTrue(
        refusal("bare").contains("holds no features of data set 'bare'. Score it with --features"),
        refusal("bare"));
    assertTrue(refusal("none").contains("has scores of all of [real, none]"), refusal("none"));
    assertTrue(refusal("real").contains("named twice"), refusal("real"));
    assertTrue(
        assertThrows(
                UserException.class,
                () -> classification(0).of(Run.start("test"), "real", List.of("few"), null))
            .getMessage()
            .contains("few=no run of it is recorded"));
    for (double fraction : new double[] {0, 1, Double.NaN}) {
      assertThrows(UserException.class, () -> new SplitOptions(0, fraction));
    }
  }
}
