package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.ContentHash;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same pictures give the same images out of every form. */
class ContainersTest {
  private static final int COUNT = 20;
  private static final List<byte[]> PIXELS = Containers.pixels(COUNT);
  private static final Map<String, byte[]> FILES = Containers.files(PIXELS);

  @TempDir static Path folder;

  /** By file name: {@code 000.png}. */
  private static Map<String, LoadedImage> plain;

  @BeforeAll
  static void write() throws IOException {
    Containers.folder(folder.resolve("plain"), FILES);
    Containers.tar(folder.resolve("set.tar"), FILES);
    int deflated = ZipArchiveEntry.DEFLATED;
    int stored = ZipArchiveEntry.STORED;
    Containers.zip(folder.resolve("deflated.zip"), FILES, deflated, Zip64Mode.AsNeeded);
    Containers.zip(folder.resolve("stored.zip"), FILES, stored, Zip64Mode.AsNeeded);
    Containers.zip(folder.resolve("zip64.ZIP"), FILES, deflated, Zip64Mode.Always);
    Containers.npz(folder.resolve("stored.npz"), PIXELS, stored);
    Containers.npz(folder.resolve("deflated.npz"), PIXELS, deflated);
    Containers.parquet(folder.resolve("binary"), "content", FILES);
    Containers.hugging(folder.resolve("hugging"), FILES);
    plain = Loaded.images(Loaded.rows(folder.resolve("plain")), "file:" + folder + "/plain/");
    assertEquals(FILES.keySet(), new TreeMap<>(plain).keySet());
    assertEquals(ContentHash.hex(FILES.get("003.png")), plain.get("003.png").imageId());
    assertFalse(plain.get("003.png").isRejected());
  }

  @Test
  void tar() throws IOException {
    assertArchive("set.tar");
  }

  @Test
  void zip() throws IOException {
    assertArchive("deflated.zip");
    assertArchive("stored.zip");
    assertArchive("zip64.ZIP");
  }

  private void assertArchive(String name) throws IOException {
    Map<String, LoadedImage> images = Loaded.images(folder.resolve(name));
    assertEquals(
        FILES.keySet().stream().map(file -> name + "!/" + file).toList(),
        List.copyOf(images.keySet()));
    FILES.keySet().forEach(file -> assertSame(file, images.get(name + "!/" + file), true));
  }

  @Test
  void npz() throws IOException {
    for (String name : List.of("stored.npz", "deflated.npz")) {
      Map<String, LoadedImage> images = Loaded.images(folder.resolve(name));
      assertEquals(COUNT, images.size());
      for (int i = 0; i < COUNT; i++) {
        LoadedImage image = images.get(name + "!/arr_0/" + i);
        assertSame("%03d.png".formatted(i), image, false);
        assertEquals(ContentHash.hex(PIXELS.get(i)), image.imageId());
      }
    }
  }

  @Test
  void parquet() throws Exception {
    for (String name : List.of("binary", "hugging")) {
      List<Row> rows = Loaded.rows(folder.resolve(name));
      assertEquals(COUNT, rows.size(), "_SUCCESS and .crc files are passed over");
      String file = rows.get(0).getAs("container");
      assertTrue(file.endsWith(".snappy.parquet"), file);
      assertTrue(groups(file) > 3, "The row groups should be many, not " + groups(file));
      Map<String, LoadedImage> images = Loaded.images(rows, file + "!/");
      for (int i = 0; i < COUNT; i++) {
        String png = "%03d.png".formatted(i);
        assertSame(png, images.get(name.equals("binary") ? "" + i : i + "/" + png), true);
      }
    }
  }

  private static int groups(String file) throws Exception {
    try (ParquetRows rows =
        new ParquetRows(new org.apache.hadoop.fs.Path(file), new Configuration())) {
      return rows.groups().size();
    }
  }

  private static void assertSame(String file, LoadedImage image, boolean sameBytes) {
    LoadedImage expected = plain.get(file);
    assertNull(image.reason(), image.message());
    assertEquals(expected.width(), image.width());
    assertEquals(expected.height(), image.height());
    assertArrayEquals(expected.pixels().rgb(), image.pixels().rgb(), image.path());
    assertEquals(sameBytes, expected.imageId().equals(image.imageId()), image.path());
  }

  @Test
  void aFolderOfEverythingInAnyOrder() throws IOException {
    List<Row> rows = new ArrayList<>(Loaded.rows(folder));
    assertEquals(9 * COUNT, rows.size());
    String prefix = "file:" + folder + "/";
    Map<String, LoadedImage> sorted = Loaded.images(rows, prefix);
    Collections.reverse(rows);
    assertSameImages(sorted, Loaded.images(rows, prefix));
    Collections.shuffle(rows, new Random(1));
    assertSameImages(sorted, Loaded.images(rows, prefix));
  }

  @Test
  void lengthsAreThoseOfTheImages() {
    for (Row row : Loaded.rows(folder)) {
      String path = row.getAs("path");
      long length = row.<Long>getAs("length");
      if (path.contains(".npz!/")) {
        assertEquals(3L * Containers.WIDTH * Containers.HEIGHT, length);
      } else if (path.contains(".parquet!/")) {
        assertTrue(length > 100 && length < 200, path + ": " + length);
      } else {
        assertEquals(FILES.get(path.substring(path.lastIndexOf('/') + 1)).length, length, path);
      }
    }
  }

  @Test
  void rowsMayBeKeptInATable() throws IOException {
    Path table = folder.resolve("rows");
    List<Row> rows = Loaded.rows(folder);
    Dataset<Row> found = TestSpark.session().createDataFrame(rows, ImageFinder.SCHEMA);
    try {
      found.write().parquet(table.toString());
      // Other columns beside them, and in another order.
      List<Row> back =
          TestSpark.session()
              .read()
              .parquet(table.toString())
              .selectExpr(
                  "1 AS slice",
                  "fault_message",
                  "fault_reason",
                  "locator",
                  "position",
                  "container",
                  "etag",
                  "modified",
                  "length",
                  "path")
              .collectAsList();
      String prefix = "file:" + folder + "/";
      assertSameImages(Loaded.images(rows, prefix), Loaded.images(back, prefix));
    } finally {
      org.apache.commons.io.FileUtils.deleteDirectory(table.toFile());
    }
  }

  private static void assertSameImages(
      Map<String, LoadedImage> expected, Map<String, LoadedImage> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    for (String path : expected.keySet()) {
      assertNull(actual.get(path).reason(), actual.get(path).message());
      assertEquals(expected.get(path).imageId(), actual.get(path).imageId(), path);
      assertArrayEquals(expected.get(path).pixels().rgb(), actual.get(path).pixels().rgb(), path);
    }
  }

  /** All containers lie in one folder; its one listing task does not read them alone. */
  @Test
  void containersAreDealtOut(@TempDir Path shards) throws IOException {
    for (int i = 0; i < 40; i++) {
      Files.copy(folder.resolve("set.tar"), shards.resolve("shard-%02d.tar".formatted(i)));
    }
    List<Integer> perTask =
        ImageFinder.find(TestSpark.session(), shards.toString())
            .javaRDD()
            .map(row -> row.<String>getAs("container"))
            .glom()
            .map(all -> (int) all.stream().distinct().count())
            .collect();
    assertEquals(40, perTask.stream().mapToInt(Integer::intValue).sum());
    assertEquals(0, perTask.stream().filter(count -> count > 20).count(), perTask.toString());
  }
}
