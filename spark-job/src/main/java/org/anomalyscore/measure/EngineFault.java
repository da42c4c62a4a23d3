package org.anomalyscore.measure;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.anomalyscore.storage.UserException;

/**
 * What PyTorch said when a feature model failed, in one sentence, and the remedy that belongs to
 * it. Its messages begin with a trace of the module's source, and some end with pages on its own
 * inside; the one line that says why lies between.
 */
public final class EngineFault {

  private static final Pattern ERROR = Pattern.compile("^[\\w.:]*(Error|Exception)\\b.*");

  /** Enough for a sentence; some lines go on for pages. */
  private static final int MOST_CHARACTERS = 300;

  private EngineFault() {}

  /**
   * The message for a model that failed.
   *
   * @param what it does not do, as {@code gives no gradient}
   * @param otherwise the remedy where the engine's words name no other cause
   */
  static UserException of(String model, String what, Throwable failure, String otherwise) {
    return new UserException(
        "The feature model "
            + model
            + " "
            + what
            + ". PyTorch says: "
            + said(failure)
            + " "
            + remedy(failure, otherwise));
  }

  /** The last line that names an error, else the last that is not blank; ends with a full stop. */
  public static String said(Throwable failure) {
    List<String> lines =
        String.valueOf(failure.getMessage())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    String last =
        lines.stream()
            .filter(line -> ERROR.matcher(line).matches())
            .reduce((first, second) -> second)
            .orElse(lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1));
    if (last.length() > MOST_CHARACTERS) {
      last = last.substring(0, MOST_CHARACTERS).strip() + " …";
    }
    return last.endsWith(".") ? last : last + ".";
  }

  /** Whether the machine or GPU has too little memory. */
  public static boolean isWantOfMemory(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("can't allocate memory") || message.contains("out of memory");
  }

  private static String remedy(Throwable failure, String otherwise) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (isWantOfMemory(failure)) {
      return "Its memory does not suffice: give a smaller --batch-size, or let fewer tasks share a"
          + " machine or GPU.";
    }
    if (message.contains("'cuda' backend")
        || message.contains("no nvidia driver")
        || message.contains("not compiled with cuda")
        || message.contains("not linked with support for cuda")) {
      return "The name of a GPU stands inside the module, as it does where it was traced on one."
          + " Export it on the CPU, and name no device in its code.";
    }
    if (message.contains("half") || message.contains("bfloat16")) {
      return "It holds weights of 16 bits, in which complexity would measure rounding. Export it"
          + " after module.float().";
    }
    if (message.contains("assertionerror") || message.contains("torch.jit.error")) {
      return "The module's own code refuses its input: correct that code, or the card if the card"
          + " is wrong.";
    }
    return otherwise;
  }
}
