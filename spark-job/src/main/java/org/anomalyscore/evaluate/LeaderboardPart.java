package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;
import static org.anomalyscore.table.Statistic.ANOMALY_SCORE;
import static org.anomalyscore.table.Statistic.ANOMALY_SCORE_LOW;
import static org.anomalyscore.table.Statistic.AS_I_MEDIAN;
import static org.anomalyscore.table.Statistic.ENERGY_DISTANCE;
import static org.anomalyscore.table.Statistic.FLAGGED;
import static org.anomalyscore.table.Statistic.HUMAN_ERROR_RATE;
import static org.anomalyscore.table.Statistic.MEAN_COMPLEXITY;
import static org.anomalyscore.table.Statistic.MEAN_VULNERABILITY;
import static org.anomalyscore.table.Statistic.NULL_MEAN;
import static org.anomalyscore.table.Statistic.NULL_Q95;
import static org.anomalyscore.table.Statistic.P_VALUE;
import static org.anomalyscore.table.Statistic.REPEATABILITY_AS_I;
import static org.anomalyscore.table.Statistic.REPEATABILITY_COMPLEXITY;
import static org.anomalyscore.table.Statistic.REPEATABILITY_VULNERABILITY;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.FigureNumbers;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.HtmlTable.Column;
import org.anomalyscore.page.Night;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Group;
import org.anomalyscore.table.Table;
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
   * @param note lines of {@link ArithmeticNote}
   * @param asI what a reader must know of the direction of AS-i, or null
   * @param order what a reader of single images must know; null where there is nothing to warn of
   */
  record Model(
      String confidence,
      HtmlTable table,
      int lines,
      int hidden,
      boolean hasHumans,
      List<String> note,
      String asI,
      String order) {}

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

  /**
   * A set and its newest evaluation.
   *
   * @param night the last of its comparison; null without a benchmark
   */
  private record Entry(int set, Row row, List<Row> history, Night night) {

    /** Whether the evaluation is of a night before the last. */
    boolean isPast() {
      return night != null && night.isPast(row);
    }

    /** The day of an evaluation that is of a night before, as a beginning of a text. */
    String day() {
      return isPast() ? HtmlTable.minute(row.getAs("evaluated_at")).substring(0, 10) : null;
    }

    String verdict() {
      String verdict = EvaluationText.verdict(row);
      return isPast() ? "of " + day() + ": " + verdict : verdict;
    }

    /** Of the last night; null where no night knows it. */
    String state() {
      AlertState state = night == null ? null : night.state(row.getAs("dataset"));
      return state == null ? null : state.words();
    }

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
  public Table table() {
    return Table.EVALUATIONS;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    Map<List<String>, Night> nights = Night.read(store, comparisons);
    List<Block> blocks = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      Comparison comparison = comparisons.get(c);
      blocks.add(
          block(c, comparison, Night.of(nights, comparison), Comparison.firstSet(comparisons, c)));
    }
    return blocks;
  }

  private static Block block(int place, Comparison comparison, Night night, int reference) {
    List<Entry> entries =
        IntStream.range(0, comparison.newest().size())
            .mapToObj(
                i -> {
                  Row row = comparison.newest().get(i);
                  String dataset = Comparison.text(row, "dataset");
                  return new Entry(
                      reference + 1 + i, row, comparison.history().get(dataset), night);
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
            judged.size() > 1,
            ArithmeticNote.of(comparison.newest(), Comparison::text).stream()
                .map(VisibleText::of)
                .toList(),
            AsIDirection.note(comparison.newest(), Row::getAs),
            order(comparison.newest()));
    List<Scored> scored = entries.stream().map(LeaderboardPart::scored).toList();
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

  private static String order(List<Row> rows) {
    BiFunction<Row, String, Object> column = (row, name) -> row.getAs(name);
    String text =
        ImageOrder.isUnknown(rows, column)
            ? "How much of the order of single images is chance is not known: their scores are of one"
                + " draw, or were evaluated by an earlier version. Score with --draws 2 or more, and"
                + " evaluate again."
            : ImageOrder.warning(rows, column);
    return text == null ? null : VisibleText.of(text);
  }

  private static Scored scored(Entry entry) {
    return new Scored(
        (entry.isPast() ? "(" + entry.day().substring(5) + ") " : "") + name(entry.row()),
        FigureNumbers.of(
            entry.row(),
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
    List<BoardColumn> columns = columns(entries, humans);
    return new HtmlTable(
        "Leaderboard, most natural first",
        columns.stream().map(BoardColumn::head).toList(),
        entries.stream()
            .map(entry -> columns.stream().map(column -> column.cell().apply(entry)).toList())
            .toList(),
        entries.stream().map(Entry::isPast).toList());
  }

  private static List<BoardColumn> columns(List<Entry> entries, boolean humans) {
    List<Row> rows = entries.stream().map(Entry::row).toList();
    List<BoardColumn> columns = new ArrayList<>();
    columns.add(
        new BoardColumn(
            text("Data set"),
            entry -> new Cell(name(entry.row()), name(entry.row()), "#set-" + entry.set(), null)));
    columns.add(new BoardColumn(text("Verdict"), entry -> cell(entry.verdict())));
    columns.add(
        new BoardColumn(
            number("Change", "AS less that of the evaluation before").wide(),
            entry -> cell(entry.change(), "%+.4f")));
    if (entries.stream().anyMatch(entry -> entry.state() != null)) {
      columns.add(new BoardColumn(text("Last night").wide(), entry -> cell(entry.state())));
    }
    // The interval beside it says more than a standard error would.
    columns.add(sorted(number(ANOMALY_SCORE), ANOMALY_SCORE, EvaluationText::score));
    columns.add(
        sorted(
            number("Interval", "Sorted by its lower end").wide(),
            ANOMALY_SCORE_LOW,
            EvaluationText::interval));
    columns.add(sorted(number(P_VALUE).wide(), P_VALUE, EvaluationText::p));
    columns.add(
        new BoardColumn(
            number("Images", "Images of the set").more(),
            entry -> cell(entry.row().<Long>getAs("n"), "%,d")));
    for (Statistic statistic :
        List.of(
            NULL_MEAN,
            NULL_Q95,
            ENERGY_DISTANCE,
            MEAN_COMPLEXITY,
            MEAN_VULNERABILITY,
            AS_I_MEDIAN,
            FLAGGED)) {
      columns.add(numbers(statistic));
    }
    // Scores of one draw have no repeatability, and sets without features no set measures.
    Stream.of(
            List.of(REPEATABILITY_COMPLEXITY, REPEATABILITY_VULNERABILITY, REPEATABILITY_AS_I),
            Statistic.of(Group.SET),
            Statistic.of(Group.OUTPUT),
            Statistic.of(Group.TRAINING))
        .flatMap(List::stream)
        .filter(s -> rows.stream().anyMatch(row -> Comparison.number(row, s.column()) != null))
        .forEach(s -> columns.add(numbers(s)));
    if (humans) {
      columns.add(numbers(HUMAN_ERROR_RATE));
    }
    return columns;
  }

  private static BoardColumn numbers(Statistic statistic) {
    return new BoardColumn(number(statistic).more(), entry -> cell(statistic, entry.row()));
  }

  /** Text that sorts by a statistic. */
  private static BoardColumn sorted(Column head, Statistic by, Function<Row, String> text) {
    return new BoardColumn(
        head,
        entry ->
            new Cell(
                text.apply(entry.row()), Comparison.number(entry.row(), by.column()), null, null));
  }
}
