package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills while scores are written. */
class FullDiskTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  /** Scheme {@code full:}: local files, until a file of scores finds no room. */
  public static final class FullDisk extends RawLocalFileSystem {
    /** Files of scores that still find room. */
    private static volatile int room = Integer.MAX_VALUE;

    private static volatile boolean full;

    @Override
    public URI getUri() {
      return URI.create("full:///");
    }

    @Override
    public String getScheme() {
      return "full";
    }

    @Override
    protected OutputStream createOutputStream(org.apache.hadoop.fs.Path f, boolean append)
        throws IOException {
      requireRoom(f);
      return super.createOutputStream(f, append);
    }

    @Override
    protected OutputStream createOutputStreamWithMode(
        org.apache.hadoop.fs.Path f, boolean append, FsPermission permission) throws IOException {
      requireRoom(f);
      return super.createOutputStreamWithMode(f, append, permission);
    }

    private static synchronized void requireRoom(org.apache.hadoop.fs.Path file) {
      if (file.toString().contains("/scores/") && file.getName().contains(".parquet")) {
        full |= room == 0;
        room--;
      }
      if (full) {
        throw error(new IOException("No space left on device"));
      }
    }
  }

  /** Only Hadoop makes them. */
  private static FSError error(IOException cause) {
    try {
      var constructor = FSError.class.getDeclaredConstructor(Throwable.class);
      constructor.setAccessible(true);
      return constructor.newInstance(cause);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path images;

  private void copy(int from, int to) throws IOException {
    images = Files.createDirectories(folder.resolve("images"));
    for (Path image : TestModels.images().subList(from, to)) {
      Files.copy(image, images.resolve(image.getFileName()));
    }
  }

  private ScoreResult score(String out) {
    String model = TestModels.folder().resolve("tiny.pt").toString();
    EngineOptions engine = EngineOptions.of(model).withBatchSize(4);
    return new ScoreJob(
            ScoreRequest.of(images.toString(), "set", engine, out)
                .sliceImages(4)
                .partitions(1)
                .build())
        .run(SPARK);
  }

  @Test
  @Tag("nightly")
  void isAMessageAndLeavesNoLease() throws IOException {
    SPARK.sparkContext().hadoopConfiguration().set("fs.full.impl", FullDisk.class.getName());
    String out = "full:" + folder.resolve("out");
    copy(0, 4);
    String configId = score(out).configId();
    copy(4, 12);
    FullDisk.room = 1;
    try {
      Throwable failure = assertThrows(Throwable.class, () -> score(out));
      String message = StorageFault.in(failure).getMessage();
      assertTrue(message.contains("a disk is full (No space left on device)"), message);
      assertTrue(FullDisk.full);
    } finally {
      FullDisk.room = Integer.MAX_VALUE;
      FullDisk.full = false;
    }
    try (Stream<Path> left = Files.list(folder.resolve("out"))) {
      assertEquals(
          List.of(),
          left.filter(file -> file.getFileName().toString().startsWith("_lease")).toList());
    }
    // Of the run there are four scores, and no row for which there was room.
    TableStore store = new TableStore(SPARK, out);
    assertEquals(8, store.read(Table.SCORES).count());
    assertEquals(1, store.read(Table.RUNS).count());
    String incomplete =
        assertThrows(
                UserException.class,
                () ->
                    Completeness.require(
                        store, ScoreTimes.read(store), configId, List.of("set"), false))
            .getMessage();
    assertTrue(incomplete.contains("not recorded"), incomplete);
    assertEquals(4, score(out).scored());
    Completeness.require(store, ScoreTimes.read(store), configId, List.of("set"), false);
  }
}
