"""Makes the small feature models, images and expected scores of the Java tests' oracle folder.

    make_test_models.py --out ../../resources/oracle

Writes TorchScript models with cards, 12 images, and float64 results of score_oracle.py; see README.md
beside this script for what each is for. Every model takes (B, 3, 16, 16) pixels in [0, 1].

Made with Python 3.11, PyTorch 2.13.0 (CPU), NumPy 2.4.6, Pillow 12.3.0. The models use only
operators whose schemas are old, so that libtorch 2.7.1 reads them. Archives are rewritten without
debug records and source comments: these name files of the machine that made them, and without them
the same script gives the same bytes and so the same SHA-256.
"""

import argparse
import csv
import dataclasses
import hashlib
import io
import json
import math
import pathlib
import re
import warnings
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn

import noise
import score_oracle

SIZE = 16
DIMENSION = 16


class Tiny(nn.Module):
    """Two smooth convolutions; gains well above the usual so that 0.01 in pixels bends features."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.first = nn.Conv2d(3, 12, 3, padding=1)
        self.second = nn.Conv2d(12, DIMENSION, 3, stride=2, padding=1)
        generator = torch.Generator().manual_seed(20240617)
        for layer, gain in ((self.first, GAINS[0]), (self.second, GAINS[1])):
            fan_in = layer.weight[0].numel()
            weight = torch.randn(layer.weight.shape, generator=generator)
            layer.weight.data = weight * (gain / math.sqrt(fan_in))
            layer.bias.data = torch.randn(layer.bias.shape, generator=generator) * 0.5

    def map(self, x):
        hidden = nn.functional.gelu(self.first((x - self.mean) / self.std))
        return torch.tanh(self.second(hidden))

    def forward(self, x):
        return self.map(x).mean((2, 3))


GAINS = (6.0, 4.0)


class TinyTuple(Tiny):
    """(features, logits): the logits are the first four features, sharpened."""

    def forward(self, x):
        features = super().forward(x)
        return features, features[:, :4] * 10.0


class TinyOutputs(Tiny):
    """(features, logits, three channels of the map): all that a card can name."""

    def forward(self, x):
        places = self.map(x)
        features = places.mean((2, 3))
        return features, features[:, :4] * 10.0, places[:, :3]


class TinyMap(Tiny):
    """Rank 4 (B, 16, 8, 8); its spatial mean is Tiny's output."""

    def forward(self, x):
        return self.map(x)


class TinyTokens(Tiny):
    """Rank 3 (B, 65, 16): token 0 is Tiny's output, the others the map's places times three."""

    def forward(self, x):
        places = self.map(x)
        first = places.mean((2, 3)).unsqueeze(1)
        return torch.cat([first, places.flatten(2).transpose(1, 2) * 3.0], 1)


class Rank1(nn.Module):
    """(B,): no feature axis."""

    def forward(self, x):
        return x.mean((1, 2, 3))


class Scalar(nn.Module):
    """(): the batch axis is gone as well."""

    def forward(self, x):
        return x.mean()


class Constant(nn.Module):
    """The same features for every image, joined to the graph so that a gradient (zero) exists."""

    def forward(self, x):
        return x.flatten(1)[:, :8] * 0.0 + 0.5


class NanWhenDark(Tiny):
    """Adds log(mean - 0.5) as a 17th feature: NaN for an image darker than mid-grey."""

    def forward(self, x):
        bright = torch.log(x.mean((1, 2, 3)) - 0.5)
        return torch.cat([super().forward(x), bright.unsqueeze(1)], 1)


class RoundsInside(Tiny):
    """Takes and gives float64, but computes in float32."""

    def forward(self, x):
        return super().forward(x.float()).double()


