package org.anomalyscore.report;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anomalyscore.evaluate.EvaluationText;
import org.anomalyscore.evaluate.ImageOrder;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Night;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.report.PageModel.Group;
import org.anomalyscore.report.PageModel.Level;
import org.anomalyscore.report.PageModel.Section;
import org.anomalyscore.report.Shape.GalleryImage;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Direction;
import org.apache.spark.sql.Row;

/** Puts what was read and counted into the words and tables of the page. */
final class PageBuilder {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final List<String> LEVELS =
      List.of("Most usual", "25 %", "Median", "75 %", "Most unusual");

  private static final List<String> LEVELS_OF_AS_I =
      List.of("Lowest AS-i", "25 %", "Median", "75 %", "Highest AS-i");

  private final List<ReportedSet> sets;
  private final Map<Integer, Shape> shapes;
  private final Atypical atypical;
  private final Map<String, Thumbnail> pictures;
  private final int perLevel;
  private final List<Rejects> rejects;
  private final Runs runs;
  private final Map<List<String>, Night> nights;
  private final Map<Integer, BaselineNight> baselines;

  PageBuilder(
      List<ReportedSet> sets,
      Map<Integer, Shape> shapes,
      Atypical atypical,
      Map<String, Thumbnail> pictures,
      int perLevel,
      List<Rejects> rejects,
      Runs runs,
      Map<List<String>, Night> nights,
      Map<Integer, BaselineNight> baselines) {
    this.sets = sets;
    this.shapes = shapes;
    this.atypical = atypical;
    this.pictures = pictures;
    this.perLevel = perLevel;
    this.rejects = rejects;
    this.runs = runs;
    this.nights = nights;
    this.baselines = baselines;
  }

