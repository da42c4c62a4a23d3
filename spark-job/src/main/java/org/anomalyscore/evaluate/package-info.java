/**
 * The command {@code evaluate}: the driver-side reducer. Score tables in, the Anomaly Score of each
 * generated set out.
 */
package org.anomalyscore.evaluate;