class Linear(nn.Module):
    """A fixed linear map: all v_k are parallel where nothing clips, so C is rounding only."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(5)
        self.register_buffer("weight", torch.randn(3 * (SIZE // 4) ** 2, 8, generator=generator))

    def forward(self, x):
        return torch.mm(nn.functional.avg_pool2d(x, 4).flatten(1), self.weight)


class Circle(nn.Module):
    """(cos wm, sin wm), m = <d, x - 0.5>, d a unit chequerboard.

    Where nothing clips: C = w eps |<d, n>|, since each step turns the chord by that angle; and the
    attack moves m by J alpha sum|d| away from its start, which gives V as a chord.
    """

    def __init__(self, frequency):
        super().__init__()
        self.frequency = frequency
        self.register_buffer("direction", torch.from_numpy(chequer().astype(np.float32)))

    def forward(self, x):
        m = ((x - 0.5) * self.direction).sum((1, 2, 3)) * self.frequency
        return torch.stack([torch.cos(m), torch.sin(m)], 1)


def chequer():
    c, h, w = np.indices((3, SIZE, SIZE))
    return (1.0 - 2.0 * ((c + h + w) % 2)) / math.sqrt(3 * SIZE * SIZE)


# name: (module, feature dimension, lines of the card's output section)
CIRCLE_FREQUENCY = {"circle_fast": 1000.0, "circle_slow": 1.0}
MODELS = {
    "tiny": (Tiny, DIMENSION, []),
    "tiny_tuple": (TinyTuple, DIMENSION, []),
    "tiny_outputs": (TinyOutputs, DIMENSION, ["logits: 1", "spatial: 2"]),
    "tiny_map": (TinyMap, DIMENSION, ["pooling: mean"]),
    "tiny_tokens": (TinyTokens, DIMENSION, ["pooling: first"]),
    "rank1": (Rank1, 1, []),
    "scalar": (Scalar, 1, []),
    "constant": (Constant, 8, []),
    "nan_when_dark": (NanWhenDark, DIMENSION + 1, []),
    "linear": (Linear, 8, []),
    **{
        name: (lambda frequency=frequency: Circle(frequency), 2, [])
        for name, frequency in CIRCLE_FREQUENCY.items()
    },
    "tiny_float64": (lambda: Tiny().double(), DIMENSION, []),
    "rounds_inside": (RoundsInside, DIMENSION, []),
}


FLOAT64 = {"tiny_float64", "rounds_inside"}


def reproducible_archive(module):
    """The TorchScript archive's bytes without debug records, their hash, comments and times."""
    saved = io.BytesIO()
    torch.jit.save(module, saved)
    out = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith((".debug_pkl", "/.data/serialization_id")) or "/traced_inputs" in name:
                continue
            if "/code/" in name and name.endswith(".py"):
                data = re.sub(rb"[ \t]*#[^\n]*", b"", data)
            inside = "model/" + name.split("/", 1)[1]
            target.writestr(zipfile.ZipInfo(inside, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def write_models(out):
    for name, (make, dimension, output_lines) in MODELS.items():
        module = make().eval()
        for parameter in module.parameters():
            parameter.requires_grad_(False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            dtype = torch.float64 if name in FLOAT64 else torch.float32
            traced = torch.jit.trace(module, torch.rand(2, 3, SIZE, SIZE, dtype=dtype))
        archive = reproducible_archive(traced)
        (out / f"{name}.pt").write_bytes(archive)
        card = [
            f"name: test-{name.replace('_', '-')}",
            "input:",
            f"  size: {SIZE}",
            "  resize: squash",
            "  filter: bicubic",
            "output:",
            "  index: 0",
            *(f"  {line}" for line in output_lines),
            f"  dimension: {dimension}",
            *(["precision: float64"] if name in FLOAT64 else []),
            f"sha256: {hashlib.sha256(archive).hexdigest()}",
            f"source: made by make_test_models.py, PyTorch {torch.__version__}; random weights",
            "licence: Apache-2.0",
        ]
        (out / f"{name}.yaml").write_text("\n".join(card) + "\n", encoding="ascii")


def draw_images():
    """name: PIL image. Those called mid_* stay within levels 52 to 203, so that nothing clips."""
    random = np.random.Generator(np.random.PCG64(11))

    def waves(width, height, low, high, phase):
        c, y, x = np.indices((3, height, width))
        wave = np.sin(x * (0.5 + 0.2 * c) + phase) * np.cos(y * 0.4 - c + phase)
        return low + (high - low) * (wave + 1) / 2

    def shapes(width, height):
        y, x = np.indices((height, width))
        canvas = np.stack([x * 255 / width, y * 255 / height, (x + y) % 32 * 8.0])
        canvas[:, (x - width / 3) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2] = [
            [250], [30], [60],
        ]
        canvas[:, 1 : height // 3, width // 2 : width - 2] = np.array([20, 90, 255])[:, None, None]
        return canvas

    def picture(levels):
        return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8).transpose(1, 2, 0))

    c, y, x = np.indices((3, SIZE, SIZE))
    with_alpha = picture(shapes(24, 24)).convert("RGBA")
    with_alpha.putalpha(picture(waves(24, 24, 0, 255, 2.0)).convert("L"))
    return {
        "mid_gradient": picture(60 + 4 * x + 4 * y + 6 * c),
        "mid_waves": picture(waves(SIZE, SIZE, 55, 200, 0.3)),
        "mid_noise": picture(random.integers(52, 204, (3, SIZE, SIZE))),
        "mid_noise_soft": picture(random.integers(110, 146, (3, SIZE, SIZE))),
        "saturated_chequer": picture(255.0 * ((x // 4 + y // 4 + c) % 2)),
        "dark": picture(waves(SIZE, SIZE, 0, 70, 1.0)),
        "bright": picture(waves(SIZE, SIZE, 190, 255, 1.7)),
        "alpha_24x24": with_alpha,
        "shapes_20x31": picture(shapes(20, 31)),
        "shapes_64x48": picture(shapes(64, 48)),
        "small_8x8": picture(waves(8, 8, 10, 250, 0.0)),
        "grey_33x17": picture(shapes(33, 17)).convert("L"),
    }


# The authors' profile starts 1e-6 from x, where float32's first gradient is rounding, so that its V
# can only be compared loosely; the same walk from 1e-3 can be compared to 1e-4. It turns back
# towards x and never meets its ball; the ascending walk does.
AUTHORS = score_oracle.PROFILES["authors-code"]
SCORED = {
    "paper": score_oracle.PROFILES["paper"],
    "authors_code": AUTHORS,
    "authors_code_from_1e-3": dataclasses.replace(AUTHORS, start_radius=1e-3),
    "ball_ascending": dataclasses.replace(AUTHORS, start_radius=1e-3, ascends=True),
}


FLOAT64_PROFILES = ["paper", "authors_code", "ball_ascending"]


def encoded_images(out):
    folder = out / "images"
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*.png"))}


def write_images(out):
    (out / "images").mkdir(exist_ok=True)
    for name, image in draw_images().items():
        image.save(out / "images" / f"{name}.png", optimize=True)


def write_scores(out):
    images = encoded_images(out)
    pixels = np.stack([score_oracle.load_pixels(e, SIZE) for e in images.values()])
    ids = [noise.image_id(e) for e in images.values()]
    features = score_oracle.Features(out / "tiny.pt", torch.float64)
    features.check_exact(SIZE)
    for name, profile in SCORED.items():
        rows = score_oracle.score(features, pixels, ids, profile, 0, torch.float64)
        with open(out / f"tiny_scores_{name}.csv", "w", newline="", encoding="ascii") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(score_oracle.COLUMNS)
            for path, row in zip(images, rows):
                writer.writerow([f"images/{path}", *(str(value) for value in row)])


def write_float64_scores(out):
    """Of tiny_float64, whose pixels and noise nobody rounds, under each profile in one file."""
    images = encoded_images(out)
    pixels = np.stack([score_oracle.load_pixels(e, SIZE, "float64") for e in images.values()])
    ids = [noise.image_id(e) for e in images.values()]
    features = score_oracle.Features(out / "tiny_float64.pt", torch.float64)
    features.check_exact(SIZE)
    with open(out / "tiny_float64_scores.csv", "w", newline="", encoding="ascii") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["profile", *score_oracle.COLUMNS])
        for profile in FLOAT64_PROFILES:
            rows = score_oracle.score(features, pixels, ids, SCORED[profile], 0, torch.float64)
            for path, row in zip(images, rows):
                writer.writerow([profile, f"images/{path}", *(str(value) for value in row)])


def write_features(out):
    """float64 output of each model, as returned (a tuple's first element), on two images."""
    images = encoded_images(out)
    chosen = ["bright.png", "shapes_20x31.png"]
    pixels = np.stack([score_oracle.load_pixels(images[n], SIZE) for n in chosen])
    known = {}
    for name in MODELS:
        module = torch.jit.load(str(out / f"{name}.pt")).to(torch.float64)
        with torch.no_grad():
            returned = module(torch.from_numpy(pixels).double())
        result = returned[0] if isinstance(returned, tuple) else returned
        entry = {"shape": list(result.shape)}
        if result.dim() == 2:
            # JSON knows no NaN; null stands for it.
            entry["features"] = [
                [None if math.isnan(v) else v for v in row] for row in result.tolist()
            ]
        if name == "tiny_outputs":
            entry["logits"] = returned[1].tolist()
            # Position by position, as TensorFlow's tools flatten a layer.
            entry["spatial"] = returned[2].permute(0, 2, 3, 1).flatten(1).tolist()
        if name == "tiny_tokens":
            entry["pooled_first"] = result[:, 0].tolist()
            entry["pooled_mean"] = result.mean(1).tolist()
        if name == "tiny_map":
            entry["pooled_mean"] = result.mean((2, 3)).tolist()
        known[name] = entry
    document = {"images": chosen, "models": known}
    (out / "model_features.json").write_text(json.dumps(document, indent=1) + "\n", "ascii")


def write_circle(out):
    """Closed forms for the circle models (no model is run) on the images that never clip."""
    profile = score_oracle.PROFILES["paper"]
    d = chequer()
    rows = []
    for path, encoded in encoded_images(out).items():
        if not path.startswith("mid_"):
            continue
        image = noise.image_id(encoded)
        along_noise = abs(float(np.sum(d * noise.complexity_direction(image, 0, SIZE))))
        start = profile.start_radius * float(np.sum(d * noise.attack_direction(image, 0, SIZE)))
        reach = profile.attack_steps * profile.alpha * float(np.sum(np.abs(d)))
        fast, slow = CIRCLE_FREQUENCY["circle_fast"], CIRCLE_FREQUENCY["circle_slow"]
        turn = fast * profile.eps * along_noise
        phase = slow * (start + math.copysign(reach, start))
        # Beyond half a turn an angle is no longer the turn, nor the farther phase the farther point.
        if not (turn < math.pi and abs(phase) < math.pi):
            raise ValueError(f"{path}: closed form does not hold (turn {turn}, phase {phase})")
        chords = [2 * math.sin(turn / 2), 2 * abs(math.sin(phase / 2))]
        rows.append([f"images/{path}", image, turn, *chords])
    with open(out / "circle_closed_form.csv", "w", newline="", encoding="ascii") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(
            ["path", "image_id", "fast_complexity", "fast_step_norm", "slow_vulnerability"]
        )
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument(
        "--keep-images",
        action="store_true",
        help="do not redraw the PNGs: another zlib packs the same pixels into other bytes,"
        " which changes every image_id and so every score",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_models(arguments.out)
    if not arguments.keep_images:
        write_images(arguments.out)
    write_scores(arguments.out)
    write_float64_scores(arguments.out)
    write_features(arguments.out)
    write_circle(arguments.out)


if __name__ == "__main__":
    main()
