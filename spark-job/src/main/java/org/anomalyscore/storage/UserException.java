package org.anomalyscore.storage;

/**
 * A fault of the user's input and not a bug in this program: exit code 3. The message says what
 * cannot be done, why, which value is the reason, and what to do. It has no stack trace: Spark
 * would print it for each attempt of a task, and push the message off the screen.
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
