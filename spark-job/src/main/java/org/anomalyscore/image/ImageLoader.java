package org.anomalyscore.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import org.anomalyscore.table.ContentHash;
import org.anomalyscore.table.RejectReason;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads one file, decodes it and brings it to the model's input size, on an executor. A bad file is
 * a rejected image, never an exception.
 *
 * @param maxFileBytes larger files are rejected unread, since a file must fit into memory
 */
public record ImageLoader(Preprocessing preprocessing, long maxPixels, long maxFileBytes)
    implements Serializable {

  /** Loads the file at {@code path}, which the listing said has {@code length} bytes. */
  public LoadedImage load(String path, long length, Configuration hadoop) {
    if (length > maxFileBytes) {
      return LoadedImage.rejected(
          path,
          null,
          RejectReason.TOO_LARGE,
          "the file has " + length + " bytes, more than the limit of " + maxFileBytes);
    }
    long begin = System.nanoTime();
    byte[] file;
    Path source = new Path(path);
    try (InputStream in = source.getFileSystem(hadoop).open(source)) {
      file = in.readAllBytes();
    } catch (IOException e) {
      return LoadedImage.rejected(path, null, RejectReason.UNREADABLE, e.toString())
          .readIn(System.nanoTime() - begin);
    }
    long read = System.nanoTime() - begin;
    String imageId = ContentHash.hex(file);
    try {
      RgbImage decoded = ImageDecoder.decode(file, maxPixels);
      return new LoadedImage(
              path,
              imageId,
              decoded.width(),
              decoded.height(),
              preprocessing.apply(decoded),
              null,
              null)
          .readIn(read);
    } catch (RejectedImageException e) {
      return LoadedImage.rejected(path, imageId, e.reason(), e.getMessage()).readIn(read);
    }
  }
}
