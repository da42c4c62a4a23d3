package org.anomalyscore.source;

import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Locale;
import org.anomalyscore.pixels.RejectReason;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One image as listed: a file, a member of a container, or the fault that kept a container from
 * being listed.
 *
 * @param path the file's full path, or {@code CONTAINER!/MEMBER}: a label, never a place to write
 * @param length bytes that reading gives; of a Parquet value the mean of its row group
 * @param modified when the file or the container was last changed
 * @param container full path of the containing file; null for plain files and faulty containers
 * @param position 0 for plain files; rises within a container in the order of its bytes
 * @param storedLength bytes in the container, where that differs by compression (ZIP); else null
 * @param method ZIP compression method; else null
 * @param crc32 of the member's bytes, as the container says (ZIP); else null
 * @param faultReason null, or why there is nothing to read
 * @param faultMessage for the user, with the reason
 */
record Item(
    String path,
    long length,
    Timestamp modified,
    String container,
    long position,
    Long storedLength,
    Integer method,
    Long crc32,
    RejectReason faultReason,
    String faultMessage)
    implements Serializable {

  /** Plain types only: such rows may be kept in any table format. */
  static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("length", DataTypes.LongType, false)
          .add("modified", DataTypes.TimestampType, false)
          .add("container", DataTypes.StringType)
          .add("position", DataTypes.LongType, false)
          .add("stored_length", DataTypes.LongType)
          .add("method", DataTypes.IntegerType)
          .add("crc32", DataTypes.LongType)
          .add("fault_reason", DataTypes.StringType)
          .add("fault_message", DataTypes.StringType);

  static Item file(FileStatus file) {
    return new Item(
        file.getPath().toString(),
        file.getLen(),
        new Timestamp(file.getModificationTime()),
        null,
        0,
        null,
        null,
        null,
        null,
        null);
  }

  /** A member of this file. */
  Item member(String name, long memberLength, long memberPosition) {
    return new Item(
        path + "!/" + name,
        memberLength,
        modified,
        path,
        memberPosition,
        null,
        null,
        null,
        null,
        null);
  }

  /** This member, as ZIP stores it. */
  Item zipped(long stored, int compression, long checksum) {
    return new Item(
        path,
        length,
        modified,
        container,
        position,
        stored,
        compression,
        checksum,
        faultReason,
        faultMessage);
  }

  /** In place of this item, why it cannot be read. */
  Item fault(RejectReason reason, String message) {
    return new Item(
        path, length, modified, container, position, storedLength, method, crc32, reason, message);
  }

  Row toRow() {
    return RowFactory.create(
        path,
        length,
        modified,
        container,
        position,
        storedLength,
        method,
        crc32,
        faultReason == null ? null : faultReason.text(),
        faultMessage);
  }

  /** Columns are found by name, in any order, and others may stand beside them. */
  static Item of(Row row) {
    String reason = row.getAs("fault_reason");
    return new Item(
        row.getAs("path"),
        row.<Long>getAs("length"),
        row.getAs("modified"),
        row.getAs("container"),
        row.<Long>getAs("position"),
        row.getAs("stored_length"),
        row.getAs("method"),
        row.getAs("crc32"),
        reason == null ? null : RejectReason.valueOf(reason.toUpperCase(Locale.ROOT)),
        row.getAs("fault_message"));
  }
}
