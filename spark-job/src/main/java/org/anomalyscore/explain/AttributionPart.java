package org.anomalyscore.explain;

import static org.anomalyscore.page.HtmlTable.format;
import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.List;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Part;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/**
 * The images that were explained last, under the reported configurations: each beside the heat map
 * of its super-pixels. All text has gone through {@link VisibleText}.
 */
public final class AttributionPart implements Part {

  /** More would make the page large; the table holds them all. */
  private static final int SHOWN = 12;

  /** Super-pixels that are named. */
  private static final int TOP = 3;

  /** Wide enough for two pictures of 224 pixels; such an overlay is a JPEG of 20 to 30 KB. */
  private static final int SIDE = 464;

  private static final int BYTES = 30_000;

  private final Configuration hadoop;

  /** A part whose overlays are read with these settings of Hadoop. */
  public AttributionPart(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** What {@code attributions.ftlh} prints. */
  record Model(List<Explained> explained) {}

  /**
   * An image.
   *
   * @param src the overlay as a data URI; null where it is gone
   * @param fault why there is no picture, or null
   * @param top its first super-pixels in words
   * @param stability the rank correlation between seeds, or null
   */
  record Explained(
      String path,
      String dataset,
      String model,
      String src,
      int width,
      int height,
      String fault,
      List<String> top,
      String stability) {}

  @Override
  public Table table() {
    return Table.ATTRIBUTIONS;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    List<Row> newest =
        NewestRun.rows(
                store.read(Table.ATTRIBUTIONS).where(Comparison.isReported(comparisons)),
                "explained_at",
                "config_id",
                "path")
            .where(col("rank").leq(TOP))
            .orderBy(col("explained_at").desc(), col("path"), col("config_id"), col("rank"))
            .limit(SHOWN * TOP)
            .collectAsList();
    List<Explained> explained =
        Comparison.grouped(newest, "config_id", "path").stream()
            .limit(SHOWN)
            .map(top -> explained(top, hadoop))
            .toList();
    return explained.isEmpty()
        ? List.of()
        : List.of(Block.ofPage("explain/attributions.ftlh", new Model(explained), List.of()));
  }

  private static Explained explained(List<Row> top, Configuration hadoop) {
    Row first = top.get(0);
    Thumbnail picture = picture(Comparison.text(first, "overlay"), hadoop);
    String dataset = Comparison.text(first, "dataset");
    Double correlation = Comparison.number(first, "rank_correlation");
    return new Explained(
        VisibleText.of(Comparison.text(first, "path")),
        dataset == null ? null : VisibleText.of(dataset),
        VisibleText.of(Comparison.text(first, "model")),
        picture.bytes() == null ? null : picture.dataUri(),
        picture.width(),
        picture.height(),
        picture.fault() == null ? null : VisibleText.of(picture.fault()),
        top.stream().map(AttributionPart::inWords).toList(),
        correlation == null ? null : format("%.2f", correlation));
  }

  private static String inWords(Row piece) {
    Double deviation = Comparison.number(piece, "coefficient_std");
    return format("%+.3g", Comparison.number(piece, "coefficient"))
        + (deviation == null ? "" : format(" ± %.2g", deviation))
        + format(
            " around (%.0f, %.0f)",
            Comparison.number(piece, "centre_x"), Comparison.number(piece, "centre_y"));
  }

  private static Thumbnail picture(String overlay, Configuration hadoop) {
    Path path = new Path(overlay);
    String qualified;
    try {
      qualified = Storage.of(path, hadoop).makeQualified(path).toString();
    } catch (IOException e) {
      return Thumbnail.missing(overlay, null, e.getMessage());
    }
    return Thumbnail.read(List.of(qualified), SIDE, BYTES, hadoop).get(qualified);
  }
}
