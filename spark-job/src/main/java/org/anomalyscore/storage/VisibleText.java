package org.anomalyscore.storage;

import java.util.Locale;

/**
 * Foreign text as it is shown. Markup is left to the template's escaping; this is against text that
 * shows another order or length than it has: controls, and marks that turn the direction of what
 * follows (as in {@code photo[RLO]gnp.exe}), stand as {@code [U+202E]}.
 */
public final class VisibleText {

  private VisibleText() {}

  /** A name as one piece of a line. */
  public static String of(String text) {
    return of(text, "");
  }

  /** A message of several lines, whose line ends and tabs stay. */
  public static String ofLines(String text) {
    return of(text, "\n\t");
  }

  private static String of(String text, String kept) {
    StringBuilder shown = null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (isHidden(c) && kept.indexOf(c) < 0) {
        if (shown == null) {
          shown = new StringBuilder(text.substring(0, i));
        }
        shown.append(String.format(Locale.ROOT, "[U+%04X]", c));
      } else if (shown != null) {
        shown.appendCodePoint(c);
      }
      i = next;
    }
    return shown == null ? text : shown.toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          true;
      // Joiners belong to the writing of many languages and to emoji.
      case Character.FORMAT -> c != 0x200C && c != 0x200D;
      default -> false;
    };
  }
}
