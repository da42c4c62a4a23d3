"""A PNG writer for the kinds that Pillow does not write: 2- and 4-bit grey, 16-bit colour, Adam7."""
import struct
import zlib

PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2)]
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(row, depth):
    """row: (width, channels) of integers below 2**depth."""
    values = [int(v) for v in row.reshape(-1)]
    if depth == 16:
        return struct.pack(f">{len(values)}H", *values)
    bits = "".join(format(v, f"0{depth}b") for v in values)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def write_png(samples, depth, interlaced=False, extra=b""):
    """samples: (height, width, channels). extra: whole chunks that go before IDAT."""
    height, width, channels = samples.shape
    header = struct.pack(">IIBBBBB", width, height, depth, COLOUR_TYPES[channels], 0, 0,
                         int(interlaced))
    data = b""
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            data += b"".join(b"\0" + pack_row(row, depth) for row in part)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
            + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))
