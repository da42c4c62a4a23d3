/** The Parquet tables: schemas, readers, writers, and where each row came from. */
package org.anomalyscore.table;
