"""A TIFF and BigTIFF writer for the kinds that Pillow reads and does not write.

LZW and PackBits are coded plainly (no matches, runs of three and more), so that their size says
nothing; what matters is that the decoder walks through every kind of code.
"""
import struct
import zlib

import numpy as np

RAW, FAX_RUNS, FAX_3, FAX_4, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACK_BITS = (
    1, 2, 3, 4, 5, 7, 8, 32946, 32773)
UNSIGNED, SIGNED, FLOAT = 1, 2, 3


def pack_bits(data):
    out = b""
    at = 0
    while at < len(data):
        run = 1
        while run < 128 and at + run < len(data) and data[at + run] == data[at]:
            run += 1
        if run > 2:
            out += bytes([257 - run, data[at]])
            at += run
        else:
            count = min(5, len(data) - at)
            out += bytes([count - 1]) + data[at:at + count]
            at += count
    return out


def lzw(data):
    bits = ""
    table = {}

    def put(code):
        nonlocal bits
        size = len(table) + 258
        width = 9 if size < 512 else 10 if size < 1024 else 11 if size < 2048 else 12
        bits += format(code, f"0{width}b")

    def code_of(string):
        return string[0] if len(string) == 1 else table[string]

    bits += format(256, "09b")
    string = b""
    for value in data:
        longer = string + bytes([value])
        if len(longer) == 1 or longer in table:
            string = longer
            continue
        put(code_of(string))
        table[longer] = len(table) + 258
        if len(table) + 258 == 4095:
            put(256)
            table.clear()
        string = bytes([value])
    if string:
        put(code_of(string))
        table[b"end" + string] = 0
    put(257)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


COMPRESS = {RAW: bytes, LZW: lzw, DEFLATE: zlib.compress, OLD_DEFLATE: zlib.compress,
            PACK_BITS: pack_bits}


def as_integers(samples):
    return samples.view(np.uint32) if samples.dtype == np.float32 else samples


def row_bytes(row, bits, order):
    """row: (width, channels) of integers, the negative ones as two's complement."""
    values = row.reshape(-1).astype(np.int64) & ((1 << bits) - 1)
    if bits in (8, 16, 32, 64):
        return values.astype(f"{order}u{bits // 8}").tobytes()
    text = "".join(format(int(v), f"0{bits}b") for v in values)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def floating_point_row(row, order):
    """Predictor 3, "Adobe Photoshop TIFF Technical Note 3": the bytes by weight, then differences."""
    width, channels = row.shape
    planes = row.astype(">u4").tobytes()
    weights = np.frombuffer(planes, np.uint8).reshape(-1, 4).T.reshape(-1).astype(np.int64)
    weights[channels:] -= weights[:-channels].copy()
    return (weights & 255).astype(np.uint8).tobytes()


def segment(samples, bits, order, predictor):
    out = b""
    for row in samples:
        row = as_integers(row).astype(np.int64)
        if predictor == 2:
            row[1:] -= row[:-1].copy()
        out += floating_point_row(row, order) if predictor == 3 else row_bytes(row, bits, order)
    return out


def directory(tags, order, big, start):
    """Header, directory and what does not fit into it; strips go behind."""
    sizes = {1: ("B", 1), 3: ("H", 2), 4: ("I", 4), 7: ("B", 1), 16: ("Q", 8)}
    room = 8 if big else 4
    entry = 20 if big else 12
    head = ((b"II" if order == "<" else b"MM")
            + (struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HI", 42, 8)))
    spill = len(head) + (8 if big else 2) + entry * len(tags) + room
    body = struct.pack(order + ("Q" if big else "H"), len(tags))
    tail = b""
    for tag, (kind, values) in sorted(tags.items()):
        code, _ = sizes[kind]
        packed = struct.pack(f"{order}{len(values)}{code}", *values)
        if len(packed) > room:
            tail += b"\0" * (len(tail) % 2)
            place = spill + len(tail)
            tail += packed
            packed = struct.pack(order + ("Q" if big else "I"), place)
        body += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values))
        body += packed.ljust(room, b"\0")
    return (head + body + b"\0" * room + tail).ljust(start, b"\0")


def write_tiff(samples, bits, photometric, order="<", sample_format=UNSIGNED, extras=(),
               fill_order=1, compression=RAW, predictor=1, planar=1, rows=4, tile=None, big=False,
               palette=None, without=(), change=None):
    """samples: (height, width, channels). change: called with the tags, before they are written."""
    height, width, channels = samples.shape
    planes = [samples[..., c:c + 1] for c in range(channels)] if planar == 2 else [samples]
    parts = []
    for plane in planes:
        if tile:
            for top in range(0, height, tile):
                for left in range(0, width, tile):
                    part = plane[top:top + tile, left:left + tile]
                    parts.append(np.pad(part, ((0, tile - part.shape[0]),
                                               (0, tile - part.shape[1]), (0, 0)), "edge"))
        else:
            parts += [plane[top:top + rows] for top in range(0, height, rows)]
    parts = [COMPRESS[compression](segment(part, bits, order, predictor)) for part in parts]
    if fill_order == 2:
        parts = [bytes(int(format(b, "08b")[::-1], 2) for b in part) for part in parts]
    start = 700 + 2 * len(palette or ())
    long = 16 if big else 4
    offsets = [start + sum(map(len, parts[:i])) for i in range(len(parts))]
    names = (324, 325) if tile else (273, 279)
    tags = {256: (3, [width]), 257: (3, [height]), 258: (3, [bits] * channels),
            259: (3, [compression]), 262: (3, [photometric]), 277: (3, [channels]),
            284: (3, [planar]), names[0]: (long, offsets), names[1]: (long, list(map(len, parts)))}
    if tile:
        tags |= {322: (3, [tile]), 323: (3, [tile])}
    else:
        tags[278] = (3, [rows])
    if fill_order != 1:
        tags[266] = (3, [fill_order])
    if predictor != 1:
        tags[317] = (3, [predictor])
    if extras:
        tags[338] = (3, list(extras))
    if sample_format != UNSIGNED:
        tags[339] = (3, [sample_format] * channels)
    if palette is not None:
        tags[320] = (3, palette)
    for tag in without:
        del tags[tag]
    if change:
        change(tags)
    head = directory(tags, order, big, start)
    assert len(head) == start, len(head)
    return head + b"".join(parts)
