package org.anomalyscore.source;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * The column of a Parquet file that holds encoded images: binary values, or Hugging Face's struct
 * {@code {bytes: binary, path: string}}.
 *
 * <p>The only such column is it, whatever its name. Of several it is the one called {@code image},
 * or else the only one with another usual name.
 */
final class ParquetColumn {
  private static final String FIRST_CHOICE = "image";
  private static final Set<String> USUAL_NAMES =
      Set.of(
          "img", "images", "picture", "photo", "bytes", "content", "data", "png", "jpg", "jpeg",
          "webp");
  private static final String BYTES = "bytes";
  private static final String PATH = "path";

  private final MessageType schema;
  private final Type column;

  private ParquetColumn(MessageType schema, Type column) {
    this.schema = schema;
    this.column = column;
  }

  /**
   * Chooses the column.
   *
   * @throws RejectedImageException naming the columns, if none or several could be it
   */
  static ParquetColumn of(MessageType schema) throws RejectedImageException {
    List<Type> candidates =
        schema.getFields().stream().filter(ParquetColumn::canHoldImages).toList();
    if (candidates.size() == 1) {
      return new ParquetColumn(schema, candidates.get(0));
    }
    for (Set<String> names : List.of(Set.of(FIRST_CHOICE), USUAL_NAMES)) {
      List<Type> named =
          candidates.stream()
              .filter(type -> names.contains(type.getName().toLowerCase(Locale.ROOT)))
              .toList();
      if (named.size() == 1) {
        return new ParquetColumn(schema, named.get(0));
      }
    }
    throw new RejectedImageException(
        RejectReason.UNREADABLE,
        candidates.isEmpty()
            ? "The Parquet file has no column of images (binary, or a struct {bytes: binary, path:"
                + " string}) but %s. Write one image a row (in Spark: explode a list); if the file is"
                    .formatted(
                        schema.getFields().stream()
                            .map(type -> type.getName() + ": " + describe(type))
                            .limit(20)
                            .toList())
                + " not meant to hold any, keep it elsewhere"
            : "The columns %s of the Parquet file could all hold the images. Call the right one '%s'"
                .formatted(names(candidates), FIRST_CHOICE));
  }

  private static List<String> names(List<Type> fields) {
    return fields.stream().map(Type::getName).limit(20).toList();
  }

  private static String describe(Type type) {
    if (type.getLogicalTypeAnnotation() != null) {
      return type.getLogicalTypeAnnotation().toString().toLowerCase(Locale.ROOT);
    }
    return type.isPrimitive()
        ? type.asPrimitiveType().getPrimitiveTypeName().toString().toLowerCase(Locale.ROOT)
        : "struct of " + names(type.asGroupType().getFields());
  }

  private static boolean canHoldImages(Type type) {
    if (type.isPrimitive()) {
      return isBinary(type);
    }
    GroupType group = type.asGroupType();
    return !type.isRepetition(Repetition.REPEATED)
        && group.containsField(BYTES)
        && isBinary(group.getType(BYTES));
  }

  private static boolean isBinary(Type type) {
    return type.isPrimitive()
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && type.getLogicalTypeAnnotation() == null
        && !type.isRepetition(Repetition.REPEATED);
  }

  /** Whether each image has a name of its own. */
  boolean hasPaths() {
    return !column.isPrimitive()
        && column.asGroupType().containsField(PATH)
        && column.asGroupType().getType(PATH).getLogicalTypeAnnotation()
            instanceof StringLogicalTypeAnnotation;
  }

  /** The values, and their paths where there are any: nothing else is read. */
  MessageType images() {
    return column.isPrimitive()
        ? project(column)
        : projectStruct(hasPaths() ? List.of(BYTES, PATH) : List.of(BYTES));
  }

  /** The paths alone. */
  MessageType paths() {
    return projectStruct(List.of(PATH));
  }

  private MessageType projectStruct(List<String> fields) {
    GroupType group = column.asGroupType();
    return project(group.withNewFields(fields.stream().map(group::getType).toList()));
  }

  private MessageType project(Type type) {
    return new MessageType(schema.getName(), type);
  }

  /** Of the column that holds the values' bytes, as the file's footer writes it. */
  String bytesPath() {
    return column.isPrimitive() ? column.getName() : column.getName() + "." + BYTES;
  }

  /** The path in a record of {@link #images} or {@link #paths}; null where it has none. */
  String path(Group row) {
    if (!hasPaths()) {
      return null;
    }
    Group struct = row.getFieldRepetitionCount(0) == 0 ? null : row.getGroup(0, 0);
    return struct == null || struct.getFieldRepetitionCount(PATH) == 0
        ? null
        : struct.getString(PATH, 0);
  }

  /** The encoded image in a record of {@link #images}; null where it has none. */
  Binary bytes(Group row) {
    if (row.getFieldRepetitionCount(0) == 0) {
      return null;
    }
    if (column.isPrimitive()) {
      return row.getBinary(0, 0);
    }
    Group struct = row.getGroup(0, 0);
    return struct.getFieldRepetitionCount(BYTES) == 0 ? null : struct.getBinary(BYTES, 0);
  }
}
