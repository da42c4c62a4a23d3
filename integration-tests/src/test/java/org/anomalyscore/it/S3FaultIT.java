package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packaged job where S3, the network, the credentials or the settings fail. */
@Order(2)
class S3FaultIT extends S3Fixture {

  private static final String BUCKET = "faults";
  private static final Duration REASONABLE = Duration.ofMinutes(2);

  /** Images in {@code images/few}, some of which arrive late or never. */
  private static final int FEW = 8;

  private static final String RETRIES = "spark.hadoop.fs.s3a.retry.limit";
  private static final String THROTTLE_RETRIES = "spark.hadoop.fs.s3a.retry.throttle.limit";

  private final String[] fakes = score("images/fake", "x", "none");
  private final Socket deaf = new Socket();

  S3FaultIT() {
    super(BUCKET);
  }

  @BeforeAll
  void uploadAndBind() throws Exception {
    server.upload(BUCKET, S3Runs.pictures("images/few", FEW, 2));
    deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterAll
  void unbind() throws Exception {
    deaf.close();
  }

  /** A port that refuses connections: bound, so that no other process takes it, and deaf. */
  private String nobody() {
    return "http://127.0.0.1:" + deaf.getLocalPort();
  }

  @Test
  void throttlingAndBrokenConnectionsAreOutlivedAndOneUnreadableObjectIsARejectAndNoMore()
      throws Exception {
    Map<String, String> shaky = runs.settings(proxy(new Shaky()).endpoint());
    // One image breaks for ever, whose last wait would be of half a minute.
    shaky.put(RETRIES, "3");
    JobProcess.Result result = runs.warm(shaky, half(score("images/few", "few", "shaky")));
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(FEW - 2, json(result).get("scored").asInt());
    assertEquals(2, json(result).get("rejected_by_reason").get("unreadable").asInt());
    assertEquals(
        List.of("[s3a://faults/images/few/0000.png]", "[s3a://faults/images/few/0001.png]"),
        Tables.sql("SELECT path FROM {0} ORDER BY path", downloaded("shaky/rejects")));
    assertEquals(List.of(), pendingUnder("shaky/"));
    JobProcess.Result calm = runs.warm(straight(), score("images/few", "few", "calm"));
    assertEquals(0, calm.exitCode(), calm::toString);
    assertEquals(
        Tables.sql(COLUMNS, downloaded("calm/scores")).subList(2, FEW),
        Tables.sql(COLUMNS, downloaded("shaky/scores")));
  }

  /** With a limit up to which half of the images may be rejects. */
  private static String[] half(String... score) {
    return Stream.concat(Stream.of(score), Stream.of("--fail-above-reject-fraction", "0.5"))
        .toArray(String[]::new);
  }

  @Test
  void aMissingBucketOrPrefixIsTold() throws Exception {
    assertFault(
        runs.warm(
            straight(),
            S3Runs.score("s3a://no-such", "x", "s3a://faults/models/tiny.pt", "s3a://faults/none")),
        "there is no bucket s3a://no-such",
        "Check its name");
    assertFault(
        runs.warm(straight(), score("nothing", "x", "none")),
        "'s3a://faults/nothing': there is no such file or folder");
  }

  @Test
  void wrongOrMissingCredentialsAreTold() throws Exception {
    Map<String, String> settings = straight();
    settings.put("spark.hadoop.fs.s3a.secret.key", "wrong/secret");
    assertFault(
        runs.warm(settings, fakes),
        "s3a://faults: S3 does not accept the AWS credentials (403 SignatureDoesNotMatch)",
        "Check which ones the job finds");
    settings.put("spark.hadoop.fs.s3a.access.key", "AKIAUNKNOWN");
    assertFault(
        runs.warm(settings, fakes),
        "s3a://faults: S3 does not accept the AWS credentials (403 InvalidAccessKeyId)");
    settings.keySet().removeIf(key -> key.endsWith(".key"));
    assertFault(
        runs.warm(settings, fakes),
        "no AWS credentials were found for s3a://faults",
        "AWS_ACCESS_KEY_ID");
  }

  @Test
  void missingPermissionsAreTold() throws Exception {
    FaultProxy proxy =
        proxy(
            request ->
                request.target().matches("/faults/images/fake/.*\\.png")
                    ? FaultProxy.Verdict.DENIED
                    : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(runs.settings(proxy.endpoint()), fakes),
        "Cannot read images such as 's3a://faults/images/fake/",
        "access is denied (403",
        "Grant the permissions");
    proxy.rule(
        request ->
            request.method().equals("PUT") ? FaultProxy.Verdict.DENIED : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(runs.settings(proxy.endpoint()), fakes),
        "Cannot write tables to s3a://faults/none",
        "403 AccessDenied");
  }

  @Test
  void credentialsThatExpireOnTheWayMakeNoRejects() throws Exception {
    AtomicInteger images = new AtomicInteger();
    FaultProxy proxy =
        proxy(
            request ->
                images.addAndGet(request.target().startsWith("/faults/images/fake/") ? 1 : 0) > 20
                    ? new FaultProxy.Verdict(403, "InvalidAccessKeyId", false)
                    : FaultProxy.Verdict.PASS);
    assertFault(
        runs.warm(runs.settings(proxy.endpoint()), score("images/fake", "x", "expired")),
        "nor go on with others",
        "s3a://faults: S3 does not accept the AWS credentials (403 InvalidAccessKeyId)");
    assertTrue(images.get() > 20, "the rule took effect");
    assertEquals(List.of(), Tables.sql("SELECT path FROM {0}", downloaded("expired/rejects")));
  }

  @Test
  void credentialsInAUriAreRefusedAndNotRepeated() throws Exception {
    String uri = "s3a://%s:%s@faults/x".formatted(server.accessKey, server.secretKey);
    assertFault(
        runs.warm(
            straight(), S3Runs.score(uri, "x", "s3a://faults/models/tiny.pt", "s3a://faults/none")),
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
    String protocol = "spark.sql.sources.commitProtocolClass";
    renaming.put(
        protocol, "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol");
    assertFault(
        runs.warm(renaming, fakes),
        "would commit by renaming",
        "spark.hadoop.fs.s3a.committer.name magic");
    assertEquals(List.of(), server.keys(BUCKET, "none"));

    // Without a word of it Spark takes the magic committer by itself, from 4.1 on.
    renaming.put(protocol, null);
    JobProcess.Result silent = runs.warm(renaming, score("images/fake", "x", "silent"));
    assertEquals(0, silent.exitCode(), silent::toString);
    assertCommittedByMagic("silent/scores");
  }

  @Test
  void aServerThatThrottlesOrIsGoneEndsTheRun() throws Exception {
    Map<String, String> slow =
        runs.settings(proxy(request -> FaultProxy.Verdict.SLOW_DOWN).endpoint());
    slow.put(THROTTLE_RETRIES, "2");
    assertFault(runs.warm(slow, fakes), "s3a://faults: S3 asks to slow down (503", "again later");
    Map<String, String> gone = runs.settings(nobody());
    gone.put(RETRIES, "1");
    assertFault(runs.warm(gone, fakes), "s3a://faults cannot be reached", "Connection refused");
  }

  /** With the waits of conf/, which end in time. */
  @Test
  @Tag("nightly")
  void aServerThatThrottlesForEverOrIsGoneEndsTheRunInTime() throws Exception {
    CompletableFuture<JobProcess.Result> throttled =
        runs.begin(
            runs.withKeys(
                runs.conf("slow", proxy(request -> FaultProxy.Verdict.SLOW_DOWN).endpoint()),
                fakes));
    CompletableFuture<JobProcess.Result> gone =
        runs.begin(runs.withKeys(runs.conf("gone", nobody()), fakes));
    assertFault(throttled.get(), "s3a://faults: S3 asks to slow down (503", "Start again later");
    assertFault(gone.get(), "s3a://faults cannot be reached", "Connection refused");
    for (JobProcess.Result result : List.of(throttled.get(), gone.get())) {
      assertTrue(result.duration().compareTo(REASONABLE) < 0, result::toString);
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void noKeyIsInAnythingThatTheRunsLeftBehind() throws Exception {
    assertNoKeyIsLeft("calm/scores", "calm/runs");
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
      if (target.startsWith("/faults/images/few/0001.png")) {
        return FaultProxy.Verdict.DENIED;
      }
      boolean image = target.startsWith("/faults/images/") && request.method().equals("GET");
      return image && (broken.add(target) || target.contains("/0000.png"))
          ? FaultProxy.Verdict.CUT
          : FaultProxy.Verdict.PASS;
    }
  }
}
