"""Expected numbers of the training on pixels, for the tests of the room `training`.

Usage: python training_oracle.py    (writes ../../resources/training/oracle.json)

PyTorch's own layers, optimiser and gradients, and NumPy's transform, on made numbers. The versions
stand in the file.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F


def made(n, step=0.37):
    """Numbers that Java makes the same way."""
    return np.sin(step * np.arange(1, n + 1)).astype(np.float32)


class Weights:
    """Hands out the parts of one flat array, in the order of the Java network's forward pass."""

    def __init__(self):
        self.flat, self.next = None, 0

    def take(self, *shape):
        n = int(np.prod(shape))
        self.next += n
        return self.flat[self.next - n : self.next].reshape(shape)


def group_norm(x, w):
    channels = x.shape[1]
    y = F.group_norm(x, channels // 8)
    return y * w.take(1, channels, 1, 1) + w.take(1, channels, 1, 1)


def block(x, w, channels, stride):
    inputs = x.shape[1]
    y = F.conv2d(x, w.take(channels, inputs, 3, 3), stride=stride, padding=1)
    y = F.relu(group_norm(y, w))
    y = group_norm(F.conv2d(y, w.take(channels, channels, 3, 3), padding=1), w)
    if stride != 1 or inputs != channels:
        x = F.conv2d(x, w.take(channels, inputs, 1, 1), stride=stride)
    return F.relu(y + x)


def residual_network(x, w, classes):
    # Images of 64 pixels and more are shrunk by the first convolution.
    shrink = max(1, x.shape[2] // 32)
    side = 2 * shrink + 1
    y = F.conv2d(x, w.take(16, 3, side, side), stride=shrink, padding=shrink)
    y = F.relu(group_norm(y, w))
    for stage, channels in enumerate((16, 32, 64)):
        y = block(y, w, channels, 1 if stage == 0 else 2)
        y = block(y, w, channels, 1)
    return y.mean((2, 3)) @ w.take(64, classes) + w.take(classes)


def attention(x, w, heads):
    n, tokens, width = x.shape
    q, k, v = (
        (x @ w.take(width, width) + w.take(width)).reshape(n, tokens, heads, -1).transpose(1, 2)
        for _ in range(3)
    )
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, tokens, width)
    return y @ w.take(width, width) + w.take(width)


def layer_norm(x, w):
    width = x.shape[-1]
    scale, shift = w.take(width), w.take(width)
    return F.layer_norm(x, (width,), scale, shift)


def vision_transformer(x, w, classes):
    width = 64
    y = F.conv2d(x, w.take(width, 3, 4, 4), stride=4).flatten(2).transpose(1, 2)
    y = y + w.take(1, y.shape[1], width)
    for _ in range(4):
        y = y + attention(layer_norm(y, w), w, 4)
        z = F.gelu(layer_norm(y, w) @ w.take(width, 2 * width) + w.take(2 * width))
        y = y + z @ w.take(2 * width, width) + w.take(width)
    return layer_norm(y, w).mean(1) @ w.take(width, classes) + w.take(classes)


def case(network, size, n, classes):
    x = torch.from_numpy(made(n * 3 * size * size).reshape(n, 3, size, size))
    # A pass that only counts the weights.
    count = Weights()
    count.flat = torch.zeros(1_000_000)
    network(x, count, classes)
    w = Weights()
    w.flat = torch.from_numpy(0.1 * made(count.next, 0.73)).requires_grad_()
    logits = network(x, w, classes)
    labels = torch.arange(n) % classes
    F.cross_entropy(logits, labels).backward()
    gradient = w.flat.grad.double()
    return {
        "weights": count.next,
        "logits": logits.detach().double().tolist(),
        "gradient_norm": gradient.norm().item(),
        "gradient": gradient[:: count.next // 50].tolist(),
    }


def optimiser():
    w = torch.from_numpy(made(5)).requires_grad_()
    adam = torch.optim.AdamW([w], lr=0.01, weight_decay=0.05)
    for step in range(20):
        w.grad = torch.from_numpy(made(5, 0.11 * (step + 1)))
        adam.step()
    return w.detach().double().tolist()


def low_pass(size, cut_off):
    image = made(3 * size * size).reshape(3, size, size).astype(np.float64)
    waves = np.fft.fft2(image)
    f = np.fft.fftfreq(size)
    waves[:, np.hypot(f[:, None], f[None, :]) > cut_off] = 0
    return {"size": size, "cut_off": cut_off, "image": np.fft.ifft2(waves).real.ravel().tolist()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    oracle = {
        "pytorch": torch.__version__,
        "numpy": np.__version__,
        "residual_network": case(residual_network, 16, 3, 2),
        "residual_network_64": case(residual_network, 64, 3, 2),
        "vision_transformer": case(vision_transformer, 16, 3, 3),
        "adamw": optimiser(),
        "low_pass": [low_pass(16, 0.25), low_pass(15, 0.1), low_pass(8, 0.49)],
    }
    out = pathlib.Path(__file__).parent / "../../resources/training/oracle.json"
    out.write_text(json.dumps(oracle, indent=1) + "\n")
