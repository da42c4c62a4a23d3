package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * conf/kubernetes/Dockerfile: what it names exists, and it builds. Spark's own image is not to be
 * had without a registry, so it is built by buildah on a Debian of debootstrap that has Spark where
 * that image has it.
 */
class ContainerIT {

  private static final Path DOCKERFILE = Checkout.ROOT.resolve("conf/kubernetes/Dockerfile");
  private static final Path JARS = Checkout.ROOT.resolve("conf/kubernetes/jars.sha256");

  private static final double TOLERANCE = 1e-9;

  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** Of the user spark in Spark's image. */
  private static final String USER = "185";

  /** Whoever adds a base is to pin it too. */
  @Test
  void basesNameTheirVersions() throws IOException {
    Map<String, String> arguments = new TreeMap<>();
    List<String> bases = new ArrayList<>();
    for (String line : Files.readAllLines(DOCKERFILE)) {
      if (line.startsWith("ARG ") && line.contains("=")) {
        arguments.put(line.replaceFirst("ARG (\\w+)=.*", "$1"), line.replaceFirst(".*?=", ""));
      } else if (line.startsWith("FROM ")) {
        bases.add(line.split(" ", -1)[1]);
      }
    }
    assertEquals(List.of("${SPARK}", "${PYTHON}", "${SPARK}", "job", "job"), bases);
    String spark = "apache/spark:%s-scala2.13-java17-ubuntu".formatted(versionOf("spark-core_"));
    assertEquals(spark, arguments.get("SPARK"));
    assertTrue(arguments.get("PYTHON").matches("python:3\\.\\d+\\.\\d+-slim-\\w+"));
  }

  private static String versionOf(String jar) {
    return jarOfSpark(jar).replaceFirst(".*-(\\d[\\d.]*)\\.jar", "$1");
  }

