package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Reads members of a tar archive where the index found them. */
final class TarMembers implements MemberReader {
  private final FSDataInputStream in;

  TarMembers(Path file, Configuration hadoop) throws IOException, RejectedImageException {
    this.in = FileAccess.open(file, hadoop);
  }

  @Override
  public byte[] read(Item.Member item) throws IOException {
    in.seek(item.locator().position());
    byte[] bytes = in.readNBytes((int) item.length());
    if (bytes.length < item.length()) {
      throw new EOFException(
          "the archive ends after %d of the member's %d bytes"
              .formatted(bytes.length, item.length()));
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
