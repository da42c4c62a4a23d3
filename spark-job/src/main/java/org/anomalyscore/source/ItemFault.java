package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a failure says of the one item at which it happened: the border at which everything that is
 * thrown becomes a reject, so that no file ends a run.
 *
 * @param reason for the table of rejects
 * @param message for the user
 */
record ItemFault(RejectReason reason, String message) {

  /**
   * Judges a failure.
   *
   * @param file that was read
   * @throws UserException if the storage as a whole is at fault
   * @throws LinkageError if the program is not installed completely
   */
  static ItemFault of(Throwable failure, Path file, Configuration hadoop) {
    if (failure instanceof RejectedImageException rejected) {
      return new ItemFault(rejected.reason(), rejected.getMessage());
    }
    if (failure instanceof UserException storage) {
      throw storage;
    }
    if (failure instanceof LinkageError incomplete) {
      throw incomplete;
    }
    if (failure instanceof OutOfMemoryError) {
      return new ItemFault(
          RejectReason.UNREADABLE,
          "reading or decoding it takes more memory than there was (%s). Give the program more, or"
                  .formatted(failure.getMessage())
              + " lower --max-pixels");
    }
    if (failure instanceof StackOverflowError) {
      return new ItemFault(
          RejectReason.UNREADABLE, "it is nested deeper than its reader can follow");
    }
    if (failure instanceof EOFException && !StorageFault.isOfS3(failure)) {
      // S3A has an end-of-file of its own, for a server that hangs up.
      return new ItemFault(RejectReason.TRUNCATED, failure.toString());
    }
    if (failure instanceof IOException broken) {
      StorageFault.requireStorage(file, hadoop, broken);
    }
    // The parsers of Parquet, tar and ZIP throw unchecked exceptions at damaged bytes.
    return new ItemFault(RejectReason.UNREADABLE, failure.toString());
  }
}
