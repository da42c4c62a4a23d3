/**
 * Pure Java numerics of the Anomaly Score: the two-dimensional Kolmogorov-Smirnov statistic, its
 * p-values and intervals, and AS-i. Knows no Spark, Hadoop, DJL or slf4j, so that it can be used
 * and tested anywhere.
 */
package org.anomalyscore.stats;
