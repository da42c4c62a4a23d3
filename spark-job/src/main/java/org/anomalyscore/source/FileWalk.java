package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.RemoteIterators;

/**
 * The images and containers of a {@link ListingRoot}, one at a time: holds a page of a listing,
 * never all. What is an image by its name but cannot be opened is a fault; what is passed over is
 * counted.
 */
final class FileWalk implements Iterator<Item>, Closeable {

  /** The formats are known by fewer. */
  private static final int FIRST_BYTES = 64;

  private static final Set<String> TABLE_FOLDERS = Set.of("_temporary", "_delta_log");

  private final ListingRoot root;
  private final Configuration hadoop;
  private final PathFilter filter;
  private final boolean anyName;
  private final PassedOver passedOver;
  private final Map<String, Long> kinds = new TreeMap<>();
  private final Deque<RemoteIterator<FolderEntry>> open = new ArrayDeque<>();
  private Item next;

  /**
   * @param passedOver learns at the end what was
   */
  FileWalk(ListingRoot root, Configuration hadoop, Search search, PassedOver passedOver) {
    this.root = root;
    this.hadoop = hadoop;
    this.anyName = search.anyName();
    this.passedOver = passedOver;
    try {
      this.filter = root.filter();
      this.open.push(
          root.recursive() && root.pattern().isEmpty()
              ? Folders.tree(root.folder(), hadoop)
              : Folders.entries(root.folder(), hadoop));
    } catch (IOException e) {
      throw unlisted(e);
    }
  }

  private RuntimeException unlisted(IOException e) {
    return StorageFault.of(
        "Cannot look for images in '%s'".formatted(root.path()), root.folder(), e);
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && !open.isEmpty()) {
        next = advance();
      }
    } catch (IOException e) {
      throw unlisted(e);
    }
    return next != null;
  }

  /** Null if the entry gave no item. */
  private Item advance() throws IOException {
    RemoteIterator<FolderEntry> entries = open.peek();
    if (!entries.hasNext()) {
      open.pop();
      if (open.isEmpty()) {
        passedOver.add(new PassedOver.Counts(root.toString(), kinds));
      }
      return null;
    }
    FolderEntry entry = entries.next();
    boolean top = open.size() == 1;
    if (top && !filter.accept(entry.path())) {
      return null;
    }
    return switch (entry.kind()) {
      case FOLDER -> {
        if (root.recursive()) {
          open.push(Folders.tree(entry.path(), hadoop));
        }
        yield null;
      }
      case LINK_BACK -> passOver(PassedOver.LINKS);
      case FILE -> file(entry);
      case NO_FILE ->
          isWanted(entry.path()) ? fault(entry) : passOver(ImageNames.kind(entry.path().getName()));
      case UNKNOWN -> fault(entry);
    };
  }

  private static Item fault(FolderEntry entry) {
    return entry.file().fault(RejectReason.UNREADABLE, entry.why());
  }

  private Item passOver(String kind) {
    kinds.merge(kind, 1L, Long::sum);
    return null;
  }

  private Item file(FolderEntry entry) {
    if (isWanted(entry.path())) {
      return entry.file();
    }
    if (anyName) {
      try {
        if (beginsAsImage(entry)) {
          return entry.file();
        }
      } catch (IOException | RejectedImageException e) {
        ItemFault fault = ItemFault.of(e, entry.path(), hadoop);
        return entry.file().fault(fault.reason(), fault.message());
      }
    }
    return passOver(ImageNames.kind(entry.path().getName()));
  }

  /** Whether a file is an image or a container by its name and folder. */
  private static boolean isWanted(Path file) {
    ContainerFormat format = ContainerFormat.of(file.getName());
    return format == ContainerFormat.PARQUET
        ? isData(file)
        : format != null || ImageNames.isImage(file.getName());
  }

  /** Whether a Parquet file belongs to the data of a table, should it lie in one. */
  private static boolean isData(Path file) {
    boolean data = !file.getName().startsWith("_") && !file.getName().startsWith(".");
    for (Path up = file.getParent(); up != null; up = up.getParent()) {
      data &= !TABLE_FOLDERS.contains(up.getName());
    }
    return data;
  }

  private boolean beginsAsImage(FolderEntry entry) throws IOException, RejectedImageException {
    try (FSDataInputStream in = FileAccess.open(entry.path(), hadoop)) {
      return ImageDecoder.isImage(in.readNBytes(FIRST_BYTES));
    }
  }

  @Override
  public Item next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Item result = next;
    next = null;
    return result;
  }

  /** Lets go of the listings that were not walked to their ends. */
  @Override
  public void close() {
    open.forEach(RemoteIterators::cleanupRemoteIterator);
    open.clear();
  }
}
