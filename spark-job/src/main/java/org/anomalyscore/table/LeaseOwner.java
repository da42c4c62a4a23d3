package org.anomalyscore.table;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The process that holds a lease.
 *
 * @param host for people
 * @param kernel names the running kernel and the space of process ids in it, so that two containers
 *     of one name differ; empty where there is none to read, which is elsewhere than on Linux
 * @param started milliseconds of the process's start, since process ids are used again
 */
record LeaseOwner(String host, String kernel, long pid, long started) {

  /** What can be known of a process from here. */
  enum State {
    RUNNING,
    ENDED,
    UNKNOWN
  }

  static LeaseOwner thisProcess() {
    ProcessHandle handle = ProcessHandle.current();
    return new LeaseOwner(hostName(), thisKernel(), handle.pid(), startOf(handle));
  }

  static LeaseOwner of(Map<String, Object> content) {
    return new LeaseOwner(
        String.valueOf(content.get("host")),
        content.get("kernel") instanceof String kernel ? kernel : "",
        content.get("pid") instanceof Number pid ? pid.longValue() : -1,
        content.get("started") instanceof Number started ? started.longValue() : -1);
  }

  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("host", host);
    map.put("kernel", kernel);
    map.put("pid", pid);
    map.put("started", started);
    return map;
  }

  State state() {
    // A number that is missing or odd says nothing; most of all not that its process has ended.
    if (kernel.isEmpty() || !kernel.equals(thisKernel()) || pid < 1 || started < 0) {
      return State.UNKNOWN;
    }
    // Where other users' processes are hidden, process 1 is.
    if (!Files.exists(Path.of("/proc/1/stat"))) {
      return State.UNKNOWN;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isEmpty() || isZombie(pid)) {
      return State.ENDED;
    }
    // Another start may mean another process, or that the machine's clock was set.
    return startOf(process.get()) == started ? State.RUNNING : State.UNKNOWN;
  }

  boolean isThisProcess() {
    return kernel.equals(thisKernel())
        && pid == ProcessHandle.current().pid()
        && started == startOf(ProcessHandle.current());
  }

  private static long startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Killed, but its parent did not ask yet; Java counts it as alive. */
  private static boolean isZombie(long pid) {
    try {
      // "PID (NAME) STATE ..."; the name may hold anything.
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String thisKernel() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
