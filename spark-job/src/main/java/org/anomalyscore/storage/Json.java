package org.anomalyscore.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON of this project's own values: results, configurations, leases. */
public final class Json {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final TypeReference<TreeMap<String, Object>> OBJECT = new TypeReference<>() {};

  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

  private Json() {}

  /** A value as text. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A value of this program must be writable as JSON", e);
    }
  }

  /** The fields of an object that {@link #write} wrote. */
  public static Map<String, Object> read(String text) {
    try {
      return MAPPER.readValue(text, OBJECT);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that this program wrote must be readable", e);
    }
  }

  /** The texts of a list that {@link #write} wrote. */
  public static List<String> readTexts(String text) {
    try {
      return MAPPER.readValue(text, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that this program wrote must be readable", e);
    }
  }

  /**
   * An object's fields.
   *
   * @throws IOException if the bytes are no JSON object
   */
  public static Map<String, Object> readObject(byte[] bytes) throws IOException {
    return MAPPER.readValue(bytes, OBJECT);
  }
}
