package org.anomalyscore.source;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.sql.Row;

/**
 * Loads listed items within one task: reads, decodes and brings to the model's input size. A bad
 * item is a rejected image, never an exception; a storage that fails as a whole is a {@link
 * org.anomalyscore.storage.UserException}.
 *
 * <p>At most one container is open. Items may come in any order; sorted by (container, position),
 * each container is opened once and read forward. Not for several threads.
 */
public final class ItemReader implements Closeable {
  private final long maxPixels;
  private final long maxFileBytes;
  private final UnaryOperator<RgbImage> shape;
  private final Configuration hadoop;
  private String containerPath;
  private MemberReader container;

  /** See {@link ImageLoader}; {@code shape} brings a decoded image to the size that is wanted. */
  ItemReader(
      long maxPixels, long maxFileBytes, UnaryOperator<RgbImage> shape, Configuration hadoop) {
    this.maxPixels = maxPixels;
    this.maxFileBytes = maxFileBytes;
    this.shape = shape;
    this.hadoop = hadoop;
  }

  /**
   * Loads an item.
   *
   * @param row of {@link ImageFinder#SCHEMA}, columns in any order
   */
  public LoadedImage load(Row row) {
    return load(Item.of(row));
  }

  LoadedImage load(Item item) {
    long begin = System.nanoTime();
    long read = 0;
    String imageId = null;
    try {
      if (item.faultReason() != null) {
        throw new RejectedImageException(item.faultReason(), item.faultMessage());
      }
      requireSize(item.length());
      MemberReader members = item.container() == null ? null : open(item.container());
      byte[] bytes = members == null ? readFile(item) : members.read(item);
      read = System.nanoTime() - begin;
      requireSize(bytes.length);
      imageId = ContentHash.hex(bytes);
      RgbImage decoded =
          members == null
              ? ImageDecoder.decode(bytes, maxPixels)
              : members.decode(bytes, maxPixels);
      return new LoadedImage(
          item.path(),
          imageId,
          decoded.width(),
          decoded.height(),
          shape.apply(decoded),
          null,
          null,
          read);
    } catch (RejectedImageException e) {
      return LoadedImage.rejected(item.path(), imageId, e.reason(), e.getMessage(), read);
    } catch (IOException e) {
      // S3A has an end-of-file of its own, for a server that hangs up.
      boolean cut = e instanceof EOFException && !StorageFault.isOfS3(e);
      if (!cut) {
        String file = item.container() == null ? item.path() : item.container();
        StorageFault.requireStorage(new Path(file), hadoop, e);
      }
      return LoadedImage.rejected(
          item.path(),
          null,
          cut ? RejectReason.TRUNCATED : RejectReason.UNREADABLE,
          e.toString(),
          System.nanoTime() - begin);
    }
  }

  private void requireSize(long length) throws RejectedImageException {
    if (length > maxFileBytes) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "the file has " + length + " bytes, more than the limit of " + maxFileBytes);
    }
  }

  private byte[] readFile(Item item) throws IOException {
    Path source = new Path(item.path());
    try (InputStream in = source.getFileSystem(hadoop).open(source)) {
      return in.readAllBytes();
    }
  }

  private MemberReader open(String path) throws IOException, RejectedImageException {
    if (!path.equals(containerPath)) {
      close();
      try {
        container = ContainerFormat.of(path).open(new Path(path), hadoop);
      } catch (RuntimeException e) {
        // Parquet's parser of footers throws unchecked exceptions at damaged bytes.
        throw new IOException("cannot open " + path + ": " + e, e);
      }
      containerPath = path;
    }
    return container;
  }

  /** Closes the open container. The reader may be used again. */
  @Override
  public void close() {
    // Nothing was written, so nothing is lost where closing fails.
    IOUtils.cleanupWithLogger(null, container);
    container = null;
    containerPath = null;
  }
}
