package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What OpenLineage's own listener says of a run, by the settings of conf/catalogs. */
class LineageIT {

  @TempDir Path folder;

  @Test
  @Tag("nightly")
  void anEvaluationReadsScoresAndWritesEvaluations() throws Exception {
    Demo demo = Demo.once();
    Path events = folder.resolve("events.json");
    String[] arguments = {
      "evaluate",
      "--scores",
      demo.tables().toString(),
      "--reference",
      "reference",
      "--generated",
      "blurred",
      "--out",
      folder.resolve("out").toString()
    };
    JobProcess.Result result =
        Catalogs.on(
                JobProcess.sparkSubmit(arguments)
                    .settings(Checkout.ROOT.resolve("conf/catalogs/openlineage.conf")),
                folder)
            .conf("spark.openlineage.transport.type", "file")
            .conf("spark.openlineage.transport.location", events.toString())
            .run();
    assertEquals(0, result.exitCode(), result::toString);

    List<JsonNode> ended = new ArrayList<>();
    for (String line : Files.readAllLines(events)) {
      JsonNode event = JsonMapper.builder().build().readTree(line);
      assertEquals("anomaly-score", event.at("/job/namespace").asText());
      assertTrue(event.at("/job/name").asText().startsWith("anomaly_score_evaluate_reference"));
      if (event.get("eventType").asText().equals("COMPLETE")) {
        ended.add(event);
      }
    }
    Set<String> inputs = names(ended, "inputs");
    Set<String> outputs = names(ended, "outputs");
    assertTrue(inputs.contains(demo.tables().resolve("scores").toString()), inputs::toString);
    assertEquals(
        Set.of(folder.resolve("out/evaluations").toString(), folder.resolve("out/runs").toString()),
        outputs);
    // With the columns.
    String schema = columns(ended, folder.resolve("out/evaluations").toString());
    assertTrue(schema.contains("anomaly_score") && schema.contains("energy_distance"), schema);
  }

  private static Set<String> names(List<JsonNode> events, String side) {
    Set<String> names = new TreeSet<>();
    events.forEach(event -> event.path(side).forEach(set -> names.add(set.get("name").asText())));
    return names;
  }

  private static String columns(List<JsonNode> events, String output) {
    StringBuilder columns = new StringBuilder();
    for (JsonNode event : events) {
      for (JsonNode set : event.path("outputs")) {
        if (set.get("name").asText().equals(output)) {
          set.at("/facets/schema/fields")
              .forEach(field -> columns.append(field.get("name").asText()).append(' '));
        }
      }
    }
    return columns.toString();
  }
}
