package org.anomalyscore.labels;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;
import org.apache.spark.sql.Row;

/**
 * Scores of labelled images on the driver, 28 bytes an image.
 *
 * @param label of image i, as an index of the list of labels
 * @param complexity C of image i, radians
 * @param vulnerability V of image i
 * @param asI V / C of image i
 */
record LabelledScores(int[] label, double[] complexity, double[] vulnerability, double[] asI)
    implements Serializable {

  /**
   * Collects images in the order of label, C and V, so that sums do not depend on how the table's
   * files are cut.
   *
   * @param labels all that the images have
   */
  static LabelledScores collect(ImageLabels labelled, List<String> labels) {
    Map<String, Integer> index = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      index.put(labels.get(i), i);
    }
    List<LabelledScores> partitions =
        labelled
            .images()
            .select("label", "complexity", "vulnerability")
            .orderBy(col("label"), col("complexity"), col("vulnerability"))
            .javaRDD()
            .mapPartitions(rows -> List.of(pack(rows, index)).iterator())
            .collect();
    return new LabelledScores(
        partitions.stream().flatMapToInt(p -> Arrays.stream(p.label)).toArray(),
        partitions.stream().flatMapToDouble(p -> Arrays.stream(p.complexity)).toArray(),
        partitions.stream().flatMapToDouble(p -> Arrays.stream(p.vulnerability)).toArray(),
        partitions.stream().flatMapToDouble(p -> Arrays.stream(p.asI)).toArray());
  }

  private static LabelledScores pack(Iterator<Row> rows, Map<String, Integer> index) {
    IntStream.Builder label = IntStream.builder();
    DoubleStream.Builder complexity = DoubleStream.builder();
    DoubleStream.Builder vulnerability = DoubleStream.builder();
    DoubleStream.Builder asI = DoubleStream.builder();
    while (rows.hasNext()) {
      Row row = rows.next();
      double c = row.<Double>getAs("complexity");
      double v = row.<Double>getAs("vulnerability");
      label.add(index.get(row.<String>getAs("label")));
      complexity.add(c);
      vulnerability.add(v);
      asI.add(AnomalyScore.perImage(c, v));
    }
    return new LabelledScores(
        label.build().toArray(),
        complexity.build().toArray(),
        vulnerability.build().toArray(),
        asI.build().toArray());
  }

  int size() {
    return label.length;
  }

  /** The images of one label. */
  LabelledScores of(int wanted) {
    int[] places = IntStream.range(0, size()).filter(i -> label[i] == wanted).toArray();
    return new LabelledScores(
        Arrays.stream(places).map(i -> label[i]).toArray(),
        pick(complexity, places),
        pick(vulnerability, places),
        pick(asI, places));
  }

  private static double[] pick(double[] values, int[] places) {
    return Arrays.stream(places).mapToDouble(i -> values[i]).toArray();
  }

  /** The three measures by the names that the columns of {@code label_summaries} have. */
  Map<String, double[]> byMeasure() {
    Map<String, double[]> measures = new LinkedHashMap<>();
    measures.put("complexity", complexity);
    measures.put("vulnerability", vulnerability);
    measures.put("as_i", asI);
    return measures;
  }
}
