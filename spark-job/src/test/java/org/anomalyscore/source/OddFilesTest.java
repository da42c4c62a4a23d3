package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.anomalyscore.TestSpark;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No file ends a listing or a reading, and none vanishes. */
class OddFilesTest {
  private static final byte[] PNG = Containers.files(Containers.pixels(1)).get("000.png");

  @TempDir Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  /** Reason by path below the folder; null for an image. */
  private Map<String, RejectReason> loaded(List<Row> rows) {
    Map<String, RejectReason> reasons = new TreeMap<>();
    Loaded.images(rows, "file:" + folder + "/")
        .forEach((name, image) -> reasons.put(name, image.reason()));
    return reasons;
  }

  private static List<Row> rows(String glob, Search search, PassedOver passedOver) {
    return ImageFinder.find(TestSpark.session(), glob, search, passedOver).collectAsList();
  }

  private static PassedOver counts() {
    return PassedOver.register(TestSpark.session());
  }

  private static Map<String, RejectReason> images(String... names) {
    Map<String, RejectReason> reasons = new TreeMap<>();
    for (String name : names) {
      reasons.put(name, null);
    }
    return reasons;
  }

  @Test
  void namesWithColonsInFilesFoldersAndContainers() throws IOException {
    write("2024-01-01T12:30:00.png", PNG);
    write("at 12:30/x.png", PNG);
    Files.createDirectories(folder.resolve("at 12:45"));
    Containers.tar(folder.resolve("at 12:45/1:2.tar"), Map.of("a:b.png", PNG));
    Containers.npz(
        folder.resolve("at 12:45/3:4.npz"),
        Containers.pixels(1),
        org.apache.commons.compress.archivers.zip.ZipArchiveEntry.STORED);
    Map<String, RejectReason> all =
        images(
            "2024-01-01T12:30:00.png",
            "at 12:30/x.png",
            "at 12:45/1:2.tar!/a:b.png",
            "at 12:45/3:4.npz!/arr_0/0");
    assertEquals(all, loaded(Loaded.rows(folder)));
    assertEquals(all, loaded(rows(folder + "/*", Search.BY_NAME, counts())));
    assertEquals(
        images("at 12:30/x.png"), loaded(rows(folder + "/at*/*.png", Search.BY_NAME, counts())));
    assertEquals(
        images("at 12:30/x.png"), loaded(rows(folder + "/at 12:3?", Search.BY_NAME, counts())));
    String path = "file:" + folder + "/2024-01-01T12:30:00.png";
    new ImagesByPath(5, 1000, 10_000)
        .load(path, List.of(path), new Configuration(), i -> assertFalse(i.isRejected()));
  }

