package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run says what it passed over, and when it mixes the images of two folders. */
class OriginTest {
  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  private Path copy(String name, int from, int to) throws IOException {
    Path images = Files.createDirectories(folder.resolve(name));
    for (Path image : TestModels.images().subList(from, to)) {
      Files.copy(image, images.resolve(image.getFileName()));
    }
    return images;
  }

  private ScoreResult score(String images) {
    String model = TestModels.folder().resolve("tiny.pt").toString();
    String out = folder.resolve("out").toString();
    return new ScoreJob(
            ScoreRequest.of(images, "set", EngineOptions.of(model).withBatchSize(4), out).build())
        .run(SPARK);
  }

  @Test
  void anotherFolderThanBeforeIsTold() throws IOException {
    Path a = copy("a", 0, 2);
    Path b = copy("b", 2, 4);
    Files.write(a.resolve("1.json"), new byte[1]);
    ScoreResult first = score(a.toString());
    assertEquals(List.of(), first.otherFolders());
    assertEquals(Map.of(".json", 1L), first.passedOver());
    assertTrue(first.text().contains("passed over 1 file: 1 .json"), first.text());
    assertEquals(List.of(), score("file:" + a + "/").otherFolders(), "The same, written otherwise");
    ScoreResult mixed = score(b.toString());
    assertEquals(List.of(a.toString()), mixed.otherFolders());
    assertTrue(
        mixed.warnings().stream()
            .anyMatch(
                w ->
                    w.contains("held images of " + a + " before, and this run added images of " + b)
                        && w.contains("--dataset")),
        mixed.warnings().toString());
    assertEquals(
        List.of(), score(folder + "/a").warnings(), "Nothing new came from the first folder");
    assertEquals(
        List.of("{\".json\":1}", "{\".json\":1}", "{\".json\":1}", "{}"),
        new TableStore(SPARK, folder.resolve("out").toString())
            .read(Table.RUNS).select("passed_over").as(Encoders.STRING()).collectAsList().stream()
                .sorted()
                .toList());
  }
}
