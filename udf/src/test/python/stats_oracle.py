"""Expected values for the tests of org.anomalyscore.stats.

Usage: python stats_oracle.py [FOLDER]    (default: ../resources/org/anomalyscore/stats)

The two-dimensional statistic is written here from the description of ndtest's ks2d2s (Fasano and
Franceschini 1987; Press et al. 2007, section 14.8), as a plain O(n^2) count that shares nothing with
the Java; with --ndtest FILE every value is also compared with that of a copy of ndtest.py. The rest
is SciPy's and NumPy's. Data come from SplitMix64, so that the Java test draws the same numbers and
no sample needs to be stored. The versions that made the files stand in their first line.
"""

import argparse
import csv
import importlib.util
import itertools
import pathlib
import platform
import warnings

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import cdist, pdist

KINDS = ("continuous", "shifted", "correlated", "grid8", "grid2", "x_ties", "constant", "one_constant",
         "same", "disjoint", "signed_zero")


def uniform(seed, count):
    """SplitMix64 from `seed`; the upper 53 bits of each value as a double in [0, 1)."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0 ** -53


def samples(kind, n, m, seed):
    """(x1, y1, x2, y2): the stream gives x1, then y1, x2, y2."""
    u = uniform(seed, 2 * (n + m))
    x1, y1, x2, y2 = np.split(u, [n, 2 * n, 2 * n + m])
    if kind == "shifted":
        x2, y2 = x2 * 1.25, y2 + 0.125
    elif kind == "correlated":
        y1, y2 = x1 + 0.5 * y1, 1.0 - x2 + 0.25 * y2
    elif kind in ("grid8", "grid2"):
        k = float(kind[4:])
        x1, y1, x2, y2 = (np.floor(v * k) for v in (x1, y1, x2, y2))
    elif kind == "x_ties":
        x1, x2 = np.floor(x1 * 4.0), np.floor(x2 * 4.0)
    elif kind == "constant":
        x1, y1, x2, y2 = (np.full_like(v, 0.5) for v in (x1, y1, x2, y2))
    elif kind == "one_constant":
        x1 = np.full_like(x1, 0.5)
    elif kind == "same":
        x2, y2 = x1[:m], y1[:m]
    elif kind == "disjoint":
        x2 = x2 + 2.0
    elif kind == "signed_zero":
        x1, y2 = np.floor(x1 * 2.0) * -0.5, np.floor(y2 * 2.0) * -0.5
        x2, y1 = np.floor(x2 * 2.0) * 0.5, np.floor(y1 * 2.0) * 0.5
    return x1, y1, x2, y2


def quadrants(px, py, x, y):
    """Fractions of (x, y) in the four quadrants of (px, py): low-low, low-high, high-low, high-high."""
    left, below = x <= px, y <= py
    counts = [(a & b).sum() for a in (left, ~left) for b in (below, ~below)]
    return np.array(counts) / len(x)


def directed(x1, y1, x2, y2):
    largest = 0.0
    unit = np.array([0.0, 1.0, 1.0, 1.0]) / len(x1)
    for px, py in zip(x1, y1):
        gap = quadrants(px, py, x1, y1) - quadrants(px, py, x2, y2)
        # The point lies in the low-low quadrant; for its own sample's gain it may be put elsewhere.
        gained = gap + unit
        lost = gap - np.array([1.0, 0.0, 0.0, 0.0]) / len(x1)
        largest = max(largest, gained.max(), -lost.min())
    return largest


def statistic(x1, y1, x2, y2):
    return (directed(x1, y1, x2, y2) + directed(x2, y2, x1, y1)) / 2


def correlation(x, y):
    if len(x) < 2:
        return np.nan  # pearsonr refuses it
    return stats.pearsonr(x, y)[0]


def asymptotic_p(d, x1, y1, x2, y2):
    n, m = len(x1), len(x2)
    root = np.sqrt(n * m / (n + m))
    r = np.sqrt(1 - 0.5 * (correlation(x1, y1) ** 2 + correlation(x2, y2) ** 2))
    return stats.kstwobign.sf(d * root / (1 + r * (0.25 - 0.75 / root)))


def write(path, header, rows, versions):
    with open(path, "w", newline="") as file:
        file.write(f"# {versions}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([repr(float(v)) if isinstance(v, float) else v for v in row])


def ks2d_cases():
    sizes = [(1, 1), (1, 7), (5, 1), (2, 2), (2, 3), (3, 2), (10, 10), (17, 40), (100, 50), (100, 500)]
    for kind in KINDS:
        for n, m in sizes:
            if kind != "same" or m <= n:
                yield kind, n, m
    for kind in ("continuous", "shifted", "grid8"):
        yield kind, 1000, 700
        yield kind, 5000, 5000
    for n in range(2, 40):
        yield "continuous", n, 41 - n
        yield "grid8", n, 2 * n + 1


def two_sample_row(kind, n, m, seed):
    x1, _, x2, _ = samples(kind, n, m, seed)  # x1 the reference, x2 the generated
    ties = len(np.unique(np.concatenate([x1, x2]))) < n + m
    ks = stats.ks_2samp(x2, x1, method="exact" if max(n, m) < 10000 else "asymp")
    t = [stats.ttest_ind(x2, x1, equal_var=False, alternative=a) for a in ("two-sided", "greater", "less")]
    exact = max(n, m) < 50 and not ties
    u = [stats.mannwhitneyu(x2, x1, alternative=a, method="exact" if exact else "asymptotic")
         for a in ("two-sided", "greater", "less")]
    return [kind, n, m, seed, ks.statistic, ks.pvalue, t[0].statistic, *(v.pvalue for v in t),
            u[0].statistic, *(v.pvalue for v in u)]


def exact_p(coefficient, x, y):
    """Two-sided, over all pairings; the sums' rounding must not part equal coefficients."""
    observed = abs(coefficient(x, y)[0])
    return np.mean([abs(coefficient(x, np.array(p))[0]) >= observed - 1e-12 for p in itertools.permutations(y)])


