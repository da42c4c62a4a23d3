package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same of ZIP archives and of the arrays that NumPy keeps in them. */
class DamagedZipTest {
  private static final int STORED = ZipArchiveEntry.STORED;
  private static final int DEFLATED = ZipArchiveEntry.DEFLATED;
  private static final List<byte[]> PIXELS = Containers.pixels(4);
  private static final Map<String, byte[]> FILES = Containers.files(PIXELS);

  @TempDir Path folder;

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
}
