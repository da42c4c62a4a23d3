/**
 * The statistics as Spark SQL functions, which {@link
 * org.anomalyscore.functions.AnomalyScoreExtensions} brings into a session. All arithmetic is in
 * {@code org.anomalyscore.stats}.
 */
package org.anomalyscore.functions;
