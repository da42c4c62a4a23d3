package org.anomalyscore.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and folders have the permissions that Hadoop's own class gives them. */
class LocalFilesTest {

  @TempDir java.nio.file.Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"022", "077", "000"})
  void permissionsAreThoseOfHadoop(String umask) throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.permissions.umask-mode", umask);
    assertEquals(
        made(new LocalFileSystem(), hadoop, "hadoops"), made(new LocalFiles(), hadoop, "ours"));
  }

  /** What stands in a folder, checksums too, with the permissions of each. */
  private Map<String, String> made(LocalFileSystem fs, Configuration hadoop, String name)
      throws IOException {
    fs.initialize(URI.create("file:///"), hadoop);
    java.nio.file.Path root = Files.createDirectory(folder.resolve(name));
    // A folder of a group, as its members make it.
    Files.setAttribute(root, "unix:mode", 02755);
    Path top = new Path(root.toUri());
    fs.create(new Path(top, "a/b/new")).close();
    fs.mkdirs(new Path(top, "c/d"), new FsPermission("750"));
    for (String mode : new String[] {"000", "421", "764", "1777"}) {
      Path file = new Path(top, "mode " + mode);
      fs.create(file).close();
      fs.setPermission(file, new FsPermission(mode));
    }
    Map<String, String> found = new TreeMap<>();
    try (Stream<java.nio.file.Path> all = Files.walk(root)) {
      for (java.nio.file.Path each : all.toList()) {
        found.put(root.relativize(each).toString(), "" + Files.getAttribute(each, "unix:mode"));
      }
    }
    assertEquals(15, found.size(), found::toString);
    return found;
  }

  @Test
  void whatIsNotThereIsTold() throws IOException {
    LocalFiles files = new LocalFiles();
    files.initialize(URI.create("file:///"), new Configuration());
    Path none = new Path(folder.resolve("none").toUri());
    assertThrows(FileNotFoundException.class, () -> files.open(none));
    assertThrows(
        NoSuchFileException.class, () -> files.setPermission(none, new FsPermission("644")));
  }

  @Test
  void takesThePlaceOfHadoopsOwn() throws IOException {
    Configuration hadoop = new Configuration();
    FileSystem.get(URI.create("file:///"), hadoop);
    LocalFiles.forgetHadoops();
    hadoop.set(LocalFiles.SETTING, LocalFiles.class.getName());
    assertEquals(LocalFiles.class, FileSystem.get(URI.create("file:///"), hadoop).getClass());
  }
}
