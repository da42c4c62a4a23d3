package org.anomalyscore.storage;

/**
 * The user's fault, not ours: exit code 3. The message says what cannot be done, why, which value
 * stands in the way, and what to do. It has no stack trace: Spark would print it for each attempt
 * of a task, and push the message off the screen.
 */
public final class UserException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A fault that has no deeper cause worth showing. */
  public UserException(String message) {
    this(message, null);
  }

  /** A fault found through another exception, kept for debug logs. */
  public UserException(String message, Throwable cause) {
    super(message, cause, true, false);
  }
}
