package org.anomalyscore.pixels;

import java.io.IOException;
import javax.imageio.IIOException;

/**
 * The first page of a TIFF file. The JDK's reader is not used for it: it shows what it does not
 * know without a word, leaves missing rows black, and knows no BigTIFF.
 */
final class TiffDecoder {
  private final TiffDirectory tags;
  private final TiffLayout layout;
  private final TiffSegments segments;
  private final TiffCodecs codecs;
  private final DecodingTime time;
  private final int width;
  private final int height;
  private final boolean tiled;
  private final int segmentWidth;
  private final int segmentHeight;

  /**
   * Reads the tags and decodes nothing.
   *
   * @param readers for what is in a TIFF by other formats' decoders
   * @param sizeCheck refuses a page or tile that is too large
   */
  TiffDecoder(byte[] file, JdkReader readers, SizeCheck sizeCheck, DecodingTime time)
      throws IOException, RejectedImageException {
    this.time = time;
    tags = new TiffDirectory(file);
    width = tags.value(TiffDirectory.WIDTH, 0);
    height = tags.value(TiffDirectory.HEIGHT, 0);
    sizeCheck.accept(width, height);
    layout = TiffLayout.of(tags);
    tiled = tags.has(TiffDirectory.TILE_OFFSETS);
    if (tiled && tags.has(TiffDirectory.STRIP_OFFSETS)) {
      throw new IIOException("both strips and tiles");
    }
    segmentWidth = tiled ? tags.value(TiffDirectory.TILE_WIDTH, 0) : width;
    segmentHeight =
        tiled
            ? tags.value(TiffDirectory.TILE_HEIGHT, 0)
            : Math.min(tags.value(TiffDirectory.ROWS_PER_STRIP, height), height);
    // A tile may be larger than its image, and is decoded whole.
    sizeCheck.accept(segmentWidth, segmentHeight);
    time.allow((long) width * height);
    segments = new TiffSegments(file, tags, layout);
    codecs = new TiffCodecs(tags, layout, readers);
  }

  /** The page, turned as its orientation says: the one format where Pillow does so. */
  RgbImage decode() throws IOException, RejectedImageException {
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    TiffSamples samples = new TiffSamples(tags, layout);
    int across = (width + segmentWidth - 1) / segmentWidth;
    int down = (height + segmentHeight - 1) / segmentHeight;
    int planes = layout.planar() ? layout.samples() : 1;
    long count = (long) across * down * planes;
    long[] offsets = tags.values(tiled ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS);
    long[] byteCounts =
        tags.values(tiled ? TiffDirectory.TILE_BYTE_COUNTS : TiffDirectory.STRIP_BYTE_COUNTS);
    if (offsets.length != count || byteCounts.length != count) {
      throw new IIOException(
          "%d strips or tiles with %d sizes where %d are needed"
              .formatted(offsets.length, byteCounts.length, count));
    }
    byte[][] data = new byte[planes][];
    for (int row = 0; row < down; row++) {
      for (int column = 0; column < across; column++) {
        int top = row * segmentHeight;
        // The last strip has only the rows that are left; tiles are whole.
        int rows = tiled ? segmentHeight : Math.min(segmentHeight, height - top);
        for (int plane = 0; plane < planes; plane++) {
          if (time.isOver()) {
            throw new IOException("out of time");
          }
          int i = (plane * down + row) * across + column;
          data[plane] = segment(offsets[i], byteCounts[i], rows);
        }
        int left = column * segmentWidth;
        int columns = Math.min(segmentWidth, width - left);
        for (int y = 0; y < rows && top + y < height; y++) {
          samples.toRgb(data, y, segmentWidth, columns, rgb, 3 * ((top + y) * width + left));
        }
      }
    }
    RgbImage page = new RgbImage(width, height, rgb);
    return Orientation.upright(page, tags.value(TiffDirectory.ORIENTATION, 1));
  }

  private byte[] segment(long offset, long count, int rows)
      throws IOException, RejectedImageException {
    int step = layout.planar() ? 1 : layout.samples();
    int rowBytes = Math.toIntExact(((long) segmentWidth * step * layout.bits() + 7) / 8);
    byte[] stored = segments.stored(offset, count, (long) rows * rowBytes);
    return switch (layout.compression()) {
      case TiffLayout.JPEG -> codecs.jpeg(stored, segmentWidth, rows);
      case TiffLayout.FAX_RUNS, TiffLayout.FAX_3, TiffLayout.FAX_4 ->
          codecs.fax(stored, segmentWidth, rows);
      default -> segments.decode(stored, rows, rowBytes, step);
    };
  }
}
