package org.anomalyscore.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The jars of Sparks that are not the project's own, laid out by the pom of spark-home. */
final class OtherSpark {

  /** Of a Spark whose MLlib is not on Maven Central. */
  private static final String WITHOUT_MLLIB = "-Dwithout.mllib";

  /** What of other versions belongs to each, and what of it there is. */
  private static final Map<String, List<String>> OPTIONS =
      Map.of(
          "4.0.1",
          List.of(
              "-Dcommitters.version=4.0.1",
              "-Dhadoop.version=3.4.1",
              "-Dawssdk.version=2.25.53",
              "-Dnetty.version=4.1.118.Final",
              "-Dnetlib.version=3.0.3"),
          "4.1.1",
          List.of(
              WITHOUT_MLLIB,
              "-Dcommitters.version=4.1.1",
              "-Dhadoop.version=3.4.2",
              "-Dawssdk.version=2.29.52",
              "-Dnetty.version=4.2.7.Final",
              "-Dnetlib.version=3.0.4"));

  private OtherSpark() {}

  /** False where this Spark comes without MLlib. */
  static boolean hasMllib(String version) {
    return !OPTIONS.getOrDefault(version, List.of()).contains(WITHOUT_MLLIB);
  }

  /** A folder whose {@code jars} are those of this Spark; Maven lays them out once. */
  static synchronized Path home(String version) throws IOException, InterruptedException {
    Path home = Checkout.ROOT.resolve("integration-tests/target/spark-" + version);
    Path done = home.resolve("done");
    if (!Files.exists(done)) {
      List<String> maven =
          new ArrayList<>(List.of("./mvnw", "-B", "-q", "-ntp", "package", "-pl", "spark-home"));
      maven.addAll(List.of("-Dspark.version=" + version, "-Dspark.jars=" + home.resolve("jars")));
      maven.addAll(OPTIONS.get(version));
      String repository = System.getProperty("maven.repo.local");
      if (repository != null) {
        maven.add("-Dmaven.repo.local=" + repository);
      }
      Process process =
          new ProcessBuilder(maven).directory(Checkout.ROOT.toFile()).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", maven) + " failed; see above.");
      }
      Files.createFile(done);
    }
    return home;
  }
}
