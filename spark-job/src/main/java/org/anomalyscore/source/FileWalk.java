package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.sql.Timestamp;
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
import org.apache.spark.util.CollectionAccumulator;

/**
 * The images and containers of a {@link ListingRoot}, one at a time: holds a page of a listing,
 * never all. What is an image by its name but cannot be opened is a fault, and so is a folder that
 * cannot be listed; what is passed over is counted.
 */
final class FileWalk implements Iterator<Item>, Closeable {

  /** The formats are known by fewer. */
  private static final int FIRST_BYTES = 64;

  private static final Set<String> TABLE_FOLDERS = Set.of("_temporary", "_delta_log");

  /** A folder that is being listed. */
  private record Listing(Path folder, RemoteIterator<FolderEntry> entries) {}

  private final ListingRoot root;
  private final Configuration hadoop;
  private final PathFilter filter;
  private final boolean anyName;
  private final CollectionAccumulator<String> links;
  private final PassedOver passedOver;
  private final Map<String, Long> kinds = new TreeMap<>();
  private final Deque<Listing> open = new ArrayDeque<>();
  private Item next;

  /**
   * @param links learns the paths of links to folders, which are not followed here
   * @param passedOver learns at the end what was
   */
  FileWalk(
      ListingRoot root,
      Configuration hadoop,
      Search search,
      CollectionAccumulator<String> links,
      PassedOver passedOver) {
    this.root = root;
    this.hadoop = hadoop;
    this.filter = root.filter();
    this.anyName = search.anyName();
    this.links = links;
    this.passedOver = passedOver;
    this.next = enter(root.folder());
  }

  /** Begins to list a folder; the fault, where it cannot be listed. */
  private Item enter(Path folder) {
    boolean top = open.isEmpty();
    try {
      open.push(
          new Listing(
              folder,
              top && !(root.recursive() && root.pattern().isEmpty())
                  ? Folders.entries(folder, hadoop)
                  : Folders.tree(folder, hadoop)));
      return null;
    } catch (IOException e) {
      return unlisted(folder, e);
    }
  }

  private Item unlisted(Path folder, IOException e) {
    if (root.required() && folder.equals(root.folder())) {
      throw StorageFault.of("Cannot look for images in '%s'".formatted(root.path()), folder, e);
    }
    // This throws where the storage as a whole is at fault.
    RejectReason reason = ItemFault.of(e, folder, hadoop).reason();
    String message =
        StorageFault.of(
                "Not all of this folder can be listed, and what cannot is not scored", folder, e)
            .getMessage();
    return new Item.File(folder.toString(), 0, new Timestamp(0), null).fault(reason, message);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !open.isEmpty()) {
      next = advance();
    }
    return next != null;
  }

  /** Null if the entry gave no item. */
  private Item advance() {
    Listing listing = open.peek();
    boolean top = open.size() == 1;
    FolderEntry entry;
    try {
      if (!listing.entries().hasNext()) {
        leave();
        return null;
      }
      entry = listing.entries().next();
    } catch (IOException e) {
      leave();
      return unlisted(listing.folder(), e);
    }
    if (top && !filter.accept(entry.path())) {
      return null;
    }
    return switch (entry.kind()) {
      case FOLDER -> root.recursive() ? enter(entry.path()) : null;
      case LINK -> {
        links.add(entry.path().toString());
        yield null;
      }
      case LINK_BACK -> passOver(PassedOver.LINKS);
      case FILE -> file(entry);
      case NO_FILE ->
          isWanted(entry.path()) ? fault(entry) : passOver(ImageNames.kind(entry.path().getName()));
      case UNKNOWN -> fault(entry);
    };
  }

  private void leave() {
    RemoteIterators.cleanupRemoteIterator(open.pop().entries());
    if (open.isEmpty()) {
      passedOver.add(new PassedOver.Counts(root.toString(), kinds));
    }
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
    open.forEach(listing -> RemoteIterators.cleanupRemoteIterator(listing.entries()));
    open.clear();
  }
}
