package org.anomalyscore.sweep;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.measure.ModelCard;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.sweep.SweepPlan.Setting;

/**
 * Prints how long the default sweep of one seed takes for one batch of images on one core, and how
 * long the same runs take as scores of their own, as one JSON object; fails where a bit differs.
 *
 * <p>{@code SweepBenchmark MODEL.pt IMAGES BATCH}: the first BATCH files of the folder IMAGES.
 */
final class SweepBenchmark {

  private SweepBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    int batch = Integer.parseInt(arguments[2]);
    String card = Files.readString(Path.of(path.toString().replaceFirst("\\.pt$", ".yaml")));
    ModelFile model = new ModelFile(ContentHash.hex(path), ModelCard.parse(card, path.toString()));
    ImageLoader loader = new ImageLoader(model.card().preprocessing(), 100_000_000, 1 << 30);
    List<InputImage> inputs = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> listed = Files.walk(Path.of(arguments[1]))) {
      files = listed.filter(Files::isRegularFile).sorted().limit(batch).toList();
    }
    for (Path file : files) {
      LoadedImage image = TestModels.load(loader, file);
      inputs.add(new InputImage(image.imageId(), Preprocessing.toTensor(image.pixels())));
    }
    List<String> paths = files.stream().map(Path::toString).toList();
    SweepPlan plan = new SweepPlan(ScoreParameters.PAPER, settings(), List.of(0L));
    List<ScoreParameters> naive =
        IntStream.range(0, plan.runs()).mapToObj(plan::parameters).distinct().toList();
    // Once not counted: the first runs of a model are slower.
    measure(model, path, ScoreParameters.PAPER, inputs);
    long begin = System.nanoTime();
    List<SweepBatch.Swept> swept;
    try (ScorePredictor predictor = open(model, path, ScoreParameters.PAPER, batch)) {
      swept = SweepBatch.measure(plan, predictor, paths, inputs);
    }
    final double shared = (System.nanoTime() - begin) / 1e9;
    begin = System.nanoTime();
    List<List<Measurement>> scored = new ArrayList<>();
    for (ScoreParameters parameters : naive) {
      scored.add(measure(model, path, parameters, inputs));
    }
    double alone = (System.nanoTime() - begin) / 1e9;
    for (int run = 0; run < plan.runs(); run++) {
      List<Measurement> expected = scored.get(naive.indexOf(plan.parameters(run)));
      for (int i = 0; i < inputs.size(); i++) {
        if (expected.get(i).complexity() != swept.get(i).complexity()[run]
            || expected.get(i).vulnerability() != swept.get(i).vulnerability()[run]) {
          throw new IllegalStateException(paths.get(i) + " differs at " + plan.parameters(run));
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "{\"images\": %d, \"runs\": %d, \"passes\": %d, \"naive_passes\": %d, \"seconds\": %.2f,"
            + " \"naive_seconds\": %.2f}%n",
        inputs.size(),
        naive.size(),
        swept.get(0).passes(),
        plan.naivePasses(),
        shared,
        alone);
  }

  private static List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    add(settings, Parameter.NOISE_STEP, 0.001, 0.003, 0.01, 0.03, 0.1);
    add(settings, Parameter.NOISE_STEPS, 2, 5, 10, 20);
    add(settings, Parameter.ATTACK_STEP, 0.001, 0.003, 0.01, 0.03);
    add(settings, Parameter.ATTACK_STEPS, 1, 3, 5, 10, 20);
    add(settings, Parameter.ATTACK_START, 1e-6, 1e-4, 1e-3, 1e-2);
    return settings;
  }

  private static void add(List<Setting> settings, Parameter parameter, double... values) {
    for (double value : values) {
      settings.add(new Setting(parameter, value));
    }
  }

  private static ScorePredictor open(
      ModelFile model, Path path, ScoreParameters parameters, int batch) throws IOException {
    return ScorePredictor.open(model, path, Device.cpu(), parameters, batch, 1);
  }

  private static List<Measurement> measure(
      ModelFile model, Path path, ScoreParameters parameters, List<InputImage> inputs)
      throws IOException {
    try (ScorePredictor predictor = open(model, path, parameters, inputs.size())) {
      return predictor.measure(inputs);
    }
  }
}
