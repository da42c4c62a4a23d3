package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
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
    return score(images, false);
  }

  private ScoreResult score(String images, boolean strict) {
    String model = TestModels.folder().resolve("tiny.pt").toString();
    String out = folder.resolve("out").toString();
    return new ScoreJob(
            ScoreRequest.of(images, "set", EngineOptions.of(model).withBatchSize(4), out)
                .strict(strict)
                .build())
        .run(SPARK);
  }

  @Test
  @Tag("nightly")
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

  @Test
  void strictRefusesBeforeAnythingIsDone() throws IOException {
    Path a = copy("a", 0, 2);
    Path b = copy("b", 2, 4);
    assertEquals(2, score(a.toString(), true).scored());
    String message =
        assertThrows(UserException.class, () -> score(b.toString(), true)).getMessage();
    assertTrue(message.contains("it holds images of " + a), message);
    assertTrue(message.contains("Cannot score " + b), message);
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    assertEquals(1, store.read(Table.RUNS).count(), "the refusal is no run of the data set");
    Files.copy(TestModels.images().get(5), a.resolve("new.png"));
    assertEquals(1, score(a.toString(), true).scored());
    Path below = Files.createDirectories(a.resolve("below"));
    Files.copy(TestModels.images().get(6), below.resolve("new.png"));
    assertEquals(1, score(below.toString(), true).scored(), "a part of the folder of before");
  }

  @Test
  @Tag("nightly")
  void theWarningComesBeforeAnyImageIsScored() throws IOException {
    Path a = copy("a", 0, 2);
    Path b = copy("b", 2, 4);
    score(a.toString());
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    List<String> warned = new ArrayList<>();
    AbstractAppender log =
        new AbstractAppender("origin", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            warned.add(
                store.read(Table.SCORES).count() + " " + event.getMessage().getFormattedMessage());
          }
        };
    log.start();
    Logger logger = (Logger) LogManager.getLogger(Origin.class);
    logger.addAppender(log);
    try {
      score(b.toString());
      score(b.toString());
    } finally {
      logger.removeAppender(log);
    }
    assertEquals(1, warned.size(), warned.toString());
    assertTrue(warned.get(0).startsWith("2 The data set set holds images of " + a), warned.get(0));
    assertTrue(warned.get(0).contains("adds images of " + b), warned.get(0));
  }

  /** The storage of an earlier run may be gone. */
  @Test
  @Tag("nightly")
  void pathsOfEarlierRunsAreComparedAsText() throws IOException {
    Path a = copy("a", 0, 2);
    score(a.toString());
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    StructType schema = store.read(Table.RUNS).schema();
    for (String gone : List.of("gone://bucket/night", "hdfs://no-such-host:8020/night")) {
      Row row = store.read(Table.RUNS).first();
      Object[] values = new Object[schema.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i);
      }
      int configuration = schema.fieldIndex("configuration");
      values[configuration] =
          ((String) values[configuration])
              .replaceAll("\"images\":\"[^\"]*\"", "\"images\":\"" + gone + "\"");
      store.append(Table.RUNS, List.of(RowFactory.create(values)));
    }
    assertEquals(
        List.of("gone://bucket/night", "hdfs://no-such-host:8020/night"),
        score(a.toString()).otherFolders());
  }
}
