package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The notebooks as they are committed: outputs are a reader's own, and change with every run. */
class NotebookFilesIT {

  @Test
  void noNotebookHoldsOutputs() throws IOException {
    List<Path> notebooks;
    try (Stream<Path> files = Files.list(Checkout.ROOT.resolve("notebooks"))) {
      notebooks = files.filter(file -> file.toString().endsWith(".ipynb")).toList();
    }
    assertEquals(3, notebooks.size(), notebooks::toString);
    for (Path notebook : notebooks) {
      JsonNode json = JsonMapper.builder().build().readTree(notebook.toFile());
      assertEquals("python3", json.at("/metadata/kernelspec/name").asText(), notebook::toString);
      for (JsonNode cell : json.get("cells")) {
        if (cell.get("cell_type").asText().equals("code")) {
          String which = notebook + ", cell " + cell.get("id").asText();
          assertTrue(cell.get("outputs").isEmpty(), which);
          assertTrue(cell.get("execution_count").isNull(), which);
        }
      }
    }
  }
}
