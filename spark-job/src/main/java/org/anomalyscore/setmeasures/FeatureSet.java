package org.anomalyscore.setmeasures;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.Tuple2;
import scala.collection.Seq;

/**
 * The feature vectors of a data set, in order of {@code image_id}, in blocks on the executors. What
 * several comparisons need of it is computed once.
 */
public final class FeatureSet implements AutoCloseable {

  /** A block pair's distances take 8 MB at this size, and a product of blocks is a good task. */
  static final int BLOCK_ROWS = 1024;

  /** Groups of rows, in order, for standard errors by the jackknife. */
  static final int GROUPS = 20;

  /**
   * Rows of a set that measures take whose time or memory would grow too far with all: their
   * standard errors are small by then.
   */
  static final int SAMPLE_ROWS = 10_000;

  /** Below this a partition of its own costs more than it wins. */
  private static final int PARTITION_ROWS = 2048;

  /**
   * Of the scatters of a partition's groups. One task builds them all, and the driver fetches a
   * partition at a time: at 2048 dimensions a group's takes 34 MB, however few its rows are.
   */
  private static final long PARTITION_SCATTER_BYTES = 64L << 20;

  private final JavaPairRDD<Row, Long> rows;
  private final int size;
  private final int dimension;
  private final JavaRDD<FeatureBlock> blocks;
  private JavaRDD<Moments> groupMoments;
  private Moments moments;
  private double[] factor;
  private double[] radii;
  private Diversity diversity;

  private FeatureSet(
      JavaPairRDD<Row, Long> rows, int size, int dimension, JavaRDD<FeatureBlock> blocks) {
    this.rows = rows;
    this.size = size;
    this.dimension = dimension;
    this.blocks = blocks;
  }

