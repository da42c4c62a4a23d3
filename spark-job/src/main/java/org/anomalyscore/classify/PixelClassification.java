package org.anomalyscore.classify;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.classify.ClassificationTask.Kind;
import org.anomalyscore.classify.ClassificationTask.Source;
import org.anomalyscore.classify.PixelQuestion.Answer;
import org.anomalyscore.command.Progress;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.anomalyscore.training.Softmax;
import org.anomalyscore.training.TrainingSettings;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * How well networks tell the sets apart by their pixels: distribution classification as You et al.
 * propose it to evaluate generators ("Are images indistinguishable to humans also indistinguishable
 * to classifiers?", arXiv:2405.18029). Questions and splits are those of {@link Classification}.
 *
 * <p>The images that were scored are read again, once, by tasks of Spark's, and come to the driver
 * at the networks' size; from there all of them go to every executor. Then each question is a task.
 */
final class PixelClassification {

  /**
   * The part of the driver's heap that images may take: it holds them several times for a while.
   */
  private static final int PART_OF_HEAP = 8;

  private static final String RESULTS = "spark.driver.maxResultSize";

  private final TableStore store;
  private final SplitOptions options;
  private final PixelOptions pixels;
  private final boolean allowIncomplete;

  PixelClassification(
      TableStore store, SplitOptions options, PixelOptions pixels, boolean allowIncomplete) {
    this.store = store;
    this.options = options;
    this.pixels = pixels;
    this.allowIncomplete = allowIncomplete;
  }

  /**
   * Classifies reference and generated images.
   *
   * @param configId under which configuration the images were scored; null where the tables leave
   *     no choice
   * @param devices where tasks compute
   * @throws UserException when a set is missing, incomplete, named twice, or has too few images
   *     that can still be read
   */
  Classified of(
      Run run, String reference, List<String> generated, String configId, Devices devices) {
    ComparedSets compared = ComparedSets.of(store, reference, generated, configId, allowIncomplete);
    List<String> sets = compared.names();
    ConfigurationChoice choice = compared.choice();
    Loaded loaded = load(sets, wanted(sets, choice.configId()));
    List<PixelQuestion> questions = questions(sets, loaded, devices);
    List<Answer> answers = answers(questions, loaded.levels);
    List<TableRow> rows = new ArrayList<>();
    List<TableRow> ofImages = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      rows.add(row(compared.row(run, options), questions.get(i), answers.get(i)));
      ofImages.addAll(ofImages(run, compared, questions.get(i), answers.get(i), loaded.images));
    }
    return new Classified(
        choice.configId(),
        choice.model(),
        reference,
        "Networks trained on images of " + pixels.size() + " x " + pixels.size() + " pixels",
        counts(sets, loaded.levels.counts()),
        rows,
        ofImages,
        loaded.dropped,
        loaded.warnings);
  }

  /** Images in the order of their set's ranks, as many as some question needs. */
  private List<PixelImage> wanted(List<String> sets, String configId) {
    Column ours = col("config_id").equalTo(configId).and(col("dataset").isin(sets.toArray()));
    // No score has C = 0; an image of a table from elsewhere would have no AS-i beside its answer.
    Dataset<Row> current = CurrentScores.ofEach(store, ours).where(col("complexity").gt(0));
    try (RankedImages ranked =
        new RankedImages(current, current, sets, options.seed(), "complexity", "vulnerability")) {
      List<Long> counts = new ArrayList<>();
      for (int i = 0; i < sets.size(); i++) {
        counts.add(ranked.kept(i));
        Questions.requireEnough(sets.get(i), ranked.kept(i), "different images", "");
      }
      List<ClassificationTask> tasks = Questions.of(sets, counts);
      requireTrainable(tasks);
      List<Long> most = Questions.most(sets.size(), tasks);
      requireRoom(most.stream().mapToLong(Long::longValue).sum());
      return ranked.first(most).collectAsList().stream()
          .map(
              row ->
                  new PixelImage(
                      row.getAs("set"),
                      row.getAs("rank"),
                      row.getAs("path"),
                      row.getAs("image_id"),
                      AnomalyScore.perImage(
                          row.<Double>getAs("complexity"), row.<Double>getAs("vulnerability"))))
          .sorted(Comparator.comparing(PixelImage::set).thenComparing(PixelImage::rank))
          .toList();
    }
  }

  /** Refuses what leaves nothing to learn from, and sizes of training sets that no question has. */
  private void requireTrainable(List<ClassificationTask> tasks) {
    for (ClassificationTask task : tasks) {
      long train = Split.of(task, options, 1).train();
      // One of them only tells when to stop.
      if (train < 2) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "Of %,d images each of %s --test-fraction %s leaves %,d to train on. Give a smaller"
                    + " fraction, or score more images.",
                task.perClass(),
                String.join(" and ", task.classes()),
                options.testFraction(),
                train));
      }
    }
    long most =
        tasks.stream()
            .filter(task -> task.kind().hasCurve())
            .mapToLong(task -> Split.of(task, options, 1).train())
            .max()
            .orElseThrow();
    for (int size : pixels.trainSizes()) {
      if (size > most) {
        throw new UserException(
            "--train-sizes has "
                + size
                + ", but beside the test images there are "
                + most
                + " of each class at most. Leave it out, or score more images.");
      }
    }
  }

  private void requireRoom(long images) {
    long bytes = images * 3 * pixels.size() * pixels.size();
    SparkConf conf = SparkSession.active().sparkContext().conf();
    // Spark ends a job whose results are larger; 0 is no limit. They are little more than the
    // bytes.
    long results = conf.getSizeAsBytes(RESULTS, "1g") / 10 * 9;
    long heap = Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    long room = results == 0 ? heap : Math.min(heap, results);
    if (bytes > room) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d images of %d x %d pixels take %,d MB, and the driver has room for %,d MB. Give a"
                  + " smaller --image-size, or more memory to the driver (SPARK_DRIVER_MEMORY; above"
                  + " 8g also the setting %s).",
              images,
              pixels.size(),
              pixels.size(),
              bytes >> 20,
              room >> 20,
              RESULTS));
    }
  }

  /**
   * What could be read.
   *
   * @param images of set i, in the order of {@code levels}
   */
  private record Loaded(
      PixelSets levels,
      List<List<PixelImage>> images,
      Map<String, Long> dropped,
      List<String> warnings) {}

  private Loaded load(List<String> sets, List<PixelImage> wanted) {
    SparkSession spark = SparkSession.active();
    PixelLoader loader =
        new PixelLoader(pixels.size(), pixels.maxPixels(), Storage.broadcastConfiguration(spark));
    List<PixelLoader.Found> found =
        loader.load(JavaSparkContext.fromSparkContext(spark.sparkContext()), wanted).stream()
            .sorted(Comparator.comparing(one -> one.image().rank()))
            .toList();
    byte[][][] levels = new byte[sets.size()][][];
    List<List<PixelImage>> images = new ArrayList<>();
    Map<String, Long> dropped = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      int set = i;
      List<PixelLoader.Found> ours =
          found.stream().filter(one -> one.image().set() == set).toList();
      List<PixelLoader.Found> good = ours.stream().filter(one -> one.fault() == null).toList();
      levels[i] = good.stream().map(PixelLoader.Found::levels).toArray(byte[][]::new);
      images.add(good.stream().map(PixelLoader.Found::image).toList());
      String why = "";
      if (good.size() < ours.size()) {
        dropped.put(sets.get(i), (long) ours.size() - good.size());
        why = PixelLoader.Found.faults(ours);
        warnings.add("WARNING: of the images of " + sets.get(i) + " " + why + ".");
      }
      Questions.requireEnough(
          sets.get(i),
          good.size(),
          "different images that can be used",
          why.isEmpty() ? "" : " Of its images " + why + ".");
    }
    return new Loaded(new PixelSets(pixels.size(), levels), images, dropped, warnings);
  }

  private static Map<String, Long> counts(List<String> sets, List<Long> counts) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (int i = 0; i < sets.size(); i++) {
      named.put(sets.get(i), counts.get(i));
    }
    return named;
  }

  private List<PixelQuestion> questions(List<String> sets, Loaded loaded, Devices devices) {
    List<ClassificationTask> tasks = Questions.of(sets, loaded.levels.counts());
    requireTrainable(tasks);
    tasks.stream().filter(task -> task.kind().hasCurve()).forEach(t -> warnOfSizes(t, loaded));
    TrainingSettings settings =
        new TrainingSettings(
            pixels.network(),
            options.seed(),
            pixels.epochs(),
            Math.max(1, pixels.epochs() / 3),
            SparkSession.active().sparkContext().conf().getInt("spark.task.cpus", 1));
    List<PixelQuestion> questions = new ArrayList<>();
    for (ImageInput input : pixels.inputs()) {
      for (ClassificationTask task : tasks) {
        Split whole = Split.of(task, options, 1);
        if (task.kind().hasCurve()) {
          pixels.trainSizes().stream()
              .sorted()
              .distinct()
              .filter(size -> size < whole.train())
              .map(whole::withTrain)
              .forEach(
                  split ->
                      questions.add(
                          new PixelQuestion(split, input, pixels.cutOff(), settings, devices)));
        }
        questions.add(new PixelQuestion(whole, input, pixels.cutOff(), settings, devices));
      }
    }
    return questions;
  }

  /** Tells which sizes a question cannot have. */
  private void warnOfSizes(ClassificationTask task, Loaded loaded) {
    long train = Split.of(task, options, 1).train();
    for (int size : pixels.trainSizes()) {
      if (size > train) {
        loaded.warnings.add(
            String.format(
                Locale.ROOT,
                "WARNING: %s have %,d training images each, so --train-sizes %d is left out there.",
                String.join(" and ", task.classes()),
                train,
                size));
      }
    }
  }

  /** In the order of the questions. */
  private static List<Answer> answers(List<PixelQuestion> questions, PixelSets sets) {
    SparkContext spark = SparkSession.active().sparkContext();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    LongAccumulator done = spark.longAccumulator();
    Broadcast<PixelSets> broadcast = context.broadcast(sets);
    try {
      return Progress.during(
          "classify",
          "networks",
          questions.size(),
          done::sum,
          () ->
              context
                  .parallelize(questions, questions.size())
                  .map(
                      question -> {
                        Answer answer = question.answer(broadcast.value());
                        done.add(1);
                        return answer;
                      })
                  .collect());
    } finally {
      broadcast.destroy();
    }
  }

  private TableRow row(TableRow row, PixelQuestion question, Answer answer) {
    int classes = question.split().task().classes().size();
    Answers answers = new Answers(classes);
    for (int i = 0; i < answer.logits().length; i++) {
      double[] logits = answer.logits()[i];
      int said = 0;
      for (int label = 1; label < classes; label++) {
        said = logits[label] > logits[said] ? label : said;
      }
      answers.add(i % classes, said, logits[1] - logits[0]);
    }
    boolean filtered = question.input() != ImageInput.PIXELS;
    row.with("classifier", pixels.network().text())
        .with("input", question.input().text())
        .with("image_size", (long) pixels.size())
        .with("cut_off", filtered ? pixels.cutOff() : null)
        .with("n_validation", classes * question.validation())
        .with("epochs", (long) answer.epochs())
        .with("network_seconds", answer.seconds());
    return answers.fill(row, question.split());
  }

  /** The probability of each generated test image, by the network that had all images to learn. */
  private static List<TableRow> ofImages(
      Run run,
      ComparedSets compared,
      PixelQuestion question,
      Answer answer,
      List<List<PixelImage>> images) {
    ClassificationTask task = question.split().task();
    List<TableRow> rows = new ArrayList<>();
    if (task.kind() != Kind.REFERENCE_AND_GENERATED
        || question.input() != ImageInput.PIXELS
        || question.split().fraction() != 1) {
      return rows;
    }
    for (int place = 0; place < question.split().test(); place++) {
      Source source = task.source(1, place);
      PixelImage image = images.get(source.set()).get((int) source.rank());
      rows.add(
          TableRow.of(Table.IMAGE_MEASURES)
              .with("path", image.path())
              .with("image_id", image.imageId())
              .with("dataset", task.classes().get(1))
              .with("reference", compared.reference())
              .with("config_id", compared.choice().configId())
              .with("run_id", run.id())
              .with("as_i", image.asI())
              .with("probability_generated", Softmax.of(answer.logits()[2 * place + 1])[1]));
    }
    return rows;
  }
}
