package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.Profile;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {

  private static final String GOOD =
      """
      models: [m.pt]
      reference:
        name: real
        images: photos
      generators:
        - name: gan
          images: gan/*
        - name: ddpm
          images: s3a://bucket/ddpm
      outputs:
        tables: tables
      """;

  private static final Path CONF = Path.of("../conf");

  @TempDir Path folder;

  @BeforeEach
  void makeWhatTheManifestNames() throws IOException {
    Files.writeString(folder.resolve("m.pt"), "");
    Files.createDirectories(folder.resolve("photos"));
  }

  private BenchmarkManifest read(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("nightly.yaml"), yaml);
    return ManifestReader.read(file.toString(), new Configuration());
  }

  private String fault(String yaml) {
    return assertThrows(UserException.class, () -> read(yaml)).getMessage();
  }

  @Test
  void aHugeFileIsRefusedBeforeItIsParsed() {
    String message = fault(GOOD + "#".repeat(1 << 20));
    assertTrue(message.contains("nightly.yaml has more than 1 MiB"), message);
  }

  private void assertFault(String yaml, int line, String part) {
    String message = fault(yaml);
    assertTrue(message.contains("nightly.yaml cannot be used; nothing was scored."), message);
    assertTrue(
        message.lines().anyMatch(l -> l.startsWith("  line " + line + ": ") && l.contains(part)),
        message);
  }

  @Test
  void whatIsNotGivenHasItsDefault() throws IOException {
    BenchmarkManifest manifest = read(GOOD);
    assertEquals(ScoreParameters.PAPER, manifest.parameters());
    assertEquals(AnomalyScore.Options.DEFAULT, manifest.statistics());
    assertNull(manifest.batchSize());
    assertEquals(Devices.Mode.AUTO, manifest.engine("m.pt").device());
    assertNull(manifest.thresholds().maxIncrease());
    assertEquals(ScoreRequest.DEFAULT_REJECT_FRACTION, manifest.thresholds().maxRejectFraction());
    assertNull(manifest.generators().get(0).humanErrorRate());
  }

  @Test
  void theDefaultsThatTheSchemaNamesAreThose() throws IOException {
    BenchmarkManifest manifest = read(GOOD);
    JsonNode properties =
        JsonMapper.builder().build().readTree(CONF.resolve("benchmark.schema.json").toFile());
    BenchmarkManifest.Notification none =
        new BenchmarkManifest.Notification("https://h", null, null, null, null);
    Map<String, Object> defaults =
        Map.ofEntries(
            Map.entry("/properties/profile", manifest.profile()),
            Map.entry("/properties/seed", manifest.seed()),
            Map.entry("/properties/device", manifest.device()),
            Map.entry("/properties/set_measures", manifest.setMeasures()),
            Map.entry(
                "/properties/thresholds/properties/max_reject_fraction",
                manifest.thresholds().maxRejectFraction()),
            Map.entry(
                "/properties/thresholds/properties/flag_fdr", manifest.thresholds().flagFdr()),
            Map.entry(
                "/properties/thresholds/properties/baseline", manifest.thresholds().baseline()),
            Map.entry(
                "/properties/thresholds/properties/alert_fdr", manifest.thresholds().alertFdr()),
            Map.entry(
                "/properties/thresholds/properties/trend_nights",
                manifest.thresholds().trendNights()),
            Map.entry("/properties/notify/properties/every_night", none.everyNight()),
            Map.entry("/properties/notify/properties/timeout_seconds", none.timeoutSeconds()),
            Map.entry("/properties/notify/properties/attempts", none.attempts()),
            Map.entry(
                "/properties/resampling/properties/permutations",
                manifest.resampling().permutations()),
            Map.entry(
                "/properties/resampling/properties/resamples", manifest.resampling().resamples()),
            Map.entry(
                "/properties/resampling/properties/confidence",
                manifest.resampling().confidence()));
    defaults.forEach(
        (key, value) ->
            assertEquals(value.toString(), properties.at(key + "/default").asText(), key));
    assertEquals(defaults.size(), properties.findValues("default").size());
  }

  @Test
  void theSchemaNamesEveryProfile() throws IOException {
    JsonNode names =
        JsonMapper.builder()
            .build()
            .readTree(CONF.resolve("benchmark.schema.json").toFile())
            .at("/properties/profile/enum");
    assertEquals(
        Arrays.stream(Profile.values()).map(Profile::text).toList(),
        StreamSupport.stream(names.spliterator(), false).map(JsonNode::asText).toList());
  }

  @Test
  void theExampleUnderConfIsGood() throws IOException {
    String example = Files.readString(CONF.resolve("benchmark.yaml"));
    Files.createDirectories(folder.resolve("models"));
    Files.writeString(folder.resolve("models/resnet50.pt"), "");
    Files.writeString(folder.resolve("models/dinov2_vits14.pt"), "");
    Files.createDirectories(folder.resolve("images/real"));
    BenchmarkManifest manifest = read(example.replace("s3a://night/", folder + "/"));
    assertEquals(2, manifest.generators().size());
    assertEquals("2026-07-01", manifest.generators().get(0).labels().get("checkpoint"));
  }

  @Test
  void relativePathsStartAtTheManifest() throws IOException {
    BenchmarkManifest manifest = read(GOOD);
    String at = "file:" + folder + "/";
    assertEquals(at + "m.pt", manifest.models().get(0));
    assertEquals(at + "photos", manifest.reference().images());
    assertEquals(at + "gan/*", manifest.generators().get(0).images());
    assertEquals("s3a://bucket/ddpm", manifest.generators().get(1).images());
    assertEquals(at + "tables/leaderboard.txt", manifest.outputs().leaderboard());
    assertEquals(at + "tables/alerts.json", manifest.outputs().alerts());
  }

  @Test
  void everyKeyIsTaken() throws IOException {
    BenchmarkManifest manifest =
        read(
            """
            models: [m.pt]
            profile: authors-code
            seed: 5
            draws: 3
            attack_draws: 4
            batch_size: 7
            device: cpu
            set_measures: false
            reference: {name: real, images: photos}
            generators:
              - name: "007"
                images: a
                human_error_rate: 0.4
                std_err: 0.01
                labels: {family: gan, epoch: 3}
            outputs: {tables: t, leaderboard: l.txt, alerts: /x/a.json}
            thresholds: {max_increase: 0.1, max_reject_fraction: 0, baseline: best, alert_fdr: 0.02, trend_nights: 30}
            notify: {url: 'https://h/${X}', timeout_seconds: 5, attempts: 2}
            resampling: {permutations: 10, resamples: 0, confidence: 0.9}
            """);
    assertEquals(
        ScoreParameters.AUTHORS_CODE
            .with(Parameter.SEED, 5)
            .with(Parameter.NOISE_DRAWS, 3)
            .with(Parameter.ATTACK_DRAWS, 4),
        manifest.parameters());
    assertEquals(7, manifest.batchSize());
    assertEquals(Devices.Mode.CPU, manifest.engine("m.pt").device());
    assertEquals(false, manifest.setMeasures());
    BenchmarkManifest.Generator generator = manifest.generators().get(0);
    assertEquals("007", generator.name());
    assertEquals(0.4, generator.humanErrorRate());
    assertEquals(0.01, generator.stdErr());
    assertEquals(Map.of("family", "gan", "epoch", 3), generator.labels());
    assertEquals("file:" + folder + "/l.txt", manifest.outputs().leaderboard());
    assertEquals("/x/a.json", manifest.outputs().alerts());
    assertEquals(
        new BenchmarkManifest.Thresholds(0.1, 0.0, 0.05, "best", 0.02, 30), manifest.thresholds());
    assertEquals(
        new BenchmarkManifest.Notification("https://h/${X}", null, false, 5, 2),
        manifest.notification());
    assertEquals(new AnomalyScore.Options(0, 10, 0, 0.9, 50_000, 50_000), manifest.statistics());
  }

  @Test
  void eachFaultIsToldWithItsLineAndARemedy() {
    assertFault(
        GOOD.replace("outputs:", "ouputs:"),
        11,
        "there is no key 'ouputs'. Correct or remove it; there are: models, profile");
    assertFault(GOOD.replace("outputs:", "ouputs:"), 1, "the key 'outputs' is missing. Add it.");
    assertFault(
        GOOD.replace("gan/*", "gan\n    imges: x"),
        8,
        "generators[0]: there is no key 'imges'. Correct or remove it; there are: name, images");
    assertFault(GOOD.replace("name: ddpm", "name: gan"), 8, "'gan' is the name of line 6 already");
    assertFault(GOOD.replace("name: ddpm", "name: real"), 8, "'real' is the name of line 3");
    assertFault(GOOD.replace("name: ddpm", "name: 7"), 8, "Put it in quotes.");
    assertFault(GOOD.replace("name: ddpm", "name: 'a,b'"), 8, "no comma");
    assertFault(GOOD.replace("name: ddpm", "name: ' '"), 8, "not blank");
    assertFault(
        GOOD.replace("name: real", "name: __HIVE_DEFAULT_PARTITION__"), 3, "Spark gives this name");
    assertFault(GOOD.replace("name: ddpm", "name: \"a\\tb\""), 8, "no control characters");
    assertFault(GOOD.replace("name: ddpm", "name: " + "x".repeat(201)), 8, "at most 200");
    assertFault(GOOD.replace("m.pt", "none.pt"), 1, "there is no");
    assertFault(GOOD.replace("photos", "no-photos"), 4, "no-photos. Correct the path.");
    assertFault(GOOD.replace("photos", "s3a://KEY:SECRET@bucket/x"), 4, "credentials");
    assertFault(GOOD + "set_measures: 'no'\n", 12, "set_measures is no");
    assertFault(GOOD + "batch_size: 0\n", 12, "batch_size is 0: must have a minimum value of 1.");
    assertFault(GOOD + "batch_size: 3000000000\n", 12, "must have a maximum value of 100000");
    assertFault(GOOD + "seed: 92233720368547758070\n", 12, "seed is 92233720368547758070");
    assertFault(GOOD + "  leaderboard: x\n  alerts: x\n", 13, "the leaderboard's file too");
    assertFault(GOOD + "thresholds: {max_increase: lots}\n", 12, "thresholds.max_increase");
    assertFault(
        GOOD.replace("gan/*", "gan\n    human_error_rate: 1.7"), 8, "generators[0].human_error_");
    assertFault(GOOD.replace("gan/*", "gan\n    std_err: 0.1"), 8, "human_error_rate");
    assertFault(GOOD + "thresholds: {baseline: median}\n", 12, "(previous|best|median-of");
    assertFault(GOOD + "thresholds: {baseline: median-of 0}\n", 12, "baseline is median-of 0");
    assertFault(GOOD + "notify: {url: 'https://me:SECRET@h/x'}\n", 12, "notify.url");
    assertFalse(fault(GOOD + "notify: {url: 'https://me:SECRET@h/x'}\n").contains("SECRET"));
    assertFault(GOOD + "notify: {url: 'ftp://h'}\n", 12, "notify.url");
    assertFault(GOOD + "notify: {attempts: 2}\n", 12, "notify");
    assertFault(GOOD + "notify: {url: 'https://h', command: [x]}\n", 12, "notify");
    assertFault(GOOD + "resampling: {resamples: 1}\n", 12, "Give thresholds.max_increase");
    assertFault(GOOD + "seed: 1\nseed: 2\n", 13, "Duplicate field 'seed'");
    assertFault(GOOD + "  : [", 11, "no YAML");
    assertTrue(fault(GOOD + "  : [").contains("line 12"), "where the parser stopped");
    assertFault("", 1, "object expected");
    assertFault(GOOD.replace("[m.pt]", ""), 1, "string found, array expected");
    assertFault("- a list", 1, "object");
  }

  @Test
  void severalFaultsAreToldAtOnce() {
    String message = fault(GOOD.replace("name: ddpm", "name: 7") + "device: tpu\n");
    assertEquals(3, message.lines().count(), message);
  }

  @Test
  void aManifestThatIsNotThereIsTold() {
    String message =
        assertThrows(
                UserException.class,
                () -> ManifestReader.read(folder + "/no.yaml", new Configuration()))
            .getMessage();
    assertTrue(message.startsWith("Cannot read the manifest"), message);
  }
}
