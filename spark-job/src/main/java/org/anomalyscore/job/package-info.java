/**
 * Commands, their options and the jobs behind them. The only room that starts Spark sessions, reads
 * the environment or ends the process.
 */
package org.anomalyscore.job;
