package org.anomalyscore.measure;

/**
 * What the network says of one image, without noise or attack.
 *
 * @param features M(x)
 * @param logits of the classes; null where the card names none
 * @param spatial of a spatial layer, position by position; null where the card names none
 */
// The arrays are the content, and these are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record NetworkOutput(double[] features, double[] logits, double[] spatial) {}
