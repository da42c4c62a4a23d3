package org.anomalyscore.pixels;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;

/**
 * Strips and tiles that are coded as JPEG or as fax pages: each is given to the JDK's reader as a
 * file of its own.
 *
 * <p>Source: TIFF 6.0, sections 10 and 11; "Adobe Photoshop TIFF Technical Notes", 2002, on JPEG.
 */
final class TiffCodecs {
  /** Tags of the small TIFF file that is made around a fax page, 12 bytes each. */
  private static final int FAX_TAGS = 11;

  private static final int MARK_ZEROS = 11;

  /** A white run of no pixel, 00110101, with which a row begins that is black at first. */
  private static final int BLACK_AT_FIRST = 0x35;

  /** Bytes: more than the longest codes that a reader holds at a time. */
  private static final int TAIL = 16;

  private static final int FAX_HEADER = 8 + 2 + 12 * FAX_TAGS + 4;

  private final TiffDirectory tags;
  private final TiffLayout layout;
  private final JdkReader readers;

  TiffCodecs(TiffDirectory tags, TiffLayout layout, JdkReader readers) {
    this.tags = tags;
    this.layout = layout;
    this.readers = readers;
  }

  /** All samples, interleaved; of YCC the colours. */
  byte[] jpeg(byte[] stored, int width, int rows) throws IOException, RejectedImageException {
    JpegFile file = new JpegFile(withTables(stored)).withoutProfiles();
    file.check((long) width * rows);
    ImageReader reader = readers.of(ImageFormat.JPEG, file.bytes(), file.scanOffsets());
    if (reader.getWidth(0) != width
        || reader.getHeight(0) < rows
        || reader.getHeight(0) > 2 * rows + 16
        || file.components().size() != layout.samples()) {
      throw new IIOException("a JPEG strip or tile of another size than its page says");
    }
    if (layout.meaning() != TiffLayout.Meaning.YCC && !file.isSampledEvenly()) {
      throw new IIOException("JPEG sampling that only luma and chroma may have");
    }
    JpegColor color =
        switch (layout.meaning()) {
          case YCC -> JpegColor.YCC;
          case COLOUR -> JpegColor.RGB;
          default -> JpegColor.GREY;
        };
    Raster raster = reader.readRaster(0, null);
    requireAll(readers);
    return color == JpegColor.GREY
        ? RasterLevels.interleavedBytes(raster)
        : color.toRgb(raster, file).rgb();
  }

  /** The tables that all strips share come behind the start mark, without their own two marks. */
  private byte[] withTables(byte[] stored) throws IOException {
    if (!tags.has(TiffDirectory.JPEG_TABLES)) {
      return stored;
    }
    long[] tables = tags.values(TiffDirectory.JPEG_TABLES);
    if (tables.length < 4 || stored.length < 2) {
      throw new IIOException("JPEG tables of " + tables.length + " bytes");
    }
    ByteBuffer file = ByteBuffer.allocate(tables.length - 2 + stored.length - 2);
    for (int i = 0; i < tables.length - 2; i++) {
      file.put((byte) tables[i]);
    }
    return file.put(stored, 2, stored.length - 2).array();
  }

  /** One bit a pixel, rows of whole bytes. */
  byte[] fax(byte[] stored, int width, int rows) throws IOException {
    requireRows(stored, rows);
    byte[] bits = page(stored, width, rows);
    // Where codes are missing the JDK's reader makes up the rest, and so makes use of codes behind.
    byte[] longer = Arrays.copyOf(stored, stored.length + TAIL);
    int blackAtFirst = isLowBitFirst() ? Integer.reverse(BLACK_AT_FIRST) >>> 24 : BLACK_AT_FIRST;
    Arrays.fill(longer, stored.length, longer.length, (byte) blackAtFirst);
    boolean complete;
    try {
      complete = Arrays.equals(bits, page(longer, width, rows));
    } catch (IOException | RuntimeException e) {
      // The same codes were read without a fault before.
      complete = false;
    }
    if (!complete) {
      throw new EOFException("fax strip or tile of fewer than " + rows + " rows");
    }
    return bits;
  }

