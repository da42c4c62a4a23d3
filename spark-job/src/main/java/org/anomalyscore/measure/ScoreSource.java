package org.anomalyscore.measure;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
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

  /** Shows a run's numbers by name; an earlier run's are taken away. */
  static void show(Map<String, Gauge<Number>> gauges) {
    MetricRegistry registry = new MetricRegistry();
    gauges.forEach(registry::register);
    MetricsSystem system = SparkEnv.get().metricsSystem();
    CollectionConverters.asJava(system.getSourcesByName(NAME)).forEach(system::removeSource);
    system.registerSource(new ScoreSource(NAME, registry));
  }
}
