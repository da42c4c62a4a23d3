package org.anomalyscore.table;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers say of a table that another program, a person or a bad disk had its hands on. */
class DamagedTablesTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  private TableStore store;
  private Path partition;

  @BeforeEach
  void writeScores() {
    store = new TableStore(SPARK, folder.toString());
    store.append(Table.SCORES, List.of(score("a.png", 1), score("b.png", 2)));
    partition = folder.resolve("scores/config_id=c1/dataset=cats");
  }

  private static Row score(String path, double complexity) {
    return ScoreRows.of("cats", path, complexity, 2)
        .with("as_i", 2.0)
        .with("model", "m")
        .with("config_id", "c1")
        .toRow();
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(partition)) {
      return files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  /** Rewrites the one file of the table by another schema. */
  private void rewrite(java.util.function.UnaryOperator<Dataset<Row>> change) throws IOException {
    Path old = file();
    Path other = folder.resolve("other");
    change
        .apply(SPARK.read().parquet(old.toString()))
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(other.toString());
    Files.delete(old);
    try (Stream<Path> files = Files.list(other)) {
      Path made = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.move(made, partition.resolve("part-damaged.parquet"));
    }
  }

  /** As a command reads, and as the command line looks for the user's fault. */
  private String refusal() {
    Throwable failure =
        assertThrows(
            Throwable.class, () -> CurrentScores.of(store, "c1", "cats", null).collectAsList());
    UserException fault = StorageFault.in(failure);
    assertNotNull(fault, () -> trace(failure));
    return fault.getMessage();
  }

  private static String trace(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      text.append(t).append('\n');
    }
    return text.toString();
  }

  private void assertRefused(String... parts) {
    String message = refusal();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(1, message.lines().count(), message);
  }

  /** Spark passes over it, and its rows would vanish. */
  @Test
  void anEmptyFileIsNamed() throws IOException {
    Files.write(file(), new byte[0]);
    String message = assertThrows(UserException.class, () -> store.read(Table.SCORES)).getMessage();
    assertTrue(message.contains(file().getFileName() + ": it is empty"), message);
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length / 2));
    Files.deleteIfExists(partition.resolve("." + file().getFileName() + ".crc"));
    assertRefused(file().getFileName().toString(), "remove it", "score");
  }

  @Test
  void aDamagedPageIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(file());
    Arrays.fill(bytes, 4, bytes.length / 4, (byte) 0x5a);
    Files.write(file(), bytes);
    Files.deleteIfExists(partition.resolve("." + file().getFileName() + ".crc"));
    assertRefused(file().getFileName().toString(), "remove it");
  }

  @Test
  void aForeignFileIsNamed() throws IOException {
    Files.writeString(partition.resolve("notes.txt"), "these are no scores");
    assertRefused("notes.txt", "remove it");
  }

  @Test
  void aForeignFolderIsNamed() throws IOException {
    Path foreign = Files.createDirectories(folder.resolve("scores/backup"));
    Files.copy(file(), foreign.resolve("part-copy.parquet"));
    assertRefused("scores", "folder");
  }

  @Test
  void aMissingColumnIsNamedWithItsFile() throws IOException {
    rewrite(rows -> rows.drop("complexity"));
    assertRefused("complexity", "part-damaged.parquet", "remove it");
  }

  @Test
  void aColumnOfAnotherTypeIsNamedWithItsFile() throws IOException {
    rewrite(rows -> rows.withColumn("complexity", lit("much")));
    assertRefused("complexity", "part-damaged.parquet", "remove it");
  }

  @Test
  void rowsOfASetWithoutANameArePassedOver() {
    SPARK
        .createDataFrame(List.of(score("x.png", 3)), Table.SCORES.schema())
        .withColumn("dataset", lit(null).cast("string"))
        .write()
        .mode(SaveMode.Append)
        .partitionBy("config_id", "dataset")
        .parquet(folder.resolve("scores").toString());
    assertTrue(
        Files.isDirectory(
            folder.resolve("scores/config_id=c1/dataset=__HIVE_DEFAULT_PARTITION__")));
    assertEquals(2, store.read(Table.SCORES).count());
    assertEquals(
        "c1",
        ConfigurationChoice.of(store, ScoreTimes.read(store), List.of("cats"), null).configId());
  }

  /** The check of the columns must not cost the search by partition and by run. */
  @Test
  void partitionsAndRunsAreStillFoundWithoutReadingAll() {
    // Else the plan's text is cut.
    SPARK.conf().set("spark.sql.maxMetadataStringLength", 1000);
    String plan =
        store
            .read(Table.SCORES)
            .where("config_id = 'c1' AND dataset = 'cats' AND run_id = 'r'")
            .select("complexity")
            .queryExecution()
            .executedPlan()
            .toString();
    assertTrue(plan.matches("(?s).*PartitionFilters: \\[[^]]*dataset#\\d+ = cats.*"), plan);
    assertTrue(plan.matches("(?s).*PushedFilters: \\[[^]]*EqualTo\\(run_id,r\\).*"), plan);
    assertTrue(plan.matches("(?s).*ReadSchema: struct<complexity:double,run_id:string>.*"), plan);
  }
}
