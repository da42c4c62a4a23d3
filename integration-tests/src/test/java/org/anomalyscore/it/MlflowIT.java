package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A benchmark whose manifest names {@code conf/mlflow/notify_mlflow.py}, against a server that
 * answers the six calls as MLflow's REST documentation has them. MLflow itself is not there.
 */
class MlflowIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String TOKEN = "s3cr3t-t0ken";

  private static final String SCRIPT = "conf/mlflow/notify_mlflow.py";

  @TempDir Path folder;

  /** Calls in their order, without those of the same kind that follow. */
  private final List<String> calls = new ArrayList<>();

  private final List<ObjectNode> runs = new ArrayList<>();
  private String experiment;
  private String wrong;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/2.0/mlflow/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestURI().getPath().replace("/api/2.0/mlflow/", "");
    byte[] body = exchange.getRequestBody().readAllBytes();
    JsonNode asked = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    calls.add(call);
    JsonNode answer;
    try {
      if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        throw new IllegalArgumentException("no token");
      }
      answer = answer(call, exchange.getRequestURI().getQuery(), asked);
    } catch (RuntimeException e) {
      wrong = call + ": " + e;
      answer = null;
    }
    byte[] json =
        (answer == null ? "{\"error_code\": \"X\"}" : answer.toString())
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer == null ? 404 : 200, json.length);
    exchange.getResponseBody().write(json);
    exchange.close();
  }

  private JsonNode answer(String call, String query, JsonNode asked) {
    ObjectNode answer = JSON.createObjectNode();
    switch (call) {
      case "experiments/get-by-name" -> {
        assertEquals("experiment_name=nights of gans", query);
        if (experiment == null) {
          return null;
        }
        answer.putObject("experiment").put("experiment_id", "7").put("name", experiment);
      }
      case "experiments/create" -> {
        experiment = asked.get("name").asText();
        answer.put("experiment_id", "7");
      }
      case "runs/search" -> {
        assertEquals("[\"7\"]", asked.get("experiment_ids").toString());
        assertTrue(
            asked
                .get("filter")
                .asText()
                .matches(
                    "tags\\.`anomaly_score\\.run_id` = '\\S+' and tags\\.`anomaly_score\\.config_id` = '\\S+'"));
        ArrayNode found = answer.putArray("runs");
        runs.forEach(found::add);
      }
      case "runs/create" -> {
        ObjectNode run = JSON.createObjectNode();
        run.putObject("info")
            .put("run_id", "r" + runs.size())
            .put("run_name", asked.get("run_name").asText())
            .put("start_time", asked.get("start_time").asLong());
        run.putObject("data").set("tags", asked.get("tags"));
        runs.add(run);
        answer.set("run", run);
      }
      case "runs/log-batch" -> {
        JsonNode metrics = asked.get("metrics");
        assertTrue(metrics.size() > 30 && metrics.size() <= 1000, metrics::toString);
        ((ObjectNode) run(asked).get("data")).set("metrics", metrics);
      }
      case "runs/update" -> {
        assertTrue(asked.get("end_time").isIntegralNumber());
        ((ObjectNode) run(asked).get("info")).put("status", asked.get("status").asText());
      }
      default -> throw new IllegalArgumentException(call);
    }
    return answer;
  }

  private ObjectNode run(JsonNode asked) {
    return runs.get(Integer.parseInt(asked.get("run_id").asText().substring(1)));
  }

  private Map<String, String> environment() {
    return Map.of(
        "MLFLOW_TRACKING_URI",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/",
        "MLFLOW_TRACKING_TOKEN",
        TOKEN,
        "MLFLOW_EXPERIMENT_NAME",
        "nights of gans");
  }

  @Test
  @Tag("nightly")
  void eachGeneratorOfANightBecomesARunWithItsMetrics() throws Exception {
    Python.assume("json");
    Demo demo = Demo.once();
    for (String set : List.of("reference", "blurred", "fresh-draws")) {
      copyImages(demo.images().resolve(set), Files.createDirectories(folder.resolve(set)));
    }
    Path manifest =
        Files.writeString(
            folder.resolve("nightly.yaml"),
            """
            models: [%s]
            reference: {name: real, images: reference}
            generators:
              - {name: blurred, images: blurred}
              - {name: it's fresh, images: fresh-draws}
            outputs: {tables: tables}
            features: 1
            resampling: {permutations: 50, resamples: 50}
            notify:
              command: [env, %s, %s, %s]
              every_night: true
              timeout_seconds: 60
            """
                .formatted(
                    demo.model(),
                    environment().entrySet().stream()
                        .map(variable -> "\"" + variable + "\"")
                        .collect(Collectors.joining(", ")),
                    Python.COMMAND,
                    Checkout.ROOT.resolve(SCRIPT)));
    // That process has started already: the variables stand in the command.
    JobProcess.Result night = WarmJob.run("benchmark", "--manifest", manifest.toString());
    assertEquals(0, night.exitCode(), night::toString);
    assertNull(wrong);
    assertEquals("nights of gans", experiment);
    assertEquals(2, runs.size());
    assertEquals("experiments/create", calls.get(1));
    for (ObjectNode run : runs) {
      assertEquals("FINISHED", run.at("/info/status").asText());
      Map<String, String> tags = new TreeMap<>();
      run.at("/data/tags")
          .forEach(tag -> tags.put(tag.get("key").asText(), tag.get("value").asText()));
      assertEquals("new", tags.get("anomaly_score.state"));
      Map<String, String> metrics = new TreeMap<>();
      run.at("/data/metrics")
          .forEach(metric -> metrics.put(metric.get("key").asText(), metric.get("value").asText()));
      assertEquals(
          Tables.sql(
              "SELECT anomaly_score, frechet_distance, flagged FROM {0} WHERE dataset = \""
                  + tags.get("anomaly_score.dataset")
                  + "\"",
              folder.resolve("tables/evaluations")),
          List.of(
              "[%s,%s,%s]"
                  .formatted(
                      metrics.get("anomaly_score"),
                      metrics.get("frechet_distance"),
                      metrics.get("flagged"))));
    }

    // As a second try, after an answer that did not arrive.
    Python.Result again =
        Python.run(
            environment(),
            "-c",
            "import runpy, sys; sys.stdin = open('%s'); runpy.run_path('%s', run_name='__main__')"
                .formatted(folder.resolve("tables/alerts.json"), Checkout.ROOT.resolve(SCRIPT)));
    assertEquals(0, again.exitCode(), again::toString);
    assertEquals("", again.out());
    assertEquals(2, runs.size());
    assertNull(wrong);
  }

  private static void copyImages(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.list(from)) {
      for (Path image : all.sorted().limit(20).toList()) {
        Files.copy(image, to.resolve(image.getFileName()));
      }
    }
  }
}
