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
import org.anomalyscore.command.Steps;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a sample of each set under all runs of a sweep, and compares the generated ones with the
 * reference under each.
 */
record SweepJob(SweepRequest request) {

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
    TableStore store = new TableStore(spark, request.out());
    request.images().forEach(set -> store.requireOutside(set.images()));
    store.requireWritable();
    Steps.beginTrial();
    ScoreEngine engine = ScoreEngine.start(spark, request.engine());
    Map<String, ImageSample> samples = draw(spark, engine);
    List<SweepBatch.Swept> swept = measure(spark, engine, samples.values());
    List<TableRow> rows = rows(run, engine.model(), split(swept, samples));
    Result result = result(run, engine, samples, swept, rows);
    store.append(Table.SWEEPS, rows.stream().map(TableRow::toRow).toList());
    store.append(Table.RUNS, List.of(runRow(run, engine, result).toRow()));
    return result;
  }

  /** The sample of each set, by name. */
  private Map<String, ImageSample> draw(SparkSession spark, ScoreEngine engine) {
    Map<String, ImageSample> samples = new LinkedHashMap<>();
    spark.sparkContext().setJobDescription("list images");
    for (NamedImages set : request.images()) {
      samples.put(
          set.name(),
          ImageSample.of(
              ImageFinder.find(spark, set.images()), set.images(), request.sample(), engine));
    }
    return samples;
  }

  /** A task a batch of one set, so that no set waits for another; in the samples' order. */
  private List<SweepBatch.Swept> measure(
      SparkSession spark, ScoreEngine engine, Collection<ImageSample> samples) {
    List<List<Row>> batches = new ArrayList<>();
    for (ImageSample drawn : samples) {
      int images = drawn.rows().size();
      for (int from = 0; from < images; from += engine.batchSize()) {
        int to = Math.min(images, from + engine.batchSize());
        // A view of a list does not travel.
        batches.add(new ArrayList<>(drawn.rows().subList(from, to)));
      }
    }
    spark.sparkContext().setJobDescription("measure");
    return Progress.during(
        spark,
        "sweep",
        batches.stream().mapToLong(List::size).sum(),
        engine.metrics(),
        () ->
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(batches, batches.size())
                .mapPartitions(new SweepBatch(request.plan(), engine))
                .collect());
  }

  /** What was measured, by set. */
  private List<SweptSet> split(List<SweepBatch.Swept> swept, Map<String, ImageSample> samples) {
    List<SweptSet> sets = new ArrayList<>();
    int from = 0;
    for (Map.Entry<String, ImageSample> set : samples.entrySet()) {
      int to = from + set.getValue().rows().size();
      sets.add(set(set.getKey(), swept.subList(from, to)));
      from = to;
    }
    return sets;
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
    return IntStream.range(0, request.plan().runs())
        .mapToObj(run -> swept.stream().mapToDouble(s -> numbers.apply(s)[run]).toArray())
        .toArray(double[][]::new);
  }

  private List<TableRow> rows(Run run, ModelFile model, List<SweptSet> sets) {
    int seeds = request.plan().seeds().size();
    List<TableRow> rows = new ArrayList<>();
    for (int setting = 0; setting < request.plan().settings().size(); setting++) {
      Parameter parameter = request.plan().settings().get(setting).parameter();
      int[] runs = IntStream.range(setting * seeds, (setting + 1) * seeds).toArray();
      for (SweptSet generated : sets.subList(1, sets.size())) {
        for (int r : runs) {
          TableRow row =
              TableRow.of(Table.SWEEPS)
                  .with("run_id", run.id())
                  .with("swept_at", run.startedTimestamp())
                  .with(
                      "config_id",
                      new ScoreConfiguration(model, request.plan().parameters(r)).configId())
                  .with("model", model.card().name())
                  .with("parameter", parameter.text())
                  .with("value", request.plan().settings().get(setting).value())
                  .with("profile_value", request.plan().profile().get(parameter).doubleValue())
                  .with("seed", request.plan().parameters(r).seed());
          SweepTable.fill(row, sets.get(0), generated, runs, r);
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private Result result(
      Run run,
      ScoreEngine engine,
      Map<String, ImageSample> samples,
      List<SweepBatch.Swept> swept,
      List<TableRow> rows) {
    Map<String, SampledSet> sets = new LinkedHashMap<>();
    samples.forEach(
        (name, drawn) ->
            sets.put(name, new SampledSet(drawn.found(), drawn.rejected(), drawn.rows().size())));
    return new Result(
        run.id(),
        engine.model().card().name(),
        sets,
        swept.stream().mapToLong(SweepBatch.Swept::passes).sum(),
        swept.size() * request.plan().naivePasses(),
        run.seconds(),
        engine.metrics().networkNanos().value() / 1e9,
        rows);
  }

  private TableRow runRow(Run run, ScoreEngine engine, Result result) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("images", request.images());
    configuration.put("model", request.engine().model());
    configuration.put("model_sha256", engine.model().sha256());
    configuration.put("plan", request.plan());
    configuration.put("sample", request.sample());
    configuration.put("batch_size", engine.batchSize());
    ScoreParameters first =
        request.plan().profile().with(Parameter.SEED, request.plan().seeds().get(0));
    return run.complete(new ScoreConfiguration(engine.model(), first).configId(), configuration)
        .with("found", sum(result, SampledSet::found))
        .with("scored", sum(result, set -> (long) set.sampled()))
        .with("rejected", sum(result, SampledSet::rejected))
        .with("network_seconds", result.networkSeconds())
        .with(
            "outcome",
            Json.write(
                new TreeMap<>(
                    Map.of("passes", result.passes(), "naive_passes", result.naivePasses()))))
        .withAll(engine.columns());
  }

  private static long sum(Result result, Function<SampledSet, Long> number) {
    return result.sets().values().stream().mapToLong(number::apply).sum();
  }
}
