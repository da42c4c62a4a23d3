package org.anomalyscore.source;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.AccumulatorV2;

/**
 * What a listing passed over, by kind. Each folder tree and container gives its counts under its
 * own path, so that one that Spark lists twice counts once; complete when all rows of the listing
 * were computed.
 */
public final class PassedOver extends AccumulatorV2<PassedOver.Counts, Map<String, Long>> {
  private static final long serialVersionUID = 1L;

  /** The kind of links to folders that were not followed; all other kinds are of files. */
  static final String LINKS = "links";

  /** By place and kind. */
  private final Map<String, Map<String, Long>> places = new HashMap<>();

  /**
   * What one place holds.
   *
   * @param place a folder tree or container
   * @param kinds how many of each were passed over
   */
  record Counts(String place, Map<String, Long> kinds) {}

  /** One that tasks add to. */
  public static PassedOver register(SparkSession spark) {
    PassedOver counts = new PassedOver();
    spark.sparkContext().register(counts, "passed over");
    return counts;
  }

  @Override
  public boolean isZero() {
    return places.isEmpty();
  }

  @Override
  public PassedOver copy() {
    PassedOver copy = new PassedOver();
    copy.places.putAll(places);
    return copy;
  }

  @Override
  public void reset() {
    places.clear();
  }

  @Override
  public void add(Counts counts) {
    if (!counts.kinds().isEmpty()) {
      places.put(counts.place(), Map.copyOf(counts.kinds()));
    }
  }

  @Override
  public void merge(AccumulatorV2<Counts, Map<String, Long>> other) {
    places.putAll(((PassedOver) other).places);
  }

  /** How many of each kind, such as {@code .json}, {@code without extension}, {@code links}. */
  @Override
  public Map<String, Long> value() {
    Map<String, Long> sum = new TreeMap<>();
    places.values().forEach(kinds -> kinds.forEach((kind, n) -> sum.merge(kind, n, Long::sum)));
    return sum;
  }

  /**
   * One line: {@code passed over 14 files: 9 .json, 3 .avif, 2 without extension}.
   *
   * @param kinds as {@link #value} gives them
   * @return empty if there are none
   */
  public static String text(Map<String, Long> kinds) {
    Map<String, Long> files = new TreeMap<>(kinds);
    Long links = files.remove(LINKS);
    long all = files.values().stream().mapToLong(Long::longValue).sum();
    String text =
        files.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                "passed over %,d %s: %s",
                all,
                all == 1 ? "file" : "files",
                files.entrySet().stream()
                    .sorted(
                        Map.Entry.<String, Long>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .map(
                        kind ->
                            String.format(Locale.ROOT, "%,d %s", kind.getValue(), kind.getKey()))
                    .collect(Collectors.joining(", ")));
    if (links == null) {
      return text;
    }
    return String.format(
        Locale.ROOT,
        "%s%sdid not follow %,d %s, since %s searched anyway or contains one that is",
        text,
        text.isEmpty() ? "" : "; ",
        links,
        links == 1 ? "link" : "links",
        links == 1 ? "the folder it leads to is" : "each leads to a folder that is");
  }
}
