package org.anomalyscore.pixels;

import static org.anomalyscore.pixels.ImageDecoderRejectTest.rejected;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TIFF files of which no image can be made. */
class FaultyTiffTest {
  private static final Map<String, byte[]> FILES = ImageDecoderTest.GOLDEN;
  private static final long LIMIT = ImageDecoderTest.LIMIT;

  /** Each row of a page is a strip; what the last ones lack is black for the JDK's reader. */
  @ParameterizedTest
  @ValueSource(
      strings = {"rgb_raw", "rgb_tiff_lzw", "rgb_tiff_adobe_deflate", "rgb_packbits", "rgb_jpeg"})
  void tiffStripThatEndsEarlyIsTruncated(String name) {
    byte[] file = FILES.get("tif/" + name + ".tif").clone();
    int counts = tagOf(file, TiffDirectory.STRIP_BYTE_COUNTS);
    ByteBuffer tiff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = tiff.getInt(counts + 4) == 1 ? counts + 8 : tiff.getInt(counts + 8);
    boolean small = tiff.getShort(counts + 2) == 3;
    int bytes = small ? tiff.getShort(at) & 0xffff : tiff.getInt(at);
    if (small) {
      tiff.putShort(at, (short) (bytes / 2));
    } else {
      tiff.putInt(at, bytes / 2);
    }
    assertEquals(RejectReason.TRUNCATED, rejected(file).reason());
  }

  /** The JDK's reader makes up rows behind a mark of the page's end. */
  @ParameterizedTest
  @CsvSource({"CCITT T.4, 1", "CCITT T.4, 2", "CCITT T.4, 6", "CCITT T.4, 0", "CCITT T.6, 12"})
  void faxPageThatEndsEarlyIsRejected(String compression, int marks)
      throws IOException, RejectedImageException {
    byte[] file = fax(200, 60, compression);
    assertEquals(200, ImageDecoder.decode(file, LIMIT).width());
    TiffDirectory tags = new TiffDirectory(file);
    int start = tags.value(TiffDirectory.STRIP_OFFSETS, 0);
    int end = start + tags.value(TiffDirectory.STRIP_BYTE_COUNTS, 0);
    int half = (start + end) / 2;
    Arrays.fill(file, half, end, (byte) 0);
    for (int i = 1; i <= marks; i++) {
      int bit = 12 * i - 1;
      file[half + bit / 8] |= (byte) (0x80 >> bit % 8);
    }
    assertEquals(RejectReason.TRUNCATED, rejected(file).reason());
  }

  /** Fewer bytes than the rows need, whatever was cut off. */
  @ParameterizedTest
  @CsvSource({"CCITT RLE", "CCITT T.4", "CCITT T.6"})
  void faxPageThatIsCutShortIsRejected(String compression) throws IOException {
    for (int width : new int[] {5, 200}) {
      // The rows of one strip.
      byte[] file = fax(width, 8, compression);
      int length = new TiffDirectory(file).value(TiffDirectory.STRIP_BYTE_COUNTS, 0);
      ByteBuffer tiff = ByteBuffer.wrap(file);
      int entry = tiff.getInt(4) + 2;
      while (tiff.getShort(entry) != TiffDirectory.STRIP_BYTE_COUNTS) {
        entry += 12;
      }
      // The marks that end a page of group 3 or 4 are not needed: eleven bytes at most.
      for (int left = length - 12; left > 0; left -= 1 + length / 50) {
        tiff.putInt(entry + 8, left);
        RejectReason reason = rejected(file).reason();
        // Half a code may be none.
        assertTrue(
            reason == RejectReason.TRUNCATED || reason == RejectReason.NOT_AN_IMAGE,
            width + ": " + left + " of " + length + ": " + reason);
      }
    }
  }

  private static byte[] fax(int width, int height, String compression) throws IOException {
    BufferedImage page = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY);
    Random random = new Random(1);
    for (int y = 0; y < page.getHeight(); y++) {
      for (int x = 0; x < page.getWidth(); x += 5) {
        page.setRGB(x + random.nextInt(5), y, 0xffffff);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionType(compression);
      writer.write(null, new IIOImage(page, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Offset of a tag's entry in a little-endian file. */
  private static int tagOf(byte[] file, int tag) {
    ByteBuffer tiff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = tiff.getInt(4) + 2;
    while (tiff.getShort(at) != tag) {
      at += 12;
    }
    return at;
  }

  @Test
  void tiffOfAnotherKindIsNamedInFull() {
    byte[] file = FILES.get("tif/rgb_raw.tif").clone();
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(tagOf(file, TiffDirectory.PHOTOMETRIC) + 8, (short) 8);
    RejectedImageException e = rejected(file);
    assertEquals(RejectReason.NOT_AN_IMAGE, e.reason());
    assertEquals(
        "TIFF of a kind that is not read (byte order II, photometric interpretation 8, 8 bits, 3"
            + " samples, sample format 1, extra samples -, fill order 1, compression 1, planar"
            + " configuration 1, predictor 1): save it as PNG",
        e.getMessage());
  }
}
