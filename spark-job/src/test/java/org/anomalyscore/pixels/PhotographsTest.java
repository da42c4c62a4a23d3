package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.anomalyscore.pixels.PillowResize.Filter;
import org.anomalyscore.pixels.Preprocessing.Resize;
import org.junit.jupiter.api.Test;

/** JPEG photographs against Pillow 12.3.0: src/test/python/image/make_photo_golden.py. */
class PhotographsTest {

  @Test
  void decodeAndResizeEqualPillow() throws IOException, RejectedImageException {
    Path folder = photographs();
    Preprocessing squash = new Preprocessing(224, Resize.SQUASH, Filter.BICUBIC);
    int exact = 0;
    List<String> lines = golden();
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      RgbImage image =
          ImageDecoder.decode(Files.readAllBytes(folder.resolve(fields[0])), 100_000_000);
      assertEquals(fields[1] + "x" + fields[2], image.width() + "x" + image.height(), line);
      if (crc(image.rgb()) == Long.parseLong(fields[6])) {
        exact++;
        assertEquals(Long.parseLong(fields[7]), crc(squash.apply(image).rgb()), line);
      } else {
        // A JDK that comes with another libjpeg; the mean still tells a wrong conversion.
        double pixels = image.width() * (double) image.height();
        for (int c = 0; c < 3; c++) {
          double mean = Long.parseLong(fields[3 + c]) / pixels;
          assertEquals(mean, sum(image.rgb(), c) / pixels, 1, line);
        }
      }
    }
    assertEquals(100, lines.size());
    System.err.println(
        "Photographs whose levels equal Pillow's exactly: " + exact + " of " + lines.size());
  }

  private static Path photographs() {
    Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (at != null) {
      Path folder = at.resolve("shared/data/imagenet");
      if (Files.isDirectory(folder)) {
        return folder;
      }
      at = at.getParent();
    }
    assumeTrue(false, "no shared/data/imagenet beside the repository");
    return null;
  }

  private static List<String> golden() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                PhotographsTest.class.getResourceAsStream("/image/photographs.csv"),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).toList();
    }
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static long sum(byte[] rgb, int channel) {
    long sum = 0;
    for (int i = channel; i < rgb.length; i += 3) {
      sum += rgb[i] & 0xff;
    }
    return sum;
  }
}
