package org.anomalyscore.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.anomalyscore.storage.VisibleText;

/**
 * How the files of a data set are: their formats, sizes and aspects. A set whose files are of
 * another kind than the reference's can get any score by that alone.
 *
 * @param kinds images of each format, width and height
 */
record FileDifferences(List<Kind> kinds) {

  /** Sets differ in what more than this share of the images would have to be changed in. */
  private static final double MOST_ALIKE = 0.2;

  /** A side of images that is at most so much longer than the other makes a square. */
  private static final double SQUARE = 1.05;

  private static final String UNKNOWN = "unknown";

  /**
   * Images that are alike.
   *
   * @param format null in rows of before there was that column
   */
  record Kind(String format, int width, int height, long images) {

    Kind {
      format = format == null ? UNKNOWN : format;
    }

    String size() {
      return width + " x " + height;
    }

    String aspect() {
      double ratio = width / (double) height;
      return ratio > SQUARE ? "landscape" : ratio < 1 / SQUARE ? "portrait" : "square";
    }

    /** The octave of the geometric mean of both sides: photographs differ in each pixel. */
    String scale() {
      int from = 1 << (31 - Integer.numberOfLeadingZeros((int) Math.sqrt((double) width * height)));
      return from + " to " + (2L * from - 1) + " pixels a side";
    }
  }

  /**
   * In what the files of a set differ from these, as a sentence.
   *
   * @return null where they are alike
   */
  String warning(String reference, String dataset, FileDifferences generated) {
    List<String> differences = new ArrayList<>();
    if (isKnown() && generated.isKnown()) {
      add(differences, "format", generated, Kind::format);
    }
    // Where all of a set have one size, that says more than the octave it lies in.
    boolean exact = shares(Kind::size).size() == 1 || generated.shares(Kind::size).size() == 1;
    add(differences, "size", generated, exact ? Kind::size : Kind::scale);
    add(differences, "aspect", generated, Kind::aspect);
    return differences.isEmpty()
        ? null
        : ("WARNING: the files of %s differ from those of %s in %s. Such differences alone can make"
                + " any score: bring both to one kind before you score them.")
            .formatted(
                VisibleText.of(dataset), VisibleText.of(reference), String.join("; ", differences));
  }

  private boolean isKnown() {
    return kinds.stream().noneMatch(kind -> kind.format.equals(UNKNOWN));
  }

  private void add(
      List<String> differences,
      String what,
      FileDifferences generated,
      Function<Kind, String> trait) {
    Map<String, Double> ours = shares(trait);
    Map<String, Double> theirs = generated.shares(trait);
    TreeSet<String> all = new TreeSet<>(ours.keySet());
    all.addAll(theirs.keySet());
    // The total variation distance of both.
    double differing =
        all.stream()
                .mapToDouble(t -> Math.abs(ours.getOrDefault(t, 0.0) - theirs.getOrDefault(t, 0.0)))
                .sum()
            / 2;
    if (differing > MOST_ALIKE) {
      differences.add("%s (%s against %s)".formatted(what, text(theirs), text(ours)));
    }
  }

  /** Shares of the images by a trait. */
  private Map<String, Double> shares(Function<Kind, String> trait) {
    double all = kinds.stream().mapToLong(Kind::images).sum();
    Map<String, Double> shares = new TreeMap<>();
    for (Kind kind : kinds) {
      shares.merge(trait.apply(kind), kind.images / all, Double::sum);
    }
    return shares;
  }

  private static String text(Map<String, Double> shares) {
    String most =
        shares.entrySet().stream()
            .sorted(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(2)
            .map(
                share ->
                    String.format(
                        Locale.ROOT, "%.0f %% %s", 100 * share.getValue(), share.getKey()))
            .collect(Collectors.joining(", "));
    return shares.size() > 2 ? most + ", ..." : most;
  }
}
