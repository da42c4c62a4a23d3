package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images and a model in a bucket of a real server of the S3 protocol, which checks signatures, and
 * proxies before it that fail on command.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class S3Fixture {

  /** Images in {@code images/fake}. */
  static final int FAKE = 40;

  static final String COLUMNS =
      "SELECT image_id, path, complexity, vulnerability, as_i, step_norm FROM {0} ORDER BY path";

  private final String bucket;
  private final List<FaultProxy> proxies = new ArrayList<>();
  Path folder;
  S3Server server;
  S3Runs runs;

  S3Fixture(String bucket) {
    this.bucket = bucket;
  }

  @BeforeAll
  void startTheServer(@TempDir Path folder) throws Exception {
    this.folder = folder;
    server = S3Server.once();
    runs = new S3Runs(folder, server);
    server.makeBucket(bucket);
    server.upload(bucket, S3Runs.pictures("images/fake", FAKE, 2));
    for (String file : List.of("tiny.pt", "tiny.yaml")) {
      server.upload(bucket, Map.of("models/" + file, Files.readAllBytes(model().resolve(file))));
    }
  }

  @AfterAll
  void stopTheProxies() throws Exception {
    for (FaultProxy proxy : proxies) {
      proxy.close();
    }
  }

  /** The folder of tiny.pt on this machine. */
  static Path model() {
    return Checkout.ROOT.resolve("spark-job/src/test/resources/oracle");
  }

  /** Scores a folder of the bucket into another. */
  String[] score(String images, String dataset, String out) {
    String root = "s3a://" + bucket + "/";
    return S3Runs.score(root + images, dataset, root + "models/tiny.pt", root + out);
  }

  FaultProxy proxy(FaultProxy.Rule rule) throws IOException {
    FaultProxy proxy = new FaultProxy(server.port).rule(rule);
    proxies.add(proxy);
    return proxy;
  }

  /** Settings that lead to the server and not through a proxy. */
  Map<String, String> straight() {
    return runs.settings(server.endpoint());
  }

  Path downloaded(String prefix) throws IOException {
    return server.download(bucket, prefix, Files.createTempDirectory(folder, "downloaded"));
  }

  /** Runs that lost their keys could abort nothing. */
  List<String> pendingUnder(String prefix) {
    return server.pendingUploads(bucket).stream().filter(key -> key.startsWith(prefix)).toList();
  }

  /** The magic committer writes no rename, and says in a table's folder that it was there. */
  void assertCommittedByMagic(String table) {
    String success = new String(server.read(bucket, table + "/_SUCCESS"), StandardCharsets.UTF_8);
    assertTrue(success.matches("(?s).*\"committer\" ?: ?\"magic\".*"), success);
  }

  /** Looks into all output, event logs and temporary files of the runs, all objects and tables. */
  void assertNoKeyIsLeft(String... tables) throws IOException {
    runs.results().forEach(result -> assertClean("the output of a run", result.toString()));
    for (String key : server.keys(bucket, "")) {
      assertClean(key, new String(server.read(bucket, key), StandardCharsets.ISO_8859_1));
    }
    // Parquet compresses.
    for (String table : tables) {
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

  private void assertClean(String where, String text) {
    assertFalse(text.contains(server.secretKey), () -> "the secret key is in " + where);
    assertFalse(text.contains(server.accessKey), () -> "the access key is in " + where);
  }

  static void assertFault(JobProcess.Result result, String... parts) {
    assertEquals(3, result.exitCode(), result::toString);
    assertEquals("", result.out());
    for (String part : parts) {
      assertTrue(result.err().contains(part), () -> "'" + part + "' is not in " + result);
    }
  }

  static JsonNode json(JobProcess.Result result) throws IOException {
    return JsonMapper.builder().build().readTree(result.out());
  }
}
