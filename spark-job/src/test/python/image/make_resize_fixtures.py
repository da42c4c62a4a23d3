"""Golden resizes: raw RGB bytes made by Pillow and torchvision, in one zip.

usage: python make_resize_fixtures.py ../../resources/image/resize.zip

Entries: source/WxH.rgb, and resize/WxH_to_WxH_FILTER.rgb, shorter_side/WxH_to_S_FILTER.rgb,
tensor/WxH.f32 (little-endian float32, C H W). Written with Pillow 12.3.0 and torchvision 0.28.0.
"""
import sys
import zipfile

import numpy as np
import PIL
from PIL import Image
import torchvision
from torchvision import transforms

from pictures import picture

FILTERS = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "box": Image.Resampling.BOX,
    "lanczos": Image.Resampling.LANCZOS,
}
RESIZES = [
    ((37, 23), (16, 16)),
    ((37, 23), (53, 41)),
    ((37, 23), (37, 11)),
    ((37, 23), (9, 23)),
    ((37, 23), (1, 1)),
    ((37, 23), (36, 24)),
    ((1, 1), (7, 5)),
    ((1, 40), (8, 8)),
    ((40, 1), (8, 8)),
    ((200, 3), (7, 31)),
    ((61, 40), (31, 33)),
    ((17, 19), (34, 38)),
    ((83, 61), (32, 32)),
]
SHORTER_SIDES = [((37, 23), 16), ((23, 37), 16), ((37, 23), 31), ((83, 61), 32), ((61, 83), 33),
                 ((200, 3), 5), ((32, 32), 32), ((37, 23), 23), ((40, 31), 31)]


def main(path):
    print("Pillow", PIL.__version__, "torchvision", torchvision.__version__)
    entries = {}
    for w, h in sorted({r[0] for r in RESIZES} | {s[0] for s in SHORTER_SIDES}):
        entries[f"source/{w}x{h}.rgb"] = picture(w, h).tobytes()
    for (w, h), (to_w, to_h) in RESIZES:
        image = Image.fromarray(picture(w, h))
        for name, resample in FILTERS.items():
            entries[f"resize/{w}x{h}_to_{to_w}x{to_h}_{name}.rgb"] = image.resize(
                (to_w, to_h), resample).tobytes()
    for (w, h), size in SHORTER_SIDES:
        image = Image.fromarray(picture(w, h))
        for name in ("bicubic", "bilinear"):
            transform = transforms.Compose([
                transforms.Resize(
                    size, interpolation=transforms.InterpolationMode(name)),
                transforms.CenterCrop(size)])
            entries[f"shorter_side/{w}x{h}_to_{size}_{name}.rgb"] = transform(image).tobytes()
    # 16 x 16 holds every level once in each channel, in different orders.
    levels = np.arange(256)
    every = np.stack([levels, 255 - levels, levels * 7 % 256], -1).astype(np.uint8)
    every = every.reshape(16, 16, 3)
    entries["source/16x16.rgb"] = every.tobytes()
    tensor = transforms.ToTensor()(Image.fromarray(every)).numpy()
    assert (tensor == every.transpose(2, 0, 1).astype(np.float32) / np.float32(255)).all()
    entries["tensor/16x16.f32"] = tensor.astype("<f4").tobytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(sys.argv[1])
