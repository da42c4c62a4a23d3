"""Photographs through a fault each, as sets of known difference for power_table.py.

Usage: python make_faults.py PHOTOGRAPHS OUT [--images N]

Takes N of the photographs below a folder (PNG, any subfolders), chosen by a seeded permutation of their names, and
writes OUT/FAULT/NAME.png: "jpeg-75" through JPEG of quality 75, "blur" through a Gaussian of 0.5 pixels. Prints
Pillow's version.
"""

import argparse
import io
import pathlib

import numpy as np
import PIL
from PIL import Image, ImageFilter


def jpeg(image):
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=75)
    return Image.open(encoded)


def blur(image):
    return image.filter(ImageFilter.GaussianBlur(0.5))


FAULTS = {"jpeg-75": jpeg, "blur": blur}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photographs", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=1250)
    arguments = parser.parse_args()
    files = sorted(arguments.photographs.rglob("*.png"))
    if len({file.stem for file in files}) != len(files):
        parser.error("two photographs have one name")
    chosen = np.random.default_rng(0).permutation(len(files))[: arguments.images]
    for name, fault in FAULTS.items():
        (arguments.out / name).mkdir(parents=True, exist_ok=True)
        for i in chosen:
            fault(Image.open(files[i]).convert("RGB")).save(arguments.out / name / files[i].name, "PNG")
    print(f"Pillow {PIL.__version__}; {len(chosen)} of {len(files)} photographs")


if __name__ == "__main__":
    main()
