/**
 * The feature model and what is measured on it: the noise stream, complexity and vulnerability of
 * single images.
 *
 * <p>One native model lives in an executor JVM per file hash and device; each task opens one {@link
 * org.anomalyscore.measure.ScorePredictor} on it through the job's {@link
 * org.anomalyscore.measure.ScoreEngine}, which closes it when the task ends. Only plain Java arrays
 * cross the border to DJL, and no {@code NDArray} leaves this room.
 */
package org.anomalyscore.measure;
