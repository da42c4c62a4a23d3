package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.sql.Row;

/**
 * Loads listed items within one task: reads, decodes and brings to the model's input size. A bad
 * item is a rejected image, never an exception, whatever its reader or decoder throws; a storage
 * that fails as a whole is a {@link org.anomalyscore.storage.UserException}. No more bytes are read
 * than the limit allows.
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
    Path file = new Path(fileOf(item));
    try {
      if (item instanceof Item.Fault fault) {
        throw new RejectedImageException(fault.reason(), fault.message());
      }
      MemberReader members = null;
      byte[] bytes;
      if (item instanceof Item.Member member) {
        requireSize(member.length());
        members = open(member.container());
        bytes = members.read(member);
      } else {
        requireSize(((Item.File) item).length());
        bytes = readFile((Item.File) item);
      }
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
          members == null ? ImageDecoder.format(bytes) : members.format(bytes),
          shape.apply(decoded),
          null,
          null,
          read);
    } catch (Throwable e) {
      // Whatever a reader or decoder throws: no item ends a run.
      ItemFault fault = ItemFault.of(e, file, hadoop);
      return LoadedImage.rejected(
          item.path(),
          e instanceof IOException ? null : imageId,
          fault.reason(),
          fault.message(),
          read == 0 ? System.nanoTime() - begin : read);
    }
  }

  private static String fileOf(Item item) {
    return item instanceof Item.Member member ? member.container() : item.path();
  }

  private void requireSize(long length) throws RejectedImageException {
    if (length > maxFileBytes) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "the file has %d bytes or more, and the limit is %d".formatted(length, maxFileBytes));
    }
  }

  private byte[] readFile(Item.File file) throws IOException, RejectedImageException {
    if (file.etag() != null) {
      byte[] listed = Storage.readListed(file.source(), file.length(), file.etag(), hadoop);
      if (listed != null) {
        return listed;
      }
    }
    try (FSDataInputStream in = FileAccess.open(file.source(), hadoop)) {
      // The listed length is old, and what grows or has no end must not fill the memory.
      return in.readNBytes((int) Math.min(maxFileBytes + 1, Integer.MAX_VALUE - 8));
    }
  }

  private MemberReader open(String path) throws IOException, RejectedImageException {
    if (!path.equals(containerPath)) {
      close();
      container = ContainerFormat.of(path).open(new Path(path), hadoop);
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
