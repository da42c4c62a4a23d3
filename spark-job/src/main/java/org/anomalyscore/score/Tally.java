package org.anomalyscore.score;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many files became what.
 *
 * @param rejected by reason
 */
record Tally(long scored, long unchanged, Map<String, Long> rejected) {

  static final Tally NONE = new Tally(0, 0, Map.of());

  /** Counts rows of {@link Outcome#SCHEMA}. */
  static Tally of(Dataset<Row> outcomes) {
    Tally tally = NONE;
    for (Row row : outcomes.groupBy("kind", "reason").count().collectAsList()) {
      long n = row.<Long>getAs("count");
      tally =
          tally.plus(
              switch (Outcome.Kind.valueOf(row.getAs("kind"))) {
                case SCORED -> new Tally(n, 0, Map.of());
                case UNCHANGED -> new Tally(0, n, Map.of());
                case REJECTED -> new Tally(0, 0, Map.of(row.<String>getAs("reason"), n));
              });
    }
    return tally;
  }

  Tally plus(Tally other) {
    Map<String, Long> sum = new TreeMap<>(rejected);
    other.rejected.forEach((reason, n) -> sum.merge(reason, n, Long::sum));
    return new Tally(scored + other.scored, unchanged + other.unchanged, sum);
  }

  long rejects() {
    return rejected.values().stream().mapToLong(Long::longValue).sum();
  }

  long files() {
    return scored + unchanged + rejects();
  }
}
