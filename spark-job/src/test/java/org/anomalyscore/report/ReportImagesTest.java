package org.anomalyscore.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which images the page shows, in which order, and what it says of them. */
class ReportImagesTest extends ReportFixture {

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

  @Test
  @Tag("nightly")
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
  @Tag("nightly")
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
}
