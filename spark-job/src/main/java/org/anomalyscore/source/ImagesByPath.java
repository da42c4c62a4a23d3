package org.anomalyscore.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Loads images that are known by their paths only, as the tables hold them. What cannot be read is
 * a rejected image, never an exception.
 *
 * @param shape brings a decoded image to the size that is wanted
 * @param maxPixels images with more are rejected undecoded
 * @param maxFileBytes larger files and members are rejected unread; below 2 GiB
 */
public record ImagesByPath(Shape shape, long maxPixels, long maxFileBytes) implements Serializable {

  /** Brings a decoded image to a size; travels to the executors. */
  public interface Shape extends UnaryOperator<RgbImage>, Serializable {}

  /**
   * Thumbnails.
   *
   * @param maxSide longer side of what is loaded, pixels; smaller images stay as they are
   */
  public ImagesByPath(int maxSide, long maxPixels, long maxFileBytes) {
    this(image -> fit(image, maxSide), maxPixels, maxFileBytes);
  }

  /** The file that has to be opened for an image: its container, or the image itself. */
  public static String fileOf(String path) {
    for (int end = path.indexOf("!/"); end >= 0; end = path.indexOf("!/", end + 1)) {
      if (ContainerFormat.of(path.substring(0, end)) != null) {
        return path.substring(0, end);
      }
    }
    return path;
  }

  /**
   * Loads images of one file. Its members are listed once, so that all that are wanted of a
   * container should be asked for at once.
   *
   * @param file as {@link #fileOf} gives it
   * @param paths of images that have this file
   * @param found called once a path
   */
  public void load(
      String file, Collection<String> paths, Configuration hadoop, Consumer<LoadedImage> found) {
    Set<String> wanted = new HashSet<>(paths);
    Consumer<LoadedImage> once =
        image -> {
          if (wanted.remove(image.path())) {
            found.accept(image);
          }
        };
    String why;
    try (ItemReader reader = new ItemReader(maxPixels, maxFileBytes, shape, hadoop)) {
      why = load(FileAccess.file(new Path(file), hadoop), wanted, reader, once, hadoop);
    } catch (FileNotFoundException e) {
      why = "it is no longer there";
    } catch (IOException | UserException | IllegalArgumentException e) {
      why = e.getMessage();
    }
    for (String missing : Set.copyOf(wanted)) {
      once.accept(LoadedImage.rejected(missing, null, RejectReason.UNREADABLE, why, 0));
    }
  }

  /** Returns why those are missing that were not found. */
  private static String load(
      Item.File whole,
      Set<String> wanted,
      ItemReader reader,
      Consumer<LoadedImage> found,
      Configuration hadoop) {
    if (ContainerFormat.of(whole.path()) == null) {
      found.accept(reader.load(whole));
      return "it is no longer there";
    }
    try (ContainerItems members =
        new ContainerItems(whole, hadoop, Long.MAX_VALUE, new PassedOver())) {
      while (!wanted.isEmpty() && members.hasNext()) {
        Item member = members.next();
        if (member instanceof Item.Fault fault && fault.container() == null) {
          return fault.message();
        }
        if (wanted.contains(member.path())) {
          found.accept(reader.load(member));
        }
      }
    }
    return "its container no longer holds it";
  }

  private static RgbImage fit(RgbImage image, int maxSide) {
    double scale = (double) maxSide / Math.max(image.width(), image.height());
    return scale >= 1
        ? image
        : PillowResize.resize(
            image,
            (int) Math.max(1, Math.round(scale * image.width())),
            (int) Math.max(1, Math.round(scale * image.height())),
            PillowResize.Filter.BICUBIC);
  }
}
