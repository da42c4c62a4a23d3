package org.anomalyscore.benchmark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.DistributionSummary;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.TableRow;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.GaussianSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * A year of nights of twenty generators: how many alerts there are where nothing changes, and how
 * late a drift is seen. The table of {@code docs/nightly.md} is what {@link #main} prints; by a
 * quick model of the scores {@link AlertSimulationTest} holds it.
 */
final class AlertSimulation {

  static final int GENERATORS = 20;
  static final int NIGHTS = 365;

  /** A drift: one null standard deviation of the score in so many nights. */
  static final int DRIFT = 30;

  private AlertSimulation() {}

  /** What the scores of one generator are, a night a call. */
  interface Source {
    /**
     * Draws a night.
     *
     * @param drift how many of its null standard deviations its score has moved up since the first
     */
    EvaluatedNight night(int night, double drift);
  }

  /**
   * What a year came to, all generators together.
   *
   * @param alerts nights in which a generator had newly regressed, over all generators
   * @param nights of the year in which any had
   * @param delays nights from the begin of the drift to the first alert, of each generator that got
   *     one
   */
  record Year(int alerts, int nights, List<Integer> delays) {}

  /**
   * Lives through a year.
   *
   * @param begin the night in which all generators begin to drift; {@link #NIGHTS} for none
   */
  static Year year(List<Source> sources, BenchmarkManifest.Thresholds thresholds, int begin) {
    List<List<EvaluatedNight>> nights = new ArrayList<>();
    List<List<History.Judged>> judged = new ArrayList<>();
    Integer[] delay = new Integer[sources.size()];
    sources.forEach(
        source -> {
          nights.add(new ArrayList<>());
          judged.add(new ArrayList<>());
        });
    int alerts = 0;
    int alertNights = 0;
    for (int night = 0; night < NIGHTS; night++) {
      double drift = Math.max(0, night - begin) / (double) DRIFT;
      List<Alerts.Case> cases = new ArrayList<>();
      for (int g = 0; g < sources.size(); g++) {
        cases.add(
            new Alerts.Case(
                "set" + g,
                "m",
                sources.get(g).night(night, drift),
                History.of(nights.get(g), judged.get(g))));
      }
      List<TableRow> rows = new Alerts(thresholds).of(cases);
      boolean any = false;
      for (int g = 0; g < sources.size(); g++) {
        AlertState state = AlertState.of(rows.get(g));
        java.sql.Timestamp since = (java.sql.Timestamp) rows.get(g).get("since");
        EvaluatedNight tonight = cases.get(g).tonight();
        nights.get(g).add(tonight);
        judged
            .get(g)
            .add(
                new History.Judged(
                    tonight.runId(),
                    tonight.at(),
                    state,
                    since == null ? null : since.toInstant(),
                    History.TREND.equals(rows.get(g).get("rule"))));
        if (state == AlertState.REGRESSED) {
          any = true;
          alerts++;
          if (night > begin && delay[g] == null) {
            delay[g] = night - begin;
          }
        }
      }
      alertNights += any ? 1 : 0;
    }
    return new Year(alerts, alertNights, Arrays.stream(delay).filter(d -> d != null).toList());
  }

  private static EvaluatedNight night(
      int night, int n, int m, double score, double error, double awayC, double awayV) {
    return new EvaluatedNight(
        "run" + night,
        Instant.EPOCH.plusSeconds(86_400L * night),
        n,
        m,
        score,
        error,
        Double.NaN,
        awayC,
        awayV);
  }

  /** Scores that are normal with a standard error that is right; medians that do not drift. */
  static Source normal(long seed) {
    SharedStateContinuousSampler gauss =
        ZigguratSampler.NormalizedGaussian.of(RandomSource.XO_RO_SHI_RO_128_PP.create(seed));
    double sd = 0.01;
    return (night, drift) ->
        night(
            night,
            500,
            500,
            0.2 + sd * (drift + gauss.sample()),
            sd,
            0.1 + 0.01 * gauss.sample(),
            0.1 + 0.01 * gauss.sample());
  }

  /**
   * Real scores of freshly drawn images against one reference: C and V are independent normal
   * numbers, those of the generator moved by {@code shift} of their standard deviations.
   */
  static final class Drawn implements Source {

    private static final int IMAGES = 200;
    private static final int REFERENCE = 500;
    private static final int RESAMPLES = 100;

    private final UniformRandomProvider random;
    private final double[] realC;
    private final double[] realV;
    private final double shift;

    /** By how much C must move so that the score rises by one null standard deviation. */
    private final double step;

    Drawn(long seed, double shift) {
      random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
      realC = draw(REFERENCE, 0);
      realV = draw(REFERENCE, 0);
      this.shift = shift;
      double[] here = scores(shift);
      double[] there = scores(shift + 0.3);
      double sd = Math.sqrt(variance(here));
      step = 0.3 * sd / (mean(there) - mean(here));
    }

    private double[] draw(int count, double mean) {
      SharedStateContinuousSampler gauss =
          GaussianSampler.of(ZigguratSampler.NormalizedGaussian.of(random), mean, 1);
      double[] values = new double[count];
      Arrays.setAll(values, i -> gauss.sample());
      return values;
    }

    private double[] scores(double at) {
      return IntStream.range(0, 200).mapToDouble(i -> score(at, 0).score()).toArray();
    }

    private static double mean(double[] x) {
      return DistributionSummary.of(x).mean();
    }

    private static double variance(double[] x) {
      double mean = mean(x);
      return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / (x.length - 1);
    }

    private EvaluatedNight score(double at, int resamples) {
      double[] c = draw(IMAGES, at);
      double[] v = draw(IMAGES, 0.3);
      AnomalyScore score =
          AnomalyScore.of(
              realC, realV, c, v, new AnomalyScore.Options(random.nextLong(), 0, resamples, 0.95));
      return AlertSimulation.night(
          0,
          IMAGES,
          REFERENCE,
          score.d(),
          score.standardError(),
          DistributionSummary.of(c).median() - DistributionSummary.of(realC).median(),
          DistributionSummary.of(v).median() - DistributionSummary.of(realV).median());
    }

    @Override
    public EvaluatedNight night(int night, double drift) {
      EvaluatedNight drawn = score(shift + step * drift, RESAMPLES);
      return AlertSimulation.night(
          night,
          IMAGES,
          REFERENCE,
          drawn.score(),
          drawn.standardError(),
          drawn.awayC(),
          drawn.awayV());
    }
  }

  static BenchmarkManifest.Thresholds thresholds(String baseline, double fdr, int trendNights) {
    return new BenchmarkManifest.Thresholds(null, null, null, baseline, fdr, trendNights);
  }

  /** A source whose nights were drawn once, so that all rules see the same. */
  private static List<Source> kept(int year, boolean drifts, int begin) {
    List<Source> kept = new ArrayList<>();
    for (int g = 0; g < GENERATORS; g++) {
      Drawn drawn = new Drawn(1000L * year + g + (drifts ? 500 : 0), 0.1 * g);
      List<EvaluatedNight> nights = new ArrayList<>();
      for (int night = 0; night < NIGHTS; night++) {
        nights.add(drawn.night(night, Math.max(0, night - begin) / (double) DRIFT));
      }
      kept.add((night, drift) -> nights.get(night));
    }
    return kept;
  }

  /** Prints the table; the argument is the number of years. */
  public static void main(String[] args) {
    int years = args.length == 0 ? 2 : Integer.parseInt(args[0]);
    int begin = 60;
    List<List<Source>> still =
        IntStream.range(0, years).mapToObj(y -> kept(y, false, NIGHTS)).toList();
    List<List<Source>> drifting =
        IntStream.range(0, years).mapToObj(y -> kept(y, true, begin)).toList();
    System.out.println(
        "| baseline | trend_nights | alert_fdr | no change: alerts a month | nights with one a month |"
            + " drift: found | median delay, nights | 90 % |");
    for (Object[] rule :
        new Object[][] {
          {"median-of 7", 0, 0.01},
          {"median-of 7", 30, 0.01},
          {"median-of 7", 60, 0.01},
          {"median-of 7", 90, 0.01},
          {"median-of 7", 60, 0.05},
          {"previous", 60, 0.01},
          {"best", 60, 0.01},
        }) {
      BenchmarkManifest.Thresholds thresholds =
          thresholds((String) rule[0], (Double) rule[2], (Integer) rule[1]);
      List<Year> quiet = still.stream().map(s -> year(s, thresholds, NIGHTS)).toList();
      List<Year> moved = drifting.stream().map(s -> year(s, thresholds, begin)).toList();
      double[] delays =
          moved.stream().flatMap(y -> y.delays().stream()).mapToDouble(d -> d).sorted().toArray();
      double months = years * NIGHTS / 30.0;
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %s | %.2f | %.2f | %.0f %% | %s | %s |%n",
          rule[0],
          rule[1],
          rule[2],
          quiet.stream().mapToInt(Year::alerts).sum() / months,
          quiet.stream().mapToInt(Year::nights).sum() / months,
          100.0 * delays.length / (years * GENERATORS),
          quantile(delays, 0.5, years),
          quantile(delays, 0.9, years));
    }
  }

  /** Of all generators, those that were never found last. */
  private static String quantile(double[] delays, double q, int years) {
    int place = (int) Math.ceil(q * years * GENERATORS) - 1;
    return place < delays.length ? String.format(Locale.ROOT, "%.0f", delays[place]) : "–";
  }
}
