package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.ContentHash;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** The packaged job with images, model and tables in S3. */
@Order(1)
class S3IT extends S3Fixture {

  /** Three pages of a listing, which hold 20 here and not 1,000. */
  private static final int REAL = 45;

  private static final String PAGE = "spark.hadoop.fs.s3a.paging.maximum 20";
  private static final String BUCKET = "night";
  private static final String TABLES = "s3a://night/tables";

  private FaultProxy watching;
  private JobProcess.Result real;

  S3IT() {
    super(BUCKET);
  }

  /** By the script, with the server's keys in its environment; most others are warm. */
  @BeforeAll
  void score() throws Exception {
    server.upload(BUCKET, S3Runs.pictures("images/real", REAL, 1));
    watching = proxy(request -> FaultProxy.Verdict.PASS);
    real =
        runs.run(
            runs.withKeys(
                S3Runs.talkative(runs.conf("watching", watching.endpoint(), PAGE)),
                score("images/real", "real", "tables")));
  }

  @Test
  void everyImageIsScoredOnceFromAllPagesOfTheListing() throws Exception {
    assertEquals(0, real.exitCode(), real::toString);
    assertEquals(REAL, json(real).get("scored").asInt());
    assertTrue(
        watching.requests().stream().anyMatch(r -> r.target().contains("continuation-token=")),
        "no listing had a second page");
    assertEquals(
        List.of("[%d,%d]".formatted(REAL, REAL)),
        Tables.sql(
            "SELECT count(*), count(DISTINCT path) FROM {0} WHERE dataset = 'real'",
            downloaded("tables/scores")));
    // One request an image, and those of the look whether images may be read.
    assertEquals(REAL + 1, requestsOfImages("GET"));
    assertEquals(1, requestsOfImages("HEAD"));
  }

  private long requestsOfImages(String method) {
    return watching.requests().stream()
        .filter(r -> r.method().equals(method) && r.target().matches(".*/images/real/.+\\.png.*"))
        .count();
  }

  @Test
  @Tag("nightly")
  void anImageThatIsReplacedAfterItsListingIsScoredAsItIsThen() throws Exception {
    server.upload(BUCKET, S3Runs.pictures("images/moving", 3, 4));
    byte[] other = S3Runs.pictures("other", 1, 5).get("other/0000.png");
    Replacing rule =
        new Replacing(
            "/night/images/moving/0001.png",
            () ->
                server
                    .client()
                    .putObject(
                        b -> b.bucket(BUCKET).key("images/moving/0001.png"),
                        RequestBody.fromBytes(other)));
    JobProcess.Result result =
        runs.warm(
            runs.settings(proxy(rule).endpoint()), score("images/moving", "moving", "moving"));
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(3, json(result).get("scored").asInt());
    assertEquals(
        List.of("[%s]".formatted(ContentHash.hex(other))),
        Tables.sql(
            "SELECT image_id FROM {0} WHERE path LIKE '%0001.png'", downloaded("moving/scores")));
  }

  @Test
  void nothingIsRenamedAndNothingStaysPending() {
    assertEquals(0, real.exitCode(), real::toString);
    assertEquals(
        List.of(),
        watching.requests().stream()
            .filter(r -> r.head().toLowerCase(java.util.Locale.ROOT).contains("x-amz-copy-source"))
            .toList());
    assertTrue(
        watching.requests().stream().anyMatch(r -> r.target().contains("?uploadId=")),
        "no table was written by an upload in parts");
    assertEquals(List.of(), pendingUnder("tables/"));
    assertEquals(
        List.of(),
        server.keys(BUCKET, "tables/").stream()
            .filter(key -> key.contains("__magic") || key.contains("_temporary"))
            .toList());
    for (String table : List.of("scores", "runs")) {
      assertCommittedByMagic("tables/" + table);
    }
  }

  @Test
  void sameBitsAsFromALocalFolderAndASecondRunScoresNothing() throws Exception {
    Path out = folder.resolve("local-tables");
    Path images = Files.createDirectories(folder.resolve("images"));
    for (Map.Entry<String, byte[]> picture : S3Runs.pictures("real", REAL, 1).entrySet()) {
      Path file = images.resolve(picture.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, picture.getValue());
    }
    JobProcess.Result result =
        WarmJob.run(
            S3Runs.score(
                images.resolve("real").toString(),
                "real",
                model().resolve("tiny.pt").toString(),
                out.toString()));
    assertEquals(0, result.exitCode(), result::toString);
    List<String> expected = Tables.sql(COLUMNS, out.resolve("scores"));
    assertEquals(REAL, expected.size());
    assertEquals(
        expected.stream().map(row -> row.replaceFirst(",file:[^,]*/images/", ",")).toList(),
        Tables.sql(
                COLUMNS.replace("ORDER", "WHERE dataset = 'real' ORDER"),
                downloaded("tables/scores"))
            .stream()
            .map(row -> row.replaceFirst(",s3a:[^,]*/images/", ","))
            .toList());
    JobProcess.Result again = runs.warm(straight(), score("images/real", "real", "tables"));
    assertEquals(0, again.exitCode(), again::toString);
    assertEquals(REAL, json(again).get("found").asInt());
    assertEquals(0, json(again).get("scored").asInt());
  }

