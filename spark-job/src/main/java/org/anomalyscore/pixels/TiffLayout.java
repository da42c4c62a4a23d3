package org.anomalyscore.pixels;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What the samples of a TIFF page are. Read by the tags' numbers and accepted only where the list
 * below has them: a wrong guess gives a wrong score without a word.
 *
 * @param meaning what the samples stand for
 * @param bits of each sample
 * @param samples of a pixel
 * @param format 1 unsigned, 2 signed, 3 floating point
 * @param compression value of the tag
 * @param predictor 1 none, 2 differences of neighbours
 * @param planar whether each sample has a plane of its own
 */
record TiffLayout(
    Meaning meaning,
    int bits,
    int samples,
    int format,
    int compression,
    int predictor,
    boolean planar) {

  static final int RAW = 1;
  static final int FAX_RUNS = 2;
  static final int FAX_3 = 3;
  static final int FAX_4 = 4;
  static final int LZW = 5;
  static final int JPEG = 7;
  static final int DEFLATE = 8;
  static final int OLD_DEFLATE = 32946;
  static final int PACK_BITS = 32773;

  /** What becomes of samples. */
  enum Meaning {
    /** 0 is black. Below 8 bits they are spread over 0..255, above they are cut off there. */
    GREY,
    /** As GREY, but 0 is white. */
    WHITE,
    /** Red, green, blue, then anything; of 16 bits the high byte counts. */
    COLOUR,
    /** As COLOUR, multiplied by the alpha that follows. */
    PREMULTIPLIED,
    /** An index of the colour map, then anything. */
    PALETTE,
    /** Cyan, magenta, yellow, black, then anything. */
    INK,
    /** Luma and two chromas, which JPEG's decoder brings back to colours. */
    YCC
  }

  /**
   * All that is read: the byte order and the values of the tags that say what samples are; - where
   * a tag is absent, | between those of which one must be there, and the meaning. It is Pillow 12's
   * {@code TiffImagePlugin.OPEN_INFO} less what Pillow itself refuses or gets wrong (which depends
   * on the compression, since only raw samples do not come from libtiff) and less what is not
   * decoded here. The tests' table of formats holds each line.
   */
  private static final List<List<List<String>>> ACCEPTED =
      """
      order photometric bits samples format extra fill compression planar predictor meaning
      II|MM 0   1  1 1 -         1|2 any|fax  1   1   WHITE
      II|MM 1   1  1 1 -         1|2 any|fax  1   1   GREY
      II|MM 0   2  1 1 -         1|2 any      1   1   WHITE
      II|MM 1   2  1 1 -         1|2 any      1   1   GREY
      II|MM 0   4  1 1 -         1|2 any      1   1   WHITE
      II|MM 1   4  1 1 -         1|2 any      1   1   GREY
      II|MM 0   8  1 1 -         1   any|jpeg 1   1|2 WHITE
      II|MM 0   8  1 1 -         2   packed   1   1   WHITE
      II|MM 1   8  1 1 -         1   any|jpeg 1   1|2 GREY
      II|MM 1   8  1 1 -         2   any      1   1   GREY
      II|MM 1   8  1 2 -         1   any      1   1|2 GREY
      II|MM 6   8  1 1 -         1   raw      1   1   GREY
      II    1   12 1 1 -         1   any      1   1   GREY
      II    0|1 16 1 1 -         1   any      1   1|2 GREY
      II    1   16 1 1 -         2   any      1   1   GREY
      MM    1   16 1 1 -         1   any      1   1|2 GREY
      II    1   16 1 2 -         1   any      1   1|2 GREY
      MM    1   16 1 2 -         1   raw      1   1   GREY
      II    1   32 1 1|2 -       1   any      1   1|2 GREY
      MM    1   32 1 2 -         1   raw      1   1   GREY
      II    0|1 32 1 3 -         1   any      1   1   GREY
      MM    0|1 32 1 3 -         1   raw      1   1   GREY
      II|MM 1   8  2 1 2         1   any      1   1|2 GREY
      II|MM 1   8  2 1 2         1   packed   2   1|2 GREY
      II|MM 2   8  3 1 -         1   any      1|2 1|2 COLOUR
      II|MM 2   8  3 1 -         1   jpeg     1   1   COLOUR
      II|MM 2   8  3 1 -         2   any      1   1   COLOUR
      II|MM 2   8  3 1 -         2   packed   2   1   COLOUR
      II|MM 2   8  4 1 -|0       1   any      1   1|2 COLOUR
      II|MM 2   8  4 1 -         1   raw      2   1   COLOUR
      II|MM 2   8  4 1 0         1   packed   2   1|2 COLOUR
      II|MM 2   8  4 1 2|999     1   any      1|2 1|2 COLOUR
      II|MM 2   8  5 1 0,0|2,0   1   any      1   1|2 COLOUR
      II|MM 2   8  5 1 0,0       1   packed   2   1|2 COLOUR
      II|MM 2   8  6 1 0,0,0|2,0,0 1 any      1   1|2 COLOUR
      II|MM 2   8  6 1 0,0,0     1   packed   2   1|2 COLOUR
      II|MM 2   8  4 1 1         1   any      1   1|2 PREMULTIPLIED
      II|MM 2   8  4 1 1         1   packed   2   1|2 PREMULTIPLIED
      II|MM 2   8  5 1 1,0       1   any      1   1|2 PREMULTIPLIED
      II|MM 2   8  6 1 1,0,0     1   any      1   1|2 PREMULTIPLIED
      II|MM 2   16 3 1 -         1   any      1   1|2 COLOUR
      II|MM 2   16 3 1 -         1   packed   2   1|2 COLOUR
      II|MM 2   16 4 1 -|0|2     1   any      1   1|2 COLOUR
      II|MM 2   16 4 1 0|2       1   packed   2   1|2 COLOUR
      II|MM 2   16 4 1 1         1   any      1   1|2 PREMULTIPLIED
      II|MM 2   16 4 1 1         1   packed   2   1|2 PREMULTIPLIED
      II|MM 3   1  1 1 -         1   any      1   1   PALETTE
      II|MM 3   2  1 1 -         1   any      1   1   PALETTE
      II|MM 3   4  1 1 -         1   any      1   1   PALETTE
      II|MM 3   1  1 1 -         2   packed   1   1   PALETTE
      II|MM 3   2  1 1 -         2   packed   1   1   PALETTE
      II|MM 3   4  1 1 -         2   packed   1   1   PALETTE
      II|MM 3   8  1 1 -         1   any      1   1|2 PALETTE
      II|MM 3   8  1 1 -         2   any      1   1   PALETTE
      II|MM 3   8  2 1 0|2       1   any      1   1|2 PALETTE
      II|MM 3   8  2 1 0|2       1   packed   2   1|2 PALETTE
      II|MM 5   8  4 1 -         1   any      1|2 1|2 INK
      II|MM 5   8  5 1 0         1   any      1   1|2 INK
      II|MM 5   8  5 1 0         1   packed   2   1|2 INK
      II|MM 5   8  6 1 0,0       1   any      1   1|2 INK
      II|MM 5   8  6 1 0,0       1   packed   2   1|2 INK
      II|MM 5   16 4 1 -         1   any      1   1|2 INK
      II|MM 5   16 4 1 -         1   packed   2   1|2 INK
      II|MM 6   8  3 1 -         1   jpeg     1   1   YCC
      """
          .replace("any", "1|packed")
          .replace("raw", "1")
          .replace("packed", "5|8|32946|32773")
          .replace("fax", "2|3|4")
          .replace("jpeg", "7")
          .lines()
          .skip(1)
          .map(
              line ->
                  Arrays.stream(line.split(" +")).map(cell -> List.of(cell.split("\\|"))).toList())
          .toList();

  /**
   * The layout of a page, where it is in the list.
   *
   * @throws RejectedImageException if it is not, with all the numbers
   */
  static TiffLayout of(TiffDirectory tags) throws IOException, RejectedImageException {
    int samples = tags.value(TiffDirectory.SAMPLES_PER_PIXEL, 1);
    int compression = tags.value(TiffDirectory.COMPRESSION, 1);
    int planar = samples == 1 ? 1 : tags.value(TiffDirectory.PLANAR_CONFIGURATION, 1);
    boolean predictable =
        compression == LZW || compression == DEFLATE || compression == OLD_DEFLATE;
    int predictor = predictable ? tags.value(TiffDirectory.PREDICTOR, 1) : 1;
    String bits = common(tags.values(TiffDirectory.BITS_PER_SAMPLE, 1), samples);
    // Where the tag is absent, Pillow takes 0 for white, which TIFF 6.0 does not say.
    List<String> found =
        List.of(
            tags.isBigEndian() ? "MM" : "II",
            String.valueOf(tags.value(TiffDirectory.PHOTOMETRIC, 0)),
            bits,
            String.valueOf(samples),
            common(tags.values(TiffDirectory.SAMPLE_FORMAT, 1), samples),
            tags.has(TiffDirectory.EXTRA_SAMPLES)
                ? joined(tags.values(TiffDirectory.EXTRA_SAMPLES))
                : "-",
            String.valueOf(tags.value(TiffDirectory.FILL_ORDER, 1)),
            String.valueOf(compression),
            String.valueOf(planar),
            String.valueOf(predictor));
    for (List<List<String>> line : ACCEPTED) {
      if (accepts(line, found)) {
        return new TiffLayout(
            Meaning.valueOf(line.get(found.size()).get(0)),
            Integer.parseInt(bits),
            samples,
            Integer.parseInt(found.get(4)),
            compression,
            predictor,
            planar == 2);
      }
    }
    throw new RejectedImageException(
        RejectReason.NOT_AN_IMAGE,
        ("TIFF of a kind that is not read (byte order %s, photometric interpretation %s, %s bits,"
                + " %s samples, sample format %s, extra samples %s, fill order %s, compression %s,"
                + " planar configuration %s, predictor %s): save it as PNG")
            .formatted(found.toArray()));
  }

  private static boolean accepts(List<List<String>> line, List<String> found) {
    for (int i = 0; i < found.size(); i++) {
      if (!line.get(i).contains(found.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The one value of all samples, which may be given once or for each; else all of them. */
  private static String common(long[] values, int samples) {
    boolean same = LongStream.of(values).distinct().count() == 1;
    return same && (values.length == 1 || values.length >= samples)
        ? String.valueOf(values[0])
        : joined(values);
  }

  private static String joined(long[] values) {
    return LongStream.of(values)
        .limit(10)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }
}
