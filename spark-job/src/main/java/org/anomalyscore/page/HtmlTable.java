package org.anomalyscore.page;

import java.sql.Timestamp;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Statistic;
import org.apache.spark.sql.Row;

/**
 * A sortable table of the page.
 *
 * @param caption what it holds
 * @param columns left to right; the first names the row
 * @param past whether a row is of an earlier night, and shown as that; empty where none is
 */
public record HtmlTable(
    String caption, List<Column> columns, List<List<Cell>> rows, List<Boolean> past) {

  public HtmlTable(String caption, List<Column> columns, List<List<Cell>> rows) {
    this(caption, columns, rows, List.of());
  }

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  /**
   * A column's head.
   *
   * @param hint one line on what the numbers mean; may be empty
   * @param numeric sorts by number and stands to the right
   * @param room when it is shown: {@code always}, {@code wide} (not on a telephone), or {@code
   *     more} (when a reader asks for it)
   */
  public record Column(String title, String hint, boolean numeric, String room) {

    Column(String title, String hint, boolean numeric) {
      this(title, hint, numeric, "always");
    }

    /** The same, where there is room. */
    public Column wide() {
      return new Column(title, hint, numeric, "wide");
    }

    /** The same, where a reader asks for it. */
    public Column more() {
      return new Column(title, hint, numeric, "more");
    }
  }

  /**
   * A field.
   *
   * @param sort a number or text to sort by; null sorts last
   * @param href a place in the page, or null
   * @param detail longer text that opens on demand, or null
   */
  public record Cell(String text, Object sort, String href, String detail) {}

  public static Column text(String title) {
    return new Column(title, "", false);
  }

  public static Column number(String title, String hint) {
    return new Column(title, hint, true);
  }

  /** A statistic's. */
  public static Column number(Statistic statistic) {
    String title = statistic.title();
    // A word of one letter is a symbol, as p.
    boolean isWord = title.length() > 1 && Character.isLetter(title.charAt(1));
    return number(
        isWord ? title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1) : title,
        statistic.meaning());
  }

  /** A statistic's, with its standard error where that is known; sorts by value. */
  public static Cell cell(Statistic statistic, Row row) {
    Double value = Comparison.number(row, statistic.column());
    Double error = statistic.hasError() ? Comparison.number(row, statistic.errorColumn()) : null;
    return value == null
        ? cell((String) null)
        : new Cell(
            statistic.text(value) + (error == null ? "" : " ± " + statistic.errorText(error)),
            value,
            null,
            null);
  }

  /** Foreign text; null shows as a dash. */
  public static Cell cell(String text) {
    return text == null
        ? new Cell("–", null, null, null)
        : new Cell(VisibleText.of(text), VisibleText.of(text), null, null);
  }

  /** A number by a format of {@link String#format}; null shows as a dash. */
  public static Cell cell(Number value, String format) {
    return value == null
        ? new Cell("–", null, null, null)
        : new Cell(format(format, value), value, null, null);
  }

  public static Cell cell(Timestamp time) {
    return new Cell(minute(time), time.getTime(), null, null);
  }

  public static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  public static String minute(Timestamp time) {
    return MINUTE.format(time.toInstant());
  }
}
