package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile_approx;

import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * What the table holds of a data set once a run has committed all its slices.
 *
 * @param medianFloor the median complexity_floor of the images that the run scored; null where
 *     there are none
 * @param featuresKept rows of the run with features
 * @param withoutFeatures rows of earlier runs without features, of images whose features this run
 *     would have kept; 0 for a run that keeps none
 */
record CommittedScores(Double medianFloor, long featuresKept, long withoutFeatures) {

  /**
   * Reads the table.
   *
   * @param ours the data set under the run's configuration
   * @param expected rows of the run: an outcome may have been computed again after its commit, when
   *     its executor was lost, and read another way then
   */
  static CommittedScores read(
      TableStore store, Column ours, Run run, long expected, FeatureSample sample) {
    Column thisRun = col("run_id").equalTo(run.id());
    Row committed =
        store
            .read(Table.SCORES)
            .where(ours.and(thisRun))
            .agg(
                count(lit(1)).as("rows"),
                percentile_approx(col("complexity_floor"), lit(0.5), lit(1000)).as("floor"),
                count(col("features")).as("features"))
            .first();
    long rows = committed.getAs("rows");
    if (rows != expected) {
      throw new UserException(
          "This run scored "
              + expected
              + " images, but "
              + rows
              + " rows of it are in the table: an image was read differently when an executor was"
              + " lost. Start score again, which scores what is missing.");
    }
    return new CommittedScores(
        committed.getAs("floor"),
        committed.getAs("features"),
        sample.isEmpty()
            ? 0
            : store
                .read(Table.SCORES)
                .where(ours.and(col("run_id").notEqual(run.id())).and(col("features").isNull()))
                .select("image_id")
                .as(Encoders.STRING())
                .filter((FilterFunction<String>) sample::holds)
                .count());
  }
}
