package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.anomalyscore.storage.CommitProtocol;
import org.anomalyscore.storage.PendingUploads;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.MRJobConfig;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The output folder that holds the {@link Table tables}; reads and appends on the driver. */
public final class TableStore {

  private static final Logger LOG = LoggerFactory.getLogger(TableStore.class);

  /** Those that score writes; evaluations and others are appended to without the lease. */
  private static final List<Table> UNDER_LEASE = List.of(Table.SCORES, Table.REJECTS, Table.RUNS);

  private static final String WORK = "_work";

  private final SparkSession spark;
  private final Path root;

  /**
   * Names the output folder; nothing is read or made yet.
   *
   * @param root a local path or any URI that Hadoop's file systems know
   */
  public TableStore(SparkSession spark, String root) {
    this.spark = Objects.requireNonNull(spark, "spark");
    this.root = Storage.path("The folder of the tables", root);
    if (root.matches(".*[\\[\\]{}*?].*")) {
      throw new UserException(
          "The folder of the tables is '"
              + root
              + "', but Spark would read any of []{}*? in it as a pattern. Give a folder without"
              + " them.");
    }
  }

  /** The output folder, as a user would name it. */
  public String location() {
    return location(root);
  }

  /** Where a table lies, as a user would name it. */
  public String location(Table table) {
    return location(path(table));
  }

