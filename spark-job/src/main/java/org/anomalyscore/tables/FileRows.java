package org.anomalyscore.tables;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * What came of reading a Parquet file to its end.
 *
 * @param fault why it cannot be read; null where it can
 */
record FileRows(String path, long rows, String fault) implements Serializable {

  /** Reads all columns of all rows. */
  static FileRows read(String path, Configuration hadoop) {
    long rows = 0;
    try (ParquetFileReader file =
        ParquetFileReader.open(HadoopInputFile.fromPath(new Path(path), hadoop))) {
      MessageType schema = file.getFileMetaData().getSchema();
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      PageReadStore pages;
      while ((pages = file.readNextRowGroup()) != null) {
        RecordReader<Group> records =
            columns.getRecordReader(pages, new GroupRecordConverter(schema));
        for (long row = 0; row < pages.getRowCount(); row++) {
          records.read();
          rows++;
        }
      }
      return new FileRows(path, rows, null);
    } catch (IOException | RuntimeException e) {
      // Parquet throws unchecked exceptions at damaged pages and footers.
      return new FileRows(path, rows, String.valueOf(e.getMessage()));
    }
  }
}
