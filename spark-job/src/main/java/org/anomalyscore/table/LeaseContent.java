package org.anomalyscore.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the file of a {@link Lease} holds: its owner, and the run's row as far as it is known. */
final class LeaseContent {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseContent.class);

  private LeaseContent() {}

  static byte[] bytes(Map<String, Object> content) {
    return Json.write(content).getBytes(StandardCharsets.UTF_8);
  }

  /** Empty for what is no lease: an owner that was killed while it wrote. */
  static Map<String, Object> parse(byte[] bytes) {
    try {
      return Json.readObject(bytes);
    } catch (IOException e) {
      return new TreeMap<>();
    }
  }

  static String runId(Map<String, Object> content) {
    return content.get("run") instanceof Map<?, ?> run ? String.valueOf(run.get("run_id")) : "";
  }

  /** Null where the owner was killed before it could say who it was, or the file was damaged. */
  static TableRow runRow(Map<String, Object> content) {
    if (!(content.get("run") instanceof Map<?, ?> run)) {
      return null;
    }
    try {
      return TableRow.of(Table.RUNS, run);
    } catch (IllegalArgumentException e) {
      LOG.warn("A lease names a run that cannot be understood: {}", e.getMessage());
      return null;
    }
  }

  static TableRow interruptedRow(Map<String, Object> content, long lastSeenMillis) {
    TableRow row = runRow(content);
    if (row == null) {
      return null;
    }
    long started = ((Timestamp) row.get("started_at")).getTime();
    return row.with("status", Run.INTERRUPTED)
        .with("seconds", Math.max(0, lastSeenMillis - started) / 1000.0);
  }
}
