package org.anomalyscore.table;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
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

  /** The row that {@link #asMap} turned into a map, as read back from JSON. */
  static TableRow of(Table table, Map<?, ?> map) {
    TableRow row = new TableRow(table);
    for (StructField field : table.schema().fields()) {
      Object value = map.get(field.name());
      if (value != null && field.dataType().equals(DataTypes.TimestampType)) {
        value = Timestamp.from(Instant.parse((String) value));
      } else if (value instanceof Number number && field.dataType().equals(DataTypes.LongType)) {
        value = number.longValue();
      } else if (value instanceof Number number && field.dataType().equals(DataTypes.DoubleType)) {
        value = number.doubleValue();
      }
      row.values[table.schema().fieldIndex(field.name())] = value;
    }
    return row;
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
