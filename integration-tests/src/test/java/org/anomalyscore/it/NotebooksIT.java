package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Notebooks from top to bottom in a kernel of their own, over the demo's tables and a few runs
 * more: some of its images again under another seed, and a broken file; nightly the other notebooks
 * too, over further seeds and a noise step below float32's rounding.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotebooksIT {

  private static final Path NOTEBOOKS = Checkout.ROOT.resolve("notebooks");
  private static final String MODULES = "nbclient, ipykernel, duckdb, pandas, matplotlib, torch";
  private static final int IMAGES = 20;
  private static final int SEEDS = 3;
  private static final String BROKEN = "broken.png";

  @TempDir static Path folder;

  private String missing;
  private Path tables;
  private Demo demo;

  @BeforeAll
  void addRunsToACopyOfTheDemo() throws Exception {
    missing = Python.missing(MODULES);
    if (missing != null) {
      return;
    }
    demo = Demo.once();
    tables = folder.resolve("tables");
    copy(demo.tables(), tables);
    Path sample = Files.createDirectories(folder.resolve("sample"));
    try (Stream<Path> files = Files.list(demo.images().resolve("fresh-draws"))) {
      for (Path image : files.sorted().limit(IMAGES).toList()) {
        Files.copy(image, sample.resolve(image.getFileName()));
      }
    }
    // Another configuration.
    score(tables, sample, "--seed", "1");
    // The demo's own configuration again, and a reject.
    Files.writeString(sample.resolve(BROKEN), "no image");
    score(tables, sample);
  }

  /** Here, since a class that is skipped as a whole is reported without its reason. */
  @BeforeEach
  void skipWithoutPython() {
    assumeTrue(missing == null, missing);
  }

  @Test
  void exploreOneNight() throws Exception {
    ExecutedNotebook night = execute("explore_one_night.ipynb");
    assertEquals(4, night.figures(), night.text());
    List<String[]> board =
        values("SELECT dataset, n, anomaly_score FROM {0}", tables.resolve("evaluations"));
    assertEquals(4, board.size());
    for (String[] row : board) {
      // Evaluated images, images now, AS.
      Matcher shown = night.find(row[0] + " +" + row[1] + " +" + row[1] + " +(0\\.\\d+)");
      assertEquals(Double.parseDouble(row[2]), Double.parseDouble(shown.group(1)), 1e-4, row[0]);
    }
    night.find("40 of 40 images shown");
    night.find("files rejected: 1\n");
    night.find("sample +not_an_image +1 .*broken\\.png");
  }

  @Test
  @Tag("nightly")
  void reproduceAScore() throws Exception {
    ExecutedNotebook scores = execute("reproduce_a_score.ipynb");
    scores.find("8 images of demo-scenes agree with the table");
    // The numbers that it compared are the table's.
    for (String[] row :
        values(
            "SELECT path, complexity, vulnerability FROM {0} ORDER BY image_id LIMIT 4",
            demo.tables().resolve("scores"))) {
      Matcher shown =
          scores.find(row[0] + "\n +complexity +table (\\S+).*\n.*\n +vulnerability +table (\\S+)");
      assertEquals(Double.parseDouble(row[1]), Double.parseDouble(shown.group(1)), 1e-7, row[0]);
      assertEquals(Double.parseDouble(row[2]), Double.parseDouble(shown.group(2)), 1e-4, row[0]);
    }
  }

  @Test
  @Tag("nightly")
  void chooseAFeatureModel() throws Exception {
    Path sample = folder.resolve("sample");
    // Not in the tables of the others, which show the newest configuration.
    Path more = folder.resolve("more");
    copy(tables, more);
    for (int seed = 2; seed < SEEDS; seed++) {
      score(more, sample, "--seed", Integer.toString(seed));
    }
    // A step that pixels cannot take.
    score(more, sample, "--noise-step", "1e-15");
    ExecutedNotebook models = execute("choose_a_feature_model.ipynb", more);
    assertEquals(3, models.figures(), models.text());
    for (int seed = 0; seed < SEEDS; seed++) {
      models.find("A demo-scenes +" + seed + " +c[0-9a-f]{16} .* True\n");
    }
    models.find("B demo-scenes +0 +c[0-9a-f]{16} +" + IMAGES + " .* False\n");
    for (String measure : List.of("complexity", "vulnerability", "as_i")) {
      models.find("A demo-scenes +" + measure + " +" + SEEDS + " +" + IMAGES + " ");
    }
    // Runs, images and seconds an image.
    models.find(
        "A demo-scenes +cpu +8 +"
            + (Demo.REFERENCES + 4 * Demo.GENERATED + SEEDS * IMAGES)
            + " +0\\.\\d+ +0\\.\\d+\n");
    models.find("B demo-scenes +cpu +1 +" + IMAGES + " ");
  }

  @Test
  @Tag("nightly")
  void aFailingCellIsToldWithItsError() throws Exception {
    Python.Result result =
        run(
            "choose_a_feature_model.ipynb",
            folder.resolve("failed.ipynb"),
            Map.of("ANOMALY_SCORE_TABLES", "/nowhere"));
    assertNotEquals(0, result.exitCode());
    assertTrue(result.out().contains("in /nowhere. Set ANOMALY_SCORE_TABLES"), result::toString);
  }

  private void score(Path tables, Path images, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("score", "--dataset", "sample"));
    arguments.addAll(List.of("--images", images.toString(), "--out", tables.toString()));
    arguments.addAll(List.of("--model", demo.model().toString(), "--profile", "repeatable"));
    arguments.addAll(List.of(more));
    JobProcess.Result result = WarmJob.run(arguments.toArray(String[]::new));
    assertEquals(0, result.exitCode(), result::toString);
  }

  private ExecutedNotebook execute(String notebook) throws Exception {
    return execute(notebook, tables);
  }

  private static ExecutedNotebook execute(String notebook, Path tables) throws Exception {
    Path executed = folder.resolve(notebook);
    Python.Result result =
        run(notebook, executed, Map.of("ANOMALY_SCORE_TABLES", tables.toString()));
    assertEquals(0, result.exitCode(), result::toString);
    return ExecutedNotebook.read(executed);
  }

  /** The rows of a query on one table, as texts. */
  private static List<String[]> values(String query, Path table) {
    // Paths and names of the demo hold no comma.
    return Tables.sql(query, table).stream()
        .map(row -> row.substring(1, row.length() - 1).split(",", -1))
        .toList();
  }

  private static Python.Result run(String notebook, Path executed, Map<String, String> environment)
      throws Exception {
    return Python.run(
        environment,
        Python.script("run_notebook.py").toString(),
        NOTEBOOKS.resolve(notebook).toString(),
        executed.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }
}
