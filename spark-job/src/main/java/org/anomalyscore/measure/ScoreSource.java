package org.anomalyscore.measure;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The counters of a run in Spark's metrics system, on the driver, where the Prometheus servlet, JMX
 * and every other sink show them. Not Spark's LongAccumulatorSource: it has no rates, and a second
 * run in one session could not take its names over.
 */
record ScoreSource(String sourceName, MetricRegistry metricRegistry) implements Source {

  private static final String NAME = "anomalyScore";

  /** Shows a run's counters; an earlier run's are taken away. */
  static void show(ScoreMetrics metrics) {
    MetricRegistry registry = new MetricRegistry();
    long begin = System.nanoTime();
    gauge(registry, "images_scored", () -> metrics.scored().value());
    gauge(registry, "images_rejected", () -> metrics.rejected().value());
    gauge(
        registry, "images_per_second", () -> metrics.images() * 1e9 / (System.nanoTime() - begin));
    metrics
        .secondsByStage()
        .keySet()
        .forEach(
            stage ->
                gauge(registry, stage + "_seconds", () -> metrics.secondsByStage().get(stage)));
    MetricsSystem system = SparkEnv.get().metricsSystem();
    CollectionConverters.asJava(system.getSourcesByName(NAME)).forEach(system::removeSource);
    system.registerSource(new ScoreSource(NAME, registry));
  }

  private static void gauge(MetricRegistry registry, String name, Gauge<Number> value) {
    registry.register(name, value);
  }
}
