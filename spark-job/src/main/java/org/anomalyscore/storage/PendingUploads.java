package org.anomalyscore.storage;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Uploads to S3 that were begun and never completed, as a killed writer leaves them: invisible in
 * any listing, but paid for.
 */
public final class PendingUploads {

  private PendingUploads() {}

  /**
   * Aborts every multipart upload under a folder, whoever began it: call it only while nobody else
   * writes there.
   *
   * @return how many; 0 on file systems that have none
   */
  public static int abort(FileSystem fs, Path folder) throws IOException {
    return Storage.isS3A(fs) ? S3Objects.abortUploads(fs, folder) : 0;
  }

  /**
   * Counts them.
   *
   * @return 0 on file systems that have none
   */
  public static int count(FileSystem fs, Path folder) throws IOException {
    return Storage.isS3A(fs) ? S3Objects.countUploads(fs, folder) : 0;
  }
}
