package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** The rows of {@code scores} that the newest evaluations stand for, of all sets in one plan. */
final class ScoredImages {

  /** Listings are small Spark jobs, of which several fit side by side. */
  private static final int LISTINGS_AT_ONCE = 4;

  private static final int TASKS_PER_CORE = 4;

  private final SparkSession spark;
  private final TableStore store;

  ScoredImages(SparkSession spark, TableStore store) {
    this.spark = spark;
    this.store = store;
  }

  /**
   * One row an image of each set: {@code set}, {@code path}, {@code image_id}, {@code complexity},
   * {@code vulnerability}, {@code as_i}, and their {@code _std_err}, which are NULL where an image
   * has one draw; {@code scored_at}. A set whose folder of images cannot be listed any more has all
   * its rows, and a note that says so.
   */
  Dataset<Row> of(List<ReportedSet> sets) {
    Dataset<Row> present = present(sets);
    Column which =
        col("config_id")
            .isin(sets.stream().map(ReportedSet::configId).distinct().toArray())
            .and(col("dataset").isin(sets.stream().map(ReportedSet::dataset).distinct().toArray()));
    Dataset<Row> rows =
        CurrentScores.ofEach(store, which)
            .join(functions.broadcast(keys(sets)), new String[] {"config_id", "dataset"}, "inner");
    if (present != null) {
      rows =
          rows.join(present, new String[] {"images", "path"}, "left")
              .where(col("images").isNull().or(col("present")));
    }
    // No score has C = 0; a table from elsewhere must not end the report with a division by it.
    return rows.where(col("complexity").gt(0))
        .select(
            col("set"),
            col("path"),
            col("image_id"),
            col("complexity"),
            col("vulnerability"),
            col("vulnerability").divide(col("complexity")).as("as_i"),
            col("complexity_std_err"),
            col("vulnerability_std_err"),
            col("as_i_std_err"),
            col("scored_at"))
        // All that is computed of them goes set by set; so nothing is shuffled twice.
        .repartition(TASKS_PER_CORE * spark.sparkContext().defaultParallelism(), col("set"));
  }

  /** {@code images} is NULL where all rows are taken. */
  private Dataset<Row> keys(List<ReportedSet> sets) {
    return spark.createDataFrame(
        sets.stream()
            .map(
                set ->
                    RowFactory.create(
                        set.id(),
                        set.configId(),
                        set.dataset(),
                        set.notes().isEmpty() ? set.images() : null))
            .toList(),
        new StructType()
            .add("set", DataTypes.IntegerType)
            .add("config_id", DataTypes.StringType)
            .add("dataset", DataTypes.StringType)
            .add("images", DataTypes.StringType));
  }

  /** Listed images: {@code images}, {@code path}, {@code present}; null where none are listed. */
  private Dataset<Row> present(List<ReportedSet> sets) {
    List<String> folders =
        sets.stream().map(ReportedSet::images).filter(Objects::nonNull).distinct().toList();
    Map<String, Future<Dataset<Row>>> listings = new LinkedHashMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(LISTINGS_AT_ONCE);
    try {
      folders.forEach(folder -> listings.put(folder, threads.submit(() -> list(folder))));
      Dataset<Row> all = null;
      for (Map.Entry<String, Future<Dataset<Row>>> listing : listings.entrySet()) {
        try {
          Dataset<Row> one = listing.getValue().get();
          all = all == null ? one : all.union(one);
        } catch (java.util.concurrent.ExecutionException e) {
          note(sets, listing.getKey(), e);
        }
      }
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while images were listed", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private Dataset<Row> list(String images) {
    Dataset<Row> paths =
        ImageFinder.find(spark, images)
            .select(lit(images).as("images"), col("path"), lit(true).as("present"))
            // A hundred listings are united, and a listing has some partitions a core.
            .coalesce(Math.max(1, spark.sparkContext().defaultParallelism() / 4))
            .persist(StorageLevel.MEMORY_AND_DISK());
    // Now, because a folder that cannot be read must be known before its rows are chosen.
    paths.count();
    return paths;
  }

  private static void note(List<ReportedSet> sets, String images, Exception e) {
    UserException fault = StorageFault.in(e);
    if (fault == null) {
      throw new IllegalStateException("Cannot list '" + images + "'", e);
    }
    for (ReportedSet set : sets) {
      if (images.equals(set.images())) {
        set.notes()
            .add(
                "Which images the set holds now is not known, so all its scored images are shown: "
                    + fault.getMessage());
      }
    }
  }
}
