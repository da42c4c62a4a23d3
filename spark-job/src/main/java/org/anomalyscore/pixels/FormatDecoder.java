package org.anomalyscore.pixels;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.EOFException;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import org.w3c.dom.Element;

/** What each format needs beside its reader, so that the levels are Pillow's. */
final class FormatDecoder {
  private static final byte[] BLACK = new byte[3];

  /** Offset of the colour type in a PNG file; 0 is grey without alpha. */
  private static final int PNG_COLOUR_TYPE = 25;

  private final JdkReader readers;
  private final DecodingTime time;
  private final SizeCheck sizeCheck;

  /** The reader stays the caller's to close. */
  FormatDecoder(JdkReader readers, DecodingTime time, SizeCheck sizeCheck) {
    this.readers = readers;
    this.time = time;
    this.sizeCheck = sizeCheck;
  }

  RgbImage png(byte[] file) throws IOException, RejectedImageException {
    ImageReader reader = readers.of(ImageFormat.PNG, file);
    checkSize(reader);
    PngChunks.check(file);
    return RasterLevels.toRgb(reader.read(0), file[PNG_COLOUR_TYPE] == 0);
  }

  RgbImage bmp(byte[] file) throws IOException, RejectedImageException {
    ImageReader reader = readers.of(ImageFormat.BMP, file);
    checkSize(reader);
    BmpFile.check(file);
    return RasterLevels.toRgb(reader.read(0), false);
  }

  RgbImage jpeg(byte[] bytes) throws IOException, RejectedImageException {
    JpegFile file = new JpegFile(bytes).withoutProfiles();
    ImageReader reader = readers.of(ImageFormat.JPEG, file.bytes(), file.scanOffsets());
    checkSize(reader);
    file.check((long) reader.getWidth(0) * reader.getHeight(0));
    return JpegColor.of(file).toRgb(reader.readRaster(0, null), file);
  }

  RgbImage webp(byte[] file) throws IOException, RejectedImageException {
    WebPContainer container = WebPContainer.of(file);
    ImageReader reader = readers.of(ImageFormat.WEBP, container.stillFile());
    checkSize(reader);
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
    ImageReader reader = readers.of(ImageFormat.GIF, file);
    IIOMetadata metadata = reader.getImageMetadata(0);
    Element root = (Element) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    Element place = (Element) root.getElementsByTagName("ImageDescriptor").item(0);
    int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
    int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
    int width = Math.max(littleEndianShort(file, 6), left + reader.getWidth(0));
    int height = Math.max(littleEndianShort(file, 8), top + reader.getHeight(0));
    sizeCheck.accept(width, height);
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    if (GifFrame.pixels(file, pixels) < pixels) {
      throw new EOFException("fewer pixels than the frame has");
    }
    BufferedImage frame = reader.read(0);
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

  RgbImage tiff(byte[] file) throws IOException, RejectedImageException {
    return new TiffDecoder(file, readers, sizeCheck, time).decode();
  }

  private void checkSize(ImageReader reader) throws IOException, RejectedImageException {
    sizeCheck.accept(reader.getWidth(0), reader.getHeight(0));
  }
}
