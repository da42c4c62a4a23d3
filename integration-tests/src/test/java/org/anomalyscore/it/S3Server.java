package org.anomalyscore.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * S3Proxy in a JVM of its own on a free port of the loopback address, with signatures checked. Its
 * keys are drawn anew, so that a test may look for them in whatever a run leaves behind.
 */
final class S3Server implements AutoCloseable {

  private static final Path LIB = Checkout.ROOT.resolve("integration-tests/s3-server/target/lib");
  private static final int UPLOADS_AT_ONCE = 8;

  private static S3Server once;

  final String accessKey = "AKIA" + random(16).toUpperCase(java.util.Locale.ROOT);
  final String secretKey = random(20) + "/+" + random(18);
  final int port;
  private final Process process;
  private final S3Client client;

  private S3Server(Path folder) throws IOException, InterruptedException {
    port = freePort();
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        // Its default is DEBUG, which is slow.
        conf.resolve("logback.xml"), "<configuration><root level=\"WARN\"/></configuration>");
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "s3proxy.endpoint",
            endpoint(),
            "s3proxy.authorization",
            "aws-v4",
            "s3proxy.identity",
            accessKey,
            "s3proxy.credential",
            secretKey,
            "jclouds.provider",
            "filesystem-nio2",
            "jclouds.identity",
            "unused",
            "jclouds.credential",
            "unused",
            "jclouds.filesystem.basedir",
            Files.createDirectories(folder.resolve("buckets")).toString()));
    Path file = conf.resolve("s3proxy.properties");
    try (var out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                JobProcess.ONE_COMPILER,
                "-cp",
                conf + ":" + LIB + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    waitUntilItListens(folder.resolve("s3proxy.log"));
    client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint()))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
            .build();
  }

  /** The server of this JVM, with which it ends. Each test class makes buckets of its own. */
  static synchronized S3Server once() throws IOException, InterruptedException {
    if (once == null) {
      once = start(Checkout.scratch("s3-server"));
      Runtime.getRuntime().addShutdownHook(new Thread(once::close));
    }
    return once;
  }

  /** Starts a server that keeps its buckets in a folder. */
  static S3Server start(Path folder) throws IOException, InterruptedException {
    return new S3Server(folder);
  }

  private void waitUntilItListens(Path log) throws IOException, InterruptedException {
    for (int tries = 0; tries < 600; tries++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          break;
        }
        Thread.sleep(100);
      }
    }
    process.destroyForcibly();
    throw new IllegalStateException("S3Proxy does not start: " + Files.readString(log));
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** For what these methods do not do. */
  S3Client client() {
    return client;
  }

  void makeBucket(String bucket) {
    client.createBucket(b -> b.bucket(bucket));
  }

  /** Uploads by several threads; a file system's copy into the folder would lack ETags. */
  void upload(String bucket, Map<String, byte[]> objects) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(UPLOADS_AT_ONCE);
    try {
      List<Future<?>> uploads = new ArrayList<>();
      objects.forEach(
          (key, bytes) ->
              uploads.add(
                  threads.submit(
                      () ->
                          client.putObject(
                              b -> b.bucket(bucket).key(key), RequestBody.fromBytes(bytes)))));
      for (Future<?> upload : uploads) {
        upload.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** All keys under a prefix. */
  List<String> keys(String bucket, String prefix) {
    return client.listObjectsV2Paginator(b -> b.bucket(bucket).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  byte[] read(String bucket, String key) {
    return client.getObjectAsBytes(b -> b.bucket(bucket).key(key)).asByteArray();
  }

  /** Copies a prefix into a local folder, under the same names. */
  Path download(String bucket, String prefix, Path folder) throws IOException {
    for (String key : keys(bucket, prefix)) {
      if (!key.endsWith("/")) {
        Path file = folder.resolve(key);
        Files.createDirectories(file.getParent());
        Files.write(file, read(bucket, key));
      }
    }
    return folder.resolve(prefix);
  }

  /** Keys of uploads that were begun and neither completed nor aborted. */
  List<String> pendingUploads(String bucket) {
    return client.listMultipartUploads(b -> b.bucket(bucket)).uploads().stream()
        .map(upload -> upload.key())
        .toList();
  }

  @Override
  public void close() {
    client.close();
    // It holds nothing that a test still wants.
    process.destroyForcibly();
  }

  /** A port that nothing listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String random(int length) {
    return UUID.randomUUID().toString().replace("-", "").substring(0, length);
  }
}
