package org.anomalyscore.measure;

/**
 * One image as the network sees it, before it is rounded to what the network computes in.
 *
 * @param pixels (3, S, S) in C, H, W order, level / 255 in [0, 1]
 */
public record InputImage(String imageId, double[] pixels) {}
