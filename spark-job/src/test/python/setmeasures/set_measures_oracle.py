"""Expected values for the tests of org.anomalyscore.setmeasures.

Usage: python set_measures_oracle.py [FILE]    (default: ../../resources/setmeasures/oracle.json)

The formulas in NumPy, SciPy and scikit-learn, with nothing in common with the Java: the trace of the
root of the Fréchet distance from the singular values of the product of the centred rows, and from
SciPy's sqrtm where there are enough rows for it; all distances from SciPy's cdist, radii compared
with scikit-learn's; the kernels from scikit-learn; Vendi score and RKE from the n x n kernel
matrix; each jackknife by computing anew without the group. Features come from SplitMix64, so that the Java
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
from scipy.special import entr
from sklearn.metrics.pairwise import cosine_similarity, polynomial_kernel, rbf_kernel
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
DIRECTIONS = 500


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
    # The singular values of xc yc', by the triangles of both, which are not larger than d x d.
    triangles = np.linalg.qr(xc, mode="r") @ np.linalg.qr(yc, mode="r").T
    root = np.linalg.svd(triangles, compute_uv=False).sum() / np.sqrt((n - 1.0) * (m - 1.0))
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


def std_err(x, y, f, least=3):
    """Of f(x, y), by the jackknife over the groups of both."""
    if len(x) < least or len(y) < least or f(x, y) is None:
        return None
    return np.sqrt(jackknife(x, lambda part: f(part, y)) + jackknife(y, lambda part: f(x, part)))


def frechet_infinity(x, y):
    """(value, variance of the lines): a line over 1 / n through the whole set, for either set."""
    if len(x) < GROUPS or len(y) < GROUPS:
        return None, None
    whole = frechet(x, y)
    value, variance = whole, 0.0
    for rows, f in ((x, lambda part: frechet(part, y)), (y, lambda part: frechet(x, part))):
        group = np.arange(len(rows)) * GROUPS // len(rows)
        subsets = [rows[group < k] for k in (10, 12, 14, 16, 18)] + [rows[group >= k] for k in (2, 4, 6, 8, 10)]
        at = np.array([1 / len(part) - 1 / len(rows) for part in subsets])
        distance = np.array([f(part) - whole for part in subsets])
        (slope,), residuals, _, _ = np.linalg.lstsq(at[:, None], distance, rcond=None)
        value -= slope / len(rows)
        variance += residuals[0] / (len(at) - 1) / (at @ at) / len(rows) ** 2
    return value, variance


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def has_zero(*sets):
    """Rows of zeros have no direction."""
    return any((rows == 0).all(1).any() for rows in sets)


def gaussian(x, y):
    n, m = len(x), len(y)
    if n < 2 or m < 2 or has_zero(x, y):
        return None
    k = [rbf_kernel(unit(p), unit(q), gamma=1 / (2 * 10.0**2)) for p, q in ((x, x), (y, y), (x, y))]
    within = [(v.sum() - np.trace(v)) / (len(v) * (len(v) - 1)) for v in k[:2]]
    return 1000 * (sum(within) - 2 * k[2].mean())


def directions(d, seed):
    pairs = -(-d // 2)
    u = SplitMix64(seed).uniform(2 * pairs * DIRECTIONS).reshape(DIRECTIONS, pairs, 2)
    radius, angle = np.sqrt(-2 * np.log1p(-u[..., 0])), 2 * np.pi * u[..., 1]
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2).reshape(DIRECTIONS, 2 * pairs)
    return unit(normal[:, :d])


def sliced(x, y, along):
    n, m = len(x), len(y)
    a, b = np.sort(x @ along.T, axis=0), np.sort(y @ along.T, axis=0)
    cuts = np.unique(np.concatenate([np.arange(n + 1) * m, np.arange(m + 1) * n]))
    squares = (a[cuts[:-1] // m] - b[cuts[:-1] // n]) ** 2
    value = np.diff(cuts) @ squares / (n * m)
    if n == m:  # MIND, whose alpha is 3 d, as torch-fidelity 0.4.0 and the paper's listing compute it
        mind = 3.0 * x.shape[1] * ((a - b) ** 2).mean(0).mean()
        assert np.isclose(mind, 3 * x.shape[1] * value.mean(), rtol=1e-12)
    if n * m < 2000:  # each value as often as the other set has values
        plain = ((np.repeat(a, m, axis=0) - np.repeat(b, n, axis=0)) ** 2).mean(0)
        assert np.allclose(plain, value, rtol=1e-10, atol=1e-14)
    return x.shape[1] * value.mean()


def vendi(x):
    """By the singular values of the rows; of small sets compared with those of the kernel matrix."""
    value = np.exp(entr(np.linalg.svd(unit(x), compute_uv=False) ** 2 / len(x)).sum())
    if len(x) <= 300:
        plain = np.exp(entr(np.maximum(0, np.linalg.eigvalsh(cosine_similarity(x) / len(x)))).sum())
        assert np.isclose(plain, value, rtol=1e-10)
    return value


def rke(x):
    return 1 / (cosine_similarity(x) ** 2).mean()


def diversity(name, f, x):
    if has_zero(x):
        return {}
    return {name: f(x), name + "_std_err": np.sqrt(jackknife(x, f)) if len(x) > 1 else None}


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
        along = directions(d, seed)
        frechet_err = std_err(x, y, frechet)
        infinity, lines = frechet_infinity(x, y)
        slices = lambda a, b: sliced(a, b, along)
        case = {"kind": kind, "n_reference": n, "n": m, "dimension": d, "seed": seed,
                "frechet": frechet(x, y), "frechet_std_err": frechet_err, "infinity": infinity,
                "infinity_std_err": None if infinity is None else np.sqrt(frechet_err**2 + lines),
                "gaussian": gaussian(x, y), "gaussian_std_err": std_err(x, y, gaussian),
                "sliced": slices(x, y), "sliced_std_err": std_err(x, y, slices, least=2),
                **diversity("vendi", vendi, y), **diversity("rke", rke, y),
                **diversity("reference_vendi", vendi, x), **diversity("reference_rke", rke, x),
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
