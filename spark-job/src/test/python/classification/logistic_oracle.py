"""Expected answers of the logistic regression, for FeatureClassifierTest.

Usage: python logistic_oracle.py    (writes ../../resources/classification/logistic.json)

scikit-learn with its default penalty (C = 1) on random features of two and of three classes. The
versions stand in the file.
"""

import json
import pathlib
import platform

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression


def case(classes, n, dimension, seed):
    random = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    features = np.round(random.normal(size=(n, dimension)) + 0.4 * labels[:, None], 3)
    train, test = slice(n // 3, None), slice(0, n // 3)
    model = LogisticRegression(tol=1e-12, max_iter=10_000).fit(features[train], labels[train])
    decision = model.decision_function(features[test])
    # Differences from the first class: the binary form has but one number.
    raw = np.stack([np.zeros(len(decision)), decision], 1) if classes == 2 else decision - decision[:, :1]
    return {
        "classes": classes,
        "train": [{"label": int(label), "features": row} for label, row
                  in zip(labels[train], features[train].tolist())],
        "test": [{"raw": raw_row, "features": row} for raw_row, row in zip(raw.tolist(), features[test].tolist())],
    }


def main():
    target = pathlib.Path(__file__).resolve().parents[2] / "resources/classification/logistic.json"
    content = {
        "versions": f"Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn {sklearn.__version__}",
        "cases": [case(2, 60, 4, 1), case(3, 60, 5, 2), case(2, 30, 40, 3)],
    }
    target.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
