package org.anomalyscore.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a notebook's cells have put out.
 *
 * @param figures number of PNG pictures
 * @param text all that was printed, and tables as text, in order
 */
record ExecutedNotebook(int figures, String text) {

  /** Reads an {@code .ipynb} file of format 4. */
  static ExecutedNotebook read(Path file) throws IOException {
    int figures = 0;
    StringBuilder text = new StringBuilder();
    for (JsonNode cell : JsonMapper.builder().build().readTree(file.toFile()).get("cells")) {
      for (JsonNode output : cell.path("outputs")) {
        JsonNode data = output.path("data");
        figures += data.has("image/png") ? 1 : 0;
        JsonNode lines = output.has("text") ? output.get("text") : data.path("text/plain");
        lines.forEach(line -> text.append(line.asText()));
        text.append('\n');
      }
    }
    return new ExecutedNotebook(figures, text.toString());
  }

  /**
   * The first place in the text that matches.
   *
   * @throws AssertionError with the whole text, where there is none
   */
  Matcher find(String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("'" + regex + "' is not in:\n" + text);
    }
    return matcher;
  }
}
