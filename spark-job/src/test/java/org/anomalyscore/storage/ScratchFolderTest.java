package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
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

  /** A process that clears without end. */
  static final class Clearing {
    public static void main(String[] args) {
      System.out.println("clearing");
      while (true) {
        ScratchFolder.clearDead(Path.of(args[0]));
      }
    }
  }

  private static Process clearing(Path parent) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx100m",
            "-cp",
            System.getProperty("java.class.path"),
            Clearing.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void aLockOnItsWayIsNotTakenForADeadOne() throws IOException {
    Process clearing = clearing(parent);
    try (InputStream out = clearing.getInputStream()) {
      assertTrue(out.read() >= 0, "the process has begun");
      for (int i = 0; i < 2000; i++) {
        ScratchFolder.Held held = ScratchFolder.lock(parent);
        assertTrue(Files.exists(held.file()), i + " locks were kept");
        held.lock().acquiredBy().close();
      }
      assertTrue(clearing.isAlive());
    } finally {
      clearing.destroyForcibly();
    }
  }

  @Test
  void givesEachPurposeAFolderOfItsOwn() throws Exception {
    Path one = ScratchFolder.create("model");
    Path two = ScratchFolder.create("model");
    assertEquals(one.getParent(), two.getParent());
    assertFalse(one.equals(two));
    Path shared = one.getParent().getParent();
    ScratchFolder.clearDead(shared);
    assertTrue(Files.isDirectory(one), "a living process keeps its own");
    // It still has its lock for others, one of which has looked at all when this one is gone.
    Path dead = Files.createTempFile(shared, "anomaly-score-", ".lock");
    Process clearing = clearing(shared);
    try {
      while (Files.exists(dead)) {
        assertTrue(clearing.isAlive());
        Thread.sleep(10);
      }
      Thread.sleep(500);
    } finally {
      clearing.destroyForcibly();
    }
    assertTrue(Files.isDirectory(one), "and others let it");
  }
}
