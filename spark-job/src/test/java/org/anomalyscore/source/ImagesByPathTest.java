package org.anomalyscore.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RgbImage;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesByPathTest {

  private static final ImagesByPath WHOLE = new ImagesByPath(10_000, 1_000_000, 1 << 20);

  @TempDir Path folder;

  private final Map<String, byte[]> files = new TreeMap<>();

  @BeforeEach
  void draw() throws Exception {
    for (int i = 0; i < 3; i++) {
      java.awt.image.BufferedImage image =
          new java.awt.image.BufferedImage(40, 20, java.awt.image.BufferedImage.TYPE_INT_RGB);
      image.setRGB(i, 0, 0xffffff);
      var bytes = new java.io.ByteArrayOutputStream();
      javax.imageio.ImageIO.write(image, "png", bytes);
      files.put("i" + i + ".png", bytes.toByteArray());
    }
  }

  private static Map<String, LoadedImage> load(ImagesByPath images, String file, String... paths) {
    Map<String, LoadedImage> loaded = new HashMap<>();
    images.load(
        file,
        List.of(paths),
        new Configuration(),
        image -> assertEquals(null, loaded.put(image.path(), image)));
    assertEquals(java.util.Set.of(paths), loaded.keySet());
    return loaded;
  }

  @Test
  void filesAndMembersOfEveryContainerAreFoundByTheirPaths() throws Exception {
    Containers.folder(folder.resolve("folder"), files);
    Containers.tar(folder.resolve("a.tar"), files);
    Containers.zip(folder.resolve("a.zip"), files, ZipArchiveEntry.DEFLATED, Zip64Mode.AsNeeded);
    byte[] expected = ImageDecoder.decode(files.get("i1.png"), 1000).rgb();
    String file = "file:" + folder + "/folder/i1.png";
    assertEquals(file, ImagesByPath.fileOf(file));
    assertArrayEquals(expected, load(WHOLE, file, file).get(file).pixels().rgb());
    for (String container : List.of("a.tar", "a.zip")) {
      String whole = "file:" + folder + "/" + container;
      String member = whole + "!/i1.png";
      assertEquals(whole, ImagesByPath.fileOf(member));
      Map<String, LoadedImage> loaded = load(WHOLE, whole, member, whole + "!/gone.png");
      assertArrayEquals(expected, loaded.get(member).pixels().rgb());
      assertTrue(loaded.get(whole + "!/gone.png").message().contains("no longer"));
    }
  }

  @Test
  void largeImagesShrinkAndSmallOnesStay() throws Exception {
    Containers.folder(folder, files);
    String file = "file:" + folder + "/i1.png";
    RgbImage small = load(new ImagesByPath(10, 1000, 1 << 20), file, file).get(file).pixels();
    assertEquals("RgbImage[10x5]", small.toString());
    assertEquals(
        "RgbImage[40x20]",
        load(new ImagesByPath(40, 1000, 1 << 20), file, file).get(file).pixels().toString());
  }

  @Test
  void whatCannotBeReadIsRejectedAndNeverThrown() throws Exception {
    Containers.folder(folder, Map.of("text.png", new byte[] {1, 2, 3}, "text.tar", new byte[9]));
    for (String file :
        List.of("gone.png", "gone.zip!/x.png", "text.png", "text.tar!/x.png", "no/such.png")) {
      String path = "file:" + folder + "/" + file;
      LoadedImage image = load(WHOLE, ImagesByPath.fileOf(path), path).get(path);
      assertTrue(image.isRejected(), path);
      assertTrue(image.message() != null && !image.message().isEmpty(), path);
    }
    String unknown = "nosuchscheme://x/y.png";
    assertEquals(RejectReason.UNREADABLE, load(WHOLE, unknown, unknown).get(unknown).reason());
  }

  @Test
  void onlyAContainersEndingMakesAContainer() throws Exception {
    assertEquals("file:/a!/b.png", ImagesByPath.fileOf("file:/a!/b.png"));
    assertEquals("file:/a!/b.tar", ImagesByPath.fileOf("file:/a!/b.tar!/c!/d.png"));
    Files.createDirectory(folder.resolve("a!"));
    Files.write(folder.resolve("a!/b.png"), files.get("i0.png"));
    String path = "file:" + folder + "/a!/b.png";
    assertTrue(!load(WHOLE, ImagesByPath.fileOf(path), path).get(path).isRejected());
  }
}
