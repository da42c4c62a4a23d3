package org.anomalyscore.source;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Writes one set of small pictures in every container. */
final class Containers {
  static final int WIDTH = 6;
  static final int HEIGHT = 5;
  static final StructType STRUCT =
      new StructType().add("bytes", DataTypes.BinaryType).add("path", DataTypes.StringType);

  private Containers() {}

  /** Levels of {@code count} random pictures. */
  static List<byte[]> pixels(int count) {
    Random random = new Random(7);
    List<byte[]> pixels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] levels = new byte[3 * WIDTH * HEIGHT];
      random.nextBytes(levels);
      pixels.add(levels);
    }
    return pixels;
  }

  /** The pictures as PNG files: {@code 000.png}, {@code 001.png}, ... */
  static Map<String, byte[]> files(List<byte[]> pixels) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    pixels.forEach(levels -> files.put("%03d.png".formatted(files.size()), png(levels)));
    return files;
  }

  static byte[] png(byte[] levels) {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      int rgb =
          ((levels[3 * i] & 0xff) << 16)
              | ((levels[3 * i + 1] & 0xff) << 8)
              | (levels[3 * i + 2] & 0xff);
      image.setRGB(i % WIDTH, i / WIDTH, rgb);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static void folder(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  static void tar(Path path, Map<String, byte[]> files) throws IOException {
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(path))) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        add(out, file.getKey(), file.getValue());
      }
    }
  }

  /** Names are kept as they are, {@code ..} and leading slashes included. */
  static void add(TarArchiveOutputStream out, String name, byte[] bytes) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  /**
   * @param method of {@link ZipArchiveEntry}
   */
  static void zip(Path path, Map<String, byte[]> files, int method, Zip64Mode zip64)
      throws IOException {
    try (OutputStream file = Files.newOutputStream(path);
        ZipArchiveOutputStream out = new ZipArchiveOutputStream(file)) {
      out.setUseZip64(zip64);
      for (Map.Entry<String, byte[]> member : files.entrySet()) {
        add(out, member.getKey(), member.getValue(), method);
      }
    }
  }

  static void add(ZipArchiveOutputStream out, String name, byte[] bytes, int method)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setMethod(method);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setCrc(crc.getValue());
    entry.setSize(bytes.length);
    out.putArchiveEntry(entry);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  static void npz(Path path, List<byte[]> pixels, int method) throws IOException {
    npz(path, pixels, WIDTH, HEIGHT, method);
  }

  static void npz(Path path, List<byte[]> pixels, int width, int height, int method)
      throws IOException {
    String shape = "(%d, %d, %d, 3)".formatted(pixels.size(), height, width);
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    array.write(npyHeader("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }"));
    for (byte[] levels : pixels) {
      array.write(levels);
    }
    zip(path, Map.of("arr_0.npy", array.toByteArray()), method, Zip64Mode.Always);
  }

  static byte[] npyHeader(String dictionary) {
    String text = dictionary + " ".repeat(117 - dictionary.length()) + "\n";
    byte[] header = ("\u0093NUMPY\1\0v\0" + text).getBytes(StandardCharsets.ISO_8859_1);
    if (header.length != 128) {
      throw new AssertionError(header.length);
    }
    return header;
  }

  /** One file of binary values, in a column of that name, a row group for every few. */
  static void parquet(Path folder, String column, Map<String, byte[]> files) {
    parquet(folder, column, files, 1024);
  }

  /** One file of binary values, rows in the order of the files. */
  static void parquet(Path folder, String column, Map<String, byte[]> files, int groupBytes) {
    List<Row> rows =
        files.entrySet().stream().map(f -> RowFactory.create(f.getKey(), f.getValue())).toList();
    write(
        rows,
        new StructType().add("name", DataTypes.StringType).add(column, DataTypes.BinaryType),
        folder,
        groupBytes);
  }

  /** One file with Hugging Face's struct. */
  static void hugging(Path folder, Map<String, byte[]> files) {
    List<Row> rows =
        files.entrySet().stream()
            .map(f -> RowFactory.create(3, RowFactory.create(f.getValue(), f.getKey())))
            .toList();
    write(rows, new StructType().add("label", DataTypes.IntegerType).add("image", STRUCT), folder);
  }

  static void write(List<Row> rows, StructType schema, Path folder) {
    write(rows, schema, folder, 1024);
  }

  private static void write(List<Row> rows, StructType schema, Path folder, int groupBytes) {
    TestSpark.session()
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .option("parquet.block.size", groupBytes)
        .option("parquet.page.size", Math.min(1 << 20, groupBytes / 4))
        .option("parquet.page.size.row.check.min", 2)
        .option("parquet.block.size.row.check.min", 2)
        .option("parquet.block.size.row.check.max", 3)
        .parquet(folder.toString());
  }
}
