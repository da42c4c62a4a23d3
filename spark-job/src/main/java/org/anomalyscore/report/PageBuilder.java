package org.anomalyscore.report;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anomalyscore.classify.ClassificationPart;
import org.anomalyscore.labels.LabelPart;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.HtmlTable.Column;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.report.PageModel.Group;
import org.anomalyscore.report.PageModel.Level;
import org.anomalyscore.report.PageModel.Section;
import org.anomalyscore.report.Shape.GalleryImage;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Run;
import org.apache.spark.sql.Row;

/** Puts what was read and counted into the words and tables of the page. */
final class PageBuilder {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final List<String> LEVELS =
      List.of("Lowest AS-i", "25 %", "Median", "75 %", "Highest AS-i");

  private static final double SIGNIFICANT = 0.05;

  private final List<ReportedSet> sets;
  private final Map<Integer, Shape> shapes;
  private final Map<String, Thumbnail> pictures;
  private final int perLevel;
  private final List<Rejects> rejects;
  private final Runs runs;

  PageBuilder(
      List<ReportedSet> sets,
      Map<Integer, Shape> shapes,
      Map<String, Thumbnail> pictures,
      int perLevel,
      List<Rejects> rejects,
      Runs runs) {
    this.sets = sets;
    this.shapes = shapes;
    this.pictures = pictures;
    this.perLevel = perLevel;
    this.rejects = rejects;
    this.runs = runs;
  }

