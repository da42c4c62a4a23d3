package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Order statistics of many sets by one Spark job. They are exact: points of the empirical
 * distribution function and not estimates, so that ties and small sets come out right.
 */
final class Quantiles {

  /** Steps of the grid: on no screen does a curve of 201 points differ from one of all. */
  static final int STEPS = 200;

  private Quantiles() {}

  /**
   * The {@code j}-th rank of the grid, from 0: all ranks where a set has no more images than the
   * grid has points, else {@value #STEPS} equal steps from the lowest to the highest.
   */
  static long rank(int j, long n) {
    return n - 1 <= STEPS ? j : -Math.floorDiv(-j * (n - 1), (long) STEPS);
  }

  /**
   * Computes the shapes of all sets.
   *
   * @param rows of {@link Atypical#addTo}
   * @param perLevel images of a gallery's level
   * @return by the set's id; sets without rows are absent
   */
  static Map<Integer, Shape> of(Dataset<Row> rows, int perLevel) {
    Dataset<Row> ranked =
        rows.withColumn("n", count(lit(1)).over(Window.partitionBy("set")))
            .withColumn("scored", max(col("scored_at")).over(Window.partitionBy("set")))
            .withColumn("rank_c", rank("complexity"))
            .withColumn("rank_v", rank("vulnerability"))
            .withColumn("rank_a", rank("as_i"))
            .withColumn("place", place())
            .withColumn("in_gallery", inGallery(perLevel))
            .where(
                onGrid("rank_c").or(onGrid("rank_v")).or(onGrid("rank_a")).or(col("in_gallery")));
    Map<Integer, List<Row>> bySet = new HashMap<>();
    for (Row row :
        ranked
            .select(
                col("set"),
                col("n"),
                col("scored"),
                onGrid("rank_c").as("grid_c"),
                onGrid("rank_v").as("grid_v"),
                onGrid("rank_a").as("grid_a"),
                col("in_gallery"),
                col("place"),
                col("complexity"),
                col("vulnerability"),
                col("as_i"),
                col("complexity_std_err"),
                col("vulnerability_std_err"),
                col("as_i_std_err"),
                col("atypicality"),
                // Long, and of use only where an image is shown.
                expr("if(in_gallery, path, null)").as("path"),
                expr("if(in_gallery, image_id, null)").as("image_id"))
            .collectAsList()) {
      bySet.computeIfAbsent(row.<Integer>getAs("set"), set -> new ArrayList<>()).add(row);
    }
    Map<Integer, Shape> shapes = new HashMap<>();
    bySet.forEach((set, points) -> shapes.put(set, shape(points)));
    return shapes;
  }

  /** The gallery's order: by AS-i where no image of the set has an atypicality. */
  private static Column place() {
    return row_number()
        .over(
            Window.partitionBy("set")
                .orderBy(col("atypicality").asc_nulls_last(), col("as_i"), col("path")))
        .cast("long")
        .minus(1L);
  }

  /** Equal values are told apart by their paths, so that galleries do not change by chance. */
  private static Column rank(String column) {
    return row_number()
        .over(Window.partitionBy("set").orderBy(column, "path"))
        .cast("long")
        .minus(1L);
  }

  /** Whether a rank is one of {@link #rank}: where rank * STEPS / (n - 1) passes an integer. */
  private static Column onGrid(String rank) {
    return expr(
        ("n - 1 <= %2$d OR %1$s = 0 OR (%1$s * %2$d) div greatest(n - 1, 1)"
                + " <> ((%1$s - 1) * %2$d) div greatest(n - 1, 1)")
            .formatted(rank, STEPS));
  }

  /** Whether a rank is of one of the levels, as {@link Shape#level} finds them. */
  private static Column inGallery(int perLevel) {
    if (perLevel == 0) {
      return lit(false);
    }
    Column in = lit(false);
    for (int level = 0; level < Shape.LEVELS; level++) {
      String count = "greatest(1, least(%d, n div %d))".formatted(perLevel, Shape.LEVELS);
      String first = "%d * (n - %s) div %d".formatted(level, count, Shape.LEVELS - 1);
      in = in.or(expr("place >= %1$s AND place < %1$s + %2$s".formatted(first, count)));
    }
    return in;
  }

  private static Shape shape(List<Row> points) {
    List<Shape.GalleryImage> gallery =
        points.stream()
            .filter(row -> row.<Boolean>getAs("in_gallery"))
            .map(Shape.GalleryImage::of)
            .sorted(Comparator.comparingLong(Shape.GalleryImage::rank))
            .toList();
    return new Shape(
        points.get(0).<Long>getAs("n"),
        points.get(0).getAs("scored"),
        grid(points, "grid_c", "complexity"),
        grid(points, "grid_v", "vulnerability"),
        grid(points, "grid_a", "as_i"),
        gallery);
  }

  private static double[] grid(List<Row> points, String flag, String column) {
    return points.stream()
        .filter(row -> row.<Boolean>getAs(flag))
        .mapToDouble(row -> row.<Double>getAs(column))
        .sorted()
        .toArray();
  }
}
