"""Expected values for the tests of ProportionInterval, AreaUnderCurve, MeanInterval and TrendTest.

Usage: python classification_oracle.py [FOLDER]    (default: ../resources/org/anomalyscore/stats)

Areas are scikit-learn's, Wilson's and Student's intervals SciPy's. Hanley and McNeil's variance is
written out here and inverted by SciPy's root finder. Jonckheere-Terpstra, which SciPy lacks, is
counted here pair by pair; its normal p-value with ties is that of SciPy's Kendall test, of which it
is a case (J less its mean is half of Kendall's S); its exact p-value comes from all arrangements of
up to seven objects, and beyond from the Gaussian multinomial coefficient in whole numbers. Data as in
stats_oracle.py. The versions stand in the first line of each file.
"""

import itertools
import pathlib
import platform
import sys
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy import optimize, stats
from sklearn.metrics import roc_auc_score
from stats_oracle import samples, uniform, write


def hanley_mcneil(a, negatives, positives):
    q1, q2 = a / (2 - a), 2 * a**2 / (1 + a)
    spread = a * (1 - a) + (positives - 1) * (q1 - a**2) + (negatives - 1) * (q2 - a**2)
    return spread / (negatives * positives)


def area_row(kind, n, m, seed):
    negatives, _, positives, _ = samples(kind, n, m, seed)
    area = roc_auc_score(np.repeat([0, 1], [n, m]), np.concatenate([negatives, positives]))
    z = stats.norm.isf(0.025)

    def gap(a):
        return (area - a) ** 2 - z**2 * hanley_mcneil(a, n, m)

    tiny = 1e-12  # off the measured area itself, where the gap is 0 if the variance is
    low = 0.0 if area == 0 else optimize.brentq(gap, 0, area - tiny, xtol=1e-15)
    high = 1.0 if area == 1 else optimize.brentq(gap, area + tiny, 1, xtol=1e-15)
    return [kind, n, m, seed, area, low, high]


def jonckheere(labels, values):
    less, tied = values[:, None] < values[None, :], values[:, None] == values[None, :]
    return float(((labels[:, None] < labels[None, :]) * (less + 0.5 * tied)).sum())


def product(a, power):
    """a(q) (1 - q^power)"""
    b = a + [0] * power
    for i, c in enumerate(a):
        b[i + power] -= c
    return b


def quotient(a, power):
    """a(q) / (1 - q^power), without remainder"""
    b = list(a)
    for i in range(power, len(b)):
        b[i] += b[i - power]
    assert not any(b[len(b) - power:])
    return b[: len(b) - power]


def exact_p(labels, values):
    j = jonckheere(labels, values)
    if len(labels) <= 7:
        all_j = [jonckheere(labels, np.array(v)) for v in itertools.permutations(values)]
        low, high = np.mean([v <= j for v in all_j]), np.mean([v >= j for v in all_j])
        return float(min(1.0, 2 * min(low, high)))
    counts = [1]
    for i in range(1, len(labels) + 1):
        counts = product(counts, i)
    for size in np.unique(labels, return_counts=True)[1]:
        for i in range(1, size + 1):
            counts = quotient(counts, i)
    low, high = sum(counts[: int(j) + 1]), sum(counts[int(j):])
    return float(min(Fraction(1), Fraction(2 * min(low, high), sum(counts))))


def trend_row(kind, n, levels, seed):
    x, y, _, _ = samples(kind, n, n, seed)
    labels = np.floor(x / max(1.0, x.max()) * levels)
    j = jonckheere(labels, y)
    mean = (n**2 - (np.unique(labels, return_counts=True)[1] ** 2).sum()) / 4
    p = stats.kendalltau(labels, y, method="asymptotic").pvalue
    z = np.sign(j - mean) * stats.norm.isf(p / 2)
    exact = exact_p(labels, y) if n <= 50 and len(np.unique(y)) == n and len(np.unique(labels)) > 1 else p
    spearman = stats.spearmanr(labels, y)
    return [kind, n, levels, seed, spearman[0], spearman[1], j, float(z), float(exact)]


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        pathlib.Path(__file__).resolve().parent.parent / "resources/org/anomalyscore/stats")
    versions = (f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
                f"scikit-learn {sklearn.__version__}")
    print(versions)

    rows = []
    for k, n, confidence in ((0, 1, 0.95), (1, 1, 0.95), (3, 10, 0.9), (30, 60, 0.95), (60, 60, 0.95),
                             (0, 60, 0.99), (999_999, 1_000_000, 0.95)):
        interval = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
        rows.append([k, n, confidence, float(interval.low), float(interval.high)])
    write(folder / "proportion.csv", ["successes", "trials", "confidence", "low", "high"], rows, versions)

    cases = [("continuous", 1, 1), ("continuous", 5, 1), ("continuous", 30, 30), ("shifted", 30, 30),
             ("shifted", 200, 70), ("grid2", 40, 40), ("constant", 9, 9), ("disjoint", 30, 30),
             ("grid8", 3000, 3000)]
    write(folder / "area_under_curve.csv", ["kind", "n", "m", "seed", "area", "low", "high"],
          [area_row(*case, seed) for seed, case in enumerate(cases, start=801)], versions)

    rows = []
    for n, confidence, seed in ((2, 0.95, 901), (5, 0.9, 902), (1001, 0.95, 903)):
        values = uniform(seed, n) * 10.0
        low, high = stats.t.interval(confidence, n - 1, loc=values.mean(), scale=stats.sem(values))
        rows.append([n, confidence, seed, values.mean(), low, high])
    write(folder / "mean_interval.csv", ["n", "confidence", "seed", "mean", "low", "high"], rows, versions)

    cases = [("continuous", 6, 3), ("correlated", 7, 3), ("correlated", 7, 2), ("continuous", 30, 3),
             ("correlated", 50, 5), ("grid8", 20, 8), ("grid2", 50, 2), ("correlated", 51, 4),
             ("continuous", 400, 10), ("correlated", 60, 50), ("x_ties", 300, 4), ("grid8", 1000, 8)]
    write(folder / "trend.csv",
          ["kind", "n", "levels", "seed", "spearman", "spearman_p", "jonckheere", "z", "p"],
          [trend_row(*case, seed) for seed, case in enumerate(cases, start=1001)], versions)


if __name__ == "__main__":
    main()
