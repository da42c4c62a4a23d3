package org.anomalyscore.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.pixels.RgbImage;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** Images a second, read, decoded and resized to 32 x 32 by one thread, out of every container. */
public final class ReadingBenchmark {
  private static final int ROUNDS = 4;

  private ReadingBenchmark() {}

  /**
   * Measures and prints.
   *
   * @param args a folder tree of images of one size, and an empty folder to work in
   */
  public static void main(String[] args) throws IOException {
    Path work = Path.of(args[1]);
    Map<String, byte[]> files = read(Path.of(args[0]));
    List<byte[]> pixels =
        files.values().stream().map(ReadingBenchmark::decode).map(RgbImage::rgb).toList();
    RgbImage first = decode(files.values().iterator().next());
    Containers.folder(work.resolve("folder"), files);
    Containers.tar(work.resolve("a.tar"), files);
    Containers.zip(work.resolve("stored.zip"), files, ZipArchiveEntry.STORED, Zip64Mode.AsNeeded);
    Containers.zip(
        work.resolve("deflated.zip"), files, ZipArchiveEntry.DEFLATED, Zip64Mode.AsNeeded);
    String[] npz = {"stored.npz", "deflated.npz"};
    Containers.npz(
        work.resolve(npz[0]), pixels, first.width(), first.height(), ZipArchiveEntry.STORED);
    Containers.npz(
        work.resolve(npz[1]), pixels, first.width(), first.height(), ZipArchiveEntry.DEFLATED);
    Containers.parquet(work.resolve("parquet"), "image", files, 128 << 20);
    List<Path> forms;
    try (Stream<Path> all = Files.list(work)) {
      forms = all.sorted().toList();
    }
    // One round warms up; the forms take turns, so that no form has the machine's quiet minute.
    Map<Path, double[]> rates = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Path form : forms) {
        List<Row> rows = Loaded.rows(form);
        double rate = rows.size() / seconds(rows);
        if (round > 0) {
          rates.computeIfAbsent(form, f -> new double[ROUNDS - 1])[round - 1] = rate;
        }
      }
    }
    rates.forEach(
        (form, all) -> {
          Arrays.sort(all);
          System.out.printf(
              "%-14s %6.0f images/s (%.0f to %.0f)%n",
              form.getFileName(), all[all.length / 2], all[0], all[all.length - 1]);
        });
  }

  private static double seconds(List<Row> rows) {
    Preprocessing preprocessing =
        new Preprocessing(32, Preprocessing.Resize.SQUASH, PillowResize.Filter.BICUBIC);
    long begin = System.nanoTime();
    try (ItemReader reader =
        new ImageLoader(preprocessing, 1 << 20, 1 << 20).open(new Configuration())) {
      for (Row row : rows) {
        if (reader.load(row).isRejected()) {
          throw new IllegalStateException("Rejected: " + row);
        }
      }
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static Map<String, byte[]> read(Path tree) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(tree)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        files.put("%06d.png".formatted(files.size()), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static RgbImage decode(byte[] file) {
    try {
      return ImageDecoder.decode(file, 1 << 20);
    } catch (RejectedImageException e) {
      throw new IllegalStateException(e);
    }
  }
}
