package org.anomalyscore.score;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;

import java.util.Iterator;
import java.util.List;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * What a run found, and what of it there is to do, which is written to storage before the first
 * image is scored. Slices and partitions are cut from the written list: a listing that Spark
 * computed again, after it lost an executor, could come out differently and lose or double an
 * image.
 *
 * <p>Images stand in the order of their folders and containers and are cut into <em>chunks</em> of
 * equal weight, about a batch each. An image weighs 1 for the network, plus 1 for each MiB to fetch
 * and decode, but no more than a chunk, so that there are no more chunks than images, whatever
 * lengths files claim. What will be a reject without being fetched weighs nothing. Slices and their
 * partitions are runs of chunks, so that partitions differ by a chunk at most in count and bytes
 * together, and each reads its containers from front to back.
 */
final class WorkList {

  /** Status of an image that has neither a score nor a final reject. */
  private static final int TO_DO = 0;

  private static final int SCORED = 1;
  private static final int REJECTED = 2;

  private static final double BYTES_THAT_WEIGH_AN_IMAGE = 1 << 20;

  private final SparkSession spark;
  private final String folder;
  private final StructType schema;
  private final long[] counts = new long[3];
  private long chunks;

  private WorkList(SparkSession spark, String folder, StructType schema) {
    this.spark = spark;
    this.folder = folder;
    this.schema = schema;
  }

  /**
   * Writes the list.
   *
   * @param found what is under the path: {@code path}, {@code length}, {@code modified}, {@code
   *     container}, {@code position}, and what else its reader needs
   * @param store whose scores and rejects are known
   * @param ours chooses the rows of the data set and configuration from them
   * @param chunkWeight of a chunk; that of a batch of small images is the batch size
   * @param run in whose work folder the list lies
   */
  static WorkList write(
      SparkSession spark,
      Dataset<Row> found,
      TableStore store,
      Column ours,
      int chunkWeight,
      Run run) {
    // A file that was changed after it was looked at is looked at again.
    Column status =
        when(col("modified").lt(col("scored_at")), lit(SCORED))
            .when(col("modified").lt(col("rejected_at")), lit(REJECTED))
            .otherwise(lit(TO_DO));
    Dataset<Row> joined =
        found
            .join(scored(store, ours), col("path").equalTo(col("scored_path")), "left")
            .join(rejected(store, ours), col("path").equalTo(col("rejected_path")), "left")
            .withColumn("status", status)
            // Bytes that came back after a reject get a new row, the newest of their path.
            .withColumn(
                "known_image_id",
                when(
                    coalesce(col("any_rejected_at").lt(col("scored_at")), lit(true)),
                    col("known_image_id")))
            .drop("scored_path", "scored_at", "rejected_path", "rejected_at", "any_rejected_at");
    String folder = store.workFolder(run);
    WorkList list =
        new WorkList(spark, folder, joined.schema().add("chunk", DataTypes.LongType, false));
    // What is found is looked up once, and only what there is to do is sorted and written: most
    // runs over a large set have little to do.
    joined.persist(StorageLevel.DISK_ONLY());
    try {
      list.countByStatus(joined);
      if (list.toDo() > 0) {
        list.write(joined.where(col("status").equalTo(TO_DO)), chunkWeight);
      }
    } finally {
      joined.unpersist();
    }
    return list;
  }

  private void write(Dataset<Row> toDo, int chunkWeight) {
    Dataset<Row> ordered =
        toDo.orderBy(coalesce(col("container"), col("path")), col("position"), col("path"));
    spark
        .createDataFrame(withChunks(ordered.javaRDD(), chunkWeight), schema)
        .write()
        .parquet(folder);
    // The list says what will be done, should a lost part of the look-up have come out differently.
    Row written = read().agg(count(lit(1)), max("chunk")).first();
    counts[TO_DO] = written.getLong(0);
    chunks = written.isNullAt(1) ? 0 : written.getLong(1) + 1;
  }

