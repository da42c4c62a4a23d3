package org.anomalyscore.classify;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.anomalyscore.TestSpark;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureClassifierTest {

  static Stream<JsonNode> oracle() throws Exception {
    JsonNode all =
        JsonMapper.builder()
            .build()
            .readTree(
                FeatureClassifierTest.class.getResourceAsStream("/classification/logistic.json"));
    return StreamSupport.stream(all.get("cases").spliterator(), false);
  }

  /** Both end where the same convex function is least, each within its own tolerance. */
  @ParameterizedTest
  @MethodSource("oracle")
  void logisticRegressionEqualsScikitLearn(JsonNode oracle) {
    int classes = oracle.get("classes").asInt();
    JsonNode train = oracle.get("train");
    List<Row> answers =
        FeatureClassifier.LOGISTIC_REGRESSION
            .fit(
                rows(train, "label"), train.size(), train.get(0).get("features").size(), classes, 0)
            .transform(rows(oracle.get("test"), null))
            .orderBy("label")
            .select(vector_to_array(col("rawPrediction"), "float64"))
            .collectAsList();
    for (int i = 0; i < answers.size(); i++) {
      List<Double> raw = answers.get(i).getList(0);
      JsonNode expected = oracle.get("test").get(i).get("raw");
      // Of two classes Spark gives the margin once with each sign.
      double scale = classes == 2 ? 0.5 : 1;
      for (int j = 0; j < classes; j++) {
        assertEquals(expected.get(j).asDouble(), scale * (raw.get(j) - raw.get(0)), 1e-5);
      }
    }
  }

  static Stream<Arguments> sizes() {
    // Of two and of several classes; of several of MLlib's blocks (1 MB) and stacks (128 rows).
    return Stream.of(Arguments.of(4, 100, 16), Arguments.of(2, 1500, 64));
  }

  /** The in-memory fit is put together of MLlib's parts, and must have its bits. */
  @ParameterizedTest
  @Tag("nightly")
  @MethodSource("sizes")
  void inMemoryHasTheBitsOfMllib(int classes, int perClass, int dimension) {
    Random random = new Random(dimension);
    List<Row> rows = new ArrayList<>();
    List<Vector> vectors = new ArrayList<>();
    double[] labels = new double[classes * perClass];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % classes;
      // The first feature is the same everywhere.
      double[] features = new double[dimension];
      for (int j = 1; j < dimension; j++) {
        features[j] = (float) (random.nextGaussian() * j + (j % classes == labels[i] ? 0.5 : 0));
      }
      rows.add(RowFactory.create(labels[i], Arrays.stream(features).boxed().toArray()));
      vectors.add(Vectors.dense(features));
    }
    Dataset<Row> train = frame(rows).coalesce(1);
    StandardScalerModel scaler =
        new StandardScaler()
            .setInputCol(FeatureClassifier.FEATURES)
            .setOutputCol("scaled")
            .setWithMean(true)
            .setWithStd(true)
            .fit(train);
    Dataset<Row> scaled =
        scaler.transform(train).select(col("label"), col("scaled").as(FeatureClassifier.FEATURES));
    var scale = MemoryFit.scaler(vectors);
    List<Vector> inMemory = vectors.stream().map(scale::apply).toList();
    for (FeatureClassifier classifier : FeatureClassifier.values()) {
      List<Row> expected =
          classifier
              .fit(scaled, labels.length, dimension, classes, 7)
              .transform(scaled)
              .select(vector_to_array(col("rawPrediction"), "float64"), col("prediction"))
              .collectAsList();
      MemoryFit.Model model =
          classifier.fit(TestSpark.session().sparkContext(), inMemory, labels, classes, 7);
      for (int i = 0; i < labels.length; i++) {
        Vector raw = model.raw(inMemory.get(i));
        List<Double> its = expected.get(i).getList(0);
        String place = classifier + " " + i;
        for (int j = 0; j < classes; j++) {
          assertEquals(its.get(j), raw.apply(j), 0, place);
        }
        assertEquals(expected.get(i).getDouble(1), model.label(raw), place);
      }
    }
  }

  /** Without a label's name the label is the row's number. */
  private static Dataset<Row> rows(JsonNode nodes, String label) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode node : nodes) {
      List<Double> features = new ArrayList<>();
      node.get("features").forEach(value -> features.add(value.asDouble()));
      rows.add(
          RowFactory.create(
              label == null ? (double) rows.size() : node.get(label).asDouble(),
              features.toArray()));
    }
    return frame(rows);
  }

  private static Dataset<Row> frame(List<Row> rows) {
    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("label", DataTypes.DoubleType)
                .add("array", DataTypes.createArrayType(DataTypes.DoubleType)))
        .select(col("label"), array_to_vector(col("array")).as(FeatureClassifier.FEATURES));
  }
}
