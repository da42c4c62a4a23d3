package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {

  private static final String CARD =
      """
      name: net
      input: {size: 224, resize: shorter-side, filter: lanczos}
      output: {index: 1, dimension: 64, pooling: mean}
      sha256: 0000000000000000000000000000000000000000000000000000000000000000
      source: made for a test
      licence: none
      """;

  @Test
  void readsAllFields() {
    ModelCard card = ModelCard.parse(CARD, "net.yaml");
    assertEquals(
        new Preprocessing(224, Preprocessing.Resize.SHORTER_SIDE, PillowResize.Filter.LANCZOS),
        card.preprocessing());
    assertEquals(ModelCard.Pooling.MEAN, card.output().rule());
    assertEquals(1, card.output().index());
    assertEquals(64, card.output().dimension());
    assertEquals(Precision.FLOAT32, card.computesIn());
    assertEquals(
        Precision.FLOAT64, ModelCard.parse(CARD + "precision: float64", "net.yaml").computesIn());
  }

  @ParameterizedTest
  @CsvSource({"1, 32", "32, 32", "112, 32", "224, 8", "299, 4", "512, 1", "65536, 1"})
  void keepsABatchsMemoryAboutTheSame(int size, int images) {
    String card = CARD.replace("224", Integer.toString(size));
    assertEquals(images, ModelCard.parse(card, "net.yaml").defaultBatchSize());
  }

  @Test
  void namesEachMissingField() {
    String message = refusal("name: net\ninput: {size: 32}\n");
    for (String field : new String[] {"output", "input.resize", "input.filter", "net.yaml"}) {
      assertTrue(message.contains(field), message);
    }
  }

  @Test
  void namesTheBadValueAndTheChoices() {
    String message = refusal(CARD.replace("lanczos", "nearest"));
    assertTrue(message.contains("'nearest'"), message);
    assertTrue(message.contains("bicubic, bilinear, box, lanczos"), message);
    assertTrue(refusal(CARD.replace("mean", "median")).contains("output.pooling 'median'"));
    assertTrue(refusal(CARD + "precision: float16").contains("Give one of: float32, float64"));
    assertTrue(refusal(CARD.replace("224", "0")).contains("input.size 0"));
    assertTrue(refusal(CARD.replace("dimension: 64", "dimension: -1")).contains("dimension -1"));
    assertTrue(refusal(CARD.replace("index: 1", "index: -1")).contains("output.index -1"));
    assertTrue(refusal(CARD.replaceAll("0{64}", "abc")).contains("'abc'"));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertTrue(refusal(CARD + "sise: 32\n").contains("sise"));
    assertTrue(refusal("name: [").contains("net.yaml"));
    assertTrue(refusal("").contains("empty"));
  }

  private static String refusal(String yaml) {
    return assertThrows(UserException.class, () -> ModelCard.parse(yaml, "net.yaml")).getMessage();
  }
}
