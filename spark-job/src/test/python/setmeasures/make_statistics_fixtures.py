"""Files of mean and covariance as NumPy writes them, for PublishedReferenceTest.

Usage: python make_statistics_fixtures.py [FOLDER]    (default: ../../resources/setmeasures)

The reference of the case "copies" of set_measures_oracle.py, and its Fréchet distance from that case's
generated set by SciPy's sqrtm, as pytorch-fid computes it: its covariances are far from singular, as those
of the case "mixed" are not, where sqrtm loses digits. The versions stand in statistics.json.
"""

import json
import pathlib
import platform
import sys

import numpy as np
import scipy
from scipy.linalg import sqrtm

from set_measures_oracle import CASES, features


def main():
    here = pathlib.Path(__file__).resolve().parent
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent.parent / "resources/setmeasures"
    x, y = (v.astype(np.float64) for v in features(*next(case for case in CASES if case[0] == "copies"), seed=1))
    mu, sigma = x.mean(0), np.cov(x, rowvar=False)
    np.savez(target / "statistics.npz", mu=mu, sigma=sigma)
    np.savez_compressed(target / "statistics-odd.npz", mu_s=np.arange(3.0), mu=mu.astype(">f8"),
                        sigma=np.asfortranarray(sigma), classes=np.array(["cat"]))
    np.savez(target / "statistics-float32.npz", mu=mu.astype(np.float32), sigma=sigma.astype(np.float32))
    np.savez(target / "statistics-whole-numbers.npz", mu=np.arange(3), sigma=np.eye(3))
    np.savez(target / "statistics-no-sigma.npz", mu=mu)
    np.savez(target / "statistics-shapes.npz", mu=mu, sigma=sigma[:3, :3])
    np.savez(target / "statistics-nan.npz", mu=mu * np.nan, sigma=sigma)
    np.savez(target / "statistics-lopsided.npz", mu=mu, sigma=np.triu(sigma))
    shift = mu - y.mean(0)
    other = np.cov(y, rowvar=False)
    frechet = shift @ shift + np.trace(sigma) + np.trace(other) - 2 * np.trace(sqrtm(sigma @ other)).real
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    (target / "statistics.json").write_text(json.dumps({"versions": versions, "frechet": frechet}) + "\n")
    print(versions, frechet)


if __name__ == "__main__":
    main()
