package org.anomalyscore.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Steps;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.evaluate.Images;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ModelOpener;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.score.ScoreResult;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.WholeFile;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores and compares all that a manifest names, once for each feature model. */
final class Benchmark {

  private static final Logger LOG = LoggerFactory.getLogger(Benchmark.class);

  private final SparkSession spark;
  private final BenchmarkManifest manifest;
  private final TableStore store;

  Benchmark(SparkSession spark, BenchmarkManifest manifest) {
    this.spark = spark;
    this.manifest = manifest;
    this.store = new TableStore(spark, manifest.outputs().tables());
  }

  /** What scoring under one model came to; in the maps a set's name and a reason. */
  private record Scored(
      ScoreConfiguration configuration,
      Images reference,
      List<Images> generated,
      Map<String, String> failed,
      Map<String, String> rejects) {}

  /**
   * Runs the benchmark.
   *
   * @return a night for each model, in the manifest's order
   * @throws UserException if a model or the reference cannot be used
   */
  List<BenchmarkNight> run() {
    store.requireWritable();
    WholeFile latest = file("outputs.alerts", manifest.outputs().alerts());
    WholeFile leaderboard = file("outputs.leaderboard", manifest.outputs().leaderboard());
    Map<String, ScoreConfiguration> configurations = openModels();
    AlertBook book = new AlertBook(store, manifest);
    book.requirePinnedRuns(names(configurations));
    List<Scored> scored = new ArrayList<>();
    configurations.forEach((model, configuration) -> scored.add(score(model, configuration)));
    List<AlertBook.Evaluated> evaluated = scored.stream().map(this::evaluate).toList();
    List<BenchmarkNight> nights = nights(scored, evaluated, book.judge(evaluated));
    // The files are written first: whoever waits for them must not miss what the tables hold.
    AlertsFile alerts = AlertsFile.of(nights, manifest.thresholds());
    byte[] json = alerts.json().getBytes(StandardCharsets.UTF_8);
    file("outputs.alerts", manifest.outputs().alertsOf(alerts.runIds().get(0))).write(json);
    latest.write(json);
    leaderboard.write((BenchmarkNight.text(nights) + "\n").getBytes(StandardCharsets.UTF_8));
    append(nights);
    return nights;
  }

  /** Runs the benchmark, and tells whom it concerns if not all is well, or who asked for all. */
  BenchmarkResult runAndTell(Notifier notifier) {
    List<BenchmarkNight> nights = run();
    AlertsFile alerts = AlertsFile.of(nights, manifest.thresholds());
    String failure = alerts.isNews() || notifier.isToldAll() ? notifier.send(alerts.json()) : null;
    return new BenchmarkResult(nights, manifest.outputs().tables(), failure);
  }

  /** Takes the present level of a generator for its new baseline; see {@link AlertBook}. */
  List<TableRow> acknowledge(String generator) {
    store.requireWritable();
    return new AlertBook(store, manifest).acknowledge(generator, names(openModels()));
  }

  /** The models' names in the tables, by config_id. */
  private static Map<String, String> names(Map<String, ScoreConfiguration> configurations) {
    Map<String, String> names = new LinkedHashMap<>();
    configurations.forEach(
        (file, configuration) ->
            names.put(configuration.configId(), configuration.model().card().name()));
    return names;
  }

  private static List<BenchmarkNight> nights(
      List<Scored> scored, List<AlertBook.Evaluated> evaluated, List<List<TableRow>> states) {
    List<BenchmarkNight> nights = new ArrayList<>();
    for (int i = 0; i < scored.size(); i++) {
      Evaluator.Result result = evaluated.get(i).result();
      nights.add(
          new BenchmarkNight(
              evaluated.get(i).run(),
              result,
              states.get(i),
              HumanCorrelation.of(result.rows()),
              scored.get(i).rejects));
    }
    return nights;
  }

  private WholeFile file(String key, String path) {
    return WholeFile.at(spark.sessionState().newHadoopConf(), key, path);
  }

  /** All of them before any work: a wrong file must be found before hours of work on the first. */
  private Map<String, ScoreConfiguration> openModels() {
    Steps.beginTrial();
    Map<String, ScoreConfiguration> configurations = new LinkedHashMap<>();
    for (String model : manifest.models()) {
      ScoreConfiguration configuration =
          new ScoreConfiguration(
              ModelOpener.open(spark, manifest.engine(model)), manifest.parameters());
      configurations.forEach(
          (other, known) -> {
            if (known.configId().equals(configuration.configId())) {
              throw new UserException(
                  "The models "
                      + other
                      + " and "
                      + model
                      + " are the same file with the same card. Name it once.");
            }
          });
      configurations.put(model, configuration);
    }
    return configurations;
  }

