/**
 * The command {@code sweep}: how complexity, vulnerability and the Anomaly Score depend on each
 * parameter and on the seed.
 */
package org.anomalyscore.sweep;
