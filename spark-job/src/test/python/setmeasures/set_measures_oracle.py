"""Expected values for the tests of org.anomalyscore.setmeasures.

Usage: python set_measures_oracle.py [FILE]    (default: ../../resources/setmeasures/oracle.json)

The formulas in NumPy, SciPy and scikit-learn, with nothing in common with the Java: the trace of the
root of the Fréchet distance from the singular values of the product of the centred rows, and from
SciPy's sqrtm where there are enough rows for it; all distances from SciPy's cdist, radii compared
with scikit-learn's; the kernel from scikit-learn. Features come from SplitMix64, so that the Java
test draws the same numbers and none need to be stored. The versions stand in the file.
"""

import json
import pathlib
import platform
import sys

import numpy as np
import scipy
import sklearn
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel
from sklearn.neighbors import NearestNeighbors

CASES = [  # kind, images of the reference, generated images, dimensions
    ("mixed", 300, 250, 16),
    ("mixed", 40, 30, 64),
    ("mixed", 1300, 1100, 24),
    ("mixed", 2, 2, 3),
    ("mixed", 3, 2, 5),
    ("mixed", 4, 6, 3),
    ("mixed", 6, 4, 3),
    ("mixed", 1, 1, 4),
    ("mixed", 30, 1, 4),
    ("far", 200, 150, 8),
    ("grid", 200, 150, 4),
    ("copies", 120, 80, 8),
    ("constant", 30, 25, 5),
]
GROUPS = 20
SUBSETS = 100


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def uniform(self, count):
        with np.errstate(over="ignore"):
            steps = np.arange(1, count + 1, dtype=np.uint64)
            z = np.uint64(self.state) + steps * np.uint64(0x9E3779B97F4A7C15)
            self.state = (self.state + count * 0x9E3779B97F4A7C15) % 2**64
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
        return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def features(kind, n, m, d, seed):
    """float32 arrays of the reference and of the generated set."""
    random = SplitMix64(seed)
    u = random.uniform((n + m) * d).reshape(n + m, d)
    if kind == "mixed":
        rows = u / (1 + np.arange(d) % 7)
        rows[:, 1:] += 0.5 * u[:, :-1]
        rows[n:] += 0.125
    elif kind == "far":
        rows = u + 1000.0
        rows[n:] += 0.0625
    elif kind == "grid":
        rows = np.floor(u * 3)
    elif kind == "copies":
        rows = u.copy()
        rows[n : n + m // 2] = rows[: m // 2]
    elif kind == "constant":
        rows = np.full_like(u, 0.5)
        rows[n:] = 0.75
    rows = rows.astype(np.float32)
    return rows[:n], rows[n:]


def frechet(x, y):
    n, m = len(x), len(y)
    if n < 2 or m < 2:
        return None
    shift = x.mean(0) - y.mean(0)
    xc, yc = x - x.mean(0), y - y.mean(0)
    trace = (xc**2).sum() / (n - 1) + (yc**2).sum() / (m - 1)
    root = np.linalg.svd(xc @ yc.T, compute_uv=False).sum() / np.sqrt((n - 1.0) * (m - 1.0))
    value = shift @ shift + trace - 2 * root
    if min(n, m) > 2 * x.shape[1] and value > 1e-6 and np.ptp(x) > 0:
        usual = shift @ shift + trace - 2 * np.trace(sqrtm(np.cov(x.T) @ np.cov(y.T))).real
        assert abs(usual - value) < 1e-7 * value, (usual, value)
    return value


def jackknife(x, f):
    groups = min(GROUPS, len(x))
    group = np.arange(len(x)) * groups // len(x)
    values = np.array([f(x[group != g]) for g in range(groups)])
    return (groups - 1) / groups * ((values - values.mean()) ** 2).sum()


def frechet_std_err(x, y):
    if len(x) < 3 or len(y) < 3:
        return None
    return np.sqrt(jackknife(x, lambda part: frechet(part, y)) + jackknife(y, lambda part: frechet(x, part)))


def subset(n, size, random):
    rows = np.arange(n)
    for i, u in enumerate(random.uniform(size)):
        j = i + int(u * (n - i))
        rows[i], rows[j] = rows[j], rows[i]
    return np.sort(rows[:size])


def kernel(x, y, seed):
    size = min(1000, len(x), len(y))
    if size < 2:
        return None, None
    random = SplitMix64(seed)
    values = []
    for _ in range(SUBSETS):
        a = x[subset(len(x), size, random)]
        b = y[subset(len(y), size, random)]
        k = [polynomial_kernel(p, q, degree=3, coef0=1) for p, q in ((a, a), (b, b), (a, b))]
        within = sum((v.sum() - np.trace(v)) / (size * (size - 1)) for v in k[:2])
        values.append(within - 2 * k[2].mean())
    # A set that each subset holds whole adds nothing to the spread.
    return np.mean(values), np.std(values) if size < min(len(x), len(y)) else None


def radii(x, k):
    if len(x) <= k:
        return None
    distances = cdist(x, x, "sqeuclidean")
    np.fill_diagonal(distances, np.inf)
    radius = np.sort(distances, axis=1)[:, k - 1]
    other = NearestNeighbors(n_neighbors=k, algorithm="kd_tree").fit(x).kneighbors()[0][:, -1]
    assert np.allclose(np.sqrt(radius), other, rtol=1e-9, atol=1e-12)
    return radius


def fraction(inside):
    p = inside.mean()
    return {"value": p, "std_err": np.sqrt(p * (1 - p) / len(inside)), "count": int(inside.sum())}


def neighbours(x, y):
    found = {}
    distances = cdist(y, x, "sqeuclidean")
    three, five, generated = radii(x, 3), radii(x, 5), radii(y, 3)
    if three is not None:
        inside = distances <= three
        found["precision"] = fraction(inside.any(1))
        kept = np.sqrt(three) <= np.median(np.sqrt(three))
        with np.errstate(all="ignore"):
            ratio = np.sqrt(three[kept] / distances[:, kept])
        realism = np.array([np.nan if np.isnan(r).all() else np.nanmax(r) for r in ratio])
        rarity = np.where(inside.any(1), np.where(inside, np.sqrt(three), np.inf).min(1), np.nan)
        found["realism"] = [float(v) if np.isfinite(v) else None for v in realism]
        found["rarity"] = [float(v) if np.isfinite(v) else None for v in rarity]
    if generated is not None:
        found["recall"] = fraction((distances <= generated[:, None]).any(0))
    if five is not None:
        inside = distances <= five
        counts = inside.sum(1)
        found["density"] = {"value": counts.mean() / 5, "std_err": counts.std() / 5 / np.sqrt(len(y)),
                            "count": int(counts.sum())}
        found["coverage"] = fraction(inside.any(0))
    return found


def main():
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        here.parent.parent / "resources/setmeasures/oracle.json")
    cases = []
    for seed, (kind, n, m, d) in enumerate(CASES, start=1):
        x, y = (v.astype(np.float64) for v in features(kind, n, m, d, seed))
        mean, spread = kernel(x, y, seed)
        case = {"kind": kind, "n_reference": n, "n": m, "dimension": d, "seed": seed,
                "frechet": frechet(x, y), "frechet_std_err": frechet_std_err(x, y),
                "kernel": mean, "kernel_spread": spread, **neighbours(x, y)}
        if m > 300:  # a few are enough to see
            for name in ("realism", "rarity"):
                case[name] = case[name][:50]
        cases.append(case)
    versions = (f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
                f"scikit-learn {sklearn.__version__}")
    target.write_text(json.dumps({"versions": versions, "cases": cases}, indent=0, allow_nan=False) + "\n")
    print(versions, len(cases), "cases")


if __name__ == "__main__":
    main()
