package org.anomalyscore.pixels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipInputStream;

/** The entries of a zip among the test resources; made by the scripts under src/test/python. */
final class GoldenZip {
  private GoldenZip() {}

  static Map<String, byte[]> read(String resource) {
    Map<String, byte[]> entries = new TreeMap<>();
    try (InputStream file = GoldenZip.class.getResourceAsStream(resource);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  /** A resource as it is. */
  static byte[] bytes(String resource) {
    try (InputStream file = GoldenZip.class.getResourceAsStream(resource)) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code 37x23} to {@code [37, 23]}. */
  static int[] size(String text) {
    int x = text.indexOf('x');
    return new int[] {
      Integer.parseInt(text.substring(0, x)), Integer.parseInt(text.substring(x + 1))
    };
  }
}
