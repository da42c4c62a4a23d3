package org.anomalyscore.sweep;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.anomalyscore.command.Progress;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineVersions;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Measures a sample of each set under all runs of a sweep, and compares the generated ones with the
 * reference under each.
 *
 * @param images the sets, of different names; the first is the reference
 * @param sample images of each set at most
 * @param batchSize images a network call; null for the model's default
 */
record SweepJob(
    SweepPlan plan,
    List<NamedImages> images,
    String modelUri,
    String out,
    int sample,
    Integer batchSize,
    Devices.Mode device) {

  /**
   * What came out.
   *
   * @param sets by name
   * @param passes through the network, of an image each; a gradient is two
   * @param naivePasses of the same sweep as a score run for each setting and seed
   * @param rows of the table {@code sweeps}
   */
  record Result(
      String runId,
      String model,
      Map<String, SampledSet> sets,
      long passes,
      long naivePasses,
      double seconds,
      double networkSeconds,
      List<TableRow> rows) {}

  /** How many images a set has, how many of them cannot be decoded, and how many were measured. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record SampledSet(long found, long rejected, int sampled) {}

  Result run(SparkSession spark) {
    Run run = Run.start("sweep");
    TableStore store = new TableStore(spark, out);
    images.forEach(set -> store.requireOutside(set.images()));
    store.requireWritable();
    ModelFile model = ModelFile.open(spark, modelUri);
    Devices devices = Devices.of(spark.sparkContext(), device);
    final String checked = devices.check(spark.sparkContext());
    int batch = batchSize == null ? model.card().defaultBatchSize() : batchSize;
    ScoreMetrics metrics = ScoreMetrics.register(spark.sparkContext());
    SweepBatch measure = measure(spark, model, devices, batch, metrics);
    Map<String, ImageSample> samples = new LinkedHashMap<>();
    for (NamedImages set : images) {
      samples.put(
          set.name(),
          ImageSample.of(
              ImageFinder.find(spark, set.images()),
              set.images(),
              sample,
              measure.loader(),
              measure.hadoop()));
    }
    List<SweepBatch.Swept> swept = measure(spark, samples.values(), measure);
    List<SweptSet> sets = new ArrayList<>();
    int from = 0;
    for (Map.Entry<String, ImageSample> set : samples.entrySet()) {
      int to = from + set.getValue().rows().size();
      sets.add(set(set.getKey(), swept.subList(from, to)));
      from = to;
    }
    List<TableRow> rows = rows(run, model, sets);
    Result result =
        new Result(
            run.id(),
            model.card().name(),
            sampled(samples),
            swept.stream().mapToLong(SweepBatch.Swept::passes).sum(),
            swept.size() * plan.naivePasses(),
            run.seconds(),
            metrics.networkNanos().value() / 1e9,
            rows);
    store.append(Table.SWEEPS, rows.stream().map(TableRow::toRow).toList());
    store.append(Table.RUNS, List.of(runRow(run, model, checked, batch, result).toRow()));
    return result;
  }

  private SweepBatch measure(
      SparkSession spark, ModelFile model, Devices devices, int batch, ScoreMetrics metrics) {
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    return new SweepBatch(
        plan,
        model,
        new ImageLoader(
            model.card().preprocessing(), ImageLoader.MOST_PIXELS, ImageLoader.MOST_FILE_BYTES),
        devices,
        batch,
        spark.sparkContext().conf().getInt("spark.task.cpus", 1),
        metrics,
        hadoop);
  }

  /** A task a batch of one set, so that no set waits for another; in the samples' order. */
  private static List<SweepBatch.Swept> measure(
      SparkSession spark, Collection<ImageSample> samples, SweepBatch measure) {
    List<List<Row>> batches = new ArrayList<>();
    for (ImageSample drawn : samples) {
      int images = drawn.rows().size();
      for (int from = 0; from < images; from += measure.batchSize()) {
        int to = Math.min(images, from + measure.batchSize());
        // A view of a list does not travel.
        batches.add(new ArrayList<>(drawn.rows().subList(from, to)));
      }
    }
    return Progress.during(
        spark,
        "sweep",
        batches.stream().mapToLong(List::size).sum(),
        measure.metrics(),
        () ->
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(batches, batches.size())
                .map(measure)
                .collect()
                .stream()
                .flatMap(List::stream)
                .toList());
  }

  private static Map<String, SampledSet> sampled(Map<String, ImageSample> samples) {
    Map<String, SampledSet> sampled = new LinkedHashMap<>();
    samples.forEach(
        (name, drawn) ->
            sampled.put(
                name, new SampledSet(drawn.found(), drawn.rejected(), drawn.rows().size())));
    return sampled;
  }

  private SweptSet set(String name, List<SweepBatch.Swept> swept) {
    return new SweptSet(
        name,
        byRun(swept, SweepBatch.Swept::complexity),
        byRun(swept, SweepBatch.Swept::vulnerability),
        byRun(swept, SweepBatch.Swept::complexityFloor));
  }

  private double[][] byRun(
      List<SweepBatch.Swept> swept, Function<SweepBatch.Swept, double[]> numbers) {
    return IntStream.range(0, plan.runs())
        .mapToObj(run -> swept.stream().mapToDouble(s -> numbers.apply(s)[run]).toArray())
        .toArray(double[][]::new);
  }

  private List<TableRow> rows(Run run, ModelFile model, List<SweptSet> sets) {
    int seeds = plan.seeds().size();
    List<TableRow> rows = new ArrayList<>();
    for (int setting = 0; setting < plan.settings().size(); setting++) {
      Parameter parameter = plan.settings().get(setting).parameter();
      int[] runs = IntStream.range(setting * seeds, (setting + 1) * seeds).toArray();
      for (SweptSet generated : sets.subList(1, sets.size())) {
        for (int r : runs) {
          TableRow row =
              TableRow.of(Table.SWEEPS)
                  .with("run_id", run.id())
                  .with("swept_at", run.startedTimestamp())
                  .with("config_id", new ScoreConfiguration(model, plan.parameters(r)).configId())
                  .with("model", model.card().name())
                  .with("parameter", parameter.text())
                  .with("value", plan.settings().get(setting).value())
                  .with("profile_value", plan.profile().get(parameter).doubleValue())
                  .with("seed", plan.parameters(r).seed());
          SweepTable.fill(row, sets.get(0), generated, runs, r);
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private TableRow runRow(Run run, ModelFile model, String checked, int batch, Result result) {
    EngineVersions engine = EngineVersions.read();
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("images", images);
    configuration.put("model", modelUri);
    configuration.put("model_sha256", model.sha256());
    configuration.put("plan", plan);
    configuration.put("sample", sample);
    configuration.put("batch_size", batch);
    String configId =
        new ScoreConfiguration(model, plan.profile().with(Parameter.SEED, plan.seeds().get(0)))
            .configId();
    return run.complete(configId, configuration)
        .with("found", sum(result, SampledSet::found))
        .with("scored", sum(result, set -> (long) set.sampled()))
        .with("rejected", sum(result, SampledSet::rejected))
        .with("network_seconds", result.networkSeconds())
        .with(
            "outcome",
            Json.write(
                new TreeMap<>(
                    Map.of("passes", result.passes(), "naive_passes", result.naivePasses()))))
        .with("device", checked)
        .with("djl_version", engine.djl())
        .with("pytorch_version", engine.pytorch());
  }

  private static long sum(Result result, Function<SampledSet, Long> number) {
    return result.sets().values().stream().mapToLong(number::apply).sum();
  }
}
