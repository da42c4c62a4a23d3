package org.anomalyscore.source;

import java.io.IOException;
import java.util.Iterator;
import org.anomalyscore.pixels.RejectReason;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The images of a ZIP archive. */
final class ZipIndex implements MemberIndex {
  private final Item file;
  private final Iterator<ZipArchiveEntry> entries;
  private final DistinctNames names = new DistinctNames();

  ZipIndex(Item file, Configuration hadoop) throws IOException {
    this.file = file;
    this.entries = ZipDirectory.read(new Path(file.path()), file.length(), hadoop).iterator();
  }

  @Override
  public Item next() {
    while (entries.hasNext()) {
      ZipArchiveEntry entry = entries.next();
      if (!entry.isDirectory() && ImageFinder.isImage(entry.getName())) {
        Item item =
            file.member(names.of(entry.getName()), entry.getSize(), entry.getLocalHeaderOffset());
        return checked(item, entry);
      }
    }
    return null;
  }

  private static Item checked(Item item, ZipArchiveEntry entry) {
    String unreadable = ZipMembers.unreadable(entry);
    if (unreadable != null) {
      return item.fault(RejectReason.UNREADABLE, unreadable);
    }
    if (entry.isUnixSymlink()) {
      return item.fault(
          RejectReason.UNREADABLE,
          "It is a symbolic link inside the ZIP archive, and links are not followed. Pack the image"
              + " itself (zip without --symlinks)");
    }
    return item.zipped(entry.getCompressedSize(), entry.getMethod(), entry.getCrc());
  }

  @Override
  public void close() {
    // The directory was read at once.
  }
}
