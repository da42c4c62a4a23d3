"""Oracle of super-pixel attribution: which trials attack what, masked attacks, and the regression.

Written from the project's documentation alone; shares no code with the Java implementation. Attacks run
in float64. Penalties are chosen with explicit hat matrices, ridge coefficients are scikit-learn's,
least squares are NumPy's lstsq.

    attribution_oracle.py --out ../../resources/oracle

Made with Python 3.11, PyTorch 2.13.0 (CPU), NumPy 2.4.6, SciPy 1.17.1, scikit-learn 1.9.1,
Pillow 12.3.0.
"""

import argparse
import json
import pathlib

import numpy as np
import scipy.stats
import sklearn
import torch
from sklearn.linear_model import Ridge

import noise
from score_oracle import Features, load_pixels

TRIALS_PURPOSE = "superpixel-trials"
POWERS = 2 - 0.25 * np.arange(33)


def draw_trials(image, seed, trials, count):
    """bool (trials, count): three to six super-pixels a trial, by seven uniform values a trial."""
    u = noise.uniforms(noise.stream_key(TRIALS_PURPOSE, seed, image), 7 * trials).reshape(-1, 7)
    chosen = np.zeros((trials, count), dtype=bool)
    for t in range(trials):
        places = list(range(count))
        for i in range(3 + int(4 * u[t, 0])):
            j = i + int((count - i) * u[t, 1 + i])
            places[i], places[j] = places[j], places[i]
            chosen[t, places[i]] = True
    return chosen


def masked_vulnerability(features, x, start, mask, alpha=0.01, steps=10, radius=1e-3):
    """V of Eq. 2-5 where only masked pixels may change; x and start (3, S, S), mask (S, S)."""
    x = x.unsqueeze(0)
    with torch.no_grad():
        origin = features(x)
    a = (x + radius * start * mask).clamp(0, 1)
    for _ in range(steps):
        a = a.detach().requires_grad_(True)
        ((features(a) - origin) ** 2).sum().backward()
        a = (a.detach() + alpha * a.grad.sign() * mask).clamp(0, 1)
    with torch.no_grad():
        return float(torch.linalg.norm(features(a) - origin))


def best_penalty(design, y):
    """The penalty of the grid with the smallest GCV, from hat matrices that hold the intercept."""
    n = len(y)
    centred = design - design.mean(axis=0)
    largest = np.linalg.norm(centred, 2) ** 2
    best = (np.inf, None)
    for power in POWERS:
        penalty = largest * 10.0**power
        inner = centred.T @ centred + penalty * np.eye(design.shape[1])
        hat = centred @ np.linalg.solve(inner, centred.T) + np.ones((n, n)) / n
        residual = y - hat @ y
        criterion = (residual @ residual / n) / (np.trace(np.eye(n) - hat) / n) ** 2
        if criterion < best[0]:
            best = (criterion, penalty)
    return best[1]


def regressions(design, y):
    design = design.astype(float)
    y = np.asarray(y)
    centred, centred_y = design - design.mean(axis=0), y - y.mean()
    penalty = best_penalty(design, y)
    ridge = Ridge(alpha=penalty, solver="cholesky").fit(design, y)
    shortest = np.linalg.lstsq(centred, centred_y, rcond=None)[0]
    return {
        "attacked": design.astype(int).tolist(),
        "y": y.tolist(),
        "penalty": penalty,
        "ridge": ridge.coef_.tolist(),
        "ridge_intercept": float(ridge.intercept_),
        "ridge_r_squared": float(ridge.score(design, y)),
        "least_norm": shortest.tolist(),
        "least_norm_intercept": float(y.mean() - design.mean(axis=0) @ shortest),
    }


def regression_cases():
    """Designs as trials make them, with made effects and noise; also degenerate ones."""
    random = np.random.default_rng(20)
    cases = {}
    for name, trials, count in [("paper", 20, 20), ("default", 80, 20), ("few", 12, 16)]:
        design = np.zeros((trials, count), dtype=bool)
        for row in design:
            row[random.choice(count, random.integers(3, 7), replace=False)] = True
        y = 1 + design @ random.gamma(1.0, 1.0, count) + 0.3 * random.standard_normal(trials)
        cases[name] = regressions(design, y)
    design = np.array(cases["default"]["attacked"], dtype=bool)
    y = np.array(cases["default"]["y"])
    never = design.copy()
    never[:, 4] = False
    never[:, 7] = True
    cases["never_and_always"] = regressions(never, y)
    twins = design.copy()
    twins[:, 3] = twins[:, 2]
    cases["twins"] = regressions(twins, y)
    return cases


def attacks(folder):
    """Trials and their vulnerabilities on one image cut into a grid of 4 x 4 squares.

    Of the test images one on which float32 takes the same path: every trial agrees within 6e-7. On
    others a trial in twenty has a gradient so near zero that its sign is rounding's, and V differs by up
    to 2e-2.
    """
    encoded = (folder / "images" / "mid_noise.png").read_bytes()
    image = noise.image_id(encoded)
    features = Features(folder / "tiny.pt", torch.float64)
    x = torch.from_numpy(load_pixels(encoded, 16)).double()
    labels = np.arange(16)[:, None] // 4 * 4 + np.arange(16)[None, :] // 4
    found = []
    for seed in (0, 7):
        start = torch.from_numpy(noise.attack_direction(image, seed, 16))
        chosen = draw_trials(image, seed, 24, 16)
        moved = [
            masked_vulnerability(features, x, start, torch.from_numpy(row[labels]).double())
            for row in chosen
        ]
        found.append({"seed": seed, **regressions(chosen, moved)})
    ridges = np.array([seed["ridge"] for seed in found])
    return {
        "image": "mid_noise.png",
        "image_id": image,
        "seeds": found,
        "mean": ridges.mean(axis=0).tolist(),
        "std": ridges.std(axis=0, ddof=1).tolist(),
        "spearman": float(scipy.stats.spearmanr(ridges[0], ridges[1]).statistic),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the folder of tiny.pt")
    folder = parser.parse_args().out
    torch.set_num_threads(1)
    golden = {
        "made_by": f"attribution_oracle.py, PyTorch {torch.__version__}, NumPy {np.__version__},"
        f" SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}",
        "attacks": attacks(folder),
        "regressions": regression_cases(),
    }
    with open(folder / "attribution_golden.json", "w", encoding="ascii") as out:
        json.dump(golden, out)
        out.write("\n")
