package org.anomalyscore.explain;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.ModelCard;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.NoiseStream;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.ContentHash;

/**
 * Prints how often a damaged place is among the three super-pixels with the largest coefficients, a
 * line a kind of damage: with the default's trials, with the same by area, and with the paper's 20
 * trials and least squares; each with a Wilson 95 % interval, beside chance.
 *
 * <p>{@code DamagedPlaceExperiment MODEL.pt IMAGES COUNT SEEDS KIND...}: damages a square of a
 * twentieth of the image at a random place, and looks for the super-pixel that holds most of it.
 * Kinds: noise, blur, blocks (each a mean colour), swap (another image's pixels), and none, the
 * control: the same places undamaged.
 *
 * <p>{@code java -cp
 * spark-job/target/test-classes:spark-job/target/anomaly-score.jar:'spark-home/target/jars/*'
 * org.anomalyscore.explain.DamagedPlaceExperiment ...}
 */
final class DamagedPlaceExperiment {

  private static final int SUPERPIXELS = 20;
  private static final int TRIALS = 4 * SUPERPIXELS;
  private static final int PAPER_TRIALS = 20;
  private static final int TOP = 3;
  private static final double Z95 = 1.959963984540054;

  private record Found(
      int pieces, boolean ours, boolean byArea, boolean paper, double correlation) {}

  private final ModelFile model;
  private final Path file;
  private final List<RgbImage> images;
  private final int seeds;

  private DamagedPlaceExperiment(Path file, Path folder, int count, int seeds) throws IOException {
    this.file = file;
    this.seeds = seeds;
    String name = file.getFileName().toString().replaceFirst("\\.pt$", "");
    String card = Files.readString(file.resolveSibling(name + ".yaml"));
    model = new ModelFile(ContentHash.hex(file), ModelCard.parse(card, name));
    images = images(folder, count);
  }

