package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Night;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The most unusual images of a generator in the night that it is compared with, as they were scored
 * then.
 *
 * @param at when that night began
 * @param images the most usual of them first
 */
record BaselineNight(Timestamp at, List<Shape.GalleryImage> images) {

  /** A set, and the evaluation that its baseline is of. */
  private record Then(ReportedSet set, Row evaluation) {}

  /**
   * Reads the images of all sets by one Spark job.
   *
   * @param each images of a set
   * @return by the set's id; sets without a baseline of an earlier night are absent
   */
  static Map<Integer, BaselineNight> read(
      TableStore store,
      List<Comparison> comparisons,
      Map<List<String>, Night> nights,
      List<ReportedSet> sets,
      Atypical atypical,
      int each) {
    Map<Integer, Timestamp> times = new HashMap<>();
    Dataset<Row> rows = null;
    for (Then then : evaluations(comparisons, nights, sets)) {
      times.put(then.set.id(), then.evaluation.getAs("evaluated_at"));
      Dataset<Row> its = scored(store, then);
      rows = rows == null ? its : rows.unionByName(its);
    }
    Map<Integer, BaselineNight> found = new HashMap<>();
    if (rows == null || each == 0) {
      return found;
    }
    Column place =
        row_number()
            .over(
                Window.partitionBy("set")
                    .orderBy(
                        col("atypicality").desc_nulls_last(), col("as_i").desc(), col("path")));
    for (Row row :
        atypical
            .addTo(rows, sets)
            .withColumn("place", place)
            .where(col("place").leq(each))
            .orderBy(col("set"), col("place").desc())
            .collectAsList()) {
      int set = row.<Integer>getAs("set");
      found
          .computeIfAbsent(set, id -> new BaselineNight(times.get(id), new ArrayList<>()))
          .images
          .add(Shape.GalleryImage.of(row));
    }
    return found;
  }

  private static List<Then> evaluations(
      List<Comparison> comparisons, Map<List<String>, Night> nights, List<ReportedSet> sets) {
    List<Then> all = new ArrayList<>();
    for (ReportedSet set : sets) {
      Comparison comparison = comparisons.get(set.comparison());
      Night night = Night.of(nights, comparison);
      Row state = night == null || set.isReference() ? null : night.rows().get(set.dataset());
      String run = state == null ? null : state.getAs("baseline_run_id");
      if (run != null) {
        comparison.history().get(set.dataset()).stream()
            .filter(row -> run.equals(row.getAs("run_id")))
            .findFirst()
            .ifPresent(row -> all.add(new Then(set, row)));
      }
    }
    return all;
  }

  /** The rows of that night: of each path below its folder the last one that was scored by then. */
  private static Dataset<Row> scored(TableStore store, Then then) {
    Column which =
        col("config_id")
            .equalTo(then.set.configId())
            .and(col("dataset").equalTo(then.set.dataset()))
            .and(col("scored_at").leq(lit(then.evaluation.<Timestamp>getAs("evaluated_at"))))
            .and(col("complexity").gt(0));
    String images = then.evaluation.getAs("images");
    if (images != null && !images.matches(".*[\\[\\]{}*?,].*")) {
      which = which.and(col("path").startsWith(images));
    }
    return CurrentScores.newest(store, which)
        .withColumn("as_i", col("vulnerability").divide(col("complexity")))
        .withColumn("set", lit(then.set.id()));
  }
}
