package org.anomalyscore.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;

/** Numbers for figures, cut to five digits, since a figure shows three; undefined ones are null. */
public final class FigureNumbers {

  private static final MathContext DIGITS = new MathContext(5);

  private FigureNumbers() {}

  public static Double of(Double value) {
    return value == null || !Double.isFinite(value)
        ? null
        : (Double) new BigDecimal(value).round(DIGITS).doubleValue();
  }

  public static List<Double> of(double[] values) {
    return Arrays.stream(values).mapToObj(FigureNumbers::of).toList();
  }

  /** Some columns of a row. */
  public static List<Double> of(Row row, String... columns) {
    List<Double> numbers = new ArrayList<>();
    for (String column : columns) {
      numbers.add(of(Comparison.number(row, column)));
    }
    return numbers;
  }
}
