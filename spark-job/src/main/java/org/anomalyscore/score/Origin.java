package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the images of a data set come from, in this run and before: two folders under one name
 * would be mixed.
 *
 * @param images the path that is looked at now
 * @param hasScores whether the table of runs knows a run that scored images of this data set
 * @param otherFolders the paths, as they were written, of the runs that scored images of this data
 *     set; without those that are the same or lie in it
 */
record Origin(String images, boolean hasScores, List<String> otherFolders) {

  private static final Logger LOG = LoggerFactory.getLogger(Origin.class);

  private static final String[] RUN = {"run_id"};

  /**
   * Asks the table of runs.
   *
   * @param ours chooses the rows of the data set and configuration
   */
  static Origin of(SparkSession spark, TableStore store, Column ours, String images) {
    try {
      List<String> scored = scored(store, ours);
      return new Origin(images, !scored.isEmpty(), besides(spark, scored, images));
    } catch (IOException e) {
      throw StorageFault.of("Cannot look for images in '" + images + "'", new Path(images), e);
    }
  }

  /** The paths of the runs that scored images of this data set; NULL where a run names none. */
  private static List<String> scored(TableStore store, Column ours) {
    return store
        .read(Table.RUNS)
        .where(ours)
        .join(store.read(Table.SCORES).where(ours).select("run_id"), RUN, "left_semi")
        .select(get_json_object(col("configuration"), "$.images"))
        .distinct()
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static List<String> besides(SparkSession spark, List<String> others, String images)
      throws IOException {
    Path path = Storage.path("--images", images);
    FileSystem system = Storage.of(path, spark.sessionState().newHadoopConf());
    String now = qualified(path, system);
    List<String> besides = new ArrayList<>();
    for (String other : others) {
      if (other != null) {
        String then = qualified(new Path(other), system);
        if (!isWithin(then, now) && !isWithin(now, then)) {
          besides.add(other);
        }
      }
    }
    return besides.stream().sorted().toList();
  }

  private static boolean isWithin(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + Path.SEPARATOR);
  }

  /**
   * As text alone: the storage of an earlier run may be gone, or want other credentials.
   *
   * @param system of the path that is looked at now, which completes a path without scheme
   */
  private static String qualified(Path path, FileSystem system) {
    URI of = path.toUri().getScheme() == null ? system.getUri() : path.toUri();
    return path.makeQualified(of, system.getWorkingDirectory()).toString();
  }

  /**
   * Fails where a run would mix folders.
   *
   * @throws UserException naming them
   */
  void requireOneFolder(String dataset) {
    if (!otherFolders.isEmpty()) {
      throw new UserException(
          "Cannot score %s into the data set %s with --strict: it holds images of %s, and would mix them. Give another --dataset or --out, or delete its rows first with: anomaly-score tables delete --dataset %s"
              .formatted(images, dataset, String.join(", ", otherFolders), dataset));
    }
  }

  /** Warns before any image is scored, while there is time to stop. */
  void warn(String dataset, long toDo) {
    if (toDo > 0 && !otherFolders.isEmpty()) {
      LOG.warn(
          "The data set {} holds images of {}, and this run adds images of {}: it will mix them. If"
              + " that is not meant, stop this run, and score each under a --dataset or an --out of"
              + " its own; tables delete removes the rows of a data set.",
          VisibleText.of(dataset),
          VisibleText.of(String.join(", ", otherFolders)),
          VisibleText.of(images));
    }
  }
}
