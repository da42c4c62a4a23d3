/**
 * Measures of two sets of feature vectors that the field reports beside the Anomaly Score: Fréchet
 * distance as it is and for infinitely many images, kernel distance, Gaussian distance, sliced
 * Wasserstein distance, precision, recall, density, coverage, the diversity of a set, the Inception
 * Score, and of single images realism and rarity.
 *
 * <p>Features come as rows of Spark and stay on the executors, in blocks of about a thousand
 * images; the driver holds some numbers an image and some matrices of dimension × dimension. All
 * arithmetic is in double. The order of rows is that of {@code image_id}, so that results depend
 * neither on partitions nor on where files lie.
 *
 * <p>Matrix products and decompositions are netlib's, in the Java form that Spark's distribution
 * ships (dev.ludovic.netlib, 2026: 27 GFLOP/s a core at 384 dimensions with the JDK's vector
 * module, where plain loops that the JIT vectorises reached 7 to 11). Its native form is not used:
 * results would depend on what is installed on a machine. The vector module adds in another order
 * than the plain loops do, so distances and diversities may differ in their last digits with and
 * without it; counts (precision, recall, density, coverage) and single images' values do not, see
 * {@code BlockDistances}.
 */
package org.anomalyscore.setmeasures;
