/**
 * Finds images in folders, globs and containers (tar, zip, npz, Parquet), and reads one of them.
 */
package org.anomalyscore.source;
