package org.anomalyscore.measure;

import java.io.Serializable;
import java.util.HexFormat;
import org.anomalyscore.storage.ContentHash;

/**
 * Everything that can change a number in the score table, and its name.
 *
 * @param model the file's hash, its preprocessing and its output rule
 */
public record ScoreConfiguration(ModelFile model, ScoreParameters parameters)
    implements Serializable {

  /**
   * Raised whenever the same configuration would give other numbers than an older version did.
   * Under 1, some TIFF, BMP and JPEG files were scored with other pixels than Pillow's.
   */
  private static final int NUMERICS_VERSION = 2;

  /**
   * Names this configuration: c and 16 hexadecimal digits. The letter keeps readers that guess the
   * types of folder names from taking it for a number.
   */
  public String configId() {
    return "c" + HexFormat.of().formatHex(ContentHash.of(text()), 0, 8);
  }

  /** The hashed text. A field that is missing here could let two kinds of numbers be mixed. */
  String text() {
    ModelCard card = model.card();
    ScoreParameters p = parameters;
    return String.join(
        "|",
        "anomaly-score",
        "numerics=" + NUMERICS_VERSION,
        "model=" + model.sha256(),
        "size=" + card.input().size(),
        "resize=" + card.input().resize(),
        "filter=" + card.input().filter(),
        "output=" + (card.output().index() == null ? 0 : card.output().index()),
        // A card in float32 is what the text meant before there were others.
        "pooling="
            + card.output().rule()
            + (card.computesIn() == Precision.FLOAT32
                ? ""
                : "|precision=" + card.computesIn().cardName())
            // They change no C and no V, but what stands beside them.
            + (card.output().logits() == null ? "" : "|logits=" + card.output().logits())
            + (card.output().spatial() == null ? "" : "|spatial=" + card.output().spatial()),
        "noise-step=" + p.noiseStep(),
        "noise-steps=" + p.noiseSteps(),
        "attack-step=" + p.attackStep(),
        "attack-steps=" + p.attackSteps(),
        "attack-start=" + p.attackStart(),
        "attack-ball=" + p.attackBall(),
        "ascends=" + p.ascends(),
        "seed=" + p.seed() + draws(p));
  }

  /**
   * A single draw is what the text meant before there were several, and one number is what it meant
   * before C and V had each its own: the names that tables hold stand.
   */
  private static String draws(ScoreParameters p) {
    if (p.noiseDraws() == p.attackDraws()) {
      return p.noiseDraws() == 1 ? "" : "|draws=" + p.noiseDraws();
    }
    return "|noise-draws=" + p.noiseDraws() + "|attack-draws=" + p.attackDraws();
  }
}
