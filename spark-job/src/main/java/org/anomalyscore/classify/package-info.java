/**
 * The command {@code classify}: how well classifiers tell generated images from real ones, and from
 * each other, by the features that are stored or by their pixels.
 */
package org.anomalyscore.classify;
