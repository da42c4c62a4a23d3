package org.anomalyscore.pixels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that were once scored with wrong pixels or took minutes; against Pillow 12.3.0. */
class FaultSamplesTest {

  @ParameterizedTest
  @CsvSource({
    "t_i16_neg.tif, 2f7b73ffe2a18f07",
    "t_assoc_alpha.tif, c0055cbbe20ed602",
    "jpeg_icc_dup.jpg, 05b5495c9f6c1127",
    "jpeg_icc_missing.jpg, 05b5495c9f6c1127",
    "jpeg_440.jpg, dba863bfaca7bf0a",
    "ext_jfif.jfif, 49d3ead8e61da68a",
    "ext_jpe.jpe, 49d3ead8e61da68a"
  })
  void equalsPillow(String name, String hash)
      throws IOException, RejectedImageException, NoSuchAlgorithmException {
    byte[] rgb = ImageDecoder.decode(sample(name), 100_000_000).rgb();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(rgb);
    assertEquals(hash, HexFormat.of().formatHex(digest, 0, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "t_f32_rgb.tif, NOT_AN_IMAGE",
    "h_deflate_cut.tif, TRUNCATED",
    "h_packbits_short.tif, TRUNCATED",
    "png_plte_bitflip.png, NOT_AN_IMAGE",
    "jpeg_400_scans.jpg, TOO_LARGE"
  })
  void isRejectedSoon(String name, RejectReason reason) throws IOException {
    byte[] file = sample(name);
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          RejectedImageException e =
              assertThrows(
                  RejectedImageException.class, () -> ImageDecoder.decode(file, 100_000_000));
          assertEquals(reason, e.reason(), e.getMessage());
        });
  }

  private static byte[] sample(String name) throws IOException {
    Path at = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("shared/data/faults"))) {
      at = at.getParent();
    }
    assumeTrue(at != null, "no shared/data/faults beside the repository");
    return Files.readAllBytes(at.resolve("shared/data/faults").resolve(name));
  }
}
