package org.anomalyscore.score;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with the images of the tests, and runs that score them. */
abstract class ScoreJobFixture {

  static final SparkSession SPARK = TestSpark.session();

  static final EngineOptions TINY =
      EngineOptions.of(TestModels.folder().resolve("tiny.pt").toString()).withBatchSize(4);

  @TempDir Path folder;

  Path images;

  @BeforeEach
  void copyImages() throws IOException {
    images = Files.createDirectories(folder.resolve("images/a"));
    for (Path image : TestModels.images()) {
      Files.copy(image, images.resolve(image.getFileName()));
    }
    images = images.getParent();
  }

  static ScoreResult run(ScoreRequest.Builder request) {
    return new ScoreJob(request.build()).run(SPARK);
  }

  ScoreRequest.Builder job(String out) {
    return job(out, TINY);
  }

  ScoreRequest.Builder job(String out, EngineOptions engine) {
    return ScoreRequest.of(images.toString(), "set", engine, folder.resolve(out).toString());
  }

  List<Row> rows(String out, Table table) {
    return new TableStore(SPARK, folder.resolve(out).toString())
        .read(table)
        .orderBy("path")
        .collectAsList();
  }

  /** What must not depend on anything but the image and the configuration. */
  List<List<Object>> numbers(String out) {
    return rows(out, Table.SCORES).stream()
        .map(
            row ->
                List.<Object>of(
                    row.getAs("path"),
                    row.getAs("image_id"),
                    row.getAs("complexity"),
                    row.getAs("vulnerability"),
                    row.getAs("as_i"),
                    row.getAs("step_norm"),
                    row.getAs("complexity_floor"),
                    row.getAs("config_id")))
        .toList();
  }
}
