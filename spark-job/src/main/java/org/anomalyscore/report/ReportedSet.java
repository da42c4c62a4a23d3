package org.anomalyscore.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.anomalyscore.page.Comparison;

/**
 * A data set in one comparison: the reference, or a generated set.
 *
 * @param id its place in the list of all, which stands for it in Spark's frames and in the page;
 *     {@link Comparison#firstSet} counts the same
 * @param comparison place of its comparison
 * @param images the path of its images as a manifest gives it; null where none is known
 * @param evaluated images when it was evaluated
 * @param notes filled with what a reader must know of its rows
 */
record ReportedSet(
    int id,
    int comparison,
    boolean isReference,
    String configId,
    String dataset,
    String images,
    long evaluated,
    List<String> notes) {

  /** All sets of the comparisons, in each the reference first. */
  static List<ReportedSet> of(List<Comparison> comparisons) {
    List<ReportedSet> sets = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      Comparison comparison = comparisons.get(c);
      sets.add(
          new ReportedSet(
              sets.size(),
              c,
              true,
              comparison.configId(),
              comparison.reference(),
              comparison.newest().stream()
                  .map(row -> Comparison.text(row, "reference_images"))
                  .filter(Objects::nonNull)
                  .findFirst()
                  .orElse(null),
              comparison.newest().stream()
                  .mapToLong(row -> row.<Long>getAs("n_reference"))
                  .max()
                  .orElseThrow(),
              new ArrayList<>()));
      for (var row : comparison.newest()) {
        sets.add(
            new ReportedSet(
                sets.size(),
                c,
                false,
                comparison.configId(),
                Comparison.text(row, "dataset"),
                Comparison.text(row, "images"),
                row.<Long>getAs("n"),
                new ArrayList<>()));
      }
    }
    return sets;
  }
}
