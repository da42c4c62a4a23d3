package org.anomalyscore.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What the last {@link FileSwap} of a folder of tables is and whether all of it is done; the
 * content of the file {@code _swap.json}.
 *
 * @param id of the swap; empty where there was none
 * @param done false from its commit until the files lie where they belong
 * @param replaced names of the files that no longer count, as in {@link TableFile#name}
 */
record SwapState(String id, boolean done, Set<String> replaced) {

  static final String FILE = "_swap.json";

  /** Holds a folder a swap, with the files that wait. */
  static final String FOLDER = "_swap";

  private static final SwapState NONE = new SwapState("", true, Set.of());

  boolean isPending() {
    return !done;
  }

  /** Where the new files of this swap wait until they are moved. */
  Path staging(Path root) {
    return staging(root, id);
  }

  static Path staging(Path root, String id) {
    return new Path(new Path(root, FOLDER), id);
  }

  byte[] bytes() {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("id", id);
    content.put("done", done);
    content.put("replaced", List.copyOf(replaced));
    return Json.write(content).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the state of a folder.
   *
   * @throws UserException when the file is not as this program wrote it
   */
  static SwapState read(FileSystem anyFs, Path root) throws IOException {
    // It is replaced as a whole, and no file of checksums with it.
    FileSystem fs =
        anyFs instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : anyFs;
    Path file = new Path(root, FILE);
    byte[] bytes;
    try (InputStream in = fs.open(file)) {
      bytes = in.readAllBytes();
    } catch (FileNotFoundException e) {
      return NONE;
    }
    try {
      Map<String, Object> content = Json.readObject(bytes);
      Set<String> replaced = new TreeSet<>();
      ((List<?>) content.get("replaced")).forEach(name -> replaced.add((String) name));
      return new SwapState((String) content.get("id"), (Boolean) content.get("done"), replaced);
    } catch (IOException | ClassCastException | NullPointerException e) {
      throw new UserException(
          "Cannot read the tables under "
              + root
              + ": "
              + file
              + " says which of their files count, and it was damaged. Put a copy of it back.",
          e);
    }
  }
}
