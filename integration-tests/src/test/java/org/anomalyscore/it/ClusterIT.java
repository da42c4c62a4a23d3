package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job on a standalone cluster whose executors stall and die. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClusterIT {
  private static final int IMAGES = 96;

  @TempDir static Path folder;

  private StandaloneCluster cluster;
  private List<String> expected;

  @BeforeAll
  void start() throws Exception {
    drawImages(folder.resolve("images"));
    JobProcess.Result local = JobProcess.sparkSubmit(score("local")).run();
    assertEquals(0, local.exitCode(), local::toString);
    expected = rows("local");
    assertEquals(IMAGES, expected.size());
    cluster = StandaloneCluster.start(folder.resolve("cluster"), 1, 0);
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void twoExecutorsGiveTheBitsOfOneMachine() throws Exception {
    JobProcess.Result result = cluster.submit(score("two")).run();
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(expected, rows("two"));
    cluster.awaitNoExecutors();
    assertEquals(2, cluster.executorLogs().size());
  }

  @Test
  void aKilledExecutorIsReplaced() throws Exception {
    try (JobProcess.Running job = cluster.submit(score("killed")).start()) {
      cluster.awaitExecutors(2);
      assertTrue(cluster.killExecutor(0));
      JobProcess.Result result = job.result();
      assertEquals(0, result.exitCode(), result::toString);
    }
    assertEquals(expected, rows("killed"));
  }

  @Test
  void aKilledDriverLeavesNoExecutorBehind() throws Exception {
    try (JobProcess.Running job = cluster.submit(score("orphans")).start()) {
      cluster.awaitExecutors(2);
      job.kill();
      assertFalse(job.isAlive());
      assertEquals(137, job.result().exitCode());
    }
    cluster.awaitNoExecutors();
    assertFalse(Files.exists(folder.resolve("orphans/scores")));
  }

  private String[] score(String out) {
    return new String[] {
      "score",
      "--images",
      folder.resolve("images").toString(),
      "--dataset",
      "noise",
      "--model",
      Checkout.ROOT.resolve("spark-job/src/test/resources/oracle/tiny.pt").toString(),
      "--out",
      folder.resolve(out).toString(),
      "--batch-size",
      "8",
      "--partitions",
      "4"
    };
  }

  /** What must not depend on where and how often a task ran. */
  private List<String> rows(String out) {
    return Tables.sql(
        "SELECT path, image_id, complexity, vulnerability, step_norm, complexity_floor"
            + " FROM {0} ORDER BY path, image_id",
        folder.resolve(out).resolve("scores"));
  }

  /** Coloured blocks, so that no image is degenerate. */
  private static void drawImages(Path images) throws IOException {
    Files.createDirectories(images);
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
  }
}
