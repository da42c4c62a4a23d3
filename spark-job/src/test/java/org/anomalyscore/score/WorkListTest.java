package org.anomalyscore.score;

import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lengths files claim, the work is no more than the images. */
class WorkListTest {
  private static final int CHUNK = 8;

  @TempDir Path folder;

  private static Row row(String path, long length, String fault) {
    Object[] values = new Object[ImageFinder.SCHEMA.size()];
    values[ImageFinder.SCHEMA.fieldIndex("path")] = path;
    values[ImageFinder.SCHEMA.fieldIndex("length")] = length;
    values[ImageFinder.SCHEMA.fieldIndex("modified")] = new Timestamp(0);
    values[ImageFinder.SCHEMA.fieldIndex("position")] = 0L;
    values[ImageFinder.SCHEMA.fieldIndex("fault_reason")] = fault;
    return new GenericRowWithSchema(values, ImageFinder.SCHEMA);
  }

  private WorkList write(List<Row> rows) {
    TableStore store = new TableStore(TestSpark.session(), folder.toString());
    store.requireWritable();
    return WorkList.write(
        TestSpark.session(),
        TestSpark.session().createDataFrame(rows, ImageFinder.SCHEMA),
        store,
        lit(true),
        CHUNK,
        Run.start("score"));
  }

  @Test
  void lengthsThatNoFileHasWeighNothing() {
    List<Row> rows = new ArrayList<>();
    for (long length : List.of(Long.MAX_VALUE, 1L << 60, 1L << 50, -1L)) {
      rows.add(row("file:/a/" + length + ".png", length, null));
      rows.add(row("file:/b/" + length + ".png", length, "truncated"));
    }
    WorkList work = write(rows);
    assertEquals(8, work.toDo());
    assertEquals(1, work.chunks());
    assertEquals(8, work.size(0, work.chunks()));
  }

  @Test
  void thereAreNoMoreChunksThanImages() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(row("file:/%02d.tif".formatted(i), 500L << 20, null));
    }
    WorkList work = write(rows);
    assertTrue(work.chunks() <= 20, work.chunks() + " chunks");
    for (long chunk = 0; chunk < work.chunks(); chunk++) {
      assertEquals(1, work.size(chunk, chunk + 1));
    }
  }

  @Test
  void smallImagesFillChunks() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      rows.add(row("file:/%02d.png".formatted(i), 1000, null));
    }
    assertEquals(10, write(rows).chunks(), "80 images of weight 1");
  }
}
