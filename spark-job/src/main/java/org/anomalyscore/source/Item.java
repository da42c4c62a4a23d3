package org.anomalyscore.source;

import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Locale;
import org.anomalyscore.pixels.RejectReason;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a listing gives: an image that is a file or a member of a container, or the fault of one of
 * these, or of a whole container.
 */
sealed interface Item extends Serializable {

  /** Plain types only: such rows may be kept in any table format. */
  StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("length", DataTypes.LongType, false)
          .add("modified", DataTypes.TimestampType, false)
          .add("etag", DataTypes.StringType)
          .add("container", DataTypes.StringType)
          .add("position", DataTypes.LongType, false)
          .add("locator", DataTypes.StringType)
          .add("fault_reason", DataTypes.StringType)
          .add("fault_message", DataTypes.StringType);

  /** The file's full path, or {@code CONTAINER!/MEMBER}: a label, never a place to write. */
  String path();

  /** When the file or the container was last changed. */
  Timestamp modified();

  /** A row of {@link #SCHEMA}. */
  Row toRow();

  /** In place of this item, why it cannot be read. */
  Fault fault(RejectReason reason, String message);

  /**
   * A file.
   *
   * @param length bytes
   * @param etag what an object store calls these bytes; null elsewhere
   */
  record File(String path, long length, Timestamp modified, String etag) implements Item {

    Member member(String name, long memberLength, Locator locator) {
      return new Member(path + "!/" + name, memberLength, modified, path, locator);
    }

    /** To open it by. */
    Path source() {
      return new Path(path);
    }

    @Override
    public Fault fault(RejectReason reason, String message) {
      return new Fault(path, modified, null, 0, reason, message);
    }

    @Override
    public Row toRow() {
      return RowFactory.create(path, length, modified, etag, null, 0L, null, null, null);
    }
  }

  /**
   * A member of a container.
   *
   * @param length bytes that reading gives; of a Parquet value the mean of its row group
   * @param container full path of the containing file
   * @param locator finds it there
   */
  record Member(String path, long length, Timestamp modified, String container, Locator locator)
      implements Item {

    @Override
    public Fault fault(RejectReason reason, String message) {
      return new Fault(path, modified, container, locator.position(), reason, message);
    }

    @Override
    public Row toRow() {
      return RowFactory.create(
          path,
          length,
          modified,
          null,
          container,
          locator.position(),
          locator.storage(),
          null,
          null);
    }
  }

  /**
   * Where in its container a member is.
   *
   * @param position rises in the order of the container's bytes
   * @param storage what the container's format needs to know besides, in its own words; null where
   *     that is nothing
   */
  record Locator(long position, String storage) implements Serializable {

    Locator(long position) {
      this(position, null);
    }
  }

  /**
   * What cannot be read. It has no length: nothing will be fetched.
   *
   * @param container full path of the containing file; null for files and whole containers
   * @param position in the container
   * @param reason why there is nothing to read
   * @param message for the user, with the reason
   */
  record Fault(
      String path,
      Timestamp modified,
      String container,
      long position,
      RejectReason reason,
      String message)
      implements Item {

    @Override
    public Fault fault(RejectReason otherReason, String otherMessage) {
      return new Fault(path, modified, container, position, otherReason, otherMessage);
    }

    @Override
    public Row toRow() {
      return RowFactory.create(
          path, 0L, modified, null, container, position, null, reason.text(), message);
    }
  }

  /** Columns are found by name, in any order, and others may stand beside them. */
  static Item of(Row row) {
    String path = row.getAs("path");
    Timestamp modified = row.getAs("modified");
    String container = row.getAs("container");
    long position = row.<Long>getAs("position");
    String reason = row.getAs("fault_reason");
    if (reason != null) {
      return new Fault(
          path,
          modified,
          container,
          position,
          RejectReason.valueOf(reason.toUpperCase(Locale.ROOT)),
          row.getAs("fault_message"));
    }
    long length = row.<Long>getAs("length");
    return container == null
        ? new File(path, length, modified, row.getAs("etag"))
        : new Member(
            path, length, modified, container, new Locator(position, row.getAs("locator")));
  }
}