  private Scored score(String model, ScoreConfiguration configuration) {
    Map<String, String> failed = new TreeMap<>();
    Map<String, String> rejects = new TreeMap<>();
    NamedImages real = manifest.reference();
    ModelFile opened = configuration.model();
    Images reference = score(model, opened, real.name(), real.images(), rejects);
    List<Images> generated = new ArrayList<>();
    for (BenchmarkManifest.Generator generator : manifest.generators()) {
      try {
        generated.add(score(model, opened, generator.name(), generator.images(), rejects));
      } catch (Exception e) {
        // Not RuntimeException: Scala throws checked exceptions undeclared.
        UserException fault = StorageFault.in(e);
        if (fault == null) {
          throw e;
        }
        LOG.warn("{} failed: {}", generator.name(), fault.getMessage());
        failed.put(generator.name(), fault.getMessage());
      }
    }
    return new Scored(configuration, reference, generated, failed, rejects);
  }

  /** Scores a set, and lists what is there now: rows of images that are gone must not count. */
  private Images score(
      String model, ModelFile opened, String dataset, String images, Map<String, String> rejects) {
    ScoreRequest request =
        ScoreRequest.of(images, dataset, manifest.engine(model), manifest.outputs().tables())
            .parameters(manifest.parameters())
            .featureFraction(manifest.features())
            .failAboveRejectFraction(manifest.thresholds().maxRejectFraction())
            .build();
    ScoreResult result = new ScoreJob(request).run(spark, opened);
    LOG.info(
        "{}: {} images, {} scored now, {} s",
        dataset,
        result.found(),
        result.scored(),
        result.seconds());
    if (result.scored() + result.alreadyScored() == 0) {
      throw new UserException(
          "None of the %,d images of %s has a score: %s. The table rejects says why for each."
              .formatted(result.found(), dataset, result.rejectSummary()));
    }
    if (result.tooManyRejects()) {
      rejects.put(dataset, "%s, of %,d images".formatted(result.rejectSummary(), result.found()));
    }
    if (result.unusualFloor()) {
      result.warnings().forEach(LOG::warn);
    }
    return new Images(dataset, ImageFinder.find(spark, images).select("path"));
  }

  private AlertBook.Evaluated evaluate(Scored scored) {
    Run run = Run.start("benchmark");
    Map<String, BenchmarkManifest.Generator> generators = new HashMap<>();
    manifest.generators().forEach(generator -> generators.put(generator.name(), generator));
    Evaluator.Result result =
        new Evaluator(store, manifest.statistics())
            .setMeasures(manifest.setMeasures())
            .flagRate(manifest.thresholds().flagFdr())
            .evaluateEach(
                run,
                scored.configuration.configId(),
                scored.configuration.model().card().name(),
                scored.reference,
                scored.generated,
                scored.failed);
    result.rows().forEach(row -> describe(row, generators.get((String) row.get("dataset"))));
    return new AlertBook.Evaluated(run, result);
  }

  private void describe(TableRow row, BenchmarkManifest.Generator generator) {
    row.with("reference_images", manifest.reference().images())
        .with("images", generator.images())
        .with("human_error_rate", generator.humanErrorRate())
        .with("human_error_rate_std_err", generator.stdErr())
        .with("labels", generator.labels() == null ? null : Json.write(generator.labels()));
  }

  /**
   * The runs are written last: an evaluation without its run is of a night that was killed, and no
   * later night is compared with it.
   */
  private void append(List<BenchmarkNight> nights) {
    store.append(
        Table.EVALUATIONS,
        nights.stream()
            .flatMap(night -> night.evaluation().rows().stream())
            .map(TableRow::toRow)
            .toList());
    store.append(
        Table.ALERTS,
        nights.stream().flatMap(night -> night.states().stream()).map(TableRow::toRow).toList());
    store.append(Table.RUNS, nights.stream().map(night -> runRow(night).toRow()).toList());
  }

  private TableRow runRow(BenchmarkNight night) {
    return night
        .run()
        .complete(night.evaluation().configId(), Map.of("manifest", manifest.withoutNotification()))
        .with("outcome", Json.write(night.outcome()));
  }
}
