package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.viewfs.ViewFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir Path folder;

  private void left(String name, Duration age) throws IOException {
    Path file = Files.createFile(folder.resolve(name));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A killed process leaves a part; one that is being written is young. */
  @Test
  void clearsThePartsThatKilledProcessesLeft() throws IOException {
    String young = ".a 12:30.html." + UUID.randomUUID();
    String other = ".b.html." + UUID.randomUUID();
    left(young, Duration.ofMinutes(1));
    left(other, Duration.ofDays(1));
    left(".a 12:30.html.notes", Duration.ofDays(1));
    left(".a 12:30.html." + UUID.randomUUID(), Duration.ofDays(1));
    WholeFile.at(new Configuration(), "--out", folder + "/a 12:30.html")
        .write("page".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Stream.of("a 12:30.html", ".a 12:30.html.notes", young, other).sorted().toList(), names());
    assertEquals("page", Files.readString(folder.resolve("a 12:30.html")));
  }

  @Test
  void clearsThemOnOtherFileSystemsToo() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.viewfs.impl", ViewFileSystem.class.getName());
    hadoop.set("fs.viewfs.mounttable.test.link./folder", folder.toUri().toString());
    String young = "_a.html." + UUID.randomUUID();
    left(young, Duration.ofMinutes(1));
    left("_a.html." + UUID.randomUUID(), Duration.ofDays(1));
    WholeFile.at(hadoop, "--out", "viewfs://test/folder/a.html")
        .write("page".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Stream.of("a.html", young).sorted().toList(),
        names().stream().filter(name -> !name.endsWith(".crc")).toList());
  }
}
