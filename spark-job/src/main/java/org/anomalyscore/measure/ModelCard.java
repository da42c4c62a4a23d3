package org.anomalyscore.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.storage.UserException;

/**
 * What must be known of a TorchScript file to use it as a feature model: a YAML file of the same
 * base name beside it, or {@code card.yaml} among the archive's extra files. A TorchScript file is
 * code and is to be trusted like code; its hash says which file is meant, not that it is harmless.
 *
 * @param precision what the module computes in, takes and gives: {@code float32}, which a card
 *     without it means, or {@code float64}
 * @param sha256 of the TorchScript file, 64 lower-case hexadecimal digits; may be missing only in
 *     an embedded card, which cannot hold its own archive's hash
 */
public record ModelCard(
    String name,
    Input input,
    Output output,
    @JsonInclude(JsonInclude.Include.NON_NULL) String precision,
    String sha256,
    String source,
    String licence)
    implements Serializable {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /**
   * The pixels that the module takes: (N, 3, size, size), RGB in [0, 1].
   *
   * @param resize {@code squash}, or {@code shorter-side} and then a centre crop
   * @param filter Pillow's 8-bit {@code bicubic}, {@code bilinear}, {@code box} or {@code lanczos}
   */
  public record Input(Integer size, String resize, String filter) implements Serializable {}

  /**
   * Where the features are in what the module returns.
   *
   * @param index which element, where the module returns a tuple; default 0
   * @param dimension the length of one image's feature vector
   * @param pooling how (N, C, h, w) or (N, T, C) becomes (N, dimension); missing for (N, dimension)
   * @param logits which element is the classes' logits, (N, classes); null where none is kept
   * @param spatial which element is a spatial layer, (N, D) or (N, C, h, w); null where none is
   *     kept
   */
  public record Output(
      Integer index,
      Integer dimension,
      String pooling,
      @JsonInclude(JsonInclude.Include.NON_NULL) Integer logits,
      @JsonInclude(JsonInclude.Include.NON_NULL) Integer spatial)
      implements Serializable {

    /** The pooling rule; {@link Pooling#NONE} when the card has none. */
    public Pooling rule() {
      return pooling == null
          ? Pooling.NONE
          : choice(Pooling.values(), "output.pooling", pooling, null);
    }
  }

  /** How features of rank 3 or 4 become one vector. */
  public enum Pooling {
    /** Features are (N, D) already. */
    NONE,
    /** The mean over positions or tokens. */
    MEAN,
    /** The largest value over positions or tokens. */
    MAX,
    /** The first token, a transformer's class token; rank 3 only. */
    FIRST,
    /** All values of an image, in memory order. */
    FLATTEN
  }

  /**
   * Reads and checks a card.
   *
   * @param origin how to name the card in a message
   */
  public static ModelCard parse(String yaml, String origin) {
    if (yaml.isBlank()) {
      throw new UserException(
          "The model card " + origin + " is empty. docs/models.md shows a card.");
    }
    ModelCard card;
    try {
      card = YAML.readValue(yaml, ModelCard.class);
    } catch (JsonProcessingException e) {
      throw new UserException(
          "The model card "
              + origin
              + " cannot be read: "
              + e.getOriginalMessage()
              + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")")
              + ". Correct it; docs/models.md shows a whole card.",
          e);
    }
    card.requireComplete(origin);
    return card;
  }

  /**
   * Images a network call where the user says nothing: 8 at 224 pixels, and as many values at other
   * sizes. More are hardly faster on a CPU, and memory grows with them.
   *
   * @return 1 to 32
   */
  public int defaultBatchSize() {
    long values = (long) input.size * input.size;
    return (int) Math.max(1, Math.min(32, 8 * 224 * 224 / values));
  }

  /** How images become the model's input. */
  public Preprocessing preprocessing() {
    return new Preprocessing(
        input.size,
        choice(Preprocessing.Resize.values(), "input.resize", input.resize, name),
        choice(PillowResize.Filter.values(), "input.filter", input.filter, name));
  }

  /** What the module computes in. */
  public Precision computesIn() {
    return precision == null
        ? Precision.FLOAT32
        : choice(Precision.values(), "precision", precision, name);
  }

  private void requireComplete(String origin) {
    List<String> missing = new ArrayList<>();
    require(missing, "name", name);
    require(missing, "input", input);
    require(missing, "output", output);
    if (input != null) {
      require(missing, "input.size", input.size);
      require(missing, "input.resize", input.resize);
      require(missing, "input.filter", input.filter);
    }
    if (output != null) {
      require(missing, "output.dimension", output.dimension);
    }
    if (!missing.isEmpty()) {
      throw new UserException(
          "The model card "
              + origin
              + " lacks "
              + String.join(", ", missing)
              + ". Add what is missing; docs/models.md shows a whole card.");
    }
    requirePositive(origin, "input.size", input.size);
    requirePositive(origin, "output.dimension", output.dimension);
    requireElement(origin, "output.index", output.index);
    requireElement(origin, "output.logits", output.logits);
    requireElement(origin, "output.spatial", output.spatial);
    if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
      throw new UserException(
          "The model card "
              + origin
              + " has sha256 '"
              + sha256
              + "', which is not 64 lower-case hexadecimal digits. Write what sha256sum prints.");
    }
    preprocessing();
    output.rule();
    computesIn();
  }

  private static void require(List<String> missing, String field, Object value) {
    if (value == null || value.equals("")) {
      missing.add(field);
    }
  }

  private static void requirePositive(String origin, String field, int value) {
    if (value < 1) {
      throw new UserException(
          "The model card " + origin + " has " + field + " " + value + ". Give 1 or more.");
    }
  }

  private static void requireElement(String origin, String field, Integer value) {
    if (value != null && value < 0) {
      throw new UserException(
          "The model card " + origin + " has " + field + " " + value + ". Give 0 or more.");
    }
  }

  private static <E extends Enum<E>> E choice(E[] values, String field, String text, String card) {
    for (E value : values) {
      if (cardName(value).equals(text)) {
        return value;
      }
    }
    throw new UserException(
        "The model card"
            + (card == null ? "" : " of " + card)
            + " has "
            + field
            + " '"
            + text
            + "'. Give one of: "
            + Arrays.stream(values).map(ModelCard::cardName).collect(Collectors.joining(", "))
            + ".");
  }

  private static String cardName(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
