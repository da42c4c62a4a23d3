package org.anomalyscore.setmeasures;

import java.io.Serializable;

/**
 * Consecutive rows of a {@link FeatureSet}.
 *
 * @param start index of the first row in the set
 * @param group of all rows
 * @param rows number of rows
 * @param dimension of the features
 * @param values row by row, {@code rows × dimension}
 */
record FeatureBlock(int start, int group, int rows, int dimension, float[] values)
    implements Serializable {}
