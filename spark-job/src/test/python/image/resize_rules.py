"""How far the resizing of the field's tools moves a Fréchet distance: the table of docs/measures.md.

Usage: python resize_rules.py MODEL.pt SIZE REFERENCE GENERATED [GENERATED ...] [--images N]

MODEL.pt takes pixels in [0, 1] of SIZE and gives features, or a tuple that begins with them. The others are folders of
PNG images. Each rule is what a tool does before its network, rewritten from its published code:

  Pillow bicubic   on 8-bit levels, with antialiasing: this project and dgm-eval
  Pillow bilinear  the same with another filter, as a card's `filter: bilinear`
  clean-fid        Pillow's bicubic on float planes, cut at 0 and 255, never rounded
  pytorch-fid      torch.nn.functional.interpolate, bilinear, align_corners=False, no antialiasing
  TensorFlow 1     bilinear whose corner pixels' corners meet, no antialiasing: the FID graph of 2015, and so ADM's
                   evaluator; torch-fidelity and StyleGAN's network (an affine grid) do the same in PyTorch

Prints a row a rule: the Fréchet distance of each generated set from the reference, all resized by the rule, and what
it costs to mix rules: that of the reference by the rule from the same images by Pillow's bicubic. StyleGAN's form of
TensorFlow's rule is compared with it on the first image.
"""

import argparse
import pathlib
import platform
import sys

import numpy as np
import PIL
import torch
from PIL import Image
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "setmeasures"))
import set_measures_oracle as oracle  # noqa: E402


def pillow(filter):
    def resize(image, size):
        return np.asarray(image.resize((size, size), filter), dtype=np.float64) / 255

    return resize


def clean_fid(image, size):
    planes = [Image.fromarray(plane, mode="F") for plane in np.asarray(image, dtype=np.float32).transpose(2, 0, 1)]
    resized = np.stack([np.asarray(plane.resize((size, size), Image.Resampling.BICUBIC)) for plane in planes], axis=2)
    return resized.clip(0, 255).astype(np.float64) / 255


def tensor(image):
    return torch.from_numpy(np.asarray(image, dtype=np.float64).transpose(2, 0, 1)[None] / 255)


def levels(pixels):
    return pixels[0].numpy().transpose(1, 2, 0)


def pytorch_fid(image, size):
    return levels(functional.interpolate(tensor(image), (size, size), mode="bilinear", align_corners=False))


def tensorflow(image, size):
    """Output i is at i * in / out, with no half a pixel added."""
    pixels = np.asarray(image, dtype=np.float64) / 255
    for axis in (0, 1):
        length = pixels.shape[axis]
        at = np.arange(size) * (length / size)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, length - 1)
        part = (at - low).reshape([-1 if a == axis else 1 for a in range(3)])
        pixels = pixels.take(low, axis) * (1 - part) + pixels.take(high, axis) * part
    return pixels


def stylegan(image, size):
    width, height = image.size
    theta = torch.eye(2, 3, dtype=torch.float64)[None]
    theta[0, 0, 2] += 1 / width - 1 / size
    theta[0, 1, 2] += 1 / height - 1 / size
    grid = functional.affine_grid(theta, [1, 3, size, size], align_corners=False)
    return levels(functional.grid_sample(tensor(image), grid, "bilinear", "border", align_corners=False))


RULES = {
    "Pillow bicubic (this project, dgm-eval)": pillow(Image.Resampling.BICUBIC),
    "Pillow bilinear (`filter: bilinear`)": pillow(Image.Resampling.BILINEAR),
    "clean-fid": clean_fid,
    "pytorch-fid": pytorch_fid,
    "TensorFlow 1 (ADM, torch-fidelity, StyleGAN)": tensorflow,
}


def features(module, dtype, files, rule, size):
    rows = []
    for from_ in range(0, len(files), 16):
        images = [Image.open(file).convert("RGB") for file in files[from_ : from_ + 16]]
        pixels = np.stack([rule(image, size).transpose(2, 0, 1) for image in images])
        with torch.no_grad():
            returned = module(torch.from_numpy(pixels).to(dtype))
        rows.append((returned[0] if isinstance(returned, tuple) else returned).double().numpy())
    return np.concatenate(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("size", type=int)
    parser.add_argument("sets", type=pathlib.Path, nargs="+", metavar="reference generated")
    parser.add_argument("--images", type=int, default=500, help="the first of each folder, by name")
    arguments = parser.parse_args()
    module = torch.jit.load(str(arguments.model)).eval()
    card = arguments.model.with_suffix(".yaml")
    dtype = torch.float64 if card.is_file() and "precision: float64" in card.read_text() else torch.float32
    files = [sorted(folder.glob("*.png"))[: arguments.images] for folder in arguments.sets]
    first = Image.open(files[0][0]).convert("RGB")
    forms = np.abs(tensorflow(first, arguments.size) - stylegan(first, arguments.size)).max()
    assert forms < 1e-9, forms
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, Pillow {PIL.__version__}, "
          f"PyTorch {torch.__version__}; {arguments.model.name} at {arguments.size}, images of {first.size}, "
          f"{', '.join(f'{len(f)} of {s.name}' for f, s in zip(files, arguments.sets))}")
    print(f"StyleGAN's form and TensorFlow's differ by {forms:.1g}\n")
    columns = ["resizing", *(folder.name for folder in arguments.sets[1:]), "the reference itself, by Pillow bicubic"]
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns), flush=True)
    ours = None
    for name, rule in RULES.items():
        x, *ys = (features(module, dtype, each, rule, arguments.size) for each in files)
        ours = x if ours is None else ours
        values = [oracle.frechet(x, y) for y in ys] + [oracle.frechet(ours, x)]
        print("| " + " | ".join([name, *(f"{value:.4g}" for value in values)]) + " |", flush=True)


if __name__ == "__main__":
    main()
