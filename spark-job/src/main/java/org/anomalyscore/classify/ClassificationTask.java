package org.anomalyscore.classify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which images are to be told apart.
 *
 * @param sets indices of the data sets that give the images
 * @param classes names of the classes, in the order of their labels
 * @param perClass images of each class: as many as the smallest set has, so that guessing is right
 *     in 1 of {@code classes.size()} cases
 */
record ClassificationTask(Kind kind, List<Integer> sets, List<String> classes, long perClass)
    implements Serializable {

  /** What is asked; a control's answer is known to be chance. */
  enum Kind {
    /** Reference images from those of one generator. */
    REFERENCE_AND_GENERATED(false, true),
    /** Images of two generators. */
    GENERATED_PAIR(false, false),
    /** Which of all sets, the reference included, an image is of. */
    WHICH_SET(false, true),
    /** Two random halves of the reference. */
    REFERENCE_HALVES(true, false),
    /** Reference and one generator, with random labels that know nothing of the set. */
    PERMUTED_LABELS(true, false);

    private final boolean control;
    private final boolean curve;

    Kind(boolean control, boolean curve) {
      this.control = control;
      this.curve = curve;
    }

    boolean isControl() {
      return control;
    }

    /** Whether accuracy is measured over the size of the training set. */
    boolean hasCurve() {
      return curve;
    }

    /** As in the table. */
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The task's images: {@code label} 0 to classes - 1 (double), {@code place} 0 to perClass - 1,
   * {@code features}. Places of a class are random by the images' keys.
   *
   * @param ranked see {@link RankedFeatures#read}
   */
  Dataset<Row> rows(Dataset<Row> ranked) {
    Column index = lit(-1);
    for (int i = 0; i < sets.size(); i++) {
      index = when(col("set").equalTo(sets.get(i)), i).otherwise(index);
    }
    Column rank = col("rank");
    Column label =
        switch (kind) {
          // Ranks are random, so that odd and even ones are random halves of equal size.
          case REFERENCE_HALVES -> pmod(rank, lit(2L));
          case PERMUTED_LABELS -> pmod(rank.plus(index), lit(2L));
          default -> index;
        };
    Column place = kind == Kind.REFERENCE_HALVES ? floor(rank.divide(2)).cast("long") : rank;
    return ranked
        .where(col("set").isin(sets.toArray()))
        .select(label.cast("double").as("label"), place.as("place"), col("features"))
        .where(col("place").lt(perClass));
  }

  /** A place in a data set. */
  record Source(int set, long rank) {}

  /**
   * The same of one image in memory.
   *
   * @param label from 0
   * @param place from 0 to perClass - 1
   */
  Source source(int label, long place) {
    return switch (kind) {
      case REFERENCE_HALVES -> new Source(sets.get(0), 2 * place + label);
      case PERMUTED_LABELS -> new Source(sets.get((int) Math.floorMod(label - place, 2L)), place);
      default -> new Source(sets.get(label), place);
    };
  }
}
