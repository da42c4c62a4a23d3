package org.anomalyscore.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The central directory of a ZIP archive. */
final class ZipDirectory {

  private ZipDirectory() {}

  /**
   * All entries, without a look at their local headers, which would be a seek each.
   *
   * @throws IOException if the file is no ZIP archive or its end is missing
   */
  static List<ZipArchiveEntry> read(Path file, long length, Configuration hadoop)
      throws IOException {
    try (HadoopChannel channel = new HadoopChannel(file, length, hadoop);
        ZipFile zip =
            ZipFile.builder()
                .setSeekableByteChannel(channel)
                .setIgnoreLocalFileHeader(true)
                .get()) {
      List<ZipArchiveEntry> entries = new ArrayList<>();
      entries.addAll(Collections.list(zip.getEntries()));
      return entries;
    } catch (IOException e) {
      // The library says only in the cause what it found.
      throw e.getCause() instanceof ZipException cause ? cause : e;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("damaged ZIP directory: " + e, e);
    }
  }
}
