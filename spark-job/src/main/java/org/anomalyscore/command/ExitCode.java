package org.anomalyscore.command;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the exit code of the process says. */
public enum ExitCode {
  DONE(0, "done"),
  BUG(1, "a bug in this program; the stack trace belongs in a bug report"),
  WRONG_USAGE(2, "wrong usage"),
  BAD_INPUT(
      3,
      "bad input, or a generator of a benchmark failed; the message says what, why and what to do"),
  TOO_MANY_REJECTS(4, "too many images were rejected (everything is written nevertheless)"),
  ALERT(5, "an alert of benchmark: a generated set became less natural (everything is written)");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number that the process ends with. */
  public int code() {
    return code;
  }

  /** In words, for the help and the documentation. */
  public String meaning() {
    return meaning;
  }

  /** Number and meaning of all codes, as picocli lists them. */
  public static Map<String, String> list() {
    Map<String, String> list = new LinkedHashMap<>();
    for (ExitCode each : values()) {
      list.put(Integer.toString(each.code), each.meaning);
    }
    return list;
  }
}
