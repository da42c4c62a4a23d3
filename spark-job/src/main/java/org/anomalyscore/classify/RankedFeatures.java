package org.anomalyscore.classify;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The images of some data sets whose features are stored, in a random order. */
final class RankedFeatures implements AutoCloseable {

  private final Dataset<Row> features;
  private final RankedImages images;

  /**
   * Ranks the images; features are not read yet.
   *
   * @param datasets at index i the set i
   * @throws UserException if a set has no image with features
   */
  RankedFeatures(TableStore store, String configId, List<String> datasets, long seed) {
    Column ours = col("config_id").equalTo(configId).and(col("dataset").isin(datasets.toArray()));
    features = CurrentScores.featuresOfEach(store, ours);
    images = new RankedImages(CurrentScores.ofEach(store, ours), features, datasets, seed);
    for (int i = 0; i < datasets.size(); i++) {
      if (images.kept(i) == 0) {
        close();
        throw new UserException(
            "The table "
                + store.location(Table.SCORES)
                + " holds no features of data set '"
                + datasets.get(i)
                + "'. Score it with --features, into an --out folder of its own if it was scored"
                + " without, or classify it --on pixels.");
      }
    }
  }

  /** How many different images of a set have features. */
  long kept(int set) {
    return images.kept(set);
  }

  /** How many different images a set has, with features or without. */
  long all(int set) {
    return images.all(set);
  }

  /**
   * The features of each set's first images: {@code set}, {@code rank} from 0, {@code features}.
   *
   * @param most how many to read of set i
   */
  Dataset<Row> read(List<Long> most) {
    Dataset<Row> chosen =
        images
            .first(most)
            .select(
                col("set"),
                col("rank"),
                col("dataset").as("its_dataset"),
                col("image_id").as("its_image"),
                col("path").as("its_path"),
                col("scored_at").as("its_time"));
    return features
        .join(
            chosen,
            col("dataset")
                .equalTo(col("its_dataset"))
                .and(col("image_id").equalTo(col("its_image")))
                .and(col("path").equalTo(col("its_path")))
                .and(col("scored_at").equalTo(col("its_time"))))
        .select("set", "rank", "features");
  }

  @Override
  public void close() {
    images.close();
  }
}
