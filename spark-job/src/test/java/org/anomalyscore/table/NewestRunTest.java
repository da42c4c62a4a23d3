package org.anomalyscore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class NewestRunTest {

  private static Row row(String run, int second, String group, String value) {
    return RowFactory.create(
        run, Timestamp.from(Instant.ofEpochSecond(second)), group, "same", value);
  }

  private static List<String> newest(List<Row> rows, String... key) {
    StructType schema =
        new StructType()
            .add("run_id", DataTypes.StringType)
            .add("at", DataTypes.TimestampType)
            .add("a", DataTypes.StringType)
            .add("b", DataTypes.StringType)
            .add("value", DataTypes.StringType);
    Dataset<Row> all = TestSpark.session().createDataFrame(rows, schema).repartition(3);
    Dataset<Row> newest = NewestRun.rows(all, "at", key);
    assertEquals(List.of(schema.fieldNames()), List.of(newest.columns()));
    List<String> values = values(newest.collectAsList());
    // The driver's own rows, by the same rule.
    assertEquals(values, values(NewestRun.rows(all.collectAsList(), "at", key)));
    return values;
  }

  private static List<String> values(List<Row> rows) {
    return rows.stream().map(row -> row.<String>getAs("value")).sorted().toList();
  }

  @Test
  void allRowsOfTheLastRunOfEachGroupAreTaken() {
    List<Row> rows =
        Arrays.asList(
            row("z", 1, "x", "of an earlier run"),
            row("a", 2, "x", "1"),
            row("a", 2, "x", "2"),
            // Of one time: the greater run_id.
            row("b", 3, "y", "of a smaller run_id"),
            row("c", 3, "y", "3"),
            row("a", 1, null, "before"),
            row("a2", 2, null, "4"));
    assertEquals(List.of("1", "2", "3", "4"), newest(rows, "a", "b"));
    Collections.reverse(rows);
    assertEquals(List.of("1", "2", "3", "4"), newest(rows, "a"));
    assertEquals(List.of("3"), newest(rows, "b"));
    assertEquals(List.of(), newest(List.of(), "a"));
  }
}
