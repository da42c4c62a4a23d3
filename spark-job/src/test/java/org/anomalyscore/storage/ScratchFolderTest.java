package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {

  @TempDir Path parent;

  private Path left(String name) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(name).resolve("model")).getParent();
    Files.writeString(folder.resolve("model/x.pt"), "weights");
    Files.createFile(parent.resolve(name + ".lock"));
    return folder;
  }

  @Test
  void clearsWhatNobodyHolds() throws IOException {
    Path dead = left("anomaly-score-1");
    Path living = left("anomaly-score-2");
    Path foreign = left("something-else");
    Files.createFile(parent.resolve("anomaly-score-3.lock"));
    try (FileChannel channel =
            FileChannel.open(parent.resolve("anomaly-score-2.lock"), StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertTrue(held.isValid());
      ScratchFolder.clearDead(parent);
    }
    assertFalse(Files.exists(dead));
    assertFalse(Files.exists(parent.resolve("anomaly-score-1.lock")));
    assertFalse(Files.exists(parent.resolve("anomaly-score-3.lock")));
    assertTrue(Files.exists(living.resolve("model/x.pt")));
    assertTrue(Files.exists(foreign));
  }

  @Test
  void givesEachPurposeAFolderOfItsOwn() throws IOException {
    Path one = ScratchFolder.create("model");
    Path two = ScratchFolder.create("model");
    assertEquals(one.getParent(), two.getParent());
    assertFalse(one.equals(two));
    ScratchFolder.clearDead(one.getParent().getParent());
    assertTrue(Files.isDirectory(one), "a living process keeps its own");
  }
}
