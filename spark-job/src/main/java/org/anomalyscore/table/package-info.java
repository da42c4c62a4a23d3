/**
 * The Parquet tables: schemas, the meaning of each column, readers and writers, the lease, the
 * runs, and which row is the newest.
 */
package org.anomalyscore.table;
