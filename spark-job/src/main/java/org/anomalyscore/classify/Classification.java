package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Seq;

/**
 * How well classifiers tell the sets apart by the features that are stored: distribution
 * classification, as You et al. propose to evaluate generators ("Are images indistinguishable to
 * humans also indistinguishable to classifiers?"), but on stored features instead of pixels.
 *
 * <p>A set's images stand in a random order that the seed and each image's content give. Each class
 * of a task takes the same number of first images: of these the first are the test set, and of the
 * rest the first are the training set, so that smaller training sets lie within larger ones and all
 * are tested on the same images. Features are standardised by mean and deviation of the training
 * set. Intervals are for the drawing of the test images, given the training set.
 */
final class Classification {

  private static final Logger LOG = LoggerFactory.getLogger(Classification.class);

  /**
   * Numbers that are read into the driver's memory, 32 MB: below, no training set has more than one
   * partition, so that Spark could not fit it faster.
   */
  private static final long IN_MEMORY = 8_000_000;

  private static final String SHUFFLES = "spark.sql.shuffle.partitions";

  private static final long ROWS_OF_SHUFFLE = 10_000;

  private static final double[] CURVE = {0.125, 0.25, 0.5, 1};
  private static final double[] WHOLE = {1};

  /** A number of a training set as it is read, standardised and stacked for products. */
  private static final long BYTES_OF_A_FIT = 3 * Double.BYTES;

  private final TableStore store;
  private final SplitOptions options;
  private final int threads;
  private final boolean allowIncomplete;
  private final long inMemory;

  /**
   * A classification of the tables of one output folder.
   *
   * @param threads training sets that are worked on at once, while each is a task of Spark's only
   */
  Classification(TableStore store, SplitOptions options, int threads) {
    this(store, options, threads, false, IN_MEMORY);
  }

  private Classification(
      TableStore store, SplitOptions options, int threads, boolean allowIncomplete, long inMemory) {
    this.inMemory = inMemory;
    this.store = store;
    this.options = options;
    this.threads = threads;
    this.allowIncomplete = allowIncomplete;
  }

  /** One that classifies also sets whose last score run did not end well. */
  Classification allowIncomplete(boolean value) {
    return new Classification(store, options, threads, value, inMemory);
  }

  /**
   * One that classifies in memory up to so many numbers, images times the features of each; the
   * table has the same numbers.
   */
  Classification inMemory(long value) {
    return new Classification(store, options, threads, allowIncomplete, value);
  }

  /**
   * Classifies reference and generated images.
   *
   * @param configId whose features to use; null where the tables leave no choice
   * @throws org.anomalyscore.storage.UserException when a set is missing, incomplete, named twice,
   *     too small, has no features, or was scored differently
   */
  Classified of(Run run, String reference, List<String> generated, String configId) {
    ComparedSets sets = ComparedSets.of(store, reference, generated, configId, allowIncomplete);
    return withShufflesOf(
        sets.times().rows(sets.choice().configId(), sets.names()), () -> of(run, sets));
  }

  /**
   * Works with as many partitions of a shuffle as these rows are worth: Spark would make 200 of
   * them in rows that are persisted, each a task.
   */
  private Classified withShufflesOf(long rows, Supplier<Classified> work) {
    RuntimeConfig settings = SparkSession.active().conf();
    String before = settings.get(SHUFFLES);
    long worth = Math.max(threads, rows / ROWS_OF_SHUFFLE);
    // Some platforms have a word there.
    if (before.matches("\\d{1,9}")) {
      settings.set(SHUFFLES, Math.min(Long.parseLong(before), worth));
    }
    try {
      return work.get();
    } finally {
      settings.set(SHUFFLES, before);
    }
  }

  private Classified of(Run run, ComparedSets compared) {
    List<String> sets = compared.names();
    ConfigurationChoice choice = compared.choice();
    try (RankedFeatures images =
        new RankedFeatures(store, choice.configId(), sets, options.seed())) {
      Map<String, Long> counts = counts(sets, images);
      List<ClassificationTask> tasks = Questions.of(sets, List.copyOf(counts.values()));
      List<TableRow> rows =
          rows(
              tasks,
              images,
              Questions.most(sets.size(), tasks),
              () -> compared.row(run, options).with("input", ImageInput.FEATURES.text()));
      return new Classified(
          choice.configId(),
          choice.model(),
          compared.reference(),
          "Classifiers on stored features of " + choice.model(),
          counts,
          rows,
          List.of(),
          Map.of(),
          List.of());
    }
  }

