/**
 * The commands {@code labels}, complexity, vulnerability and AS-i by a label of each image, and
 * {@code calibrate}, which of the measures of single images agree with people's labels. They are
 * two commands, since one compares images that share a label, and the other orders images of which
 * each may have a label of its own.
 */
package org.anomalyscore.labels;