  private static String jarOfSpark(String start) {
    return Checkout.sparkJars().stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void takesFilesThatExist() throws IOException {
    List<String> sources = new ArrayList<>();
    for (String line : Files.readAllLines(DOCKERFILE)) {
      if (line.startsWith("COPY ") && !line.contains("--from")) {
        sources.add(line.split(" ", -1)[1].replace("${JAR}", "spark-job/target/anomaly-score.jar"));
      }
    }
    assertEquals(4, sources.size(), sources::toString);
    for (String source : sources) {
      assertTrue(Files.exists(Checkout.ROOT.resolve(source)), source);
    }
  }

  /** A raised version in a pom is to be raised here too. */
  @Test
  void addsTheJarsOfSparkHome() throws Exception {
    Map<String, String> listed = new TreeMap<>();
    for (String line : Files.readAllLines(JARS)) {
      if (!line.startsWith("#") && !line.endsWith("  arm64")) {
        String[] words = line.split("  ", -1);
        listed.put(words[1].replaceFirst(".*/", ""), words[0]);
      }
    }
    String sdk = jarOfSpark("s3-transfer-manager-").replace("s3-transfer-manager", "");
    TreeSet<String> added = new TreeSet<>();
    for (Path jar : Checkout.sparkJars()) {
      String name = jar.getFileName().toString();
      if (listed.containsKey(name)) {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        assertEquals(HexFormat.of().formatHex(sum), listed.get(name), name);
      }
      if (listed.containsKey(name) || name.endsWith(sdk)) {
        added.add(name);
      }
    }
    assertEquals(listed.keySet(), added);
    for (String jar : List.of("hadoop-aws-", "spark-hadoop-cloud_")) {
      assertTrue(listed.containsKey(jarOfSpark(jar)), jar);
    }
  }

  @Test
  void addsThePyTorchThatTheJobIsFor() throws IOException {
    String pom = Files.readString(Checkout.ROOT.resolve("pom.xml"));
    String version = pom.replaceFirst("(?s).*<pytorch.version>(.*?)</.*", "$1");
    String jars = Files.readString(JARS);
    assertTrue(jars.contains("/pytorch-native-cpu-" + version + "-linux-aarch64.jar  arm64\n"));
    String text = Files.readString(DOCKERFILE);
    assertTrue(text.contains("PYTORCH_VERSION=" + version + " "));
    assertTrue(text.contains("/torch-" + version + "%2B"));
  }

  @Test
  @Tag("compatibility")
  void buildsAndRunsTheDemoAsAUser() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "debootstrap needs root");
    for (String tool : List.of("debootstrap", "buildah")) {
      assumeTrue(isInstalled(tool), "there is no " + tool + " here (apt install " + tool + ")");
    }
    Path work = Checkout.scratch("container");
    Path debian = work.resolve("debian");
    Builder builder = new Builder(work);
    try {
      layOutSpark(debian);
      builder.buildah("from", "--name", "spark", "scratch");
      builder.buildah("add", "spark", debian.toString(), "/");
      builder.buildah("config", "--user", "spark", "spark");
      builder.buildah("config", "--env", "SPARK_HOME=/opt/spark", "--env", PATH, "spark");
      builder.buildah("config", "--workingdir", "/opt/spark/work-dir", "spark");
      builder.buildah("commit", "spark", "localhost/spark");
      List<String> build = new ArrayList<>(List.of("build", "--isolation", "chroot"));
      build.addAll(List.of("--pull=never", "--build-arg", "SPARK=localhost/spark"));
      build.addAll(List.of("-f", DOCKERFILE.toString(), "-t", "localhost/job"));
      build.add(Checkout.ROOT.toString());
      builder.buildah(build.toArray(String[]::new));

      builder.buildah("from", "--pull=never", "--name", "job", "localhost/job");
      Path image = Path.of(builder.buildah("mount", "job").strip());
      System.out.printf(
          "The image is %d MB, of which the base has %d MB.%n",
          megabytes(image), megabytes(debian));
      assertEquals(USER, builder.run("id", "-u").strip());
      String demo = builder.run("anomaly-score", "demo", "--images", "8", "--out", "/tmp/demo");
      assertTrue(demo.contains("Anomaly Score"), demo);
      assertSameScores(image.resolve("tmp/demo/tables/scores"));
    } finally {
      builder.removeAll();
    }
  }

  private static boolean isInstalled(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  /** As Spark's image has it, with the jars of this checkout, which are fewer. */
  private static void layOutSpark(Path debian) throws Exception {
    command(
        "debootstrap",
        "--variant=minbase",
        "--include=ca-certificates,openjdk-17-jre-headless,wget",
        "bookworm",
        debian.toString());
    command(
        "chroot", "" + debian, "useradd", "--system", "-u", USER, "-d", "/nonexistent", "spark");
    Path jars = Files.createDirectories(debian.resolve("opt/spark/jars"));
    String added = Files.readString(JARS);
    for (Path jar : Checkout.sparkJars()) {
      if (!added.contains("/" + jar.getFileName())) {
        Files.copy(jar, jars.resolve(jar.getFileName()));
      }
    }
    Files.createDirectories(debian.resolve("opt/spark/work-dir"));
    // The certificates that this machine trusts.
    Path trusted = Path.of("etc/ssl/certs/ca-certificates.crt");
    Files.copy(
        Path.of("/").resolve(trusted),
        debian.resolve(trusted),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The demo's model computes in float64, whose scores are the same on any machine. */
  private static void assertSameScores(Path scores) throws Exception {
    Path outside = Checkout.scratch("demo-outside");
    command("" + Checkout.SCRIPT, "demo", "--images", "8", "--out", "" + outside, "--quiet");
    String query =
        """
        SELECT count(*), max(abs(a.complexity / b.complexity - 1)),
          max(abs(a.vulnerability / b.vulnerability - 1))
        FROM {0} a FULL JOIN {1} b USING (dataset, image_id)
        """;
    String[] found =
        Tables.sql(query, outside.resolve("tables/scores"), scores)
            .get(0)
            .replaceAll("[\\[\\]]", "")
            .split(",", -1);
    System.out.println("Images, and the largest differences: " + String.join(", ", found));
    assertEquals(Tables.sql("SELECT count(*) FROM {0}", scores).get(0), "[" + found[0] + "]");
    for (String difference : List.of(found[1], found[2])) {
      assertTrue(Double.parseDouble(difference) <= TOLERANCE, difference);
    }
  }

  private static long megabytes(Path folder) throws Exception {
    return Long.parseLong(command("du", "-sxm", "" + folder).replaceFirst("(?s)\\s.*", ""));
  }

  private static String command(String... words) throws Exception {
    JobProcess.Result result = JobProcess.of(List.of(words)).timeout(Duration.ofHours(1)).run();
    assertEquals(0, result.exitCode(), () -> String.join(" ", words) + ": " + result);
    return result.out();
  }

  /** Buildah with images and containers of its own. */
  private record Builder(Path work) {

    String buildah(String... words) throws Exception {
      List<String> all = new ArrayList<>(List.of("buildah", "--root", "" + work.resolve("images")));
      all.addAll(List.of("--runroot", "" + work.resolve("run")));
      Collections.addAll(all, words);
      return command(all.toArray(String[]::new));
    }

    /** Runs a program in the job's container. */
    String run(String... words) throws Exception {
      List<String> all = new ArrayList<>(List.of("run", "--isolation", "chroot", "job"));
      Collections.addAll(all, words);
      return buildah(all.toArray(String[]::new));
    }

    /** Unmounts all, and removes what is large. */
    void removeAll() throws Exception {
      buildah("rm", "--all");
      buildah("rmi", "--all", "--force");
      command("rm", "-rf", "--one-file-system", "" + work.resolve("debian"));
    }
  }
}
