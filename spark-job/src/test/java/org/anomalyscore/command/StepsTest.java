package org.anomalyscore.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

class StepsTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private static SparkListenerJobStart job(String description) {
    Properties properties = new Properties();
    if (description != null) {
      properties.setProperty("spark.job.description", description);
    }
    return new SparkListenerJobStart(
        1, 1, CollectionConverters.asScala(List.<StageInfo>of()).toSeq(), properties);
  }

  @Test
  void saysEachStepOnceAndItsTimeAtTheEnd() {
    Steps steps = new Steps(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    for (String description :
        new String[] {
          "list images",
          "try",
          null,
          "list images",
          "count at A.java:66",
          "score 10 % (a)",
          "score 20 % (a)"
        }) {
      if ("try".equals(description)) {
        Steps.beginTrial();
      } else {
        steps.onJobStart(job(description));
      }
    }
    steps.onApplicationEnd(new SparkListenerApplicationEnd(0, Option.empty()));
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(
        List.of(
            "anomaly-score: start Spark",
            "anomaly-score: list images",
            "anomaly-score: try the model",
            "anomaly-score: list images",
            "anomaly-score: score (a)"),
        lines.subList(0, 5));
    assertEquals(6, lines.size());
    assertTrue(
        lines
            .get(5)
            .matches(
                "anomaly-score: \\d+\\.\\d s in all: start Spark \\d+\\.\\d s, list images"
                    + " \\d+\\.\\d s, try the model \\d+\\.\\d s, score \\(a\\) \\d+\\.\\d s"),
        lines.get(5));
  }
}
