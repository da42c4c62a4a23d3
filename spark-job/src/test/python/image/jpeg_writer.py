"""Baseline JPEG files of any sampling: random coefficients, coded with Huffman codes of 8 bits.

What the picture shows does not matter to a decoder; that all its paths are walked does.
"""
import struct

import numpy as np

# Codes 0..253 of 8 bits each: symbol i has code i, which no longer code disturbs.
DC_SYMBOLS = list(range(12))
AC_SYMBOLS = [0x00, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 8)]


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def huffman(kind, symbols):
    return segment(0xC4, bytes([kind << 4] + [0] * 7 + [len(symbols)] + [0] * 8) + bytes(symbols))


def number(value):
    """The size category and the bits of a difference or coefficient (T.81, tables F.1 and F.2)."""
    size = int(abs(value)).bit_length()
    return size, format(value if value > 0 else value + (1 << size) - 1, f"0{size}b") if size else ""


def block(random, previous):
    level = int(np.clip(previous + random.integers(-30, 31), -100, 100))
    size, bits = number(level - previous)
    out = format(DC_SYMBOLS.index(size), "08b") + bits
    at = 1
    for place in sorted(random.choice(np.arange(1, 20), 4, replace=False)):
        value = int(random.integers(1, 25)) * int(random.choice([-1, 1]))
        size, bits = number(value)
        out += format(AC_SYMBOLS.index((int(place) - at) << 4 | size), "08b") + bits
        at = int(place) + 1
    return level, out + format(AC_SYMBOLS.index(0), "08b")


def write_jpeg(width, height, samplings, seed=0, marker=0xC0, precision=8, extra=b""):
    """samplings: (horizontal, vertical) of each component. extra: segments behind the start."""
    random = np.random.default_rng(seed)
    widest = max(h for h, _ in samplings)
    tallest = max(v for _, v in samplings)
    frame = struct.pack(">BHHB", precision, height, width, len(samplings))
    scan = bytes([len(samplings)])
    for i, (h, v) in enumerate(samplings):
        frame += bytes([i + 1, h << 4 | v, 0])
        scan += bytes([i + 1, 0])
    if len(samplings) == 1:
        # A scan of one component has its blocks in rows, whatever its sampling.
        samplings, widest, tallest = [(1, 1)], 1, 1
    across = -(-width // (8 * widest))
    down = -(-height // (8 * tallest))
    levels = [0] * len(samplings)
    bits = ""
    for _ in range(across * down):
        for i, (h, v) in enumerate(samplings):
            for _ in range(h * v):
                levels[i], text = block(random, levels[i])
                bits += text
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return (b"\xff\xd8" + extra + segment(0xDB, b"\0" + bytes(range(4, 68))) + segment(marker, frame)
            + huffman(0, DC_SYMBOLS) + huffman(1, AC_SYMBOLS)
            + segment(0xDA, scan + bytes([0, 63, 0])) + data + b"\xff\xd9")
