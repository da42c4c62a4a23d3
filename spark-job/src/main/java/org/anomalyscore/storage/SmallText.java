package org.anomalyscore.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Text that a person writes, as a model's card: read whole, but never without a limit. */
public final class SmallText {

  /** A thousand times the usual card or manifest, and little for a parser. */
  public static final int MOST_BYTES = 1 << 20;

  private SmallText() {}

  /**
   * Reads all of a stream as UTF-8.
   *
   * @param what for the message, as {@code The model card x}
   * @throws UserException if there is more than {@value #MOST_BYTES} bytes of it
   */
  public static String read(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new UserException(
          what
              + " has more than 1 MiB, so that it is not read: this is another file than its name"
              + " says. Give the file that you mean.");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
