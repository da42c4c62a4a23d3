package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.PassedOver;
import org.anomalyscore.source.Search;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Removes old rows that no answer needs: rows of {@code scores} that are not current, or whose
 * image is no longer where its run found it; rows of {@code rejects} with a later score or reject
 * of the same path; and rows of {@code image_measures} that a newer evaluation of the same sets
 * replaced.
 *
 * @param before rows of runs that began at this time or later stay
 */
record Expiry(Instant before) implements Plan {

  /** What names a row of scores. */
  private static final String[] SCORE = {"config_id", "dataset", "path", "scored_at"};

  private static final String[] REJECT = {"config_id", "dataset", "path", "rejected_at"};

  private static final String[] MEASURE = {"config_id", "dataset", "reference", "run_id"};

  private static final String[] RUN = {"run_id"};

  @Override
  public List<Change> changes(SparkSession spark, TableStore store, List<String> warnings) {
    return List.of(scores(spark, store, warnings), rejects(store), imageMeasures(store));
  }

  private Column isOld(Table table) {
    return coalesce(RowTime.of(table).lt(lit(Timestamp.from(before))), lit(false));
  }

  private Change scores(SparkSession spark, TableStore store, List<String> warnings) {
    Dataset<Row> old = store.read(Table.SCORES).where(isOld(Table.SCORES));
    Dataset<Row> current = CurrentScores.ofEach(store, lit(true)).select(columns(SCORE));
    Dataset<Row> doomed =
        old.join(current, SCORE, "left_anti")
            .select(columns(SCORE))
            .union(gone(spark, store, old, warnings))
            .distinct()
            .persist();
    return Change.removing(
        store,
        Table.SCORES,
        store.files(Table.SCORES),
        rows -> rows.join(doomed, SCORE, "left_semi"),
        rows -> rows.join(doomed, SCORE, "left_anti"));
  }

  private static Column[] columns(String... names) {
    return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
  }

  /** Of runs whose images can be listed now, the old rows whose path is not among them. */
  private static Dataset<Row> gone(
      SparkSession spark, TableStore store, Dataset<Row> old, List<String> warnings) {
    Dataset<Row> runs =
        store
            .read(Table.RUNS)
            .where(col("command").equalTo("score"))
            .join(old.select("run_id"), RUN, "left_semi")
            .select(
                col("run_id"),
                get_json_object(col("configuration"), "$.images").as("images"),
                get_json_object(col("configuration"), "$.any_name").as("any_name"),
                get_json_object(col("configuration"), "$.max_members").as("max_members"))
            .where(col("images").isNotNull());
    Dataset<Row> gone = old.select(columns(SCORE)).limit(0);
    for (Row place : runs.select("images", "any_name", "max_members").distinct().collectAsList()) {
      String images = place.getAs("images");
      Dataset<Row> present = present(spark, place);
      if (present == null) {
        warnings.add(
            "WARNING: no image is found under %s now. Its old rows stay, since a storage that is not mounted looks the same; tables delete removes them."
                .formatted(VisibleText.of(images)));
        continue;
      }
      gone =
          gone.union(
              old.join(
                      runs.where(col("images").equalTo(images)).select("run_id").distinct(),
                      RUN,
                      "left_semi")
                  .join(present, new String[] {"path"}, "left_anti")
                  .select(columns(SCORE)));
    }
    return gone;
  }

  /** Null where there is none. */
  private static Dataset<Row> present(SparkSession spark, Row place) {
    try {
      String members = place.getAs("max_members");
      Search search =
          new Search(
              Boolean.parseBoolean(place.getAs("any_name")),
              members == null ? Search.MOST_MEMBERS : Long.parseLong(members));
      Dataset<Row> found =
          ImageFinder.find(spark, place.getAs("images"), search, PassedOver.register(spark))
              .select("path");
      return found.isEmpty() ? null : found;
    } catch (Exception e) {
      // Not RuntimeException: Scala throws checked exceptions undeclared.
      UserException fault = StorageFault.in(e);
      if (fault == null) {
        throw e;
      }
      return null;
    }
  }

  private Change rejects(TableStore store) {
    // The latest of its path is what keeps older scores from counting.
    Dataset<Row> latest =
        store
            .read(Table.REJECTS)
            .select(columns(REJECT))
            .union(store.read(Table.SCORES).select(columns(SCORE)))
            .groupBy("config_id", "dataset", "path")
            .agg(max("rejected_at").as("rejected_at"));
    return replaced(store, Table.REJECTS, latest, REJECT);
  }

  private Change imageMeasures(TableStore store) {
    Dataset<Row> newest =
        NewestRun.rows(
                store
                    .read(Table.IMAGE_MEASURES)
                    .withColumn("began", RowTime.of(Table.IMAGE_MEASURES))
                    // Rows of classify, which do not replace those of evaluate.
                    .withColumn("classified", col("probability_generated").isNotNull()),
                "began",
                "classified",
                "config_id",
                "dataset",
                "reference")
            .select(columns(MEASURE))
            .distinct();
    return replaced(store, Table.IMAGE_MEASURES, newest, MEASURE);
  }

  /**
   * Removes the old rows of a table that have no place among the newest.
   *
   * @param key the columns of {@code newest}
   */
  private Change replaced(TableStore store, Table table, Dataset<Row> newest, String[] key) {
    return Change.removing(
        store,
        table,
        store.files(table),
        rows -> rows.where(isOld(table)).join(newest, key, "left_anti"),
        rows ->
            rows.where(not(isOld(table)))
                .unionByName(rows.where(isOld(table)).join(newest, key, "left_semi")));
  }
}
