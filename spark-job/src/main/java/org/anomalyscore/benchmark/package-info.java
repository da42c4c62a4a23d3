/**
 * The command {@code benchmark}: a night of generators by a manifest, under several feature models,
 * with alerts and correlations with human error rates.
 */
package org.anomalyscore.benchmark;
