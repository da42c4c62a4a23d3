package org.anomalyscore.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A file of any Hadoop file system, for libraries that want a channel. Reads in whole blocks and
 * holds one: the search for the end of a ZIP directory steps backwards byte by byte, and each step
 * would be a request to an object store.
 */
final class HadoopChannel implements SeekableByteChannel {
  private static final int BLOCK = 1 << 17;

  private final FSDataInputStream in;
  private final long size;
  private final byte[] block = new byte[BLOCK];
  private long blockStart;
  private int blockLength;
  private long position;
  private boolean open = true;

  HadoopChannel(Path file, long size, Configuration hadoop)
      throws IOException, RejectedImageException {
    this.in = FileAccess.open(file, hadoop);
    this.size = size;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (position >= size) {
      return -1;
    }
    if (position < blockStart || position >= blockStart + blockLength) {
      blockStart = position / BLOCK * BLOCK;
      blockLength = 0;
      in.seek(blockStart);
      blockLength = in.readNBytes(block, 0, (int) Math.min(BLOCK, size - blockStart));
    }
    int from = (int) (position - blockStart);
    int count = Math.min(target.remaining(), blockLength - from);
    if (count <= 0) {
      return -1;
    }
    target.put(block, from, count);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    in.close();
  }
}
