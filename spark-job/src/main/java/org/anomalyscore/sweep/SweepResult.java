package org.anomalyscore.sweep;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of sweep came to.
 *
 * @param seeds under which each setting was measured
 * @param out folder of the tables
 */
record SweepResult(SweepJob.Result found, int seeds, String out) implements Result {

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run_id", found.runId());
    object.put("model", found.model());
    object.put("sets", found.sets());
    object.put("passes", found.passes());
    object.put("naive_passes", found.naivePasses());
    object.put("seconds", found.seconds());
    object.put("network_seconds", found.networkSeconds());
    object.put("rows", found.rows().stream().map(TableRow::asMap).toList());
    return object;
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "Sweep with %s, against %s; one parameter varied at a time, %d seed(s)",
        found.model(),
        found.sets().keySet().iterator().next(),
        seeds);
    found.sets().forEach((name, set) -> line(text, "  %s: %s", name, counts(set)));
    line(text, "%n%s%n", SweepTable.render(found.rows()));
    line(
        text,
        "* is the profile's value. Numbers are means over the seeds; 'over seeds' is the lowest and"
            + " the highest AS.%n'seed C', 'seed V' and 'seed AS-i' say how far the seed alone"
            + " moves one image, relative to its value (root%nmean square over images): score"
            + " --draws R divides them by the root of R.%n");
    line(
        text,
        "Each image took %,d passes through the network; a score run a setting and seed would take"
            + " %,d (%.1f times).",
        found.passes() / images(),
        found.naivePasses() / images(),
        (double) found.naivePasses() / found.passes());
    line(
        text,
        "%.1f s, of which %.1f s in the network, summed over tasks.",
        found.seconds(),
        found.networkSeconds());
    line(text, "Written to %s/sweeps", out);
    return text.toString().stripTrailing();
  }

  private static String counts(SweepJob.SampledSet set) {
    String rejected =
        set.rejected() == 0
            ? ""
            : String.format(Locale.ROOT, " (%,d cannot be decoded)", set.rejected());
    return String.format(
        Locale.ROOT, "%,d images%s, %,d measured", set.found(), rejected, set.sampled());
  }

  private long images() {
    return found.sets().values().stream().mapToLong(SweepJob.SampledSet::sampled).sum();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format + "%n", values));
  }
}
