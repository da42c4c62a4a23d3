package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.KolmogorovSmirnov2D;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How the permutations and resamples of an evaluation spread over executors' cores, by Spark jobs
 * as on a cluster; a measurement, which no build runs:
 *
 * <pre>{@code
 * ./mvnw -Pnightly -pl udf,spark-job -Dtest=ResamplingScaling -Dsurefire.failIfNoSpecifiedTests=false test
 * }</pre>
 */
@Tag("matrices")
class ResamplingScaling {

  private static final int POINTS = 20_000;

  private static final int REPLICATES = 500;

  private static final int[] CORES = {1, 2, 4};

  private static final int ROUNDS = 3;

  @Test
  void printSecondsAndCompareBits() {
    KolmogorovSmirnov2D test = test();
    var options = new AnomalyScore.Options(0, REPLICATES, REPLICATES, 0.95, POINTS, POINTS);
    AnomalyScore expected = AnomalyScore.of(test, options);
    double alone = 0;
    for (int cores : CORES) {
      double seconds = seconds(cores, test, options, expected);
      alone = cores == 1 ? seconds : alone;
      System.out.printf(
          "local[%d]: %.2f s, %.2f times as fast as one core, the same bits%n",
          cores, seconds, alone / seconds);
    }
  }

  /** The quickest of some rounds: what else the machine does only adds to them. */
  private static double seconds(
      int cores, KolmogorovSmirnov2D test, AnomalyScore.Options options, AnomalyScore expected) {
    SparkConf conf =
        new SparkConf()
            .setAppName("scaling")
            .setMaster("local[" + cores + "]")
            .set("spark.ui.enabled", "false");
    SparkContext spark = new SparkContext(conf);
    try {
      double least = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        long begin = System.nanoTime();
        assertEquals(expected, AnomalyScore.of(test, options, new Resampling(spark, "set", 0)));
        least = Math.min(least, (System.nanoTime() - begin) / 1e9);
      }
      return least;
    } finally {
      spark.stop();
    }
  }

  private static KolmogorovSmirnov2D test() {
    Random random = new Random(0);
    double[][] points = new double[4][POINTS];
    for (double[] column : points) {
      Arrays.setAll(column, i -> random.nextGaussian());
    }
    return KolmogorovSmirnov2D.of(points[0], points[1], points[2], points[3]);
  }
}
