package org.anomalyscore.evaluate;

import org.anomalyscore.table.CurrentScores;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A data set as it is now.
 *
 * @param present see {@link CurrentScores#of}
 */
public record Images(String dataset, Dataset<Row> present) {}
