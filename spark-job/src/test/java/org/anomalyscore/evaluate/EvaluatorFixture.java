package org.anomalyscore.evaluate;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;

/** A folder of tables of scores that a test makes up. */
abstract class EvaluatorFixture {

  static final AnomalyScore.Options QUICK = new AnomalyScore.Options(5, 100, 100, 0.9);

  @TempDir Path folder;

  TableStore store;

  TableStore store() {
    if (store == null) {
      store = new TableStore(TestSpark.session(), folder.toString());
    }
    return store;
  }

  static Row score(String config, String dataset, String path, double c, double v, Instant time) {
    return ScoreRows.of(dataset, path, c, v)
        .with("model", "net-" + config)
        .with("scored_at", Timestamp.from(time))
        .with("config_id", config)
        .toRow();
  }

  /** The same row with standard errors of a tenth of C, a twentieth of V and a fifth of AS-i. */
  static Row withErrors(Row row) {
    TableRow copy = ScoreRows.copy(row);
    return copy.with("complexity_std_err", (Double) copy.get("complexity") / 10)
        .with("vulnerability_std_err", (Double) copy.get("vulnerability") / 20)
        .with("as_i_std_err", (Double) copy.get("as_i") / 5)
        .toRow();
  }

  static List<Row> withErrors(List<Row> rows) {
    return rows.stream().map(EvaluatorTest::withErrors).toList();
  }

  /** {@code n} rows around a centre; the same name gives the same rows. */
  static List<Row> rows(String config, String dataset, int n, double centre) {
    return rows(config, dataset, n, centre, Instant.EPOCH);
  }

  static List<Row> rows(String config, String dataset, int n, double centre, Instant time) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      rows.add(
          score(
              config,
              dataset,
              dataset + i,
              centre + 0.1 * random.nextDouble(),
              10 * centre + random.nextGaussian(),
              time));
    }
    return rows;
  }

  Evaluator.Result evaluate(String... generated) {
    return new Evaluator(store(), QUICK)
        .allowIncomplete(true)
        .evaluate(Run.start("test"), "real", List.of(generated), null);
  }

  static double[][] columns(List<Row> rows) {
    double[][] columns = new double[2][rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      columns[0][i] = rows.get(i).getDouble(4);
      columns[1][i] = rows.get(i).getDouble(5);
    }
    return columns;
  }

  void recordRun(String dataset, String status, Instant time) {
    store()
        .append(
            Table.RUNS,
            List.of(
                Run.start("score")
                    .row()
                    .with("status", status)
                    .with("started_at", Timestamp.from(time))
                    .with("dataset", dataset)
                    .with("config_id", "c")
                    .with("configuration", "{}")
                    .toRow()));
  }
}
