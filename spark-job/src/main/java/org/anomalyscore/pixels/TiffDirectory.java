package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.IIOException;

/**
 * The tags of the first page of a TIFF or BigTIFF file. A value is read when it is asked for, and
 * never more of it than the file holds.
 *
 * <p>Source: "TIFF Revision 6.0", Adobe 1992, section 2; "The BigTIFF File Format", AWare Systems.
 */
final class TiffDirectory {
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int FILL_ORDER = 266;
  static final int STRIP_OFFSETS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_BYTE_COUNTS = 279;
  static final int PLANAR_CONFIGURATION = 284;
  static final int T4_OPTIONS = 292;
  static final int T6_OPTIONS = 293;
  static final int PREDICTOR = 317;
  static final int COLOR_MAP = 320;
  static final int TILE_WIDTH = 322;
  static final int TILE_HEIGHT = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTE_COUNTS = 325;
  static final int EXTRA_SAMPLES = 338;
  static final int SAMPLE_FORMAT = 339;
  static final int JPEG_TABLES = 347;

  /** Bytes of a value of each type, 0 for types that hold no whole number. */
  private static final int[] TYPE_BYTES = {0, 1, 0, 2, 4, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 8, 0, 8};

  private record Entry(int bytes, long count, long at) {}

  private final byte[] file;
  private final ByteBuffer data;
  private final Map<Integer, Entry> entries = new HashMap<>();

  /** Reads the names of the tags. */
  TiffDirectory(byte[] file) throws IOException {
    this.file = file;
    data =
        ByteBuffer.wrap(file)
            .order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    try {
      boolean big = data.getShort(2) == 43;
      if (big && (data.getShort(4) != 8 || data.getShort(6) != 0)) {
        throw new IIOException("BigTIFF with offsets of other than 8 bytes");
      }
      if (big && isBigEndian()) {
        throw new IIOException("BigTIFF with the high byte first, which Pillow refuses too");
      }
      int at = inFile(big ? data.getLong(8) : data.getInt(4) & 0xffffffffL);
      long count = big ? data.getLong(at) : data.getShort(at) & 0xffff;
      at += big ? 8 : 2;
      int entryBytes = big ? 20 : 12;
      if (count < 1 || count > (file.length - at) / entryBytes) {
        throw new EOFException("directory of " + count + " tags");
      }
      for (int i = 0; i < count; i++, at += entryBytes) {
        readEntry(at, big);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new EOFException("directory beyond the end: " + e.getMessage());
    }
  }

  private void readEntry(int at, boolean big) throws IOException {
    int tag = data.getShort(at) & 0xffff;
    int type = data.getShort(at + 2) & 0xffff;
    int bytes = type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
    long count = big ? data.getLong(at + 4) : data.getInt(at + 4) & 0xffffffffL;
    int value = at + (big ? 12 : 8);
    boolean inside = count >= 0 && count * bytes <= (big ? 8 : 4) && count <= 8;
    long where = inside ? value : big ? data.getLong(value) : data.getInt(value) & 0xffffffffL;
    if (entries.put(tag, new Entry(bytes, count, where)) != null) {
      throw new IIOException("tag " + tag + " is there twice");
    }
  }

  private int inFile(long offset) throws EOFException {
    if (offset < 0 || offset >= file.length) {
      throw new EOFException("offset " + offset);
    }
    return (int) offset;
  }

  /** Whether numbers of more than a byte are stored with their high byte first. */
  boolean isBigEndian() {
    return data.order() == ByteOrder.BIG_ENDIAN;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /**
   * The values of a tag of whole, unsigned numbers.
   *
   * @throws IIOException if the tag is absent or of another type
   * @throws EOFException if the file ends before its last value
   */
  long[] values(int tag) throws IOException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw new IIOException("no tag " + tag);
    }
    if (entry.bytes() == 0 || entry.count() < 1) {
      throw new IIOException("tag " + tag + " is no whole number");
    }
    int at = inFile(entry.at());
    if (entry.count() > (file.length - at) / entry.bytes()) {
      throw new EOFException("tag " + tag + " of " + entry.count() + " values");
    }
    long[] values = new long[(int) entry.count()];
    for (int i = 0; i < values.length; i++, at += entry.bytes()) {
      values[i] =
          switch (entry.bytes()) {
            case 1 -> file[at] & 0xff;
            case 2 -> data.getShort(at) & 0xffff;
            case 4 -> data.getInt(at) & 0xffffffffL;
            default -> data.getLong(at);
          };
    }
    return values;
  }

  /** The values of a tag, or these where it is absent. */
  long[] values(int tag, long... otherwise) throws IOException {
    return has(tag) ? values(tag) : otherwise;
  }

  /** The one value of a tag as a number of at least 0, or this where it is absent. */
  int value(int tag, int otherwise) throws IOException {
    if (!has(tag)) {
      return otherwise;
    }
    long[] values = values(tag);
    if (values.length != 1 || values[0] < 0 || values[0] > Integer.MAX_VALUE) {
      // Rows of a strip may be "all", which writers say with the largest number.
      if (tag == ROWS_PER_STRIP && values.length == 1) {
        return Integer.MAX_VALUE;
      }
      throw new IIOException("tag " + tag + " has " + values.length + " values or too large a one");
    }
    return (int) values[0];
  }
}
