package org.anomalyscore.measure;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.ScratchFolder;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Runs {@link ModelTrial} in a process of its own. A TorchScript module is code, and some code
 * takes the whole process with it: a crash of native code ends no Java method with an exception.
 */
final class TrialProcess {

  /** By name: the rooms above this one hold what starts a process. */
  private static final String MAIN = "org.anomalyscore.job.TrialMain";

  /** What {@link #MAIN} ends with where the model is refused; the message is in the file. */
  private static final int REFUSED = 3;

  /** A process that a signal ended has this and the signal's number as its exit code. */
  private static final int SIGNAL = 128;

  private static final int KILL = SIGNAL + 9;

  /** The report of a JVM that native code crashed, which ends with exit code 1 without a core. */
  private static final String CRASH = "crash";

  /** What a JVM says that finds no memory for its heap, or for what it keeps beside it. */
  private static final Pattern NO_MEMORY =
      Pattern.compile("Could not reserve enough space|insufficient memory|Cannot allocate memory");

  private static final int MOST_MINUTES = 10;

  /** Among the hooks of the process's end, before Spark's. */
  private static final int EARLY = 90;

  /** Models that have passed in this process; benchmark opens each for many sets. */
  private static final Set<String> PASSED = ConcurrentHashMap.newKeySet();

  private TrialProcess() {}

  /**
   * Tries a model.
   *
   * @throws UserException if it cannot be used, or ends its process
   */
  static void require(Path copy, String sha256, ModelCard card, int batchSize) throws IOException {
    String name = sha256 + card + batchSize;
    if (PASSED.contains(name)) {
      return;
    }
    Path folder = ScratchFolder.create("trial");
    Path cardFile = folder.resolve("card.json");
    Files.writeString(cardFile, Json.write(card), StandardCharsets.UTF_8);
    Path message = folder.resolve("message");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(copy, cardFile, card, batchSize, message, folder))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int code = wait(process, card);
    if (code == REFUSED) {
      throw new UserException(Files.readString(message, StandardCharsets.UTF_8));
    }
    if (code == KILL || saysNoMemory(log) || saysNoMemory(folder.resolve(CRASH))) {
      throw new UserException(noMemory(card, code));
    }
    if (code >= SIGNAL || Files.exists(folder.resolve(CRASH))) {
      throw new UserException(crashed(card, code));
    }
    if (code != 0) {
      throw new IllegalStateException(
          "The trial of the feature model ended with exit code "
              + code
              + ": "
              + Files.readString(log, StandardCharsets.UTF_8));
    }
    PASSED.add(name);
  }

  private static int wait(Process process, ModelCard card) {
    // A signal ends this process without a look at what this method would do at its end.
    Runnable end = process::destroyForcibly;
    ShutdownHookManager.get().addShutdownHook(end, EARLY);
    try {
      process.getOutputStream().close();
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        throw new UserException(
            "The feature model %s did not measure one batch in %d minutes. Give a smaller model or --batch-size; a module that never ends does this too."
                .formatted(card.name(), MOST_MINUTES));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted during the trial of a feature model", e);
    } catch (IOException e) {
      throw new IllegalStateException("The input of a process cannot be closed", e);
    } finally {
      ShutdownHookManager.get().removeShutdownHook(end);
      process.destroyForcibly();
    }
  }

  private static boolean saysNoMemory(Path file) throws IOException {
    // Bytes, since a module may have written any there.
    return Files.exists(file)
        && NO_MEMORY
            .matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .find();
  }

  private static String noMemory(ModelCard card, int code) {
    return "The feature model "
        + card.name()
        + " was tried in a process of its own, which "
        + (code == KILL ? "was killed (exit code 137)" : "found too little memory")
        + ". The usual cause is that the machine or container has too little: give it more, or a"
        + " smaller --batch-size.";
  }

  private static String crashed(ModelCard card, int code) {
    return "The feature model "
        + card.name()
        + " cannot be used: the module crashed PyTorch (in a process of its own, which ended with"
        + " exit code "
        + code
        + "). Its code reads or writes memory that is not its own, or was made for another"
        + " PyTorch. Export it anew, and use a file only if you trust whoever made it: a module is"
        + " code.";
  }

  /** Two batches of images in double, and what they are copied through on their way to PyTorch. */
  private static long heapMegabytes(ModelCard card, int batchSize) {
    long size = card.input().size();
    return 256 + 5L * batchSize * 3 * size * size * Double.BYTES / (1 << 20);
  }

  private static List<String> command(
      Path copy, Path cardFile, ModelCard card, int batchSize, Path message, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As started as a process of seconds can be, but for a collector: the user's environment may
    // name another, and a JVM with two does not start. A crash leaves no report and no core behind.
    command.addAll(
        List.of(
            "-Xmx" + heapMegabytes(card, batchSize) + "m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + folder.resolve(CRASH),
            "-Dlog4j2.level=OFF",
            "-Dfile.encoding=UTF-8",
            "-Djava.io.tmpdir=" + folder));
    // Where DJL finds its libraries and keeps them.
    System.getProperties()
        .forEach(
            (key, value) -> {
              if (key.toString().matches("(ai\\.djl|DJL|ENGINE|PYTORCH).*")) {
                command.add("-D" + key + "=" + value);
              }
            });
    command.addAll(List.of("-cp", classPath(), MAIN));
    command.addAll(
        List.of(
            copy.toString(), cardFile.toString(), Integer.toString(batchSize), message.toString()));
    return command;
  }

  /** Under spark-submit the job's jar is not on the JVM's class path. */
  private static String classPath() {
    try {
      Path ours =
          Path.of(TrialProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return ours + File.pathSeparator + System.getProperty("java.class.path");
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The place of our own classes must be a path", e);
    }
  }
}
