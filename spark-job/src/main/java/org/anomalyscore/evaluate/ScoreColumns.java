package org.anomalyscore.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.stats.RobustScatter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What {@code evaluate} needs of the rows of a partition, reduced where they are read: their
 * numbers one after the other, so that boxed rows never pile up, how many are of each kind, and the
 * few that lie furthest from a reference. Grows on an executor; only its result is shipped.
 */
final class ScoreColumns implements Serializable {

  private static final long serialVersionUID = 1;

  /** How many images of a set are named as the most unusual, at most. */
  static final int MOST_UNUSUAL = 5;

  /** The numbers; the first {@link #ALWAYS} of them every row has. */
  private static final String[] NUMBERS = {
    "complexity", "vulnerability", "complexity_std_err", "vulnerability_std_err", "as_i_std_err"
  };

  private static final int ALWAYS = 2;

  private static final int SCORED_AT = NUMBERS.length;
  private static final int FORMAT = SCORED_AT + 1;
  private static final int WIDTH = FORMAT + 1;
  private static final int HEIGHT = WIDTH + 1;
  private static final int PATH = HEIGHT + 1;

  /** Of a file, for counting. */
  record Kind(String format, int width, int height) implements Serializable {}

  /**
   * An image and how far it lies from the reference; the furthest come first, of equal ones the
   * first path.
   *
   * @param path as the table's bytes, by which SQL orders paths
   * @param complexityError standard error of C over draws, NaN with one draw; likewise V's
   */
  record Distant(
      double distance,
      UTF8String path,
      double complexity,
      double complexityError,
      double vulnerability,
      double vulnerabilityError)
      implements Serializable, Comparable<Distant> {

    @Override
    public int compareTo(Distant other) {
      int byDistance = Double.compare(other.distance, distance);
      return byDistance == 0 ? path.compareTo(other.path) : byDistance;
    }
  }

  /** Without standard errors only those that every row has. */
  private int width = ALWAYS;

  private double[] values = new double[1000];
  private int length;
  private final Map<Kind, Long> kinds = new HashMap<>();
  private final Set<Long> scoredAt = new HashSet<>();
  private final TreeSet<Distant> furthest = new TreeSet<>();

  private ScoreColumns() {}

  /**
   * Reads rows.
   *
   * @param rows of {@code CurrentScores}
   * @param reference whose scatter tells how far an image lies out; null to name none
   */
  static List<ScoreColumns> collect(Dataset<Row> rows, RobustScatter reference) {
    String[] columns = Arrays.copyOf(NUMBERS, reference == null ? PATH : PATH + 1);
    columns[SCORED_AT] = "scored_at";
    columns[FORMAT] = "format";
    columns[WIDTH] = "width";
    columns[HEIGHT] = "height";
    if (reference != null) {
      columns[PATH] = "path";
    }
    // Spark's own rows: a million of its public ones cost more than all that is done with them.
    return rows.select(Arrays.stream(columns).map(functions::col).toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(part -> List.of(reduce(part, reference)).iterator())
        .collect();
  }

  private static ScoreColumns reduce(Iterator<InternalRow> rows, RobustScatter reference) {
    ScoreColumns columns = new ScoreColumns();
    Kind kind = null;
    UTF8String format = null;
    long alike = 0;
    long time = 0;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      if (columns.length == 0 && hasErrors(row)) {
        columns.width = NUMBERS.length;
      }
      columns.add(row);
      // A run's rows have one time and mostly one kind, which need no look-up.
      if (kind == null || row.getLong(SCORED_AT) != time) {
        time = row.getLong(SCORED_AT);
        columns.scoredAt.add(time);
      }
      UTF8String itsFormat = row.getUTF8String(FORMAT);
      if (kind == null
          || kind.width != row.getInt(WIDTH)
          || kind.height != row.getInt(HEIGHT)
          || !Objects.equals(format, itsFormat)) {
        columns.count(kind, alike);
        alike = 0;
        format = itsFormat == null ? null : itsFormat.copy();
        kind =
            new Kind(
                format == null ? null : format.toString(), row.getInt(WIDTH), row.getInt(HEIGHT));
      }
      alike++;
      if (reference != null) {
        columns.keepIfFar(row, reference);
      }
    }
    columns.count(kind, alike);
    columns.values = Arrays.copyOf(columns.values, columns.length);
    return columns;
  }

  private static boolean hasErrors(InternalRow row) {
    for (int column = ALWAYS; column < NUMBERS.length; column++) {
      if (!row.isNullAt(column)) {
        return true;
      }
    }
    return false;
  }

  private void add(InternalRow row) {
    if (values.length - length < width) {
      values = Arrays.copyOf(values, Math.max(2 * length, length + width));
    }
    for (int column = 0; column < width; column++) {
      values[length++] = orNaN(row, column);
    }
  }

  private static double orNaN(InternalRow row, int column) {
    return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
  }

  private void count(Kind kind, long images) {
    if (images > 0) {
      kinds.merge(kind, images, Long::sum);
    }
  }

  private void keepIfFar(InternalRow row, RobustScatter reference) {
    double c = row.getDouble(0);
    double v = row.getDouble(1);
    double distance = reference.distance(c, v);
    boolean far = furthest.size() < MOST_UNUSUAL || distance >= furthest.last().distance;
    if (far && !Double.isNaN(distance)) {
      furthest.add(
          new Distant(
              distance,
              row.getUTF8String(PATH).copy(),
              c,
              orNaN(row, ALWAYS),
              v,
              orNaN(row, ALWAYS + 1)));
      if (furthest.size() > MOST_UNUSUAL) {
        furthest.pollLast();
      }
    }
  }

  int rows() {
    return length / width;
  }

  /** Columns of a row. */
  int width() {
    return width;
  }

  /** A number of a row, by the column's place; NaN where it is not there. */
  double get(int row, int column) {
    return column < width ? values[row * width + column] : Double.NaN;
  }

  /** Images of each kind. */
  Map<Kind, Long> kinds() {
    return kinds;
  }

  /** When they were scored, in microseconds since 1970. */
  Set<Long> scoredAt() {
    return scoredAt;
  }

  /** The few that lie furthest from the reference. */
  Set<Distant> furthest() {
    return furthest;
  }
}
