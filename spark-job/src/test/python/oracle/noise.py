"""The public noise stream of the Anomaly Score, version 1, in NumPy.

Every image has its own stream, keyed by the SHA-256 of its encoded file, so a score does not depend
on where, when or beside which other images it was computed. Written from the project's design, as an
oracle for the Java implementation; it shares no code with it.

Run it to print known values, or with ``--golden FILE`` to write them as JSON for the Java test.
Made with Python 3.11 and NumPy 2.4.6.
"""

import argparse
import hashlib
import json

import numpy as np

COMPLEXITY_NOISE = "complexity-noise"
ATTACK_START = "attack-start"

_GOLDEN_GAMMA = np.uint64(0x9E3779B97F4A7C15)


def image_id(encoded: bytes) -> str:
    """Lower-case hex SHA-256 of the encoded image file."""
    return hashlib.sha256(encoded).hexdigest()


def stream_key(purpose: str, seed: int, image: str, draw: int = 0) -> int:
    """First 8 bytes, big-endian, of the SHA-256 of the stream's ASCII name."""
    drawn = f"|draw={draw}" if draw > 0 else ""
    name = f"anomaly-score|1|{purpose}{drawn}|{seed}|{image}".encode("ascii")
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big")


def values(key: int, count: int) -> np.ndarray:
    """uint64 (count,): SplitMix64's finaliser of key + (i + 1) * golden gamma, modulo 2^64."""
    index = np.arange(1, count + 1, dtype=np.uint64)
    z = np.full(count, key, dtype=np.uint64) + index * _GOLDEN_GAMMA
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniforms(key: int, count: int) -> np.ndarray:
    """float64 (count,) in [0, 1), multiples of 2^-53."""
    return (values(key, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def gaussians(key: int, count: int) -> np.ndarray:
    """float64 (count,), standard normal by Box-Muller; an odd count drops the last sine."""
    pairs = uniforms(key, count + count % 2).reshape(-1, 2)
    radius = np.sqrt(-2.0 * np.log(1.0 - pairs[:, 0]))
    angle = 2.0 * np.pi * pairs[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]


def complexity_direction(
    image: str, seed: int, size: int, draw: int = 0, precision: str = "float32"
) -> np.ndarray:
    """n: (3, size, size) of unit L2 norm, elements in C, H, W order, rounded as the model wants."""
    g = gaussians(stream_key(COMPLEXITY_NOISE, seed, image, draw), 3 * size * size)
    return (g / np.sqrt(np.sum(g * g))).astype(precision).reshape(3, size, size)


def attack_direction(image: str, seed: int, size: int, draw: int = 0) -> np.ndarray:
    """u: float64 (3, size, size) uniform in [-1, 1), elements in C, H, W order."""
    u = uniforms(stream_key(ATTACK_START, seed, image, draw), 3 * size * size)
    return (2.0 * u - 1.0).reshape(3, size, size)


def golden() -> dict:
    image = image_id(b"abc")
    streams = []
    for purpose in (COMPLEXITY_NOISE, ATTACK_START):
        for seed, draw in ((0, 0), (7, 0), (0, 1), (7, 12)):
            key = stream_key(purpose, seed, image, draw)
            g = gaussians(key, 3072)
            streams.append(
                {
                    "purpose": purpose,
                    "seed": seed,
                    "draw": draw,
                    "key": f"{key:016x}",
                    "values": [f"{int(v):016x}" for v in values(key, 8)],
                    "uniforms": uniforms(key, 8).tolist(),
                    "gaussians": g[:8].tolist(),
                    "norm_of_3072_gaussians": float(np.sqrt(np.sum(g * g))),
                }
            )
    return {
        "made_by": f"noise.py, NumPy {np.__version__}",
        "image_bytes_ascii": "abc",
        "image_id": image,
        "streams": streams,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--golden", metavar="FILE", help="write the known values as JSON")
    arguments = parser.parse_args()
    text = json.dumps(golden(), indent=2)
    if arguments.golden:
        with open(arguments.golden, "w", encoding="ascii") as out:
            out.write(text + "\n")
    print(text)
