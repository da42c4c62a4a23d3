"""The same five pictures in every container that is read, written by the tools that people use.

usage: python make_container_fixtures.py ../../resources/image/containers

Written with CPython 3.11.7 (tarfile, zipfile), NumPy 2.4.6, pyarrow 25.0.1 and Pillow 12.3.0. The
struct {bytes, path} and the metadata of hugging_face.parquet are those of Hugging Face datasets.
"""
import io
import json
import os
import sys
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from pictures import picture

W, H = 6, 5
# One that does not fit into the 256 bytes of a ustar header, one that is not ASCII.
NAMES = ["00000.png", "00001.png", "00002.png", "folder/" * 40 + "00003.png", "grüße/日本.png"]


def main(folder):
    os.makedirs(folder, exist_ok=True)
    place = lambda name: os.path.join(folder, name)
    pixels = np.stack([np.roll(picture(W, H), i, axis=1) for i in range(len(NAMES))])
    files = [png(p) for p in pixels]
    with open(place("expected.rgb"), "wb") as out:
        out.write(pixels.tobytes())

    for name, form in [("pax", tarfile.PAX_FORMAT), ("gnu", tarfile.GNU_FORMAT)]:
        with tarfile.open(place(name + ".tar"), "w", format=form, encoding="utf-8") as tar:
            for file, data in zip(NAMES, files):
                add(tar, file, data)
                add(tar, file[:-4] + ".json", b"{}")
                add(tar, file[:-4] + ".cls", b"3")
            link = tarfile.TarInfo("link.png")
            link.type, link.linkname = tarfile.SYMTYPE, "00000.png"
            tar.addfile(link)

    with zipfile.ZipFile(place("mixed.zip"), "w") as archive:
        for i, (file, data) in enumerate(zip(NAMES, files)):
            method = zipfile.ZIP_DEFLATED if i % 2 else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(file), data, compress_type=method)
        archive.writestr("labels.txt", "cat")
        archive.writestr("bzip2.png", files[0], compress_type=zipfile.ZIP_BZIP2)

    labels = np.arange(len(NAMES))
    np.savez(place("stored.npz"), pixels, labels)
    np.savez_compressed(place("deflated.npz"), pixels, labels)
    np.savez(place("fortran.npz"), np.asfortranarray(pixels))
    np.savez(place("float.npz"), pixels.astype(np.float32))
    np.savez(place("grey.npz"), pixels[..., 0])
    np.savez(place("named.npz"), images=pixels)

    binary = pa.table({"label": labels, "jpg": pa.array(files, pa.binary()), "caption": NAMES})
    pq.write_table(binary, place("binary.parquet"), row_group_size=2)

    struct = pa.struct({"bytes": pa.binary(), "path": pa.string()})
    rows = [{"bytes": data, "path": name} for name, data in zip(NAMES, files)]
    rows[1] = {"bytes": files[1], "path": None}
    rows += [{"bytes": None, "path": "elsewhere/x.png"}, None]
    features = {"image": {"_type": "Image"}, "label": {"dtype": "int64", "_type": "Value"}}
    table = pa.table({"image": pa.array(rows, struct), "label": np.arange(len(rows))})
    table = table.replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, place("hugging_face.parquet"), row_group_size=3, compression="zstd")


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main(sys.argv[1])
