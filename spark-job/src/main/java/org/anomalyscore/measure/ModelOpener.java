package org.anomalyscore.measure;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.ScratchFolder;
import org.anomalyscore.storage.SmallText;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/** Brings a feature model from where the user has it to Spark. */
public final class ModelOpener {

  private static final String EMBEDDED_CARD = "card.yaml";

  private ModelOpener() {}

  /**
   * Opens a model and waits for its trial, so that a wrong file is reported before any image is
   * read.
   *
   * @see #fetch(SparkSession, EngineOptions)
   */
  public static ModelFile open(SparkSession spark, EngineOptions options) {
    try (OpenedModel opened = fetch(spark, options)) {
      return opened.requireUsable();
    }
  }

  /**
   * Fetches a model to the driver and checks it against its card. Its trial is made in a process of
   * its own; a model that has passed is handed to Spark, which gives each executor one copy.
   *
   * @param options whose model and batch size to take; the model is a local path, or a {@code
   *     file:}, {@code hdfs:} or {@code s3a:} URI
   * @throws UserException when there is no such file, no or a wrong card, or another hash than the
   *     card's; from the trial where the module does not do what the card says
   */
  public static OpenedModel fetch(SparkSession spark, EngineOptions options) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String uri = options.model();
    Path path = Storage.path("--model", uri);
    try {
      java.nio.file.Path folder = ScratchFolder.create("model");
      java.nio.file.Path fetched = folder.resolve("model.pt");
      fetch(path, hadoop, uri, fetched);
      String sha256 = ContentHash.hex(fetched);
      ModelFile model = new ModelFile(sha256, card(path, hadoop, fetched, uri));
      requireHash(model, uri);
      java.nio.file.Path named = Files.move(fetched, folder.resolve(model.shippedName()));
      return new OpenedModel(
          model,
          () -> {
            tryOut(model, named, options.batchSize(), path);
            ship(model, spark.sparkContext(), named);
            return null;
          });
    } catch (IOException e) {
      throw fault(path, e);
    }
  }

  private static void tryOut(
      ModelFile model, java.nio.file.Path copy, Integer batchSize, Path path) {
    try {
      ModelCard card = model.card();
      TrialProcess.require(
          copy, model.sha256(), card, batchSize == null ? card.defaultBatchSize() : batchSize);
    } catch (IOException e) {
      throw fault(path, e);
    }
  }

  private static UserException fault(Path path, IOException e) {
    return StorageFault.of("Cannot read the feature model " + path, path, e);
  }

  /**
   * Looks on this machine, without Spark, whether there is a file of the model. Elsewhere {@link
   * #open} is the first to look.
   *
   * @throws UserException if not
   */
  public static void requireThere(Configuration hadoop, String model) {
    Path path = Storage.path("--model", model);
    if (Storage.isLocal(path, hadoop)) {
      try {
        open(Storage.of(path, hadoop), path, model).close();
      } catch (IOException e) {
        throw fault(path, e);
      }
    }
  }

  /** Once a file: Spark's file server refuses a second path of one name. */
  private static void ship(ModelFile model, SparkContext context, java.nio.file.Path file) {
    boolean shipped =
        CollectionConverters.asJava(context.listFiles()).stream()
            .anyMatch(uri -> uri.endsWith("/" + model.shippedName()));
    if (!shipped) {
      context.addFile(file.toUri().toString());
    }
  }

  private static void fetch(Path path, Configuration hadoop, String uri, java.nio.file.Path target)
      throws IOException {
    try (InputStream in = open(Storage.of(path, hadoop), path, uri)) {
      Files.copy(in, target);
    }
  }

  private static InputStream open(FileSystem fs, Path path, String uri) throws IOException {
    if (fs.exists(path) && fs.getFileStatus(path).isDirectory()) {
      throw new UserException(uri + " is a folder. Give --model the TorchScript file itself.");
    }
    try {
      return fs.open(path);
    } catch (FileNotFoundException e) {
      // Java's own streams report a local file without read permission as not found.
      if (fs.exists(path)) {
        throw new AccessDeniedException(uri);
      }
      throw new UserException(
          "There is no feature model " + uri + ". Give --model a TorchScript file.", e);
    }
  }

  private static ModelCard card(
      Path model, Configuration hadoop, java.nio.file.Path fetched, String uri) throws IOException {
    String base = model.getName().replaceFirst("\\.[^.]+$", "");
    FileSystem fs = model.getFileSystem(hadoop);
    Path sidecar = new Path(model.getParent(), base + ".yaml");
    if (fs.exists(sidecar)) {
      try (FSDataInputStream in = fs.open(sidecar)) {
        String yaml = SmallText.read(in, "The model card " + sidecar);
        ModelCard card = ModelCard.parse(yaml, sidecar.toString());
        if (card.sha256() == null) {
          throw new UserException(
              "The model card "
                  + sidecar
                  + " lacks sha256. Add the line 'sha256: "
                  + ContentHash.hex(fetched)
                  + "' if this is the file you mean.");
        }
        return card;
      }
    }
    String embedded = embeddedCard(fetched, uri);
    if (embedded == null) {
      throw new UserException(
          "The feature model "
              + uri
              + " has no card: neither "
              + sidecar
              + " nor an extra file "
              + EMBEDDED_CARD
              + " in the archive. Write one; see docs/models.md.");
    }
    return ModelCard.parse(embedded, EMBEDDED_CARD + " in " + uri);
  }

  /** TorchScript files are ZIP archives; torch.jit.save puts extra files under NAME/extra/. */
  private static String embeddedCard(java.nio.file.Path fetched, String uri) throws IOException {
    try (ZipFile zip = new ZipFile(fetched.toFile())) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        if (entry.getName().endsWith("/extra/" + EMBEDDED_CARD)) {
          return SmallText.read(
              zip.getInputStream(entry), "The model card " + EMBEDDED_CARD + " in " + uri);
        }
      }
      return null;
    } catch (ZipException e) {
      throw ModelFile.notTorchScript(uri, e);
    }
  }

  private static void requireHash(ModelFile model, String uri) {
    if (model.card().sha256() != null && !model.card().sha256().equals(model.sha256())) {
      throw new UserException(
          "The feature model "
              + uri
              + " has SHA-256 "
              + model.sha256()
              + " but its card says "
              + model.card().sha256()
              + ". Fetch the file again, or correct the card if the file is the one you mean.");
    }
  }
}
