package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anomalyscore.measure.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a process of its own, which a signal ends. */
class InterruptionTest {

  @TempDir Path folder;

  private Process start(Path err) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx700m",
            "-XX:TieredStopAtLevel=1",
            "-Dspark.ui.enabled=false",
            "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
            "-Dlog4j2.configurationFile=" + Path.of("../conf/log4j2.properties").toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(
        List.of(
            "score",
            "--master",
            "local[2]",
            "--images",
            folder.resolve("images").toString(),
            "--dataset",
            "set",
            "--model",
            TestModels.folder().resolve("tiny.pt").toString(),
            "--out",
            folder.resolve("out").toString(),
            "--slice",
            "8",
            "--batch-size",
            "8"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(err.toFile())
        .start();
  }

  private long savedRows() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("out/scores"))) {
      return files.filter(file -> file.toString().matches(".*/part-[^/]*parquet")).count();
    } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  @Test
  void aSignalLeavesOneLineAndAKillNoCopies() throws Exception {
    Files.createDirectories(folder.resolve("images"));
    for (Path image : TestModels.images()) {
      for (int i = 0; i < 80; i++) {
        Files.copy(image, folder.resolve("images/" + i + image.getFileName()));
      }
    }
    Path err = folder.resolve("err");
    Process killed = start(err);
    awaitSlices(killed, 1, err);
    killed.destroyForcibly().waitFor();
    Set<Path> left = scratch();
    assertTrue(left.size() >= 2, left.toString());

    Process run = start(err);
    long before = savedRows();
    awaitSlices(run, before + 2, err);
    assertEquals(Set.of(), scratch().stream().filter(left::contains).collect(Collectors.toSet()));
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
