package org.anomalyscore.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.job.Main;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.anomalyscore.training.PixelNetwork;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On drawn images, some of which have a fine chequer. */
class PixelClassificationTest {

  private static final int SIDE = 16;

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void openTables() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
  }

  private Path image(String dataset, int i) {
    return folder.resolve(dataset).resolve(i + ".png");
  }

  /** Smooth slopes of random colours, and the chequer that an upsampling may leave. */
  private void draw(String dataset, int n, int chequer) throws IOException {
    Files.createDirectories(folder.resolve(dataset));
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      double[] slope = random.doubles(9).toArray();
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int rgb = 0;
          for (int colour = 0; colour < 3; colour++) {
            double level =
                40
                    + 70 * slope[colour]
                    + 70 * slope[3 + colour] * x / SIDE
                    + 70 * slope[6 + colour] * y / SIDE
                    + ((x + y) % 2 == 0 ? chequer : -chequer)
                    + random.nextInt(5);
            rgb = rgb << 8 | (int) level;
          }
          picture.setRGB(x, y, rgb);
        }
      }
      ImageIO.write(picture, "png", image(dataset, i).toFile());
      rows.add(row(dataset, i).toRow());
    }
    store.append(Table.SCORES, rows);
  }

  private TableRow row(String dataset, int i) throws IOException {
    Path file = image(dataset, i);
    return ScoreRows.of(dataset, "file:" + file, 0.5, 1 + i)
        .with("image_id", ContentHash.hex(file));
  }

  private static PixelOptions options(List<ImageInput> inputs, int epochs, Integer... sizes) {
    return options(SIDE, inputs, epochs, sizes);
  }

  private static PixelOptions options(
      int size, List<ImageInput> inputs, int epochs, Integer... sizes) {
    return new PixelOptions(
        inputs,
        PixelNetwork.RESIDUAL_NETWORK,
        size,
        0.25,
        List.of(sizes),
        epochs,
        Devices.Mode.CPU,
        EngineOptions.MOST_PIXELS);
  }

  private Classified classify(PixelOptions options, String... generated) {
    return classify(0.3, options, generated);
  }

  private Classified classify(double testFraction, PixelOptions options, String... generated) {
    return new PixelClassification(store, new SplitOptions(0, testFraction), options, true)
        .of(
            Run.start("classify"),
            "real",
            List.of(generated),
            null,
            Devices.of(TestSpark.session().sparkContext(), Devices.Mode.CPU));
  }

  private static TableRow one(Classified result, String task, ImageInput input) {
    List<TableRow> rows =
        result.rows().stream()
            .filter(
                row ->
                    row.get("task").equals(task)
                        && row.get("input").equals(input.text())
                        && row.get("train_fraction").equals(1.0))
            .toList();
    assertEquals(1, rows.size(), rows::toString);
    return rows.get(0);
  }

  private static double number(TableRow row, String column) {
    return (Double) row.get(column);
  }

  @Test
  @Tag("nightly")
  void aFineChequerIsSeenInHighFrequenciesAlone() throws Exception {
    draw("real", 60, 0);
    draw("gen", 60, 16);
    Classified result =
        classify(
            options(List.of(ImageInput.PIXELS, ImageInput.LOW_PASS, ImageInput.HIGH_PASS), 20, 20),
            "gen");
    result.rows().forEach(TableRow::toRow);
    // Two sizes of the question, two controls; three inputs.
    assertEquals(3 * 4, result.rows().size());
    for (ImageInput input : List.of(ImageInput.PIXELS, ImageInput.HIGH_PASS)) {
      TableRow told = one(result, "reference_and_generated", input);
      assertTrue(number(told, "accuracy") > 0.9, () -> "" + told.asMap());
      assertTrue(number(told, "auc") > 0.95, () -> "" + told.asMap());
    }
    TableRow low = one(result, "reference_and_generated", ImageInput.LOW_PASS);
    assertTrue(number(low, "accuracy") < 0.75, () -> "" + low.asMap());
    assertEquals(0.25, low.get("cut_off"));
    TableRow told = one(result, "reference_and_generated", ImageInput.PIXELS);
    assertNull(told.get("cut_off"));
    assertEquals((long) SIDE, told.get("image_size"));
    assertEquals(36L, told.get("n_test"));
    assertEquals(84L, told.get("n_train"));
    assertEquals(16L, told.get("n_validation"));
    assertEquals("residual_network", told.get("classifier"));
    for (String control : List.of("permuted_labels", "reference_halves")) {
      TableRow row = one(result, control, ImageInput.PIXELS);
      // Three deviations of 36 answers; of 18 in the halves.
      assertEquals(0.5, number(row, "accuracy"), 0.35, () -> "" + row.asMap());
    }
    String board = ClassificationBoard.render(result);
    assertTrue(board.contains("Networks trained on images of 16 x 16 pixels"), board);
    assertTrue(board.contains("residual network on pixels: reference and generated"), board);
    assertTrue(board.contains("residual network on more than 0.25 cycles a pixel"), board);
    assertTrue(board.contains("40: "), () -> "the smaller training set: " + board);
    requireProbabilities(result);
  }

  /** Of each generated test image, beside its AS-i, and no other. */
  private void requireProbabilities(Classified result) {
    assertEquals(18, result.ofImages().size());
    double sum = 0;
    for (TableRow row : result.ofImages()) {
      row.toRow();
      assertEquals("gen", row.get("dataset"));
      assertTrue(row.get("path").toString().contains("/gen/"), () -> "" + row.asMap());
      double asI = number(row, "as_i");
      String name = Path.of(row.get("path").toString()).getFileName().toString();
      assertEquals(2.0 * (1 + Integer.parseInt(name.replace(".png", ""))), asI);
      sum += number(row, "probability_generated");
    }
    assertTrue(sum / 18 > 0.8, "mean " + sum / 18);
  }

  @Test
  @Tag("nightly")
  void theSameSeedGivesTheSameTable() throws Exception {
    draw("real", 20, 0);
    draw("gen", 20, 4);
    PixelOptions options = options(List.of(ImageInput.PIXELS), 2);
    assertEquals(numbers(classify(options, "gen")), numbers(classify(options, "gen")));
  }

  private static List<Map<String, Object>> numbers(Classified result) {
    List<TableRow> all = new ArrayList<>(result.rows());
    all.addAll(result.ofImages());
    return all.stream()
        .map(
            row -> {
              Map<String, Object> map = row.asMap();
              map.keySet().removeAll(List.of("run_id", "classified_at", "network_seconds"));
              return map;
            })
        .toList();
  }

  @Test
  void imagesThatAreGoneOrChangedAreCountedAndTold() throws Exception {
    draw("real", 14, 0);
    draw("gen", 14, 0);
    draw("lost", 14, 0);
    Files.delete(image("gen", 3));
    Files.writeString(image("gen", 4), "no picture");
    Files.copy(
        image("real", 0), image("real", 5), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Classified result = classify(options(List.of(ImageInput.PIXELS), 1), "gen");
    assertEquals(Map.of("real", 1L, "gen", 2L), result.dropped());
    assertEquals(Map.of("real", 13L, "gen", 12L), result.images());
    assertEquals(2, result.warnings().size());
    assertTrue(
        result.warnings().get(0).startsWith("WARNING: of the images of real 1 of 14 cannot be used")
            && result.warnings().get(0).contains("5.png: the file has changed since it was scored"),
        result.warnings()::toString);
    for (int i = 0; i < 6; i++) {
      Files.delete(image("lost", i));
    }
    UserException few =
        assertThrows(
            UserException.class, () -> classify(options(List.of(ImageInput.PIXELS), 1), "lost"));
    assertTrue(
        few.getMessage().contains("'lost' has 8 different images that can be used, too few")
            && few.getMessage().contains("6 of 14 cannot be used")
            && few.getMessage().contains("it is no longer there"),
        few::getMessage);
  }

  @Test
  void imagesOfTooManyPixelsAreLeftOut() throws Exception {
    draw("real", 12, 0);
    draw("gen", 12, 0);
    PixelOptions one = options(List.of(ImageInput.PIXELS), 1);
    PixelOptions small =
        new PixelOptions(
            one.inputs(),
            one.network(),
            one.size(),
            one.cutOff(),
            one.trainSizes(),
            one.epochs(),
            one.device(),
            SIDE * SIDE - 1);
    UserException none = assertThrows(UserException.class, () -> classify(small, "gen"));
    assertTrue(
        none.getMessage().contains("12 of 12 cannot be used")
            && none.getMessage().contains("the limits are 255 pixels in all"),
        none::getMessage);
  }

  @Test
  void aTrainingSetThatAQuestionHasNotIsTold() throws Exception {
    draw("real", 20, 0);
    draw("gen", 20, 0);
    draw("few", 12, 0);
    Classified result = classify(options(List.of(ImageInput.PIXELS), 1, 10), "gen", "few");
    assertEquals(
        List.of(
            "WARNING: real and few have 8 training images each, so --train-sizes 10 is left out"
                + " there.",
            "WARNING: real and gen and few have 8 training images each, so --train-sizes 10 is"
                + " left out there."),
        result.warnings());
    assertEquals(1, result.rows().stream().filter(row -> row.get("n_train").equals(20L)).count());
  }

  @Test
  void whatHasNoMeaningIsRefused() throws Exception {
    draw("real", 20, 0);
    draw("gen", 20, 0);
    UserException many =
        assertThrows(
            UserException.class,
            () -> classify(options(List.of(ImageInput.PIXELS), 1, 5, 100), "gen"));
    assertTrue(
        many.getMessage()
            .contains("--train-sizes has 100, but beside the test images there are 14 of each"),
        many::getMessage);
    UserException large =
        assertThrows(
            UserException.class,
            () -> classify(options(1 << 13, List.of(ImageInput.PIXELS), 1), "gen"));
    assertTrue(
        large.getMessage().startsWith("40 images of 8192 x 8192 pixels take 7,680 MB")
            && large.getMessage().contains("Give a smaller --image-size"),
        large::getMessage);
    UserException none =
        assertThrows(
            UserException.class,
            () -> classify(0.9, options(List.of(ImageInput.PIXELS), 1), "gen"));
    assertTrue(
        none.getMessage().contains("--test-fraction 0.9 leaves 1 to train on"), none::getMessage);
    assertThrows(UserException.class, () -> options(List.of(ImageInput.PIXELS), 0));
    assertThrows(UserException.class, () -> options(List.of(ImageInput.PIXELS), 1, 2));
    for (String[] wrong :
        new String[][] {
          {"--on", "features,pixels"},
          {"--image-size", "64"},
          {"--train-sizes", "100"},
          {"--max-pixels", "100"},
          {"--on", "pixels", "--cut-off", "0.1"},
          {"--on", "colours"}
        }) {
      assertEquals(2, run(wrong), String.join(" ", wrong));
    }
    for (String[] wrong :
        new String[][] {
          {"--on", "pixels", "--image-size", "30"},
          {"--on", "pixels", "--max-pixels", "0"},
          {"--on", "low-pass", "--cut-off", "0.5"}
        }) {
      assertEquals(3, run(wrong), String.join(" ", wrong));
    }
  }

  @Test
  void oneColourHasNoDeviation() {
    float[] grey = new float[12];
    java.util.Arrays.fill(grey, 0.25f);
    grey[0] = 0.75f;
    Standardisation scale = Standardisation.of(List.of(grey.clone(), grey.clone()));
    scale.applied(grey);
    // Red of four pixels: 0.75 and three times 0.25, so 0.375 in the mean, and sqrt(3) / 8.
    assertEquals(Math.sqrt(3), grey[0], 1e-6);
    assertEquals(-1 / Math.sqrt(3), grey[1], 1e-6);
    assertEquals(0, grey[11], "of one blue");
  }

  private int run(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "classify",
                "--scores",
                store.location(),
                "--reference",
                "real",
                "--generated",
                "gen",
                "--allow-incomplete"));
    arguments.addAll(List.of(more));
    return Main.run(arguments.toArray(String[]::new));
  }

  @Test
  void theTablesHoldWhatWasFound() throws Exception {
    draw("real", 12, 0);
    draw("gen", 12, 0);
    ClassifyRequest request =
        new ClassifyRequest(
            store.location(),
            "real",
            List.of("gen"),
            null,
            true,
            new SplitOptions(0, 0.3),
            options(List.of(ImageInput.HIGH_PASS, ImageInput.PIXELS), 1));
    ClassifyResult result = new ClassifyJob(request).run(TestSpark.session());
    assertEquals(6, store.read(Table.CLASSIFICATIONS).count());
    assertEquals(4, store.read(Table.IMAGE_MEASURES).count());
    Row run = store.read(Table.RUNS).first();
    assertEquals("cpu", run.getAs("device"));
    assertEquals(0L, run.<Long>getAs("rejected"));
    assertTrue(run.<String>getAs("configuration").contains("\"cutOff\":0.25"), run::toString);
    assertTrue(result.json().get("dropped").equals(Map.of()), () -> "" + result.json());
    assertFalse(result.text().contains("WARNING"), result::text);
  }
}
