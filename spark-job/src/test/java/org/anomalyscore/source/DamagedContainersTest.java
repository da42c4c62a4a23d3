package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.pixels.RejectReason;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers of no image, of too many, or no longer there; and what tables keep beside their data.
 */
class DamagedContainersTest {
  private static final int STORED = ZipArchiveEntry.STORED;
  private static final List<byte[]> PIXELS = Containers.pixels(4);
  private static final Map<String, byte[]> FILES = Containers.files(PIXELS);

  @TempDir Path folder;

  @Test
  void containersOfMoreImagesThanTheLimit() throws IOException {
    Containers.tar(folder.resolve("many.tar"), FILES);
    Containers.zip(folder.resolve("many.zip"), FILES, STORED, Zip64Mode.AsNeeded);
    Containers.zip(folder.resolve("many64.zip"), FILES, STORED, Zip64Mode.Always);
    Containers.npz(folder.resolve("many.npz"), PIXELS, STORED);
    Files.move(DamagedParquetTest.parquet(folder), folder.resolve("many.parquet"));
    org.apache.commons.io.FileUtils.deleteDirectory(folder.resolve("table").toFile());
    Map<String, String> faults = new LinkedHashMap<>();
    long images = 0;
    for (var row :
        ImageFinder.find(
                TestSpark.session(),
                folder.toString(),
                new Search(false, 3),
                PassedOver.register(TestSpark.session()))
            .collectAsList()) {
      if (row.getAs("fault_reason") == null) {
        images++;
      } else {
        assertEquals("too_large", row.getAs("fault_reason"));
        String path = row.getAs("path");
        faults.put(path.substring(path.lastIndexOf('/') + 1), row.getAs("fault_message"));
      }
    }
    assertEquals(3, images, "The first of the tar archive");
    assertEquals(5, faults.size(), faults.toString());
    assertTrue(
        faults.get("many.npz").startsWith("It holds more than 3 members or claims to"),
        faults.toString());
    assertTrue(faults.get("many.tar").contains("limit of 3 (--max-members)"), faults.toString());
  }

  @Test
  void whatTablesKeepBesideTheirData() throws IOException {
    Files.write(folder.resolve("x.png"), FILES.get("000.png"));
    for (String name :
        List.of(
            "_temporary/0/part-0.parquet",
            "_delta_log/1.checkpoint.parquet",
            "_metadata",
            "_common.parquet",
            ".part-0.parquet",
            ".part-0.parquet.crc",
            "_SUCCESS")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.write(folder.resolve(name), new byte[3]);
    }
    assertEquals(1, Loaded.rows(folder).size());
  }

  @Test
  void containersWithoutImages() throws IOException {
    Containers.tar(folder.resolve("none.tar"), Map.of());
    Containers.tar(folder.resolve("text.tar"), Map.of("x.json", new byte[3]));
    Containers.zip(folder.resolve("none.zip"), Map.of(), STORED, Zip64Mode.AsNeeded);
    Files.createFile(folder.resolve("zero.tar"));
    Files.createFile(folder.resolve("zero.zip"));
    Files.createFile(folder.resolve("zero.npz"));
    Files.createFile(folder.resolve("zero.parquet"));
    Map<String, LoadedImage> images = Loaded.images(Loaded.rows(folder), "file:" + folder + "/");
    assertEquals(7, images.size());
    for (Map.Entry<String, LoadedImage> image : images.entrySet()) {
      Loaded.fault(image.getValue(), RejectReason.EMPTY);
    }
  }

  @Test
  void aContainerThatVanishedMeanwhile() throws IOException {
    Path tar = folder.resolve("gone.tar");
    Containers.tar(tar, FILES);
    var rows = Loaded.rows(tar);
    Files.delete(tar);
    Map<String, LoadedImage> images = Loaded.images(rows, "file:" + folder + "/");
    assertEquals(4, images.size());
    images.values().forEach(image -> Loaded.fault(image, RejectReason.UNREADABLE));
  }
}
