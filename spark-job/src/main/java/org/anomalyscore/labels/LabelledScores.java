package org.anomalyscore.labels;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.PointOrder;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Scores of labelled images on the driver, 28 bytes an image.
 *
 * @param labels all that the images have, in the order of their bytes
 * @param label of image i, as an index of the list of labels
 * @param complexity C of image i, radians
 * @param vulnerability V of image i
 * @param asI V / C of image i
 */
record LabelledScores(
    List<String> labels, int[] label, double[] complexity, double[] vulnerability, double[] asI) {

  /** What a partition's rows say; those after one label too many are not looked at. */
  private record Part(Map<UTF8String, double[]> byLabel) implements Serializable {

    /** Values C and V of each label's images, one after the other. */
    static Part of(Iterator<InternalRow> rows, int mostLabels) {
      Map<UTF8String, DoubleStream.Builder> values = new HashMap<>();
      while (rows.hasNext() && values.size() <= mostLabels) {
        InternalRow row = rows.next();
        UTF8String label = row.getUTF8String(0);
        DoubleStream.Builder known = values.get(label);
        if (known == null) {
          known = DoubleStream.builder();
          values.put(label.copy(), known);
        }
        known.add(row.getDouble(1)).add(row.getDouble(2));
      }
      Map<UTF8String, double[]> byLabel = new HashMap<>();
      values.forEach((label, numbers) -> byLabel.put(label, numbers.build().toArray()));
      return new Part(byLabel);
    }
  }

  /**
   * Collects images in one pass, and puts them into the order of label, C and V, so that sums do
   * not depend on how the table's files are cut.
   *
   * @param mostLabels where there are more, not all images are collected
   */
  static LabelledScores collect(ImageLabels labelled, int mostLabels) {
    Map<UTF8String, List<double[]>> parts = new TreeMap<>();
    labelled
        .images()
        .select("label", "complexity", "vulnerability")
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(rows -> List.of(Part.of(rows, mostLabels)).iterator())
        .collect()
        .forEach(
            part ->
                part.byLabel.forEach(
                    (label, values) ->
                        parts.computeIfAbsent(label, l -> new ArrayList<>()).add(values)));
    IntStream.Builder label = IntStream.builder();
    DoubleStream.Builder complexity = DoubleStream.builder();
    DoubleStream.Builder vulnerability = DoubleStream.builder();
    int place = 0;
    for (List<double[]> ofLabel : parts.values()) {
      double[] pairs = ofLabel.stream().flatMapToDouble(Arrays::stream).toArray();
      double[] c = IntStream.range(0, pairs.length / 2).mapToDouble(i -> pairs[2 * i]).toArray();
      double[] v =
          IntStream.range(0, pairs.length / 2).mapToDouble(i -> pairs[2 * i + 1]).toArray();
      for (int i : PointOrder.ascending(c, v)) {
        label.add(place);
        complexity.add(c[i]);
        vulnerability.add(v[i]);
      }
      place++;
    }
    double[] c = complexity.build().toArray();
    double[] v = vulnerability.build().toArray();
    return new LabelledScores(
        parts.keySet().stream().map(UTF8String::toString).toList(),
        label.build().toArray(),
        c,
        v,
        IntStream.range(0, c.length).mapToDouble(i -> AnomalyScore.perImage(c[i], v[i])).toArray());
  }

  int size() {
    return label.length;
  }

  /**
   * The images of one label.
   *
   * @param wanted index of the list of labels
   */
  LabelledScores of(int wanted) {
    int[] places = IntStream.range(0, size()).filter(i -> label[i] == wanted).toArray();
    return new LabelledScores(
        labels,
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
