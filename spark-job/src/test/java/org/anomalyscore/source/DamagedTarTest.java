package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.pixels.RejectReason;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is odd, damaged or hostile in a tar archive is a reject with a reason, and all else loads.
 */
class DamagedTarTest {
  private static final Map<String, byte[]> FILES = Containers.files(Containers.pixels(4));

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
}
