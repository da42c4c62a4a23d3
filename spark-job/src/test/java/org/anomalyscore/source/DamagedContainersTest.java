package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.pixels.RejectReason;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is odd, damaged or hostile in a container is a reject with a reason, and all else loads. */
class DamagedContainersTest {
  private static final int STORED = ZipArchiveEntry.STORED;
  private static final int DEFLATED = ZipArchiveEntry.DEFLATED;
  private static final List<byte[]> PIXELS = Containers.pixels(4);
  private static final Map<String, byte[]> FILES = Containers.files(PIXELS);

  @TempDir Path folder;

  @Test
  void oddTarMembers() throws IOException {
    byte[] png = FILES.get("000.png");
    try (TarArchiveOutputStream out =
        new TarArchiveOutputStream(Files.newOutputStream(folder.resolve("odd.tar")))) {
      for (String directory : List.of("folder/", "folder.png/")) {
        out.putArchiveEntry(new TarArchiveEntry(directory));
        out.closeArchiveEntry();
      }
      out.putArchiveEntry(new TarArchiveEntry("hard.png", TarConstants.LF_LINK));
      out.closeArchiveEntry();
      out.putArchiveEntry(new TarArchiveEntry("pipe.png", TarConstants.LF_FIFO));
      out.closeArchiveEntry();
      for (String name :
          List.of("../up.png", "/root/x.png", "./a.PNG", "a.png", "a.png", "a.png")) {
        Containers.add(out, name, png);
      }
      Containers.add(out, "._a.png", png);
      // Larger than what is read rather than jumped over, and than the limit of a file.
      Containers.add(out, "huge.png", new byte[4 << 20]);
      Containers.add(out, "video.mp4", new byte[3 << 20]);
      Containers.add(out, "last.png", png);
      Containers.add(out, "empty.png", new byte[0]);
    }
    Map<String, LoadedImage> images = Loaded.images(folder.resolve("odd.tar"));
    Map<String, RejectReason> expected = new LinkedHashMap<>();
    expected.put("hard.png", RejectReason.UNREADABLE);
    expected.put("pipe.png", RejectReason.UNREADABLE);
    for (String name :
        List.of("../up.png", "/root/x.png", "./a.PNG", "a.png", "a.png#2", "a.png#3")) {
      expected.put(name, null);
    }
    expected.put("huge.png", RejectReason.TOO_LARGE);
    expected.put("last.png", null);
    expected.put("empty.png", RejectReason.EMPTY);
    Map<String, RejectReason> actual = new LinkedHashMap<>();
    images.forEach(
        (name, image) -> actual.put(name.substring("odd.tar!/".length()), image.reason()));
    assertEquals(expected, actual);
  }

  @Test
  void aTarThatEndsEarly() throws IOException {
    Path tar = folder.resolve("cut.tar");
    Containers.tar(tar, FILES);
    byte[] whole = Files.readAllBytes(tar);
    // A header and a block of content each: cut in the content of the third.
    Files.write(tar, Arrays.copyOf(whole, 2 * 1024 + 512 + 40));
    Map<String, LoadedImage> images = Loaded.images(tar);
    assertEquals(
        List.of("cut.tar", "cut.tar!/000.png", "cut.tar!/001.png", "cut.tar!/002.png"),
        images.keySet().stream().sorted().toList());
    assertFalse(images.get("cut.tar!/001.png").isRejected());
    Loaded.fault(images.get("cut.tar!/002.png"), RejectReason.TRUNCATED);
    String message = images.get("cut.tar").message();
    assertTrue(message.contains("The 3 images found before that"), message);
    // Cut in the header of the third.
    Files.write(tar, Arrays.copyOf(whole, 2 * 1024 + 100));
    images = Loaded.images(tar);
    assertEquals(3, images.size(), images.keySet().toString());
    Loaded.fault(images.get("cut.tar"), RejectReason.TRUNCATED);
    // Cut between two members, and after the first of the two records that end the archive.
    Files.write(tar, Arrays.copyOf(whole, 2 * 1024));
    assertEquals(3, Loaded.images(tar).size());
    Files.write(tar, Arrays.copyOf(whole, 4 * 1024 + 512));
    assertEquals(4, Loaded.images(tar).size());
  }

