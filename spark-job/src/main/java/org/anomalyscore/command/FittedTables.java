package org.anomalyscore.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A result's text whose {@link TextTable tables} fit the width of a terminal: columns are left out
 * from the right, and a line below the table names them. The first column, of names, always stays.
 */
final class FittedTables {

  private FittedTables() {}

  /**
   * Fits the tables of a text; other lines stay as they are.
   *
   * @param width characters of a line
   */
  static String of(String text, int width) {
    List<String> fitted = new ArrayList<>();
    List<String> table = new ArrayList<>();
    for (String line : text.split("\\R", -1)) {
      boolean inTable = !table.isEmpty() && line.length() == table.get(0).length();
      if (inTable ? line.startsWith("+") || line.startsWith("|") : line.matches("\\+-[-+]*-\\+")) {
        table.add(line);
      } else {
        flush(table, width, fitted);
        fitted.add(line);
      }
    }
    flush(table, width, fitted);
    return String.join(System.lineSeparator(), fitted);
  }

  private static void flush(List<String> table, int width, List<String> lines) {
    if (!table.isEmpty()) {
      lines.addAll(fit(table, width));
      table.clear();
    }
  }

  private static List<String> fit(List<String> table, int width) {
    String border = table.get(0);
    if (border.length() <= width) {
      return table;
    }
    List<Integer> edges = new ArrayList<>();
    for (int i = border.indexOf('+'); i >= 0; i = border.indexOf('+', i + 1)) {
      edges.add(i);
    }
    int kept = 1;
    while (kept + 1 < edges.size() && edges.get(kept + 1) < width) {
      kept++;
    }
    int end = edges.get(kept);
    if (kept + 1 == edges.size()) {
      return table;
    }
    List<String> left = new ArrayList<>();
    for (int column = kept; column + 1 < edges.size(); column++) {
      left.add(title(table, edges.get(column), edges.get(column + 1)));
    }
    List<String> fitted = new ArrayList<>();
    table.forEach(line -> fitted.add(line.substring(0, end + 1)));
    fitted.add(
        String.format(
            Locale.ROOT,
            "%d of %d columns are left out, which --wide shows: %s",
            left.size(),
            edges.size() - 1,
            String.join(", ", left)));
    return fitted;
  }

  /** The heading's lines stand between the first two borders. */
  private static String title(List<String> table, int from, int to) {
    StringBuilder title = new StringBuilder();
    for (int i = 1; i < table.size() && table.get(i).startsWith("|"); i++) {
      title.append(table.get(i).substring(from + 1, to).strip()).append(' ');
    }
    return title.toString().strip();
  }
}
