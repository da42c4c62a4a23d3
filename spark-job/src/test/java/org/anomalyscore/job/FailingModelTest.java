package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.anomalyscore.measure.TestModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that passes its trial and fails on an image of the run, in a process of its own. */
class FailingModelTest {

  @TempDir Path folder;

  @Test
  @Tag("nightly")
  void endsTheRunWithOneMessage() throws Exception {
    Path images = Files.createDirectories(folder.resolve("images"));
    for (Path image : TestModels.images()) {
      Files.copy(image, images.resolve(image.getFileName()));
    }
    BufferedImage black = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(black, "png", images.resolve("black.png").toFile());
    Path out = folder.resolve("printed");
    Process run =
        MainProcess.start(
            folder,
            out,
            "score",
            "--quiet",
            // As on a cluster, where a failed task is tried again.
            "--master",
            "local[2,4]",
            "--images",
            images.toString(),
            "--dataset",
            "set",
            "--model",
            TestModels.folder().resolveSibling("faulty/refuses_dark.pt").toString(),
            "--out",
            folder.resolve("out").toString());
    try {
      assertTrue(run.waitFor(5, TimeUnit.MINUTES), "the process does not end");
    } finally {
      run.destroyForcibly();
    }
    String printed = Files.readString(out);
    assertEquals(3, run.exitValue(), printed);
    List<String> messages =
        printed.lines().filter(line -> line.startsWith("anomaly-score:")).toList();
    assertEquals(1, messages.size(), printed);
    assertTrue(messages.get(0).contains("an image is black"), printed);
    assertTrue(printed.lines().noneMatch(line -> line.startsWith("\tat ")), printed);
    // Beside the message a line for each failed task at most, and the bar's.
    assertTrue(printed.lines().count() < 20, printed);
  }
}
