package org.anomalyscore.measure;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.storage.UserException;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceInformation;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which device each task computes on: the GPU that Spark granted to it, or the CPU. Where Spark was
 * given a GPU and the task cannot use it, that is an error; the CPU never takes its place.
 *
 * @param mode what the user wants
 * @param granted true where Spark grants a GPU to each task
 * @param local addresses of the driver's own GPUs under a local master, whose tasks Spark grants
 *     nothing to; else empty
 */
public record Devices(Mode mode, boolean granted, List<String> local) implements Serializable {

  private static final String GPU = "gpu";
  private static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";
  private static final String EXECUTOR_AMOUNT = "spark.executor.resource.gpu.amount";

  /** What {@code --device} takes. */
  public enum Mode {
    /** The GPU that Spark granted to the task, else the CPU. */
    AUTO,
    /** The CPU, even where a GPU was granted. */
    CPU,
    /** A GPU; an error where none is granted. */
    GPU
  }

  /**
   * What this application's tasks get.
   *
   * @throws UserException where a GPU is wanted that no task will be granted
   */
  public static Devices of(SparkContext context, Mode mode) {
    List<String> local =
        context.isLocal() ? addresses(CollectionConverters.asJava(context.resources())) : List.of();
    boolean granted = !local.isEmpty() || context.conf().getDouble(TASK_AMOUNT, 0) > 0;
    if (!granted && mode != Mode.CPU && context.conf().getDouble(EXECUTOR_AMOUNT, 0) > 0) {
      throw new UserException(
          "Executors have GPUs ("
              + EXECUTOR_AMOUNT
              + ") but tasks are granted none. Set "
              + TASK_AMOUNT
              + ", for instance to 1 (0.25: four tasks share a GPU), or choose --device cpu.");
    }
    if (!granted && mode == Mode.GPU) {
      throw new UserException(
          "--device is gpu, but Spark grants no GPU to tasks. Set "
              + EXECUTOR_AMOUNT
              + ", "
              + TASK_AMOUNT
              + " and the discovery script as in conf/standalone-gpu; under a local master"
              + " spark.driver.resource.gpu.amount and spark.driver.resource.gpu.discoveryScript.");
    }
    return new Devices(mode, granted, local);
  }

  /**
   * Tries the device in one task before any image is read, so that a GPU that cannot be used is
   * reported once and not as a job's failure after four attempts of a task.
   *
   * @return what the {@code runs} table records: {@code cpu}, or {@code gpu} and its name where the
   *     driver of NVIDIA has it
   * @throws UserException where a task was granted a GPU that cannot be used
   */
  public String check(SparkContext context) {
    if (mode == Mode.CPU || !granted) {
      return "cpu";
    }
    // A message instead of an exception: Spark would try the task again and print each failure.
    String[] found =
        JavaSparkContext.fromSparkContext(context)
            .parallelize(List.of(0), 1)
            .map(ignored -> tryDevice())
            .first();
    if (found[0] != null) {
      throw new UserException(found[0]);
    }
    return found[1];
  }

  /** A fault's message and the device's name, one of them null. */
  private String[] tryDevice() {
    try {
      return new String[] {null, text(openForTask(TaskContext.get()))};
    } catch (UserException e) {
      return new String[] {e.getMessage(), null};
    }
  }

  /** The device of a running task. */
  public Device forTask(TaskContext task) {
    List<String> own = addresses(task.resourcesJMap());
    return choose(own.isEmpty() ? local : own, task.partitionId());
  }

  /**
   * The device of a running task, with PyTorch ready on it.
   *
   * @throws UserException if PyTorch or the device cannot be used
   */
  public Device openForTask(TaskContext task) {
    PyTorch.start();
    Device device = forTask(task);
    GpuCheck.requireUsable(device);
    return device;
  }

  /**
   * @param addresses as the discovery script printed them
   * @param turn spreads the tasks of a local master over its GPUs; Spark grants one address a task
   */
  Device choose(List<String> addresses, int turn) {
    if (mode == Mode.CPU || (mode == Mode.AUTO && !granted)) {
      return Device.cpu();
    }
    if (addresses.isEmpty()) {
      throw new UserException(
          "Spark granted this task no GPU although "
              + TASK_AMOUNT
              + " asks for one. Check the discovery script on this executor, or choose --device"
              + " cpu.");
    }
    String address = addresses.get(turn % addresses.size());
    try {
      return Device.gpu(Integer.parseInt(address));
    } catch (NumberFormatException e) {
      throw new UserException(
          "Spark granted the GPU with address '"
              + address
              + "', but PyTorch takes numbers: 0 for the first. Let the discovery script print the"
              + " index of each GPU, as conf/gpu-discovery.sh does.",
          e);
    }
  }

  private static List<String> addresses(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    return gpu == null ? List.of() : List.of(gpu.addresses());
  }

  /** As the tables write it: {@code cpu}, or {@code gpu} and its name where that is known. */
  static String text(Device device) {
    return device.isGpu() ? GPU + name(device.getDeviceId()) : "cpu";
  }

  /** The model of the GPU in brackets; empty where NVIDIA's driver does not have it. */
  private static String name(int index) {
    Path gpus = Path.of("/proc/driver/nvidia/gpus");
    if (!Files.isDirectory(gpus)) {
      return "";
    }
    try (Stream<Path> all = Files.list(gpus)) {
      // Folders are named by PCI address, whose order is that of nvidia-smi.
      List<Path> sorted = all.sorted().toList();
      return Files.readString(sorted.get(index).resolve("information"))
          .lines()
          .filter(line -> line.startsWith("Model:"))
          .map(line -> " (" + line.substring("Model:".length()).strip() + ")")
          .findFirst()
          .orElse("");
    } catch (IOException | IndexOutOfBoundsException e) {
      return "";
    }
  }
}
