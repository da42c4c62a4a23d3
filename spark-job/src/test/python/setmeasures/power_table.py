"""Level and power of each measure on sets of 50 to 1,000 images: the tables of docs/accuracy.md.

Usage: python power_table.py TABLES PHOTOGRAPHS [GENERATED ...] [--made SET ...] [--draws N] [--sizes N,N]

TABLES holds the table of scores, with features. For each size n the photographs of one draw are cut into a
reference of 500 and a "generated" set of n, and each measure is computed: that is its null distribution.
Its 95 % quantile is the level at which it says "different"; of measures that a worse set has low, the 5 %
quantile; of Vendi score and RKE, either end of the middle 95 %. "Level" is the share of further draws of
photographs beyond it, "power" the share of draws of n of a generator's images against 500 photographs.
Where a generator has n images only, all its draws hold the same ones, and only the reference changes.
The sets of --made are photographs through a fault, under their own file names (make_faults.py): no draw takes
a photograph and the faulty copy of it.

The measures are those of the oracles, with which the Java agrees; the kernel distance is the unbiased
estimate over all images, of which the Java's subsets are draws. With --errors it sets the error that
each jackknife reports beside the spread over draws.
"""

import argparse
import itertools
import pathlib
import platform
import sys

import numpy as np
import pyarrow.dataset
import scipy
from scipy.spatial.distance import cdist, pdist
from scipy.stats import ks_2samp

import set_measures_oracle as oracle

sys.path.append(str(pathlib.Path(__file__).resolve().parents[5] / "udf/src/test/python"))
import stats_oracle  # noqa: E402

REFERENCE = 500
SIZES = (50, 100, 250)
ALONG = {}


def anomaly_score(a, b):
    """stats_oracle.statistic at once for all points, which is faster; the first draw compares both."""
    def directed(p, q):
        low = [p[None, :, k] <= p[:, None, k] for k in (0, 1)]
        other = [q[None, :, k] <= p[:, None, k] for k in (0, 1)]
        gaps = []
        for x, y in itertools.product((True, False), repeat=2):
            own, its = ((s[0] == x) & (s[1] == y) for s in (low, other))
            gaps.append(own.mean(axis=1) - its.mean(axis=1))
        gaps, moved = np.stack(gaps, axis=1), 1 / len(p)
        gained = gaps + moved * np.array([0.0, 1.0, 1.0, 1.0])
        lost = gaps - moved * np.array([1.0, 0.0, 0.0, 0.0])
        return max(gained.max(), -lost.min())

    return (directed(a, b) + directed(b, a)) / 2


def energy(a, b):
    scale = np.concatenate([a, b]).std(axis=0)
    a, b = a / scale, b / scale
    return 2 * cdist(a, b).mean() - pdist(a).mean() - pdist(b).mean()


def polynomial(x, y):
    k = [oracle.polynomial_kernel(p, q, degree=3, coef0=1) for p, q in ((x, x), (y, y), (x, y))]
    return sum((v.sum() - np.trace(v)) / (len(v) * (len(v) - 1)) for v in k[:2]) - 2 * k[2].mean()


def sliced(x, y):
    if x.shape[1] not in ALONG:
        ALONG[x.shape[1]] = oracle.directions(x.shape[1], 0)
    return oracle.sliced(x, y, ALONG[x.shape[1]])


def neighbours(x, y):
    """Precision, recall, density and coverage, as in the oracle."""
    across = cdist(y, x, "sqeuclidean")

    def radius(rows, k):
        return np.partition(cdist(rows, rows, "sqeuclidean"), k, axis=1)[:, k]  # 0 is the image itself

    dense = across <= radius(x, 5)
    return {"precision": (across <= radius(x, 3)).any(1).mean(), "density": dense.sum(1).mean() / 5,
            "recall": (across <= radius(y, 3)[:, None]).any(0).mean(), "coverage": dense.any(0).mean()}


# name: (function of both sets' (C, V), features and neighbours; which end speaks against a set)
MEASURES = {
    "AS": (lambda a, b, x, y, near: anomaly_score(a, b), "high"),
    "energy distance": (lambda a, b, x, y, near: energy(a, b), "high"),
    "KS of C": (lambda a, b, x, y, near: ks_2samp(a[:, 0], b[:, 0]).statistic, "high"),
    "KS of V": (lambda a, b, x, y, near: ks_2samp(a[:, 1], b[:, 1]).statistic, "high"),
    "Fréchet": (lambda a, b, x, y, near: oracle.frechet(x, y), "high"),
    "Fréchet at infinity": (lambda a, b, x, y, near: oracle.frechet_infinity(x, y)[0], "high"),
    "kernel": (lambda a, b, x, y, near: polynomial(x, y), "high"),
    "Gaussian MMD": (lambda a, b, x, y, near: oracle.gaussian(x, y), "high"),
    "sliced Wasserstein": (lambda a, b, x, y, near: sliced(x, y), "high"),
    "Vendi": (lambda a, b, x, y, near: oracle.vendi(y), "both"),
    "RKE": (lambda a, b, x, y, near: oracle.rke(y), "both"),
    "precision": (lambda a, b, x, y, near: near["precision"], "low"),
    "recall": (lambda a, b, x, y, near: near["recall"], "low"),
    "density": (lambda a, b, x, y, near: near["density"], "low"),
    "coverage": (lambda a, b, x, y, near: near["coverage"], "low"),
}
JACKKNIFED = {"Fréchet": oracle.frechet, "Gaussian MMD": oracle.gaussian, "sliced Wasserstein": sliced}