  public static void main(String[] arguments) throws Exception {
    DamagedPlaceExperiment experiment =
        new DamagedPlaceExperiment(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]));
    for (String kind : Arrays.asList(arguments).subList(4, arguments.length)) {
      experiment.print(kind);
    }
  }

  /** Evenly spread over the folder's files in name order. */
  private List<RgbImage> images(Path folder, int count) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.filter(Files::isRegularFile).sorted().toList();
    }
    ImageLoader loader = new ImageLoader(model.card().preprocessing(), 100_000_000, 1 << 28);
    List<RgbImage> loaded = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LoadedImage image = TestModels.load(loader, all.get((int) ((long) i * all.size() / count)));
      if (image.isRejected()) {
        throw new IOException(image.path() + ": " + image.message());
      }
      loaded.add(image.pixels());
    }
    return loaded;
  }

  private void print(String kind) throws Exception {
    int workers = Runtime.getRuntime().availableProcessors();
    long begin = System.nanoTime();
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    List<Found> found = new ArrayList<>();
    try {
      List<Callable<List<Found>>> tasks = new ArrayList<>();
      for (int w = 0; w < workers; w++) {
        int first = w;
        tasks.add(() -> share(kind, first, workers));
      }
      for (Future<List<Found>> part : pool.invokeAll(tasks)) {
        found.addAll(part.get());
      }
    } finally {
      pool.shutdown();
    }
    double chance = found.stream().mapToDouble(f -> (double) TOP / f.pieces()).average().orElse(0);
    double correlation = found.stream().mapToDouble(Found::correlation).average().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "%-7s n %d  chance %.2f  default %s  by area %s  paper %s  rank correlation %.2f  (%.0f"
            + " s)%n",
        kind,
        found.size(),
        chance,
        share(found.stream().filter(Found::ours).count(), found.size()),
        share(found.stream().filter(Found::byArea).count(), found.size()),
        share(found.stream().filter(Found::paper).count(), found.size()),
        correlation,
        (System.nanoTime() - begin) / 1e9);
  }

  /** Every so many-th image, on the calling thread, whose predictor this is. */
  private List<Found> share(String kind, int first, int step) throws IOException {
    List<Found> found = new ArrayList<>();
    try (ScorePredictor predictor =
        ScorePredictor.open(
            model, file, Device.cpu(), ScoreParameters.PAPER, model.card().defaultBatchSize(), 1)) {
      for (int i = first; i < images.size(); i += step) {
        found.add(find(predictor, kind, i));
      }
    }
    return found;
  }

  private Found find(ScorePredictor predictor, String kind, int index) {
    RgbImage image = images.get(index);
    int size = image.width();
    int side = (int) Math.round(Math.sqrt((double) size * size / SUPERPIXELS));
    SplittableRandom random = new SplittableRandom(index);
    int left = random.nextInt(size - side + 1);
    int top = random.nextInt(size - side + 1);
    RgbImage damaged =
        damage(image, kind, left, top, side, images.get((index + 1) % images.size()), random);
    SuperPixels pieces = SuperPixels.of(damaged, SUPERPIXELS);
    int[] overlap = new int[pieces.count()];
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        overlap[pieces.labels()[y * size + x]]++;
      }
    }
    int target = largest(overlap);
    InputImage input =
        new InputImage(ContentHash.hex(damaged.rgb()), Preprocessing.toTensor(damaged));
    List<TrialRegression> regressions = new ArrayList<>();
    TrialRegression paper = null;
    for (int seed = 0; seed < seeds; seed++) {
      boolean[][] attacked =
          SuperPixelTrials.of(
              new NoiseStream(NoiseStream.Purpose.SUPERPIXEL_TRIALS, seed, input.imageId()),
              TRIALS,
              pieces.count());
      double[] moved =
          predictor.vulnerabilities(
              input, seed, Arrays.stream(attacked).map(pieces::mask).toList());
      regressions.add(TrialRegression.ridge(attacked, moved));
      if (seed == 0) {
        paper =
            TrialRegression.leastNorm(
                Arrays.copyOf(attacked, PAPER_TRIALS), Arrays.copyOf(moved, PAPER_TRIALS));
      }
    }
    Attribution ours = Attribution.mean(regressions);
    double[] byArea = ours.coefficients().clone();
    int[] sizes = pieces.sizes();
    Arrays.setAll(byArea, p -> byArea[p] / sizes[p]);
    return new Found(
        pieces.count(),
        isTop(ours.coefficients(), target),
        isTop(byArea, target),
        isTop(paper.coefficients(), target),
        ours.rankCorrelation());
  }

  private static int largest(int[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static boolean isTop(double[] coefficients, int target) {
    return Arrays.stream(coefficients).filter(c -> c > coefficients[target]).count() < TOP;
  }

  private static RgbImage damage(
      RgbImage image,
      String kind,
      int left,
      int top,
      int side,
      RgbImage other,
      SplittableRandom random) {
    int size = image.width();
    byte[] from = image.rgb();
    byte[] to = from.clone();
    int reach = Math.max(1, side / 8);
    int block = Math.max(3, side / 4);
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        for (int band = 0; band < 3; band++) {
          int i = 3 * (y * size + x) + band;
          switch (kind) {
            case "none" -> {}
            case "noise" -> to[i] = (byte) random.nextInt(256);
            case "swap" -> to[i] = other.rgb()[i];
            case "blur" ->
                to[i] = mean(from, size, band, x - reach, y - reach, x + reach, y + reach);
            case "blocks" -> {
              int blockX = left + (x - left) / block * block;
              int blockY = top + (y - top) / block * block;
              to[i] =
                  mean(from, size, band, blockX, blockY, blockX + block - 1, blockY + block - 1);
            }
            default -> throw new IllegalArgumentException("No such damage: " + kind);
          }
        }
      }
    }
    return new RgbImage(size, size, to);
  }

  /** Mean level of a rectangle, what lies in the image of it; ends inclusive. */
  private static byte mean(byte[] rgb, int size, int band, int x0, int y0, int x1, int y1) {
    int sum = 0;
    int count = 0;
    for (int y = Math.max(0, y0); y <= Math.min(size - 1, y1); y++) {
      for (int x = Math.max(0, x0); x <= Math.min(size - 1, x1); x++, count++) {
        sum += rgb[3 * (y * size + x) + band] & 0xff;
      }
    }
    return (byte) Math.round((double) sum / count);
  }

  /** A share with its Wilson interval (1927, doi 10.1080/01621459.1927.10502953). */
  private static String share(long hits, int n) {
    double p = (double) hits / n;
    double z2 = Z95 * Z95;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
    return String.format(
        Locale.ROOT, "%d/%d = %.2f [%.2f, %.2f]", hits, n, p, centre - half, centre + half);
  }
}
