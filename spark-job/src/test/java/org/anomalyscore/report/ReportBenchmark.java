package org.anomalyscore.report;

import static org.apache.spark.sql.functions.expr;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;

/**
 * Time and size of a report of many generators, whose images lie in a tar file each and are listed
 * and read anew.
 */
public final class ReportBenchmark {

  private static final int NIGHTS = 30;
  private static final int PICTURES = 40;
  private static final int SIDE = 24;

  private ReportBenchmark() {}

  /**
   * Measures and prints.
   *
   * @param args a folder to work in (made once, 3 kB an image), generators, images of each, rounds
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).toAbsolutePath();
    int generators = Integer.parseInt(args[1]);
    int images = Integer.parseInt(args[2]);
    TableStore store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    if (!store.exists(Table.EVALUATIONS)) {
      make(store, folder, generators, images);
    }
    double[] seconds = new double[Integer.parseInt(args[3])];
    for (int round = 0; round < seconds.length; round++) {
      long begin = System.nanoTime();
      Report.Result result =
          new Report(TestSpark.session(), store)
              .write(Run.start("report"), folder.resolve("report.html").toString());
      seconds[round] = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "%,d images of %d generators: %.1f MB in %.1f s%n",
          result.images(), result.sets(), result.bytes() / 1e6, seconds[round]);
    }
    Arrays.sort(seconds);
    System.out.printf("median %.1f s%n", seconds[seconds.length / 2]);
  }

  private static void make(TableStore store, Path folder, int generators, int images)
      throws IOException {
    List<Row> evaluations = new ArrayList<>();
    List<byte[]> pictures = pictures();
    for (int set = 0; set <= generators; set++) {
      String name = set == 0 ? "real" : "generator-" + set;
      Path tar = folder.resolve(name + ".tar");
      write(tar, pictures, images);
      store.append(
          Table.SCORES,
          TestSpark.session()
              .range(images)
              .withColumn("image_id", expr("sha2(cast(id AS string), 256)"))
              .withColumn("path", expr("concat('file:" + tar + "!/', id, '.png')"))
              .withColumn(
                  "complexity", expr("exp(-1.5 + 0.002 * " + set + " + 0.2 * randn(" + set + "))"))
              .withColumn("vulnerability", expr("20 + 3 * randn(" + (set + 1000) + ")"))
              .withColumn("as_i", expr("vulnerability / complexity"))
              .withColumn("width", expr("24"))
              .withColumn("height", expr("24"))
              .withColumn("step_norm", expr("1D"))
              .withColumn("complexity_floor", expr("0.01D"))
              .withColumn("model", expr("'net'"))
              .withColumn("run_id", expr("'r'"))
              .withColumn("scored_at", expr("timestamp '2026-01-01 00:00:00'"))
              .withColumn("config_id", expr("'c'"))
              .withColumn("dataset", expr("'" + name + "'")));
      for (int night = 0; set > 0 && night < NIGHTS; night++) {
        evaluations.add(
            TableRow.of(Table.EVALUATIONS)
                .with("run_id", "night" + night)
                .with("evaluated_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * night)))
                .with("config_id", "c")
                .with("model", "net")
                .with("reference", "real")
                .with("n_reference", (long) images)
                .with("dataset", name)
                .with("n", (long) images)
                .with("images", tar.toString())
                .with("anomaly_score", 0.001 * set + 0.0001 * night)
                .with("anomaly_score_low", 0.0009 * set)
                .with("anomaly_score_high", 0.0011 * set + 0.003)
                .with("null_mean", 0.02)
                .with("null_q95", 0.025)
                .with("p_value", 0.01)
                .with("confidence", 0.95)
                .with("permutations", 999)
                .with("resamples", 999)
                .with("seed", 0L)
                .toRow());
      }
    }
    store.append(Table.EVALUATIONS, evaluations);
  }

  /** Noise, which no format makes small. */
  private static List<byte[]> pictures() throws IOException {
    Random random = new Random(1);
    List<byte[]> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < SIDE * SIDE; p++) {
        image.setRGB(p % SIDE, p / SIDE, random.nextInt());
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, "png", bytes);
      pictures.add(bytes.toByteArray());
    }
    return pictures;
  }

  private static void write(Path tar, List<byte[]> pictures, int images) throws IOException {
    Files.createDirectories(tar.getParent());
    try (OutputStream file = Files.newOutputStream(tar);
        TarArchiveOutputStream out = new TarArchiveOutputStream(file)) {
      for (int i = 0; i < images; i++) {
        byte[] picture = pictures.get(i % PICTURES);
        TarArchiveEntry entry = new TarArchiveEntry(i + ".png");
        entry.setSize(picture.length);
        out.putArchiveEntry(entry);
        out.write(picture);
        out.closeArchiveEntry();
      }
    }
  }
}
