package org.anomalyscore.source;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Arrays of floating-point numbers in an {@code .npz} file, as numpy.savez writes it and numpy.load
 * reads it. Each is read whole, in C order.
 *
 * @param shape lengths, outermost first
 * @param values in C order
 */
// The array is the content, and these are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record NpzNumbers(List<Integer> shape, double[] values) {

  private static final int MOST_ARRAYS = 1000;

  /** 11,585 dimensions squared, in double. */
  private static final long MOST_BYTES = 1L << 30;

  /**
   * Reads those arrays of a file that it holds of these names.
   *
   * @param option whose value the file is, for messages
   * @throws UserException if the file is no such archive, or an array has no numbers
   */
  public static Map<String, NpzNumbers> read(
      Configuration hadoop, String option, String file, List<String> names) {
    Path path = Storage.path(option, file);
    try {
      long length = FileAccess.file(path, hadoop).length();
      List<ZipArchiveEntry> entries =
          ZipDirectory.read(
              path,
              length,
              MOST_ARRAYS,
              "It holds more than %d arrays".formatted(MOST_ARRAYS),
              hadoop);
      Map<String, NpzNumbers> found = new LinkedHashMap<>();
      try (ZipMembers zip = new ZipMembers(path, hadoop)) {
        for (ZipArchiveEntry entry : entries) {
          String name = entry.getName().replaceFirst("\\.npy$", "");
          if (names.contains(name)) {
            found.put(name, read(zip, entry, name));
          }
        }
      }
      return found;
    } catch (FileNotFoundException e) {
      throw StorageFault.of("Cannot read " + file, path, e);
    } catch (RejectedImageException e) {
      throw refused(option, file, e.getMessage());
    } catch (IOException e) {
      UserException fault = StorageFault.in(e);
      throw fault == null ? refused(option, file, e.getMessage()) : fault;
    }
  }

  private static UserException refused(String option, String file, String why) {
    return new UserException(
        "Cannot read %s '%s' as a file of numpy.savez: %s. Give an .npz file with arrays of numbers."
            .formatted(option, file, why));
  }

  private static NpzNumbers read(ZipMembers zip, ZipArchiveEntry entry, String name)
      throws IOException {
    String unreadable = ZipMembers.unreadable(entry);
    if (unreadable != null) {
      throw new IOException(name + ": " + unreadable);
    }
    if (entry.getSize() > MOST_BYTES) {
      throw new IOException(
          "%s has %d bytes, and %d are the most".formatted(name, entry.getSize(), MOST_BYTES));
    }
    zip.requireWhole(entry);
    try (InputStream in =
        zip.open(entry.getLocalHeaderOffset(), entry.getCompressedSize(), entry.getMethod())) {
      NpyHeader header = NpyHeader.read(in);
      // Read before anything is made of the shape, which is a claim.
      return of(name, header, in.readNBytes((int) entry.getSize()));
    }
  }

  private static NpzNumbers of(String name, NpyHeader header, byte[] bytes) throws IOException {
    if (!header.descr().matches("[<>]f[48]")) {
      throw new IOException(
          "%s has type '%s'; float32 and float64 are read".formatted(name, header.descr()));
    }
    List<Integer> shape;
    long count = 1;
    try {
      shape =
          Arrays.stream(header.shape().split(","))
              .map(String::strip)
              .filter(length -> !length.isEmpty())
              .map(Integer::parseInt)
              .toList();
      for (int length : shape) {
        count = Math.multiplyExact(count, length);
      }
    } catch (NumberFormatException | ArithmeticException e) {
      count = -1;
      shape = List.of();
    }
    int size = header.descr().charAt(2) - '0';
    if (count < 0 || bytes.length % size != 0 || bytes.length / size != count) {
      throw new IOException(
          "%s has %d bytes, which are not those of its shape (%s)"
              .formatted(name, bytes.length, header.shape()));
    }
    ByteBuffer buffer =
        ByteBuffer.wrap(bytes)
            .order(header.descr().startsWith("<") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    double[] values = new double[(int) count];
    Arrays.setAll(values, i -> size == 4 ? buffer.getFloat(i * 4) : buffer.getDouble(i * 8));
    return new NpzNumbers(shape, header.fortranOrder() ? transposed(values, shape, name) : values);
  }

  private static double[] transposed(double[] values, List<Integer> shape, String name)
      throws IOException {
    if (shape.size() < 2) {
      return values;
    }
    if (shape.size() > 2) {
      throw new IOException(name + " has more than two dimensions in Fortran order");
    }
    int rows = shape.get(0);
    int columns = shape.get(1);
    double[] transposed = new double[values.length];
    Arrays.setAll(transposed, i -> values[i % columns * rows + i / columns]);
    return transposed;
  }

  /** A file of these arrays, always the same bytes: float64, little-endian, stored. */
  public static byte[] write(Map<String, NpzNumbers> arrays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, NpzNumbers> array : arrays.entrySet()) {
        byte[] bytes = array.getValue().npy();
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        // As numpy.savez has it: the earliest that a ZIP archive can say.
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private byte[] npy() {
    String lengths = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    byte[] header = NpyHeader.write("<f8", shape.size() == 1 ? lengths + "," : lengths);
    ByteBuffer buffer =
        ByteBuffer.allocate(header.length + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(header);
    IntStream.range(0, values.length).forEach(i -> buffer.putDouble(values[i]));
    return buffer.array();
  }
}
