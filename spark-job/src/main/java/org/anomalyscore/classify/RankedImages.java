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
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The images of some data sets, each set in a random order of its own. The order is by SHA-256 of
 * the seed and the {@code image_id}, so that it depends neither on the order of rows nor on
 * partitions, and copies of an image count once.
 */
final class RankedImages implements AutoCloseable {

  private final Dataset<Row> ranks;
  private final List<String> datasets;
  private final List<Long> counts = new ArrayList<>();
  private final List<Long> images = new ArrayList<>();

  /**
   * Ranks the images.
   *
   * @param current all images that there are: the data set and {@code image_id} of each
   * @param usable those that can be classified: also {@code path}, {@code scored_at}, and what else
   *     is to be known of them
   * @param datasets at index i the set i
   * @param more columns of {@code usable} that the ranks keep
   */
  RankedImages(
      Dataset<Row> current, Dataset<Row> usable, List<String> datasets, long seed, String... more) {
    this.datasets = datasets;
    // One row an image stands for all its copies; what is known of it is of the image's bytes.
    List<Column> kept = new ArrayList<>(List.of(col("scored_at"), col("path")));
    List<Column> selected =
        new ArrayList<>(
            List.of(
                col("dataset"),
                col("image_id"),
                col("rank"),
                col("row.path").as("path"),
                col("row.scored_at").as("scored_at")));
    for (String column : more) {
      kept.add(col(column));
      selected.add(col("row." + column).as(column));
    }
    Dataset<Row> each =
        usable
            .groupBy(col("dataset").as("kept_dataset"), col("image_id").as("kept_image"))
            .agg(max(struct(kept.toArray(Column[]::new))).as("row"));
    Column key = sha2(concat(lit("anomaly-score|1|split|" + seed + "|"), col("image_id")), 256);
    ranks =
        current
            .select("dataset", "image_id")
            .distinct()
            .join(
                each,
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
            .select(selected.toArray(Column[]::new))
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
    }
  }

  /** How many different images of a set can be classified. */
  long kept(int set) {
    return counts.get(set);
  }

  /** How many different images a set has. */
  long all(int set) {
    return images.get(set);
  }

  /**
   * Each set's first images: {@code set}, {@code rank} from 0, {@code dataset}, {@code image_id},
   * {@code path}, {@code scored_at}, and what else was kept.
   *
   * @param most how many of set i
   */
  Dataset<Row> first(List<Long> most) {
    Column set = lit(-1);
    Column first = lit(false);
    for (int i = 0; i < datasets.size(); i++) {
      Column ours = col("dataset").equalTo(datasets.get(i));
      set = when(ours, i).otherwise(set);
      first = first.or(ours.and(col("rank").lt(most.get(i))));
    }
    return ranks.where(first.and(col("path").isNotNull())).withColumn("set", set);
  }

  @Override
  public void close() {
    ranks.unpersist();
  }
}
