package org.anomalyscore.source;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a name says of a file or a member of an archive: whether it is an image, and if not, what.
 */
final class ImageNames {

  /** What is read, for messages too: all that Pillow knows for the formats, and {@code jif}. */
  static final String EXTENSION_LIST =
      "png, apng, jpg, jpeg, jpe, jfif, jif, webp, gif, bmp, tif, tiff";

  /** For messages. */
  static final String CONTAINERS = ".tar, .zip, .npz and .parquet files";

  private static final Set<String> EXTENSIONS = Set.of(EXTENSION_LIST.split(", ", -1));

  /** What macOS leaves on foreign disks beside {@code x.png}. */
  private static final String SHADOW = "._";

  /** Longer or odder endings are no kind of file. */
  private static final Pattern KIND = Pattern.compile("[a-z0-9_+-]{1,12}");

  private ImageNames() {}

  /** Whether a file, or a member of an archive, is an image by its name. */
  static boolean isImage(String path) {
    String name = name(path);
    return EXTENSIONS.contains(extension(name)) && !name.startsWith(SHADOW);
  }

  /** What a file that is passed over is counted as: {@code .json}, {@code without extension}. */
  static String kind(String path) {
    String name = name(path);
    String extension = extension(name);
    if (name.startsWith(SHADOW)) {
      return "shadow files of macOS (._*)";
    }
    if (extension.isEmpty()) {
      return "without extension";
    }
    return KIND.matcher(extension).matches() ? "." + extension : "with another extension";
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** In lower case, without its dot; empty where there is none, as in {@code .hidden}. */
  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 || (dot == 0 && !EXTENSIONS.contains(name.substring(1).toLowerCase(Locale.ROOT)))
        ? ""
        : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
