"""Expected Inception Scores for InceptionScoreTest.

Usage: python inception_score_oracle.py [FILE]    (default: ../../resources/setmeasures/inception_score.json)

The formula of Salimans et al. (2016) by SciPy's softmax and relative entropy, of ten parts of the images in
their order. Where ten divides their number, the parts are those of the authors' code (openai/improved-gan,
inception_score/model.py), which is repeated here. Logits are the features of set_measures_oracle.py times a gain,
a power of two, so that the Java draws the same float32 numbers. The versions stand in the file.
"""

import json
import pathlib
import platform
import sys

import numpy as np
import scipy
from scipy.special import rel_entr, softmax

from set_measures_oracle import features

SPLITS = 10
CASES = [  # kind, images, classes, gain
    ("mixed", 20, 5, 8),
    ("mixed", 19, 5, 8),
    ("mixed", 100, 7, 16),
    ("mixed", 137, 10, 64),
    ("mixed", 2600, 12, 32),
    ("grid", 200, 6, 64),
    ("far", 40, 8, 4),
    ("constant", 30, 5, 1),
]


def scores(p):
    part = np.arange(len(p)) * SPLITS // len(p)
    found = [np.exp(rel_entr(p[part == s], p[part == s].mean(0)).sum(1).mean()) for s in range(SPLITS)]
    if len(p) % SPLITS == 0:
        for i in range(SPLITS):
            preds = p[i * len(p) // SPLITS : (i + 1) * len(p) // SPLITS]
            with np.errstate(all="ignore"):
                kl = preds * (np.log(preds) - np.log(np.expand_dims(np.mean(preds, 0), 0)))
            # Theirs is no number where a probability is 0.
            assert np.isnan(kl).any() or np.isclose(np.exp(np.mean(np.sum(kl, 1))), found[i], rtol=1e-12)
    return np.array(found)


def main():
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else (
        here.parent.parent / "resources/setmeasures/inception_score.json")
    cases = []
    for seed, (kind, n, classes, gain) in enumerate(CASES, start=1):
        case = {"kind": kind, "n": n, "classes": classes, "gain": gain, "seed": seed}
        if n >= 2 * SPLITS:
            found = scores(softmax(features(kind, n, 0, classes, seed)[0].astype(np.float64) * gain, axis=1))
            case |= {"score": found.mean(), "std_err": found.std(ddof=1) / np.sqrt(SPLITS), "published": found.std()}
        cases.append(case)
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    target.write_text(json.dumps({"versions": versions, "cases": cases}, indent=0, allow_nan=False) + "\n")
    print(versions, *(f"{c['kind']} {c['n']}: {c.get('score')}" for c in cases), sep="\n")


if __name__ == "__main__":
    main()
