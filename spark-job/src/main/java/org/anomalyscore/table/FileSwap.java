package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.WholeFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/**
 * A change of the tables that puts new files in the place of old ones, for all tables at once. The
 * owner of the lease makes it, in these steps:
 *
 * <ol>
 *   <li>The new files are written under {@code _swap/ID/TABLE}, which readers pass over.
 *   <li>{@code _swap.json} is replaced as a whole and names the swap and the files that it
 *       replaces. This is the commit: from here on {@link TableStore} reads the new files, wherever
 *       they are, and not the replaced ones.
 *   <li>The new files are moved to their tables.
 *   <li>The replaced files are deleted.
 *   <li>{@code _swap.json} says that all is done.
 * </ol>
 *
 * <p>Killed before the commit, it leaves files that nobody reads, and the next owner of the lease
 * deletes them. Killed after it, the next owner does the rest; each step may be repeated. The state
 * is kept after the end: a reader looks at it before and after it lists a table, and lists again if
 * it changed, so that it never has a part of both. A reader that had listed files which are deleted
 * before it opens them fails, with a message that asks to start it again.
 *
 * <p>Programs that list the folders by themselves see the old files until the third step, old and
 * new ones between the third and the fourth, and the new ones then.
 */
public final class FileSwap {

  private final Configuration hadoop;
  private final FileSystem fs;
  private final Path root;
  private final SwapState begun;
  private final Set<String> replaced = new TreeSet<>();

  FileSwap(Configuration hadoop, FileSystem fs, Path root) {
    this(hadoop, fs, root, new SwapState(UUID.randomUUID().toString(), false, Set.of()));
  }

  private FileSwap(Configuration hadoop, FileSystem fs, Path root, SwapState begun) {
    this.hadoop = hadoop;
    this.fs = fs;
    this.root = root;
    this.begun = begun;
    this.replaced.addAll(begun.replaced());
  }

  /**
   * Names files of {@link TableStore#files} whose rows do not count any more, or are written anew.
   */
  public void replace(Collection<TableFile> files) {
    files.forEach(file -> replaced.add(file.name()));
  }

  /**
   * Writes rows that are to count, in few files.
   *
   * @param rows with all columns of the table
   * @param bytes that they will take, about
   */
  public void write(Table table, Dataset<Row> rows, long bytes) {
    int files = TableFile.count(bytes);
    List<Column> order = new ArrayList<>();
    table.partitionColumns().forEach(column -> order.add(col(column)));
    if (List.of(table.schema().fieldNames()).contains("path")) {
      order.add(col("path"));
    }
    Column[] by = order.toArray(Column[]::new);
    // By ranges, so that a partition has a file more than its bytes ask for at most.
    Dataset<Row> few =
        files > 1 && by.length > 0 ? rows.repartitionByRange(files, by) : rows.repartition(files);
    (by.length > 0 ? few.sortWithinPartitions(by) : few)
        .write()
        .mode(SaveMode.Append)
        .partitionBy(table.partitionColumns().toArray(String[]::new))
        .parquet(new Path(begun.staging(root), table.folder()).toString());
  }

  /**
   * Makes the change.
   *
   * @param lease of the tables, which must be held to the end
   */
  public void commit(Lease lease) {
    try {
      lease.requireHeld();
      publish();
      finish(lease::requireHeld);
    } catch (IOException e) {
      // Whether the state was written is not known then. The next owner of the lease looks.
      throw StorageFault.of("Cannot change the tables under " + root, root, e);
    }
  }

  /** The commit. */
  void publish() {
    write(new SwapState(begun.id(), false, replaced));
  }

  private void write(SwapState state) {
    WholeFile.at(hadoop, "The folder of the tables", new Path(root, SwapState.FILE).toString())
        .write(state.bytes());
  }

  /**
   * Does what a swap that was killed after its commit had not done, and clears what one left that
   * was killed before; for the owner of the lease.
   *
   * @return true if there was a swap to finish
   */
  static boolean recover(Configuration hadoop, FileSystem fs, Path root) throws IOException {
    SwapState state = SwapState.read(fs, root);
    if (state.isPending()) {
      new FileSwap(hadoop, fs, root, state).finish(() -> {});
    }
    fs.delete(new Path(root, SwapState.FOLDER), true);
    return state.isPending();
  }

