package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What users copy from the README and from docs/: every command and query runs, or is named here
 * with the reason why not, and every link leads somewhere. Each page's commands run in a folder of
 * its own that has what the page takes for granted, such as {@code photos} and {@code resnet50.pt}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(2)
class DocsIT {

  /** How the commands begin that run elsewhere or nowhere, and why. */
  private static final Map<String, String> NOT_HERE =
      Map.ofEntries(
          Map.entry("bin/anomaly-score demo", "the class Demo runs it, once for all tests"),
          Map.entry("bin/anomaly-score score --images s3a:", "S3IT runs it on its own server"),
          Map.entry("bin/anomaly-score evaluate --scores s3a:", "S3IT runs it on its own server"),
          Map.entry("SPARK_CONF_DIR=conf spark-submit", "ClusterIT runs it, without the ellipses"),
          Map.entry(
              "bin/anomaly-score benchmark --manifest nightly.yaml --acknowledge",
              "it wants an open alert; BenchmarkTest makes one and acknowledges it"),
          Map.entry(
              "chromium --headless", "ReportIT sees to it that all is drawn without scrolling"),
          Map.entry("bin/release", "ReleaseIT runs it in a clone"),
          Map.entry("spark-submit --packages", "ReleaseIT runs it on a release of its own"),
          Map.entry("spark-sql ", "it is of an installed Spark; SqlFunctionsIT runs its query"),
          Map.entry("ANOMALY_SCORE_TABLES=", "NotebooksIT executes the notebooks"),
          Map.entry("java -cp", "it takes minutes and a trained model; its class is looked for"),
          Map.entry("docker ", "it needs an engine; ContainerIT builds the same file without one"),
          Map.entry("pip install", "it installs packages from the internet"),
          Map.entry(
              "python3 spark-job/src/main/python/export_feature_model.py",
              "it downloads weights; models_export_test.py exports with random ones"),
          Map.entry("./mvnw", "it is this build, or a measurement that no build needs"));

  /** The options, by command or of all, whose values are paths. */
  private static final Map<String, Set<String>> PATHS =
      Map.of(
          "",
          Set.of(
              "--images",
              "--model",
              "--out",
              "--scores",
              "--from",
              "--labels",
              "--reference-statistics",
              "--manifest",
              "--tables"),
          "sweep",
          Set.of("--reference", "--generated"));

  /** By command, options that replace those of the docs or join them, lest it takes minutes. */
  private static final Map<String, Map<String, String>> QUICKER =
      Map.of(
          "explain", Map.of("--trials", "24", "--seeds", "1"),
          "sweep", Map.of("--sample", "3"));

  /** Images of each set; classify wants 10. */
  private static final int IMAGES = 12;

  /** What a query of DuckDB has, and none of Spark. */
  private static final String DUCK_DB = "read_parquet(";

  @TempDir static Path folder;

  private final Map<Path, Path> folders = new HashMap<>();
  private final Set<String> commands = new LinkedHashSet<>();
  private Demo demo;

  /** Makes what the pages take for granted; the demo is a copy, since commands write to it. */
  private Path furnish(Path own) throws IOException {
    for (String set : List.of("photos", "images/real", "training-set")) {
      takeImages("reference", own.resolve(set));
    }
    for (String set :
        List.of("generated", "night42", "gan-7", "ddpm", "images/gan-7", "images/ddpm")) {
      takeImages("blurred", own.resolve(set));
    }
    Path its = own.resolve("anomaly-score-demo");
    takeImages("broken-geometry", its.resolve("images/broken-geometry"));
    copyTree(demo.folder().resolve("tables"), its.resolve("tables"));
    copyTree(demo.folder().resolve("model"), its.resolve("model"));
    for (String model : List.of("resnet50", "models/resnet50", "models/dinov2_vits14")) {
      Path file = own.resolve(model + ".pt");
      Files.createDirectories(file.getParent());
      Files.copy(demo.model(), file);
      Files.writeString(own.resolve(model + ".yaml"), card(model));
    }
    Files.writeString(own.resolve("nightly.yaml"), Docs.block("yaml", "generators:"));
    Files.write(own.resolve("viewing-times.csv"), labels("reference"));
    Files.write(own.resolve("quality.csv"), labels("blurred"));
    return own;
  }

