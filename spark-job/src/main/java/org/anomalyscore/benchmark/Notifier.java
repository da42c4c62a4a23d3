package org.anomalyscore.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.storage.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a night's alerts to whoever the manifest names. What it says of a failure names the host as
 * the manifest has it, or the program, and nothing that came from the environment or from the other
 * side: either may hold a secret.
 */
final class Notifier {

  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /** Answers after which the same request may succeed: 408, 429 and those of a server at fault. */
  private static final int SERVER_FAULT = 500;

  private final BenchmarkManifest.Notification notification;
  private final URI address;
  private final Duration firstWait;

  private Notifier(BenchmarkManifest.Notification notification, URI address, Duration firstWait) {
    this.notification = notification;
    this.address = address;
    this.firstWait = firstWait;
  }

  /**
   * Looks whether there is all that it takes, before any work.
   *
   * @param notification null for none
   * @param environment the value of a variable, or null
   * @throws UserException if a variable is not set, or what comes out is no address
   */
  static Notifier of(
      BenchmarkManifest.Notification notification, UnaryOperator<String> environment) {
    return of(notification, environment, Duration.ofSeconds(1));
  }

  /**
   * The same.
   *
   * @param firstWait before the second attempt; each later one is twice as long
   */
  static Notifier of(
      BenchmarkManifest.Notification notification,
      UnaryOperator<String> environment,
      Duration firstWait) {
    URI address =
        notification == null || notification.url() == null
            ? null
            : address(notification, environment);
    return new Notifier(notification, address, firstWait);
  }

  private static URI address(
      BenchmarkManifest.Notification notification, UnaryOperator<String> environment) {
    Matcher variables = VARIABLE.matcher(notification.url());
    StringBuilder text = new StringBuilder();
    while (variables.find()) {
      String value = environment.apply(variables.group(1));
      if (value == null || value.isBlank()) {
        throw new UserException(
            "Cannot notify %s: the environment has no variable %s. Set it, or correct notify.url."
                .formatted(notification.name(), variables.group(1)));
      }
      variables.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    variables.appendTail(text);
    try {
      // It refuses what it could not send to: no host, another scheme.
      return HttpRequest.newBuilder(URI.create(text.toString())).build().uri();
    } catch (IllegalArgumentException e) {
      // Its message repeats the address, and so the secret; it is no cause either.
      throw new UserException(
          "Cannot notify %s: with its variables filled in it is no address of http or https. Correct"
                  .formatted(notification.name())
              + " notify.url or the variables.");
    }
  }

  /** Whether it is told of a night in which all is well too. */
  boolean isToldAll() {
    return notification != null && notification.everyNight();
  }

  /** An attempt's end. */
  private record Attempt(String failure, boolean mayRetry) {
    static final Attempt DONE = new Attempt(null, false);
  }

  /**
   * Sends the alerts.
   *
   * @return why they did not arrive; null if they did, or there is nobody to tell
   */
  String send(String json) {
    if (notification == null) {
      return null;
    }
    String name = notification.name();
    Attempt last = Attempt.DONE;
    Duration wait = firstWait;
    for (int i = 1; i <= notification.attempts(); i++) {
      try {
        last = address == null ? run(json) : post(json);
        if (last.failure == null) {
          LOG.info("Notified {}", name);
          return null;
        }
        LOG.warn("Attempt {} to notify {}: {}", i, name, last.failure);
        if (!last.mayRetry || i == notification.attempts()) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(wait.toMillis());
        wait = wait.multipliedBy(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "%s was not notified: this program is ending.".formatted(name);
      }
    }
    return "%s was not notified: %s. Look at it; the alerts stand in the tables and in their file."
        .formatted(name, last.failure);
  }

  private Attempt post(String json) throws InterruptedException {
    Duration timeout = Duration.ofSeconds(notification.timeoutSeconds());
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    try {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status / 100 == 2
          ? Attempt.DONE
          : new Attempt(
              "it answered " + status, status >= SERVER_FAULT || status == 408 || status == 429);
    } catch (IOException e) {
      return new Attempt("it cannot be reached (" + e.getClass().getSimpleName() + ")", true);
    }
  }

  private Attempt run(String json) throws InterruptedException {
    Path input = null;
    try {
      // Not a pipe, which would wait for a command that does not read it.
      input = Files.createTempFile("alerts", ".json");
      Files.writeString(input, json);
      Process process =
          new ProcessBuilder(notification.command())
              .redirectInput(input.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(notification.timeoutSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        return new Attempt("it took more than " + notification.timeoutSeconds() + " s", true);
      }
      return process.exitValue() == 0
          ? Attempt.DONE
          : new Attempt("it ended with exit code " + process.exitValue(), true);
    } catch (IOException e) {
      return new Attempt("it cannot be started", false);
    } finally {
      delete(input);
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.debug("Cannot remove {}", file);
      }
    }
  }
}
