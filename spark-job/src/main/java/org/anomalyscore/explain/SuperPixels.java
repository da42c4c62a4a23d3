package org.anomalyscore.explain;

import boofcv.abst.segmentation.ImageSuperpixels;
import boofcv.factory.segmentation.ConfigSlic;
import boofcv.factory.segmentation.FactoryImageSegmentation;
import boofcv.struct.image.GrayS32;
import boofcv.struct.image.GrayU8;
import boofcv.struct.image.ImageType;
import boofcv.struct.image.Planar;
import java.util.Arrays;
import org.anomalyscore.pixels.RgbImage;

/**
 * An image cut into connected pieces (also by corners) of similar colour by SLIC (Achanta et al.
 * 2012, doi 10.1109/TPAMI.2012.120), as BoofCV computes it on RGB levels. The same image gives the
 * same pieces everywhere.
 *
 * @param width of the image, pixels
 * @param height of the image, pixels
 * @param count of super-pixels, at least 1
 * @param labels the super-pixel of each pixel, 0 to {@code count} - 1, row by row; numbered in the
 *     order of their first pixel. Shared, not copied: whoever holds it must not write to it
 */
// The array is the content, and cuts are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record SuperPixels(int width, int height, int count, int[] labels) {

  /** BoofCV keeps its first centres so far from each border, so that it needs a pixel more. */
  private static final int BORDER = 2;

  /** SLIC merges pieces that are too small, so that it must be asked for more than are wanted. */
  private static final int MOST_TRIES = 10;

  /** A point in pixels, from the left upper corner of the image. */
  public record Centre(double x, double y) {}

  /**
   * Cuts an image into about so many super-pixels: that number to ask for is searched whose result
   * comes nearest. An image with a side below 5 pixels is one.
   *
   * @param wanted at least 1
   */
  public static SuperPixels of(RgbImage image, int wanted) {
    int inner = Math.min(image.width(), image.height()) - 2 * BORDER;
    if (inner < 1) {
      return new SuperPixels(
          image.width(), image.height(), 1, new int[image.width() * image.height()]);
    }
    Planar<GrayU8> planar = planar(image);
    SuperPixels best = null;
    // BoofCV refuses to be asked for more.
    int most = inner * inner;
    int ask = Math.min(most, wanted);
    for (int i = 0; i < MOST_TRIES && (best == null || best.count != wanted); i++) {
      SuperPixels found = slic(planar, ask);
      if (best == null || Math.abs(found.count - wanted) < Math.abs(best.count - wanted)) {
        best = found;
      }
      int next = (int) Math.round((double) ask * wanted / found.count);
      ask = next == ask ? ask + Integer.signum(wanted - found.count) : next;
      ask = Math.max(1, Math.min(ask, most));
    }
    return best;
  }

  private static SuperPixels slic(Planar<GrayU8> image, int regions) {
    // Ten rounds, and the weight of distance against colour, as BoofCV proposes.
    ImageSuperpixels<Planar<GrayU8>> slic =
        FactoryImageSegmentation.slic(new ConfigSlic(regions), ImageType.pl(3, GrayU8.class));
    GrayS32 pieces = new GrayS32(image.width, image.height);
    slic.segment(image, pieces);
    return numbered(image.width, image.height, pieces.data);
  }

  /** Numbers the pieces by their first pixel. */
  static SuperPixels numbered(int width, int height, int[] pieces) {
    int[] numbers = new int[1 + Arrays.stream(pieces).max().orElseThrow()];
    Arrays.fill(numbers, -1);
    int[] labels = new int[pieces.length];
    int count = 0;
    for (int i = 0; i < pieces.length; i++) {
      if (numbers[pieces[i]] < 0) {
        numbers[pieces[i]] = count++;
      }
      labels[i] = numbers[pieces[i]];
    }
    return new SuperPixels(width, height, count, labels);
  }

  private static Planar<GrayU8> planar(RgbImage image) {
    Planar<GrayU8> planar = new Planar<>(GrayU8.class, image.width(), image.height(), 3);
    byte[] rgb = image.rgb();
    for (int pixel = 0, from = 0; from < rgb.length; pixel++) {
      for (int band = 0; band < 3; band++, from++) {
        planar.getBand(band).data[pixel] = rgb[from];
      }
    }
    return planar;
  }

  /** Pixels of each super-pixel. */
  public int[] sizes() {
    int[] sizes = new int[count];
    for (int label : labels) {
      sizes[label]++;
    }
    return sizes;
  }

  /** Centre of mass of each super-pixel; the centre of the first pixel is (0.5, 0.5). */
  public Centre[] centres() {
    double[] x = new double[count];
    double[] y = new double[count];
    for (int i = 0; i < labels.length; i++) {
      int row = i / width;
      x[labels[i]] += i - row * width + 0.5;
      y[labels[i]] += row + 0.5;
    }
    int[] sizes = sizes();
    Centre[] centres = new Centre[count];
    for (int piece = 0; piece < count; piece++) {
      centres[piece] = new Centre(x[piece] / sizes[piece], y[piece] / sizes[piece]);
    }
    return centres;
  }

  /**
   * The pixels of some super-pixels.
   *
   * @param chosen one entry a super-pixel
   * @return true where a pixel belongs to a chosen one, row by row
   */
  public boolean[] mask(boolean[] chosen) {
    boolean[] mask = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      mask[i] = chosen[labels[i]];
    }
    return mask;
  }
}