  /** The steps after the commit. */
  void finish(Runnable requireHeld) throws IOException {
    Path staging = begun.staging(root);
    for (String name : files(staging)) {
      requireHeld.run();
      move(new Path(staging, name), new Path(root, name));
    }
    requireHeld.run();
    delete();
    // A slow run must not write over the state of one that took over from it.
    requireHeld.run();
    if (SwapState.read(fs, root).id().equals(begun.id())) {
      write(new SwapState(begun.id(), true, Set.of()));
    }
    fs.delete(staging, true);
    deleteEmpty(staging.getParent());
  }

  private void move(Path from, Path to) throws IOException {
    fs.mkdirs(to.getParent());
    if (fs.exists(to)) {
      // Where a move is a copy and a deletion, it may have been killed between them.
      fs.delete(from, false);
    } else if (!fs.rename(from, to)) {
      throw new IOException("Cannot move " + from + " to " + to);
    }
  }

  /** In pages, of as many as the storage takes in one request. */
  private void delete() throws IOException {
    try (BulkDelete bulk = fs.createBulkDelete(fs.makeQualified(root))) {
      List<Path> page = new ArrayList<>();
      for (String name : replaced) {
        page.add(fs.makeQualified(new Path(root, name)));
        if (page.size() == bulk.pageSize()) {
          delete(bulk, page);
          page.clear();
        }
      }
      delete(bulk, page);
    }
    Set<String> folders = new TreeSet<>();
    replaced.forEach(name -> folders.add(name.substring(0, name.lastIndexOf('/'))));
    for (String folder : folders) {
      // Of a partition without files, and those above it.
      for (Path each = new Path(root, folder); each.getName().contains("="); ) {
        deleteEmpty(each);
        each = each.getParent();
      }
    }
  }

  private static void delete(BulkDelete bulk, List<Path> page) throws IOException {
    if (page.isEmpty()) {
      return;
    }
    for (Map.Entry<Path, String> failed : bulk.bulkDelete(page)) {
      throw new IOException("Cannot delete " + failed.getKey() + ": " + failed.getValue());
    }
  }

  private void deleteEmpty(Path folder) throws IOException {
    try {
      if (fs.listStatus(folder).length == 0) {
        fs.delete(folder, false);
      }
    } catch (FileNotFoundException e) {
      // Object stores have no folders.
    }
  }

  /** Names of the files of rows under a folder, in order. */
  private Set<String> files(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    for (TableFile file : list(fs, folder, "")) {
      names.add(file.name());
    }
    return names;
  }

  /**
   * The files under a folder that readers would take: none that begins with an underscore or a
   * point, nor lies in such a folder.
   *
   * @param within a folder under the base; empty for all
   */
  static List<TableFile> list(FileSystem fs, Path base, String within) throws IOException {
    List<TableFile> files = new ArrayList<>();
    Path whole = fs.makeQualified(base);
    String prefix = whole.toUri().getPath() + Path.SEPARATOR;
    try {
      collect(fs, within.isEmpty() ? whole : new Path(whole, within), prefix, files);
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return files;
  }

  /**
   * Folder by folder. Hadoop's listing of a whole tree asks for the owner of each file, for which
   * it starts a process a file on a local disk.
   */
  private static void collect(FileSystem fs, Path folder, String prefix, List<TableFile> files)
      throws IOException {
    for (FileStatus child : fs.listStatus(folder)) {
      String path = child.getPath().toUri().getPath();
      String name = child.getPath().getName();
      if (name.startsWith("_") || name.startsWith(".")) {
        continue;
      }
      if (child.isDirectory()) {
        collect(fs, child.getPath(), prefix, files);
      } else {
        Path base = new Path(folder.toUri().getScheme(), folder.toUri().getAuthority(), prefix);
        files.add(new TableFile(base, path.substring(prefix.length()), child.getLen()));
      }
    }
  }
}
