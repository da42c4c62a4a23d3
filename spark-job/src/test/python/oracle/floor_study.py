"""How far rounding inside the feature model spoils C, and whether complexity_floor tells.

complexity_floor = ||M(clip(x + 0.01 eps n, 0, 1)) - M(x)|| / mean ||v_k||. Exact features move by
0.01 of a step; features that are only rounding move by about as much as for a whole step, or by
nothing at all. Each image is scored in float64 and in lower precisions; printed per precision:
quantiles of the floor, and of the relative error of C against float64.

    floor_study.py --model MODEL.pt --images DIR --size S --limit N

"float32 pixels" rounds only x_k, before a float64 model. Besides whole-module dtypes there are
emulations of what accelerators do inside a float32 model: the operands of convolutions and matrix
products are rounded to fewer stored significand bits (TF32 and float16 10, bfloat16 7) and summed in
float32; the autocast rows round the results too. The rows of 20 to 12 bits fill the gap between
float32 (23) and TF32, to tie the floor to an error of C.
"""

import argparse

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import noise
import score_oracle

PRODUCTS = ("convolution", "_convolution", "addmm", "mm", "bmm", "linear")


def round_significand(tensor, bits):
    """float32 rounded to nearest, ties to even, to `bits` stored significand bits."""
    drop = 23 - bits
    raw = tensor.contiguous().view(torch.int32)
    even = (raw >> drop) & 1
    return (((raw + (1 << (drop - 1)) - 1 + even) >> drop) << drop).view(torch.float32)


class RoundedProducts(TorchDispatchMode):
    """Rounds float32 operands, and optionally results, of convolutions and matrix products."""

    def __init__(self, bits, round_results):
        super().__init__()
        self._bits = bits
        self._round_results = round_results
        self.products = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket.__name__ not in PRODUCTS:
            return func(*args, **(kwargs or {}))
        self.products += 1
        args = [
            round_significand(a, self._bits)
            if isinstance(a, torch.Tensor) and a.dtype == torch.float32 and a.dim() > 1
            else a
            for a in args
        ]
        out = func(*args, **(kwargs or {}))
        return round_significand(out, self._bits) if self._round_results else out


class RoundedFeatures:
    def __init__(self, path, output_index, bits, round_results):
        self._features = score_oracle.Features(path, torch.float32, output_index)
        self._bits = bits
        self._round_results = round_results

    def __call__(self, pixels):
        with RoundedProducts(self._bits, self._round_results) as mode:
            out = self._features(pixels)
        if mode.products == 0:
            raise ValueError("no convolution or matrix product was seen: nothing was rounded")
        return out


def precisions(path, index):
    def plain(dtype):
        return lambda: score_oracle.Features(path, dtype, index)

    def rounded(bits, results):
        return lambda: RoundedFeatures(path, index, bits, results)

    return {
        "float64": (plain(torch.float64), torch.float64),
        "float32 pixels": (plain(torch.float64), torch.float32),
        "float32": (plain(torch.float32), torch.float32),
        **{f"{b}-bit products": (rounded(b, False), torch.float32) for b in (20, 18, 16, 14, 12)},
        "tf32 products": (rounded(10, False), torch.float32),
        "autocast-fp16": (rounded(10, True), torch.float32),
        "autocast-bf16": (rounded(7, True), torch.float32),
        "whole bfloat16": (plain(torch.bfloat16), torch.float32),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", required=True, nargs="+")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--output-index", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    encoded = [
        p.read_bytes() for p in score_oracle.find_images(arguments.images)[: arguments.limit]
    ]
    exact = None
    print(f"{'precision':<15} {'floor: median':>13} {'least':>9} {'most':>9}", end="")
    print(f" {'C median':>9} {'error of C: median':>19} {'most':>9} {'undefined':>9}")
    for name, (load, dtype) in precisions(arguments.model, arguments.output_index).items():
        features = load()
        c, floor = [], []
        for e in encoded:
            pixels = score_oracle.load_pixels(e, arguments.size)
            n = noise.complexity_direction(noise.image_id(e), 0, arguments.size)
            row = score_oracle.complexity(
                features,
                torch.from_numpy(pixels)[None].to(dtype),
                torch.from_numpy(n)[None].to(dtype),
                score_oracle.PROFILES["paper"],
            )
            c.append(row[0][0])
            floor.append(row[2][0])
        c, floor = np.array(c), np.array(floor)
        exact = c if exact is None else exact
        error = np.abs(c / exact - 1)
        known = np.isfinite(error)
        cells = [np.nan] * 3 if not known.any() else [
            np.median(c[known]), np.median(error[known]), error[known].max()
        ]
        floors = [np.nanmedian(floor), np.nanmin(floor), np.nanmax(floor)]
        print(f"{name:<15} {floors[0]:>13.4g} {floors[1]:>9.3g} {floors[2]:>9.3g}", end="")
        print(f" {cells[0]:>9.4g} {cells[1]:>19.3g} {cells[2]:>9.3g} {(~known).sum():>9}", flush=True)


if __name__ == "__main__":
    main()
