package org.anomalyscore.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class ReportTest {

  /** A name that would break out of text, of an attribute, of a script, and of its own order. */
  private static final String HOSTILE =
      "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e${7*7}&amp;\\";

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void open() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
  }

  private void scores(String config, String dataset, int n, String folder) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double c = 0.2 + 0.01 * random.nextGaussian();
      double v = 20 + random.nextGaussian();
      rows.add(ScoreRows.of(dataset, folder + i + ".png", c, v).with("config_id", config).toRow());
    }
    store.append(Table.SCORES, rows);
  }

  private static TableRow evaluation(String config, String dataset, long n, int day) {
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

  private void evaluations(TableRow... rows) {
    store.append(Table.EVALUATIONS, java.util.Arrays.stream(rows).map(TableRow::toRow).toList());
  }

  private void run(String outcome) {
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

  private String html(Report report) throws Exception {
    Path out = folder.resolve("report.html");
    Report.Result result = report.write(Run.start("report"), out.toString());
    assertEquals(out.toString(), result.location());
    assertEquals(Files.size(out), result.bytes());
    return Files.readString(out);
  }

  private String html() throws Exception {
    return html(new Report(TestSpark.session(), store));
  }

  @Test
  void itSaysWhereTheOrderOfImagesIsMostlyChance() throws Exception {
    evaluations(
        evaluation("c", "sure", 30, 1)
            .with("repeatability_as_i", 0.5)
            .with("repeatability_complexity", 0.625)
            .with("reference_repeatability_as_i", 0.49)
            .with("reference_repeatability_vulnerability", 0.125),
        evaluation("c", "chance", 30, 1).with("repeatability_as_i", -0.25));
    String text = flat(html());
    assertTrue(
        text.contains(
            "The order of single images is mostly chance in real (V 0.13), chance (AS-i -0.25): the"
                + " least repeatability of C, V and AS-i."),
        text);
    // The reference's own note and that of one set.
    assertEquals(2, text.split("mostly chance: the least repeatability is", -1).length - 1);
    assertTrue(text.contains("C repeatability") && text.contains(">0.63<"), "the board's column");
    assertFalse(text.contains("V repeatability"), "of which nothing is known");
  }

  @Test
  void itSaysThatOneDrawSaysNothingOfTheOrder() throws Exception {
    evaluations(evaluation("c", "set", 30, 1));
    String text = flat(html());
    assertTrue(
        text.contains("is not known: their scores are of one draw, or were evaluated"), text);
    assertFalse(text.contains("AS-i repeatability"), "no column without a number");
  }

  private static JsonNode data(String html) throws Exception {
    Matcher data =
        Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(html);
    assertTrue(data.find());
    return JsonMapper.builder().build().readTree(data.group(1));
  }

  private static JsonNode figure(String html, String id) throws Exception {
    for (JsonNode figure : data(html).get("parts")) {
      if (figure.get("id").asText().equals(id)) {
        return figure.get("data");
      }
    }
    throw new AssertionError("no figure " + id);
  }

  private static String flat(String html) {
    return html.substring(html.indexOf("</style>"), html.indexOf("<script type="))
        .replaceAll("\\s+", " ");
  }

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

  private static TableRow alert(String dataset, AlertState state, String previous, int day) {
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

  @Test
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
  void theMostUnusualImagesOfTheBaselineNightStandBesideThoseOfTheLast() throws Exception {
    scores("c", "real", 30, "file:/real/");
    Path images = Files.createDirectories(folder.resolve("images"));
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", images.resolve("old.png").toFile());
    byte[] bytes = Files.readAllBytes(images.resolve("old.png"));
    String id =
        java.util.HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      for (int day : new int[] {1, 3}) {
        String path = "file:" + images + "/" + (i == 4 && day == 1 ? "old" : "x" + i) + ".png";
        rows.add(
            ScoreRows.of("gan", path, 0.2 + 0.05 * i, 20 + day)
                .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_000L * day)))
                .with("image_id", i == 4 && day == 1 ? id : "day" + day + "-" + i)
                .with("config_id", "c")
                .toRow());
      }
    }
    store.append(Table.SCORES, rows);
    evaluations(evaluation("c", "gan", 5, 1), evaluation("c", "gan", 5, 3));
    store.append(
        Table.ALERTS,
        List.of(alert("gan", AlertState.OK, "ok", 3).with("baseline_run_id", "run1").toRow()));
    String text = flat(html(new Report(TestSpark.session(), store).thumbnails(1)));
    String title = "Most unusual in the baseline night of 1970-01-02";
    assertTrue(text.contains(title), text);
    String then = text.substring(text.indexOf(title), text.indexOf("Reference:"));
    assertTrue(then.contains("<img src=\"data:image/png;base64,"), then);
    assertTrue(then.contains(">old.png<"), then);
    ImageIO.write(
        new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB),
        "png",
        images.resolve("old.png").toFile());
    text = flat(html(new Report(TestSpark.session(), store).thumbnails(1)));
    then = text.substring(text.indexOf(title), text.indexOf("Reference:"));
    assertTrue(then.contains("the file holds another image now"), then);
    assertFalse(then.contains("<img"), then);
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
  void theRowsAreThoseOfTheImagesThatAreThere() throws Exception {
    Path images = Files.createDirectories(folder.resolve("images"));
    for (int i = 0; i < 4; i++) {
      ImageIO.write(
          new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
          "png",
          images.resolve(i + ".png").toFile());
    }
    scores("c", "real", 30, "file:" + images + "/");
    scores("c", "there", 9, "file:" + images + "/");
    scores("c", "gone", 6, "file:/gone/");
    scores("c", "same", 5, "file:/gone/");
    evaluations(
        evaluation("c", "there", 9, 1)
            .with("images", images.toString())
            .with("reference_images", images.toString()),
        evaluation("c", "gone", 6, 1).with("images", folder.resolve("no").toString()),
        evaluation("c", "same", 5, 1));
    String html = html();
    JsonNode sets = data(html).at("/comparisons/0/sets");
    assertEquals(List.of("real", "there", "gone", "same"), sets.findValuesAsText("name"));
    assertEquals(List.of("4", "4", "6", "5"), sets.findValuesAsText("n"));
    String text = flat(html);
    assertTrue(text.contains("made of 9 images, the figures and galleries of the 4"), "changed");
    assertTrue(text.contains("made of 30 images, the figures and galleries of the 4"), "reference");
    assertTrue(text.contains("all its scored images are shown: Cannot look for images"), "gone");
    assertEquals(3, text.split("class=\"note\"", -1).length - 1, "and of the others nothing");
    assertTrue(text.contains("<img src=\"data:image/png;base64,"));
    assertTrue(text.contains("The file has changed since it was scored."));
    assertTrue(text.contains("Not readable: it is no longer there"));
    assertFalse(
        html(new Report(TestSpark.session(), store).thumbnails(0)).contains("class=\"pictures\""));
  }

  @Test
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

  @Test
  void flagsAndTheDirectionOfAsIAreTold() throws Exception {
    scores("c", "g", 40, "g");
    evaluations(
        evaluation("c", "g", 40, 1)
            .with("p_value", 0.01)
            .with("as_i_median", 90.0)
            .with("reference_as_i_median", 100.0)
            .with("flagged", 0.1)
            .with("flag_fdr", 0.05),
        evaluation("c", "old", 40, 1));
    String text = flat(html());
    assertTrue(text.contains("4 of 40 images are flagged at a false discovery rate of 5 %."), text);
    assertEquals(2, text.split("are flagged at", -1).length, "of old nothing is known");
    assertTrue(
        text.contains(
            "AS-i ranks the wrong way under this feature model for g (90.00 against 100.0):"),
        text);
    assertTrue(text.contains("<h5>Highest AS-i</h5>"), "without scores of the reference");
    assertFalse(text.contains("atypicality&nbsp;"));
  }

  @Test
  void aGalleryMarksFlaggedImagesAndShowsWhatAnImagesDrawsSpread() throws Exception {
    scores("c", "real", 40, "r");
    store.append(
        Table.SCORES,
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    ScoreRows.of("g", "g" + i + ".png", 0.2 + 0.01 * i, 20)
                        .with("complexity_std_err", 0.0123)
                        .with("vulnerability_std_err", 0.45)
                        .with("as_i_std_err", 6.7)
                        .toRow())
            .toList());
    evaluations(evaluation("c", "g", 40, 1).with("flagged", 0.1).with("flag_fdr", 0.05));
    String text = flat(html());
    assertEquals(4, text.split("class=\"flag\">flagged", -1).length - 1, text);
    assertTrue(
        text.contains("g39.png</bdi> <b class=\"flag\">flagged</b> <b>atypicality&nbsp;"), text);
    assertTrue(
        text.contains("AS-i&nbsp;33.90 ± 6.7 C&nbsp;0.5900 ± 0.012 V&nbsp;20.00 ± 0.45"), text);
    store.append(
        Table.SCORES,
        List.of(
            ScoreRows.of("g", "g0.png", 0.2, 20)
                .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(200_000)))
                .toRow()));
    assertFalse(flat(html()).contains("class=\"flag\""), "scored again since");
    scores("c", "g", 1, "more");
    assertFalse(flat(html()).contains("class=\"flag\""), "other images than were evaluated");
  }

  @Test
  void rejectsCountImagesThatHaveNoScoreNow() throws Exception {
    scores("c", "g", 2, "g");
    evaluations(evaluation("c", "g", 2, 1));
    List<Row> rows = new ArrayList<>();
    String[][] rejects = {
      {"g0.png", "unreadable", "-1"}, // scored since
      {"g1.png", "truncated", "1"}, // damaged since
      {"x.png", "unreadable", "1"}, // the same, night after night
      {"x.png", "unreadable", "2"},
      {"y.png", "unreadable", "1"}, // known better since
      {"y.png", "empty", "2"},
    };
    for (String[] reject : rejects) {
      rows.add(
          TableRow.of(Table.REJECTS)
              .with("path", reject[0])
              .with("dataset", "g")
              .with("reason", reject[1])
              .with("message", "message of " + reject[2])
              .with("config_id", "c")
              .with("run_id", "r")
              .with(
                  "rejected_at",
                  Timestamp.from(Instant.EPOCH.plusSeconds(Long.parseLong(reject[2]))))
              .toRow());
    }
    store.append(Table.REJECTS, rows);
    List<Rejects> counted = Rejects.read(store, ReportedSet.of(Comparison.read(store, null, null)));
    assertEquals(
        List.of(
            new Rejects("c", "g", "empty", 1, "y.png", "message of 2"),
            new Rejects("c", "g", "truncated", 1, "g1.png", "message of 1"),
            new Rejects("c", "g", "unreadable", 1, "x.png", "message of 2")),
        counted);
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
