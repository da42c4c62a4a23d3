package org.anomalyscore.table;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** A row under construction on the driver, filled by column name and checked against its table. */
public final class TableRow {

  private final Table table;
  private final Object[] values;

  private TableRow(Table table) {
    this.table = table;
    this.values = new Object[table.schema().size()];
  }

  /** An empty row of a table. */
  public static TableRow of(Table table) {
    return new TableRow(table);
  }

  /**
   * The row that {@link #asMap} turned into a map, as read back from JSON.
   *
   * @throws IllegalArgumentException if it is not one, or not a whole one
   */
  static TableRow of(Table table, Map<?, ?> map) {
    TableRow row = new TableRow(table);
    for (StructField field : table.schema().fields()) {
      Object value = map.get(field.name());
      if (value == null && !field.nullable()) {
        throw new IllegalArgumentException("There is no " + field.name());
      }
      row.values[table.schema().fieldIndex(field.name())] =
          value == null ? null : typed(field, value);
    }
    return row;
  }

  private static Object typed(StructField field, Object value) {
    DataType type = field.dataType();
    if (type.equals(DataTypes.StringType) && value instanceof String) {
      return value;
    }
    if (type.equals(DataTypes.LongType) && value instanceof Number number) {
      return number.longValue();
    }
    if (type.equals(DataTypes.DoubleType) && value instanceof Number number) {
      return number.doubleValue();
    }
    if (type.equals(DataTypes.TimestampType) && value instanceof String text) {
      try {
        return Timestamp.from(Instant.parse(text));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(field.name() + " is no time: " + text, e);
      }
    }
    throw new IllegalArgumentException(field.name() + " is " + value);
  }

  /**
   * Sets a column. NaN becomes NULL: an undefined statistic must not enter SQL's sums.
   *
   * @throws IllegalArgumentException for a column that the table has not
   */
  public TableRow with(String column, Object value) {
    boolean undefined = value instanceof Double number && number.isNaN();
    values[table.schema().fieldIndex(column)] = undefined ? null : value;
    return this;
  }

  /** Sets several columns. */
  public TableRow withAll(Map<String, ?> columns) {
    columns.forEach(this::with);
    return this;
  }

  /** The value of a column. */
  public Object get(String column) {
    return values[table.schema().fieldIndex(column)];
  }

  /** Column names and values, in the table's order; times as ISO-8601 text. */
  public Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i] instanceof Timestamp time ? time.toInstant().toString() : values[i];
      map.put(table.schema().fieldNames()[i], value);
    }
    return map;
  }

  /** The finished row; fails when a column that must have a value has none. */
  public Row toRow() {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && !table.schema().fields()[i].nullable()) {
        throw new IllegalStateException(
            table.folder() + " needs a value for " + table.schema().fields()[i].name());
      }
    }
    return RowFactory.create(Arrays.copyOf(values, values.length));
  }
}
