package org.anomalyscore.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * bin/release in a clone of this checkout's last commit, and what it lays out: as Maven Central
 * wants it, signed, the same in two builds (else the script fails), and used by {@code --packages}
 * from there, with no other repository.
 */
@Tag("compatibility")
@Isolated("each has both cores to itself")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReleaseIT {

  private static final String VERSION = "9.8.7";

  /** Whose key signs; it is made for this test and lost with it. */
  private static final String SIGNER = "tester@example.org";

  /** The published artifacts and a class of each. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "anomaly-score-udf", "org/anomalyscore/functions/AnomalyScoreExtensions",
          "anomaly-score-job", "org/anomalyscore/job/Main");

  @TempDir static Path folder;

  private Path clone;
  private Path repository;
  private Path keys;

  @BeforeAll
  void release() throws Exception {
    assumeTrue(
        JobProcess.of(List.of("bash", "-c", "command -v gpg")).run().exitCode() == 0, "no gpg");
    clone = folder.resolve("clone");
    git(folder, "clone", "-q", Checkout.ROOT.toString(), clone.toString());
    git(clone, "config", "user.name", "A tester");
    git(clone, "config", "user.email", SIGNER);
    // Its sockets lie in it, whose paths must be short. It takes no folder that others may read.
    keys = Files.createTempDirectory("keys");
    gpg("--passphrase", "", "--quick-generate-key", SIGNER);
    JobProcess.Result result = release(VERSION, "--sign", SIGNER);
    assertEquals(0, result.exitCode(), result::toString);
    System.out.print(result.out());
    repository = clone.resolve("target/release");
  }

  @AfterAll
  void loseTheKey() throws Exception {
    if (keys == null) {
      return;
    }
    run(List.of("gpgconf", "--homedir", keys.toString(), "--kill", "all"));
    try (Stream<Path> all = Files.walk(keys)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private JobProcess.Result release(String... arguments) throws Exception {
    return JobProcess.script(clone.resolve("bin/release"), arguments)
        .timeout(Duration.ofMinutes(60))
        .env("JAVA_HOME", System.getProperty("java.home"))
        .env("GNUPGHOME", keys.toString())
        .run();
  }

  private JobProcess.Result gpg(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("gpg", "--batch", "--homedir", keys.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static JobProcess.Result run(List<String> command) throws Exception {
    JobProcess.Result result = JobProcess.of(command).run();
    assertEquals(0, result.exitCode(), result::toString);
    return result;
  }

  private static String git(Path in, String... arguments) throws Exception {
    List<String> command =
        Stream.concat(Stream.of("git"), Arrays.stream(arguments)).collect(Collectors.toList());
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), out);
    return out;
  }

  @Test
  void commitsAndTagsAndGoesOn() throws Exception {
    assertEquals("v" + VERSION, git(clone, "tag", "--list", "v*"));
    assertTrue(
        git(clone, "show", "v" + VERSION + ":pom.xml").contains("<revision>9.8.7</revision>"));
    assertTrue(git(clone, "show", "v" + VERSION + ":CHANGES.md").contains("## 9.8.7"));
    assertTrue(
        Files.readString(clone.resolve("pom.xml")).contains("<revision>9.9.0-SNAPSHOT</revision>"));
    assertTrue(
        Files.readString(clone.resolve("CHANGES.md"))
            .startsWith("# Changes\n\n## Next\n\n## 9.8.7\n"));
    assertEquals("", git(clone, "status", "--porcelain"));
  }

  @Test
  void refusesWhatIsNotReady() throws Exception {
    assertRefused("has nothing under Next", "9.9.0");
    assertRefused("the tag v9.8.7 exists already", VERSION);
    assertRefused("usage: bin/release X.Y.Z", "9.9");
    assertRefused("gpg has no secret key", "9.9.0", "--sign", "nobody@example.org");
  }

  private void assertRefused(String message, String... arguments) throws Exception {
    JobProcess.Result result = release(arguments);
    assertEquals(2, result.exitCode(), result::toString);
    assertTrue(result.err().contains(message), result::toString);
  }

  @Test
  void laysOutWhatMavenCentralWants() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String artifact : ARTIFACTS.keySet()) {
      for (String end :
          List.of(".jar", ".pom", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")) {
        for (String sum : List.of("", ".md5", ".sha1", ".asc")) {
          expected.add(place(artifact) + end + sum);
        }
      }
    }
    try (Stream<Path> files = Files.walk(repository)) {
      assertEquals(
          expected,
          files
              .filter(Files::isRegularFile)
              .map(file -> repository.relativize(file).toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    for (Map.Entry<String, String> artifact : ARTIFACTS.entrySet()) {
      String start = repository.resolve(place(artifact.getKey())).toString();
      String pom = Files.readString(Path.of(start + ".pom"));
      for (String element :
          List.of("name", "description", "url", "license", "developer", "scm", "connection")) {
        assertTrue(pom.contains("</" + element + ">"), () -> element + " is not in " + pom);
      }
      for (String foreign : List.of("<parent", "<dependency", "${")) {
        assertFalse(pom.contains(foreign), () -> foreign + " is in " + pom);
      }
      assertHolds(start + ".jar", artifact.getValue() + ".class");
      assertHolds(start + "-sources.jar", artifact.getValue() + ".java");
      assertHolds(start + "-javadoc.jar", "index.html");
      assertTrue(
          Files.readString(Path.of(start + "-cyclonedx.json"))
              .contains("pkg:maven/org.apache.commons/commons-statistics-inference@"));
    }
  }

  @Test
  void signsEachFile() throws Exception {
    try (Stream<Path> files = Files.walk(repository)) {
      List<Path> signatures = files.filter(file -> file.toString().endsWith(".asc")).toList();
      assertEquals(10, signatures.size());
      for (Path signature : signatures) {
        String signed = signature.toString().replaceFirst("\\.asc$", "");
        JobProcess.Result result =
            gpg("--status-fd", "1", "--verify", signature.toString(), signed);
        assertTrue(result.out().contains("GOODSIG"), result::toString);
        assertTrue(result.out().contains(SIGNER), result::toString);
      }
    }
  }

  private static String place(String artifact) {
    return "org/anomalyscore/%1$s/%2$s/%1$s-%2$s".formatted(artifact, VERSION);
  }

  private static void assertHolds(String zip, String entry) throws IOException {
    try (ZipFile file = new ZipFile(zip)) {
      assertTrue(file.getEntry(entry) != null, () -> zip + " has no " + entry);
    }
  }

  @Test
  void sqlSessionsTakeTheFunctionsByPackages() throws Exception {
    JobProcess.Result result =
        JobProcess.sqlSession("-e", "SELECT as_i(2D, 3D)")
            .packages(
                "org.anomalyscore:anomaly-score-udf:" + VERSION, repository, folder.resolve("sql"))
            .conf("spark.sql.extensions", "org.anomalyscore.functions.AnomalyScoreExtensions")
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(List.of("1.5\n"), SqlSession.results(result.out()));
  }

  @Test
  void sparkSubmitTakesTheJobByPackages() throws Exception {
    Path demo = folder.resolve("demo");
    JobProcess.Result result =
        JobProcess.sparkSubmitWithoutJar("demo", "--images", "8", "--out", demo.toString())
            .packages(
                "org.anomalyscore:anomaly-score-job:" + VERSION, repository, folder.resolve("job"))
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(
        List.of("[" + VERSION + "]"),
        Tables.sql("SELECT DISTINCT project_version FROM {0}", demo.resolve("tables/runs")));
  }
}
