package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.stats.AreaUnderCurve;
import org.anomalyscore.stats.ProportionInterval;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.TableRow;

/** What a classifier said of the test images, and how good that is. */
final class Answers {

  private static final double CONFIDENCE = 0.95;

  private final long[][] confusion;
  private final List<List<Double>> differences = List.of(new ArrayList<>(), new ArrayList<>());

  Answers(int classes) {
    confusion = new long[classes][classes];
  }

  /**
   * Adds one.
   *
   * @param difference of what speaks for the second class and for the first; not the probability,
   *     in which sure answers are tied at 1
   */
  void add(int label, int said, double difference) {
    confusion[label][said]++;
    if (confusion.length == 2) {
      differences.get(label).add(difference);
    }
  }

  /** Fills a row with the question, the sizes of the split, and how good the answers are. */
  TableRow fill(TableRow row, Split split) {
    putAccuracy(row, split);
    if (confusion.length == 2) {
      AreaUnderCurve area =
          AreaUnderCurve.of(array(differences.get(0)), array(differences.get(1)), CONFIDENCE);
      row.with("auc", area.area()).with("auc_low", area.low()).with("auc_high", area.high());
    }
    return row;
  }

  private void putAccuracy(TableRow row, Split split) {
    ClassificationTask task = split.task();
    int classes = task.classes().size();
    long right = 0;
    long n = 0;
    for (int i = 0; i < classes; i++) {
      right += confusion[i][i];
      for (long count : confusion[i]) {
        n += count;
      }
    }
    ProportionInterval accuracy = ProportionInterval.wilson(right, n, CONFIDENCE);
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("classes", task.classes());
    table.put("counts", confusion);
    boolean pair = task.kind() == ClassificationTask.Kind.GENERATED_PAIR;
    row.with("task", task.kind().text())
        .with("control", task.kind().isControl())
        .with("dataset", dataset(task, row))
        .with("other_dataset", pair ? task.classes().get(1) : null)
        .with("train_fraction", split.fraction())
        .with("n_classes", (long) classes)
        .with("n_train", classes * split.train())
        .with("n_test", n)
        .with("chance", 1.0 / classes)
        .with("accuracy", accuracy.share())
        .with("accuracy_low", accuracy.low())
        .with("accuracy_high", accuracy.high())
        .with("confidence", CONFIDENCE)
        .with("confusion", Json.write(table));
  }

  /** The set that is told from the reference, or from {@code other_dataset}; null for all. */
  private static Object dataset(ClassificationTask task, TableRow row) {
    return switch (task.kind()) {
      case REFERENCE_AND_GENERATED, PERMUTED_LABELS -> task.classes().get(1);
      case GENERATED_PAIR -> task.classes().get(0);
      case REFERENCE_HALVES -> row.get("reference");
      case WHICH_SET -> null;
    };
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
