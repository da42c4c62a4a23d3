package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.Devices.Mode;
import org.anomalyscore.storage.UserException;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;

/** There is no GPU here: what is granted is made up, and what PyTorch says of it is real. */
class DevicesTest {

  private static final Device GPU_3 = Device.gpu(3);

  @Test
  void theGrantedGpuIsTaken() {
    assertEquals(GPU_3, new Devices(Mode.AUTO, true, List.of()).choose(List.of("3"), 0));
    assertEquals(GPU_3, new Devices(Mode.GPU, true, List.of()).choose(List.of("3"), 9));
    assertEquals(Device.cpu(), new Devices(Mode.CPU, true, List.of()).choose(List.of("3"), 0));
    assertEquals(Device.cpu(), new Devices(Mode.AUTO, false, List.of()).choose(List.of(), 0));
  }

  @Test
  void tasksOfALocalMasterTakeTurns() {
    Devices devices = new Devices(Mode.AUTO, true, List.of("0", "1", "3"));
    assertEquals(Device.gpu(0), devices.choose(devices.local(), 0));
    assertEquals(Device.gpu(1), devices.choose(devices.local(), 1));
    assertEquals(GPU_3, devices.choose(devices.local(), 5));
  }

  @Test
  void aGrantThatIsMissingOrNoNumberIsTold() {
    Devices devices = new Devices(Mode.AUTO, true, List.of());
    assertTold("no GPU although", "discovery script", () -> devices.choose(List.of(), 0));
    assertTold("'GPU-5f1c'", "conf/gpu-discovery.sh", () -> devices.choose(List.of("GPU-5f1c"), 0));
  }

  @Test
  void anApplicationWithoutGpusHasTheCpuOnly() {
    SparkContext context = TestSpark.session().sparkContext();
    assertEquals("cpu", Devices.of(context, Mode.AUTO).check(context));
    assertEquals("cpu", Devices.of(context, Mode.CPU).check(context));
    assertTold(
        "Spark grants no GPU",
        "spark.task.resource.gpu.amount",
        () -> Devices.of(context, Mode.GPU));
  }

  @Test
  void aGrantedGpuThatPyTorchCannotUseIsToldOnce() {
    SparkContext context = TestSpark.session().sparkContext();
    Devices devices = new Devices(Mode.AUTO, true, List.of("0"));
    assertTold("a build for the CPU", "PYTORCH_LIBRARY_PATH", () -> devices.check(context));
    assertEquals("cpu", new Devices(Mode.CPU, true, List.of("0")).check(context));
    assertTold(
        "a build for the CPU",
        "--device cpu",
        () -> {
          try {
            FeatureModel.acquire(TestModels.model("tiny"), TestModels.file("tiny"), Device.gpu(0));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void tf32IsSeenInItsResults() {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      float convolution = GpuCheck.convolution(manager);
      float product = GpuCheck.product(manager);
      float exact = 1 + 0x1p-12f;
      assertDoesNotThrow(() -> GpuCheck.requireFloat32(GPU_3, "sums", convolution, 9 * 64 * exact));
      assertDoesNotThrow(() -> GpuCheck.requireFloat32(GPU_3, "sums", product, 64 * exact));
    }
    // What is left where the inputs have been rounded to 10 bits: sums of ones.
    assertTold(
        "in TF32",
        "NVIDIA_TF32_OVERRIDE=0",
        () -> GpuCheck.requireFloat32(GPU_3, "sums", 64, 64 * (1 + 0x1p-12f)));
    assertTold(
        "in TF32",
        "NVIDIA_TF32_OVERRIDE=0",
        () -> GpuCheck.requireFloat32(GPU_3, "sums", Float.NaN, 64));
  }

  @Test
  void tasksOnOneDeviceShareOneModel() throws IOException {
    ModelFile file = TestModels.model("tiny");
    try (FeatureModel one = FeatureModel.acquire(file, TestModels.file("tiny"), Device.cpu());
        FeatureModel two = FeatureModel.acquire(file, TestModels.file("tiny"), Device.cpu())) {
      assertSame(one, two);
    }
  }

  private static void assertTold(String what, String remedy, Runnable refused) {
    String message = assertThrows(UserException.class, refused::run).getMessage();
    assertTrue(message.contains(what) && message.contains(remedy), message);
  }
}
