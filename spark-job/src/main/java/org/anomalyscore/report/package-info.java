/**
 * One page of HTML from the tables, for people: reads what the other commands wrote and computes no
 * statistic that they have.
 *
 * <p>Names of files and data sets are foreign input. They reach the page only through FreeMarker's
 * escaping templates and through JSON in which no {@code <} stands; scripts run by their hashes
 * alone (Content-Security-Policy).
 */
package org.anomalyscore.report;
