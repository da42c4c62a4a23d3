package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
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
import org.junit.jupiter.api.Assumptions;
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

  /** Exit codes that another try would give again: usage, input, rejects, an alert. */
  private static final List<Integer> FINAL = List.of(2, 3, 4, 5);

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
    assertTrue(pod.getSpec().getContainers().get(0).getSecurityContext().getRunAsNonRoot());
    assertThrows(
        UnrecognizedPropertyException.class,
        () -> STRICT.readValue(text.replace("effect:", "efect:"), Pod.class));
  }

  @Test
  void kubernetesKnowsEveryFieldOfTheNightlyRun() throws Exception {
    String text = Files.readString(CONF.resolve("kubernetes/nightly.yaml"));
    CronJob nightly = STRICT.readValue(text, CronJob.class);
    assertTrue(nightly.getSpec().getSchedule().matches("(\\S+ ){4}\\S+"));
    assertEquals("Forbid", nightly.getSpec().getConcurrencyPolicy());
    JobSpec job = nightly.getSpec().getJobTemplate().getSpec();
    Container driver = driver(nightly);
    assertTrue(driver.getSecurityContext().getRunAsNonRoot());
    // Kubernetes takes a policy by exit codes only with these two.
    assertEquals("Never", job.getTemplate().getSpec().getRestartPolicy());
    PodFailurePolicyRule first = job.getPodFailurePolicy().getRules().get(0);
    assertEquals(driver.getName(), first.getOnExitCodes().getContainerName());
    assertEquals("FailJob", first.getAction());
    assertEquals(FINAL, first.getOnExitCodes().getValues());
    assertThrows(
        UnrecognizedPropertyException.class,
        () -> STRICT.readValue(text.replace("backoffLimit:", "backofLimit:"), CronJob.class));
  }

  @Test
  void theNightlyRunReportsAndKeepsTheExitCodeOfItsBenchmark() throws Exception {
    CronJob nightly =
        STRICT.readValue(Files.readString(CONF.resolve("kubernetes/nightly.yaml")), CronJob.class);
    Path submit = folder.resolve("spark-submit");
    String script = driver(nightly).getArgs().get(0);
    assertTrue(script.contains("/opt/spark/bin/spark-submit"), script);
    for (int code : List.of(0, 1, 2, 3, 4, 5, 137)) {
      Files.writeString(
          submit,
          "#!/bin/bash\nfor a; do case $a in benchmark) echo $a; exit %d;; report) echo $a;; esac; done\n"
              .formatted(code));
      Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
      Process process =
          new ProcessBuilder(
                  "/bin/bash",
                  "-c",
                  script.replace("/opt/spark/bin/spark-submit", submit.toString()))
              .start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(code, process.waitFor());
      assertEquals(
          Set.of(0, 3, 5).contains(code) ? "benchmark\nreport\n" : "benchmark\n", out, "" + code);
    }
  }

  private static Container driver(CronJob nightly) {
    return nightly
        .getSpec()
        .getJobTemplate()
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0);
  }

  /** The keys are systemd's; systemd-analyze looks at the rest where it is installed. */
  @Test
  void systemdRetriesWhatMayEndOtherwise() throws Exception {
    String service = Files.readString(CONF.resolve("systemd/anomaly-score-nightly.service"));
    assertTrue(service.contains("\nRestart=on-failure\n"), service);
    String codes = FINAL.toString().replaceAll("[\\[,\\]]", "");
    assertTrue(service.contains("\nRestartPreventExitStatus=" + codes + "\n"), service);
    Path units = Files.createDirectories(folder.resolve("units"));
    for (String unit : List.of("anomaly-score-nightly.service", "anomaly-score-nightly.timer")) {
      String text = Files.readString(CONF.resolve("systemd/" + unit));
      // The program and the account are not on this machine.
      Files.writeString(
          units.resolve(unit),
          text.replace("/srv/anomaly-score/bin/anomaly-score", "/bin/true")
              .replaceAll("\nUser=.*", ""));
    }
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "systemd-analyze", "verify", "--man=no", units + "/anomaly-score-nightly.timer")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Assumptions.abort("there is no systemd-analyze here: " + e.getMessage());
      return;
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    assertFalse(out.contains("anomaly-score-nightly"), out);
  }

  /** With substitutes for Airflow's names; what Airflow itself says of the file is not tried. */
  @Test
  void airflowGivesUpOnWhatWouldEndTheSame() throws Exception {
    Python.assume("runpy");
    Python.Result result =
        Python.run(
            Map.of(),
            Checkout.ROOT.resolve("integration-tests/src/test/python/load_dag.py").toString(),
            CONF.resolve("airflow/anomaly_score_nightly.py").toString());
    StringBuilder expected =
        new StringBuilder(
            """
            benchmark benchmark all_success
            report report all_done benchmark
            outcome - all_success benchmark,report
            0 done
            """);
    for (int code : List.of(1, 2, 3, 4, 5, 137, 143)) {
      expected.append(code).append(FINAL.contains(code) ? " given up\n" : " tried again\n");
    }
    assertEquals(expected.toString(), result.out());
  }

  @Test
  void secretsAreNamedAndNeverGiven() throws Exception {
    for (String file : List.of("kubernetes/spark.conf", "kubernetes/nightly.yaml")) {
      String text = Files.readString(CONF.resolve(file));
      // spark.conf has both for driver and executors; in nightly.yaml the driver is the pod itself.
      int named = file.endsWith(".conf") ? 4 : 2;
      assertEquals(named, text.split("(: |\\s)s3-credentials[:,]", -1).length - 1, file);
      assertFalse(text.matches("(?s).*\\bAKIA[A-Z0-9]{16}.*"), file);
      assertFalse(text.contains("fs.s3a.secret.key"), file);
    }
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

  private static Map<String, String> strings(Properties properties) {
    Map<String, String> strings = new java.util.TreeMap<>();
    properties.forEach((key, value) -> strings.put((String) key, (String) value));
    return strings;
  }
}
