package org.anomalyscore.source;

import java.io.IOException;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The rows of an {@code .npz} file's image array. */
final class NpzIndex implements MemberIndex {
  private final Item file;
  private final NpzArray array;
  private long row;

  NpzIndex(Item file, Configuration hadoop) throws IOException, RejectedImageException {
    this.file = file;
    Path path = new Path(file.path());
    try (ZipMembers zip = new ZipMembers(path, hadoop)) {
      this.array = NpzArray.find(path, file.length(), zip, hadoop);
    }
  }

  @Override
  public Item next() {
    if (row == array.count()) {
      return null;
    }
    Item item = file.member(NpzArray.NAME + "/" + row, array.imageBytes(), row);
    row++;
    return item;
  }

  @Override
  public void close() {
    // Only the header was read.
  }
}
