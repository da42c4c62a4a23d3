package org.anomalyscore.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.TestSpark;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tables of a night that a test makes up, and the page of them. */
abstract class ReportFixture {

  /** A name that would break out of text, of an attribute, of a script, and of its own order. */
  static final String HOSTILE =
      "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e${7*7}&amp;\\";

  @TempDir Path folder;

  TableStore store;

  @BeforeEach
  void open() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
  }

  void scores(String config, String dataset, int n, String folder) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double c = 0.2 + 0.01 * random.nextGaussian();
      double v = 20 + random.nextGaussian();
      rows.add(ScoreRows.of(dataset, folder + i + ".png", c, v).with("config_id", config).toRow());
    }
    store.append(Table.SCORES, rows);
  }

  static TableRow evaluation(String config, String dataset, long n, int day) {
    return TableRow.of(Table.EVALUATIONS)
        .with("run_id", "run" + day)
        .with("evaluated_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
        .with("config_id", config)
        .with("model", "net")
        .with("reference", "real")
        .with("n_reference", 30L)
        .with("dataset", dataset)
        .with("n", n)
        .with("anomaly_score", 0.1 + 0.01 * day)
        .with("confidence", 0.95)
        .with("permutations", 0)
        .with("resamples", 0)
        .with("seed", 0L);
  }

  void evaluations(TableRow... rows) {
    store.append(Table.EVALUATIONS, java.util.Arrays.stream(rows).map(TableRow::toRow).toList());
  }

  void run(String outcome) {
    store.append(
        Table.RUNS,
        List.of(
            Run.start("benchmark")
                .row()
                .with("status", Run.COMPLETE)
                .with("config_id", "c")
                .with("configuration", "{\"note\":\"</script><b>\"}")
                .with("outcome", outcome)
                .toRow()));
  }

  String html(Report report) throws Exception {
    Path out = folder.resolve("report.html");
    Report.Result result = report.write(Run.start("report"), out.toString());
    assertEquals(out.toString(), result.location());
    assertEquals(Files.size(out), result.bytes());
    return Files.readString(out);
  }

  String html() throws Exception {
    return html(new Report(TestSpark.session(), store));
  }

  static JsonNode data(String html) throws Exception {
    Matcher data =
        Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(html);
    assertTrue(data.find());
    return JsonMapper.builder().build().readTree(data.group(1));
  }

  static JsonNode figure(String html, String id) throws Exception {
    for (JsonNode figure : data(html).get("parts")) {
      if (figure.get("id").asText().equals(id)) {
        return figure.get("data");
      }
    }
    throw new AssertionError("no figure " + id);
  }

  static String flat(String html) {
    return html.substring(html.indexOf("</style>"), html.indexOf("<script type="))
        .replaceAll("\\s+", " ");
  }

  static TableRow alert(String dataset, AlertState state, String previous, int day) {
    return TableRow.of(Table.ALERTS)
        .with("run_id", "run" + day)
        .with("evaluated_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
        .with("config_id", "c")
        .with("model", "net")
        .with("reference", "real")
        .with("dataset", dataset)
        .with("state", state.text())
        .with("previous_state", previous);
  }
}
