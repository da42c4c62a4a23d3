package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the query of conf/sql computes the atypicality of {@code image_measures}. */
class WorstImagesQueryTest {

  @TempDir Path folder;

  private static List<Row> rows(String dataset, int n, double centre) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double c = 0.1 + centre * random.nextDouble();
      double v = 10 + 5 * random.nextDouble() - 3 * c;
      rows.add(score(dataset, i, c, v));
    }
    return rows;
  }

  private static Row score(String dataset, int i, double c, double v) {
    return ScoreRows.of(dataset, dataset + i, c, v).toRow();
  }

  @Test
  @Tag("nightly")
  void atypicalityAndDirectionAreThoseOfTheTable() throws Exception {
    TableStore store = new TableStore(TestSpark.session(), folder.toString());
    store.append(Table.SCORES, rows("real", 81, 0.1));
    store.append(Table.SCORES, rows("bent", 60, 0.3));
    store.append(Table.SCORES, rows("alike", 60, 0.1));
    store.create(Table.REJECTS);
    List<Row> kept = new ArrayList<>();
    Evaluator.Result found =
        new Evaluator(store, new AnomalyScore.Options(0, 200, 0, 0.95))
            .allowIncomplete(true)
            .perImage(rows -> kept.addAll(rows.collectAsList()))
            .evaluate(Run.start("test"), "real", List.of("bent", "alike"), null);
    store.append(Table.EVALUATIONS, found.rows().stream().map(TableRow::toRow).toList());
    Map<String, Row> expected = new HashMap<>();
    kept.forEach(row -> expected.put(row.getAs("path"), row));
    List<Row> worst = TestSpark.query("worst-images.sql", folder.toString()).collectAsList();
    assertEquals(20, worst.size());
    List<Row> sorted = new ArrayList<>(kept);
    sorted.sort((a, b) -> Double.compare(b.getAs("atypicality"), a.getAs("atypicality")));
    for (int i = 0; i < 20; i++) {
      Row row = worst.get(i);
      Row image = expected.get(row.<String>getAs("path"));
      assertEquals(sorted.get(i).<String>getAs("path"), row.getAs("path"));
      assertEquals(image.<Double>getAs("atypicality"), row.<Double>getAs("atypicality"), 1e-9);
      assertEquals(image.<String>getAs("direction"), row.getAs("direction"));
      assertEquals(image.<Double>getAs("as_i"), row.<Double>getAs("as_i"), 1e-12);
      assertEquals(row.getAs("dataset").equals("bent"), row.getAs("as_i_reversed"));
    }
    assertTrue(Leaderboard.render(found).contains("wrong way under this feature model for bent ("));
  }

  private static TableRow evaluation(String reference, Double... repeatability) {
    return TableRow.of(Table.EVALUATIONS)
        .with("run_id", "r")
        .with("evaluated_at", Timestamp.from(Instant.EPOCH))
        .with("config_id", "c")
        .with("model", "net")
        .with("reference", reference)
        .with("n_reference", 81L)
        .with("dataset", "bent")
        .with("n", 60L)
        .with("anomaly_score", 0.5)
        .with("confidence", 0.95)
        .with("permutations", 0)
        .with("resamples", 0)
        .with("seed", 0L)
        .with("repeatability_complexity", repeatability[0])
        .with("repeatability_vulnerability", repeatability[1])
        .with("repeatability_as_i", repeatability[2]);
  }

  /** Two references in one night; of a third C and V determine each other. */
  @Test
  @Tag("nightly")
  void eachReferenceHasItsOwnList() throws Exception {
    TableStore store = new TableStore(TestSpark.session(), folder.toString());
    store.append(Table.SCORES, rows("real", 81, 0.1));
    store.append(Table.SCORES, rows("other", 81, 0.2));
    List<Row> line = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      line.add(score("line", i, 0.01 * i, 3 * 0.01 * i));
    }
    store.append(Table.SCORES, line);
    List<Row> bent = new ArrayList<>(rows("bent", 60, 0.3));
    bent.add(score("bent", 60, 0.15, 0));
    store.append(Table.SCORES, bent);
    store.create(Table.REJECTS);
    store.append(
        Table.EVALUATIONS,
        List.of(
            evaluation("real", 0.9, 0.2, 0.6).toRow(),
            evaluation("other", 0.9, 0.5, 0.6).toRow(),
            evaluation("line", null, null, null).toRow()));
    Map<String, List<Row>> worst =
        TestSpark.query("worst-images.sql", folder.toString()).collectAsList().stream()
            .collect(Collectors.groupingBy(row -> row.<String>getAs("reference")));
    assertEquals(Set.of("real", "other", "line"), worst.keySet());
    Map<String, String> order =
        Map.of(
            "real",
            "the order of single images is mostly chance: the least repeatability is that of V",
            "other",
            "the order of single images mostly repeats",
            "line",
            "not known; score with --draws 2 or more");
    worst.forEach(
        (reference, images) -> {
          assertEquals(20, images.size(), reference);
          assertEquals(
              20, images.stream().map(row -> row.<String>getAs("path")).distinct().count());
          assertEquals(order.get(reference), images.get(0).getAs("order_of_images"));
          if (reference.equals("line")) {
            assertTrue(images.stream().allMatch(row -> row.getAs("atypicality") == null));
            assertTrue(images.stream().allMatch(row -> row.getAs("direction") == null));
          } else {
            assertEquals("bent60", images.get(0).getAs("path"));
            assertEquals(Double.POSITIVE_INFINITY, images.get(0).<Double>getAs("atypicality"));
            assertTrue(images.get(0).<String>getAs("direction").endsWith("V low"));
          }
        });
  }
}
