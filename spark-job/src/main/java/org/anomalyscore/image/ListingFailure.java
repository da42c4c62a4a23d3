package org.anomalyscore.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import org.anomalyscore.table.UserException;
import org.apache.hadoop.security.AccessControlException;

/** Tells the user's faults among failed listings from the storage's. */
final class ListingFailure {
  private ListingFailure() {}

  static RuntimeException of(String path, IOException e) {
    if (e instanceof AccessControlException || e instanceof AccessDeniedException) {
      return new UserException(
          "Cannot look for images in '%s': no permission to list it (%s). Grant the user that runs"
                  .formatted(path, e.getMessage())
              + " the job read access to the folder and all below it",
          e);
    }
    if (e instanceof FileNotFoundException) {
      return new UserException(
          "Cannot look for images in '%s': a file or folder is not there, or was removed meanwhile"
                  .formatted(path)
              + " (%s). Start again when nothing writes there".formatted(e.getMessage()),
          e);
    }
    return new UncheckedIOException("Cannot list '%s'".formatted(path), e);
  }
}