def correlation_row(kind, n, seed):
    x, y, _, _ = samples(kind, n, n, seed)
    p = [exact_p(c, x, y) if n < 8 else np.nan for c in (stats.pearsonr, stats.spearmanr)]
    return [kind, n, seed, stats.pearsonr(x, y)[0], p[0], stats.spearmanr(x, y)[0], p[1]]


def energy(x1, y1, x2, y2):
    """(value, standard error) of the unbiased energy distance, each left-out point computed anew."""
    a, b = np.stack([x1, y1], axis=1), np.stack([x2, y2], axis=1)
    if len(a) < 2 or len(b) < 2:
        return np.nan, np.nan
    scale = np.concatenate([a, b]).std(axis=0)
    scale[np.ptp(np.concatenate([a, b]), axis=0) == 0] = np.inf
    a, b = a / scale, b / scale

    def value(p, q):
        within = [pdist(r).mean() for r in (p, q)]
        return 2 * cdist(p, q).mean() - sum(within)

    if len(a) < 3 or len(b) < 3:
        return value(a, b), np.nan
    variance = 0.0
    for r, f in ((a, lambda part: value(part, b)), (b, lambda part: value(a, part))):
        left = np.array([f(np.delete(r, i, axis=0)) for i in range(len(r))])
        variance += (len(r) - 1) / len(r) * ((left - left.mean()) ** 2).sum()
    return value(a, b), np.sqrt(variance)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        default=here.parent / "resources/org/anomalyscore/stats")
    parser.add_argument("--ndtest", type=pathlib.Path, help="a copy of ndtest.py to compare with")
    arguments = parser.parse_args()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    print(versions)
    warnings.simplefilter("ignore")

    ndtest = None
    if arguments.ndtest:
        specification = importlib.util.spec_from_file_location("ndtest", arguments.ndtest)
        ndtest = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(ndtest)

    rows, furthest = [], 0.0
    for seed, (kind, n, m) in enumerate(ks2d_cases(), start=1):
        data = samples(kind, n, m, seed)
        d = statistic(*data)
        rows.append([kind, n, m, seed, d, asymptotic_p(d, *data)])
        if ndtest:
            furthest = max(furthest, abs(d - ndtest.avgmaxdist(*data)))
            if n > 1 and m > 1:
                p = ndtest.ks2d2s(*data)
                assert np.isnan(p) == np.isnan(rows[-1][-1]), (kind, n, m, seed)
                furthest = max(furthest, 0.0 if np.isnan(p) else abs(p - rows[-1][-1]))
    if ndtest:
        print(f"largest difference from ndtest over {len(rows)} cases, D and p: {furthest:.3g}")
    write(arguments.folder / "ks2d.csv", ["kind", "n", "m", "seed", "d", "p"], rows, versions)

    cases = [("continuous", 1, 5), ("continuous", 2, 2), ("continuous", 3, 8), ("shifted", 40, 49),
             ("shifted", 200, 100), ("continuous", 200, 100), ("disjoint", 60, 70), ("grid8", 30, 20),
             ("one_constant", 20, 60), ("constant", 5, 6), ("same", 30, 30), ("correlated", 100, 90)]
    write(arguments.folder / "energy.csv", ["kind", "n", "m", "seed", "value", "std_err"],
          [[*case, seed, *energy(*samples(*case, seed))] for seed, case in enumerate(cases, start=401)],
          versions)

    lambdas = [0.02, 0.1, 0.3, 0.5, 0.8, 1.0, 1.1799, 1.18, 1.3, 2.0, 3.0, 5.0, 10.0]
    write(arguments.folder / "kolmogorov.csv", ["lambda", "survival"],
          [[v, stats.kstwobign.sf(v)] for v in lambdas], versions)

    cases = [("continuous", 2, 2), ("continuous", 3, 8), ("continuous", 10, 12), ("shifted", 40, 49),
             ("shifted", 500, 100), ("continuous", 500, 100), ("disjoint", 60, 70), ("grid8", 30, 20),
             ("grid8", 500, 100), ("one_constant", 20, 60), ("correlated", 1000, 900),
             ("continuous", 12000, 3000), ("shifted", 3000, 12000), ("grid8", 12000, 3000)]
    write(arguments.folder / "two_sample.csv",
          ["kind", "n", "m", "seed", "ks", "ks_p", "t", "t_p", "t_p_greater", "t_p_less", "u", "u_p",
           "u_p_greater", "u_p_less"],
          [two_sample_row(*case, seed) for seed, case in enumerate(cases, start=501)], versions)

    cases = [("continuous", 3), ("correlated", 4), ("correlated", 5), ("grid8", 6), ("correlated", 7),
             ("grid2", 7), ("continuous", 10), ("correlated", 40), ("grid8", 1000), ("one_constant", 9)]
    write(arguments.folder / "correlation.csv",
          ["kind", "n", "seed", "pearson", "pearson_p", "spearman", "spearman_p"],
          [correlation_row(*case, seed) for seed, case in enumerate(cases, start=701)], versions)

    quantiles = []
    for n, seed in ((1, 601), (2, 602), (5, 603), (100, 604), (1001, 605)):
        values = uniform(seed, n) * 10.0
        quantiles.append([n, seed, values.mean(), *np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])])
    write(arguments.folder / "summary.csv", ["n", "seed", "mean", "q05", "q25", "q50", "q75", "q95"],
          quantiles, versions)

    rows = []
    for n, seed, scale in ((2, 801, 1.0), (5, 802, 0.0), (100, 803, 5.0), (1001, 804, 2.5), (300, 805, 20.0)):
        u = uniform(seed, 2 * n)
        values, errors = u[:n] * 10.0, u[n:] * scale
        rows.append([n, seed, scale, 1 - np.mean(errors**2) / np.var(values, ddof=1)])
    write(arguments.folder / "repeatability.csv", ["n", "seed", "scale", "repeatability"], rows, versions)


if __name__ == "__main__":
    main()
