package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.Config$;
import org.apache.spark.deploy.k8s.KubernetesUtils$;
import org.apache.spark.metrics.sink.JmxSink;
import org.apache.spark.metrics.sink.PrometheusServlet;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfile$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under conf/ that are for clusters, as far as can be told without one. */
@Isolated("it sets Spark's default profile of resources, which is one a JVM")
final class PlatformConfIT {
  private static final Path CONF = Checkout.ROOT.resolve("conf");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** Fails at a field that Kubernetes does not know; the model by itself collects such fields. */
  private static final ObjectMapper STRICT =
      new ObjectMapper(new YAMLFactory())
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated member) {
                  return false;
                }
              });

  /** Families of settings whose last part is the user's choice; Spark keeps no list of them. */
  private static final Pattern FAMILIES =
      Pattern.compile(
          "spark\\.executorEnv\\.[A-Z0-9_]+"
              + "|spark\\.(executor|task|worker)\\.resource\\.gpu\\.amount"
              + "|spark\\.(executor|worker)\\.resource\\.gpu\\.(discoveryScript|vendor)"
              + "|spark\\.kubernetes\\.(driver|executor)\\.secretKeyRef\\.[A-Z0-9_]+"
              + "|spark\\.hadoop\\.(fs\\.s3a|mapreduce\\.outputcommitter)\\..+");

  /** From "Running Spark on YARN" of Spark 4.0.1, whose class of settings is in no jar here. */
  private static final Set<String> YARN = Set.of("spark.yarn.maxAppAttempts");

  /**
   * Fields of v1beta2 (Spark Operator 2) that this project uses, by the CRD of its repository. The
   * operator is written in Go, and no artifact of Maven Central holds its CRD that could be checked
   * against; a field that leaves the CRD must leave this list by hand.
   */
  private static final Map<String, Set<String>> OPERATOR =
      Map.of(
          "/spec",
          Set.of(
              "schedule",
              "timeZone",
              "suspend",
              "concurrencyPolicy",
              "successfulRunHistoryLimit",
              "failedRunHistoryLimit",
              "template"),
          "/spec/template",
          Set.of(
              "type",
              "mode",
              "sparkVersion",
              "image",
              "imagePullPolicy",
              "mainClass",
              "mainApplicationFile",
              "arguments",
              "restartPolicy",
              "timeToLiveSeconds",
              "sparkConf",
              "driver",
              "executor"),
          "/spec/template/restartPolicy",
          Set.of(
              "type",
              "onFailureRetries",
              "onFailureRetryInterval",
              "onSubmissionFailureRetries",
              "onSubmissionFailureRetryInterval"),
          "/spec/template/driver",
          Set.of("cores", "memory", "memoryOverhead", "serviceAccount"),
          "/spec/template/executor",
          Set.of("cores", "instances", "memory", "memoryOverhead", "template"));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "standalone-gpu/spark.conf",
        "standalone-gpu/worker.conf",
        "kubernetes/spark.conf",
        "yarn/spark.conf"
      })
  void sparkKnowsAndTakesEverySetting(String file) throws Exception {
    requireKnownAndValid(strings(ConfFilesIT.load(file)));
    String text = Files.readString(CONF.resolve(file));
    text.lines()
        .filter(line -> line.startsWith("spark."))
        .forEach(line -> assertTrue(line.matches("\\S+ +\\S+"), line));
  }

  @Test
  void theCheckFindsMisspeltSettings() {
    assertThrows(
        AssertionError.class, () -> requireKnownAndValid(Map.of("spark.kubernetes.namespce", "x")));
    assertThrows(
        AssertionError.class,
        () -> requireKnownAndValid(Map.of("spark.executor.resource.gpu.amont", "1")));
    assertThrows(
        IllegalArgumentException.class,
        () -> requireKnownAndValid(Map.of("spark.executor.memory", "4 gigs")));
  }

  @Test
  void everyGpuSettingKeepsFloat32() throws Exception {
    for (String file : List.of("standalone-gpu/spark.conf", "kubernetes/spark.conf")) {
      assertEquals(
          "0", ConfFilesIT.load(file).getProperty("spark.executorEnv.NVIDIA_TF32_OVERRIDE"), file);
    }
    assertEquals("0", nightlyConf().get("spark.executorEnv.NVIDIA_TF32_OVERRIDE"));
  }

  @Test
  void sparkReadsThePodTemplate() throws Exception {
    Path file = CONF.resolve("kubernetes/executor-pod.yaml");
    String text = Files.readString(file);
    Pod pod = STRICT.readValue(text, Pod.class);
    assertEquals(
        "spark-kubernetes-executor",
        KubernetesUtils$.MODULE$
            .selectSparkContainer(pod, scala.Option.empty())
            .container()
            .getName());
    assertEquals(
        "1",
        pod.getSpec()
            .getContainers()
            .get(0)
            .getResources()
            .getLimits()
            .get("nvidia.com/gpu")
            .getAmount());
    assertThrows(
        UnrecognizedPropertyException.class,
        () -> STRICT.readValue(text.replace("effect:", "efect:"), Pod.class));
  }

  @Test
  void theNightlyRunFitsTheOperatorsSchema() throws Exception {
    JsonNode nightly = YAML.readTree(CONF.resolve("kubernetes/nightly.yaml").toFile());
    assertEquals("sparkoperator.k8s.io/v1beta2", nightly.get("apiVersion").asText());
    assertEquals("ScheduledSparkApplication", nightly.get("kind").asText());
    OPERATOR.forEach(
        (path, fields) ->
            nightly
                .at(path)
                .fieldNames()
                .forEachRemaining(field -> assertTrue(fields.contains(field), path + "/" + field)));
    assertTrue(nightly.at("/spec/schedule").asText().matches("(\\S+ ){4}\\S+"));
    assertEquals("Forbid", nightly.at("/spec/concurrencyPolicy").asText());
    JsonNode template = nightly.at("/spec/template");
    assertEquals("4.0.1", template.get("sparkVersion").asText());
    assertEquals("org.anomalyscore.job.Main", template.get("mainClass").asText());
    requireKnownAndValid(nightlyConf());
    for (String role : List.of("driver", "executor")) {
      for (String memory : List.of("memory", "memoryOverhead")) {
        requireKnownAndValid(
            Map.of(
                "spark." + role + "." + memory, template.at("/" + role + "/" + memory).asText()));
      }
    }
    JsonNode pod = template.at("/executor/template");
    assertEquals(
        1, STRICT.treeToValue(pod, PodTemplateSpec.class).getSpec().getContainers().size());
    assertEquals(
        YAML.readTree(CONF.resolve("kubernetes/executor-pod.yaml").toFile()).get("spec"),
        pod.get("spec"));
  }

  @Test
  void theNightlyRunTakesTheDefaultsAlong() throws Exception {
    Map<String, String> defaults = strings(ConfFilesIT.load("spark-defaults.conf"));
    defaults.remove("spark.driver.memory");
    Map<String, String> nightly = nightlyConf();
    defaults.forEach((key, value) -> assertEquals(value, nightly.get(key), key));
  }

  @Test
  void secretsAreNamedAndNeverGiven() throws Exception {
    for (String file : List.of("kubernetes/spark.conf", "kubernetes/nightly.yaml")) {
      String text = Files.readString(CONF.resolve(file));
      assertEquals(4, text.split("s3-credentials:", -1).length - 1, file);
      assertFalse(text.matches("(?s).*\\bAKIA[A-Z0-9]{16}.*"), file);
      assertFalse(text.contains("fs.s3a.secret.key"), file);
    }
  }

  @Test
  void theImageTakesFilesThatExist() throws Exception {
    List<String> lines = Files.readAllLines(CONF.resolve("kubernetes/Dockerfile"));
    long copied =
        lines.stream()
            .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
            .map(line -> line.replaceFirst("COPY (\\S+) .*", "$1"))
            .peek(source -> assertTrue(Files.exists(Checkout.ROOT.resolve(source)), source))
            .count();
    assertEquals(3, copied);
    assertEquals(2, lines.stream().filter(line -> line.startsWith("FROM ")).count());
    assertTrue(
        lines.stream()
            .anyMatch(line -> line.startsWith("FROM apache/spark:4.0.1-scala2.13-java17")));
  }

  @Test
  void metricsGoToSinksOfSpark() throws Exception {
    Properties metrics = ConfFilesIT.load("metrics.properties");
    assertEquals(
        Map.of(
            "driver.sink.prometheusServlet.class", PrometheusServlet.class.getName(),
            "driver.sink.prometheusServlet.path", "/metrics/prometheus",
            "driver.sink.jmx.class", JmxSink.class.getName()),
        strings(metrics));
  }

  @Test
  void discoveryPrintsWhatSparkReads() throws Exception {
    JsonNode found = YAML.readTree(discover("printf '0\\n1\\n'", 0));
    assertEquals("gpu", found.get("name").asText());
    assertEquals("[\"0\",\"1\"]", found.get("addresses").toString());
    assertTrue(discover("echo 'No devices were found'", 1).contains("lists no GPU"));
    assertTrue(discover("echo 'no driver'; exit 9", 1).contains("nvidia-smi fails: no driver"));
    assertTrue(discover(null, 1).contains("there is no nvidia-smi on the PATH"));
  }

  /** What the script says beside an nvidia-smi of this body, or none. */
  private String discover(String body, int exitCode) throws Exception {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    Path smi = tools.resolve("nvidia-smi");
    Files.deleteIfExists(smi);
    if (body != null) {
      Files.writeString(smi, "#!/bin/bash\n" + body + "\n");
      Files.setPosixFilePermissions(smi, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    ProcessBuilder builder =
        new ProcessBuilder("/bin/bash", CONF.resolve("gpu-discovery.sh").toString())
            .redirectErrorStream(true);
    builder.environment().put("PATH", tools.toString());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exitCode, process.waitFor(), out);
    return out;
  }

  private static void requireKnownAndValid(Map<String, String> settings) {
    // Its initialiser enters the settings of Kubernetes into Spark's registry.
    assertEquals("spark.kubernetes.namespace", Config$.MODULE$.KUBERNETES_NAMESPACE().key());
    Set<String> unknown = new TreeSet<>();
    SparkConf conf = new SparkConf(false);
    settings.forEach(
        (key, value) -> {
          conf.set(key, value);
          if (value.startsWith("org.apache.spark.internal.io.cloud.")) {
            // Spark loads the class to check it; that is done where conf/spark-defaults.conf is.
            assertTrue(ConfFilesIT.isKnown(key), key);
          } else if (key.startsWith("spark.hadoop.") && ConfFilesIT.isKnown(key)) {
            // Hadoop's; its values have no types that could be checked.
            assertFalse(value.isBlank(), key);
          } else if (ConfFilesIT.isKnown(key)) {
            conf.get(org.apache.spark.internal.config.ConfigEntry.findEntry(key));
          } else if (!FAMILIES.matcher(key).matches() && !YARN.contains(key)) {
            unknown.add(key);
          }
        });
    assertEquals(Set.of(), unknown);
    if (settings.containsKey("spark.task.resource.gpu.amount")) {
      // Spark keeps the first session's.
      ResourceProfile$.MODULE$.clearDefaultProfile();
      ResourceProfile profile = ResourceProfile$.MODULE$.getOrCreateDefaultProfile(conf);
      ResourceProfile$.MODULE$.clearDefaultProfile();
      assertEquals(0.25, profile.taskResources().apply("gpu").amount());
      assertEquals(1, profile.executorResources().apply("gpu").amount());
    }
  }

  private static Map<String, String> nightlyConf() throws IOException {
    JsonNode nightly = YAML.readTree(CONF.resolve("kubernetes/nightly.yaml").toFile());
    return YAML.convertValue(
        nightly.at("/spec/template/sparkConf"), new TypeReference<Map<String, String>>() {});
  }

  private static Map<String, String> strings(Properties properties) {
    Map<String, String> strings = new java.util.TreeMap<>();
    properties.forEach((key, value) -> strings.put((String) key, (String) value));
    return strings;
  }
}
