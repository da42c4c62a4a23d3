/** The driver-side reducer: score tables in, the Anomaly Score of each generated set out. */
package org.anomalyscore.evaluation;
