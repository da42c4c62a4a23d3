package org.anomalyscore.source;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * What a name says of a file or a member of an archive: whether it is an image, a container or
 * neither.
 */
final class ImageNames {

  /**
   * For messages: the usual extensions. Those that Pillow and browsers know for the same formats
   * are read too.
   */
  static final String EXTENSION_LIST =
      "png, apng, jpg, jpeg, jpe, jfif, jif, webp, gif, bmp, tif, tiff";

  /** For messages. */
  static final String CONTAINERS = ".tar, .zip, .npz and .parquet files";

  private static final Set<String> EXTENSIONS = Set.of(EXTENSION_LIST.split(", ", -1));

  /** What macOS leaves on foreign disks beside {@code x.png}. */
  private static final String SHADOW = "._";

  private static final Set<String> TABLE_FOLDERS = Set.of("_temporary", "_delta_log");

  /** Longer or odder endings are no kind of file. */
  private static final Pattern KIND = Pattern.compile("[a-z0-9_+-]{1,12}");

  private ImageNames() {}

  /** Whether a file, or a member of an archive, is an image by its name. */
  static boolean isImage(String path) {
    String name = name(path);
    return EXTENSIONS.contains(extension(name)) && !name.startsWith(SHADOW);
  }

  /** Whether a file is an image or a container by its name and folder. */
  static boolean isWanted(Path file) {
    ContainerFormat format = ContainerFormat.of(file.getName());
    return format == ContainerFormat.PARQUET
        ? isData(file)
        : format != null || isImage(file.getName());
  }

  /** Whether a Parquet file belongs to the data of a table, should it lie in one. */
  private static boolean isData(Path file) {
    boolean data = !file.getName().startsWith("_") && !file.getName().startsWith(".");
    for (Path up = file.getParent(); up != null; up = up.getParent()) {
      data &= !TABLE_FOLDERS.contains(up.getName());
    }
    return data;
  }

  /** What a file that is neither is counted as: {@code .json}, {@code without extension}. */
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
