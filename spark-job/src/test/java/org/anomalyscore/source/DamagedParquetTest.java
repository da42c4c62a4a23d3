package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is damaged or unclear in a Parquet file is a reject with a reason, and all else loads. */
class DamagedParquetTest {
  private static final List<byte[]> PIXELS = Containers.pixels(4);
  private static final Map<String, byte[]> FILES = Containers.files(PIXELS);

  @TempDir Path folder;

  @Test
  void aParquetFileThatEndsEarly() throws IOException {
    Path file = parquet(folder);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    Map<String, LoadedImage> images = Loaded.images(file);
    String message = Loaded.fault(images.get("cut.parquet"), RejectReason.UNREADABLE);
    assertTrue(message.startsWith("it cannot be read"), message);
    assertEquals(1, images.size());
  }

  @Test
  void aParquetFileDamagedInItsFirstPages() throws IOException {
    Path file = parquet(folder);
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4, 200, (byte) 0xff);
    Files.write(file, bytes);
    Map<String, LoadedImage> images = Loaded.images(file);
    assertEquals(20, images.size());
    String message = Loaded.fault(images.get("cut.parquet!/0"), RejectReason.UNREADABLE);
    assertTrue(message.contains("damaged at row 0"), message);
    assertFalse(images.get("cut.parquet!/19").isRejected(), "It is in another row group");
  }

  @Test
  void aDamagedRowGroupIsReadOnce() throws IOException, RejectedImageException {
    Containers.parquet(
        folder.resolve("table"), "image", Containers.files(Containers.pixels(400)), 128 << 20);
    Path file;
    try (var files = Files.list(folder.resolve("table"))) {
      file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Configuration hadoop = new Configuration();
    hadoop.set("fs.denied.impl", DeniedFileSystem.class.getName());
    String path = "denied:" + file;
    int start;
    try (ParquetRows rows = new ParquetRows(new org.apache.hadoop.fs.Path(path), hadoop)) {
      assertEquals(1, rows.groups().size());
      start = (int) rows.groups().get(0).getColumns().get(1).getStartingPos();
    }
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, start, start + 200, (byte) 0xff);
    Files.write(file, bytes);
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    long read;
    try (ParquetMembers members = new ParquetMembers(new org.apache.hadoop.fs.Path(path), hadoop)) {
      long before = bytesRead();
      for (long row = 0; row < 400; row++) {
        Item.Member item = new Item.Member(path + "!/" + row, 1, null, path, new Item.Locator(row));
        String message = assertThrows(IOException.class, () -> members.read(item)).getMessage();
        assertTrue(message.startsWith("damaged at row 0: "), message);
      }
      read = bytesRead() - before;
    }
    assertTrue(read > 100 && read < 2L * bytes.length, read + " bytes of " + bytes.length);
  }

  private static long bytesRead() {
    return org.apache.hadoop.fs.FileSystem.getGlobalStorageStatistics()
        .get("denied")
        .getLong("bytesRead");
  }

  static Path parquet(Path folder) throws IOException {
    Map<String, byte[]> files = Containers.files(Containers.pixels(20));
    Containers.parquet(folder.resolve("table"), "image", files);
    Path written =
        Path.of(
            Loaded.rows(folder.resolve("table")).get(0).<String>getAs("container").substring(5));
    return Files.copy(written, folder.resolve("cut.parquet"));
  }

  @Test
  void whichParquetColumnHoldsTheImages() {
    byte[] png = FILES.get("000.png");
    StructType two =
        new StructType().add("mask", DataTypes.BinaryType).add("Image", DataTypes.BinaryType);
    Containers.write(List.of(RowFactory.create(new byte[1], png)), two, folder.resolve("named"));
    StructType unclear =
        new StructType().add("jpg", DataTypes.BinaryType).add("png", DataTypes.BinaryType);
    Containers.write(List.of(RowFactory.create(png, png)), unclear, folder.resolve("unclear"));
    StructType none =
        new StructType()
            .add("text", DataTypes.StringType)
            .add("list", DataTypes.createArrayType(DataTypes.BinaryType));
    Containers.write(List.of(RowFactory.create("x", List.of())), none, folder.resolve("none"));
    assertFalse(only("named").isRejected());
    assertEquals(
        "The columns [jpg, png] of the Parquet file could all hold the images. Call the right one"
            + " 'image'",
        Loaded.fault(only("unclear"), RejectReason.UNREADABLE));
    assertEquals(
        "The Parquet file has no column of images (binary, or a struct {bytes: binary, path:"
            + " string}) but [text: string, list: list]. Write one image a row (in Spark: explode a"
            + " list); if the file is not meant to hold any, keep it elsewhere",
        Loaded.fault(only("none"), RejectReason.UNREADABLE));
  }

  private LoadedImage only(String table) {
    List<LoadedImage> images =
        List.copyOf(Loaded.images(Loaded.rows(folder.resolve(table)), "").values());
    assertEquals(1, images.size());
    return images.get(0);
  }
}
