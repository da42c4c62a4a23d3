package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against Pillow 12.3.0: src/test/python/image/make_decode_fixtures.py. */
class ImageDecoderTest {
  static final Map<String, byte[]> GOLDEN = GoldenZip.read("/image/decode.zip");
  static final long LIMIT = 100_000_000;

  static List<String> index() {
    return new String(GOLDEN.get("index.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  @ParameterizedTest
  @MethodSource("index")
  void equalsPillow(String line) throws RejectedImageException {
    String[] fields = line.split(" ", -1);
    byte[] expected = GOLDEN.get("golden/" + fields[3] + ".rgb");

    RgbImage image = ImageDecoder.decode(GOLDEN.get(fields[0]), LIMIT);

    assertEquals(fields[1] + "x" + fields[2], image.width() + "x" + image.height());
    Difference difference = Difference.of(expected, image.rgb());
    assertEquals(0, difference.largest(), difference::toString);
  }
}
