package org.anomalyscore.classify;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.anomalyscore.TestSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
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
    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("label", DataTypes.DoubleType)
                .add("array", DataTypes.createArrayType(DataTypes.DoubleType)))
        .select(col("label"), array_to_vector(col("array")).as(FeatureClassifier.FEATURES));
  }
}
