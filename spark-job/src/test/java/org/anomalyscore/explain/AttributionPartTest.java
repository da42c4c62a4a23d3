package org.anomalyscore.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.report.Report;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The section of explained images in the page. */
class AttributionPartTest {

  private static final String HOSTILE = "/a/</figure><script>alert(1)</script>.png";

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void evaluated() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    store.append(
        Table.EVALUATIONS,
        List.of(
            TableRow.of(Table.EVALUATIONS)
                .with("run_id", "run")
                .with("evaluated_at", Timestamp.from(Instant.EPOCH))
                .with("config_id", "c")
                .with("model", "net")
                .with("reference", "real")
                .with("n_reference", 30L)
                .with("dataset", "gan")
                .with("n", 30L)
                .with("anomaly_score", 0.1)
                .with("confidence", 0.95)
                .with("permutations", 0)
                .with("resamples", 0)
                .with("seed", 0L)
                .toRow()));
  }

  private void attribution(String path, String config, int day, String overlay) {
    List<Row> rows = new ArrayList<>();
    for (int p = 0; p < 4; p++) {
      rows.add(
          TableRow.of(Table.ATTRIBUTIONS)
              .with("run_id", "run" + day)
              .with("config_id", config)
              .with("path", path)
              .with("image_id", "id")
              .with("superpixel", p)
              .with("superpixels", 4)
              .with("coefficient", 10.0 * day - p)
              .with("coefficient_std", 0.5)
              .with("rank", p + 1)
              .with("pixels", 16)
              .with("centre_x", 2.0 + p)
              .with("centre_y", 3.0)
              .with("input_size", 8)
              .with("intercept", 0.0)
              .with("rank_correlation", 0.625)
              .with("regression", "ridge-gcv")
              .with("penalty", 1.0)
              .with("trials", 80)
              .with("seeds", 3)
              .with("overlay", overlay)
              .with("model", "net")
              .with("explained_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
              .toRow());
    }
    store.append(Table.ATTRIBUTIONS, rows);
  }

  private String overlay() throws Exception {
    int[] labels = new int[64];
    java.util.Arrays.setAll(labels, i -> i / 16);
    Path file = folder.resolve("overlay.png");
    Files.write(
        file,
        AttributionOverlay.png(
            new RgbImage(8, 8, new byte[192]),
            new SuperPixels(8, 8, 4, labels),
            new double[] {3, 2, 1, 0}));
    return file.toString();
  }

  private String html() throws Exception {
    Path out = folder.resolve("report.html");
    new Report(TestSpark.session(), store).write(Run.start("report"), out.toString());
    String html = Files.readString(out);
    return html.substring(html.indexOf("</style>"), html.indexOf("<script type="));
  }

  @Test
  void withoutExplainedImagesThereIsNoSection() throws Exception {
    assertFalse(html().contains("id=\"attributions\""));
    attribution("/a/x.png", "another", 1, overlay());
    assertFalse(html().contains("id=\"attributions\""), "of a configuration that is not shown");
  }

  @Test
  void eachImageIsShownAsItWasExplainedLast() throws Exception {
    attribution("/a/x.png", "c", 1, overlay());
    attribution("/a/x.png", "c", 2, overlay());
    attribution(HOSTILE, "c", 1, "/nowhere/gone.png");
    String html = html();
    assertEquals(2, html.split("heat map of its super-pixels|no picture", -1).length - 1);
    assertTrue(
        html.contains("+20.0 ± 0.50 around (2, 3); +19.0 ± 0.50 around (3, 3); +18.0 "), html);
    assertTrue(html.contains("data:image/png;base64,"));
    assertTrue(html.contains("Rank correlation between seeds 0.63"), html);
    assertTrue(html.contains("Not readable: it is no longer there"), html);
    assertFalse(html.contains("<script>alert"));
  }
}
