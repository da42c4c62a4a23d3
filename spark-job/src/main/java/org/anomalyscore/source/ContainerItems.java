package org.anomalyscore.source;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;

/**
 * What a container becomes in a listing: an item an image; and, for what keeps it or the rest of it
 * from being read, or if no image is in it, one item with that fault and the container's own path.
 */
final class ContainerItems implements Iterator<Item>, Closeable {
  private final Item file;
  private final Configuration hadoop;
  private MemberIndex index;
  private Item next;
  private long found;
  private boolean started;
  private boolean ended;

  ContainerItems(Item file, Configuration hadoop) {
    this.file = file;
    this.hadoop = hadoop;
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
        index = ContainerFormat.of(file.path()).index(file, hadoop);
      }
      Item member = index.next();
      if (member != null) {
        found++;
        return member;
      }
      close();
      return found > 0
          ? null
          : file.fault(
              RejectReason.EMPTY, "No image is in it: no member that ends in an image's extension");
    } catch (RejectedImageException e) {
      return fault(e.reason(), e.getMessage());
    } catch (IOException e) {
      // S3A has an end-of-file of its own, for a server that hangs up.
      if (e instanceof EOFException && !StorageFault.isOfS3(e)) {
        return fault(RejectReason.TRUNCATED, broken("it ends early", e));
      }
      StorageFault.requireStorage(new Path(file.path()), hadoop, e);
      return fault(RejectReason.UNREADABLE, broken("it cannot be read", e));
    } catch (RuntimeException e) {
      // The parsers of Parquet and tar throw unchecked exceptions at damaged bytes.
      return fault(RejectReason.UNREADABLE, broken("it cannot be read", e));
    }
  }

  private String broken(String what, Exception e) {
    return "%s (%s). The %d images found before that are scored; copy the file again"
        .formatted(what, e, found);
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
