package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Where the images of a data set come from, in this run and before: two folders under one name
 * would be mixed.
 *
 * @param images the path that is looked at now
 * @param passedOver files under it that are no images by their names, by kind
 * @param otherFolders the paths, as they were written, of the runs that scored images of this data
 *     set; without those that are the same or lie in it
 */
record Origin(String images, Map<String, Long> passedOver, List<String> otherFolders) {

  private static final String[] RUN = {"run_id"};

  /**
   * Asks the table of runs.
   *
   * @param ours chooses the rows of the data set and configuration
   */
  static Origin of(
      SparkSession spark,
      TableStore store,
      Column ours,
      String images,
      Map<String, Long> passedOver) {
    try {
      return new Origin(images, passedOver, besides(spark, store, ours, images));
    } catch (IOException e) {
      throw StorageFault.of("Cannot look for images in '" + images + "'", new Path(images), e);
    }
  }

  private static List<String> besides(
      SparkSession spark, TableStore store, Column ours, String images) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String now = qualified(images, hadoop);
    List<String> others =
        store
            .read(Table.RUNS)
            .where(ours)
            .join(store.read(Table.SCORES).where(ours).select("run_id"), RUN, "left_semi")
            .select(get_json_object(col("configuration"), "$.images"))
            .distinct()
            .as(Encoders.STRING())
            .collectAsList();
    List<String> besides = new ArrayList<>();
    for (String other : others) {
      if (other != null) {
        String then = qualified(other, hadoop);
        if (!then.equals(now) && !then.startsWith(now + Path.SEPARATOR)) {
          besides.add(other);
        }
      }
    }
    return besides.stream().sorted().toList();
  }

  private static String qualified(String images, Configuration hadoop) throws IOException {
    Path path = Storage.path("--images", images);
    return Storage.of(path, hadoop).makeQualified(path).toString();
  }
}
