package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A small set of images and the scores of a run that nobody disturbed, made once: what runs that
 * are killed, stalled or out of room must give too.
 *
 * @param images a folder of {@link #IMAGES} images and {@link #BAD} files that are none
 * @param expected what {@link #rows} gives
 */
record Undisturbed(Path images, List<String> expected) {

  static final int IMAGES = 96;
  static final int BAD = 3;

  private static Undisturbed once;

  static synchronized Undisturbed once() throws IOException {
    if (once == null) {
      Path folder = Checkout.scratch("undisturbed");
      Path images = Files.createDirectories(folder.resolve("images"));
      draw(images);
      Path out = folder.resolve("tables");
      JobProcess.Result result = WarmJob.run(score(images, out.toString()));
      assertEquals(0, result.exitCode(), result::toString);
      List<String> expected = rows(out);
      assertEquals(IMAGES, expected.size());
      once = new Undisturbed(images, expected);
    }
    return once;
  }

  /** The arguments that score these images. */
  String[] score(String out, String... more) {
    return score(images, out, more);
  }

  private static String[] score(Path images, String out, String... more) {
    List<String> arguments = new ArrayList<>(List.of("score", "--images", images.toString()));
    Path model = Checkout.ROOT.resolve("spark-job/src/test/resources/oracle/tiny.pt");
    arguments.addAll(List.of("--dataset", "noise", "--model", model.toString(), "--out", out));
    // Long tasks on small images.
    arguments.addAll(List.of("--batch-size", "8", "--attack-steps", "100"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Fails if tables lack a row, hold one twice, or keep what only a run under way needs. */
  void assertWhole(Path tables) throws IOException {
    assertEquals(expected, rows(tables));
    assertEquals(
        List.of("[bad0.png,not_an_image]", "[bad1.png,not_an_image]", "[bad2.png,not_an_image]"),
        Tables.sql(
            "SELECT right(path, 8), reason FROM {0} ORDER BY path", tables.resolve("rejects")));
    List<String> runs =
        Tables.sql("SELECT status, scored FROM {0} ORDER BY started_at", tables.resolve("runs"));
    // A driver that is killed between its last row and its end leaves the next run nothing to
    // score.
    List<String> sinceComplete = runs.stream().dropWhile(run -> !isComplete(run)).toList();
    assertTrue(!sinceComplete.isEmpty() && isComplete(runs.get(runs.size() - 1)), runs::toString);
    assertTrue(sinceComplete.stream().skip(1).allMatch("[complete,0]"::equals), runs::toString);
    try (Stream<Path> files = Files.walk(tables)) {
      assertEquals(
          List.of(),
          files
              .map(file -> tables.relativize(file).toString())
              .filter(file -> file.matches(".*(_temporary|__magic|_lease|_work/).*"))
              .toList());
    }
  }

  private static boolean isComplete(String run) {
    return run.startsWith("[complete,");
  }

  /** What must not depend on where and how often an image was measured. */
  private static List<String> rows(Path tables) {
    return Tables.sql(
        "SELECT path, image_id, complexity, vulnerability, as_i, step_norm, complexity_floor"
            + " FROM {0} ORDER BY path, image_id",
        tables.resolve("scores"));
  }

  /** Coloured blocks, so that no image is degenerate. */
  private static void draw(Path images) throws IOException {
    Random random = new Random(1);
    for (int n = 0; n < IMAGES; n++) {
      BufferedImage image = new BufferedImage(48, 48, BufferedImage.TYPE_INT_RGB);
      for (int block = 0; block < 36; block++) {
        int color = random.nextInt(1 << 24);
        for (int pixel = 0; pixel < 64; pixel++) {
          image.setRGB(block % 6 * 8 + pixel % 8, block / 6 * 8 + pixel / 8, color);
        }
      }
      ImageIO.write(image, "png", images.resolve("%03d.png".formatted(n)).toFile());
    }
    for (int i = 0; i < BAD; i++) {
      Files.writeString(images.resolve("bad" + i + ".png"), "no image " + i);
    }
  }
}
