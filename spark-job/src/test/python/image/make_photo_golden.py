"""What Pillow makes of a folder of photographs, without a picture in it.

usage: python make_photo_golden.py FOLDER ../../resources/image/photographs.csv

Per file: its size, the sums of the red, green and blue levels of Image.open(file).convert("RGB"),
the CRC-32 of these levels, and the CRC-32 of the image squashed to 224 x 224 by bicubic resizing.
Written with Pillow 12.3.0 (libjpeg-turbo 3.1).
"""
import csv
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, features


def main(folder, output):
    print("Pillow", PIL.__version__, "libjpeg-turbo", features.version("libjpeg_turbo"))
    with open(output, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "width", "height", "red", "green", "blue", "crc", "resized_crc"])
        for path in sorted(Path(folder).iterdir()):
            image = Image.open(path).convert("RGB")
            small = image.resize((224, 224), Image.Resampling.BICUBIC)
            sums = np.asarray(image, dtype=np.int64).sum(axis=(0, 1))
            rows.writerow([path.name, *image.size, *sums, zlib.crc32(image.tobytes()),
                           zlib.crc32(small.tobytes())])


if __name__ == "__main__":
    main(*sys.argv[1:])
