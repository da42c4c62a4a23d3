package org.anomalyscore.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ImagesByPath;
import org.apache.hadoop.conf.Configuration;

/**
 * A small picture, or why there is none.
 *
 * @param path the image's, as in the tables
 * @param imageId of the bytes that were read; null where none were
 * @param type MIME type; null without a picture
 * @param width pixels
 * @param height pixels
 * @param bytes encoded
 * @param fault null, or why there is no picture
 */
public record Thumbnail(
    String path, String imageId, String type, int width, int height, byte[] bytes, String fault)
    implements Serializable {

  /** A JPEG's tables alone take 600 bytes, so that less than this holds no picture. */
  public static final int LEAST_BYTES = 1000;

  /** A picture has no use below this side, in pixels. */
  private static final int LEAST_SIDE = 8;

  private static final long MOST_FILE_BYTES = 64L << 20;

  private static final float[] QUALITIES = {0.85f, 0.7f, 0.5f};

  public static Thumbnail missing(String path, String imageId, String fault) {
    return new Thumbnail(path, imageId, null, 0, 0, null, fault);
  }

  /**
   * The best picture that fits: without loss if it can be, then with loss, then smaller.
   *
   * @param most bytes, at least {@value #LEAST_BYTES}
   */
  public static Thumbnail of(String path, String imageId, RgbImage image, int most) {
    byte[] png = png(buffered(image));
    if (png.length <= most) {
      return new Thumbnail(path, imageId, "image/png", image.width(), image.height(), png, null);
    }
    RgbImage small = image;
    while (true) {
      for (float quality : QUALITIES) {
        byte[] jpeg = jpeg(buffered(small), quality);
        if (jpeg.length <= most || Math.max(small.width(), small.height()) <= LEAST_SIDE) {
          return new Thumbnail(
              path, imageId, "image/jpeg", small.width(), small.height(), jpeg, null);
        }
      }
      small =
          PillowResize.resize(
              small,
              Math.max(1, small.width() * 3 / 4),
              Math.max(1, small.height() * 3 / 4),
              PillowResize.Filter.BICUBIC);
    }
  }

  /**
   * Reads a few pictures here; of many, {@code report} makes a Spark job.
   *
   * @param paths of files or of members of containers, as in the tables
   * @param side the longest, in pixels
   * @param most bytes of each picture, at least {@value #LEAST_BYTES}
   * @return by path; an image that cannot be read has its fault
   */
  public static Map<String, Thumbnail> read(
      Collection<String> paths, int side, int most, Configuration hadoop) {
    ImagesByPath images = new ImagesByPath(side, ImageLoader.MOST_PIXELS, MOST_FILE_BYTES);
    Map<String, Thumbnail> found = new HashMap<>();
    paths.stream()
        .distinct()
        .collect(Collectors.groupingBy(ImagesByPath::fileOf))
        .forEach(
            (file, its) ->
                images.load(
                    file,
                    its,
                    hadoop,
                    image ->
                        found.put(
                            image.path(),
                            image.isRejected()
                                ? missing(image.path(), image.imageId(), image.message())
                                : of(image.path(), image.imageId(), image.pixels(), most))));
    return found;
  }

  /** As the source of an HTML image. */
  public String dataUri() {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    for (int y = 0, i = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++, i += 3) {
        buffered.setRGB(
            x, y, (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff));
      }
    }
    return buffered;
  }

  private static byte[] png(BufferedImage image) {
    return encode(image, "png", null);
  }

  private static byte[] jpeg(BufferedImage image, float quality) {
    return encode(image, "jpeg", quality);
  }

  private static byte[] encode(BufferedImage image, String format, Float quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (quality != null) {
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(quality);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot be written to", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
