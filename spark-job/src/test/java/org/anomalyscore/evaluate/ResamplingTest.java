package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.KolmogorovSmirnov2D;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class ResamplingTest {

  private static KolmogorovSmirnov2D test(int n, int m) {
    Random random = new Random(n);
    double[][] points = new double[4][];
    for (int column = 0; column < 4; column++) {
      points[column] = new double[column < 2 ? n : m];
      Arrays.setAll(points[column], i -> random.nextInt(50));
    }
    return KolmogorovSmirnov2D.of(points[0], points[1], points[2], points[3]);
  }

  @Test
  void executorsGiveTheSameBitsAsTheDriver() throws Exception {
    SparkSession spark = TestSpark.session();
    AtomicInteger tasks = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart start) {
            tasks.incrementAndGet();
          }
        };
    spark.sparkContext().listenerBus().waitUntilEmpty();
    spark.sparkContext().addSparkListener(counter);
    try {
      int expected = 0;
      for (int replicates : new int[] {1, 4, 61, 250}) {
        for (int most : new int[] {100, 1000}) {
          var options = new AnomalyScore.Options(3, replicates, replicates, 0.9, most, most);
          assertEquals(
              AnomalyScore.of(test(400, 300), options),
              AnomalyScore.of(
                  test(400, 300), options, new Resampling(spark.sparkContext(), "set", 0)));
          expected += 2 * Math.min(replicates, 8);
          // Permutations of parts are looked at once, and go on where p is not plainly large.
          expected += replicates > 199 && most < 400 ? 8 : 0;
        }
      }
      spark.sparkContext().listenerBus().waitUntilEmpty();
      assertEquals(expected, tasks.get());
      // A local master's executors are this process.
      AnomalyScore.of(
          test(400, 300),
          new AnomalyScore.Options(3, 50, 0, 0.9),
          new Resampling(spark.sparkContext(), "set"));
      spark.sparkContext().listenerBus().waitUntilEmpty();
      assertEquals(expected, tasks.get());
    } finally {
      spark.sparkContext().removeSparkListener(counter);
    }
  }
}
