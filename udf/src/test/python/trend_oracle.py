"""Expected values for the test of org.anomalyscore.stats.MannKendall.

Usage: python trend_oracle.py [FOLDER]    (default: ../resources/org/anomalyscore/stats)

S is a plain count over pairs; the p-value is SciPy's kendalltau of the series with its time, exact for
up to 50 different values and else normal; the slope is SciPy's theilslopes. Series come from the
generator of stats_oracle.py, so that the Java test draws the same numbers.
"""

import pathlib
import platform
import sys

import numpy as np
import scipy
from scipy import stats

from stats_oracle import uniform, write


def series(kind, n, seed):
    u = uniform(seed, n)
    t = np.arange(n)
    if kind == "drift":
        u = u + 0.02 * t
    elif kind == "falling":
        u = u - 0.05 * t
    elif kind == "ties":
        u = np.floor(4 * u)
    elif kind == "two_levels":
        u = np.floor(2 * u)
    elif kind == "gaps":
        u = np.where(t % 3 == 1, np.nan, u + 0.02 * t)
    elif kind == "outlier":
        u = np.where(t == n - 1, 1e6, u)
    return u


def row(kind, n, seed):
    x = series(kind, n, seed)
    t = np.arange(n)[~np.isnan(x)]
    x = x[~np.isnan(x)]
    s = sum(np.sign(x[j] - x[i]) for i in range(len(x)) for j in range(i + 1, len(x)))
    different = len(np.unique(x)) == len(x)
    normal = stats.kendalltau(t, x, method="asymptotic").pvalue
    exact = len(x) <= 50 and different
    p = stats.kendalltau(t, x, method="exact").pvalue if exact else normal
    z = np.sign(s) * stats.norm.isf(normal / 2)
    return [kind, n, seed, len(x), float(s), float(z), float(p), float(stats.theilslopes(x, t)[0])]


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        pathlib.Path(__file__).resolve().parent.parent / "resources/org/anomalyscore/stats")
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    cases = [("plain", 3), ("plain", 7), ("plain", 30), ("plain", 50), ("plain", 51), ("plain", 365),
             ("drift", 8), ("drift", 30), ("drift", 60), ("falling", 20), ("falling", 120), ("ties", 9), ("ties", 60),
             ("ties", 200), ("two_levels", 30), ("gaps", 30), ("gaps", 90), ("outlier", 12)]
    write(folder / "mann_kendall.csv", ["kind", "n", "seed", "count", "s", "z", "p", "slope"],
          [row(kind, n, seed) for seed, (kind, n) in enumerate(cases, start=1101)], versions)


if __name__ == "__main__":
    main()
