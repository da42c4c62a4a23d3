"""Sets the measures of a benchmark beside other numbers of the same generators, such as published FIDs.

Usage: python compare_with_fid.py TABLES NAME=FID [NAME=FID ...]

Reads the newest row of `evaluations` of each generator; prints them by rising FID, and Spearman's
correlation of each measure with the FIDs (SciPy, two-sided p).

Made with Python 3.11, pandas 3.0, SciPy 1.17.1.
"""

import sys

import pandas
from scipy.stats import spearmanr

MEASURES = ["anomaly_score", "ks_complexity", "ks_vulnerability", "frechet_distance", "kernel_distance",
            "precision", "recall", "density", "coverage"]

fids = dict(pair.rsplit("=", 1) for pair in sys.argv[2:])
rows = pandas.read_parquet(f"{sys.argv[1]}/evaluations")
rows = rows.sort_values("evaluated_at").groupby("dataset").last().loc[list(fids)]
rows["fid"] = [float(fids[name]) for name in rows.index]
rows = rows.sort_values("fid")[["fid", "n", *MEASURES]]
print(rows.to_string(float_format=lambda v: f"{v:.4g}"))
for name in MEASURES:
    rho, p = spearmanr(rows[name], rows["fid"])
    print(f"{name:17} Spearman with FID {rho:+.3f} (p {p:.3g}), {rows[name].notna().sum()} generators")
