package org.anomalyscore.measure;

import com.codahale.metrics.Gauge;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counters that tasks add to while they run. For progress and for shares of time only: a repeated
 * task counts again, so no table takes its row counts from here.
 *
 * @param taskNanos of all work on images
 * @param networkNanos the part of it inside the feature model
 * @param readNanos the part of it that fetched the images' bytes
 * @param decodeNanos the part of it that decoded and resized
 * @param modelNanos beside it: until the feature model was loaded
 * @param waitNanos beside it: between batches, for Spark to hand over the next images and to write
 *     the rows
 * @param arithmetic what the tasks computed in, which counts nothing
 */
public record ScoreMetrics(
    LongAccumulator scored,
    LongAccumulator rejected,
    LongAccumulator taskNanos,
    LongAccumulator networkNanos,
    LongAccumulator readNanos,
    LongAccumulator decodeNanos,
    LongAccumulator modelNanos,
    LongAccumulator waitNanos,
    SeenArithmetic arithmetic)
    implements Serializable {

  /** Registers the counters under the names that the Spark UI shows. */
  public static ScoreMetrics register(SparkContext context) {
    SeenArithmetic arithmetic = new SeenArithmetic();
    context.register(arithmetic, "arithmetic");
    return new ScoreMetrics(
        context.longAccumulator("images scored"),
        context.longAccumulator("images rejected"),
        context.longAccumulator("batch nanoseconds"),
        context.longAccumulator("network nanoseconds"),
        context.longAccumulator("read nanoseconds"),
        context.longAccumulator("decode nanoseconds"),
        context.longAccumulator("model nanoseconds"),
        context.longAccumulator("wait nanoseconds"),
        arithmetic);
  }

  /**
   * Lets Spark's metrics system show these counters from now on, on the driver; those of an earlier
   * run are taken away.
   */
  public void show() {
    ScoreSource.show(gauges());
  }

  /** What Spark's metrics system shows of a run, by name. */
  private Map<String, Gauge<Number>> gauges() {
    long begin = System.nanoTime();
    Map<String, Gauge<Number>> gauges = new LinkedHashMap<>();
    gauges.put("images_scored", scored::value);
    gauges.put("images_rejected", rejected::value);
    gauges.put("images_per_second", () -> images() * 1e9 / (System.nanoTime() - begin));
    for (String stage : secondsByStage().keySet()) {
      gauges.put(stage + "_seconds", () -> secondsByStage().get(stage));
    }
    return gauges;
  }

  /** Images that ended tasks have scored or rejected. */
  private long images() {
    return scored.value() + rejected.value();
  }

  /**
   * Where the tasks' time went, in the order of the pipeline: model, read, decode, noise (all that
   * is left of a batch: noise, tensors, angles), network, wait.
   */
  public Map<String, Double> secondsByStage() {
    long noise = taskNanos.value() - readNanos.value() - decodeNanos.value() - networkNanos.value();
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("model", modelNanos.value() / 1e9);
    seconds.put("read", readNanos.value() / 1e9);
    seconds.put("decode", decodeNanos.value() / 1e9);
    seconds.put("noise", noise / 1e9);
    seconds.put("network", networkNanos.value() / 1e9);
    seconds.put("wait", waitNanos.value() / 1e9);
    return seconds;
  }

  /**
   * Adds the nanoseconds of a batch.
   *
   * @param network the part inside the feature model
   */
  public void batch(long whole, long network) {
    taskNanos.add(whole);
    networkNanos.add(network);
  }

  /**
   * Adds the nanoseconds of loading an image.
   *
   * @param read the part that fetched its bytes
   */
  public void loaded(long whole, long read) {
    readNanos.add(read);
    decodeNanos.add(whole - read);
  }
}
