"""Oracle of complexity C (Eq. 1) and vulnerability V (Eq. 2-5) of "Anomaly Score", arXiv 2312.10634.

Written from the project's design alone, in Python, so that it shares no code with the Java
implementation. By default the whole model runs in float64: what differs from it by more than the
documented tolerance is a fault or rounding. Pixels and the direction n are rounded to the precision
that the feature model's card names: with --precision float64 to nothing.

    score_oracle.py --model MODEL.pt --images DIR [DIR ...] --out FILE.csv

Made with Python 3.11, PyTorch 2.13.0 (CPU), NumPy 2.4.6, Pillow 12.3.0.
"""

import argparse
import csv
import io
import pathlib
import sys
import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

import noise

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
COLUMNS = [
    "path",
    "image_id",
    "complexity",
    "vulnerability",
    "step_norm",
    "complexity_floor",
    "min_angle",
    "max_angle",
    "near_zero_gradients",
]

# Beside them with two or more draws; one draw says nothing of its error.
ERRORS = ["complexity_std_err", "vulnerability_std_err", "as_i_std_err"]


@dataclass(frozen=True)
class Profile:
    """Parameters of both measures; a ball of None leaves the attack unconstrained around x."""

    eps: float = 0.01
    steps: int = 10  # K: feature differences
    alpha: float = 0.01
    attack_steps: int = 10  # J
    start_radius: float = 1e-3  # r0
    ball: float | None = None
    ascends: bool = True
    noise_draws: int = 1  # that C is averaged over
    attack_draws: int = 1  # that V is averaged over

    def has_errors(self):
        return max(self.noise_draws, self.attack_draws) > 1


PROFILES = {
    "paper": Profile(),
    "authors-code": Profile(alpha=2 / 255, start_radius=1e-6, ball=8 / 255, ascends=False),
    "repeatable": Profile(
        eps=0.03, steps=2, alpha=0.03, attack_steps=2, noise_draws=5, attack_draws=4
    ),
}


class Features:
    """A TorchScript feature model at one precision: (B, 3, S, S) in [0, 1] to (B, D)."""

    def __init__(self, path, dtype, output_index=0):
        self._module = torch.jit.load(str(path), map_location="cpu").eval()
        self._module.to(dtype)
        for parameter in self._module.parameters():
            parameter.requires_grad_(False)
        self._dtype = dtype
        self._index = output_index

    def __call__(self, pixels):
        out = self._module(pixels.to(self._dtype))
        out = out[self._index] if isinstance(out, tuple) else out
        if out.dim() != 2:
            raise ValueError(f"features have rank {out.dim()}, expected 2 (batch, dimension)")
        return out

    def check_exact(self, size):
        """Refuse a module that rounds to float32 inside although it was converted to float64.

        A constant baked into a traced graph, or a cast in it, can escape ``to(float64)``. A step
        far below float32's resolution of a pixel (6e-8) then moves the features in jumps, or not at
        all; in true float64 twice the step moves them twice as far.
        """
        if self._dtype != torch.float64:
            return
        generator = torch.Generator().manual_seed(1)
        x = 0.25 + 0.5 * torch.rand(1, 3, size, size, generator=generator, dtype=torch.float64)
        d = torch.randn(1, 3, size, size, generator=generator, dtype=torch.float64)
        with torch.no_grad():
            base, once, twice = (self(x + step * d) for step in (0.0, 1e-10, 2e-10))
        error = torch.linalg.norm(twice - 2 * once + base) / torch.linalg.norm(twice - base)
        if base.dtype != torch.float64 or not error < 1e-3:
            raise ValueError(
                f"the module is not exact in float64: output {base.dtype}, deviation from linearity"
                f" over a step of 1e-10 is {float(error):.2g} (expected below 1e-3);"
                " look for casts to float32 in its graph"
            )


def load_pixels(encoded, size, precision="float32"):
    """(3, size, size) in [0, 1]: Pillow's RGB, squashed by its 8-bit bicubic filter, over 255."""
    image = Image.open(io.BytesIO(encoded)).convert("RGB")
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BICUBIC)
    levels = np.asarray(image, dtype=precision)
    return (levels / levels.dtype.type(255)).transpose(2, 0, 1)


def angles(differences):
    """Kahan's angles (radians) between neighbours of (..., K, D), in double: (..., K - 1)."""
    v = differences.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = v / np.linalg.norm(v, axis=-1, keepdims=True)
    a, b = unit[..., :-1, :], unit[..., 1:, :]
    return 2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))


def walk(x, directions, multiples, eps):
    """clip(x + k * eps * n, 0, 1) for each multiple k: (B, len(multiples), 3, S, S)."""
    k = torch.tensor(multiples, dtype=x.dtype).view(1, -1, 1, 1, 1)
    return (x.unsqueeze(1) + k * eps * directions.unsqueeze(1)).clamp(0, 1)


def complexity(features, x, directions, profile):
    """Per image: C, mean step norm, rounding floor, smallest and largest angle."""
    # A last, hundredfold smaller step: exact features move by 0.01 of a step, rounded ones do not.
    multiples = [float(k) for k in range(profile.steps + 1)] + [0.01]
    points = walk(x, directions, multiples, profile.eps)
    with torch.no_grad():
        f = features(points.flatten(0, 1)).double().numpy().reshape(*points.shape[:2], -1)
    differences = np.diff(f[:, :-1], axis=1)
    step_norm = np.linalg.norm(differences, axis=-1).mean(axis=-1)
    angle = angles(differences)
    with np.errstate(invalid="ignore", divide="ignore"):
        floor = np.linalg.norm(f[:, -1] - f[:, 0], axis=-1) / step_norm
    return angle.mean(axis=-1), step_norm, floor, angle.min(axis=-1), angle.max(axis=-1)