  /**
   * Reads features.
   *
   * @param rows with {@code image_id}, {@code path}, {@code features} (array of float, all of one
   *     length) and any other columns, one an image; no order is asked of them
   */
  public static FeatureSet of(Dataset<Row> rows) {
    Option<Object> most = rows.queryExecution().optimizedPlan().maxRows();
    if (most.isDefined() && (Long) most.get() == 0) {
      // Known without a job, as of most tables, whose scores have no features.
      JavaSparkContext context =
          JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
      return new FeatureSet(context.<Row>emptyRDD().zipWithIndex(), 0, 0, context.emptyRDD());
    }
    // One RDD, whose shuffled rows all jobs below read: what the rows come from runs once for the
    // order's sample and once for the rows.
    JavaRDD<Row> ordered = rows.orderBy("image_id", "path").javaRDD();
    JavaPairRDD<Row, Long> numbered = ordered.zipWithIndex();
    long n = ordered.count();
    if (n == 0) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(ordered.context());
      return new FeatureSet(numbered, 0, 0, context.emptyRDD());
    }
    if (n > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(n + " rows of features are more than an index can hold");
    }
    int size = (int) n;
    int dimension = ordered.first().<Seq<Float>>getAs("features").size();
    int groups = Math.min(GROUPS, size);
    int partitions = partitions(size, groups, dimension);
    JavaRDD<FeatureBlock> blocks =
        numbered
            .mapToPair(row -> new Tuple2<>(row._2().intValue(), floats(row._1().getAs("features"))))
            .repartitionAndSortWithinPartitions(new Groups(size, groups, partitions))
            .mapPartitions(part -> new Blocks(part, size, groups, dimension))
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new FeatureSet(numbered, size, dimension, blocks);
  }

  private static int partitions(int size, int groups, int dimension) {
    long byRows = ((long) size + PARTITION_ROWS - 1) / PARTITION_ROWS;
    long scatters = (long) groups * dimension * dimension * Double.BYTES;
    long byScatters = (scatters + PARTITION_SCATTER_BYTES - 1) / PARTITION_SCATTER_BYTES;
    return (int) Math.max(1, Math.min(groups, Math.max(byRows, byScatters)));
  }

  /** Number of images. */
  public int size() {
    return size;
  }

  /** Length of each feature vector; 0 for no images. */
  public int dimension() {
    return dimension;
  }

  /** The rows that the features were read from, each with its image's index in this set. */
  public JavaPairRDD<Row, Long> rows() {
    return rows;
  }

  JavaRDD<FeatureBlock> blocks() {
    return blocks;
  }

  /** Mean and scatter of each group, in order. */
  JavaRDD<Moments> groupMoments() {
    if (groupMoments == null) {
      groupMoments =
          blocks
              .mapPartitions(part -> groupMoments(part, FeatureBlock::wide).iterator())
              .persist(StorageLevel.MEMORY_AND_DISK());
    }
    return groupMoments;
  }

  /** Mean and scatter of all rows. */
  Moments moments() {
    if (moments == null) {
      moments = total(groupMoments());
    }
    return moments;
  }

  /**
   * Its normal distribution.
   *
   * @throws IllegalStateException for fewer than two images
   */
  public NormalFit normal() {
    if (size < 2) {
      throw new IllegalStateException(size + " images have no covariance");
    }
    return new NormalFit(moments().mean(), moments().covariance());
  }

  /** Mean and scatter of all groups together. */
  static Moments total(JavaRDD<Moments> groups) {
    // One group at a time: twenty of 2048 dimensions would be 670 MB.
    Iterator<Moments> each = groups.toLocalIterator();
    Moments all = each.next();
    while (each.hasNext()) {
      all = all.plus(each.next());
    }
    return all;
  }

  /** Mean and scatter of each group's rows at unit length, in order; to be forgotten after use. */
  JavaRDD<Moments> unitGroupMoments() {
    return blocks
        .mapPartitions(part -> groupMoments(part, FeatureBlock::unit).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** How many of its first rows take part where all would take too long. */
  int sampleSize() {
    return Math.min(size, SAMPLE_ROWS);
  }

  /**
   * The blocks of the first rows, {@link #sampleSize} in all. They are in order of their images'
   * hashes, so that they are a random sample, and always the same.
   */
  JavaRDD<FeatureBlock> sample() {
    if (size <= SAMPLE_ROWS) {
      return blocks;
    }
    return blocks
        .filter(block -> block.start() < SAMPLE_ROWS)
        .map(block -> block.first(SAMPLE_ROWS - block.start()));
  }

  /** The group of a row of the sample, of {@link #GROUPS} or as many as there are rows. */
  static int sampleGroup(int index, int sampleSize) {
    return group(index, sampleSize, Math.min(GROUPS, sampleSize));
  }

  /** How many different images it holds. */
  Diversity diversity() {
    if (diversity == null) {
      diversity = Diversity.of(this);
    }
    return diversity;
  }

  /** See {@link FrechetDistance#factor}. */
  double[] factor() {
    if (factor == null) {
      factor = FrechetDistance.factor(moments());
    }
    return factor;
  }

  /** Squared distances to the nearest neighbours in the set; see {@link Neighbours#radii}. */
  double[] radii() {
    if (radii == null) {
      radii = Neighbours.radii(this);
    }
    return radii;
  }

  /** Lets the executors forget the features. */
  @Override
  public void close() {
    blocks.unpersist(false);
    if (groupMoments != null) {
      groupMoments.unpersist(false);
    }
  }

  private static List<Moments> groupMoments(
      Iterator<FeatureBlock> part, Function<FeatureBlock, double[]> rows) {
    List<Moments> groups = new ArrayList<>();
    int last = -1;
    while (part.hasNext()) {
      FeatureBlock block = part.next();
      Moments of = Moments.of(block, rows.apply(block));
      if (block.group() == last) {
        int end = groups.size() - 1;
        groups.set(end, groups.get(end).plus(of));
      } else {
        groups.add(of);
        last = block.group();
      }
    }
    return groups;
  }

  private static float[] floats(Seq<Float> features) {
    float[] values = new float[features.size()];
    scala.collection.Iterator<Float> each = features.iterator();
    for (int i = 0; i < values.length; i++) {
      values[i] = each.next();
    }
    return values;
  }

  private static int group(int index, int size, int groups) {
    return (int) ((long) index * groups / size);
  }

  /** Rows to partitions, whole groups each, in order. */
  private static final class Groups extends Partitioner {

    private static final long serialVersionUID = 1;

    private final int size;
    private final int groups;
    private final int partitions;

    Groups(int size, int groups, int partitions) {
      this.size = size;
      this.groups = groups;
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object index) {
      return group((Integer) index, size, groups) * partitions / groups;
    }
  }

  /** Ordered rows as blocks, one at a time; a block ends with its group. */
  private static final class Blocks implements Iterator<FeatureBlock> {

    private final Iterator<Tuple2<Integer, float[]>> rows;
    private final int size;
    private final int groups;
    private final int dimension;
    private Tuple2<Integer, float[]> next;

    Blocks(Iterator<Tuple2<Integer, float[]>> rows, int size, int groups, int dimension) {
      this.rows = rows;
      this.size = size;
      this.groups = groups;
      this.dimension = dimension;
      this.next = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public FeatureBlock next() {
      if (next == null) {
        throw new NoSuchElementException();
      }
      int start = next._1();
      int group = group(start, size, groups);
      List<float[]> taken = new ArrayList<>(BLOCK_ROWS);
      while (next != null && taken.size() < BLOCK_ROWS && group(next._1(), size, groups) == group) {
        if (next._2().length != dimension) {
          throw new IllegalArgumentException(
              "features of lengths " + dimension + " and " + next._2().length + " in one set");
        }
        taken.add(next._2());
        next = rows.hasNext() ? rows.next() : null;
      }
      float[] values = new float[taken.size() * dimension];
      for (int i = 0; i < taken.size(); i++) {
        System.arraycopy(taken.get(i), 0, values, i * dimension, dimension);
      }
      return new FeatureBlock(start, group, taken.size(), dimension, values);
    }
  }
}
