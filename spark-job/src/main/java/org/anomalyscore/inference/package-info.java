/**
 * The feature model and what is measured on it: complexity and vulnerability of single images, and
 * the places in an image that its vulnerability comes from.
 *
 * <p>One native model lives in an executor JVM per file hash and device; each task opens one {@link
 * org.anomalyscore.inference.ScorePredictor} on it and closes it when the task ends. Only plain
 * Java arrays cross the border to DJL.
 */
package org.anomalyscore.inference;
