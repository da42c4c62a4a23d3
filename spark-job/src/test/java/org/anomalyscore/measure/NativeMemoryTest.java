package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Arrays outside the heap must go when their batch is done, and a predictor with its task. */
class NativeMemoryTest {

  private static final Path STATUS = Path.of("/proc/self/status");

  @Test
  @Tag("nightly")
  void thousandsOfBatchesInHundredsOfPartitionsKeepTheirMemory() throws IOException {
    assumeTrue(Files.exists(STATUS), "resident memory is read from /proc, which is Linux's");
    List<InputImage> inputs = TestModels.inputs().subList(0, 4);
    // The first half lets the allocator and the JIT compiler reach their size.
    partitions(200, inputs);
    System.gc();
    long before = residentMebibytes();
    partitions(200, inputs);
    System.gc();
    long grown = residentMebibytes() - before;
    // 200 partitions of 10 batches of 12 KiB: a leak of one input a batch grows by 24 MiB.
    assertTrue(grown < 20, "resident memory grew by " + grown + " MiB");
  }

  /** Few steps, so that there is time for many batches. */
  private static final ScoreParameters SHORT =
      ScoreParameters.PAPER.with(Parameter.NOISE_STEPS, 2).with(Parameter.ATTACK_STEPS, 2);

  private static void partitions(int count, List<InputImage> inputs) throws IOException {
    for (int p = 0; p < count; p++) {
      try (ScorePredictor predictor = TestModels.predictor("tiny", SHORT, inputs.size())) {
        for (int batch = 0; batch < 10; batch++) {
          predictor.measure(inputs);
        }
      }
    }
  }

  private static long residentMebibytes() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException("no VmRSS in " + STATUS);
  }
}
