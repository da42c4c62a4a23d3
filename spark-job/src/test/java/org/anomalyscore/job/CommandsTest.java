package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;

/** What all commands have in common. */
class CommandsTest {

  /** Options that several commands share and that each describes the same way. */
  private static final List<String> SHARED =
      List.of("--json", "--config-id", "--max-pixels", "--allow-incomplete", "--master", "--model");

  @Test
  void sharedOptionsAreDescribedOnce() {
    Map<String, List<OptionSpec>> shared = new HashMap<>();
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      for (String name : SHARED) {
        OptionSpec option = command.getCommandSpec().findOption(name);
        if (option != null) {
          shared.computeIfAbsent(name, key -> new ArrayList<>()).add(option);
        }
      }
    }
    assertTrue(shared.keySet().containsAll(SHARED), shared::toString);
    shared.forEach(
        (name, options) ->
            assertEquals(
                1,
                options.stream().map(o -> String.join(" ", o.description())).distinct().count(),
                name));
  }

  @Test
  void whoNamesAModelReadsThatItIsCode() {
    for (String name : List.of("score", "explain", "sweep")) {
      String help = Main.commandLine().getSubcommands().get(name).getUsageMessage();
      assertTrue(help.replaceAll("\\s+", " ").contains("A model is code: trust it"), help);
    }
  }

  @Test
  void theHelpListsTheExitCodes() {
    StringWriter help = new StringWriter();
    Main.commandLine().usage(new PrintWriter(help));
    for (ExitCode code : ExitCode.values()) {
      assertTrue(help.toString().contains(code.code() + "   " + code.meaning()), help::toString);
    }
  }

  @Test
  void theReadmeListsTheExitCodes() throws IOException {
    List<Integer> codes = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../README.md"))) {
      if (line.matches("\\| \\d+ \\| .*")) {
        codes.add(Integer.valueOf(line.split(" ", 3)[1]));
      }
    }
    assertEquals(Arrays.stream(ExitCode.values()).map(ExitCode::code).toList(), codes);
  }

  @Test
  void whatNeedsNoSparkIsAnsweredBeforeIt() {
    for (String line : List.of("", "--help", "--version", "score --help", "help sweep")) {
      assertEquals(0, Launch.answer(line.isEmpty() ? new String[0] : line.split(" ")).code(), line);
    }
    for (String line :
        List.of("no-such", "score --imags x", "completion fish", "help no-such", "tables")) {
      assertEquals(2, Launch.answer(line.split(" ")).code(), line);
    }
    assertEquals(3, Launch.answer("score", "--out", "s3a://key:secret@bucket/x").code());
    assertEquals(Launch.NOT_ANSWERED, Launch.answer("demo", "--out", "x").code());
  }

  @Test
  void optionsComeBeforeTheUsersAndReplaceThePreviewModule() {
    String java = "\0\n/usr/bin/java\0", users = "-cp\0ä b\0%s\0--name\0\0";
    byte[] made = (java + users.formatted(Launch.VECTORS)).getBytes(StandardCharsets.UTF_8);
    String rest = users.replace("%s\0", "");
    assertEquals(
        java + "-X\0-Dy=z\0" + rest,
        new String(Launch.withOptions(made, List.of("-X", "-Dy=z")), StandardCharsets.UTF_8));
    assertEquals(
        java + Launch.VECTORS + "\0" + rest,
        new String(Launch.withOptions(made, List.of(Launch.VECTORS)), StandardCharsets.UTF_8));
    assertEquals(
        "", new String(Launch.withOptions(new byte[0], List.of("-X")), StandardCharsets.UTF_8));
  }

  @Test
  void scoringDelaysTheSecondCompilerAndKeepsIt(@TempDir Path tables) {
    String score = "score --images %s --dataset d --model m.pt --out %<s".formatted(tables);
    assertEquals(Launch.SCORING, Launch.options(Launch.answer(score.split(" ")).asked()));
    assertEquals(Launch.SCORING, Launch.options(Launch.answer("demo", "--out", "x").asked()));
    String evaluate = "evaluate --reference d --generated e --scores " + tables;
    assertEquals(
        List.of(Launch.VECTORS), Launch.options(Launch.answer(evaluate.split(" ")).asked()));
    assertTrue(Launch.SCORING.stream().noneMatch(option -> option.contains("StopAtLevel")));
  }

  @Test
  void workOnFewRowsIsShort(@TempDir Path tables) throws IOException {
    Path partition = Files.createDirectories(tables.resolve("scores/config_id=c/dataset=d"));
    Files.write(partition.resolve("few.parquet"), new byte[7_000_000]);
    assertTrue(isShort("labels --dataset d --by-folder --scores " + tables));
    assertTrue(isShort("tables list --tables file:" + tables));
    assertTrue(isShort("report --out x --from file://" + tables));
    assertFalse(isShort("report --out x --from s3a://bucket/tables"));
    assertFalse(isShort("report --out x --from " + tables.resolve("missing")));
    assertFalse(isShort("demo --out " + tables), "it scores");
    assertFalse(isShort("explain --model m.pt --dataset d --top 5 --scores " + tables));
    String classify = "classify --reference d --generated e --scores " + tables;
    assertTrue(isShort(classify + " --on features"));
    assertFalse(isShort(classify + " --on pixels,low-pass"), "it trains networks");
    assertFalse(isShort("tables publish --to lake.nights --tables " + tables), "it merges");
    Files.write(partition.resolve("more.parquet"), new byte[1_000_000]);
    assertFalse(isShort("labels --dataset d --by-folder --scores " + tables));
  }

  @Test
  void workOnFeaturesIsShortOnlyWhereTheyAreFew(@TempDir Path tables) throws IOException {
    Path partition = Files.createDirectories(tables.resolve("scores/config_id=c/dataset=d"));
    String evaluate = "evaluate --reference d --generated e --scores " + tables;
    String classify = "classify --reference d --generated e --scores " + tables;
    String labels = "labels --dataset d --by-folder --scores " + tables;
    Files.write(partition.resolve("0.parquet"), parquet(tables, "SELECT 1 AS complexity"));
    assertTrue(isShort(evaluate));
    String none = "SELECT id, CAST(NULL AS array<float>) AS features FROM range(3)";
    Files.write(partition.resolve("nulls.parquet"), parquet(tables, none));
    Files.write(partition.resolve("no-rows.parquet"), parquet(tables, none + " WHERE id > 3"));
    assertTrue(isShort(evaluate), "files that were compacted have the column");
    byte[] some = parquet(tables, none + " UNION ALL SELECT 3, array(0.5f)");
    Files.write(partition.resolve("1.parquet"), some);
    assertFalse(isShort(evaluate), "its matrix products need the second compiler");
    assertTrue(isShort(classify));
    byte[] large = new byte[1_000_000];
    System.arraycopy(some, 0, large, large.length - some.length, some.length);
    Files.write(partition.resolve("2.parquet"), large);
    assertFalse(isShort(classify));
    assertTrue(isShort(labels), "it does not read them");
    Files.delete(partition.resolve("1.parquet"));
    Files.delete(partition.resolve("2.parquet"));
    assertTrue(isShort(evaluate));
    for (int bytes : new int[] {0, 7, 100}) {
      Files.write(partition.resolve("cut.parquet"), new byte[bytes]);
      Files.write(partition.resolve("huge.parquet"), new byte[] {-1, -1, -1, 127, 1, 1, 1, 1});
      assertFalse(isShort(evaluate), "a file that is cut off is told by the job");
    }
  }

  /** The one Parquet file that Spark writes of a query. */
  private static byte[] parquet(Path tables, String query) throws IOException {
    Path folder = Files.createTempDirectory(tables, "query").resolve("written");
    TestSpark.session().sql(query).coalesce(1).write().parquet(folder.toString());
    try (Stream<Path> files = Files.list(folder)) {
      return Files.readAllBytes(
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow());
    }
  }

  private static boolean isShort(String line) {
    return ShortWork.is(Launch.answer(line.split(" ")).asked());
  }

  @Command(name = "shown")
  private static final class Shown implements Runnable {
    @Mixin private Output output;

    private int code;

    @Override
    public void run() {
      code = output.print(new Bad());
    }
  }

  private static final class Bad implements Result {
    @Override
    public String text() {
      return "3 images, 2 rejected";
    }

    @Override
    public Object json() {
      return Map.of("images", 3);
    }

    @Override
    public List<String> warnings() {
      return List.of("2 rejected");
    }

    @Override
    public ExitCode exitCode() {
      return ExitCode.TOO_MANY_REJECTS;
    }
  }

  private static void assertShown(String out, String err, String... arguments) {
    StringWriter onOut = new StringWriter();
    StringWriter onErr = new StringWriter();
    Shown command = new Shown();
    new CommandLine(command)
        .setOut(new PrintWriter(onOut))
        .setErr(new PrintWriter(onErr))
        .execute(arguments);
    assertEquals(out, onOut.toString());
    assertEquals(err, onErr.toString());
    assertEquals(4, command.code);
  }

  @Test
  void jsonStandsAloneOnStandardOutput() {
    String end = System.lineSeparator();
    assertShown("3 images, 2 rejected" + end, "");
    assertShown("{\"images\":3}" + end, "2 rejected" + end, "--json");
  }
}
