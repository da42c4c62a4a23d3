package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.anomalyscore.TestSpark;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the tables are in Hive's metastore after the session that registered them has ended. */
class TablesHiveTest {

  @TempDir Path folder;

  @Test
  @Tag("nightly")
  void anotherSessionFindsTheTablesByName() throws Exception {
    Path tables = folder.resolve("tables");
    TableStore store = new TableStore(TestSpark.session(), tables.toString());
    for (String set : List.of("007", "2024-01-01")) {
      for (String path : List.of("a", "b")) {
        store.append(Table.SCORES, List.of(ScoreRows.of(set, path, 0.1, 2).toRow()));
      }
    }
    Path out = folder.resolve("out");
    Process process =
        MainProcess.start(
            HiveProgram.class, folder, out, tables.toString(), folder.resolve("hive").toString());
    process.waitFor(10, TimeUnit.MINUTES);
    String printed = Files.readString(out);
    assertEquals(0, process.exitValue(), printed);
    assertEquals(
        List.of("ROW 007 string 2", "ROW 2024-01-01 string 2"),
        printed.lines().filter(line -> line.startsWith("ROW")).toList(),
        printed);
  }
}
