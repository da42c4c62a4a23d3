package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.TestSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurrentScoresTest {

  private static final Path QUERIES = Path.of("../conf/sql");

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
    assertEquals(expected, text(TestSpark.session().sql(view("worst-images.sql"))));
  }

  @Test
  void theQueriesStateOneRule() throws IOException {
    assertEquals(view("worst-images.sql"), view("anomaly-score-by-class.sql"));
  }

  /** What a query calls current scores, over this test's tables. */
  private String view(String query) throws IOException {
    Matcher view =
        Pattern.compile("WITH current_scores AS \\(\n(.*?)\n\\),\n", Pattern.DOTALL)
            .matcher(Files.readString(QUERIES.resolve(query)));
    assertTrue(view.find(), query);
    return view.group(1).replace("${tables}", folder.toString());
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
