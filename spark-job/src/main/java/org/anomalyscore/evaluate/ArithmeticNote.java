package org.anomalyscore.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.anomalyscore.storage.Json;

/**
 * What a reader must know where compared scores come from several float32 arithmetics, as of two
 * types of CPU or two batch sizes: their difference is no difference of the images.
 */
final class ArithmeticNote {

  /** Their scores are the same within 1e-9 in any arithmetic, and so are the evaluations. */
  private static final String EXACT = "float64";

  private ArithmeticNote() {}

  /**
   * The note's lines, for evaluations against one reference under one configuration.
   *
   * @param rows of the table {@code evaluations}
   * @param text a row's text in a column, or null
   * @return none where there is nothing to say: one arithmetic, float64, or not recorded
   */
  static <R> List<String> of(List<R> rows, BiFunction<R, String, String> text) {
    Map<String, Set<String>> sets = new TreeMap<>();
    for (R row : rows) {
      add(sets, text.apply(row, "reference_arithmetic"), text.apply(row, "reference"));
      add(sets, text.apply(row, "arithmetic"), text.apply(row, "dataset"));
    }
    if (sets.size() < 2 || sets.keySet().stream().allMatch(name -> name.startsWith(EXACT))) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("these scores were computed in different float32 arithmetic:");
    sets.forEach((name, datasets) -> lines.add("  " + name + ": " + String.join(", ", datasets)));
    lines.add(
        "From one to another C of an image differs by up to 2 % (0.02 to 0.9 % in the median),");
    lines.add(
        "V by up to 15 % (5 % in the median at 224 pixels), so that a small difference of AS may");
    lines.add(
        "be the arithmetic's. Score all sets on one type of machine with one --batch-size, or");
    lines.add("with a float64 model, whose scores are the same everywhere (docs/models.md).");
    return lines;
  }

  private static void add(Map<String, Set<String>> sets, String arithmetic, String dataset) {
    if (arithmetic != null) {
      Json.readTexts(arithmetic)
          .forEach(name -> sets.computeIfAbsent(name, key -> new TreeSet<>()).add(dataset));
    }
  }
}
