package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of which no image can be made, and what it costs to find out. */
class ImageDecoderRejectTest {
  private static final Map<String, byte[]> FILES = ImageDecoderTest.GOLDEN;
  private static final long LIMIT = ImageDecoderTest.LIMIT;

  static List<String> files() {
    return ImageDecoderTest.index().stream().map(line -> line.split(" ", -1)[0]).toList();
  }

  @Test
  void emptyFile() {
    RejectedImageException e = rejected(new byte[0]);
    assertEquals(RejectReason.EMPTY, e.reason());
    assertEquals("The file has no bytes", e.getMessage());
  }

  @Test
  void textFile() {
    RejectedImageException e = rejected("notes, no image".getBytes(StandardCharsets.UTF_8));
    assertEquals(RejectReason.NOT_AN_IMAGE, e.reason());
    assertEquals(
        "Not a PNG, JPEG, WebP, GIF, BMP or TIFF file: it begins with the bytes"
            + " 6e 6f 74 65 73 2c 20 6e",
        e.getMessage());
  }

  @Test
  void oneByte() {
    assertEquals(RejectReason.NOT_AN_IMAGE, rejected(new byte[] {(byte) 0xff}).reason());
  }

  static List<String> index() {
    return ImageDecoderTest.index();
  }

  /**
   * Where Pillow refuses a cut file, so do we; behind the end of the first picture both may read.
   */
  @ParameterizedTest
  @MethodSource("index")
  void cutFilesAreRejected(String line) {
    String[] fields = line.split(" ", -1);
    byte[] file = FILES.get(fields[0]);
    for (int tenths = 1; tenths < Integer.parseInt(fields[4]); tenths++) {
      RejectedImageException e = rejected(Arrays.copyOf(file, file.length * tenths / 10));
      assertTrue(
          e.reason() == RejectReason.TRUNCATED || e.reason() == RejectReason.NOT_AN_IMAGE,
          () -> line + ": " + e.reason());
    }
  }

  @Test
  void jpegWithoutItsLastBytesIsTruncated() {
    byte[] file = FILES.get("jpg/rgb_420.jpg");
    for (int missing : new int[] {1, 2, 3, 20, 500}) {
      RejectedImageException e = rejected(Arrays.copyOf(file, file.length - missing));
      assertEquals(RejectReason.TRUNCATED, e.reason());
      assertEquals("The JPEG file ends before its image does: copy it again", e.getMessage());
    }
  }

  /** Pillow shows such a picture with grey below; its score would be that of the grey. */
  @Test
  void jpegWhoseDataEndEarlyIsTruncatedThoughAnEndMarkerFollows() {
    byte[] file = FILES.get("jpg/rgb_420.jpg");
    byte[] cut = Arrays.copyOf(file, file.length * 8 / 10);
    cut[cut.length - 2] = (byte) 0xff;
    cut[cut.length - 1] = (byte) 0xd9;
    assertEquals(RejectReason.TRUNCATED, rejected(cut).reason());
  }

