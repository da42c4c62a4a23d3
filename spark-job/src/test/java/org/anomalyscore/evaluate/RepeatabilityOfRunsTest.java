package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Correlation;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one run says of its repeatability, against a run under another seed: 300 photographs of
 * CIFAR-10 as the reference, and 256 images of a diffusion model, by a trained ResNet-20.
 */
class RepeatabilityOfRunsTest {

  private static final AnomalyScore.Options NONE = new AnomalyScore.Options(0, 0, 0, 0.95);

  @TempDir Path folder;

  /**
   * The correlation of n pairs has a standard error of (1 - r²) / √n, at most 0.06 here, and that
   * of the repeatability is about as large.
   */
  @Test
  @Tag("nightly")
  void itIsTheCorrelationOfTwoRuns() throws IOException {
    Path cifar = TestModels.shared().resolve("data/cifar10");
    Path real = Files.createDirectories(folder.resolve("real"));
    try (Stream<Path> files = Files.walk(cifar.resolve("real"))) {
      List<Path> images = files.filter(Files::isRegularFile).sorted().toList();
      for (int i = 0; i < images.size(); i += images.size() / 300) {
        Files.copy(images.get(i), real.resolve(i + ".png"));
      }
    }
    Path generated = cifar.resolve("generated/ddpm");
    TableRow evaluation = null;
    for (int seed = 0; seed < 2; seed++) {
      score("real", real, seed);
      score("ddpm", generated, seed);
      evaluation =
          new Evaluator(store(seed), NONE)
              .evaluate(Run.start("test"), "real", List.of("ddpm"), null)
              .rows()
              .get(0);
    }
    for (String measure : List.of("complexity", "vulnerability", "as_i")) {
      for (String set : List.of("real", "ddpm")) {
        double correlation =
            Correlation.of(column(0, set, measure), column(1, set, measure), 1, 0).pearson();
        String column = (set.equals("real") ? "reference_" : "") + "repeatability_" + measure;
        double stated = (Double) evaluation.get(column);
        System.out.printf("%s of %s: %.3f, two runs %.3f%n", measure, set, stated, correlation);
        assertEquals(correlation, stated, 0.15, column);
      }
    }
  }

  private TableStore store(int seed) {
    return new TableStore(TestSpark.session(), folder.resolve("seed" + seed).toString());
  }

  private void score(String dataset, Path images, int seed) {
    ScoreRequest request =
        ScoreRequest.of(
                images.toString(),
                dataset,
                EngineOptions.of(
                    TestModels.shared().resolve("models/cifar10_resnet20.pt").toString()),
                folder.resolve("seed" + seed).toString())
            .parameters(ScoreParameters.REPEATABLE.with(Parameter.SEED, seed))
            .build();
    new ScoreJob(request).run(TestSpark.session());
  }

  /** In the order of the images. */
  private double[] column(int seed, String dataset, String column) {
    return store(seed)
        .read(Table.SCORES)
        .where("dataset = '" + dataset + "'")
        .orderBy("image_id")
        .collectAsList()
        .stream()
        .mapToDouble((Row row) -> row.<Double>getAs(column))
        .toArray();
  }
}
