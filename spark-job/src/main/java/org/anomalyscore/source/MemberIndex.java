package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.anomalyscore.pixels.RejectReason;
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

  /** How many members were no images so far, by {@link ImageNames#kind}. */
  default Map<String, Long> passedOver() {
    return Map.of();
  }

  /**
   * Rejects a container that says itself that it has too many members: what they would cost is
   * known before the first.
   *
   * @param members that it claims
   * @param most that are listed
   */
  static void requireAtMost(long members, long most) throws RejectedImageException {
    if (members > most) {
      throw new RejectedImageException(RejectReason.TOO_LARGE, tooMany(most));
    }
  }

  /** Says of a container that it has more members than the user's limit. */
  static String tooMany(long most) {
    return "It holds more than %d members or claims to, which is the limit (--max-members). None is"
            .formatted(most)
        + " scored. Divide it, or raise the limit";
  }
}
