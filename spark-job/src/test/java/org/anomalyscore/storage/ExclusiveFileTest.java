package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the local file system; S3ObjectsIT does the same in S3. */
final class ExclusiveFileTest {
  @TempDir private java.nio.file.Path folder;
  private FileSystem fs;

  @BeforeEach
  void open() throws IOException {
    fs = FileSystem.getLocal(new Configuration(false));
  }

  @Test
  void theFirstCreatesAndTheSecondChangesNothing() throws IOException {
    Path path = new Path(folder.toUri().toString(), "a b/lease");
    assertTrue(ExclusiveFile.create(fs, path, bytes("first")));
    assertFalse(ExclusiveFile.create(fs, path, bytes("second")));
    assertArrayEquals(bytes("first"), read(path));
    assertTrue(fs.delete(path, false));
    assertTrue(ExclusiveFile.create(fs, path, bytes("third")));
    assertArrayEquals(bytes("third"), read(path));
  }

  @Test
  void aForgottenChecksumDoesNotSpoilTheFile() throws IOException {
    Path path = new Path(folder.toUri().toString(), "lease");
    fs.create(path).close();
    java.nio.file.Files.delete(folder.resolve("lease"));
    assertTrue(java.nio.file.Files.exists(folder.resolve(".lease.crc")), "Hadoop left it");
    assertTrue(ExclusiveFile.create(fs, path, bytes("ours")));
    assertArrayEquals(bytes("ours"), read(path));
  }

  @Test
  void oneOfManyWins() throws Exception {
    int writers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      for (int round = 0; round < 50; round++) {
        Path path = new Path(folder.toUri().toString(), "lease-" + round);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
          answers.add(
              threads.submit(
                  () -> {
                    start.await();
                    return ExclusiveFile.create(fs, path, bytes("x"));
                  }));
        }
        start.countDown();
        int winners = 0;
        for (Future<Boolean> answer : answers) {
          winners += answer.get() ? 1 : 0;
        }
        assertEquals(1, winners);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void nothingIsPendingInFolders() throws IOException {
    assertEquals(0, PendingUploads.abort(fs, new Path(folder.toUri())));
  }

  private byte[] read(Path path) throws IOException {
    try (InputStream in = fs.open(path)) {
      return in.readAllBytes();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
