package org.anomalyscore.measure;

/** One image as the network sees it: pixels (3, S, S) in C, H, W order. */
public record InputImage(String imageId, float[] pixels) {}
