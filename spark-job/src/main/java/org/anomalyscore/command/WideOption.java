package org.anomalyscore.command;

import picocli.CommandLine.Option;

/** Whether a command's tables may be wider than the terminal. */
public final class WideOption {

  /** The launcher sets it to the terminal's width, where the output goes to one. */
  private static final String COLUMNS = "COLUMNS";

  @Option(
      names = "--wide",
      description =
          "Prints all columns of a table, also where it is wider than the terminal. Default: those"
              + " that fit; all where the output goes to a file or another program.")
  private boolean wide;

  /** The text of a result, with tables that fit. */
  String fitted(Result result) {
    String columns = Environment.variable(COLUMNS);
    return wide || columns == null || !columns.matches("[1-9]\\d{0,3}")
        ? result.text()
        : FittedTables.of(result.text(), Integer.parseInt(columns));
  }
}
