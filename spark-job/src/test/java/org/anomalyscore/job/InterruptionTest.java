package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anomalyscore.measure.TestModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run in a process of its own, which a signal ends. */
class InterruptionTest {

  @TempDir Path folder;

  private Process start(Path err) throws IOException {
    return start(err, TestModels.folder().resolve("tiny.pt"));
  }

  private Process start(Path err, Path model) throws IOException {
    return MainProcess.start(
        folder,
        err,
        "score",
        "--quiet",
        "--master",
        "local[2]",
        "--images",
        folder.resolve("images").toString(),
        "--dataset",
        "set",
        "--model",
        model.toString(),
        "--out",
        folder.resolve("out").toString(),
        "--slice",
        "8",
        "--batch-size",
        "8");
  }

  private long savedRows() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("out/scores"))) {
      return files.filter(file -> file.toString().matches(".*/part-[^/]*parquet")).count();
    } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  @Test
  void aSignalLeavesOneLine() throws Exception {
    copyImages();
    Path err = folder.resolve("err");
    assertOneLineIsLeft(start(err), 1, err);
  }

  /** The next run removes them; a signal ends that run as usual. */
  @Test
  @Tag("nightly")
  void aKillLeavesNoCopies() throws Exception {
    copyImages();
    Path err = folder.resolve("err");
    Process killed = start(err);
    awaitSlices(killed, 1, err);
    killed.destroyForcibly().waitFor();
    Set<Path> left = scratch();
    assertTrue(left.size() >= 2, left.toString());
    Process run = start(err);
    long before = savedRows();
    awaitSlices(run, before + 1, err);
    assertEquals(Set.of(), scratch().stream().filter(left::contains).collect(Collectors.toSet()));
    assertOneLineIsLeft(run, before + 2, err);
  }

  private void copyImages() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    for (Path image : TestModels.images()) {
      for (int i = 0; i < 40; i++) {
        Files.copy(image, folder.resolve("images/" + i + image.getFileName()));
      }
    }
  }

  private void assertOneLineIsLeft(Process run, long slices, Path err) throws Exception {
    awaitSlices(run, slices, err);
    run.destroy();
    assertTrue(run.waitFor(60, TimeUnit.SECONDS), "the process does not end");
    String text = Files.readString(err);
    assertEquals(143, run.exitValue(), text);
    List<String> lines = text.lines().filter(line -> line.startsWith("anomaly-score:")).toList();
    assertEquals(1, lines.size(), text);
    assertTrue(
        lines
            .get(0)
            .matches("anomaly-score: interrupted; \\d+ images are saved; the same command goes on"),
        text);
    assertTrue(text.lines().noneMatch(line -> line.startsWith("\tat ")), text);
    assertTrue(text.lines().noneMatch(line -> line.contains("Exception")), text);
    assertEquals(Set.of(), scratch());
  }

  /** However the run ends, the process in which a model is tried ends with it. */
  @ParameterizedTest
  @Tag("nightly")
  @ValueSource(booleans = {false, true})
  void theTrialOfAModelEndsWithItsRun(boolean killed) throws Exception {
    Files.createDirectories(folder.resolve("images"));
    Files.copy(TestModels.images().get(0), folder.resolve("images/a.png"));
    Path err = folder.resolve("err");
    Process run = start(err, TestModels.folder().resolveSibling("faulty/endless.pt"));
    try {
      ProcessHandle trial = null;
      while (trial == null) {
        assertTrue(run.isAlive(), () -> read(err));
        TimeUnit.MILLISECONDS.sleep(50);
        // Hadoop starts shells besides.
        trial =
            run.children()
                .filter(child -> child.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElse(null);
      }
      // Under way, so that it watches its run.
      TimeUnit.SECONDS.sleep(5);
      assertTrue(trial.isAlive(), () -> read(err));
      if (killed) {
        run.destroyForcibly();
      } else {
        run.destroy();
      }
      assertTrue(run.waitFor(60, TimeUnit.SECONDS), "the process does not end");
      trial.onExit().get(60, TimeUnit.SECONDS);
    } finally {
      run.descendants().forEach(ProcessHandle::destroyForcibly);
      run.destroyForcibly();
    }
    if (!killed) {
      assertEquals(143, run.exitValue(), () -> read(err));
      assertEquals(
          List.of("anomaly-score: interrupted; the same command starts again"),
          read(err).lines().filter(line -> line.startsWith("anomaly-score:")).toList());
    }
  }

  private void awaitSlices(Process run, long slices, Path err) throws Exception {
    while (savedRows() < slices) {
      assertTrue(run.isAlive(), () -> read(err));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Set<Path> scratch() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("anomaly-score-"))
          .collect(Collectors.toSet());
    }
  }
}
