package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.anomalyscore.TestSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurrentScoresTest {

  @TempDir Path folder;

  private TableStore store;

  private void score(String configId, String path, double complexity, int second) {
    store.append(
        Table.SCORES,
        List.of(
            ScoreRows.of("d", path, complexity, 2)
                .with("image_id", path + second)
                .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(second)))
                .with("config_id", configId)
                .toRow()));
  }

  private void reject(String configId, String path, int second) {
    store.append(
        Table.REJECTS,
        List.of(
            TableRow.of(Table.REJECTS)
                .with("path", path)
                .with("dataset", "d")
                .with("reason", "truncated")
                .with("message", "m")
                .with("config_id", configId)
                .with("run_id", "r")
                .with("rejected_at", Timestamp.from(Instant.EPOCH.plusSeconds(second)))
                .toRow()));
  }

  @BeforeEach
  void write() {
    store = new TableStore(TestSpark.session(), folder.toString());
  }

  private List<String> current() {
    return text(CurrentScores.ofEach(store, col("dataset").equalTo("d")));
  }

  private static List<String> text(Dataset<Row> rows) {
    return rows
        .select("config_id", "path", "complexity")
        .orderBy("config_id", "path")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void theNewestRowOfAPathStandsUnlessItWasRejectedLater() throws IOException {
    score("a", "once", 0.1, 1);
    score("a", "twice", 0.2, 1);
    score("a", "twice", 0.3, 2);
    score("a", "gone", 0.4, 1);
    reject("a", "gone", 2);
    score("a", "back", 0.5, 3);
    reject("a", "back", 2);
    // Of another configuration, which says nothing of this one's.
    score("b", "gone", 0.6, 1);
    reject("b", "twice", 9);
    List<String> expected =
        List.of("[a,back,0.5]", "[a,once,0.1]", "[a,twice,0.3]", "[b,gone,0.6]");
    assertEquals(expected, current());
    assertEquals(
        List.of("[a,back,0.5]", "[a,gone,0.4]", "[a,once,0.1]", "[a,twice,0.3]", "[b,gone,0.6]"),
        text(CurrentScores.newest(store, col("dataset").equalTo("d"))));
    assertEquals(expected, text(view()));
  }

  /** What SQL calls current scores, over this test's tables. */
  private Dataset<Row> view() throws IOException {
    TestSpark.query("current_scores.sql", folder.toString());
    return TestSpark.session().table("current_scores");
  }

  @Test
  void namesThatLookLikeNumbersAndDatesStandInSql() throws IOException {
    List<String> names = List.of("007", "1e3", "2024-01-01", "a b%+c");
    for (String name : names) {
      store.append(Table.SCORES, List.of(ScoreRows.of(name, "p", 0.1, 2).toRow()));
    }
    store.create(Table.REJECTS);
    assertEquals(
        names, view().orderBy("dataset").select("dataset").as(Encoders.STRING()).collectAsList());
    assertEquals(
        names,
        CurrentScores.ofEach(store, col("config_id").equalTo("c"))
            .orderBy("dataset")
            .select("dataset")
            .as(Encoders.STRING())
            .collectAsList());
  }

  /** The columns of the views, which SQL has in a file of its own, are those of the tables. */
  @Test
  void theViewsHaveTheTablesColumns() throws IOException {
    score("a", "once", 0.1, 1);
    store.create(Table.REJECTS);
    // Of those by which it joins the view has its own order.
    assertEquals(
        Set.of(Table.SCORES.schema().asNullable().fields()), Set.of(view().schema().fields()));
    assertEquals(Table.SCORES.schema().asNullable(), TestSpark.session().table("scores").schema());
    assertEquals(
        Table.REJECTS.schema().asNullable(), TestSpark.session().table("rejects").schema());
  }

  @Test
  void aTableOfNoRowsHasAName() {
    store.create(Table.REJECTS);
    assertTrue(store.exists(Table.REJECTS));
    score("a", "once", 0.1, 1);
    assertEquals(List.of("[a,once,0.1]"), current());
    assertEquals(
        0,
        TestSpark.session()
            .sql("SELECT path FROM parquet.`" + store.location(Table.REJECTS) + "`")
            .count());
    reject("a", "once", 2);
    store.create(Table.REJECTS);
    assertEquals(1, store.read(Table.REJECTS).count());
  }
}
