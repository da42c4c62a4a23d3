package org.anomalyscore.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.Devices;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainedNetworkTest {

  private static final SparkContext SPARK = TestSpark.session().sparkContext();

  private static final Devices DEVICES = Devices.of(SPARK, Devices.Mode.CPU);

  private static final int SIZE = 16;

  private static TrainingSettings settings(PixelNetwork network, long seed, int epochs) {
    return new TrainingSettings(network, seed, epochs, epochs, 1);
  }

  /** Noise, to which the second class has stripes. */
  private static LabelledImages images(int n, long seed) {
    Random random = new Random(seed);
    List<float[]> images = new ArrayList<>();
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 2;
      float[] image = new float[3 * SIZE * SIZE];
      for (int j = 0; j < image.length; j++) {
        image[j] = (float) random.nextGaussian() + (j / SIZE % 4 < 2 ? 1 : -1) * labels[i];
      }
      images.add(image);
    }
    return new LabelledImages(SIZE, images, labels);
  }

  private static double[][] trained(PixelNetwork network, long seed, int epochs) {
    try (TrainedNetwork trained =
        TrainedNetwork.train(
            DEVICES, settings(network, seed, epochs), 2, images(40, 1), images(12, 2))) {
      return trained.logits(images(20, 3));
    }
  }

  /** The results of tasks of Spark's that run at once, one a seed. */
  private static List<double[][]> inTasks(PixelNetwork network, int epochs, Long... seeds) {
    return JavaSparkContext.fromSparkContext(SPARK)
        .parallelize(List.of(seeds), seeds.length)
        .map(seed -> trained(network, seed, epochs))
        .collect();
  }

  @ParameterizedTest
  @EnumSource(PixelNetwork.class)
  void aSeedGivesTheSameBitsBesideAnotherTraining(PixelNetwork network) {
    double[][] alone = inTasks(network, 2, 5L).get(0);
    List<double[][]> together = inTasks(network, 2, 5L, 6L);
    assertTrue(Arrays.deepEquals(alone, together.get(0)));
    assertNotEquals(alone[0][0], together.get(1)[0][0], "another seed gives another network");
  }

  @ParameterizedTest
  @EnumSource(PixelNetwork.class)
  void aNetworkLearnsWhatDiffers(PixelNetwork network) {
    double[][] logits = inTasks(network, 20, 0L).get(0);
    int right = 0;
    for (int i = 0; i < logits.length; i++) {
      right += logits[i][i % 2] > logits[i][1 - i % 2] ? 1 : 0;
    }
    assertTrue(right >= 18, "right of 20: " + right);
  }

  /** What PyTorch's own layers give of the same weights and images. */
  @ParameterizedTest
  @CsvSource({
    "residual_network, RESIDUAL_NETWORK, 16",
    "residual_network_64, RESIDUAL_NETWORK, 64",
    "vision_transformer, VISION_TRANSFORMER, 16"
  })
  void forwardAndBackwardAreThoseOfPyTorch(String name, PixelNetwork network, int size) {
    // Within a task, which says where to compute.
    JavaSparkContext.fromSparkContext(SPARK)
        .parallelize(List.of(name), 1)
        .foreach(one -> compareWithPyTorch(one, network, size));
  }

  private static void compareWithPyTorch(String name, PixelNetwork network, int size) {
    Map<?, ?> expected = (Map<?, ?>) Oracle.read().get(name);
    List<?> rows = (List<?>) expected.get("logits");
    int classes = ((List<?>) rows.get(0)).size();
    int[] labels = {0, 1, 2 % classes};
    float[] pixels = Oracle.made(3 * 3 * size * size, 0.37);
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      images.add(Arrays.copyOfRange(pixels, i * 3 * size * size, (i + 1) * 3 * size * size));
    }
    try (TrainedNetwork given =
        TrainedNetwork.untrained(DEVICES, settings(network, 0, 1), classes, size)) {
      assertEquals(expected.get("weights"), given.weights());
      float[] weights = Oracle.made(given.weights(), 0.73);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = 0.1f * weights[i];
      }
      double[][] logits = given.logits(weights, new LabelledImages(size, images, labels));
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(Oracle.numbers(rows.get(i)), logits[i], 1e-3);
      }
      float[] gradient = given.gradient(weights, pixels, labels);
      double squares = 0;
      for (float g : gradient) {
        squares += (double) g * g;
      }
      double norm = ((Number) expected.get("gradient_norm")).doubleValue();
      assertEquals(norm, Math.sqrt(squares), 1e-3 * norm);
      double[] some = Oracle.numbers(expected.get("gradient"));
      for (int i = 0; i < some.length; i++) {
        assertEquals(some[i], gradient[i * (gradient.length / 50)], 1e-3 * norm);
      }
    }
  }

  /** What libtorch keeps for the way back must outlive the collection of what Java has left. */
  @ParameterizedTest
  @EnumSource(PixelNetwork.class)
  @Tag("nightly")
  void aGradientIsTheSameWhileJavaCollectsItsMemory(PixelNetwork network) {
    JavaSparkContext.fromSparkContext(SPARK)
        .parallelize(List.of(network), 1)
        .foreach(TrainedNetworkTest::computeBesideACollection);
  }

  private static void computeBesideACollection(PixelNetwork network) throws InterruptedException {
    LabelledImages images = images(16, 1);
    float[] pixels = new float[16 * 3 * SIZE * SIZE];
    for (int i = 0; i < 16; i++) {
      System.arraycopy(images.images().get(i), 0, pixels, i * 3 * SIZE * SIZE, 3 * SIZE * SIZE);
    }
    AtomicBoolean done = new AtomicBoolean();
    Thread collector = new Thread(() -> collect(done), "collector");
    try (TrainedNetwork given =
        TrainedNetwork.untrained(DEVICES, settings(network, 0, 1), 2, SIZE)) {
      float[] weights = Oracle.made(given.weights(), 0.73);
      float[] expected = given.gradient(weights, pixels, images.labels());
      collector.start();
      for (int i = 0; i < 30; i++) {
        assertArrayEquals(expected, given.gradient(weights, pixels, images.labels()));
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }

  /** Frees what nobody needs, and lays out numbers that are none where it was. */
  private static void collect(AtomicBoolean done) {
    List<ByteBuffer> kept = new ArrayList<>();
    while (!done.get() && kept.size() < 1_000_000) {
      System.gc();
      for (int i = 0; i < 1000; i++) {
        kept.add(ByteBuffer.allocateDirect(8).putLong(0, -1));
      }
    }
  }

  @Test
  void softmaxOfSureAnswersIsFinite() {
    assertArrayEquals(new double[] {0, 1}, Softmax.of(new double[] {0, 5000}));
    assertEquals(5000, Softmax.loss(new double[] {0, 5000}, 0));
    assertEquals(Math.log(2), Softmax.loss(new double[] {7, 7}, 1), 1e-15);
  }
}
