package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.FigureNumbers;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.HtmlTable.Column;
import org.anomalyscore.page.Part;
import org.anomalyscore.page.VisibleText;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/** The newest evaluations of each comparison, best first, beside chance, time and people. */
public final class LeaderboardPart implements Part {

  /** Lines that a reader can tell apart. */
  private static final int MOST_LINES = 8;

  /**
   * What {@code leaderboard.ftlh} prints.
   *
   * @param confidence of the intervals, percent
   * @param lines sets of the common history
   * @param hidden how many sets the common history leaves out
   * @param hasHumans whether people's judgement is known of more than one set
   */
  record Model(String confidence, HtmlTable table, int lines, int hidden, boolean hasHumans) {}

  /** The sets of the board. */
  record Board(List<Scored> sets) {}

  /**
   * A set of the board.
   *
   * @param score AS, low, high, mean and 95 % quantile of the null, p
   */
  record Scored(String name, List<Double> score) {}

  /** The sets of the common history, by their numbers in the page. */
  record Trend(List<Integer> sets) {}

  /** The sets that people judged. */
  record Humans(List<Judged> sets) {}

  /**
   * A set that people judged.
   *
   * @param human error rate and its standard error
   */
  record Judged(String name, Double score, List<Double> human) {}

  /** A set and its newest evaluation. */
  private record Entry(int set, Row row, List<Row> history) {

    Double change() {
      return history.size() < 2
          ? null
          : (Double) (score(row) - score(history.get(history.size() - 2)));
    }

    private static double score(Row row) {
      return Comparison.number(row, "anomaly_score");
    }
  }

  /** A column of the board: its head and its cells. */
  private record BoardColumn(Column head, Function<Entry, Cell> cell) {}

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    List<Block> blocks = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      blocks.add(block(c, comparisons.get(c), Comparison.firstSet(comparisons, c)));
    }
    return blocks;
  }

  private static Block block(int place, Comparison comparison, int reference) {
    List<Entry> entries =
        IntStream.range(0, comparison.newest().size())
            .mapToObj(
                i -> {
                  Row row = comparison.newest().get(i);
                  String dataset = Comparison.text(row, "dataset");
                  return new Entry(reference + 1 + i, row, comparison.history().get(dataset));
                })
            .toList();
    List<Judged> judged = judged(comparison.newest());
    List<Integer> lines = lines(entries);
    Model model =
        new Model(
            HtmlTable.format(
                "%.0f", 100 * Comparison.number(comparison.newest().get(0), "confidence")),
            table(entries, judged.size() > 1),
            lines.size(),
            entries.size() - lines.size(),
            judged.size() > 1);
    List<Scored> scored = entries.stream().map(entry -> scored(entry.row())).toList();
    return new Block(
        Place.COMPARISON_BEGIN,
        place,
        "evaluate/leaderboard.ftlh",
        model,
        List.of(
            new Figure("board-" + place, new Board(scored)),
            new Figure("trend-" + place, new Trend(lines)),
            new Figure("humans-" + place, new Humans(judged))));
  }

  private static Scored scored(Row row) {
    return new Scored(
        name(row),
        FigureNumbers.of(
            row,
            "anomaly_score",
            "anomaly_score_low",
            "anomaly_score_high",
            "null_mean",
            "null_q95",
            "p_value"));
  }

  private static List<Judged> judged(List<Row> rows) {
    return rows.stream()
        .filter(row -> Comparison.number(row, "human_error_rate") != null)
        .map(
            row ->
                new Judged(
                    name(row),
                    FigureNumbers.of(Comparison.number(row, "anomaly_score")),
                    FigureNumbers.of(row, "human_error_rate", "human_error_rate_std_err")))
        .toList();
  }

  private static String name(Row row) {
    return VisibleText.of(Comparison.text(row, "dataset"));
  }

  /** The sets whose AS changed most since the evaluation before, by their order in the board. */
  private static List<Integer> lines(List<Entry> entries) {
    return entries.stream()
        .filter(entry -> entry.change() != null)
        .sorted(Comparator.comparingDouble(entry -> -Math.abs(entry.change())))
        .limit(MOST_LINES)
        .map(Entry::set)
        .sorted()
        .toList();
  }

  private static HtmlTable table(List<Entry> entries, boolean humans) {
    List<BoardColumn> columns = columns(entries.stream().map(Entry::row).toList(), humans);
    return new HtmlTable(
        "Leaderboard, most natural first",
        columns.stream().map(BoardColumn::head).toList(),
        entries.stream()
            .map(entry -> columns.stream().map(column -> column.cell().apply(entry)).toList())
            .toList());
  }

  private static List<BoardColumn> columns(List<Row> rows, boolean humans) {
    List<BoardColumn> columns = new ArrayList<>();
    columns.add(
        new BoardColumn(
            text("Data set"),
            entry -> new Cell(name(entry.row()), name(entry.row()), "#set-" + entry.set(), null)));
    columns.add(
        numbers("AS", "Anomaly Score, 0 to 1; lower is more natural", "anomaly_score", "%.4f"));
    columns.add(
        sorted(
            "Interval", "Sorted by its lower end", "anomaly_score_low", EvaluationText::interval));
    columns.add(
        sorted(
            "p",
            "How often two sets of one source would differ as much; permutation test",
            "p_value",
            EvaluationText::p));
    columns.add(
        new BoardColumn(text("Verdict"), entry -> cell(EvaluationText.verdict(entry.row()))));
    columns.add(
        new BoardColumn(
            number("Change", "AS less that of the evaluation before"),
            entry -> cell(entry.change(), "%+.4f")));
    columns.add(
        new BoardColumn(
            number("Images", "Images of the set"),
            entry -> cell(entry.row().<Long>getAs("n"), "%,d")));
    columns.add(
        numbers("Chance", "Mean AS of two sets of one source at these sizes", "null_mean", "%.4f"));
    columns.add(numbers("Chance 95 %", "What chance exceeds once in twenty", "null_q95", "%.4f"));
    columns.add(numbers("Mean C", "Complexity, radians", "mean_complexity", "%.4f"));
    columns.add(numbers("Mean V", "Vulnerability", "mean_vulnerability", "%.4g"));
    columns.add(numbers("Median AS-i", "V / C of the image in the middle", "as_i_median", "%.4g"));
    List<Column> heads = SetMeasureColumns.columns(rows);
    for (int i = 0; i < heads.size(); i++) {
      int measure = i;
      columns.add(
          new BoardColumn(
              heads.get(i), entry -> SetMeasureColumns.cells(rows, entry.row()).get(measure)));
    }
    if (humans) {
      columns.add(
          sorted(
              "Human error rate",
              "How often people took an image for real",
              "human_error_rate",
              EvaluationText::human));
    }
    return columns;
  }

  private static BoardColumn numbers(String title, String hint, String column, String format) {
    return new BoardColumn(
        number(title, hint), entry -> cell(Comparison.number(entry.row(), column), format));
  }

  /** Text that sorts by a column. */
  private static BoardColumn sorted(
      String title, String hint, String column, Function<Row, String> text) {
    return new BoardColumn(
        number(title, hint),
        entry ->
            new Cell(text.apply(entry.row()), Comparison.number(entry.row(), column), null, null));
  }
}
