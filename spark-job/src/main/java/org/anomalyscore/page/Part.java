package org.anomalyscore.page;

import java.util.List;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;

/**
 * What a command adds to the report: the report knows a list of parts and nothing of any of them.
 */
public interface Part {

  /** Where a block stands in the page. */
  enum Place {
    /** The first of a comparison. */
    COMPARISON_BEGIN,
    /** In a comparison, before its data sets. */
    COMPARISON,
    /** Below all comparisons. */
    PAGE
  }

  /**
   * A piece of the page.
   *
   * @param comparison the place of its comparison in the list; -1 for a block of the page
   * @param template FreeMarker's, from the root of the rooms, as {@code sweep/sweep.ftlh}. It finds
   *     the model as {@code part.model}, the comparison as {@code part.comparison}, and the macros
   *     of {@code report.ftlh} for tables and figures
   * @param model a record, whose text went through {@link VisibleText}
   * @param figures what the script draws of it
   */
  record Block(Place place, int comparison, String template, Object model, List<Figure> figures) {

    /** A block below all comparisons. */
    public static Block ofPage(String template, Object model, List<Figure> figures) {
      return new Block(Place.PAGE, -1, template, model, figures);
    }
  }

  /**
   * Data of a figure.
   *
   * @param id what the template gives the macro {@code figure} as the set; none is a number, since
   *     these are the data sets themselves
   * @param data a record; the drawing function of the figure's kind in {@code report.js} reads it
   */
  record Figure(String id, Object data) {}

  /** The table that it shows; where it was never written the part has nothing to say. */
  Table table();

  /**
   * Reads what the tables say of the reported comparisons.
   *
   * @param comparisons in the page's order
   * @return its blocks in their order; none where there is nothing to say
   */
  List<Block> read(TableStore store, List<Comparison> comparisons);
}
