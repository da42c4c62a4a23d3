package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

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
   * The format of a file, by its first bytes.
   *
   * @param file at least 32 bytes, or the whole file
   * @return as {@code png}; null if it is none that is read here
   */
  public static String format(byte[] file) {
    ImageFormat format = ImageFormat.of(file);
    return format == null ? null : format.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Decodes a whole file.
   *
   * @param file the encoded bytes
   * @param maxPixels the most pixels (width times height) that are decoded; more are told from the
   *     header, at no cost
   * @throws RejectedImageException if no image can be made of the bytes, whatever their decoder
   *     threw
   * @throws LinkageError if the decoder itself cannot be loaded
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
    DecodingTime time = new DecodingTime();
    return orReject(format, time, reader -> decode(format, file, reader, time, maxPixels));
  }

  /** The work of one format's decoder. */
  @FunctionalInterface
  interface Decoding {
    RgbImage with(JdkReader reader) throws IOException, RejectedImageException;
  }

  /**
   * The border of one file: whatever a decoder throws becomes a reject of its file, errors such as
   * an overflown stack too.
   *
   * @throws LinkageError since a decoder without its native library decodes no file at all: that is
   *     the machine's fault
   */
  static RgbImage orReject(ImageFormat format, DecodingTime time, Decoding decoding)
      throws RejectedImageException {
    try (JdkReader reader = new JdkReader(time)) {
      try {
        RgbImage image = decoding.with(reader);
        if (reader.truncated()) {
          throw truncated(format, null);
        }
        return image;
      } catch (RejectedImageException | LinkageError e) {
        throw e;
      } catch (Throwable e) {
        throw rejected(format, reader.truncated(), time, e);
      }
    }
  }

  private static RgbImage decode(
      ImageFormat format, byte[] file, JdkReader reader, DecodingTime time, long maxPixels)
      throws IOException, RejectedImageException {
    FormatDecoder decoder =
        new FormatDecoder(
            reader,
            time,
            (width, height) -> {
              checkSize(format, width, height, maxPixels);
              time.allow((long) width * height);
            });
    return switch (format) {
      case PNG -> decoder.png(file);
      case JPEG -> decoder.jpeg(file);
      case WEBP -> decoder.webp(file);
      case GIF -> decoder.gif(file);
      case BMP -> decoder.bmp(file);
      case TIFF -> decoder.tiff(file);
    };
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
      ImageFormat format, boolean truncated, DecodingTime time, Throwable e) {
    boolean ended = truncated;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      // ImageIO wraps the want of memory into an IIOException, as though the file were bad.
      if (cause instanceof OutOfMemoryError) {
        return new RejectedImageException(
            RejectReason.TOO_LARGE,
            "The image of the %s file needs more memory than is left: give the process more, or"
                    .formatted(format)
                + " lower --max-pixels",
            e);
      }
      ended |= cause instanceof EOFException;
    }
    if (time.isOver()) {
      return new RejectedImageException(
          RejectReason.TOO_LARGE,
          "Decoding the %s file takes longer than %d s of the processor, the limit for its size"
              .formatted(format, time.limitSeconds()),
          e);
    }
    return ended
        ? truncated(format, e)
        : new RejectedImageException(
            RejectReason.NOT_AN_IMAGE, "Damaged %s file: %s".formatted(format, e), e);
  }

  private static RejectedImageException truncated(ImageFormat format, Throwable cause) {
    return new RejectedImageException(
        RejectReason.TRUNCATED,
        "The %s file ends before its image does: copy it again".formatted(format),
        cause);
  }
}
