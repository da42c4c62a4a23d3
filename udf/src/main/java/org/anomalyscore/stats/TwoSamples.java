package org.anomalyscore.stats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/**
 * A reference and a generated sample that are gathered row by row, in parts that are merged, for
 * the statistics that need all rows at once.
 *
 * <p>A row is one number or one point. A row with a value that is NaN or infinite is left out, as
 * it has no rank. The order of the rows and of the merges changes no bit of any result.
 *
 * <p>Memory is 8 bytes a coordinate, half as much more while arrays grow. The statistics copy the
 * rows once and then need what {@link KolmogorovSmirnov2D} states. Not safe for threads.
 */
public final class TwoSamples {
  /**
   * The most rows of both samples together: 50 million. As points they are 0.8 GB as bytes, which
   * is well below the 2 GiB that an array of bytes can hold, and about 5 GB while they are ranked.
   */
  public static final int MAX_ROWS = 50_000_000;

  private final int coordinates;
  private final int maxRows;
  private final Rows reference = new Rows();
  private final Rows generated = new Rows();

  private TwoSamples(int coordinates, int maxRows) {
    this.coordinates = coordinates;
    this.maxRows = maxRows;
  }

  /**
   * No rows yet; a row is one number.
   *
   * @param maxRows the most rows of both samples together, {@link #MAX_ROWS} at most
   */
  public static TwoSamples ofNumbers(int maxRows) {
    return new TwoSamples(1, maxRows);
  }

  /**
   * No rows yet; a row is a point of two numbers.
   *
   * @param maxRows the most rows of both samples together, {@link #MAX_ROWS} at most
   */
  public static TwoSamples ofPoints(int maxRows) {
    return new TwoSamples(2, maxRows);
  }

  /** Values of one sample, a row's coordinates side by side. */
  private static final class Rows {
    private double[] values = new double[0];
    private int length;

    void reserve(int more) {
      if (values.length - length < more) {
        values = Arrays.copyOf(values, Math.max(length + more, length + length / 2 + 16));
      }
    }

    void add(double value) {
      // Adding zero turns -0.0 into 0.0, which sorts would tell apart.
      values[length++] = value + 0.0;
    }

    void addAll(double[] more, int count) {
      reserve(count);
      System.arraycopy(more, 0, values, length, count);
      length += count;
    }
  }

  /** Adds a number to a sample, unless it is NaN or infinite. */
  public void accept(boolean isReference, double x) {
    if (Double.isFinite(x)) {
      Rows rows = grown(isReference);
      rows.add(x);
    }
  }

  /** Adds a point to a sample, unless a coordinate is NaN or infinite. */
  public void accept(boolean isReference, double x, double y) {
    if (Double.isFinite(x) && Double.isFinite(y)) {
      Rows rows = grown(isReference);
      rows.add(x);
      rows.add(y);
    }
  }

  private Rows grown(boolean isReference) {
    requireRoom(1);
    Rows rows = isReference ? reference : generated;
    rows.reserve(coordinates);
    return rows;
  }

  /** Adds another's rows to this one's; the other is left as it is. */
  public void combine(TwoSamples other) {
    requireRoom(other.rows());
    reference.addAll(other.reference.values, other.reference.length);
    generated.addAll(other.generated.values, other.generated.length);
  }

  private int rows() {
    return (reference.length + generated.length) / coordinates;
  }

  private void requireRoom(int more) {
    long rows = (long) rows() + more;
    if (rows > maxRows) {
      throw new IllegalArgumentException(
          "Cannot compare "
              + rows
              + " or more rows at once: all rows of a group are ranked in one task's memory, and"
              + " the limit is "
              + maxRows
              + ". Group by further columns, or compare a random part of the rows (TABLESAMPLE).");
    }
  }

  /** The rows, for {@link #addBytes}: the reference's number of values, then all values. */
  public byte[] toBytes() {
    int values = reference.length + generated.length;
    byte[] bytes = new byte[Integer.BYTES + Double.BYTES * values];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer
        .putInt(reference.length)
        .asDoubleBuffer()
        .put(reference.values, 0, reference.length)
        .put(generated.values, 0, generated.length);
    return bytes;
  }

  /** Adds the rows that {@link #toBytes} wrote of samples of this kind. */
  public void addBytes(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int referenceLength = buffer.getInt();
    DoubleBuffer values = buffer.asDoubleBuffer();
    requireRoom(values.remaining() / coordinates);
    for (Rows rows : new Rows[] {reference, generated}) {
      int count = rows == reference ? referenceLength : values.remaining();
      rows.reserve(count);
      values.get(rows.values, rows.length, count);
      rows.length += count;
    }
  }

  /**
   * The Anomaly Score of the points, see {@link AnomalyScore#d()}.
   *
   * @return D, in (0, 1], or NaN if a sample has no row
   */
  public double anomalyScore() {
    return isOneEmpty() ? Double.NaN : test(false).statistic();
  }

  /**
   * The p-value of the points' Anomaly Score by permutation, as {@link AnomalyScore#permutationP()}
   * of samples that are sorted by their coordinates. Each permutation costs about half of the score
   * itself.
   *
   * @param permutations number of random labellings, at least 1
   * @param seed any number
   * @return a probability, in (0, 1], or NaN if a sample has no row
   */
  public double permutationP(int permutations, long seed) {
    return isOneEmpty() ? Double.NaN : test(true).permute(permutations, seed).pValue();
  }

  /**
   * The two-sided Kolmogorov-Smirnov statistic of the numbers, see {@link
   * TwoSampleTests#kolmogorovSmirnov}.
   *
   * @return D, in [0, 1], or NaN if a sample has fewer than two rows
   */
  public double kolmogorovSmirnov() {
    return TwoSampleTests.kolmogorovSmirnov(column(reference, 0), column(generated, 0));
  }

  private boolean isOneEmpty() {
    return reference.length == 0 || generated.length == 0;
  }

  private KolmogorovSmirnov2D test(boolean sorted) {
    double[] x1 = column(reference, 0);
    double[] y1 = column(reference, 1);
    double[] x2 = column(generated, 0);
    double[] y2 = column(generated, 1);
    if (sorted) {
      // Which of two tied points a permutation takes depends on their order.
      int[] first = PointOrder.ascending(x1, y1);
      int[] second = PointOrder.ascending(x2, y2);
      return KolmogorovSmirnov2D.of(
          PointOrder.inOrder(x1, first),
          PointOrder.inOrder(y1, first),
          PointOrder.inOrder(x2, second),
          PointOrder.inOrder(y2, second));
    }
    return KolmogorovSmirnov2D.of(x1, y1, x2, y2);
  }

  private double[] column(Rows rows, int coordinate) {
    double[] column = new double[rows.length / coordinates];
    for (int i = 0; i < column.length; i++) {
      column[i] = rows.values[i * coordinates + coordinate];
    }
    return column;
  }
}
