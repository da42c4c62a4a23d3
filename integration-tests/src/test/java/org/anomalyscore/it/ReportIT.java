package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** A report of the packaged job, in a browser as a reader has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportIT {

  private static final int IMAGES = 60;

  /** A data set's name that is markup, ends attributes and scripts, and turns its own order. */
  private static final String HOSTILE =
      "</script><script>alert(1)</script> \"'><img src=x onerror=alert(2)> \u202eabc";

  @TempDir static Path folder;

  private Browser browser;
  private Path page;

  @BeforeAll
  void makeTheReport() throws Exception {
    if (Browser.missing() != null) {
      return;
    }
    browser = Browser.start(folder.resolve("profile"));
    Path tables = folder.resolve("tables");
    page = folder.resolve("report of <b>.html");
    score(tables, "real", "a", 0.0);
    score(tables, "gan", "b", 0.1);
    // A folder named <, so that the paths hold </script>.
    score(tables, HOSTILE, "<", 0.02);
    run(
        "evaluate",
        "--scores",
        tables.toString(),
        "--reference",
        "real",
        "--generated",
        "gan",
        "--allow-incomplete",
        "--permutations",
        "99",
        "--resamples",
        "99");
    benchmarkTheNextNight(tables);
    label(tables);
    run("report", "--from", tables.toString(), "--out", page.toString());
  }

  @AfterAll
  void end() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void run(String... arguments) throws Exception {
    JobProcess.Result result = WarmJob.run(arguments);
    assertEquals(0, result.exitCode(), result::toString);
  }

  /** One set by numbers from a file, one by the name of its folder, which is markup. */
  private static void label(Path tables) throws Exception {
    List<String> lines = new ArrayList<>(List.of("path,label"));
    for (int i = 0; i < IMAGES; i++) {
      lines.add("b/script>" + i + ".png," + 50 * (i % 5));
    }
    String file = Files.write(folder.resolve("times <b>.csv"), lines).toString();
    String[] labels = {"labels", "--allow-incomplete", "--scores", tables.toString(), "--dataset"};
    for (List<String> more :
        List.of(List.of("gan", "--labels", file, "--ordered"), List.of(HOSTILE, "--by-folder"))) {
      List<String> arguments = new ArrayList<>(List.of(labels));
      arguments.addAll(more);
      run(arguments.toArray(String[]::new));
    }
  }

  /** Scores as the job writes them, of images that are there, without a network's time. */
  private static void score(Path tables, String dataset, String name, double shift)
      throws Exception {
    Path images = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB);
      for (int x = 0; x < 32; x++) {
        image.setRGB(x, i % 24, Color.HSBtoRGB(i / (float) IMAGES, 1, 1));
      }
      ImageIO.write(image, "png", images.resolve("script>" + i + ".png").toFile());
    }
    Tables.write(
        "SELECT sha2(cast(id AS string), 256) AS image_id, concat('file:"
            + images
            + "/script>',"
            + " id, '.png') AS path, 32 AS width, 24 AS height,"
            + " 0.2D + 0.001D * ((id * 37) % 60) + "
            + shift
            + "D AS complexity,"
            + " 20 + 0.1D * ((id * 23) % 60) AS vulnerability, 1D AS as_i, 1D AS step_norm,"
            + " 0.01D AS complexity_floor, 'net' AS model, 'r' AS run_id,"
            + " timestamp '2026-01-01 00:00:00' AS scored_at, 'c' AS config_id, '"
            + literal(dataset)
            + "' AS dataset FROM range("
            + IMAGES
            + ")",
        tables.resolve("scores"),
        "config_id",
        "dataset");
  }

  /** The other set, and both a day later, as a benchmark records them. */
  private static void benchmarkTheNextNight(Path tables) {
    Path evaluations = tables.resolve("evaluations");
    Tables.write(
        "SELECT * EXCEPT (dataset, anomaly_score), '"
            + literal(HOSTILE)
            + "' AS dataset, anomaly_score / 2 AS anomaly_score FROM parquet.`"
            + evaluations
            + "`",
        evaluations);
    Tables.write(
        "SELECT * EXCEPT (run_id, evaluated_at, human_error_rate, anomaly_score), 'night' AS"
            + " run_id, evaluated_at + interval 1 day AS evaluated_at,"
            + " 0.4D - 0.3D * anomaly_score AS human_error_rate,"
            + " anomaly_score * 0.9D AS anomaly_score FROM parquet.`"
            + evaluations
            + "`",
        evaluations);
    Tables.write(
        "SELECT DISTINCT 'night' AS run_id, evaluated_at, 'c' AS config_id, 'net' AS model, 'real' AS"
            + " reference, 'gan' AS dataset, 'regressed' AS state, 'ok' AS previous_state FROM"
            + " parquet.`"
            + evaluations
            + "` WHERE run_id = 'night'",
        tables.resolve("alerts"));
    Tables.write(
        "SELECT * EXCEPT (command, outcome), 'benchmark' AS command, '{\"reference\":\"real\","
            + "\"alerts\":[{\"dataset\":\"gan\",\"message\":\"<b>gan</b> got worse\"}],"
            + "\"correlations\":[{\"statistic\":\"anomaly_score\",\"n\":2,\"pearson\":-1.0}]}'"
            + " AS outcome FROM parquet.`"
            + tables.resolve("runs")
            + "`",
        tables.resolve("runs"));
  }

  private static String literal(String text) {
    return text.replace("'", "\\'");
  }

  /** Skipped here, since a class that is skipped as a whole is reported without its reason. */
  @BeforeEach
  void forgetWhatOtherTestsSaw() {
    assumeTrue(Browser.missing() == null, Browser.missing());
    browser.console();
    browser.network();
  }

  private void open(int width, String scheme) {
    browser.show(width, scheme);
    browser.open(page);
  }

  /** Opens all that is folded, and scrolls past all figures, since they are drawn when seen. */
  private void seeAll() throws InterruptedException {
    browser.js("document.querySelectorAll('details.set').forEach(d => { d.open = true; })");
    for (WebElement chart : browser.all(".chart")) {
      browser.js("arguments[0].scrollIntoView({block: 'center'})", chart);
      for (int i = 0;
          i < 50 && browser.js("return arguments[0].querySelector('svg')", chart) == null;
          i++) {
        Thread.sleep(20);
      }
    }
    browser.js("scrollTo(0, 0)");
  }

  @Test
  void allFiguresAreThereAndNothingIsLoaded() throws Exception {
    assertAllFigures(400, "dark");
  }

  @Tag("nightly")
  @ParameterizedTest
  @CsvSource({"1200,light", "1200,dark", "400,light"})
  void allFiguresAreThereInOtherLayoutsToo(int width, String scheme) throws Exception {
    assertAllFigures(width, scheme);
  }

  private void assertAllFigures(int width, String scheme) throws Exception {
    open(width, scheme);
    seeAll();
    browser.screenshot(
        Checkout.ROOT.resolve("integration-tests/target/report-" + width + "-" + scheme + ".png"));
    List<WebElement> charts = browser.all(".chart");
    // Board, trend and people; five of each of two sets; two of labels.
    assertEquals(3 + 2 * 5 + 2, charts.size());
    for (WebElement chart : charts) {
      String kind = chart.getDomAttribute("data-kind");
      Object marks =
          browser.js(
              "const box = arguments[0].querySelector('svg').getBoundingClientRect();"
                  + "return box.width > 200 && box.height > 100"
                  + " ? arguments[0].querySelectorAll('svg path').length : 0",
              chart);
      assertTrue((Long) marks > 8, kind + " has " + marks + " marks");
      assertEquals("img", chart.getDomAttribute("role"));
      assertFalse(chart.getDomAttribute("aria-label").isEmpty());
    }
    assertEquals(
        List.of(),
        browser.js(
            "return [...document.images].filter(i => !(i.complete && i.naturalWidth > 0))"
                + ".map(i => i.alt)"));
    assertTrue(browser.all("img").size() >= 3 * 5, "thumbnails");
    assertEquals(
        (long) width,
        browser.js("return document.documentElement.scrollWidth"),
        "no sideways scroll");
    assertEquals(List.of(), browser.console());
    String own = "\"url\":\"" + page.toUri();
    assertEquals(
        List.of(),
        browser.network().stream()
            .filter(request -> !request.contains(own) && !request.contains("\"url\":\"data:"))
            .toList());
  }

  @Test
  void tablesSortByMouseAndByKeyboard() {
    open(1200, "light");
    WebElement head = browser.find("#board-0 thead th:nth-child(5)");
    head.findElement(org.openqa.selenium.By.tagName("button")).click();
    assertEquals("ascending", head.getDomAttribute("aria-sort"));
    List<String> rising = column("#board-0", 5);
    List<String> sorted = new ArrayList<>(rising);
    Collections.sort(sorted);
    assertEquals(sorted, rising);
    WebElement button = head.findElement(org.openqa.selenium.By.tagName("button"));
    browser.js("arguments[0].focus()", button);
    button.sendKeys(Keys.ENTER);
    assertEquals("descending", head.getDomAttribute("aria-sort"));
    Collections.reverse(sorted);
    assertEquals(sorted, column("#board-0", 5));
    WebElement names = browser.find("#board-0 thead th:nth-child(1) button");
    names.sendKeys(Keys.SPACE);
    assertEquals(null, head.getDomAttribute("aria-sort"));
    assertEquals(List.of(visible(), "gan"), column("#board-0", 1));
  }

  private List<String> column(String table, int place) {
    return browser.all(table + " tbody tr > :nth-child(" + place + ")").stream()
        .map(WebElement::getText)
        .toList();
  }

  private static String visible() {
    return HOSTILE.replace("\u202e", "[U+202E]");
  }

  /** The heads that a reader sees. */
  private List<String> heads() {
    return browser.all("#board-0 thead th").stream()
        .filter(WebElement::isDisplayed)
        .map(WebElement::getText)
        .toList();
  }

  @Test
  void theLeaderboardFitsItsWindow() {
    open(1300, "light");
    List<String> wide =
        List.of("Data set", "Verdict", "Change", "Last night", "AS", "Interval", "p");
    assertEquals(wide, heads());
    assertFits();
    browser.find(".more-columns").sendKeys(Keys.ENTER);
    assertTrue(heads().containsAll(List.of("Images", "Mean C", "Median AS-i")), heads()::toString);
    browser.find(".more-columns").sendKeys(Keys.ENTER);
    assertEquals(wide, heads());
    open(400, "light");
    assertEquals(List.of("Data set", "Verdict", "AS"), heads());
    assertFits();
    assertEquals(
        "1 regressed; since the night before: gan regressed.", browser.find(".morning").getText());
    assertEquals("regressed", cell("gan", 4));
    assertEquals(List.of(), browser.console());
  }

  private void assertFits() {
    assertEquals(
        true,
        browser.js(
            "const box = document.querySelector('#board-0').parentNode;"
                + "return box.scrollWidth <= box.clientWidth"));
  }

  /** What a row has in a column, shown or not. */
  private Object cell(String name, int place) {
    return browser.js(
        "return [...document.querySelectorAll('#board-0 tbody tr')].find(r =>"
            + " r.cells[0].innerText.trim() === arguments[0]).cells[arguments[1] - 1].textContent",
        name,
        place);
  }

  @Test
  void namesAreFilteredAndTheTableIsSaved() {
    open(1200, "light");
    browser.find(".tools input").sendKeys("GA");
    assertEquals(
        List.of("gan"),
        browser.all("#board-0 tbody tr").stream()
            .filter(WebElement::isDisplayed)
            .map(row -> row.findElement(org.openqa.selenium.By.tagName("th")).getText())
            .toList());
    assertEquals(
        1, browser.all("details.set[data-name]").stream().filter(WebElement::isDisplayed).count());
    browser.find(".tools input").sendKeys(Keys.BACK_SPACE, Keys.BACK_SPACE);
    browser.js("URL.createObjectURL = blob => { window.saved = blob; return '#'; }");
    browser.find(".csv").sendKeys(Keys.ENTER);
    String csv = (String) browser.js("return window.saved.text()");
    List<String> lines = csv.lines().toList();
    assertEquals(3, lines.size(), csv);
    assertTrue(lines.get(0).contains("\"Data set\",\"Verdict\",\"Change\""), csv);
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("\"" + visible().replace("\"", "\"\""))),
        csv);
    assertEquals(List.of(), browser.console());
  }

  @Test
  void aPictureOpensItsFileOrNamesItsPath() throws Exception {
    open(1200, "light");
    browser.js("document.querySelectorAll('details.set').forEach(d => { d.open = true; })");
    WebElement first = browser.find("button.open[data-file*='script']");
    browser.js("arguments[0].click()", first);
    for (int i = 0; i < 50 && browser.all("dialog[open] .frame img").isEmpty(); i++) {
      Thread.sleep(20);
    }
    assertEquals(32L, browser.js("return document.querySelector('dialog img').naturalWidth"));
    String path = browser.find("dialog code").getText();
    assertTrue(path.matches("file:" + folder + "/./script>[0-9]+\\.png"), path);
    browser.find("dialog form button").click();
    browser.js(
        "arguments[0].dataset.file = encodeURIComponent('s3a://bucket/a b.png');"
            + " arguments[0].click()",
        first);
    assertTrue(browser.find("dialog .unreachable").isDisplayed());
    assertEquals("s3a://bucket/a b.png", browser.find("dialog code").getText());
  }

  @Test
  void figuresAreDrawnWhereNobodyScrollsAndTheTextOpensAtTheFirstVisit() throws Exception {
    open(1200, "light");
    String undrawn =
        "return [...document.querySelectorAll('.chart')].filter(c => c.checkVisibility()"
            + " && !c.querySelector('svg')).map(c => c.dataset.kind)";
    assertComes(List.of(), undrawn);
    // After what the page's own script, which has run now, does as it goes.
    browser.js("addEventListener('pagehide', () => localStorage.clear())");
    browser.open(page);
    assertComes(List.of(), undrawn);
    assertComes(true, "return document.querySelector('#howto').open");
    assertTrue(browser.find("#howto").getText().contains("Good is a generator with a low AS"));
    browser.open(page);
    assertEquals(null, browser.find("#howto").getDomAttribute("open"));
  }

  /** A busy driver may answer of a page whose script has not run yet. */
  private void assertComes(Object expected, String script) throws InterruptedException {
    for (int i = 0; i < 100 && !expected.equals(browser.js(script)); i++) {
      Thread.sleep(50);
    }
    assertEquals(expected, browser.js(script));
  }

  @Test
  void namesAreTextAndNothingElse() throws Exception {
    open(1200, "light");
    seeAll();
    assertEquals(3L, browser.js("return document.scripts.length"));
    assertEquals(List.of(), browser.all("img[src='x']"));
    assertTrue(column("#board-0", 1).contains(visible()));
    assertTrue(browser.find(".alert").getText().contains("<b>gan</b> got worse"));
    String alt = browser.find("img").getDomAttribute("alt");
    assertTrue(alt.startsWith("script>"), alt);
    assertTrue(
        (Boolean) browser.js("return document.body.innerText.includes(arguments[0])", "/</"),
        "the folder of the pictures");
    assertEquals(
        visible(),
        browser.js(
            "return [...document.querySelectorAll('.joint svg text')].map(t => t.textContent)"
                + ".find(t => t.startsWith('</script>'))?.length > 10 ? arguments[0] : null",
            visible()));
  }

  @Test
  void linksOpenSetsAndTheThemeTurnsByKeyboard() {
    open(1200, "light");
    Object light = browser.js("return getComputedStyle(document.body).backgroundColor");
    WebElement theme = browser.find("#theme");
    theme.sendKeys(Keys.ENTER);
    assertNotEquals(light, browser.js("return getComputedStyle(document.body).backgroundColor"));
    WebElement link = browser.all("#board-0 tbody a").get(1);
    String target = link.getDomAttribute("href");
    browser.js("document.querySelectorAll('details.set').forEach(d => { d.open = false; })");
    link.sendKeys(Keys.ENTER);
    assertEquals("true", browser.find(target).getDomAttribute("open"));
    // Each control is reached by the keyboard and shows that it is.
    assertEquals(0L, browser.js("return document.querySelectorAll('[tabindex=\"-1\"]').length"));
    assertEquals(List.of(), browser.console());
  }
}