  private static String location(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private Path path(Table table) {
    return new Path(root, table.folder());
  }

  /**
   * Makes the output folder, before any work is done for it.
   *
   * @throws UserException when that cannot be, or when Spark would commit to S3 by renames
   */
  public void requireWritable() {
    requireWritable("the folder of --out");
  }

  /**
   * As {@link #requireWritable()}.
   *
   * @param what the folder is, for the message
   */
  public void requireWritable(String what) {
    try {
      FileSystem fs = Storage.of(root, hadoop());
      CommitProtocol.require(spark, fs);
      Path probe = new Path(root, "_writable-" + UUID.randomUUID());
      fs.mkdirs(root);
      fs.create(probe).close();
      fs.delete(probe, false);
    } catch (IOException e) {
      throw StorageFault.of("Cannot write tables to %s, %s".formatted(root, what), root, e);
    }
  }

  /**
   * Refuses to look for images where the tables lie: their files would be looked at too.
   *
   * @param images a path or glob
   */
  public void requireOutside(String images) {
    try {
      Path folder = Storage.path("--images", images);
      String[] above = parts(folder);
      String[] ours = parts(root);
      boolean inside = above.length <= ours.length;
      for (int i = 0; inside && i < above.length; i++) {
        // A name that is no valid pattern, as x[1, stands for itself.
        inside = above[i].equals(ours[i]) || matches(above[i], ours[i]);
      }
      if (inside) {
        throw new UserException(
            "--out "
                + root
                + " lies in --images "
                + images
                + ", so that the tables' own files would be taken for containers of images. Give"
                + " --out a folder beside the images.");
      }
    } catch (IOException e) {
      throw StorageFault.of("Cannot look at " + images, root, e);
    }
  }

  private String[] parts(Path path) throws IOException {
    return Storage.of(path, hadoop()).makeQualified(path).toString().split("/", -1);
  }

  private static boolean matches(String pattern, String name) {
    try {
      return new GlobFilter(pattern).accept(new Path("/" + name));
    } catch (IOException e) {
      return false;
    }
  }

  private Configuration hadoop() {
    return spark.sessionState().newHadoopConf();
  }

  /**
   * Looks on this machine, without Spark, whether there is a folder of tables. Elsewhere what reads
   * them is the first to look.
   *
   * @throws UserException if not
   */
  public static void requireThere(Configuration hadoop, String option, String root) {
    Path path = Storage.path("The folder of the tables", root);
    if (Storage.isLocal(path, hadoop)
        && !Files.isDirectory(java.nio.file.Path.of(path.toUri().getPath()))) {
      throw noScores(root, option);
    }
  }

  /** What there is to say where there are no scores. */
  public static UserException noScores(String place, String option) {
    return new UserException(
        "There are no scores: "
            + place
            + " is empty or not there. Give "
            + option
            + " the folder that score wrote to with --out.");
  }

  /** True when the table has been written at least once. */
  public boolean exists(Table table) {
    return reader().exists(table);
  }

  /**
   * All rows of a table; no rows where it was never written.
   *
   * <p>The schema is given and never inferred: a data set named {@code 007} stays text, and a table
   * without the optional {@code features} column reads as NULLs. A column that must have a value
   * and has none, or is not there, ends whatever reads it, with a message that names the file. Rows
   * whose configuration or data set has no name belong to nobody and are passed over. Beside a
   * {@link FileSwap} they are those from before or from after it.
   */
  public Dataset<Row> read(Table table) {
    return reader().read(table);
  }

  /** The files whose rows {@link #read} gives. */
  public List<TableFile> files(Table table) {
    return reader().files(table);
  }

  /**
   * The rows of some files of a table.
   *
   * @return the table's columns and {@value TableFile#COLUMN}, the URI of the file as text
   */
  public Dataset<Row> read(Table table, List<TableFile> files) {
    return reader().read(table, files);
  }

  /**
   * The rows of some files of a table, to be written anew: as {@link #read(Table, List)}, and the
   * columns that a newer version wrote and this one does not know.
   *
   * @throws UserException if something of these rows would be lost
   */
  public Dataset<Row> readWhole(Table table, List<TableFile> files) {
    return reader().readWhole(table, files);
  }

  private TableReader reader() {
    return new TableReader(spark, root);
  }

  /** Begins to put new files in the place of old ones; for the owner of the lease. */
  public FileSwap swap() {
    try {
      return new FileSwap(hadoop(), Storage.of(root, hadoop()), root);
    } catch (IOException e) {
      throw StorageFault.of("Cannot change the tables under " + root, root, e);
    }
  }

  /**
   * Takes the right to write scores here, which one run has at a time.
   *
   * @param run the run's row as far as it is known at the start
   * @param onLoss called from another thread if another run takes the lease away
   * @throws UserException when another run is writing
   */
  public Lease lease(TableRow run, Runnable onLoss) {
    try {
      return Lease.take(Storage.of(root, hadoop()), root, run, onLoss, Lease.Times.DEFAULT);
    } catch (IOException e) {
      throw StorageFault.of("Cannot take the lease of " + root, root, e);
    }
  }

  /** Runs that are writing scores here, or were killed while they did. */
  public List<TableRow> unfinishedRuns() {
    try {
      return Lease.unfinished(Storage.of(root, hadoop()), root);
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw StorageFault.of("Cannot look for leases in " + root, root, e);
    }
  }

  /**
   * Takes over from killed runs: records them, ends what a killed {@link FileSwap} had committed,
   * and removes scratch folders of job commits, unfinished uploads and work lists. Only for the
   * owner of the lease; rows that a killed job commit had made visible are right and stay.
   */
  public void takeOver(Lease lease) {
    try {
      FileSystem fs = Storage.of(root, hadoop());
      if (FileSwap.recover(hadoop(), fs, root)) {
        LOG.info("Finished a change of the tables under {} that was killed", root);
      }
      appendInterrupted(lease);
      lease.forgetInterrupted();
      fs.delete(new Path(root, WORK), true);
      for (Path folder : written()) {
        int aborted = PendingUploads.abort(fs, folder);
        if (aborted > 0) {
          LOG.info("Aborted {} unfinished uploads of a killed run under {}", aborted, folder);
        }
      }
      for (Table table : UNDER_LEASE) {
        if (fs.exists(path(table))) {
          for (FileStatus child : fs.listStatus(path(table))) {
            String name = child.getPath().getName();
            if (name.equals(FileOutputCommitter.PENDING_DIR_NAME) || name.startsWith("__magic")) {
              fs.delete(child.getPath(), true);
            }
          }
        }
      }
    } catch (IOException e) {
      throw StorageFault.of("Cannot clear what killed runs left under " + root, root, e);
    }
  }

  /** Where owners of the lease write; others append to the other tables meanwhile. */
  private List<Path> written() {
    return Stream.concat(
            UNDER_LEASE.stream().map(this::path),
            Stream.of(new Path(root, WORK), new Path(root, SwapState.FOLDER)))
        .toList();
  }

  /** Rows of killed runs; one may have been killed after it wrote its row. */
  private void appendInterrupted(Lease lease) {
    Object[] ids = lease.interrupted().stream().map(row -> row.get("run_id")).toArray();
    Set<String> recorded =
        Set.copyOf(
            read(Table.RUNS)
                .where(col("run_id").isin(ids))
                .select("run_id")
                .as(Encoders.STRING())
                .collectAsList());
    append(
        Table.RUNS,
        lease.interrupted().stream()
            .filter(row -> !recorded.contains(row.get("run_id")))
            .map(TableRow::toRow)
            .toList());
  }

  /** What {@link #takeOver} would find: nothing, or a line each. */
  public List<String> leftovers() {
    List<String> found = new ArrayList<>();
    try {
      FileSystem fs = Storage.of(root, hadoop());
      if (SwapState.read(fs, root).isPending()) {
        found.add("A change of the tables was killed after its commit, and waits to be finished.");
      }
      for (Path folder : written()) {
        int pending = PendingUploads.count(fs, folder);
        if (pending > 0) {
          found.add("%d uploads under %s were begun and not ended.".formatted(pending, folder));
        }
      }
      return found;
    } catch (FileNotFoundException e) {
      return found;
    } catch (IOException e) {
      throw StorageFault.of("Cannot look for what killed runs left under " + root, root, e);
    }
  }

  /** Where a run keeps its work list until it ends. */
  public String workFolder(Run run) {
    return new Path(new Path(root, WORK), run.id()).toString();
  }

  /** Removes a run's work list. */
  public void deleteWork(Run run) {
    try {
      Path folder = new Path(workFolder(run));
      Storage.of(folder, hadoop()).delete(folder, true);
    } catch (IOException e) {
      // The next run clears it.
      LOG.warn("Cannot remove {}: {}", workFolder(run), e.getMessage());
    }
  }

  /** Writes a table of no rows where there is none, so that SQL can name it. */
  public void create(Table table) {
    if (!exists(table)) {
      append(table, spark.createDataFrame(List.<Row>of(), table.schema()));
    }
  }

  /**
   * Appends rows whose columns are named as the table's; columns it lacks must be nullable.
   *
   * @throws UserException when Spark would commit to S3 by renames
   */
  public void append(Table table, Dataset<Row> rows) {
    try {
      CommitProtocol.require(spark, Storage.of(root, hadoop()));
    } catch (IOException e) {
      throw StorageFault.of("Cannot write tables to " + root, root, e);
    }
    List<String> columns = List.of(rows.columns());
    Dataset<Row> ordered =
        rows.select(
            List.of(table.schema().fieldNames()).stream()
                .filter(columns::contains)
                .map(functions::col)
                .toArray(Column[]::new));
    // An evaluation may append beside a score run: Hadoop's committer would remove the other's
    // scratch folder with its own.
    int scratch = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    ordered
        .write()
        .mode(SaveMode.Append)
        .option(MRJobConfig.APPLICATION_ATTEMPT_ID, scratch)
        .option(FileOutputCommitter.FILEOUTPUTCOMMITTER_CLEANUP_SKIPPED, true)
        .partitionBy(table.partitionColumns().toArray(String[]::new))
        .parquet(path(table).toString());
    removeScratch(new Path(path(table), FileOutputCommitter.PENDING_DIR_NAME), scratch);
  }

  private void removeScratch(Path pending, int scratch) {
    try {
      FileSystem fs = Storage.of(pending, hadoop());
      fs.delete(new Path(pending, Integer.toString(scratch)), true);
      if (fs.exists(pending) && fs.listStatus(pending).length == 0) {
        fs.delete(pending, false);
      }
    } catch (IOException e) {
      // The rows are there, and readers pass over what begins with an underscore.
      LOG.warn("Cannot remove {}: {}", pending, e.getMessage());
    }
  }

  /**
   * Appends rows of any number of partitions in few files, sorted by path. Rows go to the file of
   * their path's hash: one that is computed again, since its executor was lost, goes where it went
   * before.
   *
   * @param bytes that the rows will take, about
   */
  public void append(Table table, Dataset<Row> rows, long bytes) {
    append(
        table, rows.repartition(TableFile.count(bytes), col("path")).sortWithinPartitions("path"));
  }

  /** Appends rows that the driver holds, as one file. */
  public void append(Table table, List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    append(table, spark.createDataFrame(rows, table.schema()).coalesce(1));
  }
}