  private static Map<String, Long> counts(List<String> sets, RankedFeatures images) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = 0; i < sets.size(); i++) {
      counts.put(sets.get(i), images.kept(i));
      Questions.requireEnough(sets.get(i), images.kept(i), "different images with features", "");
      if (images.kept(i) < images.all(i)) {
        LOG.warn(
            "{}: features of {} of {} images are stored; only these are classified.",
            sets.get(i),
            images.kept(i),
            images.all(i));
      }
    }
    return counts;
  }

  /** One row per task, training set and classifier. */
  private List<TableRow> rows(
      List<ClassificationTask> tasks,
      RankedFeatures images,
      List<Long> most,
      Supplier<TableRow> row) {
    Dataset<Row> features = images.read(most).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      int dimension = features.first().<Seq<Float>>getAs("features").size();
      List<SplitClassifier> splits = splits(tasks, dimension);
      LOG.info("{} training sets to classify", splits.size());
      long numbers = most.stream().mapToLong(Long::longValue).sum() * dimension;
      if (numbers <= inMemory) {
        SparkContext context = features.sparkSession().sparkContext();
        ImagesInMemory few = ImagesInMemory.collect(features, most);
        try {
          return each(
              splits,
              split -> split.classify(context, few, row),
              threadsOfDriver(numbers),
              () -> {});
        } catch (LinkageError e) {
          LOG.info("Each step of a fit is a job of its own, since this Spark has no {}", e);
        }
      }
      return classify(splits, features, row, threads);
    } finally {
      features.unpersist();
    }
  }

  /** As many as the driver has cores, and as fit into half of its heap. */
  private int threadsOfDriver(long numbers) {
    Runtime driver = Runtime.getRuntime();
    long fitting = driver.maxMemory() / 2 / (BYTES_OF_A_FIT * Math.max(1, numbers));
    return (int) Math.max(1, Math.min(Math.min(threads, driver.availableProcessors()), fitting));
  }

  private List<SplitClassifier> splits(List<ClassificationTask> tasks, int dimension) {
    List<SplitClassifier> splits = new ArrayList<>();
    for (ClassificationTask task : tasks) {
      for (double fraction : task.kind().hasCurve() ? CURVE : WHOLE) {
        splits.add(
            new SplitClassifier(Split.of(task, options, fraction), dimension, options.seed()));
      }
    }
    return splits;
  }

  /**
   * Rows of all splits, in their order. When this returns or throws, no job of theirs goes on.
   *
   * @throws RuntimeException the first split's that failed, as it is: it may be the user's fault
   */
  static List<TableRow> classify(
      List<SplitClassifier> splits, Dataset<Row> features, Supplier<TableRow> row, int threads) {
    boolean large = splits.stream().anyMatch(split -> split.partitions() > 1);
    SparkContext context = features.sparkSession().sparkContext();
    String group = "classify-" + UUID.randomUUID();
    return each(
        splits,
        split -> {
          context.setJobGroup(group, "classify", false);
          return split.classify(features, row);
        },
        large ? 1 : threads,
        () -> context.cancelJobGroupAndFutureJobs(group));
  }

  /**
   * Rows of all splits, in their order.
   *
   * @param cancel ends what runs where a split failed: threads are not interrupted, since they
   *     would leave their jobs behind, where a cancelled job ends its thread
   */
  private static List<TableRow> each(
      List<SplitClassifier> splits,
      Function<SplitClassifier, List<TableRow>> rowsOf,
      int threads,
      Runnable cancel) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<List<TableRow>>> all = new ArrayList<>();
    boolean complete = false;
    try {
      for (SplitClassifier split : splits) {
        all.add(pool.submit(() -> rowsOf.apply(split)));
      }
      List<TableRow> rows = new ArrayList<>();
      for (Future<List<TableRow>> done : all) {
        rows.addAll(done.get());
      }
      complete = true;
      return rows;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      if (e.getCause() instanceof LinkageError missing) {
        throw missing;
      }
      throw new IllegalStateException("A classification failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sets were classified", e);
    } finally {
      if (!complete) {
        all.forEach(future -> future.cancel(false));
        cancel.run();
      }
      end(pool);
    }
  }

  /** Waits for the threads, and keeps an interruption for the caller. */
  private static void end(ExecutorService pool) {
    pool.shutdown();
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
