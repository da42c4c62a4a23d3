package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.pixels.PillowResize.Filter;
import org.anomalyscore.pixels.Preprocessing.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against Pillow 12.3.0 and torchvision 0.28.0: src/test/python/image/make_resize_fixtures.py. */
class PillowResizeTest {
  private static final Map<String, byte[]> GOLDEN = GoldenZip.read("/image/resize.zip");

  static List<String> resizes() {
    return names("resize/");
  }

  static List<String> shorterSides() {
    return names("shorter_side/");
  }

  @ParameterizedTest
  @MethodSource("resizes")
  void equalsPillowToTheLevel(String name) {
    String[] parts = name.substring(name.indexOf('/') + 1, name.length() - 4).split("_", -1);
    int[] to = GoldenZip.size(parts[2]);

    RgbImage result = PillowResize.resize(source(parts[0]), to[0], to[1], filter(parts[3]));

    assertEquals(to[0], result.width());
    assertEquals(to[1], result.height());
    assertArrayEquals(GOLDEN.get(name), result.rgb());
  }

  @Test
  void everyFilterIsCovered() {
    Set<String> filters = new TreeSet<>();
    resizes().forEach(n -> filters.add(n.substring(n.lastIndexOf('_') + 1, n.length() - 4)));
    assertEquals(Set.of("bicubic", "bilinear", "box", "lanczos"), filters);
    assertEquals(Filter.values().length, filters.size());
  }

  @ParameterizedTest
  @MethodSource("shorterSides")
  void shorterSideEqualsTorchvision(String name) {
    String[] parts = name.substring(name.indexOf('/') + 1, name.length() - 4).split("_", -1);
    int size = Integer.parseInt(parts[2]);

    RgbImage result =
        new Preprocessing(size, Resize.SHORTER_SIDE, filter(parts[3])).apply(source(parts[0]));

    assertEquals(size, result.width());
    assertEquals(size, result.height());
    assertArrayEquals(GOLDEN.get(name), result.rgb());
  }

  @Test
  void squashIsAPlainResize() {
    RgbImage source = source("37x23");
    RgbImage result = new Preprocessing(16, Resize.SQUASH, Filter.BICUBIC).apply(source);
    assertArrayEquals(GOLDEN.get("resize/37x23_to_16x16_bicubic.rgb"), result.rgb());
  }

  @Test
  void tensorEqualsNumPyBitForBit() {
    byte[] bytes = GOLDEN.get("tensor/16x16.f32");
    float[] expected = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(expected);
    double[] tensor = Preprocessing.toTensor(source("16x16"));
    float[] rounded = new float[tensor.length];
    for (int i = 0; i < tensor.length; i++) {
      rounded[i] = (float) tensor[i];
    }
    assertArrayEquals(expected, rounded, 0f);
  }

  @Test
  void aLevelThatIsDividedInDoubleIsRoundedToFloat32Once() {
    byte[] levels = new byte[3 * 256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (i / 3);
    }
    double[] tensor = Preprocessing.toTensor(new RgbImage(256, 1, levels));
    for (int level = 0; level < 256; level++) {
      assertEquals(level / 255.0, tensor[level]);
      assertEquals(level / 255f, (float) tensor[level]);
    }
  }

  @ParameterizedTest
  @EnumSource(Filter.class)
  void sameSizeIsTheSameImage(Filter filter) {
    RgbImage source = source("37x23");
    assertSame(source, PillowResize.resize(source, 37, 23, filter));
  }

  @ParameterizedTest
  @EnumSource(Filter.class)
  void flatImagesStayFlat(Filter filter) {
    byte[] rgb = new byte[3 * 50 * 20];
    Arrays.fill(rgb, (byte) 255);
    RgbImage result = PillowResize.resize(new RgbImage(50, 20, rgb), 33, 47, filter);
    for (byte level : result.rgb()) {
      assertEquals(-1, level);
    }
  }

  @Test
  void longThinImagesNeedNoMemoryForThePartThatIsCutAway() {
    RgbImage thin = new RgbImage(1, 200_000, new byte[600_000]);
    // The full resize would be 224 x 44,800,000 pixels, 30 GB, which no JVM of tests has.
    RgbImage shorter = new Preprocessing(224, Resize.SHORTER_SIDE, Filter.BICUBIC).apply(thin);
    assertEquals(3 * 224 * 224, shorter.rgb().length);
    RgbImage squashed = new Preprocessing(224, Resize.SQUASH, Filter.BICUBIC).apply(thin);
    assertEquals(3 * 224 * 224, squashed.rgb().length);
  }

  @Test
  void refusesSizesBelowOne() {
    RgbImage source = source("37x23");
    assertThrows(
        IllegalArgumentException.class, () -> PillowResize.resize(source, 0, 5, Filter.BOX));
    assertThrows(
        IllegalArgumentException.class, () -> PillowResize.resize(source, 5, -1, Filter.BOX));
    assertThrows(
        IllegalArgumentException.class, () -> new Preprocessing(0, Resize.SQUASH, Filter.BOX));
    assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2, new byte[11]));
  }

  private static List<String> names(String prefix) {
    return GOLDEN.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  private static RgbImage source(String size) {
    int[] sides = GoldenZip.size(size);
    return new RgbImage(sides[0], sides[1], GOLDEN.get("source/" + size + ".rgb"));
  }

  private static Filter filter(String name) {
    return Filter.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
