package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every format, mode and compression that Pillow 12.3.0 reads: its levels, or a reject that says
 * why, on every Java runtime; src/test/python/image/make_format_table.py.
 */
class FormatTableTest {
  private static final Map<String, byte[]> TABLE = GoldenZip.read("/image/formats.zip");

  /**
   * Where Pillow fails at a profile without a place among the segments that it never uses; the same
   * picture with other senseless profiles is in the table.
   */
  private static final String READ_THOUGH_REFUSED = "jpg/icc_empty";

  // Never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Cell(String name, byte[] file, String mode, String answer) {}

  private static List<Cell> cells() {
    byte[] files = TABLE.get("files.bin");
    List<Cell> cells = new ArrayList<>();
    int at = 0;
    for (String line : text(TABLE.get("index.txt")).lines().toList()) {
      String[] fields = line.split(" ", 4);
      int end = at + Integer.parseInt(fields[1]);
      cells.add(new Cell(fields[0], Arrays.copyOfRange(files, at, end), fields[2], fields[3]));
      at = end;
    }
    assertEquals(files.length, at);
    return cells;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void equalOrRejectedNeverDifferent() throws NoSuchAlgorithmException {
    List<String> wrong = new ArrayList<>();
    List<String> rejected = new ArrayList<>();
    Map<String, int[]> counts = new TreeMap<>();
    for (Cell cell : cells()) {
      boolean refused = cell.mode().equals("refused") && !cell.name().equals(READ_THOUGH_REFUSED);
      String format = cell.name().substring(0, cell.name().indexOf('/'));
      int[] count = counts.computeIfAbsent(format, f -> new int[3]);
      try {
        RgbImage image = ImageDecoder.decode(cell.file(), 1_000_000);
        String answer = "%d %d %s".formatted(image.width(), image.height(), hash(image.rgb()));
        if (refused || (!cell.mode().equals("refused") && !answer.equals(cell.answer()))) {
          wrong.add(cell.name() + " gives " + answer + ", not " + cell.answer());
        }
        count[0]++;
      } catch (RejectedImageException e) {
        assertTrue(e.getMessage().length() > 20, () -> cell.name() + ": " + e.getMessage());
        if (!refused) {
          rejected.add(cell.name());
        }
        count[refused ? 2 : 1]++;
      }
    }
    assertEquals(List.of(), wrong);
    // The list is there to be read, and so that nothing which is read today is rejected tomorrow.
    assertEquals(expectedRejects(), String.join("\n", rejected) + "\n");
    counts.forEach(
        (format, count) ->
            System.err.printf(
                "%s: %d equal, %d rejected though Pillow reads them, %d refused by both%n",
                format, count[0], count[1], count[2]));
  }

  private static String expectedRejects() {
    return text(GoldenZip.bytes("/image/formats-rejected.txt"));
  }

  private static String hash(byte[] bytes) throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return HexFormat.of().formatHex(digest, 0, 8);
  }
}
