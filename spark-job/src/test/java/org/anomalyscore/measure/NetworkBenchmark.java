package org.anomalyscore.measure;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.anomalyscore.storage.ContentHash;

/**
 * Prints how fast this JVM measures images on a feature model, without Spark, files or decoding,
 * and the float32 matrix products that the same PyTorch makes a second, as one JSON object.
 *
 * <p>{@code NetworkBenchmark MODEL.pt TASKS THREADS BATCH BATCHES}: tasks side by side, intra-op
 * threads of each, images a batch, batches of each task after one that is not counted.
 */
final class NetworkBenchmark {

  /** Large enough that a product is bound by arithmetic; 16 MB a matrix. */
  private static final int MATRIX = 2048;

  private static final int PRODUCTS = 20;

  private NetworkBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path model = Path.of(arguments[0]);
    int tasks = Integer.parseInt(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    int batchSize = Integer.parseInt(arguments[3]);
    int batches = Integer.parseInt(arguments[4]);
    PyTorch.start();
    double oneBefore = gflops(1, 1);
    double allBefore = gflops(tasks, threads);
    double seconds = together(tasks, () -> network(model, threads, batchSize, batches));
    System.out.printf(
        Locale.ROOT,
        "{\"images\": %d, \"seconds\": %.4f, \"gflops_one\": %.2f, \"gflops_all\": %.2f,"
            + " \"peak_bytes\": %d}%n",
        tasks * batches * batchSize,
        seconds,
        Math.max(oneBefore, gflops(1, 1)),
        Math.max(allBefore, gflops(tasks, threads)),
        peakResidentBytes());
  }

  /** Work that starts when all tasks are ready. */
  private interface Prepared extends AutoCloseable {
    void run();

    @Override
    default void close() {}
  }

  private static double gflops(int tasks, int threads) throws Exception {
    double seconds = together(tasks, () -> products(threads));
    return 2.0 * MATRIX * MATRIX * MATRIX * PRODUCTS * tasks / seconds / 1e9;
  }

  private static Prepared products(int threads) {
    JniUtils.setNumThreads(threads);
    NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    NDArray a = manager.randomUniform(-1, 1, new Shape(MATRIX, MATRIX));
    NDArray b = manager.randomUniform(-1, 1, new Shape(MATRIX, MATRIX));
    a.matMul(b).close();
    return new Prepared() {
      @Override
      public void run() {
        for (int i = 0; i < PRODUCTS; i++) {
          a.matMul(b).close();
        }
      }

      @Override
      public void close() {
        manager.close();
      }
    };
  }

  private static Prepared network(Path model, int threads, int batchSize, int batches)
      throws IOException {
    String card = Files.readString(Path.of(model.toString().replaceFirst("\\.pt$", ".yaml")));
    ModelFile file = new ModelFile(ContentHash.hex(model), ModelCard.parse(card, model.toString()));
    ScorePredictor predictor =
        ScorePredictor.open(file, model, Device.cpu(), ScoreParameters.PAPER, batchSize, threads);
    int size = file.card().input().size();
    List<InputImage> images = new ArrayList<>();
    for (int i = 0; i < batchSize; i++) {
      String id = ContentHash.hex(ContentHash.of("image " + i));
      double[] pixels = new double[3 * size * size];
      new NoiseStream(NoiseStream.Purpose.ATTACK_START, 0, id)
          .writeUniform(pixels, 0, pixels.length);
      for (int k = 0; k < pixels.length; k++) {
        pixels[k] = (pixels[k] + 1) / 2;
      }
      images.add(new InputImage(id, pixels));
    }
    predictor.measure(images);
    return new Prepared() {
      @Override
      public void run() {
        for (int i = 0; i < batches; i++) {
          predictor.measure(images);
        }
      }

      @Override
      public void close() {
        predictor.close();
      }
    };
  }

  /** Seconds from the last task's readiness to the last task's end. */
  private static double together(int tasks, Callable<Prepared> preparation) throws Exception {
    CyclicBarrier ready = new CyclicBarrier(tasks);
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    try {
      List<Future<long[]>> spans = new ArrayList<>();
      for (int t = 0; t < tasks; t++) {
        spans.add(
            pool.submit(
                () -> {
                  try (Prepared work = preparation.call()) {
                    ready.await();
                    long begin = System.nanoTime();
                    work.run();
                    return new long[] {begin, System.nanoTime()};
                  }
                }));
      }
      long begin = Long.MAX_VALUE;
      long end = Long.MIN_VALUE;
      for (Future<long[]> span : spans) {
        begin = Math.min(begin, span.get()[0]);
        end = Math.max(end, span.get()[1]);
      }
      return (end - begin) / 1e9;
    } finally {
      pool.shutdown();
    }
  }

  private static long peakResidentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }
}
