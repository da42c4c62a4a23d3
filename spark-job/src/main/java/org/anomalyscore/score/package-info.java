/**
 * The command {@code score}: images in, the table of scores out, in slices that a kill cannot tear.
 */
package org.anomalyscore.score;
