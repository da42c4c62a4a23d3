package org.anomalyscore.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.MeanInterval;
import org.anomalyscore.stats.TrendTest;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelSummaryTest {

  private static final int IMAGES = 30;

  @TempDir Path folder;

  private TableStore store;
  private final double[] c = new double[IMAGES];
  private final double[] v = new double[IMAGES];

  /** Image i lies in folder i % 3 and has C rising with the folder's number. */
  @BeforeEach
  void score() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      c[i] = 0.1 + 0.02 * (i % 3) + 0.005 * random.nextGaussian();
      v[i] = 20 + random.nextGaussian();
      rows.add(row(path(i), c[i], v[i]));
    }
    rows.add(row("file:/top.zip!/x.png", 0.3, 1));
    store.append(Table.SCORES, rows);
  }

  private static String path(int i) {
    return "file:/data, all/" + i % 3 + "/" + i + ".png";
  }

  private static Row row(String path, double complexity, double vulnerability) {
    return ScoreRows.of("d", path, complexity, vulnerability).toRow();
  }

  private LabelSummary.Result summary(String file, boolean ordered) {
    return new LabelSummary(TestSpark.session(), store)
        .ordered(ordered)
        .allowIncomplete(true)
        .of(Run.start("labels"), "d", file, null);
  }

  private String csv(String... lines) throws Exception {
    return Files.writeString(folder.resolve("labels.csv"), String.join("\n", lines) + "\n")
        .toString();
  }

  private static List<Object> column(LabelSummary.Result result, String name) {
    return new ArrayList<>(
        Arrays.asList(result.rows().stream().map(row -> row.get(name)).toArray()));
  }

  private double[] ofFolder(double[] values, int folderNumber) {
    double[] some = new double[IMAGES / 3];
    Arrays.setAll(some, j -> values[3 * j + folderNumber]);
    return some;
  }

  @Test
  void foldersAreLabels() {
    LabelSummary.Result result = summary(null, false);
    assertEquals(Arrays.asList("0", "1", "2", "top.zip", null), column(result, "label"));
    assertEquals(List.of(10L, 10L, 10L, 1L, 31L), column(result, "n"));
    MeanInterval mean = MeanInterval.of(ofFolder(c, 1), 0.95);
    TableRow one = result.rows().get(1);
    // Rows come sorted, which moves a sum's last digit.
    assertEquals(mean.mean(), (Double) one.get("mean_complexity"), 1e-15);
    assertEquals(mean.low(), (Double) one.get("mean_complexity_low"), 1e-14);
    assertEquals(mean.high(), (Double) one.get("mean_complexity_high"), 1e-14);
    TableRow single = result.rows().get(3);
    assertEquals(1 / 0.3, (Double) single.get("mean_as_i"), 1e-15);
    assertNull(single.get("mean_as_i_low"));
    TableRow all = result.rows().get(4);
    assertEquals(0L, all.get("unlabelled"));
    assertNull(all.get("jonckheere_p_complexity"));
    assertTrue(LabelBoard.render(result).contains("d by folder"));
    result.rows().forEach(TableRow::toRow);
  }

  @Test
  void orderedLabelsOfAFileHaveTrends() throws Exception {
    List<String> lines = new ArrayList<>(List.of("note,label,path"));
    double[] labels = new double[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = new double[] {9, 10, 100}[i % 3];
      // A full path, and two ends of it; the comma needs quotes.
      String given =
          switch (i % 3) {
            case 0 -> "\"" + path(i) + "\"";
            case 1 -> "\"./data, all/1/" + i + ".png\"";
            default -> "/2/" + i + ".png";
          };
      lines.add("\"said \"\"so\"\"\"," + (int) labels[i] + "," + given);
    }
    lines.add("gone,10,nowhere.png");
    lines.add("blank,,top.zip!/x.png");
    LabelSummary.Result result = summary(csv(lines.toArray(String[]::new)), true);
    assertEquals(Arrays.asList("9", "10", "100", null), column(result, "label"), "by number");
    assertEquals(Arrays.asList(9.0, 10.0, 100.0, null), column(result, "label_value"));
    TableRow all = result.rows().get(3);
    assertEquals(30L, all.get("n"));
    assertEquals(1L, all.get("unlabelled"));
    assertEquals(1L, all.get("unmatched"));
    TrendTest trend = TrendTest.of(labels, c);
    assertEquals(trend.z(), all.get("jonckheere_z_complexity"));
    assertEquals(trend.jonckheereP(), all.get("jonckheere_p_complexity"));
    assertEquals(trend.spearman(), (Double) all.get("spearman_complexity"), 1e-15);
    assertTrue((Double) all.get("jonckheere_p_complexity") < 1e-6);
    assertTrue((Double) all.get("spearman_as_i") < -0.5, "V / C falls as C rises");
    String board = LabelBoard.render(result);
    assertTrue(board.contains("1 images have no label; 1 labels have no image."), board);
    assertTrue(board.contains("complexity    Spearman"), board);
  }

  @Test
  void parquetIsReadToo() throws Exception {
    String csv = csv("path,label", "0/0.png,a", "1/1.png,b");
    String parquet = folder.resolve("labels.parquet").toString();
    TestSpark.session().read().option("header", true).csv(csv).write().parquet(parquet);
    assertEquals(Arrays.asList("a", "b", null), column(summary(parquet, false), "label"));
    TestSpark.session()
        .sql("SELECT '0/0.png' AS path, 7 AS label")
        .write()
        .parquet(folder.resolve("numbers.parquet").toString());
    LabelSummary.Result one = summary(folder.resolve("numbers.parquet").toString(), true);
    assertEquals(Arrays.asList("7", null), column(one, "label"));
    assertNull(one.rows().get(1).get("spearman_complexity"), "one label has no trend");
    assertTrue(LabelBoard.render(one).contains("Spearman - (p -)"), LabelBoard.render(one));
  }

  private String refusal(String file, boolean ordered) {
    return assertThrows(UserException.class, () -> summary(file, ordered)).getMessage();
  }

  private void assertRefused(String part, boolean ordered, String... lines) throws Exception {
    String message = refusal(csv(lines), ordered);
    assertTrue(message.contains(part), message);
  }

  @Test
  void whatIsWrongWithLabelsIsTold() throws Exception {
    LabelSummary asItIs = new LabelSummary(TestSpark.session(), store);
    assertTrue(
        assertThrows(UserException.class, () -> asItIs.of(Run.start("labels"), "d", null, null))
            .getMessage()
            .contains("d=no run of it is recorded"));
    assertRefused("No path in", false, "path,label", "0.jpg,a");
    assertRefused(
        "The file has '0.jpg', the data set 'file:/data, all/0/0.png'",
        false,
        "path,label",
        "0.jpg,a");
    assertRefused("The file has none", false, "path,label");
    assertRefused("have the columns [file, label]. Name one 'path'", false, "file,label", "x,a");
    assertRefused("has several labels in", false, "path,label", "0.png,a", "0/0.png,b");
    assertRefused("The label 'cat' is no number", true, "path,label", "0.png,1", "1.png,cat");
    assertRefused("The label 'NaN' is no number", true, "path,label", "0.png,NaN");
    store.append(Table.SCORES, List.of(row("file:/other/0.png", 0.1, 1)));
    assertRefused("is the end of the paths of several images", false, "path,label", "0.png,a");
    // A name with a percent sign, as of a path of a URI.
    String percent =
        Files.writeString(folder.resolve("my%20labels.csv"), "path,label\n0.png,a\n").toString();
    assertTrue(refusal(percent, false).contains("The path 0.png in " + percent + " is the end of"));
    Files.writeString(folder.resolve("my%20labels.csv"), "path,label\n1.png,a\n/1/1.png,b\n");
    assertTrue(
        refusal(percent, false).contains("has several labels in " + percent + ", such as 'a'"));
    assertTrue(refusal("/no/where.csv", false).contains("There is no file of labels"));
    String odd = Files.writeString(folder.resolve("labels.xls"), "x").toString();
    assertTrue(refusal(odd, false).contains("Give a .csv or a .parquet file"));
  }

  @Test
  void labelsThatNameSingleImagesAreRefused() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1001; i++) {
      rows.add(row("file:/each/" + i + "/a.png", 0.1, 1));
    }
    store.append(Table.SCORES, rows);
    String message = refusal(null, false);
    assertTrue(message.contains("more than 1000 different labels"), message);
  }
}
