package org.anomalyscore.explain;

import static org.apache.spark.sql.functions.col;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Positive;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Which images are explained. */
sealed interface ImageChoice {

  /**
   * The chosen images, in the order of the result: the image_id of each path, or null where any
   * bytes will do.
   */
  Map<String, String> choose(SparkSession spark, ScoreConfiguration configuration);

  /** What the tables call these images; null where they have no name. */
  String dataset();

  /** What the table {@code runs} records of the choice. */
  Map<String, Object> settings();

  /**
   * All images under some paths.
   *
   * @param paths as {@link ImageFinder} takes them
   */
  record Listed(List<String> paths) implements ImageChoice {

    @Override
    public Map<String, String> choose(SparkSession spark, ScoreConfiguration configuration) {
      Map<String, String> chosen = new TreeMap<>();
      for (String path : paths) {
        for (Row row : ImageFinder.find(spark, path).select("path").collectAsList()) {
          chosen.put(row.getAs("path"), null);
        }
      }
      return chosen;
    }

    @Override
    public String dataset() {
      return null;
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("images", paths);
    }
  }

  /**
   * The images with the highest AS-i of a data set that was scored under the same configuration.
   *
   * @param scores the folder of the tables
   * @param top how many, at least 1
   */
  record Highest(String scores, String dataset, int top) implements ImageChoice {

    public Highest {
      int unused = Positive.require("--top", top);
    }

    @Override
    public Map<String, String> choose(SparkSession spark, ScoreConfiguration configuration) {
      TableStore store = new TableStore(spark, scores);
      Map<String, String> chosen = new LinkedHashMap<>();
      for (Row row :
          CurrentScores.ofEach(
                  store,
                  col("config_id")
                      .equalTo(configuration.configId())
                      .and(col("dataset").equalTo(dataset)))
              .orderBy(col("vulnerability").divide(col("complexity")).desc(), col("path"))
              .limit(top)
              .select("path", "image_id")
              .collectAsList()) {
        chosen.put(row.getAs("path"), row.getAs("image_id"));
      }
      if (chosen.isEmpty()) {
        throw noScores(store, configuration);
      }
      return chosen;
    }

    private UserException noScores(TableStore store, ScoreConfiguration configuration) {
      List<String> there =
          store
              .read(Table.SCORES)
              .select("dataset", "config_id", "model")
              .distinct()
              .toJSON()
              .collectAsList();
      return new UserException(
          "No scores of the data set "
              + dataset
              + " under configuration "
              + configuration.configId()
              + " (this --model, --profile, --seed, --draws and single values) in "
              + store.location(Table.SCORES)
              + ". There are: "
              + there
              + ". Give the --model, --profile, --seed, --draws and single values (such as"
              + " --noise-step) that the images were scored with.");
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("scores", scores, "top", top);
    }
  }
}
