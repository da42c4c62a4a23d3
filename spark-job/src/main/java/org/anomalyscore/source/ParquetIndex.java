package org.anomalyscore.source;

import java.io.IOException;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/** The rows of a Parquet file with a column of images: from its footer, and the paths if any. */
final class ParquetIndex implements MemberIndex {
  private final Item file;
  private final ParquetRows rows;
  private final ParquetColumn column;
  private int group = -1;
  private long groupEnd;
  private long row;
  private long meanLength;

  ParquetIndex(Item file, Configuration hadoop) throws IOException, RejectedImageException {
    this.file = file;
    this.rows = new ParquetRows(new Path(file.path()), hadoop);
    try {
      this.column = ParquetColumn.of(rows.schema());
      if (column.hasPaths()) {
        rows.select(column.paths());
      }
    } catch (RejectedImageException e) {
      rows.close();
      throw e;
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
    Item item = file.member(path == null ? "" + row : row + "/" + path, meanLength, row);
    row++;
    return item;
  }

  private long meanLength(BlockMetaData block) {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (chunk.getPath().toDotString().equals(column.bytesPath())) {
        return chunk.getTotalUncompressedSize() / Math.max(1, block.getRowCount());
      }
    }
    throw new IllegalStateException("No chunk of " + column.bytesPath() + " in " + file.path());
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
