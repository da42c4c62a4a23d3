package org.anomalyscore.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Part.Block;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.RankCorrelation;
import org.anomalyscore.stats.Repeatability;
import org.anomalyscore.stats.RobustScatter;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {

  private static final int IMAGES = 60;
  private static final AnomalyScore.Options QUICK = new AnomalyScore.Options(2, 500, 100, 0.95);

  @TempDir Path folder;

  private TableStore store;
  private final double[] c = new double[IMAGES];
  private final double[] v = new double[IMAGES];
  private final double[] label = new double[IMAGES];

  /** Within each generator V falls with the label, but the better generator has the higher V. */
  @BeforeEach
  void score() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      label[i] = i / 2 + (i % 2 == 0 ? 100 : 0);
      c[i] = 0.1 + 0.02 * random.nextDouble();
      v[i] = (i % 2 == 0 ? 50 : 20) - 0.3 * Math.floor(i / 2.0) + random.nextGaussian();
      rows.add(row("gan", path(i), c[i], v[i]));
    }
    for (int i = 0; i < 50; i++) {
      rows.add(
          row(
              "real",
              "file:/real/" + i + ".png",
              0.1 + 0.01 * random.nextDouble(),
              30 + random.nextGaussian()));
    }
    store.append(Table.SCORES, rows);
  }

  private static String path(int i) {
    return "file:/data/" + i + ".png";
  }

  private static Row row(String dataset, String path, double complexity, double vulnerability) {
    return ScoreRows.of(dataset, path, complexity, vulnerability).toRow();
  }

  private CalibrateRequest request(String file, String reference) {
    return new CalibrateRequest(store.location(), "gan", file, reference, null, true, QUICK);
  }

  private Calibration.Result calibrate(String file, String reference) {
    return new Calibration(TestSpark.session(), store, request(file, reference))
        .of(Run.start("calibrate"));
  }

  private String labels(boolean grouped) throws Exception {
    List<String> lines = new ArrayList<>(List.of("path,label" + (grouped ? ",group" : "")));
    for (int i = 0; i < IMAGES; i++) {
      lines.add(i + ".png," + label[i] + (grouped ? i % 2 == 0 ? ",good" : ",bad" : ""));
    }
    lines.add("gone.png,3" + (grouped ? "," : ""));
    return Files.writeString(folder.resolve("quality.csv"), String.join("\n", lines) + "\n")
        .toString();
  }

  private static TableRow measure(Calibration.Result result, String name) {
    return result.rows().stream()
        .filter(row -> row.get("measure").equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutGroupsAllImagesAreCompared() throws Exception {
    Calibration.Result result = calibrate(labels(false), null);
    assertEquals(
        List.of("complexity", "vulnerability", "as_i"),
        result.rows().stream().map(row -> row.get("measure")).toList());
    TableRow found = measure(result, "vulnerability");
    RankCorrelation expected = RankCorrelation.of(v, label, new int[IMAGES], QUICK);
    assertEquals(expected.rho(), (Double) found.get("rank_correlation"), 1e-14);
    assertTrue(expected.rho() > 0.5);
    assertEquals((long) IMAGES, found.get("n"));
    assertEquals(0L, found.get("unlabelled"));
    assertEquals(1L, found.get("unmatched"));
    assertNull(found.get("groups"));
    assertNull(found.get("within_groups"));
    assertEquals("usable", found.get("verdict"));
    result.rows().forEach(TableRow::toRow);
    String board = CalibrationBoard.render(result);
    assertTrue(board.contains("bad images of this kind may be looked for by a low V"), board);
    assertFalse(board.contains("within groups"), board);
    assertTrue(board.contains("The labels name no groups."), board);
  }

  @Test
  @Tag("nightly")
  void withoutEnoughPermutationsNothingIsTested() throws Exception {
    // Of three measures the least p-value of 59 permutations is 1 / 60, which is not below 0.05 /
    // 3.
    for (int permutations : new int[] {0, 59}) {
      CalibrateRequest request =
          new CalibrateRequest(
              store.location(),
              "gan",
              labels(false),
              null,
              null,
              true,
              new AnomalyScore.Options(2, permutations, 0, 0.95));
      Calibration.Result result =
          new Calibration(TestSpark.session(), store, request).of(Run.start("calibrate"));
      result.rows().forEach(row -> assertEquals("not_tested", row.get("verdict")));
      String board = CalibrationBoard.render(result);
      assertTrue(board.contains("None of these measures was tested."), board);
      assertTrue(board.contains("WARNING: with --permutations " + permutations + " no"), board);
      assertTrue(board.contains("Give 60 or more."), board);
      assertFalse(board.contains("no agreement found"), board);
    }
    assertTrue(Calibration.isTooCoarse(59, 3));
    assertFalse(Calibration.isTooCoarse(60, 3));
  }

  /** Errors of 1 beside a variance of 2 within pairs, which differ by 2 each. */
  @Test
  void withinPairsTheVarianceHasHalfTheFreedom() {
    double[] values = new double[40];
    double[] errors = new double[40];
    int[] pair = new int[40];
    for (int i = 0; i < 40; i++) {
      values[i] = 100 * (i / 2) + 2 * (i % 2);
      errors[i] = 1;
      pair[i] = i / 2;
    }
    assertEquals(0.5, Repeatability.of(Calibration.centred(values, pair), errors), 1e-12);
  }

  @Test
  void groupsAreOfExactlyThatName() throws Exception {
    String file = labels(true);
    Path path = folder.resolve("quality.csv");
    Files.writeString(path, Files.readString(path).replace("label,group", "label,Group"));
    assertTrue(refusal(file).contains("have a column 'Group', which is not 'group'"));
    // For the command labels the column means nothing.
    Files.writeString(path, "path,label,group\n0.png,a,x\n0.png,a,y\n1.png,b,x\n");
    try (ImageLabels labelled =
        ImageLabels.ofFile(
            TestSpark.session(), store.read(Table.SCORES).where("dataset = 'gan'"), "gan", file)) {
      assertEquals(2, labelled.images().count());
    }
  }

  @Test
  void withinGroupsTheSignTurns() throws Exception {
    Calibration.Result result = calibrate(labels(true), "real");
    assertEquals(
        List.of("complexity", "vulnerability", "as_i", "atypicality"),
        result.rows().stream().map(row -> row.get("measure")).toList());
    int[] group = new int[IMAGES];
    Arrays.setAll(group, i -> i % 2);
    TableRow found = measure(result, "vulnerability");
    assertEquals(2L, found.get("groups"));
    assertEquals(
        RankCorrelation.of(v, label, group, QUICK).rho(),
        (Double) found.get("within_groups"),
        1e-14);
    assertTrue((Double) found.get("within_groups") < -0.8);
    assertTrue((Double) found.get("rank_correlation") > 0.5);
    // 1 / 501, of four measures.
    assertEquals(4 / 501.0, (Double) found.get("p_adjusted"), 1e-12);
    TableRow atypical = measure(result, "atypicality");
    double[] real =
        store.read(Table.SCORES).where("dataset = 'real'").collectAsList().stream()
            .mapToDouble(row -> row.<Double>getAs("complexity"))
            .toArray();
    double[] realV =
        store.read(Table.SCORES).where("dataset = 'real'").collectAsList().stream()
            .mapToDouble(row -> row.<Double>getAs("vulnerability"))
            .toArray();
    RobustScatter scatter = RobustScatter.of(real, realV);
    double[] distances = new double[IMAGES];
    Arrays.setAll(distances, i -> scatter.distance(c[i], v[i]));
    assertEquals(
        RankCorrelation.of(distances, label, group, QUICK).rho(),
        (Double) atypical.get("within_groups"),
        1e-12);
    String board = CalibrationBoard.render(result);
    assertTrue(board.contains("The labels name 2 groups, which decide."), board);
    assertTrue(board.contains("a high V (rank correlation with the label -0."), board);
    TableRow noise = measure(result, "complexity");
    assertEquals("none", noise.get("verdict"));
  }

  @Test
  @Tag("nightly")
  void realismAndRarityComeFromTheNewestEvaluationThatKeptThem() throws Exception {
    List<Row> kept = new ArrayList<>();
    List<Row> runs = new ArrayList<>();
    for (String[] run : new String[][] {{"old", "1"}, {"new", "2"}}) {
      for (int i = 0; i < IMAGES; i++) {
        kept.add(
            TableRow.of(Table.IMAGE_MEASURES)
                .with("path", path(i))
                .with("image_id", path(i))
                .with("dataset", "gan")
                .with("reference", "real")
                .with("config_id", "c")
                .with("run_id", run[0])
                .with("realism", run[0].equals("new") ? (Double) label[i] : (Double) (double) -i)
                .with("rarity", i < 4 ? (Double) 1.0 : null)
                .with("as_i", 1.0)
                .toRow());
      }
      runs.add(
          Run.start("evaluate")
              .row()
              .with("run_id", run[0])
              .with("status", Run.COMPLETE)
              .with("started_at", Timestamp.from(Instant.EPOCH.plusSeconds(Long.parseLong(run[1]))))
              .with("config_id", "c")
              .with("configuration", "{}")
              .toRow());
    }
    store.append(Table.IMAGE_MEASURES, kept);
    store.append(Table.RUNS, runs);
    Calibration.Result result = calibrate(labels(true), "real");
    assertEquals(1.0, (Double) measure(result, "realism").get("rank_correlation"), 1e-12);
    TableRow rarity = measure(result, "rarity");
    assertEquals(4L, rarity.get("n"));
    assertNull(rarity.get("rank_correlation"), "four images say nothing");
    assertEquals("not_tested", rarity.get("verdict"));
    assertTrue(CalibrationBoard.render(result).contains("Not tested: rarity."));
    assertTrue(CalibrationBoard.render(result).contains("| rarity"));
  }

  /** Half of the variance of C is its noise's, and nothing of V's. */
  @Test
  void correlationsAreCorrectedForTheNoise() throws Exception {
    double spread = spread(c);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(
          ScoreRows.of("gan", path(i), c[i], v[i])
              .with("complexity_std_err", Math.sqrt(spread / 2))
              .with("vulnerability_std_err", 0.0)
              .with("as_i_std_err", 100 * Math.sqrt(spread))
              .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(9)))
              .toRow());
    }
    store.append(Table.SCORES, rows);
    Calibration.Result result = calibrate(labels(true), null);
    TableRow complexity = measure(result, "complexity");
    assertEquals(0.5, (Double) complexity.get("repeatability"), 1e-9);
    assertEquals(
        (Double) complexity.get("rank_correlation") * Math.sqrt(2),
        (Double) complexity.get("rank_correlation_corrected"),
        1e-9);
    TableRow vulnerability = measure(result, "vulnerability");
    assertEquals(1.0, (Double) vulnerability.get("repeatability"), 1e-12);
    assertEquals(vulnerability.get("within_groups"), vulnerability.get("within_groups_corrected"));
    assertNull(measure(calibrate(labels(false), "real"), "atypicality").get("repeatability"));
  }

  private static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
  }

  @Test
  void labelsThatAreNoNumbersAreTold() throws Exception {
    String file =
        Files.writeString(folder.resolve("bad.csv"), "path,label\n0.png,1\n1.png,good\n2.png,3\n")
            .toString();
    assertTrue(refusal(file).contains("The label 'good' in " + file + " is no number"));
    Files.writeString(folder.resolve("bad.csv"), "path,label\n0.png,1\n1.png,NaN\n");
    assertTrue(refusal(file).contains("The label 'NaN'"));
    Files.writeString(folder.resolve("bad.csv"), "path,label\n0.png,1\n1.png,2\n");
    assertTrue(refusal(file).contains("Only 2 images have a label"));
    Files.writeString(folder.resolve("bad.csv"), "path,label,group\n0.png,1,a\n/data/0.png,1,b\n");
    assertTrue(refusal(file).contains("has several groups in"));
  }

  private String refusal(String file) {
    return assertThrows(UserException.class, () -> calibrate(file, null)).getMessage();
  }

  @Test
  void theLastOneIsAPartOfTheReport() throws Exception {
    for (boolean grouped : new boolean[] {false, true}) {
      CalibrateResult result =
          new CalibrateJob(request(labels(grouped), "real")).run(TestSpark.session());
      assertTrue(result.text().endsWith("Written to " + store.location(Table.CALIBRATIONS)));
    }
    Comparison comparison = new Comparison("c", "net", "real", List.of(), Map.of());
    List<Block> blocks = new CalibrationPart().read(store, List.of(comparison));
    assertEquals(1, blocks.size());
    CalibrationPart.Model model = (CalibrationPart.Model) blocks.get(0).model();
    assertEquals(1, model.sections().size(), "the newer one alone");
    CalibrationPart.Section section = model.sections().get(0);
    assertTrue(section.grouped());
    assertTrue(section.verdict().contains("a high V"), section::verdict);
    assertEquals(4, section.table().rows().size());
    assertEquals("C", section.table().rows().get(0).get(0).text());
    CalibrationPart.Correlations figure =
        (CalibrationPart.Correlations) blocks.get(0).figures().get(0).data();
    assertEquals(List.of("C", "V", "AS-i", "atypicality"), figure.measures());
    assertTrue(figure.within().get(1).get(2) < -0.5);
    Comparison other = new Comparison("d", "net", "real", List.of(), Map.of());
    assertEquals(List.of(), new CalibrationPart().read(store, List.of(other)));
  }
}
