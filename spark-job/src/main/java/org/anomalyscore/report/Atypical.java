package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.stats.RobustScatter;
import org.anomalyscore.table.DoubleColumns;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;

/**
 * How far the images of each comparison lie from the middle of its reference.
 *
 * @param scatters by the place of the comparison; none where the reference has no rows or no
 *     scatter
 */
record Atypical(Map<Integer, RobustScatter> scatters) {

  /**
   * Measures the references.
   *
   * @param rows of {@link ScoredImages#of}
   */
  static Atypical of(Dataset<Row> rows, List<ReportedSet> sets) {
    Map<Integer, RobustScatter> scatters = new HashMap<>();
    for (ReportedSet set : sets) {
      if (set.isReference()) {
        double[][] real =
            DoubleColumns.collect(
                rows.where(col("set").equalTo(set.id())), "complexity", "vulnerability");
        RobustScatter scatter = RobustScatter.of(real[0], real[1]);
        if (scatter.isDefined()) {
          scatters.put(set.comparison(), scatter);
        }
      }
    }
    return new Atypical(scatters);
  }

  /** The rows with a column {@code atypicality}, which is NULL where there is no scatter. */
  Dataset<Row> addTo(Dataset<Row> rows, List<ReportedSet> sets) {
    Map<Integer, RobustScatter> bySet = new HashMap<>();
    for (ReportedSet set : sets) {
      if (scatters.containsKey(set.comparison())) {
        bySet.put(set.id(), scatters.get(set.comparison()));
      }
    }
    UDF3<Integer, Double, Double, Double> distance =
        (set, c, v) -> {
          RobustScatter scatter = bySet.get(set);
          double found = scatter == null ? Double.NaN : scatter.distance(c, v);
          return Double.isNaN(found) ? null : (Double) found;
        };
    return rows.withColumn(
        "atypicality",
        udf(distance, DataTypes.DoubleType)
            .apply(col("set"), col("complexity"), col("vulnerability")));
  }

  /** Which of C and V is high or low of an image; null where that is not known. */
  String direction(int comparison, Shape.GalleryImage image) {
    RobustScatter scatter = scatters.get(comparison);
    return scatter == null ? null : scatter.direction(image.complexity(), image.vulnerability());
  }

  /** Whether the images of a comparison have an atypicality. */
  boolean isKnown(int comparison) {
    return scatters.containsKey(comparison);
  }
}
