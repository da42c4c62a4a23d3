/**
 * Networks that are trained from scratch on pixels. Beside {@code measure} the only room that knows
 * DJL: what is trained here is no feature model, and what measures needs no training.
 *
 * <p>A network's weights are one array of Java, and a step of the training is a function of it: the
 * array goes to the device, the loss's gradient comes back, and no {@code NDArray} outlives the
 * step. So nothing is shared between the tasks of a JVM, of which DJL's own trainer allows one at a
 * time ({@code GradientCollector}), and a seed gives the same bits beside any other task.
 */
package org.anomalyscore.training;
