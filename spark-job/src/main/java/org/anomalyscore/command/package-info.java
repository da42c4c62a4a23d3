/**
 * What commands share: groups of options, the Spark session, progress, exit codes and tables for
 * the terminal.
 */
package org.anomalyscore.command;
