/**
 * The command {@code explain}: the places in an image that its vulnerability comes from, by random
 * attacks on super-pixels and a regression on which were attacked.
 */
package org.anomalyscore.explain;
