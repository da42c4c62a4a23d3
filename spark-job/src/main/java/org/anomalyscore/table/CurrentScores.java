package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of {@code scores} that stand for a data set's images as they are now: of each path the
 * newest, and none where the file was since replaced by one that has no score: only files that
 * changed after their score are looked at again, so that a later reject is of other bytes.
 */
public final class CurrentScores {

  private CurrentScores() {}

  /**
   * One row a path, in no certain order: {@code path}, {@code complexity}, {@code vulnerability}.
   *
   * @param present rows with a column {@code path}, the only images to take; null for all
   */
  public static Dataset<Row> of(
      TableStore store, String configId, String dataset, Dataset<Row> present) {
    return only(
        ofEach(store, ours(configId, dataset)).select("path", "complexity", "vulnerability"),
        present);
  }

  private static Column ours(String configId, String dataset) {
    return col("config_id").equalTo(configId).and(col("dataset").equalTo(dataset));
  }

  private static Dataset<Row> only(Dataset<Row> rows, Dataset<Row> present) {
    return present == null
        ? rows
        : rows.join(
            present.select(col("path").as("present_path")),
            col("path").equalTo(col("present_path")),
            "left_semi");
  }

  /**
   * The features that are stored of a data set's images: {@code image_id}, {@code path}, {@code
   * as_i}, {@code features}. Images whose newest score is without are not among them.
   *
   * @param present see {@link #of}
   */
  public static Dataset<Row> features(
      TableStore store, String configId, String dataset, Dataset<Row> present) {
    Column ours = ours(configId, dataset);
    Dataset<Row> kept = store.read(Table.SCORES).where(ours.and(col("features").isNotNull()));
    if (kept.isEmpty()) {
      // As of most tables; spares the search for each path's newest row, and, being known to be
      // empty, every job on it.
      return kept.select("image_id", "path", "as_i", "features").limit(0);
    }
    Dataset<Row> newest =
        ofEach(store, ours)
            .select(
                col("path").as("newest_path"),
                col("image_id").as("newest_image_id"),
                col("scored_at").as("newest_scored_at"));
    Dataset<Row> features =
        kept.join(
                newest,
                col("path")
                    .equalTo(col("newest_path"))
                    .and(col("image_id").equalTo(col("newest_image_id")))
                    .and(col("scored_at").equalTo(col("newest_scored_at"))),
                "left_semi")
            .select("image_id", "path", "as_i", "features");
    return only(features, present);
  }

  /**
   * As {@link #of} for many data sets in one plan: {@code config_id}, {@code dataset}, {@code
   * path}, {@code image_id}, {@code complexity}, {@code vulnerability}, {@code scored_at}.
   *
   * @param which of {@code config_id} and {@code dataset}
   */
  public static Dataset<Row> ofEach(TableStore store, Column which) {
    Dataset<Row> newest =
        store
            .read(Table.SCORES)
            .where(which)
            .groupBy("config_id", "dataset", "path")
            // One maximum a number: Spark would sort by path to find a struct, and hashes for this.
            .agg(
                max_by(col("image_id"), col("scored_at")).as("image_id"),
                max_by(col("complexity"), col("scored_at")).as("complexity"),
                max_by(col("vulnerability"), col("scored_at")).as("vulnerability"),
                max(col("scored_at")).as("scored_at"));
    Dataset<Row> rejected =
        store
            .read(Table.REJECTS)
            .where(which)
            .groupBy(
                col("config_id").as("rejected_config_id"),
                col("dataset").as("rejected_dataset"),
                col("path").as("rejected_path"))
            .agg(max("rejected_at").as("rejected_at"));
    return newest
        .join(
            rejected,
            col("config_id")
                .equalTo(col("rejected_config_id"))
                .and(col("dataset").equalTo(col("rejected_dataset")))
                .and(col("path").equalTo(col("rejected_path")))
                .and(col("scored_at").lt(col("rejected_at"))),
            "left_anti")
        .select(
            "config_id", "dataset", "path", "image_id", "complexity", "vulnerability", "scored_at");
  }
}
