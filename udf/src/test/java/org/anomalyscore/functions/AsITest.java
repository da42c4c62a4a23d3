package org.anomalyscore.functions;

import static org.anomalyscore.functions.SqlSession.SPARK;
import static org.anomalyscore.functions.SqlSession.row;
import static org.anomalyscore.functions.SqlSession.value;
import static org.anomalyscore.functions.SqlSession.view;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.stats.AnomalyScore;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsITest {
  private static final Double[] VALUES = {
    null, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.0, -0.0, 0.0, 0.3, 7.0
  };

  /** Whole-stage code, generated projections, and the interpreter. */
  @ParameterizedTest
  @CsvSource({"true, CODEGEN_ONLY", "false, CODEGEN_ONLY", "false, NO_CODEGEN"})
  void equalsTheStaticFunctionWithNullForNaN(String wholeStage, String factory) {
    List<Row> rows = new ArrayList<>();
    for (Double c : VALUES) {
      for (Double v : VALUES) {
        rows.add(row(c, v, true));
      }
    }
    SPARK.conf().set("spark.sql.codegen.wholeStage", wholeStage);
    SPARK.conf().set("spark.sql.codegen.factoryMode", factory);
    try {
      view(rows);
      List<Row> actual = SPARK.sql("SELECT c, v, as_i(c, v) FROM t WHERE r").collectAsList();
      assertEquals(VALUES.length * VALUES.length, actual.size());
      for (Row row : actual) {
        double expected =
            row.isNullAt(0) || row.isNullAt(1)
                ? Double.NaN
                : AnomalyScore.perImage(row.getDouble(0), row.getDouble(1));
        assertEquals(Double.isNaN(expected) ? null : expected, row.get(2), row.toString());
      }
      assertEquals(
          18L, // 0.3 and 7 of C with -0, 0, 0.3 and 7 of V, and nothing else
          (Long) value("SELECT count(as_i(c, v)) + 10 FROM t WHERE as_i(c, v) IS NOT NULL"));
    } finally {
      SPARK.conf().unset("spark.sql.codegen.wholeStage");
      SPARK.conf().unset("spark.sql.codegen.factoryMode");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'0.5D, 20', 40.0",
    "'1, 20', 20.0",
    "'0.50, 20', 40.0", // decimals
    "'CAST(0.5 AS FLOAT), 20L', 40.0",
    "'CAST(2 AS TINYINT), CAST(7 AS SMALLINT)', 3.5",
  })
  void takesAnyNumber(String arguments, double expected) {
    assertEquals(expected, value("SELECT as_i(" + arguments + ")"));
  }

  @Test
  void constantsAreFoldedAndTheColumnIsNamedAsWritten() {
    assertTrue(
        SPARK
            .sql("SELECT as_i(0.5D, 20.0D) AS a FROM range(3)")
            .queryExecution()
            .optimizedPlan()
            .toString()
            .contains("[40.0 AS a"));
    assertNull(value("SELECT as_i(NULL, 20)"));
    view(List.of());
    assertEquals("as_i(c, v)", SPARK.sql("SELECT as_i(c, v) FROM t").columns()[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true, 1", "1, array(1)", "DATE'2024-01-01', 1", "1, X'00'"})
  void otherTypesAreRefused(String arguments) {
    var refused =
        assertThrows(AnalysisException.class, () -> SPARK.sql("SELECT as_i(" + arguments + ")"));
    assertTrue(refused.getMessage().contains("requires the \"DOUBLE\" type"), refused.getMessage());
    assertTrue(refused.getMessage().contains("as_i("), refused.getMessage());
  }

  @Test
  void otherCountsOfArgumentsAreRefused() {
    var refused = assertThrows(AnalysisException.class, () -> SPARK.sql("SELECT as_i(1)"));
    assertTrue(refused.getMessage().contains("requires 2 parameters"), refused.getMessage());
  }
}
