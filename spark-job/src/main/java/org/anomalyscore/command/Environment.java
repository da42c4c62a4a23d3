package org.anomalyscore.command;

/** The variables of the process, in one place that knows them. */
public final class Environment {

  private Environment() {}

  /** The value of a variable; null if it is not set. */
  public static String variable(String name) {
    return System.getenv(name);
  }
}
