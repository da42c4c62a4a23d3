package org.anomalyscore.pixels;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The formats that are read, recognised by their first bytes as Pillow does, never by the name. */
enum ImageFormat {
  PNG("\u0089PNG\r\n\u001a\n"),
  JPEG("\u00ff\u00d8\u00ff"),
  WEBP("RIFF????WEBP"),
  GIF("GIF8?a"),
  BMP("BM"),
  TIFF("II*\0", "MM\0*", "II+\0", "MM\0+");

  private final List<String> magics;

  ImageFormat(String... magics) {
    this.magics = List.of(magics);
  }

  /** The format of the file, or null. */
  static ImageFormat of(byte[] file) {
    for (ImageFormat format : values()) {
      if (format.magics.stream().anyMatch(magic -> startsWith(file, magic))) {
        return format;
      }
    }
    return null;
  }

  private static boolean startsWith(byte[] file, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (file.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != '?' && expected[i] != file[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A new reader. Never by {@code ImageIO.getImageReaders}: what that finds depends on the context
   * class loader of the thread that first asked, and on plug-ins that a cluster has lying around.
   */
  ImageReader newReader() throws IOException {
    return this == WEBP
        ? new WebPImageReaderSpi().createReaderInstance(null)
        : jdkSpi().createReaderInstance();
  }

  /** The JDK's own; the registry always holds these, in any class loader. */
  private ImageReaderSpi jdkSpi() {
    Iterator<ImageReaderSpi> spis =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
    String name = "com.sun.imageio.plugins." + name().toLowerCase(Locale.ROOT) + ".";
    while (spis.hasNext()) {
      ImageReaderSpi spi = spis.next();
      if (spi.getClass().getName().startsWith(name)) {
        return spi;
      }
    }
    throw new IllegalStateException(
        "This Java runtime has no %s reader: install a complete one (module java.desktop)"
            .formatted(this));
  }
}
