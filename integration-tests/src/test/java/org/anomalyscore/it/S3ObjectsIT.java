package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.anomalyscore.storage.ExclusiveFile;
import org.anomalyscore.storage.PendingUploads;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a lease and a resume need of S3, asked of a server of the protocol through S3A. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ObjectsIT {

  private static final String BUCKET = "locks";

  private S3Server server;
  private FaultProxy proxy;
  private FileSystem fs;

  @BeforeAll
  void start() throws Exception {
    server = S3Server.once();
    server.makeBucket(BUCKET);
    proxy = new FaultProxy(server.port);
    Configuration conf = new Configuration();
    Storage.SETTINGS.forEach(conf::set);
    conf.set("fs.s3a.endpoint", proxy.endpoint());
    conf.set("fs.s3a.endpoint.region", "us-east-1");
    conf.set("fs.s3a.path.style.access", "true");
    conf.set("fs.s3a.access.key", server.accessKey);
    conf.set("fs.s3a.secret.key", server.secretKey);
    fs = FileSystem.get(new Path("s3a://" + BUCKET).toUri(), conf);
  }

  @AfterAll
  void stop() throws Exception {
    fs.close();
    proxy.close();
  }

  @Test
  void theFirstCreatesAndTheSecondChangesNothing() throws Exception {
    Path path = new Path("s3a://locks/tables/lease");
    assertTrue(ExclusiveFile.create(fs, path, bytes("first")));
    assertFalse(ExclusiveFile.create(fs, path, bytes("second")));
    try (var in = fs.open(path)) {
      assertArrayEquals(bytes("first"), in.readAllBytes());
    }
    assertTrue(fs.delete(path, false));
    assertTrue(ExclusiveFile.create(fs, path, bytes("third")));
  }

  @Test
  void oneOfManyWins() throws Exception {
    int writers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      for (int round = 0; round < 10; round++) {
        Path path = new Path("s3a://locks/race/" + round);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
          answers.add(
              threads.submit(
                  () -> {
                    start.await();
                    // The same bytes from all: what they hold must not decide.
                    return ExclusiveFile.create(fs, path, bytes("x"));
                  }));
        }
        start.countDown();
        int winners = 0;
        for (Future<Boolean> answer : answers) {
          winners += answer.get() ? 1 : 0;
        }
        assertEquals(1, winners);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whoeverCreatedItIsToldSoThoughTheAnswerWasLost() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    proxy.rule(
        request ->
            request.method().equals("PUT") && puts.incrementAndGet() == 1
                ? FaultProxy.Verdict.CUT
                : FaultProxy.Verdict.PASS);
    assertTrue(ExclusiveFile.create(fs, new Path("s3a://locks/lost/lease"), bytes("x")));
    assertEquals(3, puts.get(), "cut off, asked again, and the look whether the server refuses");
    proxy.rule(request -> FaultProxy.Verdict.PASS);
  }

  @Test
  void aListedObjectIsReadByOneRequestAndOnlyIfItIsStillTheSame() throws Exception {
    Path path = new Path("s3a://locks/images/a.png");
    write(path, "first");
    FileStatus listed = fs.listStatus(path.getParent())[0];
    String etag = ((EtagSource) listed).getEtag();
    int before = proxy.requests().size();
    assertArrayEquals(bytes("first"), Storage.readListed(path, 5, etag, fs.getConf()));
    assertEquals(
        List.of("GET"),
        proxy.requests().stream().skip(before).map(FaultProxy.Request::method).toList());
    for (String other : List.of("other", "longer than before", "")) {
      write(path, other);
      assertNull(Storage.readListed(path, 5, etag, fs.getConf()), other);
    }
    assertTrue(fs.delete(path, false));
    assertThrows(
        FileNotFoundException.class, () -> Storage.readListed(path, 5, etag, fs.getConf()));
  }

  private void write(Path path, String text) throws IOException {
    try (var out = fs.create(path, true)) {
      out.write(bytes(text));
    }
  }

  @Test
  void uploadsUnderTheFolderAreAbortedAndNoOthers() throws Exception {
    for (String key : List.of("t/scores/a", "t/scores/b", "t/runs/c", "tt/d")) {
      server.client().createMultipartUpload(b -> b.bucket(BUCKET).key(key));
    }
    assertEquals(4, server.pendingUploads(BUCKET).size());
    assertEquals(3, PendingUploads.abort(fs, new Path("s3a://locks/t")));
    assertEquals(List.of("tt/d"), server.pendingUploads(BUCKET));
    assertEquals(0, PendingUploads.abort(fs, new Path("s3a://locks/t")));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
