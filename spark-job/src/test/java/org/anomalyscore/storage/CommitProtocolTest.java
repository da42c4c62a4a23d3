package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.internal.SQLConf;
import org.junit.jupiter.api.Test;

/** The class path of these tests has no spark-hadoop-cloud, as many installed Sparks have none. */
class CommitProtocolTest {

  private static final String CONF = "../conf/spark-defaults.conf";

  @Test
  void aSparkWithoutTheCommittersOfS3GetsItsDefaults() throws IOException {
    SparkConf given = new SparkConf(false);
    for (String line : Files.readAllLines(Path.of(CONF))) {
      if (line.startsWith("spark.sql.")) {
        String[] setting = line.trim().split(" +", 2);
        given.set(setting[0], setting[1]);
      }
    }
    Map<String, String> replaced = CommitProtocol.withoutMissingClasses(given);
    SQLConf defaults = new SQLConf();
    assertEquals(2, replaced.size());
    replaced.forEach(
        (key, value) -> {
          assertTrue(given.get(key).contains(".cloud."), key);
          assertEquals(defaults.getConfString(key), value);
        });
  }

  @Test
  void otherSettingsStand() {
    assertEquals(Map.of(), CommitProtocol.withoutMissingClasses(new SparkConf(false)));
    SparkConf given =
        new SparkConf(false).set("spark.sql.sources.commitProtocolClass", "org.example.Own");
    assertEquals(Map.of(), CommitProtocol.withoutMissingClasses(given));
  }
}
