package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.ContentHash;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;

/** The small models and images that src/test/python/oracle/make_test_models.py makes. */
public final class TestModels {

  private TestModels() {}

  /** The folder of the models; {@code images} is within. */
  public static Path folder() {
    try {
      return Path.of(TestModels.class.getResource("/oracle/tiny.pt").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path file(String name) {
    return folder().resolve(name + ".pt");
  }

  static ModelFile model(String name) {
    try {
      String card = Files.readString(folder().resolve(name + ".yaml"));
      return new ModelFile(ContentHash.hex(file(name)), ModelCard.parse(card, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ScorePredictor predictor(String name, ScoreParameters parameters, int batchSize)
      throws IOException {
    return ScorePredictor.open(model(name), file(name), Device.cpu(), parameters, batchSize, 1);
  }

  /** The images in name order, as the models see them. */
  public static List<InputImage> inputs() throws IOException {
    List<InputImage> inputs = new ArrayList<>();
    for (Path image : images()) {
      inputs.add(input(image));
    }
    return inputs;
  }

  /** The image files, in name order. */
  public static List<Path> images() throws IOException {
    try (Stream<Path> files = Files.list(folder().resolve("images"))) {
      return files.sorted().toList();
    }
  }

  public static InputImage input(Path image) throws IOException {
    Preprocessing preprocessing = model("tiny").card().preprocessing();
    LoadedImage loaded = load(new ImageLoader(preprocessing, 1_000_000, 1 << 20), image);
    return new InputImage(loaded.imageId(), Preprocessing.toTensor(loaded.pixels()));
  }

  /** A file, as the finder lists it, through the loader. */
  public static LoadedImage load(ImageLoader loader, Path image) throws IOException {
    Object[] columns = new Object[ImageFinder.SCHEMA.size()];
    columns[ImageFinder.SCHEMA.fieldIndex("path")] = image.toUri().toString();
    columns[ImageFinder.SCHEMA.fieldIndex("length")] = Files.size(image);
    columns[ImageFinder.SCHEMA.fieldIndex("position")] = 0L;
    try (ItemReader reader = loader.open(new Configuration())) {
      return reader.load(new GenericRowWithSchema(columns, ImageFinder.SCHEMA));
    }
  }

  /** Real images and trained models that are no part of the project; without them it is skipped. */
  public static Path shared() {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.isDirectory(p.resolve("shared/data"))) {
        return p.resolve("shared");
      }
    }
    assumeTrue(false, "no folder shared/data beside the repository: its photographs are not ours");
    throw new AssertionError("unreachable");
  }
}
