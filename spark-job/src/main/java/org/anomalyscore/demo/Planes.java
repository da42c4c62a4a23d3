package org.anomalyscore.demo;

import java.awt.image.BufferedImage;

/** The three colours of an image as numbers, [colour][row][column], levels 0 to 255. */
final class Planes {

  private static final int COLOURS = 3;

  private final double[][][] levels;

  private Planes(double[][][] levels) {
    this.levels = levels;
  }

  static Planes of(BufferedImage image) {
    double[][][] levels = new double[COLOURS][image.getHeight()][image.getWidth()];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        for (int c = 0; c < COLOURS; c++) {
          levels[c][y][x] = (rgb >> (16 - 8 * c)) & 0xff;
        }
      }
    }
    return new Planes(levels);
  }

  /** Rounds and clips to 8 bits. */
  BufferedImage image() {
    int height = levels[0].length;
    int width = levels[0][0].length;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = 0;
        for (int c = 0; c < COLOURS; c++) {
          double clipped = Math.max(0, Math.min(255, levels[c][y][x]));
          rgb = (rgb << 8) | (int) Math.floor(clipped + 0.5);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  Planes transposed() {
    double[][][] to = new double[COLOURS][levels[0][0].length][levels[0].length];
    for (int c = 0; c < COLOURS; c++) {
      for (int y = 0; y < levels[0].length; y++) {
        for (int x = 0; x < levels[0][0].length; x++) {
          to[c][x][y] = levels[c][y][x];
        }
      }
    }
    return new Planes(to);
  }

  /** Convolves each row with an odd number of taps; the edge levels are repeated outwards. */
  Planes alongRows(double[] taps) {
    return rowByRow(
        (row, x) -> {
          double sum = 0;
          for (int i = 0; i < taps.length; i++) {
            sum += taps[i] * row[Math.max(0, Math.min(row.length - 1, x + i - taps.length / 2))];
          }
          return sum;
        });
  }

  /** Halves each row of even length by averaging pairs, then doubles it unevenly. */
  Planes halvedAndDoubled(double unevenness) {
    return rowByRow(
        (row, x) -> {
          double here = (row[x & ~1] + row[x | 1]) / 2;
          if (x % 2 == 1) {
            return here * (1 - unevenness / 2);
          }
          int before = Math.max(0, x - 2);
          double previous = (row[before] + row[before + 1]) / 2;
          return (here + previous) / 2 * (1 + unevenness / 2);
        });
  }

  private Planes rowByRow(RowFunction function) {
    double[][][] to = new double[COLOURS][levels[0].length][levels[0][0].length];
    for (int c = 0; c < COLOURS; c++) {
      for (int y = 0; y < levels[0].length; y++) {
        for (int x = 0; x < levels[0][0].length; x++) {
          to[c][y][x] = function.at(levels[c][y], x);
        }
      }
    }
    return new Planes(to);
  }

  private interface RowFunction {
    double at(double[] row, int x);
  }
}
