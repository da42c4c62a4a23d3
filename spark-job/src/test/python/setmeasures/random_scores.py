"""Writes a scores table of random features, to time `evaluate` without scoring a million images.

Usage: python random_scores.py OUT ROWS DIMENSION

Two data sets, real and generated, of ROWS images each under one configuration. Features are those of
a rectified normal distribution, generated ones a little shifted. Then:

    bin/anomaly-score evaluate --scores OUT --reference real --generated generated --allow-incomplete \\
        --permutations 0 --resamples 0

Made with Python 3.11, NumPy 2.4.6, PyArrow 25.0.
"""

import datetime
import hashlib
import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

out, rows, dimension = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(0)
now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
for dataset, shift in (("real", 0.0), ("generated", 0.1)):
    folder = out / "scores" / "config_id=random" / f"dataset={dataset}"
    folder.mkdir(parents=True)
    features = np.maximum(random.standard_normal((rows, dimension), dtype=np.float32) + np.float32(shift), 0)
    c, v = random.uniform(0.1, 0.2, rows), random.uniform(10, 20, rows)
    names = [f"{dataset}/{i}" for i in range(rows)]
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * dimension)
    table = pa.table({
        "image_id": [hashlib.sha256(name.encode()).hexdigest() for name in names],
        "path": names,
        "width": pa.array(np.full(rows, 32, np.int32)),
        "height": pa.array(np.full(rows, 32, np.int32)),
        "complexity": c,
        "vulnerability": v,
        "as_i": v / c,
        "step_norm": np.full(rows, 0.1),
        "complexity_floor": np.full(rows, 0.01),
        "features": pa.ListArray.from_arrays(offsets, pa.array(features.ravel())),
        "model": ["random"] * rows,
        "run_id": ["random"] * rows,
        "scored_at": pa.array([now] * rows, pa.timestamp("us", "UTC")),
    })
    pq.write_table(table, folder / "part-0.snappy.parquet", row_group_size=10_000)
