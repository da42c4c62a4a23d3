package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * Rows of a Parquet file by their number, some of its columns only. Holds the compressed bytes of
 * these columns of one row group, and one page of them unpacked.
 */
final class ParquetRows implements Closeable {
  private final ParquetFileReader file;
  private MessageType columns;
  private PageReadStore pages;
  private RecordReader<Group> records;

  /** Of the open row group: its number, its first row and the one after its last. */
  private int group = -1;

  private long first;
  private long end;

  /** The row that {@link #records} gives next. */
  private long next;

  /** Rows of the open group from this one on cannot be read, for this reason. */
  private long damagedFrom = Long.MAX_VALUE;

  private String damage;

  ParquetRows(Path path, Configuration hadoop) throws IOException, RejectedImageException {
    this.file =
        ParquetFileReader.open(
            FileAccess.parquet(path, hadoop), HadoopReadOptions.builder(hadoop, path).build());
  }

  MessageType schema() {
    return file.getFileMetaData().getSchema();
  }

  List<BlockMetaData> groups() {
    return file.getRowGroups();
  }

  /** Says which columns {@link #row} gives; to be called once. */
  void select(MessageType projection) {
    columns = projection;
    file.setRequestedSchema(projection);
  }

  /**
   * A row. Rows before it in its row group are passed over, other row groups are not read. Where a
   * row group is damaged, it is not read again for the rows behind the damage.
   *
   * @param number from 0
   * @throws IOException if the file has no such row, or its row group is damaged there or before
   */
  Group row(long number) throws IOException {
    if (group < 0 || number < first || number >= end) {
      closePages();
      locate(number);
    }
    if (number >= damagedFrom) {
      throw damaged(null);
    }
    try {
      if (records == null || number < next) {
        open();
      }
      while (next < number) {
        records.read();
        next++;
      }
      Group row = records.read();
      next++;
      return row;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // Parquet's own exceptions are unchecked. A page may claim more bytes than there is memory.
      final long failed = records == null ? first : next;
      closePages();
      damage = e.toString();
      if (!StorageFault.isOfS3(e)) {
        damagedFrom = failed;
        throw damaged(e);
      }
      throw new IOException("row %d cannot be read: %s".formatted(failed, damage), e);
    }
  }

  private IOException damaged(Throwable cause) {
    return new IOException("damaged at row %d: %s".formatted(damagedFrom, damage), cause);
  }

  private void open() throws IOException {
    closePages();
    pages = file.readRowGroup(group);
    records =
        new ColumnIOFactory()
            .getColumnIO(columns)
            .getRecordReader(pages, new GroupRecordConverter(columns));
    next = first;
  }

  private void locate(long number) throws IOException {
    long start = 0;
    List<BlockMetaData> groups = file.getRowGroups();
    for (int i = 0; i < groups.size(); i++) {
      long after = start + groups.get(i).getRowCount();
      if (number < after) {
        group = i;
        first = start;
        end = after;
        damagedFrom = Long.MAX_VALUE;
        return;
      }
      start = after;
    }
    throw new IOException("the file has only %d rows".formatted(start));
  }

  private void closePages() {
    if (pages != null) {
      pages.close();
    }
    pages = null;
    records = null;
  }

  @Override
  public void close() throws IOException {
    closePages();
    file.close();
  }
}
