package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What reads kept features, and {@code labels}, of the packaged job, on the demo's images. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClassifyIT {

  @TempDir static Path folder;

  private Path tables;

  @BeforeAll
  void scoreWithFeatures() throws Exception {
    Demo demo = Demo.once();
    tables = folder.resolve("tables");
    for (String set : List.of("reference", "blurred")) {
      JobProcess.Result result =
          WarmJob.run(
              "score",
              "--images",
              demo.images().resolve(set).toString(),
              "--dataset",
              set,
              "--model",
              demo.model().toString(),
              "--features",
              "--out",
              tables.toString());
      assertEquals(0, result.exitCode(), result::toString);
    }
  }

  private JobProcess.Result run(int exitCode, String... arguments) throws Exception {
    JobProcess.Result result = WarmJob.run(arguments);
    assertEquals(exitCode, result.exitCode(), result::toString);
    assertFalse(result.err().contains("\tat "), result::toString);
    return result;
  }

  private JsonNode json(String... arguments) throws Exception {
    return JsonMapper.builder().build().readTree(run(0, arguments).out());
  }

  @Test
  void blurredImagesAreToldFromSharpOnes() throws Exception {
    JsonNode result =
        json(
            "classify",
            "--scores",
            tables.toString(),
            "--reference",
            "reference",
            "--generated",
            "blurred",
            "--json");
    assertEquals(Demo.REFERENCES, result.at("/images/reference").asInt());
    int whole = 0;
    for (JsonNode row : result.get("classifications")) {
      if (row.get("task").asText().equals("reference_and_generated")
          && row.get("train_fraction").asDouble() == 1) {
        assertTrue(row.get("accuracy_low").asDouble() > 0.6, row::toString);
        whole++;
      }
    }
    assertEquals(2, whole, "one a classifier");
    assertEquals(
        List.of("[" + result.get("classifications").size() + "]"),
        Tables.query(
            "SELECT count(*) FROM parquet.`"
                + tables.resolve("classifications")
                + "` WHERE input = 'features'"));
  }

  /** What is blurred is told by what is fine; the networks train in the packaged job. */
  @Test
  @Tag("nightly")
  void networksTellBlurredImagesByTheirPixels() throws Exception {
    JsonNode result =
        json(
            "classify",
            "--scores",
            tables.toString(),
            "--reference",
            "reference",
            "--generated",
            "blurred",
            "--on",
            "high-pass,pixels",
            "--epochs",
            "8",
            "--json");
    assertEquals(0, result.get("dropped").size());
    for (JsonNode row : result.get("classifications")) {
      assertEquals(64, row.get("image_size").asInt(), row::toString);
      if (row.get("task").asText().equals("reference_and_generated")
          && row.get("input").asText().equals("high_pass")) {
        assertTrue(row.get("auc_low").asDouble() > 0.6, row::toString);
      }
    }
    assertEquals(6, result.get("classifications").size());
    // Three tenths of the 60 blurred images.
    assertEquals(
        List.of("[18,true]"),
        Tables.query(
            "SELECT count(*), bool_and(probability_generated BETWEEN 0 AND 1) FROM parquet.`"
                + tables.resolve("image_measures")
                + "` WHERE run_id = '"
                + result.at("/classifications/0/run_id").asText()
                + "'"));
  }

  @Test
  void evaluateComparesKeptFeaturesToo() throws Exception {
    JsonNode result =
        json(
            "evaluate",
            "--scores",
            tables.toString(),
            "--reference",
            "reference",
            "--generated",
            "blurred",
            "--per-image",
            "--json");
    JsonNode row = result.at("/generators/0");
    assertTrue(row.get("frechet_distance").asDouble() > 0, row::toString);
    assertTrue(row.get("kernel_distance").isNumber(), row::toString);
    assertTrue(row.get("recall").asDouble() <= 1, row::toString);
    assertEquals(
        List.of("[" + row.get("n").asInt() + "]"),
        Tables.query(
            "SELECT count(*) FROM parquet.`"
                + tables.resolve("image_measures")
                + "` WHERE atypicality IS NOT NULL"));
  }

  /** What is written is what NumPy computes of the table, and the distance is SciPy's. */
  @Test
  void statisticsAreThoseOfNumPy() throws Exception {
    Python.assume("numpy, pyarrow, scipy");
    Path file = folder.resolve("reference.npz");
    run(
        0,
        "statistics",
        "--scores",
        tables.toString(),
        "--dataset",
        "reference",
        "--out",
        file.toString());
    JsonNode row =
        json(
                "evaluate",
                "--scores",
                tables.toString(),
                "--reference-statistics",
                file.toString(),
                "--generated",
                "blurred",
                "--json")
            .at("/generators/0");
    String found =
        Python.output(
            """
            import numpy as np, pyarrow.dataset as ds
            from scipy.linalg import sqrtm
            def features(name):
                rows = ds.dataset(r"%s", partitioning="hive", format="parquet")
                rows = rows.to_table(["features"], filter=ds.field("dataset") == name)
                return np.array(rows["features"].to_pylist(), dtype=np.float64)
            with np.load(r"%s") as file:
                mu, sigma = file["mu"][:], file["sigma"][:]
            x, y = features("reference"), features("blurred")
            assert np.allclose(mu, x.mean(0), rtol=1e-12, atol=0)
            assert np.allclose(sigma, np.cov(x, rowvar=False), rtol=1e-9, atol=1e-12 * sigma.max())
            other = np.cov(y, rowvar=False)
            shift = mu - y.mean(0)
            print(shift @ shift + np.trace(sigma) + np.trace(other) - 2 * np.trace(sqrtm(sigma @ other)).real)
            """
                .formatted(tables.resolve("scores"), file));
    double expected = Double.parseDouble(found.strip());
    // SciPy's root of a product that is nearly singular has half the digits.
    assertEquals(expected, row.get("frechet_distance").asDouble(), 1e-5 * expected);
    assertTrue(row.get("frechet_distance_std_err").asDouble() > 0, row::toString);
  }

  @Test
  @Tag("nightly")
  void labelsOfAFileAreSummarisedAndReported() throws Exception {
    Path folderOfImages = Demo.once().images().resolve("reference");
    List<String> lines = new ArrayList<>(List.of("path,label"));
    try (var files = Files.list(folderOfImages)) {
      for (Path image : files.sorted().limit(60).toList()) {
        lines.add(image.getFileName() + "," + lines.size() % 4);
      }
    }
    Path labels = Files.write(folder.resolve("labels.csv"), lines);
    JsonNode result =
        json(
            "labels",
            "--scores",
            tables.toString(),
            "--dataset",
            "reference",
            "--labels",
            labels.toString(),
            "--ordered",
            "--json");
    assertEquals(5, result.get("summaries").size());
    JsonNode all = result.at("/summaries/4");
    assertEquals(60, all.get("n").asInt());
    assertEquals(Demo.REFERENCES - 60, all.get("unlabelled").asInt());
    assertTrue(all.get("jonckheere_p_complexity").isNumber(), all::toString);

    JobProcess.Result byFolder =
        run(
            0,
            "labels",
            "--scores",
            tables.toString(),
            "--dataset",
            "reference",
            "--by-folder",
            "--allow-incomplete");
    assertTrue(byFolder.out().contains("| reference "), byFolder::toString);

    String both = tables.toString();
    run(2, "labels", "--scores", both, "--dataset", "reference");
    run(2, "labels", "--scores", both, "--dataset", "d", "--by-folder", "--labels", "x.csv");
    Files.writeString(labels, "path,label\nno.png,1\n");
    JobProcess.Result none =
        run(3, "labels", "--scores", both, "--dataset", "reference", "--labels", "" + labels);
    assertTrue(none.err().contains("No path in"), none::toString);
  }
}