  PageModel build(
      String from,
      Run run,
      List<Comparison> comparisons,
      List<ClassificationPart> classifications,
      List<LabelPart.Section> labels,
      FigureData figures) {
    List<Group> groups = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      groups.add(group(c, comparisons.get(c), figures.comparisons().get(c)));
    }
    return new PageModel(
        HtmlTable.minute(run.startedTimestamp()),
        VisibleText.of(from),
        Run.projectVersion() + ", commit " + Run.gitCommit(),
        groups,
        classifications,
        labels,
        runsTable(),
        runs.total());
  }

  private Group group(int id, Comparison comparison, FigureData.Group figures) {
    List<Section> sections = new ArrayList<>();
    Section reference = null;
    int next = 0;
    for (ReportedSet set : sets) {
      if (set.comparison() == id) {
        if (set.isReference()) {
          reference = section(set, null, List.of());
        } else {
          Row row = comparison.newest().get(next++);
          sections.add(section(set, row, comparison.history().get(set.dataset())));
        }
      }
    }
    Row first = comparison.newest().get(0);
    boolean humans =
        comparison.newest().stream()
                .filter(row -> Comparison.number(row, "human_error_rate") != null)
                .count()
            > 1;
    Runs.Outcome outcome =
        runs.outcomes().get(List.of(comparison.configId(), comparison.reference()));
    JsonNode found = outcome == null ? MissingNode.getInstance() : json(outcome.json());
    return new Group(
        id,
        VisibleText.of(comparison.model()),
        VisibleText.of(comparison.configId()),
        VisibleText.of(comparison.reference()),
        first.<Long>getAs("n_reference"),
        comparison.newest().stream()
            .map(row -> HtmlTable.minute(row.getAs("evaluated_at")))
            .max(String::compareTo)
            .orElseThrow(),
        format("%.0f", 100 * Comparison.number(first, "confidence")),
        outcome == null ? null : HtmlTable.minute(outcome.at()),
        texts(found.path("alerts"), "dataset", "message"),
        texts(found.path("failed"), "dataset", "reason"),
        correlations(found.path("correlations")),
        board(comparison, sections, humans),
        humans,
        figures.lines().size(),
        figures.sets().size() - 1 - figures.lines().size(),
        reference,
        sections,
        rejectsTable(comparison.configId()),
        pretty(runs.configurations().get(comparison.configId())));
  }

  private Section section(ReportedSet set, Row row, List<Row> history) {
    Shape shape = shapes.get(set.id());
    String folder = shape == null ? "" : PageModel.commonFolder(shape.gallery());
    List<Level> gallery = new ArrayList<>();
    for (int level = 0; shape != null && level < LEVELS.size() && perLevel > 0; level++) {
      List<PageModel.Picture> shown = new ArrayList<>();
      for (GalleryImage image : shape.level(level, perLevel)) {
        shown.add(PageModel.picture(image, pictures.get(image.path()), folder));
      }
      gallery.add(new Level(LEVELS.get(level), shown));
    }
    Boolean differs = row == null ? null : differs(row);
    return new Section(
        set.id(),
        VisibleText.of(set.dataset()),
        set.evaluated(),
        row == null ? null : format("%.4f", Comparison.number(row, "anomaly_score")),
        row == null ? null : interval(row),
        row == null ? null : p(Comparison.number(row, "p_value")),
        differs == null ? "not tested" : differs ? "differs" : "not told apart",
        differs,
        row == null ? null : human(row),
        row == null ? null : labels(Comparison.text(row, "labels")),
        set.images() == null ? null : VisibleText.of(set.images()),
        set.notes().stream().map(VisibleText::of).toList(),
        shape != null,
        history.size(),
        VisibleText.of(folder),
        gallery);
  }

  /** By the permutation test; where it was not made, by the level that it would give. */
  private static Boolean differs(Row row) {
    Double p = Comparison.number(row, "p_value");
    Double level = Comparison.number(row, "null_q95");
    return p != null
        ? (Boolean) (p < SIGNIFICANT)
        : level == null ? null : (Boolean) (Comparison.number(row, "anomaly_score") > level);
  }

  private static HtmlTable board(Comparison comparison, List<Section> sections, boolean humans) {
    List<Column> columns = new ArrayList<>();
    columns.add(text("Data set"));
    columns.add(number("AS", "Anomaly Score, 0 to 1; lower is more natural"));
    columns.add(number("Interval", "Sorted by its lower end"));
    columns.add(
        number("p", "How often two sets of one source would differ as much; permutation test"));
    columns.add(text("Verdict"));
    columns.add(number("Change", "AS less that of the evaluation before"));
    columns.add(number("Images", "Images of the set"));
    columns.add(number("Chance", "Mean AS of two sets of one source at these sizes"));
    columns.add(number("Chance 95 %", "What chance exceeds once in twenty"));
    columns.add(number("Mean C", "Complexity, radians"));
    columns.add(number("Mean V", "Vulnerability"));
    columns.add(number("Median AS-i", "V / C of the image in the middle"));
    columns.addAll(SetMeasureColumns.columns(comparison.newest()));
    if (humans) {
      columns.add(number("Human error rate", "How often people took an image for real"));
    }
    List<List<Cell>> rows = new ArrayList<>();
    for (int i = 0; i < sections.size(); i++) {
      Row row = comparison.newest().get(i);
      Section section = sections.get(i);
      List<Row> history = comparison.history().get(Comparison.text(row, "dataset"));
      List<Cell> cells = new ArrayList<>();
      cells.add(new Cell(section.name(), section.name(), "#set-" + section.id(), null));
      cells.add(cell(Comparison.number(row, "anomaly_score"), "%.4f"));
      cells.add(
          new Cell(section.interval(), Comparison.number(row, "anomaly_score_low"), null, null));
      cells.add(new Cell(section.p(), Comparison.number(row, "p_value"), null, null));
      cells.add(cell(section.verdict()));
      cells.add(
          cell(
              history.size() < 2
                  ? null
                  : (Double)
                      (Comparison.number(row, "anomaly_score")
                          - Comparison.number(history.get(history.size() - 2), "anomaly_score")),
              "%+.4f"));
      cells.add(cell(row.<Long>getAs("n"), "%,d"));
      cells.add(cell(Comparison.number(row, "null_mean"), "%.4f"));
      cells.add(cell(Comparison.number(row, "null_q95"), "%.4f"));
      cells.add(cell(Comparison.number(row, "mean_complexity"), "%.4f"));
      cells.add(cell(Comparison.number(row, "mean_vulnerability"), "%.4g"));
      cells.add(cell(Comparison.number(row, "as_i_median"), "%.4g"));
      cells.addAll(SetMeasureColumns.cells(comparison.newest(), row));
      if (humans) {
        cells.add(new Cell(human(row), Comparison.number(row, "human_error_rate"), null, null));
      }
      rows.add(cells);
    }
    return new HtmlTable("Leaderboard, most natural first", columns, rows);
  }

  private HtmlTable rejectsTable(String configId) {
    List<List<Cell>> rows =
        rejects.stream()
            .filter(reject -> reject.configId().equals(configId))
            .map(
                reject ->
                    List.of(
                        cell(reject.dataset()),
                        cell(reject.reason()),
                        cell(reject.images(), "%,d"),
                        cell(reject.path()),
                        cell(reject.message())))
            .toList();
    return new HtmlTable(
        "Images without a score",
        List.of(
            text("Data set"),
            text("Reason"),
            number("Images", ""),
            text("One of them"),
            text("Its message")),
        rows);
  }

  private HtmlTable runsTable() {
    List<List<Cell>> rows = new ArrayList<>();
    for (Row run : runs.newest()) {
      rows.add(
          List.of(
              cell(run.getTimestamp(run.fieldIndex("started_at"))),
              cell(Comparison.text(run, "command")),
              cell(Comparison.text(run, "dataset")),
              cell(Comparison.text(run, "status")),
              cell(Comparison.number(run, "seconds"), "%,.1f"),
              cell(run.<Long>getAs("scored"), "%,d"),
              cell(run.<Long>getAs("rejected"), "%,d"),
              cell(Comparison.text(run, "device")),
              cell(versions(run)),
              new Cell(
                  "JSON",
                  Comparison.text(run, "config_id"),
                  null,
                  pretty(Comparison.text(run, "configuration")))));
    }
    return new HtmlTable(
        "Runs, newest first",
        List.of(
            text("Started (UTC)"),
            text("Command"),
            text("Data set"),
            text("Status"),
            number("Seconds", ""),
            number("Scored", "Images that this run scored"),
            number("Rejected", "Images that this run rejected"),
            text("Device"),
            text("Versions"),
            text("Configuration")),
        rows);
  }

  private static String versions(Row run) {
    String commit = Comparison.text(run, "git_commit");
    StringBuilder versions =
        new StringBuilder(Comparison.text(run, "project_version"))
            .append(" (")
            .append(commit, 0, Math.min(8, commit.length()))
            .append("), Spark ")
            .append(Comparison.text(run, "spark_version"));
    for (String[] library :
        new String[][] {{"DJL", "djl_version"}, {"PyTorch", "pytorch_version"}}) {
      if (Comparison.text(run, library[1]) != null) {
        versions
            .append(", ")
            .append(library[0])
            .append(' ')
            .append(Comparison.text(run, library[1]));
      }
    }
    return versions
        .append(", Java ")
        .append(Comparison.text(run, "java_version"))
        .append(", ")
        .append(Comparison.text(run, "os"))
        .toString();
  }

  private static HtmlTable correlations(JsonNode found) {
    List<List<Cell>> rows = new ArrayList<>();
    for (JsonNode one : found) {
      rows.add(
          List.of(
              cell(one.path("statistic").asText()),
              cell(real(one, "n"), "%.0f"),
              cell(real(one, "pearson"), "%.3f"),
              cell(real(one, "pearson_p"), "%.3g"),
              cell(real(one, "spearman"), "%.3f"),
              cell(real(one, "spearman_p"), "%.3g")));
    }
    return new HtmlTable(
        "Correlation with human error rates",
        List.of(
            text("Statistic"),
            number("Sets", ""),
            number("Pearson", "Linear, -1 to 1"),
            number("p", "Permutation test"),
            number("Spearman", "By rank, -1 to 1"),
            number("p", "Permutation test")),
        rows);
  }

  private static Double real(JsonNode node, String field) {
    return node.path(field).isNumber() ? (Double) node.path(field).asDouble() : null;
  }

  /** A line an entry: the data set, and what is said of it. */
  private static List<String> texts(JsonNode entries, String name, String message) {
    List<String> texts = new ArrayList<>();
    for (JsonNode entry : entries) {
      String what = entry.path(message).asText("");
      String set = entry.path(name).asText("");
      texts.add(VisibleText.of(what.startsWith(set + " ") ? what : set + ": " + what));
    }
    return texts;
  }

  private static String interval(Row row) {
    Double low = Comparison.number(row, "anomaly_score_low");
    Double high = Comparison.number(row, "anomaly_score_high");
    return low == null || high == null ? "–" : format("%.4f to %.4f", low, high);
  }

  private static String p(Double p) {
    return p == null ? "–" : p < 0.001 ? "< 0.001" : format("%.3f", p);
  }

  private static String human(Row row) {
    Double rate = Comparison.number(row, "human_error_rate");
    Double error = Comparison.number(row, "human_error_rate_std_err");
    return rate == null
        ? "–"
        : format("%.3f", rate) + (error == null ? "" : format(" ± %.3f", error));
  }

  private static String labels(String labels) {
    if (labels == null) {
      return null;
    }
    List<String> pairs = new ArrayList<>();
    json(labels)
        .fields()
        .forEachRemaining(l -> pairs.add(l.getKey() + ": " + l.getValue().asText()));
    return pairs.isEmpty() ? null : VisibleText.of(String.join(", ", pairs));
  }

  private static String pretty(String json) {
    return json == null
        ? null
        : json(json)
            .toPrettyString()
            .lines()
            .map(VisibleText::of)
            .collect(Collectors.joining("\n"));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Of a table that another program wrote into.
      return JSON.getNodeFactory().textNode(text);
    }
  }
}
