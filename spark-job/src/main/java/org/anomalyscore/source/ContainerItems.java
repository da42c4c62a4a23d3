package org.anomalyscore.source;

import java.io.Closeable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.IOUtils;

/**
 * What a container becomes in a listing: an item an image; and, for what keeps it or the rest of it
 * from being read, or if no image is in it, one item with that fault and the container's own path.
 */
final class ContainerItems implements Iterator<Item>, Closeable {
  private final Item.File file;
  private final Configuration hadoop;
  private final long mostMembers;
  private final PassedOver passedOver;
  private MemberIndex index;
  private Item next;
  private long found;
  private boolean started;
  private boolean ended;

  /**
   * @param mostMembers images; a container with more is at fault
   * @param passedOver learns at the end of what is no image in it
   */
  ContainerItems(Item.File file, Configuration hadoop, long mostMembers, PassedOver passedOver) {
    this.file = file;
    this.hadoop = hadoop;
    this.mostMembers = mostMembers;
    this.passedOver = passedOver;
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = advance();
    }
    return next != null;
  }

  private Item advance() {
    try {
      if (!started) {
        started = true;
        if (file.length() == 0) {
          return fault(RejectReason.EMPTY, "The file has no bytes");
        }
        index = ContainerFormat.of(file.path()).index(file, hadoop, mostMembers);
      }
      Item member = index.next();
      if (member == null) {
        passedOver.add(new PassedOver.Counts(file.path(), index.passedOver()));
        close();
        return found > 0
            ? null
            : file.fault(
                RejectReason.EMPTY,
                "No image is in it: no member that ends in an image's extension");
      }
      found++;
      return found > mostMembers ? fault(RejectReason.TOO_LARGE, tooMany(mostMembers)) : member;
    } catch (RejectedImageException e) {
      return fault(e.reason(), e.getMessage());
    } catch (Throwable e) {
      // Whatever its parser throws: no container ends a run.
      ItemFault fault = ItemFault.of(e, file.source(), hadoop);
      String what =
          fault.reason() == RejectReason.TRUNCATED ? "it ends early" : "it cannot be read";
      return fault(
          fault.reason(),
          "%s (%s). The %d images found before that are scored; copy the file again"
              .formatted(what, fault.message(), found));
    }
  }

  private String tooMany(long limit) {
    return "It holds more images than the limit of %d (--max-members). The first %d are scored."
            .formatted(limit, limit)
        + " Divide it, or raise the limit";
  }

  private Item fault(RejectReason reason, String message) {
    close();
    return file.fault(reason, message);
  }

  @Override
  public Item next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Item result = next;
    next = null;
    return result;
  }

  @Override
  public void close() {
    ended = true;
    // Nothing was written, so nothing is lost where closing fails.
    IOUtils.cleanupWithLogger(null, index);
    index = null;
  }
}
