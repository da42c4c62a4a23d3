package org.anomalyscore.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrequencyFilterTest {

  @Test
  void itIsNumPysTransform() {
    for (Object each : (List<?>) Oracle.read().get("low_pass")) {
      Map<?, ?> one = (Map<?, ?>) each;
      int size = ((Number) one.get("size")).intValue();
      FrequencyFilter filter =
          new FrequencyFilter(size, ((Number) one.get("cut_off")).doubleValue());
      float[] image = Oracle.made(3 * size * size, 0.37);
      double[] expected = Oracle.numbers(one.get("image"));
      float[] low = filter.lowPass(image);
      float[] high = filter.highPass(image);
      for (int i = 0; i < image.length; i++) {
        assertEquals(expected[i], low[i], 1e-6);
        assertEquals(image[i], low[i] + high[i], 1e-6, "the two add up to the image");
      }
    }
  }

  @Test
  void theFinestChequerIsOfHighFrequency() {
    float[] grey = new float[3 * 8 * 8];
    float[] chequer = new float[grey.length];
    Arrays.fill(grey, 0.5f);
    for (int i = 0; i < chequer.length; i++) {
      chequer[i] = 0.5f + ((i + i / 8) % 2 == 0 ? 0.25f : -0.25f);
    }
    FrequencyFilter filter = new FrequencyFilter(8, 0.25);
    assertArrayEquals(grey, filter.lowPass(grey), 1e-7f);
    assertArrayEquals(new float[grey.length], filter.highPass(grey), 1e-7f);
    assertArrayEquals(grey, filter.lowPass(chequer), 1e-7f);
  }

  /** Two cycles on eight pixels are a quarter cycle a pixel. */
  @Test
  void aWaveAtTheCutOffIsLow() {
    float[] wave = new float[3 * 8 * 8];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = (float) Math.cos(2 * Math.PI * 2 * (i % 8) / 8);
    }
    assertArrayEquals(wave, new FrequencyFilter(8, 0.25).lowPass(wave), 1e-6f);
    assertArrayEquals(new float[wave.length], new FrequencyFilter(8, 0.24).lowPass(wave), 1e-6f);
  }
}
