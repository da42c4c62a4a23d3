package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.anomalyscore.storage.ContentHash;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The packaged job with images, model and tables in S3: a real server of the protocol, that checks
 * signatures, and a proxy before it that fails on command.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class S3IT {

  /** Three pages of a listing, which hold 20 here and not 1,000. */
  private static final int REAL = 45;

  private static final String PAGE = "spark.hadoop.fs.s3a.paging.maximum 20";
  private static final int FAKE = 40;
  private static final String BUCKET = "night";
  private static final String MODEL = "s3a://night/models/tiny.pt";
  private static final String TABLES = "s3a://night/tables";
  private static final Duration REASONABLE = Duration.ofMinutes(2);
  private static final String RETRIES = "spark.hadoop.fs.s3a.retry.limit";
  private static final String THROTTLE_RETRIES = "spark.hadoop.fs.s3a.retry.throttle.limit";
  private static final String COLUMNS =
      "SELECT image_id, path, complexity, vulnerability, as_i, step_norm FROM {0} ORDER BY path";
  private static final String[] FAKES =
      S3Runs.score("s3a://night/images/fake", "x", MODEL, "s3a://night/none");

  @TempDir static Path folder;

  private final List<FaultProxy> proxies = new ArrayList<>();
  private final Socket deaf = new Socket();
  private S3Server server;
  private S3Runs runs;
  private Path local;
  private FaultProxy watching;
  private JobProcess.Result real;

  /** By the script, with the server's keys in its environment; most others are warm. */
  @BeforeAll
  void startTheServerAndScore() throws Exception {
    server = S3Server.once();
    deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    runs = new S3Runs(folder, server);
    server.makeBucket(BUCKET);
    Map<String, byte[]> pictures = S3Runs.pictures("images/real", REAL, 1);
    pictures.putAll(S3Runs.pictures("images/fake", FAKE, 2));
    for (String file : List.of("tiny.pt", "tiny.yaml")) {
      Path model = Checkout.ROOT.resolve("spark-job/src/test/resources/oracle").resolve(file);
      pictures.put("models/" + file, Files.readAllBytes(model));
    }
    server.upload(BUCKET, pictures);
    local = folder.resolve("local");
    for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
      Path file = local.resolve(picture.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, picture.getValue());
    }
    watching = proxy(request -> FaultProxy.Verdict.PASS);
    real =
        runs.run(
            runs.withKeys(
                S3Runs.talkative(runs.conf("watching", watching.endpoint(), PAGE)),
                S3Runs.score("s3a://night/images/real", "real", MODEL, TABLES)));
  }

  @AfterAll
  void stop() throws Exception {
    for (FaultProxy proxy : proxies) {
      proxy.close();
    }
    deaf.close();
  }

  /** A port that refuses connections: bound, so that no other process takes it, and deaf. */
  private String nobody() {
    return "http://127.0.0.1:" + deaf.getLocalPort();
  }

  private Map<String, String> straight() {
    return runs.settings(server.endpoint());
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
            runs.settings(proxy(rule).endpoint()),
            S3Runs.score("s3a://night/images/moving", "moving", MODEL, "s3a://night/moving"));
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
      String success =
          new String(server.read(BUCKET, "tables/" + table + "/_SUCCESS"), StandardCharsets.UTF_8);
      assertTrue(success.matches("(?s).*\"committer\" ?: ?\"magic\".*"), success);
    }
  }

  /** Runs that lost their keys could abort nothing. */
  private List<String> pendingUnder(String prefix) {
    return server.pendingUploads(BUCKET).stream().filter(key -> key.startsWith(prefix)).toList();
  }

  @Test
  void sameBitsAsFromALocalFolderAndASecondRunScoresNothing() throws Exception {
    Path out = folder.resolve("local-tables");
    JobProcess.Result result =
        WarmJob.run(
            S3Runs.score(
                local.resolve("images/real").toString(),
                "real",
                local.resolve("models/tiny.pt").toString(),
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
    JobProcess.Result again =
        runs.warm(straight(), S3Runs.score("s3a://night/images/real", "real", MODEL, TABLES));
    assertEquals(0, again.exitCode(), again::toString);
    assertEquals(REAL, json(again).get("found").asInt());
    assertEquals(0, json(again).get("scored").asInt());
  }

  @Test
  void throttlingAndBrokenConnectionsAreOutlivedAndOneUnreadableObjectIsARejectAndNoMore()
      throws Exception {
    Map<String, String> shaky = runs.settings(proxy(new Shaky()).endpoint());
    // One image breaks for ever, whose last wait would be of half a minute.
    shaky.put(RETRIES, "3");
    JobProcess.Result result =
        runs.warm(
            shaky, S3Runs.score("s3a://night/images/fake", "fake", MODEL, "s3a://night/shaky"));
    // Two of 40 are 5 %, which is not above the limit.
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(FAKE - 2, json(result).get("scored").asInt());
    assertEquals(2, json(result).get("rejected_by_reason").get("unreadable").asInt());
    assertEquals(
        List.of("[s3a://night/images/fake/0000.png]", "[s3a://night/images/fake/0001.png]"),
        Tables.sql("SELECT path FROM {0} ORDER BY path", downloaded("shaky/rejects")));
    assertEquals(List.of(), pendingUnder("shaky/"));
    JobProcess.Result calm =
        runs.warm(
            straight(), S3Runs.score("s3a://night/images/fake", "fake", MODEL, "s3a://night/calm"));
    assertEquals(0, calm.exitCode(), calm::toString);
    assertEquals(
        Tables.sql(COLUMNS, downloaded("calm/scores")).subList(2, FAKE),
        Tables.sql(COLUMNS, downloaded("shaky/scores")));
  }

  @Test
  void tablesAreCompactedAndDeletedInS3() throws Exception {
    String tables = "s3a://night/kept";
    for (String set : List.of("fake", "other")) {
      List<String> arguments =
          new ArrayList<>(List.of(S3Runs.score("s3a://night/images/fake", set, MODEL, tables)));
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
  void aMissingBucketOrPrefixIsTold() throws Exception {
    assertFault(
        runs.warm(straight(), S3Runs.score("s3a://no-such", "x", MODEL, "s3a://night/none")),
        "there is no bucket s3a://no-such",
        "Check its name");
    assertFault(
        runs.warm(straight(), S3Runs.score("s3a://night/nothing", "x", MODEL, "s3a://night/none")),
        "'s3a://night/nothing': there is no such file or folder");
  }

  @Test
  void wrongOrMissingCredentialsAreTold() throws Exception {
    Map<String, String> settings = straight();
    settings.put("spark.hadoop.fs.s3a.secret.key", "wrong/secret");
    assertFault(
        runs.warm(settings, FAKES),
        "s3a://night: S3 does not accept the AWS credentials (403 SignatureDoesNotMatch)",
        "Check which ones the job finds");
    settings.put("spark.hadoop.fs.s3a.access.key", "AKIAUNKNOWN");
    assertFault(
        runs.warm(settings, FAKES),
        "s3a://night: S3 does not accept the AWS credentials (403 InvalidAccessKeyId)");
    settings.keySet().removeIf(key -> key.endsWith(".key"));
    assertFault(
        runs.warm(settings, FAKES),
        "no AWS credentials were found for s3a://night",
        "AWS_ACCESS_KEY_ID");
  }

  @Test
  void credentialsOfAProfileAreTakenAsOnALaptop() throws Exception {
    JobProcess.Result scored =
        runs.warm(straight(), S3Runs.score("s3a://night/images/fake", "fake", MODEL, TABLES));
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
  void missingPermissionsAreTold() throws Exception {
    FaultProxy proxy =
        proxy(
            request ->
                request.target().matches("/night/images/fake/.*\\.png")
                    ? FaultProxy.Verdict.DENIED
                    : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(runs.settings(proxy.endpoint()), FAKES),
        "Cannot read images such as 's3a://night/images/fake/",
        "access is denied (403",
        "Grant the permissions");
    proxy.rule(
        request ->
            request.method().equals("PUT") ? FaultProxy.Verdict.DENIED : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(runs.settings(proxy.endpoint()), FAKES),
        "Cannot write tables to s3a://night/none",
        "403 AccessDenied");
  }

  @Test
  void credentialsThatExpireOnTheWayMakeNoRejects() throws Exception {
    AtomicInteger images = new AtomicInteger();
    FaultProxy proxy =
        proxy(
            request ->
                images.addAndGet(request.target().startsWith("/night/images/real/") ? 1 : 0) > 20
                    ? new FaultProxy.Verdict(403, "InvalidAccessKeyId", false)
                    : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(
            runs.settings(proxy.endpoint()),
            S3Runs.score("s3a://night/images/real", "x", MODEL, "s3a://night/expired")),
        "nor go on with others",
        "s3a://night: S3 does not accept the AWS credentials (403 InvalidAccessKeyId)");
    assertTrue(images.get() > 20, "the rule took effect");
    assertEquals(List.of(), Tables.sql("SELECT path FROM {0}", downloaded("expired/rejects")));
  }

  @Test
  void credentialsInAUriAreRefusedAndNotRepeated() throws Exception {
    String uri = "s3a://%s:%s@night/x".formatted(server.accessKey, server.secretKey);
    assertFault(
        runs.warm(straight(), S3Runs.score(uri, "x", MODEL, "s3a://night/none")),
        "An argument is a URI with credentials");
  }

  @Test
  void aSessionThatWouldRenameIsRefused() throws Exception {
    Map<String, String> renaming = straight();
    for (String key : ConfFilesIT.load("spark-defaults.conf").stringPropertyNames()) {
      if (key.contains("ommitter") || key.startsWith("spark.sql.sources.commit")) {
        renaming.put(key, null);
      }
    }
    assertFault(
        runs.warm(renaming, FAKES),
        "would commit by renaming",
        "spark.hadoop.fs.s3a.committer.name magic");
    assertEquals(List.of(), server.keys(BUCKET, "none"));
  }

  @Test
  void aServerThatThrottlesOrIsGoneEndsTheRun() throws Exception {
    Map<String, String> slow =
        runs.settings(proxy(request -> FaultProxy.Verdict.SLOW_DOWN).endpoint());
    slow.put(THROTTLE_RETRIES, "2");
    assertFault(runs.warm(slow, FAKES), "s3a://night: S3 asks to slow down (503", "again later");
    Map<String, String> gone = runs.settings(nobody());
    gone.put(RETRIES, "1");
    assertFault(runs.warm(gone, FAKES), "s3a://night cannot be reached", "Connection refused");
  }

  /** With the waits of conf/, which end in time. */
  @Test
  @Tag("nightly")
  void aServerThatThrottlesForEverOrIsGoneEndsTheRunInTime() throws Exception {
    CompletableFuture<JobProcess.Result> throttled =
        runs.begin(
            runs.withKeys(
                runs.conf("slow", proxy(request -> FaultProxy.Verdict.SLOW_DOWN).endpoint()),
                FAKES));
    CompletableFuture<JobProcess.Result> gone =
        runs.begin(runs.withKeys(runs.conf("gone", nobody()), FAKES));
    assertFault(throttled.get(), "s3a://night: S3 asks to slow down (503", "Start again later");
    assertFault(gone.get(), "s3a://night cannot be reached", "Connection refused");
    for (JobProcess.Result result : List.of(throttled.get(), gone.get())) {
      assertTrue(result.duration().compareTo(REASONABLE) < 0, result::toString);
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void noKeyIsInAnythingThatTheRunsLeftBehind() throws Exception {
    assertTrue(
        runs.results().stream().anyMatch(r -> r.err().contains(" INFO ")), "no talkative run");
    runs.results().forEach(result -> assertClean("the output of a run", result.toString()));
    for (String key : server.keys(BUCKET, "")) {
      assertClean(key, new String(server.read(BUCKET, key), StandardCharsets.ISO_8859_1));
    }
    // Parquet compresses.
    for (String table : List.of("tables/scores", "tables/runs")) {
      List<String> rows = Tables.sql("SELECT * FROM {0}", downloaded(table));
      assertFalse(rows.isEmpty());
      assertClean(table, String.join("\n", rows));
    }
    int files = 0;
    for (Path place : List.of(runs.eventLogs, runs.work)) {
      try (Stream<Path> tree = Files.walk(place)) {
        for (Path file : tree.filter(Files::isRegularFile).toList()) {
          assertClean(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
          files++;
        }
      }
    }
    assertTrue(files > 5, "event logs were looked at");
  }

  /** Slow for two seconds; breaks each image once; one for ever, and forbids another. */
  private static final class Shaky implements FaultProxy.Rule {
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private volatile long start;

    @Override
    public FaultProxy.Verdict on(FaultProxy.Request request) {
      if (start == 0) {
        start = System.nanoTime();
      }
      String target = request.target();
      if (System.nanoTime() - start < 2e9) {
        return FaultProxy.Verdict.SLOW_DOWN;
      }
      if (target.startsWith("/night/images/fake/0001.png")) {
        return FaultProxy.Verdict.DENIED;
      }
      boolean image = target.startsWith("/night/images/") && request.method().equals("GET");
      return image && (broken.add(target) || target.contains("/0000.png"))
          ? FaultProxy.Verdict.CUT
          : FaultProxy.Verdict.PASS;
    }
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

  private FaultProxy proxy(FaultProxy.Rule rule) throws IOException {
    FaultProxy proxy = new FaultProxy(server.port).rule(rule);
    proxies.add(proxy);
    return proxy;
  }

  private Path downloaded(String prefix) throws IOException {
    return server.download(BUCKET, prefix, Files.createTempDirectory(folder, "downloaded"));
  }

  private static void assertFault(JobProcess.Result result, String... parts) {
    assertEquals(3, result.exitCode(), result::toString);
    assertEquals("", result.out());
    for (String part : parts) {
      assertTrue(result.err().contains(part), () -> "'" + part + "' is not in " + result);
    }
  }

  private void assertClean(String where, String text) {
    assertFalse(text.contains(server.secretKey), () -> "the secret key is in " + where);
    assertFalse(text.contains(server.accessKey), () -> "the access key is in " + where);
  }

  private static JsonNode json(JobProcess.Result result) throws IOException {
    return JsonMapper.builder().build().readTree(result.out());
  }
}
