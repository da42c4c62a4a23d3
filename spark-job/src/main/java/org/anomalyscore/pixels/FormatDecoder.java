package org.anomalyscore.pixels;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import org.w3c.dom.Element;

/** What each format needs beside its reader, so that the levels are Pillow's. */
final class FormatDecoder {
  private static final byte[] BLACK = new byte[3];

  /** Offset of the colour type in a PNG file; 0 is grey without alpha. */
  private static final int PNG_COLOUR_TYPE = 25;

  /** Refuses a size before anything of that size is made. */
  @FunctionalInterface
  interface SizeCheck {
    void accept(int width, int height) throws RejectedImageException;
  }

  private final ImageReader reader;
  private final SizeCheck sizeCheck;

  /** The reader has its input; it stays the caller's to dispose of. */
  FormatDecoder(ImageReader reader, SizeCheck sizeCheck) {
    this.reader = reader;
    this.sizeCheck = sizeCheck;
  }

  RgbImage png(byte[] file) throws IOException, RejectedImageException {
    return RasterLevels.toRgb(read(), file[PNG_COLOUR_TYPE] == 0);
  }

  RgbImage bmp() throws IOException, RejectedImageException {
    return RasterLevels.toRgb(read(), false);
  }

  RgbImage jpeg(byte[] file) throws IOException, RejectedImageException {
    sizeCheck.accept(reader.getWidth(0), reader.getHeight(0));
    return JpegColor.of(file).toRgb(reader.readRaster(0, null));
  }

  RgbImage webp(WebPContainer container) throws IOException, RejectedImageException {
    sizeCheck.accept(reader.getWidth(0), reader.getHeight(0));
    if (container.width() == 0) {
      return RasterLevels.toRgb(reader.read(0), false);
    }
    sizeCheck.accept(container.width(), container.height());
    Canvas canvas =
        new Canvas(container.width(), container.height(), container.left(), container.top());
    return canvas.draw(RasterLevels.toRgb(reader.read(0), false), BLACK);
  }

  /** The first frame on the logical screen, around it the transparent colour, else colour 0. */
  RgbImage gif(byte[] file) throws IOException, RejectedImageException {
    IIOMetadata metadata = reader.getImageMetadata(0);
    Element root = (Element) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    Element place = (Element) root.getElementsByTagName("ImageDescriptor").item(0);
    int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
    int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
    int width = Math.max(littleEndianShort(file, 6), left + reader.getWidth(0));
    int height = Math.max(littleEndianShort(file, 8), top + reader.getHeight(0));
    sizeCheck.accept(width, height);
    BufferedImage frame = read();
    IndexColorModel palette = (IndexColorModel) frame.getColorModel();
    int color = Math.max(palette.getTransparentPixel(), 0);
    byte[] background = {
      (byte) palette.getRed(color), (byte) palette.getGreen(color), (byte) palette.getBlue(color)
    };
    return new Canvas(width, height, left, top).draw(RasterLevels.toRgb(frame, false), background);
  }

  private static int littleEndianShort(byte[] file, int at) {
    return (file[at] & 0xff) | (file[at + 1] & 0xff) << 8;
  }

  /** The first page, turned as its orientation says: the one format where Pillow does so. */
  RgbImage tiff() throws IOException, RejectedImageException {
    // A tile may be larger than its image, and is decoded whole.
    sizeCheck.accept(reader.getTileWidth(0), reader.getTileHeight(0));
    BufferedImage page = read();
    TIFFDirectory tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
    RgbImage image;
    TIFFField map = tags.getTIFFField(BaselineTIFFTagSet.TAG_COLOR_MAP);
    if (map != null && page.getColorModel() instanceof IndexColorModel) {
      image = RasterLevels.toRgb(page.getRaster(), highBytes(map.getAsChars()));
    } else {
      image = RasterLevels.toRgb(page, page.getColorModel().getNumComponents() == 1);
    }
    TIFFField orientation = tags.getTIFFField(BaselineTIFFTagSet.TAG_ORIENTATION);
    return orientation == null ? image : Orientation.upright(image, orientation.getAsInt(0));
  }

  /** A TIFF colour map: all reds, all greens, all blues, 16 bits each. ImageIO rounds them. */
  private static byte[] highBytes(char[] map) {
    int size = map.length / 3;
    byte[] colors = new byte[3 * size];
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < 3; c++) {
        colors[3 * i + c] = (byte) (map[c * size + i] >> 8);
      }
    }
    return colors;
  }

  private BufferedImage read() throws IOException, RejectedImageException {
    sizeCheck.accept(reader.getWidth(0), reader.getHeight(0));
    return reader.read(0);
  }
}
