package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.ImageReader;

/**
 * Decodes image files to the levels that Pillow's {@code Image.open(file).convert("RGB")} gives.
 *
 * <p>PNG, JPEG, WebP, GIF (first frame), BMP and TIFF (first page). Alpha is dropped, never
 * blended; ICC profiles, gamma and the EXIF orientation of a JPEG or PNG are not applied, a TIFF's
 * orientation is; 16-bit colour keeps its high byte, while 16-bit grey is cut off at 255: all as
 * Pillow does.
 */
public final class ImageDecoder {

  /** The longest side that libpng reads by default; a crafted file has one, a picture does not. */
  private static final int LONGEST_SIDE = 1_000_000;

  /** Above this the samples of an RGBA image do not fit into one Java array. */
  private static final long MOST_PIXELS = Integer.MAX_VALUE / 4;

  private ImageDecoder() {}

  /**
   * Whether a file is of a format that is read here, by its first bytes.
   *
   * @param start at least 32 bytes, or the whole file
   */
  public static boolean isImage(byte[] start) {
    ImageFormat format = ImageFormat.of(start);
    // "BM" begins many a text; the length of a bitmap's header is below 256.
    return format != null
        && (format != ImageFormat.BMP
            || (start.length > 17 && start[14] != 0 && start[15] + start[16] + start[17] == 0));
  }

  /**
   * Decodes a whole file.
   *
   * @param file the encoded bytes
   * @param maxPixels the most pixels (width times height) that are decoded; more are told from the
   *     header, at no cost
   * @throws RejectedImageException if no image can be made of the bytes
   * @throws OutOfMemoryError if an image within {@code maxPixels} does not fit into memory: that is
   *     not the file's fault
   */
  public static RgbImage decode(byte[] file, long maxPixels) throws RejectedImageException {
    if (file.length == 0) {
      throw new RejectedImageException(RejectReason.EMPTY, "The file has no bytes");
    }
    ImageFormat format = ImageFormat.of(file);
    if (format == null) {
      throw new RejectedImageException(
          RejectReason.NOT_AN_IMAGE,
          "Not a PNG, JPEG, WebP, GIF, BMP or TIFF file: it begins with the bytes "
              + HexFormat.ofDelimiter(" ")
                  .formatHex(Arrays.copyOf(file, Math.min(8, file.length))));
    }
    ByteArrayImageInput input = new ByteArrayImageInput(file);
    RgbImage image;
    try {
      image = decode(format, file, input, maxPixels);
    } catch (IOException | RuntimeException e) {
      throw rejected(format, input, e);
    }
    return image;
  }

  private static RgbImage decode(
      ImageFormat format, byte[] file, ByteArrayImageInput input, long maxPixels)
      throws IOException, RejectedImageException {
    ImageReader reader = format.newReader();
    try {
      TruncationListener listener = new TruncationListener();
      reader.addIIOReadWarningListener(listener);
      // The JDK's readers look at metadata only where asked to: text chunks can be bombs too.
      boolean metadata = format == ImageFormat.GIF || format == ImageFormat.TIFF;
      reader.setInput(input, false, !metadata);
      FormatDecoder decoder =
          new FormatDecoder(reader, (width, height) -> checkSize(format, width, height, maxPixels));
      RgbImage image =
          switch (format) {
            case PNG -> decoder.png(file);
            case JPEG -> decoder.jpeg(file);
            case WEBP -> {
              WebPContainer container = WebPContainer.of(file);
              reader.setInput(new ByteArrayImageInput(container.stillFile()));
              yield decoder.webp(container);
            }
            case GIF -> decoder.gif(file);
            case BMP -> decoder.bmp();
            case TIFF -> decoder.tiff();
          };
      if (listener.truncated() || input.ranOut()) {
        throw truncated(format, null);
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  private static void checkSize(ImageFormat format, int width, int height, long maxPixels)
      throws RejectedImageException {
    if (width < 1 || height < 1) {
      throw new RejectedImageException(
          RejectReason.NOT_AN_IMAGE,
          "Damaged %s file: its header says %d x %d pixels".formatted(format, width, height));
    }
    long limit = Math.min(maxPixels, MOST_PIXELS);
    if ((long) width * height > limit || Math.max(width, height) > LONGEST_SIDE) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "%s of %d x %d pixels: the limits are %d pixels in all and %d a side"
              .formatted(format, width, height, limit, LONGEST_SIDE));
    }
  }

  private static RejectedImageException rejected(
      ImageFormat format, ByteArrayImageInput input, Exception e) {
    boolean ended = input.ranOut();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError error) {
        // ImageIO wraps it into an IIOException, as though the file were bad.
        throw error;
      }
      ended |= cause instanceof EOFException;
    }
    return ended
        ? truncated(format, e)
        : new RejectedImageException(
            RejectReason.NOT_AN_IMAGE, "Damaged %s file: %s".formatted(format, e), e);
  }

  private static RejectedImageException truncated(ImageFormat format, Exception cause) {
    return new RejectedImageException(
        RejectReason.TRUNCATED,
        "The %s file ends before its image does: copy it again".formatted(format),
        cause);
  }
}
