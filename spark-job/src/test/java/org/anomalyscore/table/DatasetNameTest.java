package org.anomalyscore.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.UserException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetNameTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "a,b",
        "__HIVE_DEFAULT_PARTITION__",
        "red\u001b[31m",
        "line\nend",
        "nul\0",
        "photo\u202egnp.exe",
        "half\ud800"
      })
  void refusesWhatCannotBeKept(String name) {
    String message =
        assertThrows(UserException.class, () -> DatasetName.require("--dataset", name))
            .getMessage();
    assertTrue(message.startsWith("--dataset is '"), message);
    assertTrue(message.contains("Give another"), message);
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
  }

  @Test
  void countsBytesAsAFolderOfSparkHasThem() {
    DatasetName.require("--dataset", "x".repeat(200));
    DatasetName.require("--dataset", "ü".repeat(100));
    for (String name : List.of("x".repeat(201), "ü".repeat(101), "/".repeat(67))) {
      String message =
          assertThrows(UserException.class, () -> DatasetName.require("--dataset", name))
              .getMessage();
      assertTrue(message.contains("at most 200"), message);
    }
  }

  /** Every name that is allowed comes back from Spark as it was. */
  @Test
  void sparkKeepsWhatIsAllowed() {
    List<String> names =
        List.of(
            "x".repeat(200),
            "/".repeat(66),
            "a b",
            "007",
            "1e3",
            "null",
            "..",
            "a=b",
            "%41",
            "日本",
            "true",
            "2024-01-01",
            "emoji 🙂",
            "quote\"'",
            "back\\slash",
            "-");
    SparkSession spark = TestSpark.session();
    StructType schema =
        new StructType().add("n", DataTypes.IntegerType).add("dataset", DataTypes.StringType);
    for (String name : names) {
      DatasetName.require("--dataset", name);
    }
    spark
        .createDataFrame(
            names.stream().map(n -> org.apache.spark.sql.RowFactory.create(1, n)).toList(), schema)
        .write()
        .partitionBy("dataset")
        .parquet(folder.resolve("t").toString());
    List<String> kept =
        spark.read().schema(schema).parquet(folder.resolve("t").toString()).collectAsList().stream()
            .map(row -> row.<String>getAs("dataset"))
            .toList();
    assertEquals(names.stream().sorted().toList(), kept.stream().sorted().toList());
    assertFalse(kept.contains(null));
  }
}
