package org.anomalyscore.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FittedTablesTest {

  private static final String TEXT =
      """
      Board

      +------+----+----------+
      | name |  n |   mean C |
      |      |    |    (rad) |
      +------+----+----------+
      | a|b  | 12 |   0.0500 |
      | c    |  7 |   0.1250 |
      +------+----+----------+

      + no table
      | neither""";

  private static String fitted(int width) {
    return FittedTables.of(TEXT, width).replace(System.lineSeparator(), "\n");
  }

  @Test
  void whatFitsStaysAsItIs() {
    assertEquals(TEXT, fitted(24));
    assertEquals("", FittedTables.of("", 1));
    assertEquals("a\n", FittedTables.of("a\n", 80).replace(System.lineSeparator(), "\n"));
  }

  @Test
  void columnsAreLeftOutFromTheRightAndNamed() {
    assertEquals(
        """
        Board

        +------+----+
        | name |  n |
        |      |    |
        +------+----+
        | a|b  | 12 |
        | c    |  7 |
        +------+----+
        1 of 3 columns are left out, which --wide shows: mean C (rad)

        + no table
        | neither""",
        fitted(23));
    assertEquals(fitted(23), fitted(13));
  }

  @Test
  void namesAlwaysStay() {
    assertEquals(
        "2 of 3 columns are left out, which --wide shows: n, mean C (rad)",
        fitted(1).lines().toList().get(9));
    assertEquals("| a|b  |", fitted(1).lines().toList().get(6));
  }

  @Test
  void realTablesFit() {
    String table =
        TextTable.render(
            List.of("one", "two"),
            List.of(TextTable.left("name", text -> text), TextTable.right("length", text -> "3")));
    String fitted = FittedTables.of(table, 10);
    assertEquals("| one  |", fitted.lines().toList().get(3));
    assertEquals(7, fitted.lines().count(), "with the line that names the others");
  }
}
