package org.anomalyscore.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a client and an S3 server and fails on command. Passes on what it reads byte by
 * byte but for one unsigned header, so that signatures stay valid; one connection serves one
 * request.
 */
final class FaultProxy implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

  private final ServerSocket listener;
  private final int server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private volatile Rule rule = request -> Verdict.PASS;

  /** The first line and the header lines of a request. */
  record Request(String method, String target, String head) {}

  /** What becomes of a request. */
  interface Rule {
    Verdict on(Request request);
  }

  /**
   * @param status that the proxy answers by itself, or 0 to ask the server
   * @param code S3's name of the error
   * @param cut whether the connection breaks in the middle of the server's answer
   */
  record Verdict(int status, String code, boolean cut) {
    static final Verdict PASS = new Verdict(0, null, false);
    static final Verdict CUT = new Verdict(0, null, true);
    static final Verdict SLOW_DOWN = new Verdict(503, "SlowDown", false);
    static final Verdict DENIED = new Verdict(403, "AccessDenied", false);
  }

  /** Listens on a free port of the loopback address. */
  FaultProxy(int server) throws IOException {
    this.server = server;
    listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Replaces the rule; requests that are under way keep theirs. */
  FaultProxy rule(Rule replacement) {
    rule = replacement;
    return this;
  }

  /** All requests so far. */
  List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed; the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      if (head.isEmpty()) {
        return;
      }
      String[] words = head.substring(0, head.indexOf('\r')).split(" ", -1);
      Request request = new Request(words[0], words[1], head);
      requests.add(request);
      Verdict verdict = rule.on(request);
      if (verdict.status() != 0) {
        refuse(request, in, client.getOutputStream(), verdict);
      } else {
        pass(request, client, in, verdict.cut());
      }
    } catch (IOException e) {
      // One side hung up, as they may.
    }
  }

  private static void refuse(Request request, InputStream in, OutputStream out, Verdict verdict)
      throws IOException {
    if (!request.head().toLowerCase(Locale.ROOT).contains("\nexpect:")) {
      in.skipNBytes(length(request.head()));
    }
    String body =
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>told to</Message></Error>"
            .formatted(verdict.code());
    String answer =
        "HTTP/1.1 %d Told\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n"
                .formatted(verdict.status(), body.length())
            + "Connection: close\r\n\r\n"
            + (request.method().equals("HEAD") ? "" : body);
    out.write(answer.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void pass(Request request, Socket client, InputStream in, boolean cut)
      throws IOException {
    try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
      OutputStream up = upstream.getOutputStream();
      String head = request.head().replaceAll("(?im)^connection:.*\r\n", "");
      up.write(
          (head.substring(0, head.length() - 2) + "Connection: close\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      up.flush();
      threads.execute(
          () -> {
            try {
              in.transferTo(up);
            } catch (IOException e) {
              // The answer has come, and the connection was closed.
            }
          });
      InputStream answer = new BufferedInputStream(upstream.getInputStream());
      OutputStream down = client.getOutputStream();
      if (cut) {
        String answered = head(answer);
        while (answered.startsWith("HTTP/1.1 100")) {
          down.write(answered.getBytes(StandardCharsets.ISO_8859_1));
          down.flush();
          answered = head(answer);
        }
        // Of an answer without a body not even the head may come through.
        if (length(answered) > 0) {
          down.write(answered.getBytes(StandardCharsets.ISO_8859_1));
          down.write(answer.readNBytes(length(answered) / 2));
        }
      } else {
        answer.transferTo(down);
      }
      down.flush();
    }
  }

  /** Up to and with the empty line; empty at the end of the stream. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int last = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      last = (last << 8) | b;
      if (last == 0x0d0a0d0a) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  private static int length(String head) {
    Matcher found = LENGTH.matcher(head);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