  private byte[] page(byte[] stored, int width, int rows) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(FAX_HEADER + stored.length);
    page.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) FAX_TAGS);
    tag(page, TiffDirectory.WIDTH, width);
    tag(page, TiffDirectory.HEIGHT, rows);
    tag(page, TiffDirectory.BITS_PER_SAMPLE, 1 << 16);
    tag(page, TiffDirectory.COMPRESSION, layout.compression() << 16);
    tag(page, TiffDirectory.PHOTOMETRIC, 1 << 16);
    tag(page, TiffDirectory.FILL_ORDER, tags.value(TiffDirectory.FILL_ORDER, 1) << 16);
    tag(page, TiffDirectory.STRIP_OFFSETS, FAX_HEADER);
    tag(page, TiffDirectory.ROWS_PER_STRIP, rows);
    tag(page, TiffDirectory.STRIP_BYTE_COUNTS, stored.length);
    tag(page, TiffDirectory.T4_OPTIONS, tags.value(TiffDirectory.T4_OPTIONS, 0));
    tag(page, TiffDirectory.T6_OPTIONS, tags.value(TiffDirectory.T6_OPTIONS, 0));
    page.putInt(0).put(stored);
    Raster raster = readers.of(ImageFormat.TIFF, page.array()).read(0).getRaster();
    requireAll(readers);
    byte[] bits = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (bits.length != (width + 7) / 8 * rows) {
      throw new IIOException("a fax strip of " + bits.length + " bytes");
    }
    return bits;
  }

  private boolean isLowBitFirst() throws IOException {
    return tags.value(TiffDirectory.FILL_ORDER, 1) == 2;
  }

  /**
   * Fails where a fax page ends before its rows do: the JDK's reader would make up the rest. In
   * group 3 a mark of at least eleven zeros and a one stands at each row, and several stand at the
   * end; in group 4 two end the page. No other codes of these hold eleven zeros in a row.
   *
   * <p>Source: ITU-T Recommendations T.4, section 4.1.2, and T.6, section 2.4.1.1.
   */
  private void requireRows(byte[] stored, int rows) throws IOException {
    boolean lowBitFirst = isLowBitFirst();
    int marks = 0;
    int markedRows = 0;
    int zeros = 0;
    int ones = 0;
    for (int i = 0; i < 8 * stored.length; i++) {
      int place = lowBitFirst ? i % 8 : 7 - i % 8;
      if ((stored[i / 8] >> place & 1) == 0) {
        zeros++;
        continue;
      }
      if (zeros < MARK_ZEROS) {
        ones++;
      } else {
        marks++;
        // Of marks that follow each other, with at most the bit that says how a row is coded
        // between, the first alone is of a row.
        markedRows += marks == 1 || ones > 1 ? 1 : 0;
        ones = 0;
      }
      zeros = 0;
    }
    boolean endsEarly =
        switch (layout.compression()) {
          case TiffLayout.FAX_3 -> marks > 0 && markedRows < rows;
          case TiffLayout.FAX_4 -> marks > 2;
          default -> false;
        };
    if (endsEarly) {
      throw new EOFException("fax strip or tile of fewer than " + rows + " rows");
    }
  }

  private static void tag(ByteBuffer page, int tag, int value) {
    boolean small =
        tag == TiffDirectory.BITS_PER_SAMPLE
            || tag == TiffDirectory.COMPRESSION
            || tag == TiffDirectory.PHOTOMETRIC
            || tag == TiffDirectory.FILL_ORDER;
    page.putShort((short) tag).putShort((short) (small ? 3 : 4)).putInt(1).putInt(value);
  }

  private static void requireAll(JdkReader readers) throws IOException {
    if (readers.truncated()) {
      throw new EOFException("strip or tile");
    }
  }
}
