package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the number of Spark jobs of an evaluation, which is what one of small tables costs. */
class EvaluatorJobsTest {

  private static final AnomalyScore.Options NONE = new AnomalyScore.Options(0, 0, 0, 0.95);

  @TempDir Path folder;

  private TableStore store;

  private void score(String dataset, int from, int to, double centre, int second) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          ScoreRows.of(
                  dataset,
                  dataset + i,
                  Math.exp(centre + 0.1 * random.nextGaussian()),
                  Math.exp(3 + 0.1 * random.nextGaussian()))
              .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(second)))
              .with("config_id", "c")
              .toRow());
    }
    store.append(Table.SCORES, rows);
  }

  private void reject(String dataset, String path, int second) {
    store.append(
        Table.REJECTS,
        List.of(
            TableRow.of(Table.REJECTS)
                .with("path", path)
                .with("dataset", dataset)
                .with("reason", "truncated")
                .with("message", "m")
                .with("config_id", "c")
                .with("run_id", "r")
                .with("rejected_at", Timestamp.from(Instant.EPOCH.plusSeconds(second)))
                .toRow()));
  }

  private record Evaluated(Evaluator.Result result, List<String> jobs) {
    Object of(String dataset, String column) {
      return result.rows().stream()
          .filter(row -> row.get("dataset").equals(dataset))
          .findFirst()
          .orElseThrow()
          .get(column);
    }
  }

  private Evaluated evaluate() throws Exception {
    SparkSession spark = TestSpark.session();
    List<String> jobs = new CopyOnWriteArrayList<>();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            jobs.add(start.stageInfos().isEmpty() ? "none" : start.stageInfos().last().name());
          }
        };
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().addSparkListener(counter);
    try {
      Evaluator.Result result =
          new Evaluator(store, NONE)
              .allowIncomplete(true)
              .evaluate(Run.start("test"), "real", List.of("far", "near"), null);
      spark.sparkContext().listenerBus().waitUntilEmpty();
      return new Evaluated(result, jobs);
    } finally {
      spark.sparkContext().removeSparkListener(counter);
    }
  }

  @Test
  void aSetIsReadOnceAndLittleElse() throws Exception {
    store = new TableStore(TestSpark.session(), folder.toString());
    score("real", 0, 60, -2, 1);
    score("near", 0, 40, -2, 2);
    score("far", 0, 40, 0, 3);
    Evaluated first = evaluate();
    // Which sets there are; the three sets; whether the reference has features.
    assertEquals(1 + 3 + 1, first.jobs().size(), first.jobs()::toString);
    assertEquals(1.0, first.of("far", "flagged"));
    assertEquals(5, first.result().unusual().get("far").size());

    // One more job for all rejects, of which these came before the scores.
    reject("near", "near1", 1);
    reject("near", "near2", 2);
    Evaluated second = evaluate();
    assertEquals(first.jobs().size() + 1, second.jobs().size(), second.jobs()::toString);
    assertEquals(40L, second.of("near", "n"));

    // A later reject, and a later run, each of which is one more path to look for.
    reject("near", "near1", 3);
    score("far", 40, 41, 0, 4);
    score("far", 0, 1, 0, 5);
    Evaluated third = evaluate();
    assertEquals(39L, third.of("near", "n"));
    assertEquals(41L, third.of("far", "n"));
  }
}
