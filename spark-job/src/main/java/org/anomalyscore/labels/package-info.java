/** The command {@code labels}: complexity, vulnerability and AS-i by a label of each image. */
package org.anomalyscore.labels;
