package org.anomalyscore.report;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.anomalyscore.classify.ClassificationPart;
import org.anomalyscore.evaluate.CopiesPart;
import org.anomalyscore.evaluate.LeaderboardPart;
import org.anomalyscore.explain.AttributionPart;
import org.anomalyscore.labels.CalibrationPart;
import org.anomalyscore.labels.LabelPart;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Night;
import org.anomalyscore.page.Part;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.storage.WholeFile;
import org.anomalyscore.sweep.SweepPart;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page of one folder of tables. */
public final class Report {

  private static final Logger LOG = LoggerFactory.getLogger(Report.class);

  /** A page that is larger opens slowly and fits into no mail. */
  private static final long LARGE = 10_000_000;

  private final SparkSession spark;
  private final TableStore store;
  private String configId;
  private String reference;
  private Integer thumbnails;

  /**
   * What was written.
   *
   * @param location as a user would name it
   * @param bytes of the file
   * @param comparisons of one reference under one configuration each
   * @param sets generated sets, summed over the comparisons
   * @param images rows of {@code scores} that the figures show
   */
  public record Result(String location, long bytes, int comparisons, int sets, long images) {}

  /** A report of the tables of one output folder. */
  public Report(SparkSession spark, TableStore store) {
    this.spark = spark;
    this.store = store;
  }

  /** Only evaluations under this configuration; null for all. */
  public Report configId(String value) {
    configId = value;
    return this;
  }

  /** Only evaluations against this reference; null for all. */
  public Report reference(String value) {
    reference = value;
    return this;
  }

  /** Images that each level of a gallery shows; null for as many as keep the page small. */
  public Report thumbnails(Integer value) {
    thumbnails = value;
    return this;
  }

  /**
   * Makes the page and writes it, in one piece where the storage can.
   *
   * @param run whose time the page bears
   * @param out a local path or any URI that Hadoop's file systems know; overwritten
   * @throws org.anomalyscore.storage.UserException if nothing was evaluated yet, or {@code out}
   *     cannot be written
   */
  public Result write(Run run, String out) {
    WholeFile file = WholeFile.at(spark.sessionState().newHadoopConf(), "--out", out);
    List<Comparison> comparisons = Comparison.read(store, configId, reference);
    List<ReportedSet> sets = ReportedSet.of(comparisons);
    int perLevel = thumbnails == null ? Thumbnails.perLevel(sets.size()) : thumbnails;
    Dataset<Row> rows =
        new ScoredImages(spark, store).of(sets).persist(StorageLevel.MEMORY_AND_DISK());
    Map<Integer, Shape> shapes;
    Map<Integer, Bins.Axes> axes;
    Map<Integer, Bins> bins;
    Atypical atypical;
    try {
      atypical = Atypical.of(rows, sets);
      shapes = Quantiles.of(atypical.addTo(rows, sets), perLevel);
      axes = axes(sets, shapes);
      bins = Bins.of(spark, rows, sets, axes);
    } finally {
      rows.unpersist();
    }
    noteCounts(sets, shapes);
    Map<List<String>, Night> nights = Night.read(store, comparisons);
    Map<Integer, BaselineNight> baselines =
        BaselineNight.read(store, comparisons, nights, sets, atypical, perLevel);
    List<String> shown =
        Stream.concat(
                shapes.values().stream().flatMap(shape -> shape.gallery().stream()),
                baselines.values().stream().flatMap(baseline -> baseline.images().stream()))
            .map(Shape.GalleryImage::path)
            .distinct()
            .toList();
    Map<String, Thumbnail> pictures =
        Thumbnails.read(spark, shown, Thumbnails.bytesEach(shown.size()));
    List<Part.Block> blocks =
        parts().stream()
            .filter(part -> store.exists(part.table()))
            .flatMap(part -> part.read(store, comparisons).stream())
            .toList();
    FigureData figures =
        FigureData.of(
            comparisons,
            sets,
            shapes,
            axes,
            bins,
            blocks.stream().flatMap(block -> block.figures().stream()).toList());
    PageModel page =
        new PageBuilder(
                sets,
                shapes,
                atypical,
                pictures,
                perLevel,
                Rejects.read(store, sets),
                Runs.read(store, comparisons),
                nights,
                baselines)
            .build(store.location(), run, comparisons);
    byte[] html = Page.html(page, figures, blocks).getBytes(StandardCharsets.UTF_8);
    file.write(html);
    if (html.length > LARGE) {
      LOG.warn(
          "The report has {} MB. --config-id, --reference or fewer --thumbnails make it smaller.",
          html.length / 1_000_000);
    }
    return new Result(
        file.location(),
        html.length,
        comparisons.size(),
        sets.size() - comparisons.size(),
        shapes.values().stream().mapToLong(Shape::n).sum());
  }

  /** The parts, in the order in which they stand in the page. */
  private List<Part> parts() {
    return List.of(
        new LeaderboardPart(),
        new CopiesPart(spark.sessionState().newHadoopConf()),
        new ClassificationPart(),
        new LabelPart(),
        new CalibrationPart(),
        new AttributionPart(spark.sessionState().newHadoopConf()),
        new SweepPart());
  }

  private static Map<Integer, Bins.Axes> axes(List<ReportedSet> sets, Map<Integer, Shape> shapes) {
    Map<Integer, Bins.Axes> axes = new HashMap<>();
    for (ReportedSet set : sets) {
      if (!set.isReference()) {
        continue;
      }
      List<Shape> others =
          sets.stream()
              .filter(other -> other.comparison() == set.comparison())
              .map(other -> shapes.get(other.id()))
              .filter(Objects::nonNull)
              .toList();
      if (!others.isEmpty()) {
        // Without rows of the reference, the best of the others stands for what is usual.
        Shape usual = shapes.getOrDefault(set.id(), others.get(0));
        axes.put(
            set.comparison(),
            new Bins.Axes(
                Range.of(usual.complexity(), others.stream().map(Shape::complexity).toList()),
                Range.of(usual.vulnerability(), others.stream().map(Shape::vulnerability).toList()),
                Range.of(usual.asI(), others.stream().map(Shape::asI).toList())));
      }
    }
    return axes;
  }

  private static void noteCounts(List<ReportedSet> sets, Map<Integer, Shape> shapes) {
    for (ReportedSet set : sets) {
      Shape shape = shapes.get(set.id());
      long now = shape == null ? 0 : shape.n();
      if (now != set.evaluated()) {
        set.notes()
            .add(
                String.format(
                    java.util.Locale.ROOT,
                    "The evaluation was made of %,d images, the figures and galleries of the %,d"
                        + " that the table holds now. Evaluate again to bring them together.",
                    set.evaluated(),
                    now));
      }
    }
  }
}
