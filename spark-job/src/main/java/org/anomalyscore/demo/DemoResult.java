package org.anomalyscore.demo;

import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.evaluate.EvaluateResult;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.evaluate.Leaderboard;

/**
 * What a demo came to.
 *
 * @param tables by name, where each lies
 */
record DemoResult(Evaluator.Result found, Map<String, String> tables) implements Result {

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "%n%s%n", Leaderboard.render(found));
    line(text, "None of these sets was made by a generator: fresh-draws are faultless scenes,");
    line(text, "the others are such scenes with the fault that their name says.%n");
    tables.forEach((name, path) -> line(text, "  %-12s %s", name, path));
    return text.toString().stripTrailing();
  }

  @Override
  public Object json() {
    return EvaluateResult.json(found);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format + "%n", values));
  }
}