  private List<String> labels(String set) throws IOException {
    List<String> labels = new ArrayList<>(List.of("path,label"));
    for (Path image : images(set)) {
      labels.add(image.getFileName() + "," + labels.size() % 3);
    }
    return labels;
  }

  /** The card of the docs, with what is the demo's model's own; two models differ by the filter. */
  private String card(String model) throws IOException {
    String own = Files.readString(demo.folder().resolve("model/demo-scenes.yaml"));
    String card = Docs.block("yaml", "licence:");
    for (String key : List.of("size", "dimension", "precision", "sha256")) {
      String value = own.replaceAll("(?s).*\\b" + key + ": (\\w+).*", "$1");
      card = card.replaceFirst("\\b" + key + ": [\\w…]+", key + ": " + value);
    }
    // The demo's module gives vectors, and nothing else.
    card = card.replaceAll("\n *(pooling|logits|spatial):.*", "");
    return model.contains("dino") ? card.replace("filter: bicubic", "filter: box") : card;
  }

  private List<Path> images(String set) throws IOException {
    try (Stream<Path> files = Files.list(demo.images().resolve(set))) {
      return files.sorted().limit(IMAGES).toList();
    }
  }

  private void takeImages(String set, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path image : images(set)) {
      Files.copy(image, to.resolve(image.getFileName()));
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  @Test
  void everyBlockIsRunOrNamed() throws IOException {
    Set<String> named = new LinkedHashSet<>();
    for (Docs.Block block : Docs.blocks()) {
      assertTrue(
          Set.of("sh", "sql", "python", "yaml", "").contains(block.language()), block::toString);
      // Without a language stands what a program prints, and lines of a settings file.
      assertTrue(!block.language().isEmpty() || !block.text().startsWith("bin/"), block::toString);
      if (block.language().equals("sh")) {
        for (String command : block.commands()) {
          List<String> reasons = reasons(command);
          named.addAll(reasons);
          assertTrue(
              command.startsWith("bin/anomaly-score ") || !reasons.isEmpty(),
              () -> "neither run nor named in NOT_HERE: " + command);
        }
      }
    }
    assertEquals(
        NOT_HERE.keySet(), named, "the second has no beginnings of commands that are gone");
  }

  private static List<String> reasons(String command) {
    return NOT_HERE.keySet().stream().filter(command::startsWith).toList();
  }

  @Test
  @Tag("nightly")
  void everyCommandRuns() throws Exception {
    runCommands();
    assertTrue(commands.size() > 10, commands::toString);
  }

  /**
   * Runs the commands of all pages, each once, but {@code score} on each page that has it: what
   * follows there needs its tables. The first caller waits for it.
   */
  private void runCommands() throws Exception {
    if (!commands.isEmpty()) {
      return;
    }
    demo = Demo.once();
    for (Docs.Block block : Docs.blocks()) {
      if (!folders.containsKey(block.page())) {
        folders.put(block.page(), furnish(folder.resolve(block.page().getFileName())));
      }
    }
    for (Docs.Block block : Docs.blocks("sh")) {
      for (String command : block.commands()) {
        if (reasons(command).isEmpty() && commands.add(once(command, block.page()))) {
          List<String> arguments = arguments(command, folders.get(block.page()));
          JobProcess.Result result = WarmJob.run(arguments.toArray(String[]::new));
          assertEquals(0, result.exitCode(), () -> command + "\n" + result);
          assertFalse(result.err().contains("\tat "), result::toString);
        }
      }
    }
  }

  private static String once(String command, Path page) {
    return command.startsWith("bin/anomaly-score score ") ? page + ": " + command : command;
  }

  private static List<String> arguments(String command, Path folder) {
    List<String> words = new ArrayList<>(List.of(command.split(" +")));
    words.remove(0);
    String name = words.get(0);
    for (int i = 1; i < words.size(); i++) {
      String option = words.get(i - 1);
      if (PATHS.get("").contains(option) || PATHS.getOrDefault(name, Set.of()).contains(option)) {
        words.set(i, folder.resolve(words.get(i)).toString());
      }
    }
    QUICKER
        .getOrDefault(name, Map.of())
        .forEach(
            (option, value) -> {
              int at = words.indexOf(option);
              if (at >= 0) {
                words.set(at + 1, value);
              } else {
                words.addAll(List.of(option, value));
              }
            });
    return words;
  }

  @Test
  @Tag("nightly")
  void sparkAnswersTheQueries() throws Exception {
    runCommands();
    int queries = 0;
    for (Docs.Block block : Docs.blocks("sql")) {
      if (!block.text().contains(DUCK_DB)) {
        String query = onItsTables(block);
        // The page scores two sets, and a training set.
        int rows = query.contains("LIMIT 10") ? 10 : 3 * IMAGES;
        assertEquals(rows, Tables.query(query).size(), query);
        queries++;
      }
    }
    assertEquals(2, queries);
  }

  @Test
  @Tag("nightly")
  void duckDbAnswersTheQueries() throws Exception {
    Python.assume("duckdb");
    runCommands();
    for (Docs.Block block : Docs.blocks("sql")) {
      if (block.text().contains(DUCK_DB)) {
        String rows = Python.duckDb(onItsTables(block));
        assertTrue(rows.contains("('gan-7', " + IMAGES) || rows.contains("fresh-draws"), rows);
      }
    }
  }

  @Test
  @Tag("nightly")
  void pythonRunsItsLines() throws Exception {
    Python.assume("pandas, pyarrow");
    runCommands();
    for (Docs.Block block : Docs.blocks("python")) {
      String out = Python.output(onItsTables(block));
      assertTrue(out.contains("fresh-draws") && out.contains("complexity"), out);
    }
  }

  /** A query or program on the tables that the commands of its page have left. */
  private String onItsTables(Docs.Block block) {
    String own = folders.get(block.page()).toString();
    return block.text().replaceAll("([`'\"])(anomaly-score-demo|tables)/", "$1" + own + "/$2/");
  }

  /** The demo's model computes in float64, so the table is the same on every machine. */
  @Test
  @Tag("nightly")
  void theDemoPrintsTheTableOfTheReadme() throws Exception {
    JobProcess.Result whole =
        JobProcess.script("demo", "--out", folder.resolve("whole-demo").toString())
            .withBothCompilers()
            .timeout(Duration.ofMinutes(30))
            .run();
    assertEquals(0, whole.exitCode(), whole::toString);
    assertEquals(table(Docs.block("", "| data set")), table(whole.out()));
  }

  private static List<String> table(String printed) {
    List<String> lines = printed.lines().filter(line -> line.matches("[|+].*")).toList();
    assertEquals(8, lines.size(), printed);
    return lines;
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    int links = 0;
    for (Path page : Docs.pages()) {
      for (String link : Docs.links(page)) {
        if (link.startsWith("https://")) {
          continue;
        }
        links++;
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        String where = "the link " + link + " in " + page.getFileName();
        assertTrue(Files.exists(target), where);
        if (parts.length == 2) {
          assertTrue(Docs.anchors(target).contains(parts[1]), where);
        }
      }
    }
    assertTrue(links > 30, "links are found");
  }

  @Test
  void filesThatThePagesNameAreThere() throws IOException {
    int files = 0;
    for (Path page : Docs.pages()) {
      for (String name : Docs.files(page)) {
        files++;
        assertTrue(
            Files.exists(Checkout.ROOT.resolve(name)), name + ", named in " + page.getFileName());
      }
    }
    assertTrue(files > 20, "names are found");
  }

  @Test
  void theReadmeFitsAScreenAndEachPageSaysForWhomItIs() throws IOException {
    for (Path page : Docs.pages()) {
      List<String> lines = Files.readAllLines(page);
      if (page.endsWith("README.md")) {
        assertTrue(lines.size() <= 130, "README.md has " + lines.size() + " lines");
      } else {
        assertTrue(lines.get(2).startsWith("For whoever "), page + ": " + lines.get(2));
      }
    }
  }

  @Test
  void theExperimentOfDamagedPlacesIsAmongTheTests() throws IOException {
    String command = Docs.block("sh", "java -cp");
    String name = command.replaceAll("(?s).*\\s(org\\.anomalyscore\\.\\S+).*", "$1");
    Path source = Path.of("spark-job/src/test/java", name.replace('.', '/') + ".java");
    assertTrue(Files.exists(Checkout.ROOT.resolve(source)), source::toString);
  }
}
