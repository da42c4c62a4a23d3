package org.anomalyscore.source;

import java.io.IOException;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;

/** The rows of an {@code .npz} file's image array. */
final class NpzIndex implements MemberIndex {
  private final Item.File file;
  private final NpzArray array;
  private long row;

  /**
   * A compressed array is unpacked once, to its end: how many images it holds is a claim until
   * then, and one that is damaged is one reject instead of one for each row.
   */
  NpzIndex(Item.File file, Configuration hadoop, long mostMembers)
      throws IOException, RejectedImageException {
    this.file = file;
    try (ZipMembers zip = new ZipMembers(file.source(), hadoop)) {
      this.array = NpzArray.find(file.source(), file.length(), zip, hadoop);
      MemberIndex.requireAtMost(array.count(), mostMembers);
      if (!array.stored()) {
        zip.requireWhole(array.entry());
      }
    }
  }

  @Override
  public Item next() {
    if (row == array.count()) {
      return null;
    }
    Item item = file.member(NpzArray.NAME + "/" + row, array.imageBytes(), new Item.Locator(row));
    row++;
    return item;
  }

  @Override
  public void close() {
    // Only the header was read.
  }
}
