package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import org.anomalyscore.pixels.RejectedImageException;

/** The image members of one container, one at a time. */
interface MemberIndex extends Closeable {

  /**
   * The next image member, which may be a fault of that member alone; null after the last.
   *
   * @throws RejectedImageException if the container is of a kind that is not read: what was found,
   *     what was expected
   * @throws IOException if it is damaged, or the storage failed
   */
  Item next() throws IOException, RejectedImageException;
}
