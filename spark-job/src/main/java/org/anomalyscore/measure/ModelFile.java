package org.anomalyscore.measure;

import java.io.IOException;
import java.io.Serializable;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.UserException;
import org.apache.spark.SparkFiles;

/**
 * A feature model's file and card, opened on the driver and shipped to the executors once.
 *
 * @param sha256 of the file's bytes
 * @param card what the module takes and returns
 */
public record ModelFile(String sha256, ModelCard card) implements Serializable {

  /** The file's copy on this executor. */
  public java.nio.file.Path onExecutor() {
    return java.nio.file.Path.of(SparkFiles.get(shippedName()));
  }

  /** Fails unless the bytes of a copy are those that the driver saw. */
  void verify(java.nio.file.Path copy) throws IOException {
    String found = ContentHash.hex(copy);
    if (!found.equals(sha256)) {
      throw new UserException(
          "The copy of feature model "
              + card.name()
              + " on this executor has SHA-256 "
              + found
              + " instead of "
              + sha256
              + ". The file changed or was damaged on the way; start the run again.");
    }
  }

  /** What the file is called where Spark has brought it. */
  String shippedName() {
    return sha256 + ".pt";
  }

  static UserException notTorchScript(String uri, Exception cause) {
    return new UserException(
        "The feature model "
            + uri
            + " is not a TorchScript file. Save one with torch.jit.save; a state_dict or a"
            + " pickled module cannot be used (spark-job/src/main/python/export_feature_model.py"
            + " exports the usual models). What was said of it: "
            + EngineFault.said(cause),
        cause);
  }
}
