package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.benchmark.HumanCorrelation;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.setmeasures.Diversity;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.SetMeasures;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Direction;
import org.anomalyscore.table.Statistic.Group;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a constant of {@link Statistic} is all that a column of numbers needs to be seen. */
class StatisticTest {

  private static final List<Statistic> EVALUATED =
      Arrays.stream(Statistic.values())
          .filter(s -> !Statistic.of(Group.SWEEP).contains(s))
          .toList();

  /** Of features, and of further outputs of the network. */
  private static final List<Statistic> MEASURES =
      Stream.of(Group.SET, Group.OUTPUT).map(Statistic::of).flatMap(List::stream).toList();

  /** Statistic i of set k is i + 1 + k / 4, its error an eighth of that. */
  private static TableRow row(int k) {
    TableRow row =
        TableRow.of(Table.EVALUATIONS)
            .with("run_id", "run")
            .with("evaluated_at", Timestamp.from(Instant.EPOCH))
            .with("config_id", "c")
            .with("model", "net")
            .with("reference", "real")
            .with("n_reference", 30L)
            .with("dataset", "set" + k)
            .with("n", 30L)
            .with("confidence", 0.95)
            .with("permutations", 0)
            .with("resamples", 0)
            .with("seed", 0L)
            .with("flag_fdr", 0.05)
            .with("n_features", 30L)
            .with("n_features_reference", 30L);
    for (Statistic statistic : EVALUATED) {
      row.with(statistic.column(), value(statistic, k));
      if (statistic.hasError()) {
        row.with(statistic.errorColumn(), value(statistic, k) / 8);
      }
    }
    return row;
  }

  private static double value(Statistic statistic, int k) {
    return EVALUATED.indexOf(statistic) + 1 + k / 4.0;
  }

  @Test
  void everyNumberOfTheTableHasOneOwner() {
    Set<String> columns = new TreeSet<>();
    for (Statistic statistic : EVALUATED) {
      assertTrue(columns.add(statistic.column()), statistic.column());
      if (statistic.hasError()) {
        assertTrue(columns.add(statistic.errorColumn()), statistic.errorColumn());
      }
    }
    Set<String> numbers = new TreeSet<>();
    Arrays.stream(Table.EVALUATIONS.schema().fields())
        .filter(field -> field.dataType().equals(DataTypes.DoubleType))
        .forEach(field -> numbers.add(field.name()));
    // Not of the sets, but asked for.
    numbers.remove("confidence");
    numbers.remove("flag_fdr");
    assertEquals(numbers, columns);
    Set<String> swept = new HashSet<>(List.of(Table.SWEEPS.schema().fieldNames()));
    for (Statistic statistic : Statistic.of(Group.SWEEP)) {
      assertTrue(swept.contains(statistic.column()), statistic.column());
    }
    Set<String> titles = new HashSet<>();
    for (Statistic statistic : Statistic.values()) {
      assertTrue(titles.add(statistic.title()), "two columns are called " + statistic.title());
    }
  }

  @Test
  void everySetMeasureIsComputed() {
    SetMeasures.Mean mean = new SetMeasures.Mean(0.5, 0.125);
    SetMeasures measures =
        new SetMeasures(
            1,
            1,
            new Estimate(1, 2),
            new Estimate(5, 6),
            new Estimate(3, 4),
            new Estimate(7, 8),
            new Estimate(9, 10),
            new Diversity(new Estimate(11, 12), new Estimate(13, 14)),
            new Diversity(new Estimate(15, 16), new Estimate(17, 18)),
            mean,
            mean,
            mean,
            mean,
            new double[1],
            new double[1]);
    assertEquals(
        Statistic.of(Group.SET).stream().map(Statistic::column).toList(),
        List.copyOf(measures.byName().keySet()));
    assertEquals(new Estimate(3, 4), measures.byName().get("kernel_distance"));
  }

  @Test
  void everySetMeasureIsOnTheTerminal() {
    String board =
        Leaderboard.render(
            new Evaluator.Result(
                "c",
                "net",
                "real",
                30,
                30,
                List.of(row(0), row(1)),
                Map.of(),
                Map.of(),
                List.of()));
    String below = board.substring(board.indexOf("Set measures"));
    for (Statistic measure : MEASURES) {
      assertTrue(below.contains(TextTable.title(measure)), measure.title());
      double value = value(measure, 1);
      String cell = measure.text(value) + " +- " + measure.errorText(value / 8);
      assertTrue(below.contains(cell), cell);
    }
    assertTrue(below.contains("Frechet "), "no accent");
  }

  @Test
  void everySetMeasureIsOnThePage(@TempDir Path folder) {
    List<Row> rows = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      TableRow row = row(k);
      Object[] values = row.asMap().keySet().stream().map(row::get).toArray();
      rows.add(new GenericRowWithSchema(values, Table.EVALUATIONS.schema()));
    }
    Comparison comparison =
        new Comparison(
            "c",
            "net",
            "real",
            rows,
            Map.of("set0", List.of(rows.get(0)), "set1", List.of(rows.get(1))));
    HtmlTable table =
        ((LeaderboardPart.Model)
                new LeaderboardPart()
                    .read(
                        new TableStore(TestSpark.session(), folder.toString()), List.of(comparison))
                    .get(0)
                    .model())
            .table();
    List<Statistic> shown = new ArrayList<>(MEASURES);
    shown.add(Statistic.HUMAN_ERROR_RATE);
    for (Statistic statistic : shown) {
      int column = table.columns().indexOf(HtmlTable.number(statistic).more());
      assertTrue(column > 0, statistic.title());
      Cell cell = table.rows().get(1).get(column);
      double value = value(statistic, 1);
      assertEquals(value, cell.sort());
      assertEquals(statistic.text(value) + " ± " + statistic.errorText(value / 8), cell.text());
    }
    List<String> titles = table.columns().stream().map(HtmlTable.Column::title).toList();
    assertTrue(
        titles.containsAll(List.of("AS", "p", "Mean C", "Fréchet", "Precision")), titles::toString);
  }

  @Test
  void everySetMeasureIsComparedWithPeople() {
    List<HumanCorrelation> correlations = HumanCorrelation.of(List.of(row(0), row(1), row(2)));
    List<String> compared = correlations.stream().map(HumanCorrelation::statistic).toList();
    assertEquals("anomaly_score", compared.get(0));
    for (Statistic measure : MEASURES) {
      // What is of the reference alone says nothing of a generator.
      boolean ofReference = measure.column().startsWith("reference_");
      assertEquals(ofReference, measure.direction() == Direction.NEITHER, measure.column());
      assertEquals(!ofReference, compared.contains(measure.column()), measure.column());
    }
    assertTrue(
        HumanCorrelation.render(correlations)
            .startsWith(
                "Correlation with human error rates; near -1 where people agree (precision, recall,"
                    + " density, coverage, vendi_score, rke, inception_score: near 1):\n"));
  }
}