  /** The newest score of each path. */
  private static Dataset<Row> scored(TableStore store, Column ours) {
    return CurrentScores.newest(store, ours)
        .select(
            col("path").as("scored_path"), col("image_id").as("known_image_id"), col("scored_at"));
  }

  /** The newest reject of each path, and the newest that is final. */
  private static Dataset<Row> rejected(TableStore store, Column ours) {
    return store
        .read(Table.REJECTS)
        .where(ours)
        .groupBy(col("path").as("rejected_path"))
        .agg(
            max(when(
                    col("reason").isin((Object[]) RejectReason.finalReasons()), col("rejected_at")))
                .as("rejected_at"),
            max(col("rejected_at")).as("any_rejected_at"));
  }

  /** Appends to each row the chunk that its place in the sum of weights falls into. */
  private static JavaRDD<Row> withChunks(JavaRDD<Row> ordered, int chunkWeight) {
    List<Double> weights =
        ordered
            .mapPartitions(
                rows -> {
                  double sum = 0;
                  while (rows.hasNext()) {
                    sum += weight(rows.next(), chunkWeight);
                  }
                  return List.of(sum).iterator();
                })
            .collect();
    double[] before = new double[weights.size()];
    for (int i = 1; i < before.length; i++) {
      before[i] = before[i - 1] + weights.get(i - 1);
    }
    return ordered.mapPartitionsWithIndex(
        (partition, rows) -> new Chunked(rows, before[partition], chunkWeight), false);
  }

  private static double weight(Row row, int chunkWeight) {
    long length = row.<Long>getAs("length");
    boolean fetched = row.getAs("fault_reason") == null && length <= ImageLoader.MOST_FILE_BYTES;
    return fetched ? Math.min(chunkWeight, 1 + length / BYTES_THAT_WEIGH_AN_IMAGE) : 0;
  }

  private record Chunked(Iterator<Row> rows, double[] sum, int chunkWeight)
      implements Iterator<Row> {

    Chunked(Iterator<Row> rows, double before, int chunkWeight) {
      this(rows, new double[] {before}, chunkWeight);
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = (long) (sum[0] / chunkWeight);
      sum[0] += weight(row, chunkWeight);
      return RowFactory.create(values);
    }
  }

  private Dataset<Row> read() {
    return spark.read().schema(schema).parquet(folder);
  }

  private void countByStatus(Dataset<Row> found) {
    for (Row row : found.groupBy("status").count().collectAsList()) {
      counts[row.<Integer>getAs("status")] = row.<Long>getAs("count");
    }
  }

  long found() {
    return counts[TO_DO] + counts[SCORED] + counts[REJECTED];
  }

  long toDo() {
    return counts[TO_DO];
  }

  long alreadyScored() {
    return counts[SCORED];
  }

  long alreadyRejected() {
    return counts[REJECTED];
  }

  /** Chunks to do, numbered from 0. */
  long chunks() {
    return chunks;
  }

  /**
   * The images of chunks {@code from} (inclusive) to {@code to} (exclusive), each partition in the
   * order of its containers.
   */
  Dataset<Row> slice(long from, long to, int partitions) {
    // A hash partitioner on small integers puts each into the partition of its number; a partition
    // by column would hash several into one and leave others empty.
    JavaRDD<Row> dealt =
        rows(from, to)
            .javaRDD()
            .mapToPair(
                row ->
                    new Tuple2<>(
                        (int) ((row.<Long>getAs("chunk") - from) * partitions / (to - from)), row))
            .partitionBy(new HashPartitioner(partitions))
            .values();
    return spark
        .createDataFrame(dealt, schema)
        .sortWithinPartitions("container", "position", "path");
  }

  /** How many images those are. */
  long size(long from, long to) {
    return rows(from, to).count();
  }

  private Dataset<Row> rows(long from, long to) {
    return read().where(col("chunk").geq(from).and(col("chunk").lt(to)));
  }
}
