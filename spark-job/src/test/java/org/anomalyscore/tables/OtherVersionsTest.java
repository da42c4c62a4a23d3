package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that write rows anew, on files that a newer or an older version wrote. */
class OtherVersionsTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final Instant FIRST = Instant.parse("2026-01-01T02:00:00Z");
  private static final Instant SECOND = Instant.parse("2026-04-01T02:00:00Z");

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void name() {
    store = new TableStore(SPARK, folder.resolve("tables").toString());
  }

  /** A file of one row, as another version would write it. */
  private void write(String path, Instant at, UnaryOperator<Dataset<Row>> version) {
    Row row =
        ScoreRows.of("007", path, 0.1, 2)
            .with("run_id", at.toString())
            .with("scored_at", Timestamp.from(at))
            .toRow();
    version
        .apply(SPARK.createDataFrame(List.of(row), Table.SCORES.schema()))
        .coalesce(1)
        .write()
        .mode(SaveMode.Append)
        .partitionBy("config_id", "dataset")
        .parquet(store.location(Table.SCORES));
  }

  private static Dataset<Row> newer(Dataset<Row> rows, String path) {
    return rows.withColumn("sharpness", lit(path.length()))
        .withColumn("lens.model", lit("lens of " + path));
  }

  private static Dataset<Row> older(Dataset<Row> rows) {
    return rows.drop(
        "format",
        "features",
        "logits",
        "spatial_features",
        "complexity_std_err",
        "vulnerability_std_err",
        "as_i_std_err");
  }

  private void newerAndOlder() {
    write("a.png", FIRST, rows -> newer(rows, "a.png"));
    write("a.png", SECOND, rows -> newer(rows, "a.png (2)"));
    write("bb.png", FIRST, rows -> newer(rows, "bb.png"));
    write("old.png", FIRST, OtherVersionsTest::older);
  }

  /** As the newer version reads them. */
  private List<String> rows() {
    return SPARK
        .read()
        .option("mergeSchema", true)
        .schema("path STRING, sharpness INT, `lens.model` STRING, format STRING, width INT")
        .parquet(store.location(Table.SCORES))
        .selectExpr("concat_ws('|', path, sharpness, `lens.model`, format, width)")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private UpkeepResult run(String name, Plan plan) {
    return new Upkeep(name, store.location(), null, null, Map.of(), false).run(SPARK, plan);
  }

  private String refusal(Plan plan) {
    List<TableFile> before = store.files(Table.SCORES);
    Throwable failure = assertThrows(Throwable.class, () -> run("compact", plan));
    UserException fault = StorageFault.in(failure);
    assertNotNull(fault, failure::toString);
    assertEquals(before, store.files(Table.SCORES));
    return fault.getMessage();
  }

  @Test
  void compactionKeepsColumnsThatItDoesNotKnow() {
    newerAndOlder();
    final List<String> before = rows();
    assertEquals(
        List.of("a.png|5|lens of a.png|1", "old.png|1"), List.of(before.get(0), before.get(3)));
    run("compact", new Compaction());
    assertEquals(1, store.files(Table.SCORES).size());
    assertEquals(before, rows());
    assertEquals(4, store.read(Table.SCORES).count());
  }

  @Test
  @Tag("nightly")
  void deletionAndExpiryKeepThemInTheRowsThatStay() throws IOException {
    newerAndOlder();
    run("compact", new Compaction());
    run("expire", new Expiry(SECOND));
    assertEquals(
        List.of("a.png|9|lens of a.png (2)|1", "bb.png|6|lens of bb.png|1", "old.png|1"), rows());
    run("delete", new Deletion("007", null, SECOND));
    assertEquals(List.of("a.png|9|lens of a.png (2)|1"), rows());
  }

  @Test
  void aColumnThatAnOlderVersionLackedAndThatIsNeededIsNamed() {
    write("a.png", FIRST, rows -> rows.drop("step_norm"));
    write("b.png", FIRST, rows -> rows.drop("step_norm"));
    String message = refusal(new Compaction());
    assertTrue(message.contains("no value of its column 'step_norm'"), message);
  }

  @Test
  void aColumnOfTwoTypesIsRefused() {
    write("a.png", FIRST, rows -> rows.withColumn("sharpness", lit(1)));
    write("b.png", FIRST, rows -> rows.withColumn("sharpness", lit("high")));
    String message = refusal(new Compaction());
    assertTrue(
        message.contains("files of the table scores anew: one column has two types"), message);
    assertTrue(message.contains("\"INT\"") && message.contains("\"STRING\""), message);
  }

  @Test
  void aKnownColumnThatANewerVersionMadeWiderIsRefused() {
    write("a.png", FIRST, rows -> rows.withColumn("width", lit(1L)));
    write("b.png", FIRST, rows -> rows.withColumn("width", lit(1L << 40)));
    String message = refusal(new Compaction());
    assertTrue(message.contains("width"), message);
  }

  @Test
  void foldersOfAnotherColumnAreRefused() throws IOException {
    write("a.png", FIRST, rows -> rows);
    write("b.png", FIRST, rows -> rows);
    Path set = folder.resolve("tables/scores/config_id=c/dataset=007");
    Path deeper = Files.createDirectories(set.resolve("month=2026-01"));
    for (TableFile file : store.files(Table.SCORES)) {
      Path from = Path.of(file.path().toUri().getPath());
      Files.move(from, deeper.resolve(from.getFileName()));
    }
    String message = refusal(new Compaction());
    assertTrue(
        message.contains("are not those that this version knows (config_id, dataset)"), message);
  }

  @Test
  void aFileWithoutBytesIsNamedAndNotReplaced() throws IOException {
    write("a.png", FIRST, rows -> rows);
    write("b.png", FIRST, rows -> rows);
    Files.write(Path.of(store.files(Table.SCORES).get(0).path().toUri().getPath()), new byte[0]);
    String message = refusal(new Compaction());
    assertTrue(message.contains("it is empty"), message);
  }

  @Test
  void rowsOfASetWithoutANameStayWhereTheyAre() {
    write("a.png", FIRST, rows -> rows);
    for (String path : List.of("b.png", "c.png")) {
      write(path, FIRST, rows -> rows.withColumn("dataset", lit(null).cast("string")));
    }
    final List<String> before = rows();
    run("compact", new Compaction());
    assertEquals(3, before.size());
    assertEquals(before, rows());
  }
}