  @Test
  @Tag("nightly")
  void tablesAreCompactedAndDeletedInS3() throws Exception {
    String tables = "s3a://night/kept";
    for (String set : List.of("fake", "other")) {
      List<String> arguments = new ArrayList<>(List.of(score("images/fake", set, "kept")));
      arguments.addAll(List.of("--slice", "16"));
      JobProcess.Result scored = runs.warm(straight(), arguments.toArray(String[]::new));
      assertEquals(0, scored.exitCode(), scored::toString);
    }
    List<String> rows = Tables.sql(COLUMNS, downloaded("kept/scores"));
    assertEquals(6, files("kept/scores"), "three slices of two sets");
    assertEquals(0, tables("compact", "--tables", tables).exitCode());
    assertEquals(2, files("kept/scores"));
    assertEquals(rows, Tables.sql(COLUMNS, downloaded("kept/scores")));
    assertEquals(0, tables("delete", "--tables", tables, "--dataset", "other").exitCode());
    assertEquals(
        List.of("[fake,40]"),
        Tables.sql(
            "SELECT dataset, count(*) FROM {0} GROUP BY dataset", downloaded("kept/scores")));
    JobProcess.Result verified = tables("verify", "--tables", tables);
    assertEquals(0, verified.exitCode(), verified::toString);
    assertEquals(List.of(), server.keys(BUCKET, "kept/_swap/"));
    assertEquals(List.of(), pendingUnder("kept/"));
  }

  private JobProcess.Result tables(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("tables"));
    all.addAll(List.of(arguments));
    all.add("--json");
    return runs.warm(straight(), all.toArray(String[]::new));
  }

  private long files(String prefix) {
    return server.keys(BUCKET, prefix).stream().filter(key -> key.endsWith(".parquet")).count();
  }

  @Test
  @Tag("nightly")
  void credentialsOfAProfileAreTakenAsOnALaptop() throws Exception {
    JobProcess.Result scored = runs.warm(straight(), score("images/fake", "fake", "tables"));
    assertEquals(0, scored.exitCode(), scored::toString);
    Path profile = folder.resolve("credentials");
    Files.writeString(
        profile,
        "[nightly]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
            .formatted(server.accessKey, server.secretKey));
    JobProcess.Result evaluated =
        runs.run(
            runs.withoutKeys(
                    runs.conf("profile", server.endpoint()),
                    "evaluate",
                    "--scores",
                    TABLES,
                    "--reference",
                    "real",
                    "--generated",
                    "fake",
                    "--json")
                .env("AWS_SHARED_CREDENTIALS_FILE", profile.toString())
                .env("AWS_PROFILE", "nightly"));
    assertEquals(0, evaluated.exitCode(), evaluated::toString);
    JsonNode generator = json(evaluated).get("generators").get(0);
    assertEquals(FAKE, generator.get("n").asInt());
    assertTrue(generator.get("anomaly_score").asDouble() < 0.5, "one distribution");
    assertEquals(
        List.of("[fake]"), Tables.sql("SELECT dataset FROM {0}", downloaded("tables/evaluations")));
    Files.delete(profile);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void noKeyIsInAnythingThatTheRunsLeftBehind() throws Exception {
    assertTrue(
        runs.results().stream().anyMatch(r -> r.err().contains(" INFO ")), "no talkative run");
    assertNoKeyIsLeft("tables/scores", "tables/runs");
  }

  @Test
  @Tag("nightly")
  @Order(Integer.MAX_VALUE)
  void norInWhatTheNightlyRunsLeftBehind() throws Exception {
    assertNoKeyIsLeft("kept/scores", "tables/evaluations");
  }

  /** Replaces an object when a task asks for it; the look whether it may be read asks twice. */
  private static final class Replacing implements FaultProxy.Rule {
    private final String object;
    private final Runnable replace;
    private int asked;
    private boolean replaced;

    Replacing(String object, Runnable replace) {
      this.object = object;
      this.replace = replace;
    }

    @Override
    public synchronized FaultProxy.Verdict on(FaultProxy.Request request) {
      if (request.target().startsWith(object) && !replaced) {
        asked += request.method().equals("HEAD") ? 1 : -1;
        if (asked < 0) {
          replaced = true;
          replace.run();
        }
      }
      return FaultProxy.Verdict.PASS;
    }
  }
}