  @Test
  void aParquetFileWithAColon() throws IOException {
    Containers.parquet(folder.resolve("table"), "image", Map.of("x", PNG));
    Path written;
    try (var files = Files.list(folder.resolve("table"))) {
      written = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.createDirectories(folder.resolve("odd"));
    Files.move(written, folder.resolve("odd/1:2.parquet"));
    assertEquals(images("odd/1:2.parquet!/0"), loaded(Loaded.rows(folder.resolve("odd"))));
  }

  @Test
  void aChecksumFileThatSomeoneLeft() throws IOException {
    write("x.png", PNG);
    write(".x.png.crc", "crc\0\0\0\2\0stale!".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertEquals(images("x.png"), loaded(Loaded.rows(folder)));
  }

  private static void run(String... command) throws IOException {
    try {
      assumeTrue(
          new ProcessBuilder(command).inheritIO().start().waitFor() == 0,
          () -> String.join(" ", command) + " does not work here");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void onlyRegularFilesAreOpened() throws IOException {
    write("a.png", PNG);
    for (String pipe : List.of("pipe.png", "pipe.tar", "pipe.json")) {
      run("mkfifo", folder.resolve(pipe).toString());
    }
    Files.createSymbolicLink(folder.resolve("zero.png"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.resolve("zero.zip"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.resolve("self.png"), folder.resolve("self.png"));
    Map<String, RejectReason> expected = images("a.png");
    for (String name : List.of("pipe.png", "pipe.tar", "zero.png", "zero.zip", "self.png")) {
      expected.put(name, RejectReason.UNREADABLE);
    }
    assertTimeoutPreemptively(
        Duration.ofMinutes(5),
        () -> {
          for (boolean anyName : List.of(false, true)) {
            PassedOver passedOver = counts();
            Search search = new Search(anyName, 100);
            assertEquals(expected, loaded(rows(folder.toString(), search, passedOver)));
            assertEquals(Map.of(".json", 1L), passedOver.value());
          }
        });
  }

  /** What was a file when it was listed may be none when it is read. */
  @Test
  void whatBecameAPipeMeanwhileIsNotOpened() throws IOException {
    Path image = write("a.png", PNG);
    Containers.tar(folder.resolve("b.tar"), Map.of("x.png", PNG));
    List<Row> rows = Loaded.rows(folder);
    Files.delete(image);
    Files.delete(folder.resolve("b.tar"));
    run("mkfifo", image.toString(), folder.resolve("b.tar").toString());
    String path = "file:" + image;
    assertTimeoutPreemptively(
        Duration.ofMinutes(5),
        () -> {
          assertEquals(
              Map.of("a.png", RejectReason.UNREADABLE, "b.tar!/x.png", RejectReason.UNREADABLE),
              loaded(rows));
          new ImagesByPath(5, 1000, 10_000)
              .load(path, List.of(path), new Configuration(), i -> assertTrue(i.isRejected()));
        });
  }

  @Test
  void noMoreBytesAreReadThanTheLimitAllows() throws IOException {
    Path grown = write("grown.png", PNG);
    List<Row> rows = Loaded.rows(folder);
    // A file of no blocks on the disk: read whole, it would not fit into any array.
    try (var file = new java.io.RandomAccessFile(grown.toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    LoadedImage image = Loaded.images(rows, "file:" + folder + "/").get("grown.png");
    assertTrue(
        Loaded.fault(image, RejectReason.TOO_LARGE)
            .startsWith("the file has 3145729 bytes or more"),
        image.message());
  }

  @Test
  void linksThatLeadBackAreCountedAndNotFollowed() throws IOException {
    for (int i = 0; i < 3; i++) {
      write("set/class/" + i + ".png", PNG);
    }
    Files.createSymbolicLink(folder.resolve("set/class/up"), folder.resolve("set"));
    Files.createSymbolicLink(folder.resolve("set/one"), Path.of("."));
    Files.createSymbolicLink(folder.resolve("set/two"), Path.of("."));
    Files.createSymbolicLink(folder.resolve("set/root"), Path.of("/"));
    Map<String, RejectReason> expected =
        images("set/class/0.png", "set/class/1.png", "set/class/2.png");
    PassedOver passedOver = counts();
    assertEquals(expected, loaded(rows(folder + "/set", Search.BY_NAME, passedOver)));
    assertEquals(
        "did not follow 4 links, since each leads to a folder that is searched anyway or contains"
            + " one that is",
        PassedOver.text(passedOver.value()));
    assertEquals(expected, loaded(rows(folder + "/s*", Search.BY_NAME, counts())));
    assertEquals(expected, loaded(rows(folder + "/set/*/*.png", Search.BY_NAME, counts())));
  }

  @Test
  void linksBetweenFoldersEnd() throws IOException {
    // Each of 12 folders leads to the two of the next: 4,096 ways to the last.
    for (int i = 0; i < 12; i++) {
      Files.createDirectories(folder.resolve("set/" + i));
      for (String name : List.of("a", "b")) {
        Files.createSymbolicLink(folder.resolve("set/" + i + "/" + name), Path.of("../" + (i + 1)));
      }
    }
    write("set/12/x.png", PNG);
    PassedOver passedOver = counts();
    assertEquals(images("set/12/x.png"), loaded(rows(folder + "/set", Search.BY_NAME, passedOver)));
    assertEquals(Map.of(PassedOver.LINKS, 24L), passedOver.value());
  }

  @Test
  void aFolderThatSeveralLinksLeadToIsSearchedOnce() throws IOException {
    write("set/own.png", PNG);
    write("out/deep/1.png", PNG);
    write("out/2.png", PNG);
    write("far/3.png", PNG);
    Files.createDirectories(folder.resolve("set/in"));
    link("set/in/b", "out");
    link("set/in/a", "out");
    link("set/in/c", "out/deep");
    link("set/d", "set/in");
    // What lies outside may lead on, back, and to what is searched.
    link("out/e", "far");
    link("out/f", "set");
    link("far/g", "out");
    Map<String, RejectReason> expected =
        images("set/own.png", "set/in/a/deep/1.png", "set/in/a/2.png", "set/in/a/e/3.png");
    PassedOver passedOver = counts();
    assertEquals(expected, loaded(rows(folder + "/set", Search.BY_NAME, passedOver)));
    assertEquals(Map.of(PassedOver.LINKS, 5L), passedOver.value());
    // A link that the user names is followed, and by any name once.
    assertEquals(
        images("set/d/a/2.png", "set/d/a/deep/1.png", "set/d/a/e/3.png"),
        loaded(rows(folder + "/set/d", Search.BY_NAME, counts())));
    assertEquals(
        images("set/in/a/2.png"), loaded(rows(folder + "/set/in/*/2.*", Search.BY_NAME, counts())));
  }

  private void link(String from, String to) throws IOException {
    Files.createSymbolicLink(folder.resolve(from), folder.resolve(to));
  }

  @Test
  void aFolderThatVanishesIsOneReject() {
    PassedOver passedOver = counts();
    try (FileWalk walk =
        new FileWalk(
            new ListingRoot("file:" + folder + "/gone", "", true, false),
            new Configuration(),
            Search.BY_NAME,
            TestSpark.session().sparkContext().collectionAccumulator("links"),
            passedOver)) {
      Item item = walk.next();
      assertEquals("file:" + folder + "/gone", item.path());
      String message = ((Item.Fault) item).message();
      assertTrue(message.contains("was removed meanwhile"), message);
      assertFalse(walk.hasNext());
    }
  }

  @Test
  void namesThatAreNoTextAreRejects() throws IOException {
    write("a.png", PNG);
    run("sh", "-c", "cd '" + folder + "' && : > \"$(printf 'caf\\351.png')\"");
    run("sh", "-c", "cd '" + folder + "' && mkdir \"$(printf 'b\\377')\"");
    List<Row> rows = Loaded.rows(folder);
    Map<String, RejectReason> expected = images("a.png");
    expected.put("caf%E9.png", RejectReason.UNREADABLE);
    expected.put("b%FF", RejectReason.UNREADABLE);
    assertEquals(expected, loaded(rows));
    String message = Loaded.images(rows, "file:" + folder + "/").get("caf%E9.png").message();
    assertTrue(message.startsWith("Its name is not valid in UTF-8"), message);
  }

  @Test
  void whatIsPassedOverIsCountedByKind() throws IOException {
    for (String name : List.of("a.png", "b.JFIF", "c.jpe", "d.apng", "deep/e.jif")) {
      write(name, PNG);
    }
    for (String name :
        List.of(
            "1.json",
            "deep/2.JSON",
            "deep/3.avif",
            "README",
            ".hidden",
            "._a.png",
            "x.not an extension")) {
      write(name, new byte[1]);
    }
    Containers.tar(
        folder.resolve("set.tar"), Map.of("a.png", PNG, "a.json", new byte[1], "a.cls", PNG));
    PassedOver passedOver = counts();
    List<Row> rows = rows(folder.toString(), Search.BY_NAME, passedOver);
    assertEquals(
        images("a.png", "b.JFIF", "c.jpe", "d.apng", "deep/e.jif", "set.tar!/a.png"), loaded(rows));
    assertEquals(
        "passed over 9 files: 3 .json, 2 without extension, 1 .avif, 1 .cls, 1 shadow files of"
            + " macOS (._*), 1 with another extension",
        PassedOver.text(passedOver.value()));
    // Whatever Spark computes twice counts once.
    rows(folder.toString(), Search.BY_NAME, passedOver);
    assertEquals(9, passedOver.value().values().stream().mapToLong(n -> n).sum());
  }

  @Test
  void anyNameTellsImagesByTheirFirstBytes() throws IOException {
    write("plain", PNG);
    write("odd.txt", PNG);
    write(
        "BMW.txt",
        "BMW is no bitmap, nor is this text".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    write("empty", new byte[0]);
    java.awt.image.BufferedImage image =
        new java.awt.image.BufferedImage(3, 3, java.awt.image.BufferedImage.TYPE_INT_RGB);
    for (String format : List.of("bmp", "gif", "jpeg", "tiff")) {
      javax.imageio.ImageIO.write(image, format, folder.resolve("as-" + format + ".bin").toFile());
    }
    PassedOver passedOver = counts();
    assertEquals(
        images("as-bmp.bin", "as-gif.bin", "as-jpeg.bin", "as-tiff.bin", "odd.txt", "plain"),
        loaded(rows(folder.toString(), new Search(true, 100), passedOver)));
    assertEquals(Map.of(".txt", 1L, "without extension", 1L), passedOver.value());
    assertThrows(UserException.class, () -> new Search(true, 0));
  }

  /** The samples of faults that were seen, where they lie beside the project. */
  @Test
  void samples() throws IOException {
    Path samples = Path.of("../../shared/data/faults");
    assumeTrue(Files.isDirectory(samples), "no ../../shared/data/faults beside this module");
    Map<String, LoadedImage> all = new TreeMap<>();
    for (String name :
        List.of(
            "ext_jfif.jfif",
            "ext_jpe.jpe",
            "concat.tar",
            "c_brotli.parquet",
            "list_struct.parquet",
            "zip_member_claims_8eb.zip",
            "npz_claims_1000_rows.npz")) {
      all.putAll(Loaded.images(Loaded.rows(samples.resolve(name).toRealPath()), ""));
    }
    Map<String, Long> rejects =
        all.entrySet().stream()
            .filter(e -> e.getValue().isRejected())
            .collect(
                Collectors.groupingBy(
                    e -> e.getKey().replaceFirst(".*/faults/", "").replaceFirst("!/.*", ""),
                    Collectors.counting()));
    assertEquals(
        Map.of(
            "c_brotli.parquet",
            1L,
            "list_struct.parquet",
            1L,
            "zip_member_claims_8eb.zip",
            1L,
            "npz_claims_1000_rows.npz",
            1L),
        rejects);
    assertEquals(
        2,
        all.keySet().stream().filter(k -> k.contains("/ext_j")).count(),
        all.keySet().toString());
    assertTrue(
        all.keySet().stream().filter(k -> k.contains("concat.tar!/")).count() > 1,
        all.keySet().toString());
    all.values().stream()
        .filter(LoadedImage::isRejected)
        .forEach(image -> System.out.println(image.path() + ": " + image.message()));
  }
}