  /** An image or a rejection, nothing else, soon. */
  @ParameterizedTest
  @MethodSource("files")
  void damagedFilesDoNoHarm(String name) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < 40; round++) {
            byte[] file = FILES.get(name).clone();
            int flips = 1 + random.nextInt(8);
            // Half of the rounds hit the header, where the damage is more varied.
            int bound = round % 2 == 0 ? file.length : Math.min(file.length, 120);
            for (int flip = 0; flip < flips; flip++) {
              file[random.nextInt(bound)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
              RgbImage image = ImageDecoder.decode(file, 1_000_000);
              assertTrue((long) image.width() * image.height() <= 1_000_000);
            } catch (RejectedImageException e) {
              assertNotNull(e.reason());
              assertTrue(e.getMessage().length() > 10, e.getMessage());
            }
          }
        });
  }

  static Stream<Arguments> bombs() {
    return Stream.of(
        bomb("png/rgb.png", 20_000, 20_000, b -> b.putInt(16, 20_000).putInt(20, 20_000)),
        bomb("jpg/rgb_444.jpg", 65_500, 65_500, ImageDecoderRejectTest::enlargeJpeg),
        bomb(
            "gif/palette.gif",
            65_535,
            65_535,
            b -> b.putShort(6, (short) 0xffff).putShort(8, (short) 0xffff)),
        bomb("bmp/rle8.bmp", 30_000, 30_000, b -> little(b).putInt(18, 30_000).putInt(22, 30_000)),
        bomb("tif/rgb_16bit_big.tif", 30_000, 30_000, b -> b.putInt(18, 30_000).putInt(30, 30_000)),
        // VP8L: 14 bits of width - 1, then 14 of height - 1.
        bomb("webp/lossless.webp", 16_384, 16_384, b -> little(b).putInt(21, 0x0fff_ffff)));
  }

  private static Arguments bomb(String name, int width, int height, Consumer<ByteBuffer> enlarge) {
    byte[] file = FILES.get(name).clone();
    enlarge.accept(ByteBuffer.wrap(file));
    return Arguments.of(name, file, width + " x " + height);
  }

  private static ByteBuffer little(ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void enlargeJpeg(ByteBuffer file) {
    int frame = 0;
    while (file.getShort(frame) != (short) 0xffc0) {
      frame++;
    }
    file.putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void tooLargeIsToldFromTheHeaderAtNoCost(String name, byte[] file, String size) {
    rejected(file);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();

    RejectedImageException e = rejected(file);

    long allocated = thread.getCurrentThreadAllocatedBytes() - before;
    assertEquals(RejectReason.TOO_LARGE, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(size), e.getMessage());
    assertTrue(e.getMessage().contains("100000000 pixels"), e.getMessage());
    assertTrue(allocated < 1 << 20, () -> allocated + " bytes");
  }

  @Test
  void theLimitIsInclusive() throws RejectedImageException {
    byte[] file = FILES.get("png/rgb.png");
    assertEquals(37, ImageDecoder.decode(file, 37 * 29).width());
    RejectedImageException e =
        assertThrows(RejectedImageException.class, () -> ImageDecoder.decode(file, 37 * 29 - 1));
    assertEquals(
        "PNG of 37 x 29 pixels: the limits are 1072 pixels in all and 1000000 a side",
        e.getMessage());
  }

  @Test
  void sidesAreLimitedToo() {
    byte[] file = FILES.get("png/rgb.png").clone();
    ByteBuffer.wrap(file).putInt(16, 1_000_001).putInt(20, 1);
    assertEquals(RejectReason.TOO_LARGE, rejected(file).reason());
  }

  @Test
  void wantOfMemoryRejectsTheFileAlone() {
    byte[] file = FILES.get("png/rgba_16bit.png").clone();
    ByteBuffer.wrap(file).putInt(16, 23_000).putInt(20, 23_000);
    restoreSum(file);
    // 4.2 GB of samples in one array, which the JDK's reader asks for at once.
    assumeTrue(Runtime.getRuntime().maxMemory() < 4_000_000_000L, "the heap is too large");
    RejectedImageException e =
        assertThrows(RejectedImageException.class, () -> ImageDecoder.decode(file, Long.MAX_VALUE));
    assertEquals(RejectReason.TOO_LARGE, e.reason());
    assertEquals(
        "The image of the PNG file needs more memory than is left: give the process more, or lower"
            + " --max-pixels",
        e.getMessage());
  }

  /** Of the header chunk, whose fields a test has changed. */
  private static void restoreSum(byte[] png) {
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) sum.getValue());
  }

  static Stream<Throwable> thrown() {
    return Stream.of(
        new StackOverflowError(),
        new InternalError("a decoder's own"),
        new AssertionError("a decoder's own"),
        new IllegalStateException("a decoder's own"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void whateverADecoderThrowsRejectsItsFile(Throwable thrown) {
    RejectedImageException e =
        assertThrows(
            RejectedImageException.class,
            () -> ImageDecoder.orReject(ImageFormat.GIF, new DecodingTime(), r -> raise(thrown)));
    assertEquals(RejectReason.NOT_AN_IMAGE, e.reason());
    assertEquals("Damaged GIF file: " + thrown, e.getMessage());
  }

  @Test
  void aDecoderThatCannotBeLoadedIsTheMachinesFault() {
    assertThrows(
        UnsatisfiedLinkError.class,
        () ->
            ImageDecoder.orReject(
                ImageFormat.WEBP,
                new DecodingTime(),
                r -> raise(new UnsatisfiedLinkError("no libwebp"))));
  }

  private static RgbImage raise(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png/rgb.png", "jpg/rgb_420.jpg", "gif/palette.gif", "bmp/rgb.bmp"})
  void aReaderWhoseTimeIsOverGetsNoMoreBytes(String name) {
    ImageFormat format = ImageFormat.of(FILES.get(name));
    RejectedImageException e =
        assertThrows(
            RejectedImageException.class,
            () ->
                ImageDecoder.orReject(
                    format,
                    new DecodingTime(0),
                    r -> RasterLevels.toRgb(r.of(format, FILES.get(name)).read(0), false)));
    assertEquals(RejectReason.TOO_LARGE, e.reason(), e.getMessage());
    assertEquals(
        "Decoding the %s file takes longer than 0 s of the processor, the limit for its size"
            .formatted(format),
        e.getMessage());
  }

  @Test
  void aLargerImageMayTakeLonger() {
    DecodingTime time = new DecodingTime(0);
    assertTrue(time.isOver());
    time.allow(100_000_000);
    assertEquals(50, time.limitSeconds());
    assertFalse(time.isOver());
  }

  /** The scans of a progressive file again and again, as many as are wanted. */
  private static byte[] ofScans(int wanted) {
    byte[] file = FILES.get("jpg/progressive_444.jpg");
    int begin = 0;
    while (file[begin] != (byte) 0xff || file[begin + 1] != (byte) 0xda) {
      begin++;
    }
    int end = begin + 2;
    while (file[end] != (byte) 0xff || file[end + 1] == 0) {
      end++;
    }
    ByteBuffer copies = ByteBuffer.allocate(file.length + (end - begin) * wanted);
    copies.put(file, 0, begin);
    for (int i = 0; i < wanted; i++) {
      copies.put(file, begin, end - begin);
    }
    copies.put(file, end, file.length - end);
    return Arrays.copyOf(copies.array(), copies.position());
  }

  @Test
  void jpegOfManyScansIsNotDecoded() {
    RejectedImageException e = rejected(ofScans(400));
    assertEquals(RejectReason.TOO_LARGE, e.reason());
    assertTrue(
        e.getMessage()
            .endsWith(
                " scans, each of which takes time as an image does: the limit for its size is 50"),
        e.getMessage());
  }

  @Test
  void aLargeJpegMayHaveFewerScans() {
    byte[] file = ofScans(15);
    int frame = 0;
    while (file[frame] != (byte) 0xff || file[frame + 1] != (byte) 0xc2) {
      frame++;
    }
    ByteBuffer.wrap(file).putShort(frame + 5, (short) 9_992).putShort(frame + 7, (short) 9_992);
    RejectedImageException e = rejected(file);
    assertEquals(RejectReason.TOO_LARGE, e.reason());
    assertTrue(e.getMessage().endsWith("the limit for its size is 20"), e.getMessage());
  }

  @Test
  void jpegOfAFewScansMoreIsRead() throws RejectedImageException {
    assertEquals(53, ImageDecoder.decode(ofScans(3), LIMIT).width());
  }

  static RejectedImageException rejected(byte[] file) {
    return assertThrows(RejectedImageException.class, () -> ImageDecoder.decode(file, LIMIT));
  }
}
