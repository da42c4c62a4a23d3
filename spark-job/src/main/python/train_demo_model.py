#!/usr/bin/env python3
"""Trains the feature model of the demo, a small convolutional network, on drawn scenes.

How to rebuild the committed files, from the root of the repository:

    ./mvnw -q -B -pl spark-job -am compile dependency:build-classpath \\
      -Dmdep.outputFile=target/classpath
    draw() {
      java -cp spark-job/target/classes:"$(cat spark-job/target/classpath)" \\
        org.anomalyscore.demo.DrawScenes "$@"
    }
    draw target/scenes/train 20260101 8000
    draw target/scenes/test 20260102 1000
    python3 spark-job/src/main/python/train_demo_model.py \\
      --train target/scenes/train --test target/scenes/test \\
      --out spark-job/src/main/resources/org/anomalyscore/demo \\
      --golden spark-job/src/test/resources/org/anomalyscore/demo/demo-scenes.features.txt

The network learns the scene's class (kind of main object x texture); what is saved is the part up
to the pooled features, with pixel normalisation inside and the batch norms folded into the
convolutions. It needs PyTorch, NumPy and Pillow; the committed files were made with PyTorch
2.13.0 (CPU), NumPy 2.4.6 and Pillow 12.3.0 on x86-64, in 80 s of one core. Seeded: the
same versions, processor and number of threads give the same file; elsewhere the weights differ in
rounding, so that a new SHA-256 with an equal accuracy is no fault. It goes into the card.

--golden writes the features of the first test scenes as text; the test DemoModelTest compares
Java's features with them.
"""

import argparse
import hashlib
import pathlib
import sys
import time
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

NAME = "demo-scenes"
SIZE = 64
CLASSES = 9
DIMENSION = 64
# (channels in, channels out, stride). Strides come early, so that scoring an image, about forty
# passes, stays cheap: 8 million multiplications a pass.
LAYERS = [(3, 16, 2), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, DIMENSION, 1)]


class Features(nn.Module):
    """RGB in [0, 1] of shape (N, 3, 64, 64) to features of shape (N, 64)."""

    def __init__(self):
        super().__init__()
        layers = []
        for channels_in, channels_out, stride in LAYERS:
            kernel = 5 if channels_in == 3 else 3
            layers += [
                nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2),
                nn.BatchNorm2d(channels_out),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels):
        normalised = (pixels - 0.5) / 0.25
        return self.layers(normalised).mean(dim=(2, 3))


def read_scenes(folder):
    """Reads FOLDER/LABEL/*.png: pixels uint8 (N, 3, 64, 64), labels int64 (N)."""
    files = sorted(folder.glob("*/*.png"))
    if not files:
        sys.exit(f"No scenes in {folder}: wanted LABEL/*.png there. Draw them with DrawScenes first.")
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    if pixels.shape[1:] != (SIZE, SIZE, 3):
        sys.exit(f"The scenes in {folder} are {pixels.shape[1:]}, wanted {(SIZE, SIZE, 3)}.")
    labels = torch.tensor([int(file.parent.name) for file in files])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), labels, files