  @Test
  void aTarWithADamagedHeader() throws IOException {
    Path tar = folder.resolve("bad.tar");
    Containers.tar(tar, FILES);
    byte[] bytes = Files.readAllBytes(tar);
    Arrays.fill(bytes, 1024 + 100, 1024 + 200, (byte) 'x');
    Files.write(tar, bytes);
    Map<String, LoadedImage> images = Loaded.images(tar);
    assertEquals(
        List.of("bad.tar!/000.png", "bad.tar"),
        List.copyOf(images.keySet()).stream().sorted((a, b) -> b.compareTo(a)).toList());
    assertTrue(
        Loaded.fault(images.get("bad.tar"), RejectReason.UNREADABLE)
            .startsWith("it cannot be read"));
  }

  @Test
  void compressedTars() throws IOException {
    for (String name : List.of("a.tar.gz", "b.TGZ", "c.tar.zst")) {
      Files.write(folder.resolve(name), new byte[100]);
    }
    Map<String, LoadedImage> images = Loaded.images(Loaded.rows(folder), "file:" + folder + "/");
    assertEquals(3, images.size());
    for (LoadedImage image : images.values()) {
      String message = Loaded.fault(image, RejectReason.UNREADABLE);
      assertTrue(message.contains("Unpack it, or keep it as a plain .tar"), message);
    }
  }

