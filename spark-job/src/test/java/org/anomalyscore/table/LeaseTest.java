package org.anomalyscore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

  /** A twentieth of the job's own; a busy machine may still pause a thread for a second. */
  private static final Lease.Times TIMES =
      new Lease.Times(Duration.ofMillis(500), Duration.ofMillis(2250), Duration.ofMillis(3000));

  @TempDir Path folder;

  private static TableRow run(String dataset) {
    return Run.start("score")
        .row()
        .with("status", Run.INTERRUPTED)
        .with("dataset", dataset)
        .with("config_id", "c1")
        .with("configuration", "{}");
  }

  private Lease take(String dataset, Runnable onLoss) throws IOException {
    return Lease.take(
        FileSystem.getLocal(new Configuration()),
        new org.apache.hadoop.fs.Path(folder.toString()),
        run(dataset),
        onLoss,
        TIMES);
  }

  private Lease take(String dataset) throws IOException {
    return take(dataset, () -> {});
  }

  private List<TableRow> unfinished() throws IOException {
    return Lease.unfinished(
        FileSystem.getLocal(new Configuration()), new org.apache.hadoop.fs.Path(folder.toString()));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static long endedProcess() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }

  /** Changes the owner that a lease names. */
  private void rewrite(String file, Map<String, Object> changes) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    Map<String, Object> content = new java.util.TreeMap<>();
    json.readTree(folder.resolve(file).toFile())
        .fields()
        .forEachRemaining(field -> content.put(field.getKey(), field.getValue()));
    content.putAll(changes);
    Path whole = folder.resolve("whole");
    json.writeValue(whole.toFile(), content);
    Files.move(whole, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void theSecondRunIsToldWhoWrites() throws IOException {
    try (Lease first = take("cats")) {
      String message = assertThrows(UserException.class, () -> take("dogs")).getMessage();
      assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
      assertTrue(message.contains(folder.toString()), message);
      first.requireHeld();
      first.release();
    }
    assertEquals(List.of(), files());
    try (Lease second = take("dogs")) {
      assertEquals(List.of(), second.interrupted());
      second.release();
    }
  }

  @Test
  void aLeaseOfAnEndedProcessIsTakenOverAtOnceAndItsRunReported() throws Exception {
    take("cats").close();
    rewrite("_lease.1", Map.of("pid", endedProcess()));
    long begin = System.nanoTime();
    try (Lease second = take("dogs")) {
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10));
      assertEquals(List.of("_lease.1", "_lease.2"), files());
      second.forgetInterrupted();
      assertEquals(List.of("_lease.2"), files());
      TableRow left = second.interrupted().get(0);
      assertEquals("cats", left.get("dataset"));
      assertEquals("interrupted", left.get("status"));
      assertTrue((Double) left.get("seconds") >= 0);
      left.toRow();
      second.release();
    }
  }

  @Test
  void whatBecameKnownOfAKilledRunIsReported() throws Exception {
    try (Lease first = take("cats")) {
      first.describe(run("cats").with("arithmetic", "[\"float32, cpu\"]"));
      first.requireHeld();
    }
    rewrite("_lease.1", Map.of("pid", endedProcess()));
    try (Lease second = take("dogs")) {
      assertEquals("[\"float32, cpu\"]", second.interrupted().get(0).get("arithmetic"));
      assertEquals("interrupted", second.interrupted().get(0).get("status"));
      second.release();
    }
  }

  @Test
  void aLeaseOfAnotherMachineIsDeadAfterItsSilenceAndAliveWhenItMoves() throws Exception {
    take("cats").close();
    rewrite("_lease.1", Map.of("kernel", "another", "host", "node7"));
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try {
      Future<Lease> waiting = pool.submit((Callable<Lease>) () -> take("dogs"));
      TimeUnit.MILLISECONDS.sleep(TIMES.renewal().toMillis());
      assertFalse(waiting.isDone());
      // As its owner does; once would not do, where the newcomer has not read it before.
      for (int renewals = 1; !waiting.isDone(); renewals++) {
        rewrite("_lease.1", Map.of("renewals", renewals));
        TimeUnit.MILLISECONDS.sleep(TIMES.renewal().toMillis());
      }
      Throwable cause = assertThrows(ExecutionException.class, waiting::get).getCause();
      assertTrue(cause.getMessage().contains("node7"), cause.getMessage());
      long begin = System.nanoTime();
      try (Lease second = take("dogs")) {
        assertTrue(System.nanoTime() - begin >= TIMES.expiry().toNanos());
        second.forgetInterrupted();
        assertEquals(List.of("_lease.2"), files());
        second.release();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void anOwnerThatCannotRenewStopsBeforeANewcomerStarts() {
    Lease.Times job = Lease.Times.DEFAULT;
    assertTrue(job.trust().plus(job.renewal()).compareTo(job.expiry()) < 0);
    assertEquals(Duration.ofSeconds(60), job.expiry());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Lease.Times(job.renewal(), job.expiry(), job.trust()));
  }

  @Test
  void ofManyAtOnceOneGetsIt() throws Exception {
    take("dead").close();
    rewrite("_lease.1", Map.of("pid", endedProcess()));
    int many = 8;
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService pool = Executors.newFixedThreadPool(many);
    try {
      List<Future<Lease>> racers = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        racers.add(
            pool.submit(
                (Callable<Lease>)
                    () -> {
                      start.await();
                      return take("live");
                    }));
      }
      start.countDown();
      int won = 0;
      for (Future<Lease> racer : racers) {
        try {
          racer.get().requireHeld();
          won++;
        } catch (ExecutionException e) {
          assertEquals(UserException.class, e.getCause().getClass(), e::toString);
        }
      }
      assertEquals(1, won);
      assertEquals(List.of("_lease.1", "_lease.2"), files());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aLostLeaseStopsItsRun() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    try (Lease lease = take("cats", told::countDown)) {
      Files.delete(folder.resolve("_lease.1"));
      assertTrue(told.await(30, TimeUnit.SECONDS));
      String message = assertThrows(UserException.class, lease::requireHeld).getMessage();
      assertTrue(message.contains("lost the right"), message);
      lease.release();
    }
    assertEquals(List.of(), files());
  }

  @Test
  void theLivingRenewAndAreListed() throws Exception {
    try (Lease lease = take("cats")) {
      byte[] before = Files.readAllBytes(folder.resolve("_lease.1"));
      TimeUnit.MILLISECONDS.sleep(3 * TIMES.renewal().toMillis());
      assertFalse(java.util.Arrays.equals(before, Files.readAllBytes(folder.resolve("_lease.1"))));
      assertEquals("cats", unfinished().get(0).get("dataset"));
      lease.requireHeld();
      lease.release();
    }
  }

  @Test
  void aLeaseThatIsBeingRewrittenIsReadAgain() throws Exception {
    take("cats").close();
    byte[] content = Files.readAllBytes(folder.resolve("_lease.1"));
    Files.write(folder.resolve("_lease.1"), new byte[0]);
    Future<Path> rewritten =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.write(folder.resolve("_lease.1"), content);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            CompletableFuture.delayedExecutor(60, TimeUnit.MILLISECONDS));
    assertEquals("cats", unfinished().get(0).get("dataset"));
    rewritten.get();
  }

  @Test
  void anOwnerKilledBeforeItSaidWhoItWasLeavesNoRow() throws Exception {
    Files.createFile(folder.resolve("_lease.1"));
    rewriteAsUnknown();
    try (Lease lease = take("cats")) {
      assertEquals(List.of(), lease.interrupted());
      lease.forgetInterrupted();
      lease.release();
    }
    assertNull(files().stream().filter(name -> name.startsWith("_lease")).findAny().orElse(null));
  }

  /** An empty file would be watched until it expires; an ended process of this machine is not. */
  private void rewriteAsUnknown() throws Exception {
    Map<String, Object> owner = LeaseOwner.thisProcess().asMap();
    owner.put("pid", endedProcess());
    JsonMapper.builder().build().writeValue(folder.resolve("_lease.1").toFile(), owner);
  }

  /** What cannot be understood is an unknown owner's: never a trace, nor the word of a dead one. */
  @Test
  void oddFieldsAreOfAnUnknownOwner() throws Exception {
    Map<String, Object> owner = LeaseOwner.thisProcess().asMap();
    for (Object odd : new Object[] {"many", -1, 0, true, List.of(), Map.of()}) {
      owner.put("pid", odd);
      assertEquals(LeaseOwner.State.UNKNOWN, LeaseOwner.of(owner).state(), odd.toString());
    }
    owner.remove("pid");
    assertEquals(LeaseOwner.State.UNKNOWN, LeaseOwner.of(owner).state());
    owner.put("pid", endedProcess());
    owner.put("started", "yesterday");
    assertEquals(LeaseOwner.State.UNKNOWN, LeaseOwner.of(owner).state());
  }

  @Test
  void aRunThatCannotBeUnderstoodLeavesNoRow() throws Exception {
    Map<String, Object> row = run("cats").asMap();
    for (Map<String, Object> odd :
        List.<Map<String, Object>>of(
            Map.of("started_at", "yesterday"),
            Map.of("started_at", 5),
            Map.of("run_id", 7),
            Map.of("seconds", "long"),
            Map.of("dataset", List.of("a")))) {
      take("cats").close();
      Map<String, Object> changed = new java.util.TreeMap<>();
      row.forEach((key, value) -> changed.put(key, value));
      changed.putAll(odd);
      rewrite("_lease.1", Map.of("pid", endedProcess(), "run", changed));
      try (Lease second = take("dogs")) {
        assertEquals(List.of(), second.interrupted(), odd.toString());
        second.forgetInterrupted();
        second.release();
      }
    }
    take("cats").close();
    rewrite("_lease.1", Map.of("pid", endedProcess(), "run", Map.of("run_id", "x")));
    assertNull(unfinished().get(0).get("dataset"));
  }

  @Test
  void aFolderOrTheHighestNumberIsNamed() throws Exception {
    Files.createDirectory(folder.resolve("_lease.7"));
    String message = assertThrows(UserException.class, () -> take("cats")).getMessage();
    assertTrue(message.contains("_lease.7") && message.contains("remove it"), message);
    Files.delete(folder.resolve("_lease.7"));
    take("cats").close();
    rewrite("_lease.1", Map.of("pid", endedProcess()));
    Files.move(folder.resolve("_lease.1"), folder.resolve("_lease.999999999"));
    message = assertThrows(UserException.class, () -> take("cats")).getMessage();
    assertTrue(message.contains("_lease.999999999") && message.contains("remove it"), message);
  }
}
