package org.anomalyscore.classify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The images of some data sets whose features are stored, each set in a random order of its own.
 * The order is by SHA-256 of the seed and the {@code image_id}, so that it depends neither on the
 * order of rows nor on partitions, and copies of an image count once.
 */
final class RankedFeatures implements AutoCloseable {

  private final Dataset<Row> features;
  private final Dataset<Row> ranks;
  private final List<String> datasets;
  private final List<Long> counts = new ArrayList<>();
  private final List<Long> images = new ArrayList<>();

  /**
   * Ranks the images; features are not read yet.
   *
   * @param datasets at index i the set i
   * @throws UserException if a set has no image with features
   */
  RankedFeatures(TableStore store, String configId, List<String> datasets, long seed) {
    this.datasets = datasets;
    Column ours = col("config_id").equalTo(configId).and(col("dataset").isin(datasets.toArray()));
    features = CurrentScores.featuresOfEach(store, ours);
    Dataset<Row> current =
        CurrentScores.ofEach(store, ours).select("dataset", "image_id").distinct();
    // One row an image stands for all its copies; features are of the image's bytes.
    Dataset<Row> kept =
        features
            .groupBy(col("dataset").as("kept_dataset"), col("image_id").as("kept_image"))
            .agg(max(struct(col("scored_at"), col("path"))).as("row"));
    Column key = sha2(concat(lit("anomaly-score|1|split|" + seed + "|"), col("image_id")), 256);
    ranks =
        current
            .join(
                kept,
                col("dataset")
                    .equalTo(col("kept_dataset"))
                    .and(col("image_id").equalTo(col("kept_image"))),
                "left")
            .withColumn("key", key)
            .withColumn(
                "rank",
                row_number()
                    .over(
                        Window.partitionBy(col("dataset"), col("row").isNull())
                            .orderBy("key", "image_id"))
                    .minus(1)
                    .cast("long"))
            .select(
                col("dataset"),
                col("image_id"),
                col("rank"),
                col("row.path").as("path"),
                col("row.scored_at").as("scored_at"))
            .persist();
    List<Row> found =
        ranks
            .groupBy("dataset")
            .agg(count(lit(1)).as("images"), count(col("path")).as("kept"))
            .collectAsList();
    for (String dataset : datasets) {
      Row row =
          found.stream().filter(r -> dataset.equals(r.getAs("dataset"))).findFirst().orElse(null);
      images.add(row == null ? 0L : row.<Long>getAs("images"));
      counts.add(row == null ? 0L : row.<Long>getAs("kept"));
      if (counts.get(counts.size() - 1) == 0) {
        close();
        throw new UserException(
            "The table "
                + store.location(Table.SCORES)
                + " holds no features of data set '"
                + dataset
                + "'. Score it with --features, into an --out folder of its own if it was scored"
                + " without.");
      }
    }
  }

  /** How many different images of a set have features. */
  long kept(int set) {
    return counts.get(set);
  }

  /** How many different images a set has, with features or without. */
  long all(int set) {
    return images.get(set);
  }

  /**
   * The features of each set's first images: {@code set}, {@code rank} from 0, {@code features}.
   *
   * @param most how many to read of set i
   */
  Dataset<Row> read(List<Long> most) {
    Column set = lit(-1);
    Column first = lit(false);
    for (int i = 0; i < datasets.size(); i++) {
      Column ours = ranks.col("dataset").equalTo(datasets.get(i));
      set = when(ours, i).otherwise(set);
      first = first.or(ours.and(ranks.col("rank").lt(most.get(i))));
    }
    Dataset<Row> chosen =
        ranks
            .where(first.and(ranks.col("path").isNotNull()))
            .select(
                set.as("set"),
                ranks.col("rank"),
                ranks.col("dataset").as("its_dataset"),
                ranks.col("image_id").as("its_image"),
                ranks.col("path").as("its_path"),
                ranks.col("scored_at").as("its_time"));
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
    ranks.unpersist();
  }
}
