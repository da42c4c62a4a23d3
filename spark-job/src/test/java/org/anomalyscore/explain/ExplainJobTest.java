package org.anomalyscore.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.explain.AttributionParameters.Regression;
import org.anomalyscore.job.Main;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainJobTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final String MODEL = TestModels.folder().resolve("tiny.pt").toString();

  @TempDir Path folder;

  private Path images;

  @BeforeEach
  void copyImages() throws IOException {
    images = Files.createDirectories(folder.resolve("images"));
    for (String name : List.of("shapes_64x48.png", "mid_waves.png", "saturated_chequer.png")) {
      Files.copy(TestModels.folder().resolve("images").resolve(name), images.resolve(name));
    }
  }

  private static final EngineOptions ENGINE =
      new EngineOptions(MODEL, 8, Devices.Mode.AUTO, ImageLoader.MOST_PIXELS);

  private ExplainResult explain(
      String out, int seeds, ScoreParameters parameters, ImageChoice images) {
    return new ExplainJob(
            new ExplainRequest(
                images,
                ENGINE,
                parameters,
                new AttributionParameters(12, 20, seeds, Regression.RIDGE),
                folder.resolve(out).toString()))
        .run(SPARK);
  }

  private ExplainResult explain(String out, int seeds, Path... paths) {
    return explain(
        out,
        seeds,
        ScoreParameters.PAPER,
        new ImageChoice.Listed(Arrays.stream(paths).map(Path::toString).toList()));
  }

  private ExplainResult explain(String out, int seeds, String dataset, int top) {
    return explain(
        out,
        seeds,
        ScoreParameters.PAPER,
        new ImageChoice.Highest(folder.resolve(out).toString(), dataset, top));
  }

  private void score(ScoreParameters parameters) {
    ScoreRequest request =
        ScoreRequest.of(
                images.toString(),
                "set",
                EngineOptions.of(MODEL).withBatchSize(8),
                folder.resolve("tables").toString())
            .parameters(parameters)
            .build();
    new ScoreJob(request).run(SPARK);
  }

  private List<Row> rows(String out, Table table, String order) {
    return new TableStore(SPARK, folder.resolve(out).toString())
        .read(table)
        .orderBy("path", order)
        .collectAsList();
  }

  private List<List<Object>> numbers(String out, String image) {
    return rows(out, Table.ATTRIBUTIONS, "superpixel").stream()
        .filter(row -> row.<String>getAs("path").endsWith(image))
        .map(
            row ->
                Arrays.<Object>asList(
                    row.getAs("image_id"),
                    row.getAs("superpixel"),
                    row.getAs("coefficient"),
                    row.getAs("coefficient_std"),
                    row.getAs("rank"),
                    row.getAs("pixels"),
                    row.getAs("rank_correlation")))
        .toList();
  }

  @Test
  @Tag("nightly")
  void anImageHasTheSameBitsAloneAndInCompany() throws IOException {
    ExplainResult all = explain("all", 2, images);
    assertEquals(3, all.explained());
    explain("one", 2, images.resolve("mid_waves.png"));
    List<List<Object>> alone = numbers("one", "mid_waves.png");
    assertEquals(alone, numbers("all", "mid_waves.png"));
    Set<Object> ranks = new HashSet<>();
    int pixels = 0;
    for (List<Object> row : alone) {
      ranks.add(row.get(4));
      pixels += (int) row.get(5);
    }
    assertEquals(alone.size(), ranks.size());
    assertEquals(16 * 16, pixels, "every pixel of the model's input has one super-pixel");
    for (ExplainResult.Image image : all.images()) {
      assertEquals(3, image.top().size());
      assertEquals(2 * 224 + 8, ImageIO.read(Path.of(image.overlay()).toFile()).getWidth());
    }
    Row run = new TableStore(SPARK, folder.resolve("all").toString()).read(Table.RUNS).first();
    assertEquals("explain", run.getAs("command"));
    assertEquals(Run.COMPLETE, run.getAs("status"));
    assertEquals(3L, run.<Long>getAs("scored"));
  }

  @Test
  void oneSeedHasNoDeviationAndNoCorrelation() {
    explain("one", 1, images.resolve("mid_waves.png"));
    Row row = rows("one", Table.ATTRIBUTIONS, "superpixel").get(0);
    assertNull(row.getAs("coefficient_std"));
    assertNull(row.getAs("rank_correlation"));
    assertNull(row.getAs("dataset"));
  }

  @Test
  void badImagesAreToldAndTheOthersExplained() throws IOException {
    Files.writeString(images.resolve("broken.png"), "no image");
    ExplainResult result = explain("out", 1, images);
    assertEquals(3, result.explained());
    assertEquals("not_an_image", result.failed().get(0).reason());
    assertTrue(result.warnings().get(0).contains("broken.png"));
    String message =
        assertThrows(UserException.class, () -> explain("none", 1, images.resolve("broken.png")))
            .getMessage();
    assertTrue(message.contains("None of 1 image(s)"), message);
    assertEquals(
        Run.FAILED,
        new TableStore(SPARK, folder.resolve("none").toString())
            .read(Table.RUNS)
            .first()
            .getAs("status"));
  }

  @Test
  void takesTheHighestOfASetAndSeesWhatChanged() throws IOException {
    score(ScoreParameters.PAPER);
    List<String> byScore =
        new TableStore(SPARK, folder.resolve("tables").toString())
                .read(Table.SCORES)
                .orderBy(org.apache.spark.sql.functions.col("as_i").desc())
                .collectAsList()
                .stream()
                .map(row -> row.<String>getAs("path"))
                .toList();
    ExplainResult two = explain("tables", 1, "set", 2);
    assertEquals(
        byScore.subList(0, 2), two.images().stream().map(ExplainResult.Image::path).toList());
    assertEquals("set", rows("tables", Table.ATTRIBUTIONS, "superpixel").get(0).getAs("dataset"));

    Path worst = Path.of(java.net.URI.create(byScore.get(0)));
    Files.copy(
        TestModels.folder().resolve("images/bright.png"),
        worst,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.delete(Path.of(java.net.URI.create(byScore.get(1))));
    ExplainResult changed = explain("tables", 1, "set", 3);
    assertEquals(1, changed.explained());
    assertEquals(2, changed.failed().size());
    assertTrue(changed.failed().get(0).message().contains("changed"), changed::text);
    assertTrue(changed.failed().get(1).message().contains("no longer there"), changed::text);

    String message =
        assertThrows(UserException.class, () -> explain("tables", 1, "other", 3)).getMessage();
    assertTrue(message.contains("\"dataset\":\"set\""), message);
  }

  @Test
  @Tag("nightly")
  void drawsSelectTheScoresAndChangeNoCoefficient() {
    String tables = folder.resolve("tables").toString();
    ScoreParameters two = ScoreParameters.PAPER.withDraws(2);
    score(two);
    ExplainResult result = explain("tables", 1, two, new ImageChoice.Highest(tables, "set", 3));
    assertEquals(3, result.explained());
    assertEquals(
        new TableStore(SPARK, tables).read(Table.SCORES).first().<String>getAs("config_id"),
        rows("tables", Table.ATTRIBUTIONS, "superpixel").get(0).getAs("config_id"));
    explain("one", 1, images);
    for (String image : List.of("mid_waves.png", "shapes_64x48.png", "saturated_chequer.png")) {
      assertEquals(numbers("one", image), numbers("tables", image), "a trial is one attack");
    }
    String message =
        assertThrows(UserException.class, () -> explain("tables", 1, "set", 3)).getMessage();
    assertTrue(
        message.contains("--seed, --draws and single values (such as --noise-step"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain --model m.pt --out o",
        "explain --images a --scores s --dataset d --model m.pt --out o",
        "explain --scores s --model m.pt",
        "explain --images a --model m.pt",
        "explain --images a --model m.pt --out o --paper --trials 30",
        "explain --images a --model m.pt --out o --draws 2",
        "explain --images a --model m.pt --out o --attack-draws 2",
      })
  void wrongUsageIsToldAtOnce(String line) {
    assertEquals(2, Main.run(line.split(" ", -1)));
  }
}
