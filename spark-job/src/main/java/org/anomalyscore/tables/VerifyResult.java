package org.anomalyscore.tables;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Result;

/**
 * What was found.
 *
 * @param files that were read
 * @param rows in them
 * @param runs of score whose counts were compared
 * @param problems a line each
 */
record VerifyResult(long files, long rows, long runs, List<String> problems) implements Result {

  @Override
  public String text() {
    String read =
        String.format(
            Locale.ROOT,
            "Read %,d rows of %,d files, and the counts of %,d runs.",
            rows,
            files,
            runs);
    return problems.isEmpty()
        ? read + " All is well."
        : read + "\n" + String.join("\n", warnings());
  }

  @Override
  public List<String> warnings() {
    return problems.stream().map(problem -> "PROBLEM: " + problem).toList();
  }

  @Override
  public ExitCode exitCode() {
    return problems.isEmpty() ? ExitCode.DONE : ExitCode.BAD_INPUT;
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("files", files);
    object.put("rows", rows);
    object.put("runs", runs);
    object.put("problems", problems);
    return object;
  }
}
