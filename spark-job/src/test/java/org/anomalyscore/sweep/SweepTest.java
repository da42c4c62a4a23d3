package org.anomalyscore.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.job.Main;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.sweep.SweepPlan.Setting;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps of a dozen images, against score and evaluate. */
class SweepTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final SweepPlan PLAN =
      new SweepPlan(
          ScoreParameters.PAPER,
          List.of(
              new Setting(Parameter.NOISE_STEP, 0.01),
              new Setting(Parameter.NOISE_STEP, 0.05),
              new Setting(Parameter.ATTACK_STEPS, 3)),
          List.of(0L, 4L));

  @TempDir Path folder;

  @BeforeEach
  void copyImages() throws IOException {
    List<Path> images = TestModels.images();
    for (int i = 0; i < images.size(); i++) {
      Path set = Files.createDirectories(folder.resolve(i % 2 == 0 ? "photos" : "made"));
      Files.copy(images.get(i), set.resolve(images.get(i).getFileName()));
    }
  }

  private String in(String name) {
    return folder.resolve(name).toString();
  }

  private SweepJob.Result sweep(int sample, int batchSize) {
    return sweep(sample, batchSize, "made");
  }

  private SweepJob.Result sweep(int sample, int batchSize, String generated) {
    String model = TestModels.folder().resolve("tiny.pt").toString();
    SweepRequest request =
        new SweepRequest(
            PLAN,
            List.of(
                new NamedImages("photos", in("photos")), new NamedImages(generated, in(generated))),
            new EngineOptions(model, batchSize, Devices.Mode.CPU, ImageLoader.MOST_PIXELS),
            in("tables"),
            sample);
    return new SweepJob(request).run(SPARK);
  }

  private TableRow evaluated(ScoreParameters parameters) {
    for (String set : List.of("photos", "made")) {
      String model = TestModels.folder().resolve("tiny.pt").toString();
      ScoreRequest request =
          ScoreRequest.of(in(set), set, EngineOptions.of(model).withBatchSize(4), in("tables"))
              .parameters(parameters)
              .build();
      new ScoreJob(request).run(SPARK);
    }
    TableStore store = new TableStore(SPARK, in("tables"));
    String id =
        store
            .read(Table.RUNS)
            .where("command = 'score'")
            .orderBy(org.apache.spark.sql.functions.col("started_at").desc())
            .first()
            .getAs("config_id");
    return new Evaluator(store, new AnomalyScore.Options(0, 0, 0, 0.95))
        .setMeasures(false)
        .evaluate(Run.start("test"), "photos", List.of("made"), id)
        .rows()
        .get(0);
  }

  @Test
  @Tag("nightly")
  void rowsAreWhatScoreAndEvaluateGive() {
    List<TableRow> rows = sweep(200, 4).rows();
    assertEquals(6, rows.size());
    for (int run = 0; run < rows.size(); run++) {
      TableRow row = rows.get(run);
      TableRow expected = evaluated(PLAN.parameters(run));
      for (String column :
          List.of("config_id", "n", "n_reference", "anomaly_score", "ks_complexity")) {
        assertEquals(expected.get(column), row.get(column), column);
      }
      assertEquals(expected.get("ks_vulnerability"), row.get("ks_vulnerability"));
      // The images' bits are equal; their order, and so the sum's last bit, need not be.
      for (String mean : List.of("mean_complexity", "mean_vulnerability")) {
        assertEquals((Double) expected.get(mean), (Double) row.get(mean), 1e-14, mean);
        assertEquals(
            (Double) expected.get("reference_" + mean),
            (Double) row.get("reference_" + mean),
            1e-14);
      }
      assertNotNull(row.get("seed_sd_as_i"));
    }
    List<Row> written = new TableStore(SPARK, in("tables")).read(Table.SWEEPS).collectAsList();
    assertEquals(rows.size(), written.size());
    String text = SweepTable.render(rows);
    assertTrue(text.contains("0.01 *") && text.contains("attack_steps"), text);
  }

  @Test
  void theSampleIsTheLowestIdsInAnyOrderAndNeedsNoBadImage() throws IOException {
    Files.writeString(folder.resolve("photos/text.png"), "this is not an image");
    SweepJob.Result first = sweep(3, 4);
    assertEquals(new SweepJob.SampledSet(7, 1, 3), first.sets().get("photos"));
    assertEquals(new SweepJob.SampledSet(6, 0, 3), first.sets().get("made"));
    assertEquals(3L, first.rows().get(0).get("n"));
    // Other names, so that they are listed in another order.
    for (Path image : TestModels.images()) {
      Path old = folder.resolve("photos").resolve(image.getFileName());
      if (Files.exists(old)) {
        String name = image.getFileName().toString();
        Files.move(
            old,
            old.resolveSibling(new StringBuilder(name.replace(".png", "")).reverse() + ".png"));
      }
    }
    SweepJob.Result second = sweep(3, 4);
    for (int i = 0; i < first.rows().size(); i++) {
      assertEquals(
          first.rows().get(i).get("reference_mean_complexity"),
          second.rows().get(i).get("reference_mean_complexity"));
    }
    assertTrue(first.naivePasses() > first.passes());
    Row run =
        new TableStore(SPARK, in("tables")).read(Table.RUNS).where("command = 'sweep'").first();
    assertEquals(Run.COMPLETE, run.getAs("status"));
    assertTrue(run.<String>getAs("outcome").contains("naive_passes"));
    assertEquals(6L, run.<Long>getAs("scored"));
  }

  @Test
  void aSetWithoutAnyImageIsTold() throws IOException {
    Path bad = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(bad.resolve("text.png"), "this is not an image");
    String message = assertThrows(UserException.class, () -> sweep(3, 4, "bad")).getMessage();
    assertTrue(message.contains("None of the 1 images"), message);
  }

  @Test
  void whatHasNoNumberIsNull() {
    double[][] none = {{Double.NaN}};
    var empty = new org.anomalyscore.sweep.SweptSet("none", none, none, none);
    TableRow row = TableRow.of(Table.SWEEPS).with("parameter", "noise_step").with("value", 0.1);
    SweepTable.fill(row, empty, empty, new int[] {0}, 0);
    assertEquals(0L, row.get("n"));
    for (String column : List.of("anomaly_score", "mean_complexity", "seed_sd_complexity")) {
      assertNull(row.get(column), column);
    }
    assertTrue(SweepTable.render(List.of(row)).contains("-"));
  }

  @Test
  void setsOfOneNameAreRefused() {
    assertEquals(
        ExitCode.BAD_INPUT.code(),
        Main.run(
            "sweep",
            "--reference",
            in("photos"),
            "--generated",
            folder.resolve("other/photos") + "/",
            "--model",
            "m.pt",
            "--out",
            in("tables")));
  }
}
