package org.anomalyscore.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.ContentHash;

/** The HTML around a {@link PageModel}: template, style, scripts, and the data of the figures. */
final class Page {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Page() {}

  /**
   * Renders a page that loads nothing.
   *
   * @param text what the template prints
   * @param figures what the script draws
   * @param blocks what the templates of the parts print
   */
  static String html(PageModel text, FigureData figures, List<Part.Block> blocks) {
    String charts = resource(charts());
    String script = resource("report.js");
    Map<String, Object> model = new LinkedHashMap<>(JSON.convertValue(text, new MapType()));
    model.put("parts", blocks.stream().map(Page::part).toList());
    StringWriter html = new StringWriter();
    try {
      HTMLOutputFormat raw = HTMLOutputFormat.INSTANCE;
      model.put("style", raw.fromMarkup(resource("report.css")));
      model.put("charts", raw.fromMarkup(charts));
      model.put("script", raw.fromMarkup(script));
      model.put("data", raw.fromMarkup(inScript(JSON.writeValueAsString(figures))));
      model.put("script_hashes", "'sha256-%s' 'sha256-%s'".formatted(hash(charts), hash(script)));
      templates().getTemplate("report/report.ftlh").process(model, html);
    } catch (JsonProcessingException | TemplateModelException e) {
      throw new IllegalStateException("Own values must be printable", e);
    } catch (TemplateException e) {
      throw new IllegalStateException("The report's template is wrong", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return html.toString();
  }

  private static Map<String, Object> part(Part.Block block) {
    return Map.of(
        "place",
        block.place().name(),
        "comparison",
        block.comparison(),
        "template",
        block.template(),
        "model",
        JSON.convertValue(block.model(), new MapType()));
  }

  /** JSON that cannot end the element that it stands in, nor begin a comment there. */
  static String inScript(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static Configuration templates() {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
    // The root of the rooms, each of which holds its own.
    templates.setClassForTemplateLoading(Page.class, "/org/anomalyscore");
    templates.setDefaultEncoding("UTF-8");
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    // A template that would print without escaping is an error.
    templates.setAutoEscapingPolicy(Configuration.FORCE_AUTO_ESCAPING_POLICY);
    templates.setNumberFormat("computer");
    return templates;
  }

  private static String charts() {
    Properties properties = new Properties();
    try (InputStream in = open("report.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("echarts");
  }

  private static String resource(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(Page.class.getResourceAsStream(name), name);
  }

  private static String hash(String script) {
    return Base64.getEncoder().encodeToString(ContentHash.of(script));
  }

  private static final class MapType extends TypeReference<Map<String, Object>> {}
}
