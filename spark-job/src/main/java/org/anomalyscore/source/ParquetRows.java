package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.anomalyscore.pixels.RejectedImageException;
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
   * A row. Rows before it in its row group are passed over, other row groups are not read.
   *
   * @param number from 0
   * @throws IOException if the file has no such row or is damaged there
   */
  Group row(long number) throws IOException {
    try {
      if (records == null || number < next || number >= end) {
        open(number);
      }
      while (next < number) {
        records.read();
        next++;
      }
      Group row = records.read();
      next++;
      return row;
    } catch (IOException | RuntimeException e) {
      // Parquet's own exceptions are unchecked.
      closePages();
      throw new IOException("damaged at row %d: %s".formatted(number, e), e);
    }
  }

  private void open(long number) throws IOException {
    closePages();
    if (group < 0 || number < first || number >= end) {
      locate(number);
    }
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