def vulnerability(features, x, starts, profile):
    """Per image: V, and over all attack steps the number of gradients under 1e-6 of their RMS."""
    with torch.no_grad():
        origin = features(x)
    a = (x + profile.start_radius * starts).clamp(0, 1)
    near_zero = torch.zeros(len(x), dtype=torch.int64)
    for _ in range(profile.attack_steps):
        a = a.detach().requires_grad_(True)
        # Images do not meet inside the model, so one backward pass of the sum serves the batch.
        ((features(a) - origin) ** 2).sum().backward()
        gradient = a.grad
        rms = gradient.pow(2).mean(dim=(1, 2, 3), keepdim=True).sqrt()
        near_zero += (gradient.abs() < 1e-6 * rms).sum(dim=(1, 2, 3))
        sign = gradient.sign()
        a = a.detach() + (profile.alpha if profile.ascends else -profile.alpha) * sign
        if profile.ball is not None:
            a = torch.minimum(torch.maximum(a, x - profile.ball), x + profile.ball)
        a = a.clamp(0, 1)
    with torch.no_grad():
        moved = (features(a) - origin).double().numpy()
    return np.linalg.norm(moved, axis=-1), near_zero.numpy()


def standard_error(draws):
    """Of the mean over draws (R, B): (B,); NaN with one draw."""
    if len(draws) < 2:
        return np.full(draws.shape[1], np.nan)
    return draws.std(axis=0, ddof=1) / np.sqrt(len(draws))


def standard_errors(c, v):
    """Of the means over draws (R, B) of C, of V, and of mean V / mean C by the delta method: (B,) each."""
    c_err, v_err = standard_error(c), standard_error(v)
    c_mean, v_mean = c.mean(axis=0), v.mean(axis=0)
    # The draws of C and of V come from different streams: no covariance.
    return c_err, v_err, np.sqrt(v_err**2 / c_mean**2 + v_mean**2 * c_err**2 / c_mean**4)


def score(features, pixels, image_ids, profile, seed, dtype):
    """Rows (without the path) of images (B, 3, S, S); NaN where undefined.

    The direction n is rounded to the pixels' type. C, V and the step norm are means over the draws, the floor is the
    first draw's, the angles' extremes and the count are over all draws.
    """
    size = pixels.shape[-1]
    x = torch.from_numpy(pixels).to(dtype)
    walks, attacks = [], []
    for draw in range(profile.noise_draws):
        n = np.stack([noise.complexity_direction(i, seed, size, draw, pixels.dtype) for i in image_ids])
        walks.append(complexity(features, x, torch.from_numpy(n).to(dtype), profile))
    for draw in range(profile.attack_draws):
        u = np.stack([noise.attack_direction(i, seed, size, draw) for i in image_ids])
        attacks.append(vulnerability(features, x, torch.from_numpy(u).to(dtype), profile))
    c, step, floor, low, high = (np.stack(column) for column in zip(*walks))
    v, near_zero = (np.stack(column) for column in zip(*attacks))
    means = (c.mean(axis=0), v.mean(axis=0), step.mean(axis=0), floor[0])
    rows = [image_ids, *means, low.min(axis=0), high.max(axis=0), near_zero.sum(axis=0)]
    if profile.has_errors():
        rows += standard_errors(c, v)
    return list(zip(*rows))


def find_images(roots):
    """Image files under each root, in order of their path within it, roots in the order given."""
    found = []
    for root in map(pathlib.Path, roots):
        inside = [root] if root.is_file() else root.rglob("*")
        found += sorted(p.absolute() for p in inside if p.suffix.lower() in SUFFIXES)
    return found


def write_scores(arguments):
    torch.set_num_threads(arguments.threads)
    dtype = getattr(torch, arguments.dtype)
    features = Features(arguments.model, dtype, arguments.output_index)
    features.check_exact(arguments.size)
    paths = find_images(arguments.images)[: arguments.limit]
    profile = PROFILES[arguments.profile]
    if arguments.draws:
        profile = replace(profile, noise_draws=arguments.draws, attack_draws=arguments.draws)
    began = time.time()
    with open(arguments.out, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS + (ERRORS if profile.has_errors() else []))
        for first in range(0, len(paths), arguments.batch):
            chosen = paths[first : first + arguments.batch]
            encoded = [p.read_bytes() for p in chosen]
            pixels = np.stack([load_pixels(e, arguments.size, arguments.precision) for e in encoded])
            ids = [noise.image_id(e) for e in encoded]
            rows = score(features, pixels, ids, profile, arguments.seed, dtype)
            for path, row in zip(chosen, rows):
                name = path.relative_to(arguments.relative_to) if arguments.relative_to else path
                writer.writerow([name.as_posix(), *(str(value) for value in row)])
            out.flush()
            done = first + len(chosen)
            print(f"{done}/{len(paths)} images, {time.time() - began:.0f} s", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", required=True, nargs="+", help="folders or files")
    parser.add_argument("--out", required=True)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="paper")
    parser.add_argument("--dtype", choices=["float64", "float32"], default="float64")
    parser.add_argument(
        "--precision",
        choices=["float32", "float64"],
        default="float32",
        help="what pixels and n are rounded to, as the feature model's card says (default: float32)",
    )
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--output-index", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draws", type=int, help="of C and of V (default: those of the profile)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--relative-to", help="write paths relative to this folder")
    arguments = parser.parse_args()
    if arguments.relative_to:
        arguments.relative_to = pathlib.Path(arguments.relative_to).absolute()
    write_scores(arguments)


if __name__ == "__main__":
    main()
