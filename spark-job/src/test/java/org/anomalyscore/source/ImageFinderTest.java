package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFinderTest {
  /**
   * Used as a library of comparisons: as a base class it would start a Spark context of its own
   * beside the one that all tests share.
   */
  private static final JavaDatasetSuiteBase COMPARE = new JavaDatasetSuiteBase();

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @Test
  void rowsHaveFullPathLengthAndTime() throws IOException {
    Instant time = Instant.parse("2024-02-29T12:34:56Z");
    Path a = write("a.png", 3);
    Path b = write("deep/er/and/deeper/b.JPEG", 70_000);
    Files.setLastModifiedTime(a, FileTime.from(time));
    Files.setLastModifiedTime(b, FileTime.from(time));
    List<Row> expected =
        List.of(
            plainFile("file:" + a, 3L, Timestamp.from(time)),
            plainFile("file:" + b, 70_000L, Timestamp.from(time)));

    Dataset<Row> found = ImageFinder.find(SPARK, folder.toString());

    COMPARE.assertDatasetEquals(
        SPARK.createDataFrame(expected, ImageFinder.SCHEMA), found.orderBy("path"));
  }

  private static Row plainFile(String path, long length, Timestamp modified) {
    return RowFactory.create(path, length, modified, null, null, 0L, null, null, null);
  }

  @Test
  void extensionsDecideWhatIsACandidate() throws IOException {
    for (String name :
        List.of("a.png", "b.JPG", "c.jpeg", "d.webp", "e.gif", "f.bmp", "g.tif", "h.TIFF")) {
      write(name, 1);
    }
    write("_x.png", 1);
    write(".hidden.png", 1);
    write("empty.png", 0);
    write("_temporary/y.png", 1);
    for (String name :
        List.of(
            "README.txt", "_SUCCESS", ".DS_Store", "._a.png", "png", "a.png.crc", "a.png.txt")) {
      write(name, 1);
    }
    assertEquals(
        List.of(
            ".hidden.png",
            "_temporary/y.png",
            "_x.png",
            "a.png",
            "b.JPG",
            "c.jpeg",
            "d.webp",
            "e.gif",
            "empty.png",
            "f.bmp",
            "g.tif",
            "h.TIFF"),
        names(folder.toString()));
  }

  @Test
  void everyFileOfAnUnevenTreeOnce() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String top = "class%02d/".formatted(i);
      for (int j = 0; j <= i % 4; j++) {
        expected.add(top + "x" + j + ".png");
        expected.add(top + "sub" + j + "/sub/y.png");
      }
    }
    expected.add("z.png");
    for (String name : expected) {
      write(name, 1);
    }
    assertEquals(expected.stream().sorted().toList(), names(folder.toString()));
  }

  @Test
  void namesWithSpecialCharacters() throws IOException {
    List<String> expected =
        List.of(
            "10% of # it?.png",
            "12:30.png",
            "2024-01-01T12:30:00.png",
            "a b/c d.png",
            "grüße/日本.png",
            "plus+and%20.png",
            "q&'\".png");
    for (String name : expected) {
      write(name, 1);
    }
    assertEquals(expected, names(folder.toString()));
    assertEquals(List.of("a b/c d.png"), names(folder + "/a b"));
    assertEquals(List.of("grüße/日本.png"), names(folder + "/grüße"));
    assertEquals(List.of("a b/c d.png"), names("file:" + folder + "/a b/"));
    // The paths can be opened again as they stand.
    for (Row row : ImageFinder.find(SPARK, folder.toString()).collectAsList()) {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(row.getString(0));
      assertEquals(
          1,
          path.getFileSystem(SPARK.sparkContext().hadoopConfiguration())
              .getFileStatus(path)
              .getLen());
    }
  }

  @Test
  void globs() throws IOException {
    for (String name : List.of("a/1.png", "a/2.jpg", "b/1.png", "b/c/3.png", "d/4.gif", "5.png")) {
      write(name, 1);
    }
    assertEquals(List.of("a/1.png", "b/1.png"), names(folder + "/*/*.png"));
    assertEquals(List.of("a/1.png", "a/2.jpg", "b/1.png", "b/c/3.png"), names(folder + "/[ab]"));
    assertEquals(List.of("5.png"), names(folder + "/*.png"));
    assertEquals(List.of("a/1.png", "a/2.jpg", "d/4.gif"), names(folder + "/{a,d}"));
    assertEquals(List.of("b/c/3.png", "d/4.gif"), names(folder + "/{b/c,d}"));
    assertEquals(List.of("b/1.png", "b/c/3.png"), names(folder + "/{b,b/c}"));
    assertEquals(List.of("b/1.png", "b/c/3.png"), names(folder + "/{b,b/c}/*.png"));
    assertEquals(List.of("b/1.png", "b/c/3.png"), names(folder + "/{b,b/c}/*"));
    assertEquals(
        List.of("5.png", "a/1.png", "a/2.jpg", "b/1.png", "b/c/3.png", "d/4.gif"),
        names(folder + "/*"));
  }

  @Test
  void aPathThatExistsIsNoGlob() throws IOException {
    write("set[1]/x.png", 1);
    write("set1/y.png", 1);
    write("{a,b}/z.png", 1);
    assertEquals(List.of("set[1]/x.png"), names(folder + "/set[1]"));
    assertEquals(List.of("{a,b}/z.png"), names(folder + "/{a,b}"));
    assertEquals(List.of("set1/y.png"), names(folder + "/set[2-91]"));
  }

  @Test
  void localLinks() throws IOException {
    write("a/1.png", 1);
    Files.createSymbolicLink(folder.resolve("to-file.png"), folder.resolve("a/1.png"));
    Files.createSymbolicLink(folder.resolve("to-folder"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("to-nowhere.png"), folder.resolve("gone.png"));
    // The one that leads nowhere is a fault; what the folder holds is found without the link to it.
    assertEquals(List.of("a/1.png", "to-file.png", "to-nowhere.png"), names(folder.toString()));
    assertEquals(List.of("to-folder/1.png"), names(folder + "/to-folder"));
  }

  @Test
  void aSingleFile() throws IOException {
    write("one.png", 1);
    write("two.png", 1);
    assertEquals(List.of("one.png"), names(folder + "/one.png"));
  }

  @Test
  void foldersTooLargeForTheDriverAreListedByTheirTask() throws IOException {
    for (int i = 0; i < 10_050; i++) {
      Files.createFile(folder.resolve("f" + i + ".png"));
    }
    write("sub/g.png", 1);
    assertEquals(10_051, ImageFinder.find(SPARK, folder.toString()).count());
    assertEquals(10_051, ImageFinder.find(SPARK, folder + "/*").count());
  }

  @Test
  void aFolderThatDoesNotExist() {
    assertMessage(
        "Cannot look for images in '"
            + folder
            + "/nowhere': there is no such file or folder."
            + " Check the path",
        folder + "/nowhere");
    assertMessage(
        "Cannot look for images in '"
            + folder
            + "/*/x': there is no such file or folder."
            + " Check the path",
        folder + "/*/x");
  }

  @Test
  void anEmptyFolder() throws IOException {
    Files.createDirectories(folder.resolve("a/b"));
    assertMessage(
        "No images in '"
            + folder
            + "': there is no file. Images are the files that end in png, apng, jpg, jpeg, jpe,"
            + " jfif, jif, webp, gif, bmp, tif, tiff, and those in .tar, .zip, .npz and .parquet"
            + " files",
        folder.toString());
  }

  @Test
  void aFolderWithoutImages() throws IOException {
    write("README.txt", 1);
    write("a/_SUCCESS", 1);
    assertMessage(
        "No images in '"
            + folder
            + "': passed over 2 files: 1 .txt, 1 without extension. Images are the files that end"
            + " in png, apng, jpg, jpeg, jpe, jfif, jif, webp, gif, bmp, tif, tiff, and those in"
            + " .tar, .zip, .npz and .parquet files",
        folder.toString());
  }

  /** Scheme {@code trees:}: as {@code denied:}, but it lists whole trees, as object stores do. */
  public static final class TreeFileSystem extends DeniedFileSystem {
    @Override
    public URI getUri() {
      return URI.create("trees:///");
    }

    @Override
    public String getScheme() {
      return "trees";
    }

    @Override
    public RemoteIterator<LocatedFileStatus> listFiles(
        org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      return super.listFiles(path, recursive);
    }
  }

  @Test
  void fileSystemsThatListTreesAtOnceOrFolderByFolder() throws IOException {
    registerDenied();
    write("a/b/1.png", 1);
    write("a/2.png", 1);
    write("a/b/notes.txt", 1);
    for (String scheme : List.of("denied:", "trees:")) {
      assertEquals(2, ImageFinder.find(SPARK, scheme + folder).count());
      assertEquals(1, ImageFinder.find(SPARK, scheme + folder + "/a/*.png").count());
    }
  }

  @Test
  void noPermissionOnTheFolder() throws IOException {
    registerDenied();
    write("secret/x.png", 1);
    UserException e =
        assertThrows(
            UserException.class, () -> ImageFinder.find(SPARK, "denied:" + folder + "/secret"));
    assertTrue(e.getMessage().contains("no permission"), e.getMessage());
    assertTrue(e.getMessage().contains("Grant it to the user"), e.getMessage());
  }

  @Test
  void aSubfolderThatCannotBeListedIsOneReject() throws IOException {
    registerDenied();
    // Some deeper than the driver looks: more folders above them than roots are wanted.
    for (int i = 0; i < 20; i++) {
      write("top" + i + "/mid/secret/x.png", 1);
      write("top" + i + "/mid/tidy/x.png", 1);
    }
    write("secret/x.png", 1);
    List<Row> rows = ImageFinder.find(SPARK, "denied:" + folder).collectAsList();
    assertEquals(41, rows.size());
    int images = 0;
    for (Row row : rows) {
      if (row.getAs("fault_reason") == null) {
        images++;
        continue;
      }
      assertTrue(row.<String>getAs("path").endsWith("/secret"), row.toString());
      String message = row.getAs("fault_message");
      assertTrue(message.startsWith("Not all of this folder can be listed"), message);
      assertTrue(message.contains("no permission"), message);
    }
    assertEquals(20, images);
  }

  @Test
  void aFolderThatAGlobCannotLookIntoIsOneReject() throws IOException {
    registerDenied();
    write("secret/in/x.png", 1);
    write("tidy/in/x.png", 1);
    write("tidy/in/y.txt", 1);
    write("tidy/x.png", 1);
    for (String scheme : List.of("denied:", "trees:")) {
      for (String glob : List.of("/*/*/x*", "/*/i?", "/*/in/*.png")) {
        Map<String, String> faults = new TreeMap<>();
        for (Row row : ImageFinder.find(SPARK, scheme + folder + glob).collectAsList()) {
          String path = row.getAs("path");
          faults.put(path.substring(path.indexOf(folder.toString())), row.getAs("fault_reason"));
        }
        Map<String, String> expected = new TreeMap<>();
        // A name that needs no listing is found, and what is below it too.
        boolean listed = !glob.contains("/in/");
        expected.put(
            folder + (listed ? "/secret" : "/secret/in/x.png"), listed ? "unreadable" : null);
        expected.put(folder + "/tidy/in/x.png", null);
        assertEquals(expected, faults, scheme + glob);
      }
    }
  }

  /** As in S3, where the right to list often begins at a prefix. */
  @Test
  void aGlobBelowAFolderThatCannotBeListed() throws IOException {
    registerDenied();
    write("secret/open/a/x.png", 1);
    assertEquals(1, ImageFinder.find(SPARK, "denied:" + folder + "/secret/open/*/*.png").count());
  }

  /** An object store says of a tree at once that it cannot be listed. */
  @Test
  void aSubtreeThatCannotBeListedIsOneReject() throws IOException {
    registerDenied();
    write("secret/x.png", 1);
    write("tidy/x.png", 1);
    Map<String, String> faults = new TreeMap<>();
    for (Row row : ImageFinder.find(SPARK, "trees:" + folder).collectAsList()) {
      String path = row.getAs("path");
      faults.put(path.substring(path.indexOf(folder.toString())), row.getAs("fault_reason"));
    }
    Map<String, String> expected = new TreeMap<>();
    expected.put(folder + "/secret", "unreadable");
    expected.put(folder + "/tidy/x.png", null);
    assertEquals(expected, faults);
  }

  @Test
  void aPathThatCannotBeLookedAt() throws IOException {
    String name = "x".repeat(300);
    String message = failure(folder + "/" + name).getMessage();
    assertTrue(message.startsWith("Cannot look for images in '" + folder + "/xxx"), message);
    assertTrue(message.contains("File name too long"), message);
    Files.createSymbolicLink(folder.resolve("to-nowhere"), folder.resolve("gone"));
    message = failure(folder + "/to-nowhere").getMessage();
    assertTrue(message.contains("link to a file that is not there"), message);
    // Long patterns are none.
    write("a/1.png", 1);
    assertEquals(List.of("a/1.png"), names(folder + "/{a," + name + "}"));
  }

  @Test
  void unknownSchemesAndWrongPaths() {
    assertTrue(failure("nosuch://bucket/x").getMessage().contains("Check the scheme"));
    assertTrue(failure("").getMessage().contains("no path"));
  }

  private static void registerDenied() {
    SPARK
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.denied.impl", DeniedFileSystem.class.getName());
    SPARK.sparkContext().hadoopConfiguration().set("fs.trees.impl", TreeFileSystem.class.getName());
  }

  private static UserException failure(String path) {
    return assertThrows(UserException.class, () -> ImageFinder.find(SPARK, path));
  }

  private static void assertMessage(String expected, String path) {
    assertEquals(expected, failure(path).getMessage());
  }

  private Path write(String name, int length) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[length]);
  }

  /** Sorted, relative to the folder. */
  private List<String> names(String path) {
    String prefix = "file:" + folder + "/";
    return ImageFinder.find(SPARK, path).collectAsList().stream()
        .map(row -> row.getString(0))
        .peek(name -> assertTrue(name.startsWith(prefix), name))
        .map(name -> name.substring(prefix.length()))
        .sorted()
        .toList();
  }
}
