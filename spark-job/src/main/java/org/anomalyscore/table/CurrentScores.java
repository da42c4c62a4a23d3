package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The one rule of what is current: under a configuration, each path of a data set has the row of
 * {@code scores} with its latest {@code scored_at}, and has none where it was rejected later.
 *
 * <p>So a later row replaces the whole earlier one: an image that was scored again without features
 * has no features. A file is looked at again only if it was changed after its score, so that a
 * later reject is of other bytes. All rows of a run have the run's time, and a run writes one row a
 * path, so that no two rows of a path have one time. The queries of {@code conf/sql} state the same
 * rule as {@code current_scores}.
 */
public final class CurrentScores {

  private static final String[] COLUMNS = {
    "path",
    "complexity",
    "vulnerability",
    "image_id",
    "width",
    "height",
    "format",
    "complexity_std_err",
    "vulnerability_std_err",
    "as_i_std_err",
    "scored_at"
  };

  private CurrentScores() {}

  /**
   * One row a path, in no certain order: {@code path}, {@code complexity}, {@code vulnerability},
   * {@code image_id}, {@code width}, {@code height}, {@code format}, the standard errors of C, V
   * and AS-i, which are NULL with one draw, and {@code scored_at}.
   *
   * @param present rows with a column {@code path}, the only images to take; null for all
   */
  public static Dataset<Row> of(
      TableStore store, String configId, String dataset, Dataset<Row> present) {
    return selected(ofEach(store, ours(configId, dataset)), present);
  }

  /**
   * The same where the times of the scores are known: they spare the search for each path's newest
   * row, a sort of all paths, where all rows are of one run. Rows of a later run are not seen then.
   */
  public static Dataset<Row> of(
      TableStore store, ScoreTimes times, String configId, String dataset, Dataset<Row> present) {
    Timestamp onlyRun = times.onlyRun(configId, dataset);
    if (onlyRun == null) {
      return of(store, configId, dataset, present);
    }
    return selected(ofRun(store, configId, dataset, onlyRun), present);
  }

  private static Dataset<Row> selected(Dataset<Row> rows, Dataset<Row> present) {
    return only(
        rows.select(Arrays.stream(COLUMNS).map(functions::col).toArray(Column[]::new)), present);
  }

  private static Dataset<Row> ofRun(
      TableStore store, String configId, String dataset, Timestamp run) {
    return store
        .read(Table.SCORES)
        .where(ours(configId, dataset).and(col("scored_at").equalTo(run)));
  }

  private static Column ours(String configId, String dataset) {
    return col("config_id").equalTo(configId).and(col("dataset").equalTo(dataset));
  }

  private static Dataset<Row> only(Dataset<Row> rows, Dataset<Row> present) {
    return present == null
        ? rows
        : rows.join(present.select("path"), new String[] {"path"}, "left_semi");
  }

  /**
   * The features that are stored of a data set's images: {@code image_id}, {@code path}, {@code
   * as_i}, {@code features}. Images whose current row has none are not among them.
   *
   * @param present see {@link #of}
   */
  public static Dataset<Row> features(
      TableStore store, ScoreTimes times, String configId, String dataset, Dataset<Row> present) {
    return kept(store, times, configId, dataset, present, KeptOutput.FEATURES);
  }

  /** As {@link #features}, of another output, which is called {@code features} too. */
  public static Dataset<Row> kept(
      TableStore store,
      ScoreTimes times,
      String configId,
      String dataset,
      Dataset<Row> present,
      KeptOutput output) {
    Timestamp onlyRun = times.onlyRun(configId, dataset);
    Dataset<Row> rows =
        onlyRun == null
            ? ofEachWith(store, ours(configId, dataset), output)
            : knownIfEmpty(
                ofRun(store, configId, dataset, onlyRun).where(col(output.column()).isNotNull()));
    Dataset<Row> selected =
        rows.select(
            col("image_id"),
            col("path"),
            col("as_i"),
            col(output.column()).as(KeptOutput.FEATURES.column()));
    return rows.isLocal() ? none(selected) : only(selected, present);
  }

  /**
   * As {@link #features} for many data sets in one plan: all columns of {@code scores}.
   *
   * @param which of {@code config_id} and {@code dataset}
   */
  public static Dataset<Row> featuresOfEach(TableStore store, Column which) {
    return ofEachWith(store, which, KeptOutput.FEATURES);
  }

  private static Dataset<Row> ofEachWith(TableStore store, Column which, KeptOutput output) {
    Dataset<Row> kept =
        knownIfEmpty(store.read(Table.SCORES).where(which.and(col(output.column()).isNotNull())));
    if (kept.isLocal()) {
      return kept;
    }
    Dataset<Row> current = ofEach(store, which).select("config_id", "dataset", "path", "scored_at");
    return kept.join(
        current, new String[] {"config_id", "dataset", "path", "scored_at"}, "left_semi");
  }

  /**
   * Rows with an output, of which most tables have none; being known to be empty spares the search
   * for each path's newest row, and every job on it.
   */
  private static Dataset<Row> knownIfEmpty(Dataset<Row> kept) {
    return kept.isEmpty() ? none(kept) : kept;
  }

  private static Dataset<Row> none(Dataset<Row> rows) {
    return rows.sparkSession().createDataFrame(List.<Row>of(), rows.schema());
  }

  /**
   * As {@link #of} for many data sets in one plan: {@code config_id}, {@code dataset}, {@code
   * path}, {@code image_id}, {@code complexity}, {@code vulnerability}, {@code width}, {@code
   * height}, {@code format}, {@code complexity_std_err}, {@code vulnerability_std_err}, {@code
   * as_i_std_err}, {@code scored_at}.
   *
   * @param which of {@code config_id} and {@code dataset}
   */
  public static Dataset<Row> ofEach(TableStore store, Column which) {
    Dataset<Row> rejected =
        store
            .read(Table.REJECTS)
            .where(which)
            .groupBy(
                col("config_id").as("rejected_config_id"),
                col("dataset").as("rejected_dataset"),
                col("path").as("rejected_path"))
            .agg(max("rejected_at").as("rejected_at"));
    return newest(store, which)
        .join(
            rejected,
            col("config_id")
                .equalTo(col("rejected_config_id"))
                .and(col("dataset").equalTo(col("rejected_dataset")))
                .and(col("path").equalTo(col("rejected_path")))
                .and(col("scored_at").lt(col("rejected_at"))),
            "left_anti");
  }

  /**
   * The newest row of each path, with the columns of {@link #ofEach}, and also where the path was
   * rejected later.
   *
   * @param which rows there are: of {@code config_id} and {@code dataset}, or of any column
   */
  public static Dataset<Row> newest(TableStore store, Column which) {
    return store
        .read(Table.SCORES)
        .where(which)
        .groupBy("config_id", "dataset", "path")
        // One maximum a number: Spark would sort by path to find a struct, and hashes for this.
        .agg(
            max_by(col("image_id"), col("scored_at")).as("image_id"),
            max_by(col("complexity"), col("scored_at")).as("complexity"),
            max_by(col("vulnerability"), col("scored_at")).as("vulnerability"),
            max_by(col("width"), col("scored_at")).as("width"),
            max_by(col("height"), col("scored_at")).as("height"),
            max_by(col("format"), col("scored_at")).as("format"),
            max_by(col("complexity_std_err"), col("scored_at")).as("complexity_std_err"),
            max_by(col("vulnerability_std_err"), col("scored_at")).as("vulnerability_std_err"),
            max_by(col("as_i_std_err"), col("scored_at")).as("as_i_std_err"),
            max(col("scored_at")).as("scored_at"));
  }
}
