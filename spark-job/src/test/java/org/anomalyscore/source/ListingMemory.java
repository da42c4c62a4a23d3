package org.anomalyscore.source;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import org.apache.spark.sql.SparkSession;

/**
 * Lists a folder in one JVM that is driver and executor, to find the heap that a listing takes: run
 * it under a falling {@code -Xmx} until it fails.
 */
public final class ListingMemory {
  private ListingMemory() {}

  /**
   * Lists and prints.
   *
   * @param args the folder
   */
  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            // Spark refuses to start below 450 MiB otherwise.
            .config("spark.testing.reservedMemory", 1 << 20)
            .getOrCreate();
    long begin = System.nanoTime();
    long count = ImageFinder.find(spark, args[0]).count();
    double seconds = (System.nanoTime() - begin) / 1e9;
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    System.out.printf(
        "%d images in %.1f s under -Xmx %d MiB; peaks of the heap's pools: %d MiB%n",
        count, seconds, Runtime.getRuntime().maxMemory() >> 20, peak >> 20);
    spark.stop();
  }
}