  @Test
  void oddZipMembers() throws IOException {
    byte[] png = FILES.get("000.png");
    Path zip = folder.resolve("odd.zip");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(Files.newOutputStream(zip))) {
      out.putArchiveEntry(new ZipArchiveEntry("folder.png/"));
      out.closeArchiveEntry();
      ZipArchiveEntry link = new ZipArchiveEntry("link.png");
      link.setUnixMode(0120777);
      out.putArchiveEntry(link);
      out.write("a.png".getBytes(StandardCharsets.UTF_8));
      out.closeArchiveEntry();
      for (String name : List.of("../up.png", "a.png", "a.png", "wrong.png")) {
        Containers.add(out, name, png, STORED);
      }
      Containers.add(out, "bomb.png", new byte[4 << 20], DEFLATED);
      Containers.add(out, "lie.png", new byte[2 << 20], DEFLATED);
      Containers.add(out, "secret.png", png, DEFLATED);
      Containers.add(out, "__MACOSX/._a.png", png, DEFLATED);
      Containers.add(out, "notes.txt", png, DEFLATED);
    }
    byte[] bytes = Files.readAllBytes(zip);
    bytes[local(bytes, "wrong.png") + 60] ^= 1;
    central(bytes, "secret.png").putShort(8, (short) 1);
    central(bytes, "lie.png").putInt(24, 1000);
    Files.write(zip, bytes);
    Map<String, LoadedImage> images = Loaded.images(zip);
    Map<String, RejectReason> expected = new LinkedHashMap<>();
    expected.put("link.png", RejectReason.UNREADABLE);
    expected.put("../up.png", null);
    expected.put("a.png", null);
    expected.put("a.png#2", null);
    expected.put("wrong.png", RejectReason.UNREADABLE);
    expected.put("bomb.png", RejectReason.TOO_LARGE);
    expected.put("lie.png", RejectReason.UNREADABLE);
    expected.put("secret.png", RejectReason.UNREADABLE);
    Map<String, RejectReason> actual = new LinkedHashMap<>();
    images.forEach(
        (name, image) -> actual.put(name.substring("odd.zip!/".length()), image.reason()));
    assertEquals(expected, actual);
    assertTrue(images.get("odd.zip!/secret.png").message().startsWith("It is encrypted"));
    assertTrue(images.get("odd.zip!/wrong.png").message().contains("the ZIP archive is damaged"));
  }

  /** Of the entry of that name, whose local header comes first. */
  private static int local(byte[] zip, String name) {
    return new String(zip, StandardCharsets.ISO_8859_1).indexOf(name) - 30;
  }

  private static ByteBuffer central(byte[] zip, String name) {
    int at = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf(name) - 46;
    return ByteBuffer.wrap(zip, at, 46).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void zipAndNpzThatEndEarly() throws IOException {
    Containers.zip(folder.resolve("cut.zip"), FILES, DEFLATED, Zip64Mode.AsNeeded);
    Containers.npz(folder.resolve("cut.npz"), PIXELS, STORED);
    for (String name : List.of("cut.zip", "cut.npz")) {
      Path file = folder.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length * 2 / 3));
      Map<String, LoadedImage> images = Loaded.images(file);
      assertEquals(List.of(name), List.copyOf(images.keySet()));
      String message = Loaded.fault(images.get(name), RejectReason.UNREADABLE);
      assertTrue(message.startsWith("it cannot be read (java.util.zip.ZipException"), message);
    }
  }

  @Test
  void anNpzWhoseShapeIsALie() throws IOException {
    byte[] header =
        Containers.npyHeader(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (900000000000, 5, 6, 3), }");
    Path npz = folder.resolve("lie.npz");
    Containers.zip(npz, Map.of("arr_0.npy", header), DEFLATED, Zip64Mode.AsNeeded);
    Map<String, LoadedImage> images = Loaded.images(npz);
    String message = Loaded.fault(images.get("lie.npz"), RejectReason.TRUNCATED);
    assertTrue(message.startsWith("arr_0 should have 81000000000128 bytes"), message);
  }

  @Test
  void npzArraysOfNothingOrTooMuch() throws IOException {
    byte[] none =
        Containers.npyHeader("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 5, 6, 3), }");
    Containers.zip(
        folder.resolve("none.npz"), Map.of("arr_0.npy", none), STORED, Zip64Mode.AsNeeded);
    byte[] header =
        Containers.npyHeader(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 101, 100, 3), }");
    byte[] large = Arrays.copyOf(header, 128 + 30_300);
    Containers.zip(
        folder.resolve("large.npz"), Map.of("arr_0.npy", large), DEFLATED, Zip64Mode.AsNeeded);
    Map<String, LoadedImage> images = Loaded.images(Loaded.rows(folder), "file:" + folder + "/");
    Loaded.fault(images.get("none.npz"), RejectReason.EMPTY);
    assertEquals(
        "arr_0 of 100 x 101 pixels: the limit is 10000 pixels in all",
        Loaded.fault(images.get("large.npz!/arr_0/0"), RejectReason.TOO_LARGE));
  }

  @Test
  void aDeflatedNpzDamagedInTheMiddle() throws IOException {
    List<byte[]> pixels = Containers.pixels(4000);
    Path npz = folder.resolve("bad.npz");
    Containers.npz(npz, pixels, DEFLATED);
    byte[] bytes = Files.readAllBytes(npz);
    // Noise is kept in blocks of at most 64 KiB, each with a header: one of them is hit.
    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 70_000, (byte) 0xff);
    Files.write(npz, bytes);
    assertOneReject(npz, RejectReason.UNREADABLE, "it cannot be read");
  }

  /** One container is one reject, however many images it claims to hold. */
  private static void assertOneReject(Path file, RejectReason reason, String message)
      throws IOException {
    Map<String, LoadedImage> images = Loaded.images(file);
    String name = file.getFileName().toString();
    assertEquals(List.of(name), List.copyOf(images.keySet()));
    String text = Loaded.fault(images.get(name), reason);
    assertTrue(text.contains(message), text);
  }

  @Test
  void aDeflatedNpzThatHoldsLessThanItClaims() throws IOException {
    byte[] header =
        Containers.npyHeader("{'descr': '|u1', 'fortran_order': False, 'shape': (900, 5, 6, 3), }");
    Path npz = folder.resolve("claims.npz");
    // Noise, so that the archive could hold 900 images if it were what it claims.
    byte[] array = Arrays.copyOf(header, 128 + 90 * 60);
    new java.util.Random(3).nextBytes(array);
    System.arraycopy(header, 0, array, 0, 128);
    Containers.zip(npz, Map.of("arr_0.npy", array), DEFLATED, Zip64Mode.Never);
    byte[] bytes = Files.readAllBytes(npz);
    central(bytes, "arr_0.npy").putInt(24, 128 + 90 * 900);
    Files.write(npz, bytes);
    assertOneReject(npz, RejectReason.UNREADABLE, "arr_0.npy is damaged: of 81128 bytes");
  }

  @Test
  void zipMembersThatClaimMoreThanTheArchiveCanHold() throws IOException {
    Path zip = folder.resolve("claims.zip");
    Containers.zip(zip, FILES, DEFLATED, Zip64Mode.Never);
    byte[] bytes = Files.readAllBytes(zip);
    // Sizes, stored and unpacked, that 32 bits can claim.
    central(bytes, "001.png").putInt(24, 0xfffffff0);
    central(bytes, "002.png").putInt(20, 0xfffffff0);
    Files.write(zip, bytes);
    for (var row : Loaded.rows(zip)) {
      assertTrue(row.<Long>getAs("length") < 1000, row.toString());
    }
    Map<String, LoadedImage> images = Loaded.images(zip);
    assertEquals(4, images.size());
    assertFalse(images.get("claims.zip!/000.png").isRejected());
    assertTrue(
        Loaded.fault(images.get("claims.zip!/001.png"), RejectReason.TRUNCATED)
            .startsWith("The ZIP archive says that the member has 4294967280 bytes, but the"));
    assertTrue(
        Loaded.fault(images.get("claims.zip!/002.png"), RejectReason.TRUNCATED)
            .contains("from byte"));
    assertFalse(images.get("claims.zip!/003.png").isRejected());
  }

  @Test
  void tarMembersThatClaimMoreThanTheArchiveHolds() throws IOException {
    for (long claim : List.of(1L << 33, Long.MAX_VALUE - 600)) {
      Path tar = folder.resolve("claims.tar");
      Containers.tar(tar, FILES);
      byte[] bytes = Files.readAllBytes(tar);
      TarArchiveEntry entry = new TarArchiveEntry("001.png");
      entry.setSize(claim);
      byte[] header = new byte[512];
      entry.writeEntryHeader(
          header,
          org.apache.commons.compress.archivers.zip.ZipEncodingHelper.getZipEncoding("UTF-8"),
          true);
      System.arraycopy(header, 0, bytes, 1024, 512);
      Files.write(tar, bytes);
      long weight = Loaded.rows(tar).stream().mapToLong(row -> row.<Long>getAs("length")).sum();
      assertTrue(weight < 1000, "rows weigh " + weight);
      Map<String, LoadedImage> images = Loaded.images(tar);
      assertEquals(3, images.size(), images.keySet().toString());
      assertFalse(images.get("claims.tar!/000.png").isRejected());
      Loaded.fault(images.get("claims.tar!/001.png"), RejectReason.TRUNCATED);
      Loaded.fault(images.get("claims.tar"), RejectReason.TRUNCATED);
    }
  }

  @Test
  void tarsWrittenOneAfterTheOther() throws IOException {
    Path first = folder.resolve("first.tar");
    Path second = folder.resolve("second.tar");
    Containers.tar(first, Map.of("a.png", FILES.get("000.png"), "b.json", new byte[600]));
    Containers.tar(second, Map.of("c.png", FILES.get("001.png")));
    byte[] a = Files.readAllBytes(first);
    byte[] b = Files.readAllBytes(second);
    Path tar = folder.resolve("both.tar");
    // The writer pads to blocks; one archive may also end with its two records of zeros.
    int unpadded = 512 * 4 + 512 + 1024;
    for (int length : List.of(a.length, unpadded)) {
      Files.write(tar, Arrays.copyOf(a, length));
      Files.write(tar, b, java.nio.file.StandardOpenOption.APPEND);
      Map<String, LoadedImage> images = Loaded.images(tar);
      assertEquals(List.of("both.tar!/a.png", "both.tar!/c.png"), List.copyOf(images.keySet()));
      images.values().forEach(image -> assertFalse(image.isRejected(), image.message()));
    }
    Files.write(tar, a);
    Files.write(
        tar, "signature".getBytes(StandardCharsets.UTF_8), java.nio.file.StandardOpenOption.APPEND);
    Map<String, LoadedImage> images = Loaded.images(tar);
    assertEquals(2, images.size(), images.keySet().toString());
    assertTrue(images.get("both.tar").isRejected());
  }

  @Test
  void aSparseMemberThatIsTheLast() throws Exception {
    Files.write(folder.resolve("a.png"), FILES.get("000.png"));
    for (String name : List.of("hole.bin", "hole.png")) {
      try (var file = new java.io.RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
        file.write(FILES.get("001.png"));
        file.setLength(3 << 20);
        file.seek(2 << 20);
        file.write(FILES.get("002.png"));
      }
    }
    for (String last : List.of("hole.bin", "hole.png")) {
      for (String format : List.of("gnu", "posix")) {
        Path tar = folder.resolve(format + ".tar");
        String[] command = {
          "tar", "--sparse", "--format=" + format, "-C", folder + "", "-cf", tar + "", "a.png", last
        };
        assumeTrue(
            new ProcessBuilder(command).inheritIO().start().waitFor() == 0, "GNU tar is not here");
        assertTrue(Files.size(tar) < 1 << 20, "the member is sparse");
        Map<String, LoadedImage> images = Loaded.images(tar);
        assertFalse(images.remove(format + ".tar!/a.png").isRejected());
        if (last.equals("hole.png")) {
          String message =
              Loaded.fault(images.remove(format + ".tar!/hole.png"), RejectReason.UNREADABLE);
          assertTrue(message.contains("sparse"), message);
        }
        assertEquals(Map.of(), images, "nothing else is at fault");
        // Another archive after it is read too.
        Path both = folder.resolve("both.tar");
        Containers.tar(both, Map.of("c.png", FILES.get("003.png")));
        byte[] second = Files.readAllBytes(both);
        Files.write(both, Files.readAllBytes(tar));
        Files.write(both, second, java.nio.file.StandardOpenOption.APPEND);
        assertFalse(Loaded.images(both).get("both.tar!/c.png").isRejected());
      }
    }
  }

  @Test
  void bytesBeforeAZipChangeNothing() throws IOException {
    for (Zip64Mode mode : List.of(Zip64Mode.Never, Zip64Mode.Always)) {
      Path zip = folder.resolve("self.zip");
      Containers.zip(zip, FILES, DEFLATED, mode);
      byte[] plain = Files.readAllBytes(zip);
      Files.write(zip, "#!/bin/sh\nexit 0\n".repeat(9).getBytes(StandardCharsets.US_ASCII));
      Files.write(zip, plain, java.nio.file.StandardOpenOption.APPEND);
      List<Row> within =
          ImageFinder.find(
                  TestSpark.session(),
                  zip.toString(),
                  new Search(false, 4),
                  PassedOver.register(TestSpark.session()))
              .collectAsList();
      List<Row> above =
          ImageFinder.find(
                  TestSpark.session(),
                  zip.toString(),
                  new Search(false, 3),
                  PassedOver.register(TestSpark.session()))
              .collectAsList();
      assertEquals(1, above.size(), mode + " " + above);
      if (mode == Zip64Mode.Never) {
        Map<String, LoadedImage> images = Loaded.images(within, "file:" + folder + "/");
        assertEquals(4, images.size());
        images.values().forEach(image -> assertFalse(image.isRejected(), image.message()));
        assertEquals("too_large", above.get(0).getAs("fault_reason"));
      }
    }
  }

  @Test
  void anNpzOfTooManyArraysNamesNoOption() throws IOException {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    for (int i = 0; i <= 10_000; i++) {
      arrays.put("arr_" + i + ".npy", new byte[1]);
    }
    Containers.zip(folder.resolve("arrays.npz"), arrays, STORED, Zip64Mode.AsNeeded);
    Map<String, LoadedImage> images = Loaded.images(folder.resolve("arrays.npz"));
    String message = Loaded.fault(images.get("arrays.npz"), RejectReason.TOO_LARGE);
    assertTrue(message.startsWith("It holds more than 10000 arrays"), message);
    assertFalse(message.contains("--max-members"), message);
  }

  @Test
  void containersOfMoreImagesThanTheLimit() throws IOException {
    Containers.tar(folder.resolve("many.tar"), FILES);
    Containers.zip(folder.resolve("many.zip"), FILES, STORED, Zip64Mode.AsNeeded);
    Containers.zip(folder.resolve("many64.zip"), FILES, STORED, Zip64Mode.Always);
    Containers.npz(folder.resolve("many.npz"), PIXELS, STORED);
    Files.move(DamagedParquetTest.parquet(folder), folder.resolve("many.parquet"));
    org.apache.commons.io.FileUtils.deleteDirectory(folder.resolve("table").toFile());
    Map<String, String> faults = new LinkedHashMap<>();
    long images = 0;
    for (var row :
        ImageFinder.find(
                TestSpark.session(),
                folder.toString(),
                new Search(false, 3),
                PassedOver.register(TestSpark.session()))
            .collectAsList()) {
      if (row.getAs("fault_reason") == null) {
        images++;
      } else {
        assertEquals("too_large", row.getAs("fault_reason"));
        String path = row.getAs("path");
        faults.put(path.substring(path.lastIndexOf('/') + 1), row.getAs("fault_message"));
      }
    }
    assertEquals(3, images, "The first of the tar archive");
    assertEquals(5, faults.size(), faults.toString());
    assertTrue(
        faults.get("many.npz").startsWith("It holds more than 3 members or claims to"),
        faults.toString());
    assertTrue(faults.get("many.tar").contains("limit of 3 (--max-members)"), faults.toString());
  }

  @Test
  void whatTablesKeepBesideTheirData() throws IOException {
    Files.write(folder.resolve("x.png"), FILES.get("000.png"));
    for (String name :
        List.of(
            "_temporary/0/part-0.parquet",
            "_delta_log/1.checkpoint.parquet",
            "_metadata",
            "_common.parquet",
            ".part-0.parquet",
            ".part-0.parquet.crc",
            "_SUCCESS")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.write(folder.resolve(name), new byte[3]);
    }
    assertEquals(1, Loaded.rows(folder).size());
  }

  @Test
  void containersWithoutImages() throws IOException {
    Containers.tar(folder.resolve("none.tar"), Map.of());
    Containers.tar(folder.resolve("text.tar"), Map.of("x.json", new byte[3]));
    Containers.zip(folder.resolve("none.zip"), Map.of(), STORED, Zip64Mode.AsNeeded);
    Files.createFile(folder.resolve("zero.tar"));
    Files.createFile(folder.resolve("zero.zip"));
    Files.createFile(folder.resolve("zero.npz"));
    Files.createFile(folder.resolve("zero.parquet"));
    Map<String, LoadedImage> images = Loaded.images(Loaded.rows(folder), "file:" + folder + "/");
    assertEquals(7, images.size());
    for (Map.Entry<String, LoadedImage> image : images.entrySet()) {
      Loaded.fault(image.getValue(), RejectReason.EMPTY);
    }
  }

  @Test
  void aContainerThatVanishedMeanwhile() throws IOException {
    Path tar = folder.resolve("gone.tar");
    Containers.tar(tar, FILES);
    var rows = Loaded.rows(tar);
    Files.delete(tar);
    Map<String, LoadedImage> images = Loaded.images(rows, "file:" + folder + "/");
    assertEquals(4, images.size());
    images.values().forEach(image -> Loaded.fault(image, RejectReason.UNREADABLE));
  }
}
