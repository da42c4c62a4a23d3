/** The list of commands, and the only place that ends the process. */
package org.anomalyscore.job;
