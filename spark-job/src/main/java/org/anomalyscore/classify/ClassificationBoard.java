package org.anomalyscore.classify;

import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.anomalyscore.classify.ClassificationTask.Kind;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.TableRow;

/** Classifications as aligned tables for a terminal, with what a reader must know. */
final class ClassificationBoard {

  private static final String NEW_LINE = System.lineSeparator();

  private ClassificationBoard() {}

  /** The tables and their notes. */
  static String render(Classified result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, configuration %s, reference %s (%,d images)%n",
            result.judged(),
            result.configId(),
            result.reference(),
            result.images().get(result.reference())));
    for (List<TableRow> rows : byClassifier(result.rows())) {
      text.append(NEW_LINE)
          .append(classifier(rows.get(0)))
          .append(": reference and generated images")
          .append(NEW_LINE)
          .append(table(whole(rows, Kind.REFERENCE_AND_GENERATED), againstReference(rows)));
      List<TableRow> pairs = whole(rows, Kind.GENERATED_PAIR);
      if (!pairs.isEmpty()) {
        text.append(NEW_LINE).append("generated images from each other").append(NEW_LINE);
        text.append(table(pairs, pair()));
      }
      for (TableRow row : whole(rows, Kind.WHICH_SET)) {
        text.append(NEW_LINE).append(confusion(row, curve(rows, row)));
      }
      text.append(NEW_LINE)
          .append("controls: with nothing to learn, a classifier must be right by chance only")
          .append(NEW_LINE)
          .append(table(controls(rows), pair()));
      long within = controls(rows).stream().filter(ClassificationBoard::holdsChance).count();
      text.append(
          String.format(
              Locale.ROOT,
              "%d of %d intervals of the controls contain 0.5; on average one in twenty does"
                  + " not.%n",
              within,
              controls(rows).size()));
    }
    return text.append(NEW_LINE)
        .append(
            "Accuracy and AUC are of test images that no classifier was trained on; 0.5 is chance"
                + " between two sets.\nClasses are cut to the size of the smallest. Higher is"
                + " easier to tell apart: less natural, if the reference\nis natural. Intervals"
                + " (95 %) are for the drawing of test images, given the training images.")
        .toString();
  }

  /** The rows of each classifier and of what it saw, in the order in which they first occur. */
  private static Collection<List<TableRow>> byClassifier(List<TableRow> rows) {
    Map<String, List<TableRow>> byClassifier = new LinkedHashMap<>();
    for (TableRow row : rows) {
      byClassifier.computeIfAbsent(classifier(row), name -> new ArrayList<>()).add(row);
    }
    return byClassifier.values();
  }

  private static String classifier(TableRow row) {
    String name = row.get("classifier").toString().replace('_', ' ');
    ImageInput input = ImageInput.valueOf(row.get("input").toString().toUpperCase(Locale.ROOT));
    return switch (input) {
      case FEATURES -> name;
      case PIXELS -> name + " on pixels";
      case LOW_PASS ->
          String.format(Locale.ROOT, "%s on up to %s cycles a pixel", name, row.get("cut_off"));
      case HIGH_PASS ->
          String.format(Locale.ROOT, "%s on more than %s cycles a pixel", name, row.get("cut_off"));
    };
  }

  private static boolean holdsChance(TableRow row) {
    return (Double) row.get("accuracy_low") <= (Double) row.get("chance")
        && (Double) row.get("chance") <= (Double) row.get("accuracy_high");
  }

  private static List<TableRow> whole(List<TableRow> rows, Kind kind) {
    return rows.stream()
        .filter(
            row -> row.get("task").equals(kind.text()) && (Double) row.get("train_fraction") == 1)
        .toList();
  }

  private static List<TableRow> controls(List<TableRow> rows) {
    List<TableRow> controls = new ArrayList<>(whole(rows, Kind.REFERENCE_HALVES));
    controls.addAll(whole(rows, Kind.PERMUTED_LABELS));
    return controls;
  }

  /** Accuracy of the same task by size of the training set, smallest first. */
  private static String curve(List<TableRow> rows, TableRow of) {
    List<String> points = new ArrayList<>();
    for (TableRow row : rows) {
      if (row.get("task").equals(of.get("task"))
          && Objects.equals(row.get("dataset"), of.get("dataset"))) {
        points.add(
            String.format(
                Locale.ROOT, "%,d: %.3f", (Long) row.get("n_train"), (Double) row.get("accuracy")));
      }
    }
    return String.join("  ", points);
  }

  private static String confusion(TableRow row, String curve) {
    Map<String, Object> table = Json.read((String) row.get("confusion"));
    List<?> names = (List<?>) table.get("classes");
    List<?> counts = (List<?>) table.get("counts");
    List<ColumnData<Integer>> columns = new ArrayList<>();
    columns.add(left("is \\ taken for", i -> names.get(i).toString()));
    for (int j = 0; j < names.size(); j++) {
      int place = j;
      columns.add(
          right(names.get(j).toString(), i -> ((List<?>) counts.get(i)).get(place).toString()));
    }
    List<Integer> lines = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      lines.add(i);
    }
    return String.format(
            Locale.ROOT,
            "which set is an image of: accuracy %s, chance %.3f, by training images %s%n",
            interval(row, "accuracy"),
            (Double) row.get("chance"),
            curve)
        + table(lines, columns);
  }

  private static List<ColumnData<TableRow>> againstReference(List<TableRow> rows) {
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(left("data set", row -> row.get("dataset").toString()));
    columns.addAll(numbers());
    columns.add(left("accuracy by training images", row -> curve(rows, row)));
    return columns;
  }

  private static List<ColumnData<TableRow>> pair() {
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(left("task", row -> row.get("task").toString().replace('_', ' ')));
    columns.add(left("data set", row -> row.get("dataset").toString()));
    columns.add(
        left(
            "and",
            row ->
                row.get("other_dataset") != null
                    ? "" + row.get("other_dataset")
                    : row.get("dataset").equals(row.get("reference"))
                        ? "itself"
                        : "" + row.get("reference")));
    columns.addAll(numbers());
    return columns;
  }

  private static List<ColumnData<TableRow>> numbers() {
    return List.of(
        right("train", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n_train"))),
        right("test", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n_test"))),
        right("accuracy", row -> interval(row, "accuracy")),
        right("AUC", row -> interval(row, "auc")));
  }

  private static String interval(TableRow row, String column) {
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f..%.3f)",
        (Double) row.get(column),
        (Double) row.get(column + "_low"),
        (Double) row.get(column + "_high"));
  }

  private static <T> String table(List<T> rows, List<ColumnData<T>> columns) {
    return TextTable.render(rows, columns) + NEW_LINE;
  }

  private static <T> ColumnData<T> left(String title, Function<T, String> text) {
    return wide(HorizontalAlign.LEFT, title).with(text);
  }

  private static <T> ColumnData<T> right(String title, Function<T, String> text) {
    return wide(HorizontalAlign.RIGHT, title).with(text);
  }

  /** A curve must not be broken into lines. */
  private static Column wide(HorizontalAlign align, String title) {
    return TextTable.aligned(align, title).maxWidth(120);
  }
}
