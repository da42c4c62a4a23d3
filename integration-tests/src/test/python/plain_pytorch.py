"""The paper's algorithm the way a PyTorch script does it: what the job is timed against.

    plain_pytorch.py export MODEL --out DIR      the same weights as TorchScript and card, for the job;
                                                 with --precision float64 as MODEL-float64
    plain_pytorch.py operations MODEL --out DIR  operations and memory of an image, counted on both
    plain_pytorch.py score MODEL --images DIR    score the images; --limit N for some of them

Each prints one JSON object.

Written from the equations of "Anomaly Score" (CVPR 2024, arXiv 2312.10634, Eq. 1-5): an eager module,
batches of 8, complexity and vulnerability one after the other, PyTorch's own threads. MODEL is resnet20
(32 px), or mobilenetv2, resnet50 or vit-s16 of timm (224 px), with random weights.
"""

import argparse
import hashlib
import json
import math
import pathlib
import resource
import sys
import time

import torch
from torch import nn

EPS, K, ALPHA, J, R0 = 0.01, 10, 0.01, 10, 1e-3
BATCH = 8
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

TIMM = {
    "mobilenetv2": "mobilenetv2_100",
    "resnet50": "resnet50",
    "vit-s16": "vit_small_patch16_224",
}


class Block(nn.Module):
    """Two convolutions; a shortcut without parameters (option A of the ResNet paper, section 4.2)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.padding = stride, (outputs - inputs) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1:
            x = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return torch.relu(x + y)


class ResNet20(nn.Module):
    """He et al. 2016, section 4.2, n = 3, without the classifier."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
        self.blocks = nn.Sequential(*(Block(a, b, b // a) for a, b in zip(widths, widths[1:])))

    def forward(self, x):
        return self.blocks(torch.relu(self.bn1(self.conv1(x)))).mean((2, 3))


class FeatureModel(nn.Module):
    """Pixels in [0, 1] to features, normalisation inside."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))

    def forward(self, pixels):
        return self.network((pixels - self.mean) / self.std)


def create(name):
    """The eager module, its weights drawn from a seed, and its input size."""
    torch.manual_seed(0)
    if name == "resnet20":
        network, size = ResNet20(), 32
    else:
        import timm

        network, size = timm.create_model(TIMM[name], num_classes=0), 224
    return FeatureModel(network).eval(), size


def complexity(model, x):
    """Eq. 1: the mean angle between successive steps of the features under growing noise."""
    n = torch.randn_like(x)
    n = n / n.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
    with torch.no_grad():
        path = [model((x + k * EPS * n).clamp(0, 1)) for k in range(K + 1)]
    steps = [b - a for a, b in zip(path, path[1:])]
    cosines = [nn.functional.cosine_similarity(a, b, dim=1) for a, b in zip(steps, steps[1:])]
    return torch.stack(cosines).clamp(-1, 1).arccos().mean(0)


def vulnerability(model, x):
    """Eq. 2-5: the distance that a projected-gradient attack moves the features."""
    with torch.no_grad():
        clean = model(x)
    a = (x + R0 * torch.empty_like(x).uniform_(-1, 1)).clamp(0, 1)
    for _ in range(J):
        a.requires_grad_(True)
        loss = (model(a) - clean).square().sum()
        (gradient,) = torch.autograd.grad(loss, a)
        a = (a.detach() + ALPHA * gradient.sign()).clamp(0, 1)
    with torch.no_grad():
        return (model(a) - clean).norm(dim=1)


def load(file, size):
    from PIL import Image

    image = Image.open(file).convert("RGB").resize((size, size), Image.BICUBIC)
    values = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    return values.view(size, size, 3).permute(2, 0, 1).float() / 255


def score(name, images, limit):
    model, size = create(name)
    files = sorted(path for path in images.rglob("*") if path.is_file())[:limit]
    # The first batch starts the threads and fills the caches; it is not counted.
    warm = torch.stack([load(file, size) for file in files[:BATCH]])
    complexity(model, warm), vulnerability(model, warm)
    begin = time.perf_counter()
    loading = 0.0
    rows = []
    for first in range(0, len(files), BATCH):
        loaded = time.perf_counter()
        x = torch.stack([load(file, size) for file in files[first : first + BATCH]])
        loading += time.perf_counter() - loaded
        rows += list(zip(complexity(model, x).tolist(), vulnerability(model, x).tolist()))
    seconds = time.perf_counter() - begin
    finite = sum(math.isfinite(c) and math.isfinite(v) for c, v in rows)
    return {
        "images": len(rows),
        "finite": finite,
        "seconds": seconds,
        "loading_seconds": loading,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def operations(name, out):
    """Of one image: multiplications and additions of K + 2 forward and J forward-and-backward passes, and the
    bytes that autograd keeps of the exported module's forward pass."""
    from torch.utils.flop_counter import FlopCounterMode

    model, size = create(name)
    model.requires_grad_(False)
    x = torch.rand(1, 3, size, size)
    with FlopCounterMode(display=False) as forward, torch.no_grad():
        model(x)
    x.requires_grad_(True)
    with FlopCounterMode(display=False) as both:
        # The counter does not follow torch.autograd.grad; no weight wants a gradient here either.
        model(x).sum().backward()
    one, two = forward.get_total_flops(), both.get_total_flops()

    exported = torch.jit.load(str(out / f"{name}.pt"))
    weights = {t.data_ptr(): t.nbytes for t in [*exported.parameters(), *exported.buffers()]}
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        # Held, so that no storage is freed and its address used again.
        result = exported(x)
    activations = sum(size for address, size in kept.items() if address not in weights)
    del result
    return {
        "forward": one,
        "forward_backward": two,
        "image": (K + 2) * one + J * two,
        "weight_bytes": sum(weights.values()),
        "activation_bytes": activations,
    }


def export(name, out, precision):
    """As export_feature_model.py does for the job's users."""
    sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "spark-job/src/main/python"))
    import export_feature_model as exporter

    model, size = create(name)
    model.to(getattr(torch, precision))
    pixels = torch.rand(3, 3, size, size, dtype=getattr(torch, precision))
    with torch.no_grad():
        features = model(pixels)
    traced = exporter.trace(model.network, MEAN, STD, size)
    exporter.check(traced, pixels, features, name)
    out.mkdir(parents=True, exist_ok=True)
    if precision == "float64":
        name += "-float64"
    file = out / f"{name}.pt"
    traced.save(str(file))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    text = exporter.card(name, size, features.shape[1], precision, sha256, "random weights; for timing only", "none")
    file.with_suffix(".yaml").write_text(text)
    return {"file": str(file), "bytes": file.stat().st_size}


def main():
    parser = argparse.ArgumentParser(description="The paper's algorithm as a plain PyTorch script.")
    parser.add_argument("what", choices=["score", "operations", "export"])
    parser.add_argument("model", choices=["resnet20", *TIMM])
    parser.add_argument("--images", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--limit", type=int, help="only the first images")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32", help="of the exported model")
    arguments = parser.parse_args()
    if arguments.what == "score":
        result = score(arguments.model, arguments.images, arguments.limit)
    elif arguments.what == "operations":
        result = operations(arguments.model, arguments.out)
    else:
        result = export(arguments.model, arguments.out, arguments.precision)
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
