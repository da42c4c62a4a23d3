package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.format;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Part;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The generated images that are nearest to an image of the training set, each beside it, where the
 * newest evaluation of a set named one and kept its images' measures.
 */
public final class CopiesPart implements Part {

  /** Of a set; the table holds them all. */
  private static final int SHOWN = 6;

  private static final int SIDE = 128;

  private static final int BYTES = 9_000;

  private final Configuration hadoop;

  /** A part whose pictures are read with these settings of Hadoop. */
  public CopiesPart(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** What {@code copies.ftlh} prints. */
  record Model(List<CopiedSet> sets) {}

  /**
   * A generated set.
   *
   * @param summary authenticity and CT score in words
   * @param pairs the nearest first
   */
  record CopiedSet(String dataset, String training, String summary, List<Pair> pairs) {}

  /**
   * An image and the training image that is nearest to it.
   *
   * @param ratio of their distance to that image's to its nearest other
   */
  record Pair(Side generated, Side training, String ratio, boolean authentic) {}

  /**
   * One of the two.
   *
   * @param src the picture as a data URI; null where it is gone
   * @param fault why there is no picture, or null
   */
  record Side(String path, String src, int width, int height, String fault) {}

  @Override
  public Table table() {
    return Table.IMAGE_MEASURES;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    List<Row> evaluations =
        comparisons.stream()
            .flatMap(comparison -> comparison.newest().stream())
            .filter(row -> Comparison.text(row, "training") != null)
            .toList();
    if (evaluations.isEmpty()) {
      return List.of();
    }
    Map<List<String>, List<Row>> nearest = nearest(store, evaluations);
    Map<String, Thumbnail> pictures = pictures(nearest.values());
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < comparisons.size(); i++) {
      List<CopiedSet> sets =
          comparisons.get(i).newest().stream()
              .filter(row -> nearest.containsKey(key(row)))
              .map(row -> set(row, nearest.get(key(row)), pictures))
              .toList();
      if (!sets.isEmpty()) {
        blocks.add(
            new Block(Place.COMPARISON, i, "evaluate/copies.ftlh", new Model(sets), List.of()));
      }
    }
    return blocks;
  }

  private static List<String> key(Row row) {
    return List.of(Comparison.text(row, "run_id"), Comparison.text(row, "dataset"));
  }

  /** Of each run and set those with the lowest ratios, the lowest first. */
  private static Map<List<String>, List<Row>> nearest(TableStore store, List<Row> evaluations) {
    Object[] runs = evaluations.stream().map(row -> Comparison.text(row, "run_id")).toArray();
    Column place =
        row_number()
            .over(
                Window.partitionBy("run_id", "dataset")
                    .orderBy(col("training_ratio"), col("path")));
    return store
        .read(Table.IMAGE_MEASURES)
        .where(col("run_id").isin(runs).and(col("training_ratio").isNotNull()))
        .withColumn("place", place)
        .where(col("place").leq(SHOWN))
        .orderBy("place")
        .collectAsList()
        .stream()
        .collect(Collectors.groupingBy(CopiesPart::key));
  }

  private Map<String, Thumbnail> pictures(Collection<List<Row>> nearest) {
    Set<String> paths =
        nearest.stream()
            .flatMap(List::stream)
            .flatMap(
                row ->
                    Stream.of(Comparison.text(row, "path"), Comparison.text(row, "training_path")))
            .collect(Collectors.toSet());
    return Thumbnail.read(paths, SIDE, BYTES, hadoop);
  }

  private static CopiedSet set(Row evaluation, List<Row> nearest, Map<String, Thumbnail> pictures) {
    List<Pair> pairs = new ArrayList<>();
    for (Row row : nearest) {
      double ratio = row.<Double>getAs("training_ratio");
      pairs.add(
          new Pair(
              side(pictures.get(Comparison.text(row, "path"))),
              side(pictures.get(Comparison.text(row, "training_path"))),
              format("%.2f", ratio),
              ratio > 1));
    }
    return new CopiedSet(
        VisibleText.of(Comparison.text(evaluation, "dataset")),
        VisibleText.of(Comparison.text(evaluation, "training")),
        summary(evaluation),
        pairs);
  }

  private static String summary(Row evaluation) {
    Double ct = Comparison.number(evaluation, Statistic.CT_SCORE.column());
    return "authenticity "
        + Statistic.AUTHENTICITY.text(
            Comparison.number(evaluation, Statistic.AUTHENTICITY.column()))
        + ", of the reference "
        + Statistic.REFERENCE_AUTHENTICITY.text(
            Comparison.number(evaluation, Statistic.REFERENCE_AUTHENTICITY.column()))
        + (ct == null ? "" : ", CT score " + Statistic.CT_SCORE.text(ct));
  }

  private static Side side(Thumbnail picture) {
    return new Side(
        VisibleText.of(picture.path()),
        picture.bytes() == null ? null : picture.dataUri(),
        picture.width(),
        picture.height(),
        picture.fault() == null ? null : VisibleText.of(picture.fault()));
  }
}
