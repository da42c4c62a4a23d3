package org.anomalyscore.source;

import java.io.IOException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** The rows of a Parquet file with a column of images: from its footer, and the paths if any. */
final class ParquetIndex implements MemberIndex {
  /** What a page can be unpacked to, by far: a mean that says more is no mean of images. */
  private static final long MOST_INFLATION = 1032;

  private final Item.File file;
  private final ParquetRows rows;
  private final ParquetColumn column;
  private int group = -1;
  private long groupEnd;
  private long row;
  private long meanLength;

  ParquetIndex(Item.File file, Configuration hadoop, long mostMembers)
      throws IOException, RejectedImageException {
    this.file = file;
    this.rows = new ParquetRows(file.source(), hadoop);
    try {
      this.column = ParquetColumn.of(rows.schema());
      MemberIndex.requireAtMost(count(), mostMembers);
      requireCodec(hadoop);
      if (column.hasPaths()) {
        rows.select(column.paths());
      }
    } catch (IOException | RuntimeException | RejectedImageException e) {
      rows.close();
      throw e;
    }
  }

  /** Of rows, as the footer claims; {@link Long#MAX_VALUE} where that is more. */
  private long count() throws IOException {
    long count = 0;
    for (BlockMetaData block : rows.groups()) {
      if (block.getRowCount() < 0) {
        throw new IOException("its footer counts %d rows".formatted(block.getRowCount()));
      }
      count += block.getRowCount();
      if (count < 0) {
        return Long.MAX_VALUE;
      }
    }
    return count;
  }

  /** Without this each row would be a reject that names a class. */
  private void requireCodec(Configuration hadoop) throws RejectedImageException {
    for (BlockMetaData block : rows.groups()) {
      CompressionCodecName codec = images(block).getCodec();
      String library = codec.getHadoopCompressionCodecClassName();
      if (library != null && hadoop.getClassByNameOrNull(library) == null) {
        throw new RejectedImageException(
            RejectReason.UNREADABLE,
            "The images of the Parquet file are compressed by %s, and there is no library for it"
                    .formatted(codec)
                + " here. Write the file again with snappy, zstd or gzip (in pyarrow:"
                + " compression='zstd')");
      }
    }
  }

  @Override
  public Item next() throws IOException {
    while (row == groupEnd) {
      group++;
      if (group == rows.groups().size()) {
        return null;
      }
      BlockMetaData block = rows.groups().get(group);
      groupEnd += block.getRowCount();
      meanLength = meanLength(block);
    }
    String path = column.hasPaths() ? column.path(rows.row(row)) : null;
    Item item =
        file.member(path == null ? "" + row : row + "/" + path, meanLength, new Item.Locator(row));
    row++;
    return item;
  }

  private long meanLength(BlockMetaData block) {
    ColumnChunkMetaData images = images(block);
    long most = MOST_INFLATION * Math.max(0, Math.min(images.getTotalSize(), file.length()));
    return Math.max(0, Math.min(images.getTotalUncompressedSize(), most))
        / Math.max(1, block.getRowCount());
  }

  private ColumnChunkMetaData images(BlockMetaData block) {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (chunk.getPath().toDotString().equals(column.bytesPath())) {
        return chunk;
      }
    }
    throw new IllegalStateException("No chunk of " + column.bytesPath() + " in " + file.path());
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
