package org.anomalyscore.source;

import java.io.IOException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;

/** Reads images out of the rows of a Parquet file. */
final class ParquetMembers implements MemberReader {
  private final ParquetRows rows;
  private final ParquetColumn column;

  ParquetMembers(Path file, Configuration hadoop) throws IOException, RejectedImageException {
    this.rows = new ParquetRows(file, hadoop);
    try {
      this.column = ParquetColumn.of(rows.schema());
    } catch (RejectedImageException e) {
      rows.close();
      throw e;
    }
    rows.select(column.images());
  }

  @Override
  public byte[] read(Item.Member item) throws IOException, RejectedImageException {
    Group row = rows.row(item.locator().position());
    Binary bytes = column.bytes(row);
    if (bytes != null) {
      return bytes.getBytes();
    }
    String path = column.path(row);
    if (path == null) {
      throw new RejectedImageException(RejectReason.EMPTY, "The image is NULL");
    }
    throw new RejectedImageException(
        RejectReason.UNREADABLE,
        "The row holds no bytes but only the path '%s' of a file elsewhere. Embed the bytes (in"
                .formatted(path)
            + " Hugging Face datasets: embed_table_storage, or push_to_hub, before to_parquet)");
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
