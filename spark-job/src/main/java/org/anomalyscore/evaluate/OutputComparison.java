package org.anomalyscore.evaluate;

import static org.apache.spark.sql.functions.col;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.FrechetDistance;
import org.anomalyscore.setmeasures.InceptionScore;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.KeptOutput;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;

/**
 * Measures of generated sets by the further outputs of the network that the scores table holds,
 * where it holds some: the logits of the classes, and a spatial layer. What is of the reference is
 * read and computed once.
 */
final class OutputComparison implements AutoCloseable {

  private final TableStore store;
  private final ScoreTimes times;
  private final String configId;
  private final Estimate referenceScore;
  private final FeatureSet referenceSpatial;

  OutputComparison(TableStore store, ScoreTimes times, String configId, Images reference) {
    this.store = store;
    this.times = times;
    this.configId = configId;
    if (holds(KeptOutput.LOGITS)) {
      try (FeatureSet logits = read(reference, KeptOutput.LOGITS)) {
        this.referenceScore = InceptionScore.of(logits);
      }
    } else {
      this.referenceScore = null;
    }
    // Last, since it stays open.
    this.referenceSpatial = holds(KeptOutput.SPATIAL) ? read(reference, KeptOutput.SPATIAL) : null;
  }

  /** Asked once, and not of each set: the feature model's card names the output, or does not. */
  private boolean holds(KeptOutput output) {
    return !store
        .read(Table.SCORES)
        .where(col("config_id").equalTo(configId).and(col(output.column()).isNotNull()))
        .isEmpty();
  }

  private FeatureSet read(Images images, KeptOutput output) {
    return FeatureSet.of(
        CurrentScores.kept(store, times, configId, images.dataset(), images.present(), output));
  }

  /** Those of {@link Statistic.Group#OUTPUT} that are known, by their columns. */
  Map<String, Estimate> of(Images images) {
    Map<String, Estimate> measures = new LinkedHashMap<>();
    if (referenceScore != null) {
      try (FeatureSet logits = read(images, KeptOutput.LOGITS)) {
        measures.put(Statistic.INCEPTION_SCORE.column(), InceptionScore.of(logits));
        measures.put(Statistic.REFERENCE_INCEPTION_SCORE.column(), referenceScore);
      }
    }
    if (referenceSpatial != null) {
      try (FeatureSet spatial = read(images, KeptOutput.SPATIAL)) {
        measures.put(
            Statistic.SPATIAL_FRECHET_DISTANCE.column(),
            FrechetDistance.between(referenceSpatial, spatial));
      }
    }
    return measures;
  }

  @Override
  public void close() {
    if (referenceSpatial != null) {
      referenceSpatial.close();
    }
  }
}