  PageModel build(String from, Run run, List<Comparison> comparisons) {
    List<Group> groups = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      groups.add(group(c, comparisons.get(c)));
    }
    return new PageModel(
        HtmlTable.minute(run.startedTimestamp()),
        VisibleText.of(from),
        Morning.line(nights, comparisons),
        Run.projectVersion() + ", commit " + Run.gitCommit(),
        groups,
        runsTable(),
        runs.total());
  }

  private Group group(int id, Comparison comparison) {
    List<Section> sections = new ArrayList<>();
    Section reference = null;
    int next = 0;
    for (ReportedSet set : sets) {
      if (set.comparison() == id) {
        if (set.isReference()) {
          reference =
              section(
                  set,
                  null,
                  List.of(),
                  null,
                  ImageOrder.noteOfReference(comparison.newest().get(0)));
        } else {
          Row row = comparison.newest().get(next++);
          sections.add(
              section(
                  set,
                  row,
                  comparison.history().get(set.dataset()),
                  past(Night.of(nights, comparison), row),
                  ImageOrder.noteOfSet(row)));
        }
      }
    }
    Runs.Outcome outcome =
        runs.outcomes().get(List.of(comparison.configId(), comparison.reference()));
    JsonNode found = outcome == null ? MissingNode.getInstance() : json(outcome.json());
    return new Group(
        id,
        VisibleText.of(comparison.model()),
        VisibleText.of(comparison.configId()),
        VisibleText.of(comparison.reference()),
        comparison.newest().get(0).<Long>getAs("n_reference"),
        comparison.newest().stream()
            .map(row -> HtmlTable.minute(row.getAs("evaluated_at")))
            .max(String::compareTo)
            .orElseThrow(),
        outcome == null ? null : HtmlTable.minute(outcome.at()),
        texts(found.path("alerts"), "dataset", "message"),
        texts(found.path("failed"), "dataset", "reason"),
        correlations(found.path("correlations")),
        reference,
        sections,
        rejectsTable(comparison.configId()),
        pretty(runs.configurations().get(comparison.configId())));
  }

  /** In words where an evaluation is of a night before the last. */
  private static String past(Night night, Row row) {
    if (night == null || !night.isPast(row)) {
      return null;
    }
    AlertState state = night.state(row.getAs("dataset"));
    return "not of the last night%s, but of %s"
        .formatted(
            state == null ? "" : " (" + state.words() + ")",
            HtmlTable.minute(row.getAs("evaluated_at")));
  }

  private Section section(ReportedSet set, Row row, List<Row> history, String past, String order) {
    Shape shape = shapes.get(set.id());
    String folder = shape == null ? "" : PageModel.commonFolder(shape.gallery());
    boolean byAtypicality = atypical.isKnown(set.comparison());
    List<String> levels = byAtypicality ? LEVELS : LEVELS_OF_AS_I;
    long firstFlagged = byAtypicality && past == null ? firstFlagged(shape, row) : Long.MAX_VALUE;
    List<Level> gallery = new ArrayList<>();
    for (int level = 0; shape != null && level < levels.size() && perLevel > 0; level++) {
      List<PageModel.Picture> shown = new ArrayList<>();
      for (GalleryImage image : shape.level(level, perLevel)) {
        shown.add(
            PageModel.picture(
                image,
                image.rank() >= firstFlagged,
                atypical.direction(set.comparison(), image),
                pictures.get(image.path()),
                folder));
      }
      gallery.add(new Level(levels.get(level), shown));
    }
    BaselineNight baseline = baselines.get(set.id());
    if (!gallery.isEmpty() && baseline != null && isOther(shape, baseline)) {
      gallery.add(
          new Level(
              levels.get(levels.size() - 1)
                  + " in the baseline night of "
                  + HtmlTable.minute(baseline.at()).substring(0, 10),
              baseline.images().stream().map(image -> pictureThen(set, image, folder)).toList()));
    }
    return new Section(
        set.id(),
        VisibleText.of(set.dataset()),
        set.evaluated(),
        row == null ? null : EvaluationText.score(row),
        row == null ? null : EvaluationText.interval(row),
        row == null ? null : EvaluationText.p(row),
        row == null ? null : EvaluationText.verdict(row),
        row == null ? null : EvaluationText.differs(row),
        past,
        row == null ? null : EvaluationText.human(row),
        row == null ? null : labels(Comparison.text(row, "labels")),
        set.images() == null ? null : VisibleText.of(set.images()),
        Stream.concat(set.notes().stream(), Stream.ofNullable(order)).map(VisibleText::of).toList(),
        shape != null,
        history.size(),
        VisibleText.of(folder),
        row == null ? null : EvaluationText.flagged(row),
        byAtypicality,
        gallery);
  }

  /**
   * The first of the flagged images in the gallery's order: the p-value of an image falls with its
   * atypicality, so they are the last ones. Where other images are shown than were evaluated, or
   * newer scores of them, none.
   */
  private static long firstFlagged(Shape shape, Row row) {
    Double share = row == null ? null : row.<Double>getAs("flagged");
    return shape == null
            || share == null
            || shape.n() != row.<Long>getAs("n")
            || shape.scored().after(row.<Timestamp>getAs("evaluated_at"))
        ? Long.MAX_VALUE
        : shape.n() - Math.round(share * shape.n());
  }

  /** Whether the most unusual images of the baseline night are others than those of the last. */
  private boolean isOther(Shape shape, BaselineNight baseline) {
    Set<String> now =
        shape.level(Shape.LEVELS - 1, perLevel).stream()
            .map(GalleryImage::imageId)
            .collect(Collectors.toSet());
    return !now.containsAll(baseline.images().stream().map(GalleryImage::imageId).toList());
  }

  private PageModel.Picture pictureThen(ReportedSet set, GalleryImage image, String folder) {
    return PageModel.pictureThen(
        image,
        atypical.direction(set.comparison(), image),
        pictures.get(image.path()),
        image.path().startsWith(folder) ? folder : "");
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
              cell(run.<Timestamp>getAs("started_at")),
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
              cell(best(one.path("statistic").asText()), "%d"),
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
            number("Best", "Of a statistic that judges as people do"),
            number("Sets", ""),
            number("Pearson", "Linear, -1 to 1"),
            number("p", "Permutation test"),
            number("Spearman", "By rank, -1 to 1"),
            number("p", "Permutation test")),
        rows);
  }

  /** People take the images of good sets for real, so it goes by what a good set has of it. */
  private static Integer best(String column) {
    return Statistic.comparedWithPeople().stream()
        .filter(statistic -> statistic.column().equals(column))
        .map(statistic -> statistic.direction() == Direction.HIGHER_IS_BETTER ? 1 : -1)
        .findFirst()
        .orElse(null);
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
