package org.anomalyscore.measure;

import ai.djl.Device;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What decides the last digits of a score beside its configuration: the precision, the device, the
 * kernels that libtorch has chosen for the CPU, libtorch's version, and the shape of the network's
 * calls, by which kernels choose their order of summation.
 *
 * <p>MKL and oneDNN choose kernels of their own, by the CPU's instructions and its vendor. Whoever
 * restricts them alone, by their own variables ({@code MKL_CBWR}, {@code ONEDNN_MAX_CPU_ISA}),
 * changes float32 sums in a way that this does not see.
 */
final class Arithmetic {

  private static final String UNKNOWN = "unknown";

  /** {@code std::string at::get_cpu_capability()}; its name says that the string is of C++11. */
  private static final String CPU_CAPABILITY = "_ZN2at18get_cpu_capabilityB5cxx11Ev";

  /** A string of C++11 in libstdc++: where its characters are, how many, and room for a few. */
  private static final int BYTES_OF_STRING = 32;

  private static final int OFFSET_OF_LENGTH = 8;

  private Arithmetic() {}

  /**
   * That of this JVM, as the tables write it: {@code float32, cpu AVX512 GenuineIntel, PyTorch
   * 2.7.1, batches of 8} or {@code float32, gpu (NVIDIA H100), PyTorch 2.7.1, batches of 8}. What
   * cannot be found out is {@code unknown}.
   */
  static String of(Precision precision, Device device, int batchSize) {
    return String.join(
        ", ",
        precision.cardName(),
        device.isGpu() ? Devices.text(device) : "cpu " + cpuCapability() + " " + cpuVendor(),
        "PyTorch " + PyTorch.start().getVersion(),
        "batches of " + batchSize);
  }

  /**
   * The kernels that libtorch uses on this CPU and under this environment: {@code NO AVX}, {@code
   * AVX2} or {@code AVX512}. Neither DJL nor an operator of TorchScript has a call for it.
   */
  private static String cpuCapability() {
    // Elsewhere a string is returned another way.
    if (!Platform.isLinux() || !Platform.isIntel() || !Platform.is64Bit()) {
      return UNKNOWN;
    }
    // The very file that is loaded, wherever DJL took it from.
    Optional<String> library =
        find(Path.of("/proc/self/maps"), line -> line.endsWith("/libtorch_cpu.so"));
    if (library.isEmpty()) {
      return UNKNOWN;
    }
    String path = library.get().substring(library.get().indexOf('/'));
    try (Memory text = new Memory(BYTES_OF_STRING)) {
      text.clear();
      Function function = NativeLibrary.getInstance(path).getFunction(CPU_CAPABILITY);
      // The caller gives the room for what is returned as a hidden first argument.
      function.invokePointer(new Object[] {text});
      int length = (int) text.getLong(OFFSET_OF_LENGTH);
      return new String(text.getPointer(0).getByteArray(0, length), StandardCharsets.US_ASCII);
    } catch (LinkageError e) {
      // Of a libtorch that was built otherwise, or where JNA may not unpack its own library: an
      // UnsatisfiedLinkError at first, and a NoClassDefFoundError whenever it is tried again.
      return UNKNOWN;
    }
  }

  private static String cpuVendor() {
    return find(Path.of("/proc/cpuinfo"), line -> line.startsWith("vendor_id"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse(UNKNOWN);
  }

  private static Optional<String> find(Path file, Predicate<String> which) {
    // Not UTF-8: names of files are bytes.
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.filter(which).findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
