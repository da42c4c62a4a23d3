package org.anomalyscore.command;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** In the session's own catalog, which ends with it. */
class RegistrationTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final String DATABASE = "nights_of_a_year";

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void write() {
    // A quote in the path, which SQL would end a text at.
    store = new TableStore(SPARK, folder.resolve("it's tables").toString());
    for (String set : List.of("007", "2024-01-01", "real")) {
      score(set, "a", 1);
      score(set, "a", 2);
      score(set, "b", 1);
    }
    store.append(
        Table.REJECTS,
        List.of(
            TableRow.of(Table.REJECTS)
                .with("path", "b")
                .with("dataset", "007")
                .with("reason", "truncated")
                .with("message", "m")
                .with("config_id", "c")
                .with("run_id", "r")
                .with("rejected_at", Timestamp.from(Instant.EPOCH.plusSeconds(2)))
                .toRow()));
  }

  private void score(String set, String path, int second) {
    store.append(
        Table.SCORES,
        List.of(
            ScoreRows.of(set, path, 0.1 * second, 2)
                .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(second)))
                .toRow()));
  }

  @AfterEach
  void forget() {
    SPARK.sql("USE default");
    SPARK.sql("DROP DATABASE IF EXISTS `" + DATABASE + "` CASCADE");
  }

  private Registration.Registered register() {
    return register(DATABASE);
  }

  private Registration.Registered register(String place) {
    return Registration.of(SPARK, store, null, "--database", place).run();
  }

  private static List<String> text(Dataset<Row> rows) {
    return rows
        .selectExpr("concat_ws(' ', config_id, dataset, path, image_id, complexity, scored_at)")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  @Test
  void theViewHasTheRowsOfTheJobAndSetsKeepTheirNames() {
    Registration.Registered registered = register();
    assertEquals(Set.of("rejects", "scores"), registered.locations().keySet());
    SPARK.sql("USE default");
    Dataset<Row> view = SPARK.sql("SELECT * FROM `" + DATABASE + "`.current_scores");
    assertEquals(text(CurrentScores.ofEach(store, lit(true))), text(view));
    assertEquals(5, view.count());
    assertEquals(
        List.of("007 1", "2024-01-01 2", "real 2"),
        view
            .groupBy("dataset")
            .count()
            .selectExpr("concat(dataset, ' ', count)")
            .as(Encoders.STRING())
            .collectAsList()
            .stream()
            .sorted()
            .toList());
  }

  @Test
  void aNewSetIsThereAfterRegisteringAgainAndTheFilesStay() {
    register();
    score("night2", "a", 1);
    register();
    assertEquals(10, SPARK.sql("SELECT * FROM `" + DATABASE + "`.scores").count());
  }

  @Test
  @Tag("nightly")
  void aSetThatIsGoneIsGone() throws IOException {
    register();
    try (Stream<Path> files =
        Files.walk(folder.resolve("it's tables/scores/config_id=c/dataset=007"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    register();
    assertEquals(6, SPARK.sql("SELECT * FROM `" + DATABASE + "`.scores").count());
    assertEquals(2, SPARK.sql("SHOW PARTITIONS `" + DATABASE + "`.scores").count());
  }

  @Test
  @Tag("nightly")
  void aPrefixSetsTwoFoldersApartInOneDatabase() {
    register();
    TableStore other = new TableStore(SPARK, folder.resolve("other").toString());
    other.append(Table.SCORES, List.of(ScoreRows.of("gan", "a", 0.1, 2).toRow()));
    UserException fault =
        assertThrows(
            UserException.class,
            () -> Registration.of(SPARK, other, null, "--database", DATABASE).run());
    assertTrue(fault.getMessage().contains("Give another database or prefix"), fault::getMessage);
    Registration.Registered registered =
        Registration.of(SPARK, other, null, "--database", DATABASE + ".gan").run();
    assertEquals(Set.of("gan_rejects", "gan_scores"), registered.locations().keySet());
    assertEquals(1, SPARK.table("`" + DATABASE + "`.gan_current_scores").count());
    assertEquals(5, SPARK.table("`" + DATABASE + "`.current_scores").count());
  }

  @Test
  @Tag("nightly")
  void tablesWithoutScoresHaveNoView() {
    TableStore other = new TableStore(SPARK, folder.resolve("evaluations alone").toString());
    other.create(Table.EVALUATIONS);
    Registration.Registered registered =
        Registration.of(SPARK, other, null, "--database", DATABASE).run();
    assertEquals(Set.of("evaluations"), registered.locations().keySet());
    assertNull(registered.view());
  }

  @Test
  @Tag("nightly")
  void columnsOfAnotherVersionAreMadeAnew() {
    SPARK.sql("CREATE DATABASE `" + DATABASE + "`");
    SPARK.sql(
        "CREATE TABLE `%s`.scores (path STRING, config_id STRING, dataset STRING) USING parquet PARTITIONED BY (config_id, dataset) LOCATION '%s'"
            .formatted(DATABASE, store.location(Table.SCORES).replace("'", "\\'")));
    register();
    assertEquals(
        List.of(Table.SCORES.schema().fieldNames()),
        List.of(SPARK.table("`" + DATABASE + "`.scores").columns()));
    assertEquals(9, SPARK.table("`" + DATABASE + "`.scores").count());
  }

  @Test
  void anothersTableIsNotTouched() {
    SPARK.sql("CREATE DATABASE `" + DATABASE + "`");
    SPARK.sql("CREATE TABLE `" + DATABASE + "`.scores (n INT) USING parquet");
    UserException fault = assertThrows(UserException.class, this::register);
    assertTrue(fault.getMessage().contains("another table of this name"), fault::getMessage);
    assertEquals(List.of("n"), List.of(SPARK.table("`" + DATABASE + "`.scores").columns()));
  }

  @Test
  @Tag("nightly")
  void aMetastoreThatFailsHidesNoExitCode() {
    SPARK.sql("CREATE DATABASE `" + DATABASE + "`");
    SPARK.sql("CREATE TABLE `" + DATABASE + "`.scores (n INT) USING parquet");
    CatalogOption option =
        CommandLine.populateCommand(new CatalogOption(), "--catalog-table", DATABASE);
    String tables = store.location();
    int alert = ExitCode.ALERT.code();
    assertEquals(alert, option.register(SPARK, tables, alert));
    assertThrows(UserException.class, () -> option.register(SPARK, tables, 0));
    assertEquals(0, new CatalogOption().register(SPARK, tables, 0), "nothing was asked for");
  }

  /** Spark would look for it below the database's folder. */
  @Test
  @Tag("nightly")
  void aRelativeFolderIsRegisteredTwice() {
    Path relative = Path.of("").toAbsolutePath().relativize(Path.of(store.location()));
    TableStore same = new TableStore(SPARK, relative.toString());
    for (int time = 0; time < 2; time++) {
      Registration.of(SPARK, same, null, "--database", DATABASE).run();
      assertEquals(9, SPARK.table("`" + DATABASE + "`.scores").count());
    }
  }

  @Test
  void aNameThatNoDatabaseCanHaveIsTold() {
    UserException fault = assertThrows(UserException.class, () -> register("a year's"));
    assertTrue(fault.getMessage().contains("--database is 'a year's'"), fault::getMessage);
  }

  @Test
  void aSessionWithoutMetastoreIsRefused() {
    UserException fault = assertThrows(UserException.class, () -> Registration.requireMetastore());
    assertTrue(
        fault.getMessage().contains("--conf spark.sql.catalogImplementation=hive"),
        fault::getMessage);
  }
}
