package org.anomalyscore.stats;

import java.io.Serializable;

/**
 * What the order of two pooled samples says about which of them is greater.
 *
 * @param u Mann-Whitney U of the second sample: the pairs in which its value is greater, plus half
 *     of the tied pairs
 * @param ties the sum of t^3 - t over all runs of t equal values
 */
public record RankSums(double u, double ties) implements Serializable {}
