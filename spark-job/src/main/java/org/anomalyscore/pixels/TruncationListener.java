package org.anomalyscore.pixels;

import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Hears that a JPEG was cut off. The JDK's reader fills the missing rows with grey, returns as
 * though all were well, and says so only in a warning. Other warnings are libjpeg's remarks on odd
 * but whole files, which Pillow does not heed either.
 */
final class TruncationListener implements IIOReadWarningListener {
  private boolean truncated;

  boolean truncated() {
    return truncated;
  }

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    String text = warning.toLowerCase(Locale.ROOT);
    truncated |= text.contains("truncated") || text.contains("premature end");
  }
}
