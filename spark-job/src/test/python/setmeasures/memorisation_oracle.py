"""Expected values for MemorisationTest.

Usage: python memorisation_oracle.py [FILE]    (default: ../../resources/setmeasures/memorisation.json)

AuthPct (Alaa et al. 2022) and the CT score (Meehan et al. 2020) in NumPy and SciPy: all distances from
cdist, U and its tie correction from scipy.stats. Features are those of set_measures_oracle.py; the first
rows of its reference are the training set, the rest are the held-out reference. Cells are those of the
nearest of the training set's first rows. The versions stand in the file.
"""

import json
import pathlib
import platform
import sys

import numpy as np
import scipy
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu, rankdata, tiecorrect

from set_measures_oracle import features

CASES = [  # kind, training images, images of the reference, generated images, dimensions
    ("mixed", 300, 130, 120, 16),
    ("mixed", 1500, 1100, 1050, 24),
    ("mixed", 2, 25, 30, 3),
    ("mixed", 40, 15, 30, 8),
    ("mixed", 40, 1, 1, 8),
    ("far", 150, 60, 50, 8),
    ("grid", 150, 70, 90, 4),
    ("copies", 200, 110, 120, 8),
    ("constant", 30, 25, 25, 5),
]


def number(value):
    return None if np.isnan(value) else float(value)


def ct(training, reference, generated, real, made):
    cells = max(1, min(10, len(training), min(len(generated), len(reference)) // 50))
    of_real, of_made = (cdist(v, training[:cells]).argmin(1) for v in (reference, generated))
    scores, weights = [], []
    for cell in range(cells):
        p, q = real[of_real == cell], made[of_made == cell]
        if min(len(p), len(q)) < 20:
            continue
        u = mannwhitneyu(q, p, alternative="two-sided", method="asymptotic").statistic
        ranks = rankdata(np.concatenate([p, q]))
        sd = np.sqrt(tiecorrect(ranks) * len(p) * len(q) * (len(p) + len(q) + 1) / 12)
        scores.append((u - len(p) * len(q) / 2) / sd if sd > 0 else 0.0)
        weights.append(len(p))
    if not weights:
        return np.nan, np.nan, cells
    w = np.array(weights) / np.sum(weights)
    return w @ np.array(scores), np.sqrt(w @ w), cells


def case(kind, t, r, m, d, seed):
    real, generated = (v.astype(np.float64) for v in features(kind, t + r, m, d, seed))
    training, reference = real[:t], real[t:]
    within = cdist(training, training)
    np.fill_diagonal(within, np.inf)
    own = within.min(1)
    shares, nearest = [], []
    for rows in (generated, reference):
        distances = cdist(rows, training)
        nearest.append((distances.argmin(1), distances.min(1)))
        shares.append(np.mean(nearest[-1][1] > own[nearest[-1][0]]))
    index, distance = nearest[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(distance == 0, 0, np.where(own[index] == 0, np.nan, distance / own[index]))
    score, error, cells = ct(training, reference, generated, nearest[1][1], distance)
    return {
        "kind": kind, "training": t, "reference": r, "generated": m, "dimension": d, "seed": seed,
        "authenticity": shares[0], "reference_authenticity": shares[1],
        "authenticity_std_err": np.sqrt(shares[0] * (1 - shares[0]) / m),
        "ct": number(score), "ct_std_err": number(error), "cells": cells,
        "nearest": index.tolist(), "distance": distance.tolist(), "ratio": [number(v) for v in ratio],
    }


def main():
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent.parent / "resources/setmeasures/memorisation.json"
    cases = [case(*one, seed) for seed, one in enumerate(CASES, 1)]
    for one in cases:
        # A long list says nothing that its beginning does not.
        for key in ("nearest", "distance", "ratio"):
            one[key] = one[key][:60]
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    target.write_text(json.dumps({"made_with": versions, "cases": cases}, indent=None) + "\n")
    for one in cases:
        print({k: v for k, v in one.items() if not isinstance(v, list)})


if __name__ == "__main__":
    main()
