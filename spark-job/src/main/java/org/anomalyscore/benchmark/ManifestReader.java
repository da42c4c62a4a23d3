package org.anomalyscore.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.serialization.DefaultJsonNodeReader;
import com.networknt.schema.serialization.JsonNodeReader;
import com.networknt.schema.utils.JsonNodes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.SmallText;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.DatasetName;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads a benchmark's manifest, and reports all that is wrong with it, by line, before any work.
 */
final class ManifestReader {

  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private static final JsonNodeReader LINES =
      DefaultJsonNodeReader.builder().yamlMapper(YAML).locationAware().build();

  private final Path file;
  private final Configuration hadoop;

  /** What is wrong, by line. */
  private final Map<Integer, String> faults = new TreeMap<>();

  private ManifestReader(Path file, Configuration hadoop) {
    this.file = file;
    this.hadoop = hadoop;
  }

  /**
   * Reads a manifest.
   *
   * @param file a path or URI that Hadoop's file systems know
   * @throws UserException with a line for each fault, if there is any
   */
  static BenchmarkManifest read(String file, Configuration hadoop) {
    Path path = Storage.path("--manifest", file);
    try {
      FileSystem fs = Storage.of(path, hadoop);
      String text;
      try (InputStream in = fs.open(path)) {
        text = SmallText.read(in, "The manifest " + file);
      }
      return new ManifestReader(fs.makeQualified(path), hadoop).read(text);
    } catch (IOException e) {
      throw StorageFault.of("Cannot read the manifest " + file, path, e);
    }
  }

