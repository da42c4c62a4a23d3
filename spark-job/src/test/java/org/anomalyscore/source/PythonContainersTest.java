package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.storage.ContentHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that Python's own tools wrote: {@code make_container_fixtures.py}. */
class PythonContainersTest {
  private static final List<String> NAMES =
      List.of(
          "00000.png",
          "00001.png",
          "00002.png",
          "folder/".repeat(40) + "00003.png",
          "grüße/日本.png");

  @ParameterizedTest
  @ValueSource(strings = {"pax.tar", "gnu.tar"})
  void tarfile(String name) throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture(name));
    assertEquals(6, images.size(), images.keySet().toString());
    for (int i = 0; i < NAMES.size(); i++) {
      assertPicture(i, images.get(name + "!/" + NAMES.get(i)));
    }
    String link = Loaded.fault(images.get(name + "!/link.png"), RejectReason.UNREADABLE);
    assertTrue(link.startsWith("It is a link to '00000.png' inside the tar archive"), link);
  }

  @Test
  void zipfile() throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture("mixed.zip"));
    assertEquals(6, images.size(), images.keySet().toString());
    for (int i = 0; i < NAMES.size(); i++) {
      assertPicture(i, images.get("mixed.zip!/" + NAMES.get(i)));
    }
    assertEquals(
        "Its compression method inside the ZIP archive is 12; stored (0) and deflated (8) are read."
            + " Pack it again with one of these",
        Loaded.fault(images.get("mixed.zip!/bzip2.png"), RejectReason.UNREADABLE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void numpy(String name) throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture(name));
    assertEquals(NAMES.size(), images.size(), images.keySet().toString());
    for (int i = 0; i < NAMES.size(); i++) {
      LoadedImage image = images.get(name + "!/arr_0/" + i);
      assertPicture(i, image);
      assertEquals(ContentHash.hex(pixels(i)), image.imageId());
    }
  }

  @Test
  void numpyArraysThatAreNoImages() throws IOException {
    String expected =
        "; type '|u1' (uint8), shape (N, H, W, 3) and C order are read. Save"
            + " numpy.ascontiguousarray(images, dtype=numpy.uint8)";
    assertRefused("float.npz", "arr_0 has type '<f4', shape (5, 5, 6, 3) and C order" + expected);
    assertRefused(
        "fortran.npz", "arr_0 has type '|u1', shape (5, 5, 6, 3) and Fortran order" + expected);
    assertRefused("grey.npz", "arr_0 has type '|u1', shape (5, 5, 6) and C order" + expected);
    assertRefused(
        "named.npz",
        "It holds no array 'arr_0' but [images.npy]. Save the images by numpy.savez(file, images),"
            + " unnamed");
  }

  private static void assertRefused(String name, String message) throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture(name));
    assertEquals(List.of(name), List.copyOf(images.keySet()));
    assertEquals(message, Loaded.fault(images.get(name), RejectReason.UNREADABLE));
  }

  @Test
  void pyarrow() throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture("binary.parquet"));
    assertEquals(NAMES.size(), images.size(), images.keySet().toString());
    for (int i = 0; i < NAMES.size(); i++) {
      assertPicture(i, images.get("binary.parquet!/" + i));
    }
  }

  @Test
  void huggingFace() throws IOException {
    Map<String, LoadedImage> images = Loaded.images(fixture("hugging_face.parquet"));
    assertEquals(7, images.size(), images.keySet().toString());
    for (int i = 0; i < NAMES.size(); i++) {
      assertPicture(
          i, images.get("hugging_face.parquet!/" + (i == 1 ? "1" : i + "/" + NAMES.get(i))));
    }
    String outside =
        Loaded.fault(
            images.get("hugging_face.parquet!/5/elsewhere/x.png"), RejectReason.UNREADABLE);
    assertTrue(outside.contains("only the path 'elsewhere/x.png' of a file elsewhere"), outside);
    Loaded.fault(images.get("hugging_face.parquet!/6"), RejectReason.EMPTY);
  }

  private static void assertPicture(int number, LoadedImage image) throws IOException {
    assertNull(image.reason(), image.message());
    RgbImage expected =
        new Preprocessing(5, Preprocessing.Resize.SQUASH, PillowResize.Filter.BOX)
            .apply(new RgbImage(6, 5, pixels(number)));
    assertArrayEquals(expected.rgb(), image.pixels().rgb(), image.path());
  }

  private static byte[] pixels(int number) throws IOException {
    byte[] all = Files.readAllBytes(fixture("expected.rgb"));
    return Arrays.copyOfRange(all, number * 90, (number + 1) * 90);
  }

  private static Path fixture(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(
                  PythonContainersTest.class.getResource("/image/containers/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
