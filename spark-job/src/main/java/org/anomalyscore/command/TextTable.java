package org.anomalyscore.command;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.TableRow;

/** Aligned tables for a terminal. */
public final class TextTable {

  private TextTable() {}

  public static <T> String render(List<T> rows, List<ColumnData<T>> columns) {
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, rows, columns);
  }

  /** A column of text, which may be foreign. */
  public static <T> ColumnData<T> left(String title, Function<T, String> text) {
    return aligned(HorizontalAlign.LEFT, title).with(row -> VisibleText.of(text.apply(row)));
  }

  /** A column of numbers. */
  public static <T> ColumnData<T> right(String title, Function<T, String> text) {
    return aligned(HorizontalAlign.RIGHT, title).with(text);
  }

  public static Column aligned(HorizontalAlign align, String title) {
    return new Column().header(title).headerAlign(align).dataAlign(align);
  }

  /** Of a statistic, with its standard error where that is known; a dash where it is NULL. */
  public static ColumnData<TableRow> number(Statistic statistic) {
    return right(
        title(statistic),
        row ->
            row.get(statistic.column()) instanceof Double value
                ? statistic.text(value) + error(row, statistic)
                : "-");
  }

  private static String error(TableRow row, Statistic statistic) {
    return statistic.hasError() && row.get(statistic.errorColumn()) instanceof Double error
        ? " +- " + statistic.errorText(error)
        : "";
  }

  /** A statistic's title in the letters that every terminal has. */
  public static String title(Statistic statistic) {
    return Normalizer.normalize(statistic.title(), Normalizer.Form.NFD).replaceAll("\\p{M}", "");
  }

  /** Of a table's column; a dash where it is NULL. */
  public static ColumnData<TableRow> number(String title, String column, String format) {
    return right(title, row -> number(row, column, format));
  }

  /** A number of a row; a dash where it is NULL. */
  public static String number(TableRow row, String column, String format) {
    return row.get(column) instanceof Double value
        ? String.format(Locale.ROOT, format, value)
        : "-";
  }
}
