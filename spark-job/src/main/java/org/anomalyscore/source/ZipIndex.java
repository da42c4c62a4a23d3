package org.anomalyscore.source;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;

/** The images of a ZIP archive. */
final class ZipIndex implements MemberIndex {
  private final Item.File file;
  private final Iterator<ZipArchiveEntry> entries;
  private final DistinctNames names = new DistinctNames();
  private final Map<String, Long> passedOver = new TreeMap<>();

  ZipIndex(Item.File file, Configuration hadoop, long mostMembers)
      throws IOException, RejectedImageException {
    this.file = file;
    this.entries =
        ZipDirectory.read(
                file.source(), file.length(), mostMembers, MemberIndex.tooMany(mostMembers), hadoop)
            .iterator();
  }

  @Override
  public Item next() {
    while (entries.hasNext()) {
      ZipArchiveEntry entry = entries.next();
      if (!entry.isDirectory()) {
        if (ImageNames.isImage(entry.getName())) {
          return member(entry);
        }
        passedOver.merge(ImageNames.kind(entry.getName()), 1L, Long::sum);
      }
    }
    return null;
  }

  @Override
  public Map<String, Long> passedOver() {
    return passedOver;
  }

  private Item member(ZipArchiveEntry entry) {
    ZipStorage storage = ZipStorage.of(entry);
    Item.Member member =
        file.member(
            names.of(entry.getName()),
            entry.getSize(),
            new Item.Locator(entry.getLocalHeaderOffset(), storage.text()));
    String unreadable = ZipMembers.unreadable(entry);
    if (unreadable != null) {
      return member.fault(RejectReason.UNREADABLE, unreadable);
    }
    if (entry.isUnixSymlink()) {
      return member.fault(
          RejectReason.UNREADABLE,
          "It is a symbolic link inside the ZIP archive, and links are not followed. Pack the image"
              + " itself (zip without --symlinks)");
    }
    String impossible =
        storage.impossible(entry.getSize(), entry.getLocalHeaderOffset(), file.length());
    return impossible == null ? member : member.fault(RejectReason.TRUNCATED, impossible);
  }

  @Override
  public void close() {
    // The directory was read at once.
  }
}
