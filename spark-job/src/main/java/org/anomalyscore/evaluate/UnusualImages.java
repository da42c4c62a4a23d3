package org.anomalyscore.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Atypicality;
import org.anomalyscore.stats.FalseDiscoveryRate;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How unlike the reference's each image of a generated set is, and which of them are flagged.
 *
 * @param atypicality of the reference
 * @param p the p-values that occur in the set, rising
 * @param q the q-value of each of them
 * @param flagged images with a q-value up to the false discovery rate
 */
record UnusualImages(Atypicality atypicality, double[] p, double[] q, int flagged)
    implements Serializable {

  private static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("image_id", DataTypes.StringType)
          .add("as_i", DataTypes.DoubleType)
          .add("atypicality", DataTypes.DoubleType)
          .add("p_value", DataTypes.DoubleType)
          .add("q_value", DataTypes.DoubleType)
          .add("direction", DataTypes.StringType);

  /**
   * Judges the images of a set together.
   *
   * @param rate the false discovery rate, in (0, 1)
   */
  static UnusualImages of(Atypicality atypicality, ScoredSet generated, double rate) {
    double[] p = new double[generated.size()];
    Arrays.setAll(
        p,
        i ->
            atypicality.pValue(
                atypicality.distance(generated.complexity()[i], generated.vulnerability()[i])));
    double[] q = FalseDiscoveryRate.qValues(p);
    int flagged = (int) Arrays.stream(q).filter(value -> value <= rate).count();
    // A q-value depends on the p-value alone and never falls where it rises; NaNs come last.
    Arrays.sort(p);
    Arrays.sort(q);
    int distinct = 0;
    for (int i = 0; i < p.length && !Double.isNaN(p[i]); i++) {
      if (distinct == 0 || p[i] != p[distinct - 1]) {
        p[distinct] = p[i];
        q[distinct++] = q[i];
      }
    }
    return new UnusualImages(
        atypicality, Arrays.copyOf(p, distinct), Arrays.copyOf(q, distinct), flagged);
  }

  /**
   * A row an image: {@code path}, {@code image_id}, {@code as_i}, {@code atypicality}, {@code
   * p_value}, {@code q_value}, {@code direction}.
   *
   * @param images with {@code path}, {@code image_id}, {@code complexity}, {@code vulnerability}
   */
  Dataset<Row> measured(Dataset<Row> images) {
    Broadcast<UnusualImages> known =
        JavaSparkContext.fromSparkContext(images.sparkSession().sparkContext()).broadcast(this);
    return images.map(
        (MapFunction<Row, Row>) image -> known.value().row(image), Encoders.row(SCHEMA));
  }

  private Row row(Row image) {
    double c = image.<Double>getAs("complexity");
    double v = image.<Double>getAs("vulnerability");
    double distance = atypicality.distance(c, v);
    double itsP = atypicality.pValue(distance);
    boolean known = !Double.isNaN(itsP);
    return RowFactory.create(
        image.getAs("path"),
        image.getAs("image_id"),
        AnomalyScore.perImage(c, v),
        known ? (Double) distance : null,
        known ? (Double) itsP : null,
        known ? (Double) qValue(itsP) : null,
        known ? atypicality.scatter().direction(c, v) : null);
  }

  /**
   * The q-value of an image. Where its p-value is none of the set's, since a score run has
   * committed after the set was judged, it is that of the next larger one.
   */
  double qValue(double itsP) {
    int found = Arrays.binarySearch(p, itsP);
    int place = Math.min(found < 0 ? -found - 1 : found, p.length - 1);
    return place < 0 ? itsP : Math.max(itsP, q[place]);
  }

  /**
   * The share of flagged images.
   *
   * @param images of the set
   * @return NaN where no image can be judged, since the reference has no scatter
   */
  double share(int images) {
    return atypicality.referenceCount() == 0 ? Double.NaN : flagged / (double) images;
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** The most unusual of the flagged images, a few of them. */
  List<UnusualImage> worst(ScoredSet generated) {
    return generated.furthest().stream()
        .limit(flagged)
        .map(
            image -> {
              double itsP = atypicality.pValue(image.distance());
              return new UnusualImage(
                  image.path().toString(),
                  image.complexity(),
                  orNull(image.complexityError()),
                  image.vulnerability(),
                  orNull(image.vulnerabilityError()),
                  image.distance(),
                  itsP,
                  qValue(itsP),
                  atypicality.scatter().direction(image.complexity(), image.vulnerability()));
            })
        .toList();
  }
}
