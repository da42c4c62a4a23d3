package org.anomalyscore.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

public class ReportTest extends ReportFixture {

  @Test
  void withoutEvaluationsItSaysWhatToRun() {
    UserException fault = assertThrows(UserException.class, this::html);
    assertTrue(fault.getMessage().contains("Run evaluate or benchmark"), fault::getMessage);
    evaluations(evaluation("c", "g", 3, 1));
    fault =
        assertThrows(
            UserException.class,
            () -> html(new Report(TestSpark.session(), store).reference("unreal")));
    assertTrue(fault.getMessage().contains("[c,real]"), fault::getMessage);
    fault =
        assertThrows(
            UserException.class,
            () ->
                new Report(TestSpark.session(), store)
                    .write(Run.start("report"), folder.toString()));
    assertTrue(fault.getMessage().contains("is a folder"), fault::getMessage);
  }

  @Test
  @Tag("nightly")
  void theLineOnTopSaysWhatIsNewAndWhatIsOldIsGrey() throws Exception {
    evaluations(
        evaluation("c", "worse", 3, 1),
        evaluation("c", "gone", 3, 1),
        evaluation("c", "worse", 3, 2),
        evaluation("c", "fine", 3, 2));
    assertFalse(html().contains("since the night before"), "no benchmark");
    store.append(
        Table.ALERTS,
        java.util.stream.Stream.of(
                alert("gone", AlertState.NEW, null, 1),
                alert("worse", AlertState.REGRESSED, "ok", 2),
                alert("gone", AlertState.FAILED, "new", 2),
                alert("fine", AlertState.OK, "failed", 2),
                alert("worse", AlertState.ACKNOWLEDGED, "regressed", 3))
            .map(TableRow::toRow)
            .toList());
    String text = flat(html());
    assertTrue(
        text.contains(
            "<bdi>1 regressed, 1 failed, 1 ok; since the night before: fine is back, gone failed,"
                + " worse regressed.</bdi>"),
        text);
    assertEquals(1, text.split("<tr class=\"past\">", -1).length - 1);
    assertTrue(text.contains("<bdi>of 1970-01-02: not tested</bdi>"), text);
    assertTrue(text.contains("This is not of the last night (failed), but of 1970-01-02 00:00"));
    assertEquals(
        List.of("(01-02) gone", "worse", "fine"),
        figure(html(), "board-0").get("sets").findValuesAsText("name"));
  }

  @Test
  void hostileNamesStayText() throws Exception {
    scores("c", "real", 30, HOSTILE);
    scores("c", HOSTILE, 7, "file:/nowhere/" + HOSTILE + "/");
    evaluations(evaluation("c", HOSTILE, 7, 1).with("labels", "{\"</script>\":\"<i>\"}"));
    store.append(
        Table.REJECTS,
        List.of(
            TableRow.of(Table.REJECTS)
                .with("path", HOSTILE)
                .with("dataset", HOSTILE)
                .with("reason", "truncated")
                .with("message", HOSTILE)
                .with("config_id", "c")
                .with("run_id", "r")
                .with("rejected_at", Timestamp.from(Instant.EPOCH))
                .toRow()));
    run(
        "{\"reference\":\"real\",\"alerts\":[{\"dataset\":\"x\",\"message\":\"<script>alert(3)\"}],"
            + "\"failed\":[{\"dataset\":\"<u>\",\"reason\":\"<script>\"},{}]}");
    String html = html();
    for (String tag : List.of("<script>alert", "<img src=x", "<i>", "<u>", "</script><b>")) {
      assertFalse(html.contains(tag), tag);
    }
    assertFalse(html.contains("\u202e"));
    assertTrue(html.contains("[U+202E]${7*7}&amp;amp;\\"), "shown as it is written");
    assertTrue(html.contains("&lt;script&gt;alert(3)"));
    assertEquals(3, html.split("<script", -1).length - 1, "the data, the library, ours");
    assertEquals(3, html.split("</script", -1).length - 1);
    assertEquals(
        VisibleText.of(HOSTILE),
        data(html).at("/comparisons/0/sets/1/name").asText(),
        "JSON keeps the name");
    assertTrue(html.contains("no picture"), "images that are not there");
  }