def read(tables, dataset):
    """(C, V), features and file names of the images, in the order of their content's hash."""
    rows = pyarrow.dataset.dataset(pathlib.Path(tables, "scores"), partitioning="hive", format="parquet")
    columns = ["image_id", "path", "complexity", "vulnerability", "features"]
    rows = rows.to_table(columns, filter=pyarrow.dataset.field("dataset") == dataset).sort_by("image_id")
    points = np.stack([rows["complexity"].to_numpy(), rows["vulnerability"].to_numpy()], axis=1)
    names = np.array([pathlib.PurePosixPath(path).stem for path in rows["path"].to_pylist()])
    return points, np.array(rows["features"].to_pylist(), dtype=np.float64), names


def measure(reference, generated):
    (a, x), (b, y) = reference, generated
    near = neighbours(x, y)
    return np.array([f(a, b, x, y, near) for f, _ in MEASURES.values()])


def draw(random, rows, *sizes):
    return cut(random, rows, np.arange(len(rows[0])), *sizes)


def draw_apart(random, real, made, n):
    """Photographs, and copies of others."""
    points, features, names = real
    reference = np.sort(random.permutation(len(points))[:REFERENCE])
    others = np.flatnonzero(~np.isin(made[2], names[reference]))
    return (points[reference], features[reference]), *cut(random, made, others, n)


def cut(random, rows, among, *sizes):
    points, features, _ = rows
    order = among[random.permutation(len(among))[: sum(sizes)]]
    cuts = np.split(order, np.cumsum(sizes)[:-1])
    # In order of the hashes, as the groups of the jackknife and the subsets at infinity are.
    return [(points[np.sort(c)], features[np.sort(c)]) for c in cuts]


def beyond(null, values):
    """Which values lie beyond the null distribution's limits, a column a measure."""
    found = np.zeros(values.shape, dtype=bool)
    for i, (_, end) in enumerate(MEASURES.values()):
        tail = {"high": (0, 0.05), "low": (0.05, 0), "both": (0.025, 0.025)}[end]
        low, high = np.quantile(null[:, i], tail[0]), np.quantile(null[:, i], 1 - tail[1])
        found[:, i] = (values[:, i] < low if tail[0] else False) | (values[:, i] > high if tail[1] else False)
    return found.mean(axis=0)


def line(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tables")
    parser.add_argument("real", metavar="photographs")
    parser.add_argument("generated", nargs="*")
    parser.add_argument("--made", nargs="+", default=[], help="sets of photographs through a fault")
    parser.add_argument("--draws", type=int, default=200, help="of photographs; a quarter as many of a generator")
    parser.add_argument("--errors", action="store_true", help="prints the last table, and no other")
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=SIZES)
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    real = read(arguments.tables, arguments.real)
    generators = {name: read(arguments.tables, name) for name in [*arguments.generated, *arguments.made]}
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__};"
          f" {len(real[0])} photographs", flush=True)
    (a, x), (b, y) = draw(random, real, REFERENCE, 50)
    assert np.isclose(anomaly_score(a, b), stats_oracle.statistic(*a.T, *b.T), rtol=1e-12)
    for name, expected in oracle.neighbours(x, y).items():
        assert name in ("realism", "rarity") or np.isclose(neighbours(x, y)[name], expected["value"])
    for n in () if arguments.errors else arguments.sizes:
        enough = {name: rows for name, rows in generators.items() if len(rows[0]) >= n}
        print(f"\n{n} images against {REFERENCE}, {arguments.draws} draws\n")
        null = np.array([measure(*draw(random, real, REFERENCE, n)) for _ in range(arguments.draws)])
        again = np.array([measure(*draw(random, real, REFERENCE, n)) for _ in range(arguments.draws)])
        columns = {"level": beyond(null, again)}
        for name, rows in enough.items():
            found = [measure(*(draw_apart(random, real, rows, n) if name in arguments.made
                               else (*draw(random, real, REFERENCE), *draw(random, rows, n))))
                     for _ in range(arguments.draws // 4)]
            columns[name] = beyond(null, np.array(found))
        line(["measure", *columns])
        line(["---"] * (1 + len(columns)))
        for i, name in enumerate(MEASURES):
            line([name, *(f"{values[i]:.2f}" for values in columns.values())])
    if not arguments.errors:
        return
    print(f"\nmean reported error / standard deviation over draws, 100 images against {REFERENCE}\n")
    line(["measure", "photographs", *[g for g in generators if len(generators[g][0]) > 200]])
    line(["---"] * (2 + sum(len(rows[0]) > 200 for rows in generators.values())))
    ratios = {name: [] for name in [*JACKKNIFED, "Fréchet at infinity"]}
    for rows in [real, *(rows for rows in generators.values() if len(rows[0]) > 200)]:
        values, errors = {name: [] for name in ratios}, {name: [] for name in ratios}
        for _ in range(arguments.draws // 5):
            (_, x), *rest = draw(random, real, REFERENCE, *([100] if rows is real else []))
            _, y = rest[0] if rest else draw(random, rows, 100)[0]
            for name, f in JACKKNIFED.items():
                values[name].append(f(x, y))
                errors[name].append(oracle.std_err(x, y, f))
            value, lines = oracle.frechet_infinity(x, y)
            values["Fréchet at infinity"].append(value)
            errors["Fréchet at infinity"].append(np.sqrt(errors["Fréchet"][-1] ** 2 + lines))
        for name in ratios:
            ratios[name].append(f"{np.mean(errors[name]) / np.std(values[name], ddof=1):.2f}")
    for name, cells in ratios.items():
        line([name, *cells])


if __name__ == "__main__":
    main()
