package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the query of conf/sql computes the atypicality of {@code image_measures}. */
class WorstImagesQueryTest {

  private static final Path QUERY = Path.of("../conf/sql/worst-images.sql");

  @TempDir Path folder;

  private static List<Row> rows(String dataset, int n, double centre) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double c = 0.1 + centre * random.nextDouble();
      double v = 10 + 5 * random.nextDouble() - 3 * c;
      rows.add(
          TableRow.of(Table.SCORES)
              .with("image_id", dataset + i)
              .with("path", dataset + i)
              .with("width", 1)
              .with("height", 1)
              .with("complexity", c)
              .with("vulnerability", v)
              .with("as_i", v / c)
              .with("step_norm", 1.0)
              .with("complexity_floor", 0.01)
              .with("model", "net")
              .with("run_id", "r")
              .with("scored_at", Timestamp.from(Instant.EPOCH))
              .with("config_id", "c")
              .with("dataset", dataset)
              .toRow());
    }
    return rows;
  }

  private Dataset<Row> query(String tables) throws Exception {
    Dataset<Row> last = null;
    for (String statement : Files.readString(QUERY).replace("${tables}", tables).split(";\n", 0)) {
      last = TestSpark.session().sql(statement);
    }
    return last;
  }

  @Test
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
    List<Row> worst = query(folder.toString()).collectAsList();
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
}
