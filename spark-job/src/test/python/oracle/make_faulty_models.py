"""Makes feature models that must be refused, each with the fault of its name.

    make_faulty_models.py --out ../../resources/faulty

Made with Python 3.11 and PyTorch 2.13.0 (CPU). Every model takes (B, 3, 16, 16) pixels and gives
(B, 4) features; its weights are random.
"""

import argparse
import hashlib
import pathlib

import torch
from torch import nn

import make_test_models

SIZE = 16

# Of the features, where there are not 4.
DIMENSIONS = {"wide": 40_000_000}


def features(x):
    return nn.functional.avg_pool2d(x, 8).flatten(1)[:, :4]


class TrainingDropout(nn.Module):
    def forward(self, x):
        return nn.functional.dropout(features(x), 0.25, True)


class TrainingBatchNorm(nn.Module):
    """As a trace of a network that was not in eval mode has it."""

    def forward(self, x):
        return features(nn.functional.batch_norm(x, None, None, training=True))


class Place(nn.Module):
    """Adds its place in the batch to each image's features."""

    def forward(self, x):
        place = torch.arange(x.size(0), dtype=torch.float32)
        return features(x) + place.unsqueeze(1)


class Number(nn.Module):
    """Divides by the number of images of the call."""

    def forward(self, x):
        return features(x) / x.size(0)


class Counter(nn.Module):
    """Counts its calls."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls.add_(1)
        return features(x) * self.calls


class FixedBatch(nn.Module):
    def forward(self, x):
        return features(x).reshape(1, 4)


class NamesGpu(nn.Module):
    def forward(self, x):
        return features(x) + torch.zeros(4, device=torch.device("cuda")).to(x.device)


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4).half()

    def forward(self, x):
        return self.linear(features(x))


class Asserts(nn.Module):
    def forward(self, x):
        assert x.size(2) == 17, "this network takes 17 pixels"
        return features(x)


class Memory(nn.Module):
    def forward(self, x):
        return features(x) + torch.zeros(1 << 48).sum()


class Wide(nn.Module):
    """More features than any network has: they fit into no Java memory of common size."""

    def forward(self, x):
        return features(x).repeat(1, 10_000_000)


class Endless(nn.Module):
    """Counts round and round."""

    def forward(self, x):
        count = 0
        while count >= 0:
            count = (count + 1) % 1000
        return features(x) + count


class RefusesDark(nn.Module):
    """Fails on black images alone, which no random image is."""

    def forward(self, x):
        if bool(x.mean((1, 2, 3)).min() < 0.01):
            raise ValueError("an image is black")
        return features(x)


class Crash(nn.Module):
    """Divides the least 64-bit integer by -1, which ends the process with a signal on x86."""

    def forward(self, x):
        one = x.size(0) // x.size(0)
        return features(x) + float((-9223372036854775807 - one) // -one)


MODELS = {
    "training_dropout": TrainingDropout,
    "training_batch_norm": TrainingBatchNorm,
    "place": Place,
    "number": Number,
    "counter": Counter,
    "fixed_batch": FixedBatch,
    "names_gpu": NamesGpu,
    "half": Half,
    "asserts": Asserts,
    "memory": Memory,
    "wide": Wide,
    "endless": Endless,
    "refuses_dark": RefusesDark,
    "crash": Crash,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, type=pathlib.Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    for name, make in MODELS.items():
        module = make()
        for parameter in module.parameters():
            parameter.requires_grad_(False)
        archive = make_test_models.reproducible_archive(torch.jit.script(module))
        (out / f"{name}.pt").write_bytes(archive)
        card = [
            f"name: faulty-{name.replace('_', '-')}",
            f"input: {{size: {SIZE}, resize: squash, filter: bicubic}}",
            f"output: {{dimension: {DIMENSIONS.get(name, 4)}}}",
            f"sha256: {hashlib.sha256(archive).hexdigest()}",
            "source: made by make_faulty_models.py",
            "licence: Apache-2.0",
        ]
        (out / f"{name}.yaml").write_text("\n".join(card) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
