package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scores of a float64 model on this machine and, as it were, on others: PyTorch, MKL and oneDNN
 * each with the kernels of old CPUs; nightly batches of other sizes and two threads too. C and V
 * are the same within 1e-9, and the evaluation to the last printed digit.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(2)
class SameNumbersIT {

  /** Images of each set. */
  private static final int IMAGES = 10;

  private static final double TOLERANCE = 1e-9;

  /** What makes each library take the kernels that any 64-bit CPU has. */
  private static final Map<String, String> OTHER_CPU =
      Map.of(
          "ATEN_CPU_CAPABILITY",
          "default",
          "MKL_CBWR",
          "COMPATIBLE",
          "ONEDNN_MAX_CPU_ISA",
          "SSE41");

  @TempDir static Path folder;

  private Night expected;

  /**
   * What a benchmark of the same images has left.
   *
   * @param tables their folder
   * @param leaderboard as it was printed, without the table's place
   */
  private record Night(Path tables, String leaderboard) {}

  /**
   * By spark-submit, on images of which one file is none, so that exit code 4 is expected. The
   * nightly tests evaluate too.
   */
  @Test
  void anotherMachineGivesTheDemosScores() throws Exception {
    Demo demo = Demo.once();
    Path tables = folder.resolve("elsewhere");
    Path images = sample("fresh-draws");
    Files.writeString(images.resolve("broken.png"), "no image");
    JobProcess process =
        JobProcess.sparkSubmit(
            "score",
            "--images",
            images.toString(),
            "--dataset",
            "fresh-draws",
            "--model",
            demo.model().toString(),
            "--profile",
            "repeatable",
            "--out",
            tables.toString());
    OTHER_CPU.forEach(process::env);
    JobProcess.Result result = process.run();
    assertEquals(4, result.exitCode(), result::toString);
    assertSameScores(IMAGES, "image_id", demo.tables(), tables);
    assertKernels(tables, "NO AVX");
  }

  private void scoreOnThisMachine() throws Exception {
    if (expected != null) {
      return;
    }
    for (String set : List.of("reference", "blurred", "broken-geometry")) {
      sample(set);
    }
    expected = warm("expected", 1, 1);
    assertEquals(
        List.of("[" + 3 * IMAGES + "]"),
        Tables.sql("SELECT count(*) FROM {0}", expected.tables().resolve("scores")));
    assertTrue(expected.leaderboard().contains("| broken-geometry"), expected::leaderboard);
  }

  private static Path sample(String set) throws Exception {
    Path own = Files.createDirectories(folder.resolve(set));
    try (Stream<Path> files = Files.list(Demo.once().images().resolve(set))) {
      for (Path file : files.sorted().limit(IMAGES).toList()) {
        Files.copy(file, own.resolve(file.getFileName()));
      }
    }
    return own;
  }

  @Test
  @Tag("nightly")
  void batchesAndThreadsChangeNothing() throws Exception {
    scoreOnThisMachine();
    assertSame(warm("batch-7", 7, 1));
    assertSame(warm("batch-64-threads-2", 64, 2));
  }

  @Test
  @Tag("nightly")
  void anotherMachineChangesNothing() throws Exception {
    scoreOnThisMachine();
    Night other = cold("all", OTHER_CPU, 7);
    assertSame(other);
    assertKernels(other.tables(), "NO AVX");
  }

  @Test
  @Tag("nightly")
  void noLibraryAloneAndNoBatchThereChangesAnything() throws Exception {
    scoreOnThisMachine();
    Map<String, Map<String, String>> machines = new LinkedHashMap<>();
    OTHER_CPU.forEach((name, value) -> machines.put(name, Map.of(name, value)));
    machines.put("all", OTHER_CPU);
    for (Map.Entry<String, Map<String, String>> machine : machines.entrySet()) {
      for (int batch : new int[] {1, 7, 64}) {
        assertSame(cold(machine.getKey() + "-" + batch, machine.getValue(), batch));
      }
    }
  }

  /** Else nothing would be compared. */
  private static void assertKernels(Path tables, String capability) {
    List<String> recorded =
        Tables.sql(
            "SELECT DISTINCT arithmetic FROM {0} WHERE command = 'score'", tables.resolve("runs"));
    assertEquals(1, recorded.size(), recorded::toString);
    assertTrue(recorded.get(0).contains("\"float64, cpu " + capability + " "), recorded::toString);
  }

  private void assertSame(Night night) {
    assertEquals(expected.leaderboard(), night.leaderboard());
    assertSameScores(3 * IMAGES, "path", expected.tables(), night.tables());
  }

  private static void assertSameScores(int images, String key, Path a, Path b) {
    String worst =
        """
        SELECT count(*), max(abs(a.complexity / b.complexity - 1)) < %1$s,
          max(abs(a.vulnerability / b.vulnerability - 1)) < %1$s,
          max(abs(a.complexity / b.complexity - 1)) AS c,
          max(abs(a.vulnerability / b.vulnerability - 1)) AS v
        FROM {0} a JOIN {1} b USING (%2$s)
        """
            .formatted(TOLERANCE + "D", key);
    String found = Tables.sql(worst, a.resolve("scores"), b.resolve("scores")).get(0);
    assertTrue(found.startsWith("[" + images + ",true,true,"), found);
  }

  private static Night warm(String name, int batch, int threads) throws Exception {
    return night(
        name,
        WarmJob.run(Map.of("spark.task.cpus", Integer.toString(threads)), benchmark(name, batch)));
  }

  private static Night cold(String name, Map<String, String> environment, int batch)
      throws Exception {
    JobProcess process = JobProcess.script(benchmark(name, batch));
    environment.forEach(process::env);
    return night(name, process.run());
  }

  private static String[] benchmark(String name, int batch) throws Exception {
    Path own = Files.createDirectories(folder.resolve("nights").resolve(name));
    Path manifest =
        Files.writeString(
            own.resolve("manifest.yaml"),
            """
            models: [%s]
            reference: {name: reference, images: %s}
            generators:
              - {name: blurred, images: %s}
              - {name: broken-geometry, images: %s}
            batch_size: %d
            outputs: {tables: tables}
            """
                .formatted(
                    Demo.once().model(),
                    folder.resolve("reference"),
                    folder.resolve("blurred"),
                    folder.resolve("broken-geometry"),
                    batch));
    return new String[] {"benchmark", "--manifest", manifest.toString()};
  }

  private static Night night(String name, JobProcess.Result result) throws IOException {
    assertEquals(0, result.exitCode(), result::toString);
    Path tables = folder.resolve("nights").resolve(name).resolve("tables");
    return new Night(tables, Files.readString(tables.resolve("leaderboard.txt")));
  }
}
