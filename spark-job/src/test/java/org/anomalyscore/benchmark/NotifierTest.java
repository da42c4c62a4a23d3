package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifierTest {

  private static final String SECRET = "s3cr3t-t0ken";

  @TempDir Path folder;

  private final List<String> requests = new ArrayList<>();
  private final List<Integer> answers = new ArrayList<>();
  private long delayMillis;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
    try {
      TimeUnit.MILLISECONDS.sleep(delayMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int answer = answers.isEmpty() ? 204 : answers.remove(0);
    if (answer == 302) {
      exchange.getResponseHeaders().add("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks/${TOKEN}";
  }

  private static Notifier notifier(String url, List<String> command) {
    return Notifier.of(
        new BenchmarkManifest.Notification(url, command, false, 1, 3),
        name -> name.equals("TOKEN") ? SECRET : null,
        Duration.ofMillis(10));
  }

  @Test
  void itPostsTheAlertsToTheAddressWithItsSecret() {
    assertNull(notifier(url(), null).send("{\"summary\":\"1 regressed\"}"));
    assertEquals(List.of("POST /hooks/" + SECRET + " {\"summary\":\"1 regressed\"}"), requests);
  }

  @Test
  void itTriesAgainWhereThatMayHelp() {
    answers.addAll(List.of(503, 429));
    assertNull(notifier(url(), null).send("{}"));
    assertEquals(3, requests.size());
    answers.addAll(List.of(500, 502, 503));
    String failure = notifier(url(), null).send("{}");
    String host = "http://127.0.0.1:" + server.getAddress().getPort();
    assertTrue(failure.startsWith(host + " was not notified: it answered 503."), failure);
    assertEquals(6, requests.size());
  }

  @Test
  void itDoesNotTryAgainWhereThatIsInVain() {
    for (int answer : new int[] {404, 302}) {
      requests.clear();
      answers.add(answer);
      String failure = notifier(url(), null).send("{}");
      assertTrue(failure.contains("it answered " + answer), failure);
      assertFalse(failure.contains(SECRET), failure);
      assertEquals(1, requests.size());
    }
  }

  @Test
  @Tag("nightly")
  void aServerThatDoesNotAnswerCostsItsTimeout() {
    delayMillis = 1500;
    String failure = notifier(url(), null).send("{}");
    assertTrue(failure.contains("it cannot be reached (HttpTimeoutException)"), failure);
    assertFalse(failure.contains(SECRET), failure);
  }

  @Test
  void aServerThatIsNotThereIsTold() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String failure = notifier("http://127.0.0.1:" + free + "/${TOKEN}", null).send("{}");
    assertTrue(failure.contains(free + " was not notified: it cannot be reached"), failure);
    assertFalse(failure.contains(SECRET), failure);
  }

  @Test
  void aVariableThatIsNotSetIsToldBeforeAnyWork() {
    String message =
        assertThrows(UserException.class, () -> notifier("http://h/${TOKEN}/${OTHER}", null))
            .getMessage();
    assertTrue(message.contains("the environment has no variable OTHER"), message);
    assertFalse(message.contains(SECRET), message);
  }

  @Test
  void anAddressThatIsNoneIsToldWithoutItsSecret() {
    for (String url : new String[] {"http://h/${TOKEN} x", "ftp://h/${TOKEN}"}) {
      UserException fault = assertThrows(UserException.class, () -> notifier(url, null));
      assertTrue(fault.getMessage().contains("it is no address of http"), fault.getMessage());
      assertFalse(fault.getMessage().contains(SECRET), fault.getMessage());
      assertNull(fault.getCause());
    }
  }

  @Test
  void aCommandGetsTheAlertsOnItsStandardInput() throws IOException {
    Path out = folder.resolve("out");
    // More than a pipe holds.
    String json = "{\"x\":\"" + "y".repeat(200_000) + "\"}";
    assertNull(notifier(null, List.of("sh", "-c", "cat > " + out)).send(json));
    assertEquals(json, Files.readString(out));
    assertNull(notifier(null, List.of("true")).send(json), "it need not read it");
  }

  @Test
  void aCommandThatFailsIsTriedAgainAndTold() throws IOException {
    Path tries = folder.resolve("tries");
    String failure =
        notifier(null, List.of("sh", "-c", "echo >> " + tries + "; exit 7")).send("{}");
    assertTrue(failure.startsWith("sh was not notified: it ended with exit code 7."), failure);
    assertEquals(3, Files.readAllLines(tries).size());
    failure = notifier(null, List.of(folder.resolve("none").toString())).send("{}");
    assertTrue(failure.contains("it cannot be started"), failure);
  }

  @Test
  void aCommandThatDoesNotEndIsEnded() {
    long start = System.nanoTime();
    String failure = notifier(null, List.of("sh", "-c", "sleep 60 & wait")).send("{}");
    assertTrue(failure.contains("it took more than 1 s"), failure);
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
  }

  @Test
  void withoutANotificationNobodyIsTold() {
    assertNull(Notifier.of(null, name -> null).send("{}"));
  }
}