  private static Row sweep(String run, int day, String parameter, double value, long seed) {
    return TableRow.of(Table.SWEEPS)
        .with("run_id", run)
        .with("swept_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
        .with("config_id", "c")
        .with("model", "net")
        .with("reference", "real")
        .with("n_reference", 3L)
        .with("dataset", HOSTILE)
        .with("n", 3L)
        .with("parameter", parameter)
        .with("value", value)
        .with("profile_value", 0.01)
        .with("seed", seed)
        .with("mean_complexity", 0.2 + value + 0.01 * seed)
        .with("reference_mean_complexity", 0.1)
        .with("mean_vulnerability", 5.0)
        .with("anomaly_score", day == 1 ? 0.777 : 0.25)
        .toRow();
  }

  @Test
  @Tag("nightly")
  void theNewestSweepIsDrawn() throws Exception {
    evaluations(evaluation("c", "g", 3, 1));
    assertFalse(html().contains("<h2>Sweep"));
    store.append(
        Table.SWEEPS,
        List.of(
            sweep("old", 1, "noise_step", 0.01, 0),
            sweep("new", 2, "noise_step", 0.01, 0),
            sweep("new", 2, "noise_step", 0.01, 1),
            sweep("new", 2, "noise_step", 0.1, 0),
            sweep("new", 2, "attack_start", 0.000001, 0)));
    String html = html();
    assertEquals(1, html.split("<h2>Sweep", -1).length - 1);
    assertTrue(html.contains("aria-label=\"Mean C against noise_step; "));
    // By parameter: V and AS against attack_start, C and AS against noise_step.
    JsonNode noise = figure(html, "sweep-0-2");
    assertEquals("Mean C against noise_step", noise.get("title").asText());
    assertEquals("[\"0.01 *\",\"0.1\"]", noise.get("values").toString());
    assertEquals(
        List.of("real (reference)", VisibleText.of(HOSTILE)),
        noise.get("lines").findValuesAsText("name"));
    // Two seeds of 0.21 and 0.22.
    JsonNode point = noise.at("/lines/1/points/0");
    assertEquals(0.215, point.get("mean").asDouble(), 1e-15);
    assertEquals(0.21, point.get("low").asDouble(), 1e-15);
    assertEquals(0.22, point.get("high").asDouble(), 1e-15);
    JsonNode attack = figure(html, "sweep-0-0");
    assertEquals("[\"1e-06\"]", attack.get("values").toString());
    assertEquals(1, attack.get("lines").size(), "V of the reference is not known");
    assertTrue(html.contains("data-kind=\"sweep\" data-set=\"sweep-0-3\""));
    assertFalse((flat(html) + data(html)).contains("0.777"), "the older sweep");
    assertFalse(html.contains("<script>alert"));
    assertFalse(flat(html).contains("NaN"));
  }

  @Test
  void scriptsRunByTheirHashesAndNothingIsLoaded() throws Exception {
    evaluations(evaluation("c", "g", 3, 1));
    String html = html();
    Matcher policy =
        Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\"").matcher(html);
    assertTrue(policy.find());
    String rules = policy.group(1).replace("&#39;", "'");
    assertTrue(rules.startsWith("default-src 'none'; img-src data: file:;"), rules);
    Matcher scripts = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(html);
    int found = 0;
    while (scripts.find()) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(scripts.group(1).getBytes(StandardCharsets.UTF_8));
      String hash = "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
      assertTrue(rules.contains(hash), hash);
      found++;
    }
    assertEquals(2, found);
    assertFalse(Pattern.compile("(src|href)=\"(?!#|data:)").matcher(flat(html)).find());
  }

  @Test
  @Tag("nightly")
  void float32ArithmeticsThatDifferAreNotedAboveTheHistory() throws Exception {
    scores("c", "real", 30, "r");
    scores("c", "g", 30, "g");
    evaluations(
        evaluation("c", "g", 30, 1)
            .with("reference_arithmetic", "[\"float32, cpu AVX512 GenuineIntel\"]")
            .with("arithmetic", "[\"float32, cpu <AVX2>\"]"));
    String text = flat(html());
    assertTrue(text.contains("computed in different float32 arithmetic"), "the note");
    assertTrue(text.contains("float32, cpu AVX512 GenuineIntel: real"), "the reference's");
    assertTrue(text.contains("float32, cpu &lt;AVX2&gt;: g"), "the set's");
  }

  @Test
  void newestEvaluationsMakeTheBoardAndAllTheHistory() throws Exception {
    scores("c", "real", 30, "r");
    scores("c", "g", 30, "g");
    for (int day = 1; day <= 3; day++) {
      evaluations(
          evaluation("c", "g", 30, day).with("null_q95", 0.12).with("p_value", 0.2 / day / day));
    }
    evaluations(
        evaluation("c", "other", 30, 2).with("anomaly_score", 0.9), evaluation("d", "g", 30, 9));
    run("{\"reference\":\"real\",\"correlations\":[{\"statistic\":\"ks_complexity\",\"n\":3}]}");
    run("not JSON");
    String html = html();
    JsonNode comparisons = data(html).get("comparisons");
    assertEquals(2, comparisons.size(), "one a configuration");
    assertTrue(comparisons.get(0).get("axes").isNull(), "d was evaluated last, has no scores");
    JsonNode c = comparisons.get(1);
    assertEquals(List.of("real", "g", "other"), c.get("sets").findValuesAsText("name"));
    assertEquals(3, c.at("/sets/1/history").size());
    assertEquals(0.13, figure(html, "board-1").at("/sets/0/score/0").asDouble());
    int g = c.at("/sets/1/id").asInt();
    assertEquals(
        "[" + g + "]", figure(html, "trend-1").get("sets").toString(), "other has one evaluation");
    assertTrue(html.contains("<a href=\"#set-" + g + "\"><bdi>g</bdi>"), "the board leads there");
    String text = flat(html);
    assertTrue(text.contains("+0.0100"), "change since the evaluation before");
    assertTrue(
        text.contains(
            "<bdi>ks_complexity</bdi></th> <td class=\"number\" data-sort=\"-1\"><bdi>-1</bdi>"),
        "with its best correlation");
    assertTrue(text.contains("no scores of this set under the folder"));
    assertTrue(text.contains("id=\"pick\""));
    // Of d there are no scores, of c the reference's are there.
    assertTrue(text.contains("<h5>Most unusual</h5>"), "galleries by atypicality");
    assertFalse(text.contains("<h5>Highest AS-i</h5>"));
    assertTrue(text.contains("<b>atypicality&nbsp;"));
    assertFalse(text.contains("wrong way"), "medians are not known");
    assertFalse(html(new Report(TestSpark.session(), store).configId("c")).contains("id=\"pick\""));
  }

  private static TableRow labelled(String run, int day, String label, Double value, long n) {
    TableRow row =
        TableRow.of(Table.LABEL_SUMMARIES)
            .with("run_id", run)
            .with("summarised_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
            .with("config_id", "c")
            .with("model", "net")
            .with("dataset", "g")
            .with("labels", HOSTILE)
            .with("ordered", value != null)
            .with("label", label)
            .with("label_value", value)
            .with("n", n)
            .with("confidence", 0.95);
    for (String measure : List.of("complexity", "vulnerability", "as_i")) {
      row.with("mean_" + measure, n + 0.25);
      if (n > 1) {
        row.with("mean_" + measure + "_low", n + 0.125).with("mean_" + measure + "_high", n + 0.5);
      }
    }
    return row;
  }

  private void labels(TableRow... rows) {
    store.append(
        Table.LABEL_SUMMARIES, java.util.Arrays.stream(rows).map(TableRow::toRow).toList());
  }

  @Test
  @Tag("nightly")
  void theLastLabelsOfASetAreShownInTheirOrder() throws Exception {
    evaluations(evaluation("c", "g", 3, 1));
    assertFalse(html().contains("id=\"labels\""), "nothing was labelled");
    labels(labelled("old", 1, "gone", null, 3), labelled("old", 1, null, null, 3));
    labels(
        labelled("new", 2, null, null, 7)
            .with("ordered", true)
            .with("spearman_complexity", 0.125)
            .with("jonckheere_p_complexity", 0.25),
        labelled("new", 2, "100", 100.0, 6),
        labelled("new", 2, "9", 9.0, 1),
        // Another source of labels, whose last run was before.
        labelled("other", 1, "a", null, 2).with("labels", "folder"),
        labelled("other", 1, null, null, 2).with("labels", "folder"));
    String html = html();
    String text = flat(html);
    assertTrue(text.contains("by <bdi>labels of &lt;/script&gt;"), "whose labels");
    assertFalse(text.contains("gone"), "an older run");
    assertEquals("[\"a\"]", figure(html, "labels-0").get("labels").toString(), "oldest first");
    JsonNode figure = figure(html, "labels-1");
    assertEquals("[\"9\",\"100\"]", figure.get("labels").toString());
    assertEquals("[9.0,100.0]", figure.get("values").toString());
    assertEquals("[[1.25,null,null],[6.25,6.125,6.5]]", figure.at("/means/0").toString());
    assertEquals("[7.25,7.25,7.25]", figure.get("all").toString());
    assertTrue(text.contains("6.1250 to 6.5000") && text.contains("Trend over the labels"));
    assertTrue(text.contains("data-set=\"labels-1\""));
  }

  @Test
  void aFigureHasRoomForFortyLabels() throws Exception {
    evaluations(evaluation("c", "g", 3, 1));
    List<TableRow> rows = new ArrayList<>(List.of(labelled("run", 1, null, null, 100)));
    for (int i = 0; i < 50; i++) {
      rows.add(labelled("run", 1, String.format("label %02d", i), null, i + 1));
    }
    labels(rows.toArray(TableRow[]::new));
    String html = html();
    JsonNode figure = figure(html, "labels-0");
    assertEquals(40, figure.get("labels").size());
    assertEquals("label 10", figure.at("/labels/0").asText());
    assertTrue(figure.get("values").isNull());
    assertTrue(flat(html).contains("10 more are in the table"));
    assertFalse(flat(html).contains("Trend over the labels"));
  }
}
