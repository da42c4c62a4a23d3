package org.anomalyscore.page;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * All evaluations against one reference set under one configuration.
 *
 * @param model the feature model's name
 * @param newest the last row of {@code evaluations} of each generated set, best first
 * @param history all rows of each generated set, oldest first
 */
public record Comparison(
    String configId,
    String model,
    String reference,
    List<Row> newest,
    Map<String, List<Row>> history) {

  /**
   * Reads the table; the comparison that was evaluated last comes first.
   *
   * @param configId only this, or null for all
   * @param reference only this, or null for all
   * @throws UserException if there is none
   */
  public static List<Comparison> read(TableStore store, String configId, String reference) {
    Dataset<Row> rows = store.read(Table.EVALUATIONS);
    List<Row> all = new ArrayList<>(rows.collectAsList());
    if (all.isEmpty()) {
      throw new UserException(
          "There is nothing to report: the table "
              + store.location(Table.EVALUATIONS)
              + " is empty or not there. Run evaluate or benchmark first, and give --from the"
              + " folder that they wrote to.");
    }
    // Here and not by Spark, whose sort of so many columns is two more jobs and much code.
    all.sort(
        Comparator.<Row, Timestamp>comparing(row -> row.getAs("evaluated_at"))
            .thenComparing(row -> text(row, "run_id")));
    Map<List<String>, Map<String, List<Row>>> groups = new LinkedHashMap<>();
    for (Row row : all) {
      List<String> key =
          List.of(text(row, "config_id"), text(row, "model"), text(row, "reference"));
      if ((configId == null || configId.equals(key.get(0)))
          && (reference == null || reference.equals(key.get(2)))) {
        // The last one that was evaluated moves to the end.
        Map<String, List<Row>> sets = groups.getOrDefault(key, new LinkedHashMap<>());
        groups.remove(key);
        groups.put(key, sets);
        sets.computeIfAbsent(text(row, "dataset"), name -> new ArrayList<>()).add(row);
      }
    }
    if (groups.isEmpty()) {
      throw new UserException(
          "No evaluation in "
              + store.location(Table.EVALUATIONS)
              + " has"
              + (configId == null ? "" : " the configuration " + configId)
              + (reference == null ? "" : " the reference " + reference)
              + ". There are: "
              + rows.select(col("config_id"), col("reference")).distinct().collectAsList()
              + ". Correct the name.");
    }
    List<Comparison> comparisons = new ArrayList<>();
    groups.forEach(
        (key, sets) ->
            comparisons.add(
                0, new Comparison(key.get(0), key.get(1), key.get(2), newest(sets), sets)));
    return comparisons;
  }

  private static List<Row> newest(Map<String, List<Row>> sets) {
    return sets.values().stream()
        .map(rows -> rows.get(rows.size() - 1))
        .sorted(Comparator.comparingDouble(row -> number(row, "anomaly_score")))
        .toList();
  }

  /** Whether a row's {@code config_id} is that of one of the comparisons. */
  public static Column isReported(List<Comparison> comparisons) {
    return col("config_id")
        .isin(comparisons.stream().map(Comparison::configId).distinct().toArray());
  }

  /**
   * The number of a comparison's reference among all sets of the page; those of its newest rows
   * follow.
   */
  public static int firstSet(List<Comparison> comparisons, int comparison) {
    return comparisons.stream().limit(comparison).mapToInt(c -> 1 + c.newest.size()).sum();
  }

  /**
   * Rows that have the same text in some columns, which may be NULL.
   *
   * @return groups and their rows in the order in which they came
   */
  public static List<List<Row>> grouped(List<Row> rows, String... key) {
    Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      groups
          .computeIfAbsent(
              Arrays.stream(key).map(column -> text(row, column)).toList(), k -> new ArrayList<>())
          .add(row);
    }
    return List.copyOf(groups.values());
  }

  /** A column's text, or null. */
  public static String text(Row row, String column) {
    return row.getAs(column);
  }

  /** A column's number, or null. */
  public static Double number(Row row, String column) {
    return row.getAs(column);
  }
}