  private BenchmarkManifest read(String text) {
    JsonNode root = parse(text);
    checkSchema(root);
    refuseFaults();
    checkMeaning(root);
    refuseFaults();
    try {
      return wholePaths(YAML.treeToValue(root, BenchmarkManifest.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What the schema allows must fit the types", e);
    }
  }

  private JsonNode parse(String text) {
    try {
      return LINES.readTree(text, InputFormat.YAML);
    } catch (IOException | IllegalArgumentException e) {
      // The reader that knows lines wraps what the parser says.
      Throwable cause = e instanceof IOException ? e : e.getCause();
      if (!(cause instanceof JsonProcessingException wrong)) {
        throw new IllegalStateException("A text in memory can only fail to be parsed", e);
      }
      int line = wrong.getLocation() == null ? 1 : wrong.getLocation().getLineNr();
      faults.put(
          line, "this is no YAML: " + wrong.getOriginalMessage().strip().replace("\n", "\n    "));
      throw refusal();
    }
  }

  private void checkSchema(JsonNode root) {
    JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().pathType(PathType.LEGACY).locale(Locale.ROOT).build();
    JsonSchema schema;
    try (InputStream in = ManifestReader.class.getResourceAsStream("benchmark.schema.json")) {
      schema = factory.getSchema(in, config);
    } catch (IOException e) {
      throw new UncheckedIOException("The jar's benchmark.schema.json cannot be read", e);
    }
    for (ValidationMessage message : schema.validate(root)) {
      JsonNode node = message.getInstanceNode();
      JsonNode property = message.getProperty() == null ? null : node.get(message.getProperty());
      String where = message.getInstanceLocation().toString().replaceFirst("^\\$\\.?", "");
      // An address may hold a secret.
      if (node.isValueNode() && !where.startsWith("notify.")) {
        where += " is " + node.asText();
      }
      fault(property == null ? node : property, where, explain(message, schema.getSchemaNode()));
    }
  }

  private static String explain(ValidationMessage message, JsonNode schema) {
    return switch (message.getType()) {
      case "additionalProperties" -> {
        String keys =
            message
                .getSchemaLocation()
                .getFragment()
                .toString()
                .replaceFirst("additionalProperties$", "properties");
        yield "there is no key '%s'. Correct or remove it; there are: %s."
            .formatted(message.getProperty(), String.join(", ", names(schema.at(keys))));
      }
      case "type" ->
          message.getError()
              + (message.getError().endsWith(" string expected")
                  ? ". Put it in quotes."
                  : ". conf/benchmark.yaml shows how it is written.");
      case "required" -> "the key '" + message.getProperty() + "' is missing. Add it.";
      case "pattern" ->
          message.getInstanceLocation().toString().endsWith("name")
              ? "this is no name. Give one that is not blank and has no comma."
              : "conf/benchmark.schema.json says what may stand here: "
                  + message.getSchemaNode().toString().replace("\"", "")
                  + ".";
      default -> message.getError() + ".";
    };
  }

  private static List<String> names(JsonNode properties) {
    List<String> names = new ArrayList<>();
    properties.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** What a schema cannot say. */
  private void checkMeaning(JsonNode root) {
    Map<String, Integer> lineOf = new HashMap<>();
    JsonNode reference = root.get("reference").get("name");
    lineOf.put(reference.asText(), line(reference));
    requireName(reference, "reference.name");
    int i = 0;
    for (JsonNode generator : root.get("generators")) {
      JsonNode name = generator.get("name");
      requireName(name, "generators[" + i + "].name");
      Integer first = lineOf.putIfAbsent(name.asText(), line(name));
      if (first != null) {
        fault(
            name,
            "generators[" + i + "].name",
            "'" + name.asText() + "' is the name of line " + first + " already. Give another.");
      }
      i++;
    }
    i = 0;
    for (JsonNode model : root.get("models")) {
      requireThere(model, "models[" + i++ + "]");
    }
    requireThere(root.get("reference").get("images"), "reference.images");
    JsonNode resamples = root.at("/resampling/resamples");
    if (resamples.isInt()
        && resamples.asInt() < 2
        && root.at("/thresholds/max_increase").isMissingNode()) {
      fault(
          resamples,
          "resampling.resamples",
          "fewer than 2 do not say what chance makes of a score. Give thresholds.max_increase, or"
              + " resamples.");
    }
    JsonNode alerts = root.at("/outputs/alerts");
    if (alerts.isTextual() && alerts.equals(root.at("/outputs/leaderboard"))) {
      fault(alerts, "outputs.alerts", "it is the leaderboard's file too. Give another.");
    }
  }

  private void requireName(JsonNode node, String where) {
    String wrong = DatasetName.fault(node.asText());
    if (wrong != null) {
      fault(node, where, wrong);
    }
  }

  private void requireThere(JsonNode node, String where) {
    try {
      Path path = whole(where, node.asText());
      FileSystem fs = Storage.of(path, hadoop);
      boolean there = fs.exists(path);
      if (!there) {
        FileStatus[] matches = fs.globStatus(path);
        there = matches != null && matches.length > 0;
      }
      if (!there) {
        fault(node, where, "there is no " + path + ". Correct the path.");
      }
    } catch (UserException e) {
      fault(node, where, e.getMessage());
    } catch (IOException e) {
      fault(node, where, StorageFault.of("cannot look for it", file, e).getMessage());
    }
  }

  /** A relative path starts at the manifest's folder. */
  private Path whole(String where, String text) {
    Path path = Storage.path(where, text);
    return path.isAbsolute() ? path : new Path(file.getParent(), path);
  }

  private BenchmarkManifest wholePaths(BenchmarkManifest m) {
    BenchmarkManifest.Outputs outputs = m.outputs();
    Path tables = whole("outputs.tables", outputs.tables());
    return new BenchmarkManifest(
        m.models().stream().map(model -> whole("models", model).toString()).toList(),
        m.profile(),
        m.seed(),
        m.draws(),
        m.noiseDraws(),
        m.attackDraws(),
        m.batchSize(),
        m.device(),
        m.features(),
        m.setMeasures(),
        new NamedImages(
            m.reference().name(), whole("reference.images", m.reference().images()).toString()),
        m.generators().stream().map(g -> g.at(whole("images", g.images()).toString())).toList(),
        new BenchmarkManifest.Outputs(
            tables.toString(),
            output(tables, "leaderboard.txt", outputs.leaderboard()),
            output(tables, "alerts.json", outputs.alerts())),
        m.thresholds(),
        m.resampling(),
        m.notification());
  }

  private String output(Path tables, String name, String given) {
    return (given == null ? new Path(tables, name) : whole("outputs", given)).toString();
  }

  private void fault(JsonNode node, String where, String what) {
    faults.merge(line(node), (where.isEmpty() ? "" : where + ": ") + what, (a, b) -> a + "; " + b);
  }

  private static int line(JsonNode node) {
    // An empty file is a node of no place.
    return node.isMissingNode() ? 1 : JsonNodes.tokenLocationOf(node).getLineNr();
  }

  private void refuseFaults() {
    if (!faults.isEmpty()) {
      throw refusal();
    }
  }

  private UserException refusal() {
    StringBuilder text =
        new StringBuilder("The manifest " + file + " cannot be used; nothing was scored.");
    faults.forEach((line, what) -> text.append("%n  line %d: %s".formatted(line, what)));
    return new UserException(text.toString());
  }
}