def train(features, classifier, pixels, labels, arguments):
    parameters = [*features.parameters(), *classifier.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=arguments.rate, weight_decay=0.02)
    steps = arguments.epochs * (len(pixels) // arguments.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, arguments.rate, total_steps=steps)
    for epoch in range(arguments.epochs):
        order = torch.randperm(len(pixels))
        losses = []
        for start in range(0, len(pixels) - arguments.batch + 1, arguments.batch):
            chosen = order[start : start + arguments.batch]
            batch = pixels[chosen].float() / 255
            if torch.rand(()) < 0.5:
                batch = batch.flip(3)
            loss = nn.functional.cross_entropy(classifier(features(batch)), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}/{arguments.epochs}: loss {np.mean(losses):.4f}", flush=True)


def folded(features):
    """The same function without batch norms and without gradients of the weights."""
    layers = list(features.eval().layers)
    kept = []
    for i in range(0, len(layers), 3):
        kept += [fuse_conv_bn_eval(layers[i], layers[i + 1]), layers[i + 2]]
    features.layers = nn.Sequential(*kept)
    return features.eval().requires_grad_(False)


def accuracy(features, classifier, pixels, labels):
    with torch.no_grad():
        guesses = [
            classifier(features(pixels[i : i + 100].float() / 255)).argmax(1)
            for i in range(0, len(pixels), 100)
        ]
    return (torch.cat(guesses) == labels).double().mean().item()


def save(traced, file):
    """Saves the module without what depends on the machine: the same weights give the same bytes.

    PyTorch adds debug files that hold the paths of the sources on this machine, a checksum over
    them, and nothing else that a reader needs.
    """
    traced.save(str(file))
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            if not name.endswith((".debug_pkl", "/.data/serialization_id")):
                archive.writestr(zipfile.ZipInfo(name), content)


def card(sha256, test_accuracy):
    return f"""\
# Feature model card. Pixels in: float64 RGB in [0, 1], N x 3 x size x size; normalisation is inside the module.
name: {NAME}
input:
  size: {SIZE}
  resize: squash          # squash | shorter-side (then centre crop to size)
  filter: bicubic         # Pillow's 8-bit bicubic | bilinear | box | lanczos
output:
  index: 0                # which element, where the module returns a tuple
  dimension: {DIMENSION}
precision: float64        # so that the demo's table is the same on every type of CPU
sha256: {sha256}
source: trained on scenes that this project draws, by train_demo_model.py ({100 * test_accuracy:.1f} % test accuracy, {CLASSES} classes)
licence: Apache-2.0
"""


def write_golden(file, features, pixels, files, count):
    rows = [f"# PyTorch {torch.__version__}, test scenes of seed 20260102: index, then {DIMENSION} features"]
    by_index = sorted(range(len(files)), key=lambda i: int(files[i].stem))[:count]
    for i in by_index:
        with torch.no_grad():
            values = features(pixels[i : i + 1].double() / 255)[0]
        rows.append(" ".join([str(int(files[i].stem)), *(f"{value:.9g}" for value in values.tolist())]))
    file.write_text("\n".join(rows) + "\n")


def main():
    parser = argparse.ArgumentParser(
        description="Trains the demo's feature model.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--train", type=pathlib.Path, required=True, help="folder of drawn scenes, LABEL/*.png")
    parser.add_argument("--test", type=pathlib.Path, required=True, help="folder of other drawn scenes")
    parser.add_argument("--out", type=pathlib.Path, required=True, help=f"folder for {NAME}.pt and {NAME}.yaml")
    parser.add_argument("--golden", type=pathlib.Path, help="file for the features of the first 8 test scenes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch; part of what decides the rounding")
    arguments = parser.parse_args()

    began = time.monotonic()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    torch.use_deterministic_algorithms(True)
    pixels, labels, _ = read_scenes(arguments.train)
    test_pixels, test_labels, test_files = read_scenes(arguments.test)

    features, classifier = Features(), nn.Linear(DIMENSION, CLASSES)
    train(features, classifier, pixels, labels, arguments)
    features = folded(features)
    test_accuracy = accuracy(features, classifier, test_pixels, test_labels)

    arguments.out.mkdir(parents=True, exist_ok=True)
    file = arguments.out / f"{NAME}.pt"
    # Trained in float32, used in float64: the weights are the same numbers.
    traced = torch.jit.trace(features.double(), torch.rand(2, 3, SIZE, SIZE, dtype=torch.float64))
    save(traced, file)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    (arguments.out / f"{NAME}.yaml").write_text(card(sha256, test_accuracy))
    if arguments.golden:
        write_golden(arguments.golden, features, test_pixels, test_files, 8)
    print(
        f"test accuracy {test_accuracy:.4f} on {len(test_labels)} scenes; "
        f"{time.monotonic() - began:.0f} s; {file.stat().st_size} bytes; sha256 {sha256}"
    )


if __name__ == "__main__":
    main()
