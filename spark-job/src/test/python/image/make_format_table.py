"""Every format, mode and compression that Pillow reads, a small file each, with Pillow's answer.

usage: python make_format_table.py ../../resources/image/formats.zip

Entries: files.bin, all files one behind the other (so that they are compressed together);
index.txt, lines "NAME BYTES MODE WIDTH HEIGHT HASH", where HASH is the first 16 hex digits of the
SHA-256 of Image.open(file).convert("RGB").tobytes(), and the last four are "refused 0 0 -" where
Pillow refuses the file. Written with Pillow 12.3.0 (libjpeg-turbo 3.1.4.1, libtiff 4.7.1, libwebp
1.6.0 of its wheel) and NumPy 2.4.6.
"""
import hashlib
import io
import itertools
import struct
import sys
import warnings
import zipfile

import numpy as np
import PIL
from PIL import Image, TiffImagePlugin

import tiff_writer as tw
from jpeg_writer import segment, write_jpeg
from pictures import picture
from png_writer import chunk, write_png

W, H = 9, 7
RGB = picture(W, H)
ALPHA = (np.mgrid[0:H, 0:W][1] * 255 // (W - 1)).astype(np.uint8)
IMAGE = Image.fromarray(RGB)
RGBA = Image.fromarray(np.dstack([RGB, ALPHA]))
MODES = ("1", "L", "LA", "P", "PA", "I", "I;16", "I;16B", "F", "RGB", "RGBX", "RGBA", "RGBa", "La",
         "CMYK", "YCbCr", "LAB", "HSV")


def in_mode(mode):
    wide = RGB[..., 0].astype(np.int32) * 3 - 200
    if mode == "I":
        return Image.fromarray(wide)
    if mode == "F":
        return Image.fromarray((wide / 1.5).astype(np.float32))
    if mode.startswith("I;16"):
        return Image.frombytes(mode, (W, H), np.abs(wide).astype(
            ">u2" if mode.endswith("B") else "<u2").tobytes())
    if mode in ("RGBa", "La"):
        return RGBA.convert(mode if mode == "RGBa" else "LA").convert(mode)
    if mode == "PA":
        return RGBA.convert("RGB").quantize(50).convert("PA")
    if mode == "LAB":
        return Image.frombytes("LAB", (W, H), RGB.tobytes())
    return (RGBA if mode in ("LA", "RGBA") else IMAGE).convert(mode)


def written(modes=MODES, **options):
    """Whatever Pillow writes with these options, of each mode."""
    for mode in modes:
        try:
            out = io.BytesIO()
            in_mode(mode).save(out, **options)
            yield mode, out.getvalue()
        except Exception:
            pass


def wide_samples(bits, sample_format, channels):
    """Levels around 0..255 and far from it; every bit is used somewhere."""
    base = np.concatenate([RGB, RGB[..., ::-1]], -1)[..., :channels].astype(np.int64)
    y, x = np.mgrid[0:H, 0:W]
    if sample_format == tw.FLOAT:
        return (base * 1.7 - 90.3 + 1e4 * (x == 3)[..., None]).astype(np.float32)
    if sample_format == tw.SIGNED:
        return (base * 3 - 300 if bits > 8 else base - 128) - ((x == 3) << (bits - 2))[..., None]
    if bits <= 8:
        return base >> (8 - bits)
    grey = np.where((x % 2 == 0)[..., None], base * 2, base << (bits - 8) | y[..., None])
    return grey & ((1 << bits) - 1) if channels == 1 else base * 257 % 65536 ^ x[..., None]


def palette(bits):
    return [(i * 7919 + c * 20011) % 65536 for c in range(3) for i in range(2**bits)]


# What Pillow's table of TIFF kinds has, without its byte orders.
KNOWN_TIFF = {(key[1], key[2][0], key[3], key[4], key[5]) for key in TiffImagePlugin.OPEN_INFO}


def tiff_kinds():
    """What Pillow's table of TIFF kinds has, and its neighbours."""
    more = {(0, 1, 1, (12,), ()), (0, 2, 1, (16,), ()), (0, 1, 1, (32,), ()), (1, 3, 1, (16,), ()),
            (2, 3, 1, (32,) * 3, ()), (2, 2, 1, (8,) * 3, ()),
            (2, 1, 1, (4,) * 3, ()), (2, 1, 1, (32,) * 3, ()), (2, 1, 1, (12,) * 3, ()),
            (2, 2, 1, (16,) * 3, ()), (1, 1, 1, (8, 8), ()), (1, 1, 1, (8, 8), (0,)),
            (1, 1, 1, (8, 8), (1,)), (0, 1, 1, (8, 8), (2,)), (1, 1, 1, (16, 16), (2,)),
            (3, 1, 1, (16,), ()), (4, 1, 1, (1,), ()), (5, 1, 1, (8,) * 5, (2,)),
            (5, 1, 1, (8,) * 3, ()), (6, 1, 1, (16,) * 3, ()), (8, 1, 1, (16,) * 3, ()),
            (8, 1, 1, (8,), ()), (9, 1, 1, (8,) * 3, ()), (10, 1, 1, (8,) * 3, ()),
            (32803, 1, 1, (8,), ()), (32844, 1, 1, (16,), ()), (1, 4, 1, (8,), ()),
            (2, 1, 2, (16,) * 3, ()), (5, 1, 2, (8,) * 4, ())}
    return sorted(KNOWN_TIFF | more)


def hand_written_tiff():
    for kind, order in itertools.product(tiff_kinds(), "<>"):
        photometric, form, fill, bits, extras = kind
        samples = wide_samples(bits[0], form, len(bits))
        if bits[0] == 16 and form == tw.FLOAT:
            samples = samples.astype(np.float16).view(np.uint16).astype(np.int64)
        colors = palette(bits[0]) if photometric == 3 else None
        name = (f"{'II' if order == '<' else 'MM'}_{photometric}_{bits[0]}x{len(bits)}_"
                f"{'?usf?'[form]}_{'-'.join(map(str, extras)) or 'none'}_fill{fill}")
        for compression, predictor, planar in itertools.product(
                (tw.RAW, tw.LZW, tw.DEFLATE, tw.PACK_BITS), (1, 2, 3), (1, 2)):
            if planar == 2 and len(bits) == 1:
                continue
            if compression in (tw.LZW, tw.PACK_BITS) and kind not in KNOWN_TIFF:
                continue
            if predictor != 1 and (compression not in (tw.LZW, tw.DEFLATE) or fill == 2):
                continue
            if predictor == 2 and bits[0] not in (8, 16, 32):
                continue
            if predictor == 3 and form != tw.FLOAT:
                continue
            if predictor == 3 and bits[0] != 32:
                continue
            yield f"{name}_c{compression}_p{predictor}_planar{planar}", tw.write_tiff(
                samples, bits[0], photometric, order, form, extras, fill, compression,
                predictor, planar, palette=colors)


def tiff_structures():
    grey = RGB[..., :1].astype(np.int64)
    rgb = RGB.astype(np.int64)
    wide = wide_samples(16, tw.UNSIGNED, 3)
    for compression in (tw.RAW, tw.LZW, tw.DEFLATE, tw.OLD_DEFLATE, tw.PACK_BITS):
        for name, samples, bits, photometric in (
                ("grey", grey, 8, 1), ("rgb", rgb, 8, 2), ("wide", wide, 16, 2),
                ("bits", wide_samples(1, tw.UNSIGNED, 1), 1, 0),
                ("nibbles", wide_samples(4, tw.UNSIGNED, 1), 4, 1),
                ("twelve", wide_samples(12, tw.UNSIGNED, 1), 12, 1)):
            for big, order in ((False, "<"), (True, "<"), (True, ">")):
                where = f"{name}_c{compression}_{'big' if big else 'classic'}_{'IM'[order == '>']}"
                yield f"{where}_strip", tw.write_tiff(
                    samples, bits, photometric, order, compression=compression, rows=H, big=big)
                yield f"{where}_tiles", tw.write_tiff(
                    samples, bits, photometric, order, compression=compression, tile=16, big=big)
                if samples.shape[2] > 1:
                    yield f"{where}_planar_tiles", tw.write_tiff(
                        samples, bits, photometric, order, compression=compression, tile=16,
                        big=big, planar=2)

        def changed(tag, change):
            def apply(tags):
                tags[tag] = (tags[tag][0], change(tags[tag][1]))
            return tw.write_tiff(rgb, 8, 2, compression=compression, rows=H, change=apply)

        def without(*tags):
            return tw.write_tiff(rgb, 8, 2, compression=compression, rows=H, without=tags)

        yield f"claims_much_c{compression}", changed(279, lambda v: [v[0] + 5000])
        yield f"claims_too_little_c{compression}", changed(279, lambda v: [v[0] * 2 // 3])
        yield f"rows_all_c{compression}", changed(278, lambda v: [65535])
        yield f"no_photometric_c{compression}", without(262)
        yield f"no_photometric_grey_c{compression}", tw.write_tiff(
            grey, 8, 1, compression=compression, without=(262,))
        yield f"no_rows_c{compression}", without(278)
        yield f"no_byte_counts_c{compression}", without(279)
        yield f"no_samples_c{compression}", without(277)
        yield f"one_bits_value_c{compression}", changed(258, lambda v: v[:1])
        yield f"no_bits_c{compression}", without(258)
        yield f"far_strip_c{compression}", changed(273, lambda v: [100_000])
        yield f"old_lzw_c{compression}", tw.write_tiff(
            grey, 8, 1, compression=compression, change=lambda tags: tags.update(
                {259: (3, [5])}))
        yield f"sparse_c{compression}", tw.write_tiff(
            grey, 8, 1, compression=compression, change=lambda tags: tags.update(
                {279: (4, [0] * len(tags[279][1])), 273: (4, [0] * len(tags[273][1]))}))
        yield f"predictor_2_c{compression}", tw.write_tiff(
            rgb, 8, 2, compression=compression, change=lambda tags: tags.update({317: (3, [2])}))
        for orientation in (3, 6):
            yield f"orientation_{orientation}_c{compression}", tw.write_tiff(
                rgb, 8, 2, compression=compression,
                change=lambda tags: tags.update({274: (3, [orientation])}))
        for cut in (1, 7, 60):
            whole = tw.write_tiff(rgb, 8, 2, compression=compression)
            yield f"cut_{cut}_c{compression}", whole[:-cut]
    yield "short_palette", tw.write_tiff(
        wide_samples(8, tw.UNSIGNED, 1), 8, 3, palette=palette(5))


def tiff():
    yield from hand_written_tiff()
    yield from tiff_structures()
    fax = ("group3", "group4", "tiff_ccitt")
    for compression in ("raw", "tiff_lzw", "packbits", "jpeg", "tiff_adobe_deflate", "tiff_deflate",
                        "lzma", "zstd", *fax):
        # libtiff damages the process's memory where it is asked for what it cannot write (so WebP,
        # which the wheel's libtiff does not know, is not asked for at all).
        modes = (("1",) if compression in fax else ("L", "RGB", "YCbCr", "CMYK")
                 if compression == "jpeg" else MODES)
        for name, options in (("", {}), ("_big", {"big_tiff": True}),
                              ("_strips", {"tiffinfo": {278: 8}}),
                              ("_fill2", {"tiffinfo": {266: 2}}),
                              ("_two_dimensions", {"tiffinfo": {292: 1}}),
                              ("_fill_bits", {"tiffinfo": {292: 4}}),
                              ("_white", {"tiffinfo": {262: 0}})):
            if name in ("", "_big", "_strips") or compression in fax:
                for mode, data in written(modes, format="TIFF", compression=compression, **options):
                    yield f"pillow_{mode}_{compression}{name}", data
    for sampling in ((1, 1), (2, 1), (2, 2), (1, 2), (4, 1)):
        for photometric, channels in ((6, 3), (2, 3), (1, 1), (0, 1), (5, 4)):
            samplings = [sampling] + [(1, 1)] * (channels - 1)
            yield f"jpeg_{photometric}_{sampling[0]}x{sampling[1]}", jpeg_in_tiff(
                photometric, channels, write_jpeg(45, 37, samplings))


def jpeg_in_tiff(photometric, channels, jpeg):
    # One strip; the tags that a compression of another kind would need stay out.
    tags = {256: (3, [45]), 257: (3, [37]), 258: (3, [8] * channels), 259: (3, [7]),
            262: (3, [photometric]), 273: (4, [700]), 277: (3, [channels]), 278: (3, [37]),
            279: (4, [len(jpeg)])}
    return tw.directory(tags, "<", False, 700) + jpeg


def png():
    for mode, data in written(format="PNG"):
        yield f"pillow_{mode}", data
    for bits in (1, 2, 4, 8):
        for transparency in (None, 0, bytes(range(0, 2**bits))):
            out = io.BytesIO()
            options = {} if transparency is None else {"transparency": transparency}
            IMAGE.quantize(2**bits).save(out, format="PNG", bits=bits, **options)
            yield f"palette_{bits}_{type(transparency).__name__}", out.getvalue()
    for channels, bits in itertools.product((1, 2, 3, 4), (1, 2, 4, 8, 16)):
        if bits < 8 and channels > 1:
            continue
        samples = np.dstack([RGB, ALPHA])[..., :channels].astype(np.int64)
        samples = samples * 257 ^ np.mgrid[0:H, 0:W][0][..., None] if bits == 16 else (
            samples >> (8 - bits))
        transparent = struct.pack(f">{channels}H", *samples[0, 0]) if channels in (1, 3) else b""
        for interlaced in (False, True):
            name = f"{channels}x{bits}{'_interlaced' if interlaced else ''}"
            yield name, write_png(samples, bits, interlaced)
            if transparent:
                yield f"{name}_transparent", write_png(
                    samples, bits, interlaced, chunk(b"tRNS", transparent))
    yield from damaged_png()


def damaged_png():
    out = io.BytesIO()
    IMAGE.quantize(20).save(out, format="PNG", transparency=3)
    whole = out.getvalue()
    text = chunk(b"tEXt", b"Title\0x")
    at = whole.index(b"IDAT") - 4
    whole = whole[:at] + text + whole[at:]
    for name in (b"IHDR", b"PLTE", b"tRNS", b"tEXt", b"IDAT", b"IEND"):
        at = whole.index(name) - 4
        end = at + 12 + struct.unpack(">I", whole[at:at + 4])[0]
        yield f"wrong_sum_{name.decode()}", (
            whole[:end - 1] + bytes([whole[end - 1] ^ 1]) + whole[end:])
    at = whole.index(b"PLTE") + 5
    yield "flipped_PLTE", whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1:]


def jpeg():
    for progressive, subsampling in itertools.product((False, True), (0, 1, 2)):
        for mode, data in written(format="JPEG", progressive=progressive, subsampling=subsampling):
            yield f"pillow_{mode}_{'progressive' if progressive else 'baseline'}_{subsampling}", data
    samplings = {"444": [(1, 1)] * 3, "422": [(2, 1), (1, 1), (1, 1)],
                 "420": [(2, 2), (1, 1), (1, 1)], "440": [(1, 2), (1, 1), (1, 1)],
                 "411": [(4, 1), (1, 1), (1, 1)], "410": [(4, 2), (1, 1), (1, 1)],
                 "441": [(1, 4), (1, 1), (1, 1)], "444_twice": [(2, 2)] * 3,
                 "mixed": [(2, 2), (2, 1), (1, 2)], "mixed_back": [(2, 2), (1, 2), (2, 1)],
                 "luma_halved": [(1, 1), (1, 2), (1, 1)], "three": [(3, 1), (1, 1), (1, 1)],
                 "three_to_two": [(3, 2), (2, 1), (1, 1)], "440_twice": [(2, 2), (2, 1), (2, 1)],
                 "grey": [(1, 1)], "grey_22": [(2, 2)], "two": [(1, 1)] * 2, "four": [(1, 1)] * 4,
                 "four_440": [(1, 2), (1, 1), (1, 1), (1, 2)]}
    for (name, factors), (width, height) in itertools.product(
            samplings.items(), ((45, 37), (48, 32), (5, 3), (1, 1))):
        yield f"{name}_{width}x{height}", write_jpeg(width, height, factors, seed=width)
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0")
    for transform in (0, 1, 2):
        for name in ("444", "440", "four", "four_440", "grey"):
            yield f"{name}_adobe{transform}", write_jpeg(
                45, 37, samplings[name], extra=adobe + bytes([transform]))
    icc = b"ICC_PROFILE\0"
    for name, profiles in (("twice", [b"\1\2x", b"\1\2x"]), ("missing", [b"\2\2x"]),
                           ("empty", [b""]), ("zero", [b"\0\0"]), ("wrong", [b"\1\1nonsense"])):
        yield f"icc_{name}", write_jpeg(45, 37, samplings["420"], extra=b"".join(
            segment(0xE2, icc + profile) for profile in profiles))
    for name, marker in (("extended", 0xC1), ("lossless", 0xC3), ("arithmetic", 0xC9),
                         ("differential", 0xC5)):
        yield f"frame_{name}", write_jpeg(45, 37, samplings["420"], marker=marker)
    yield "frame_12_bits", write_jpeg(45, 37, samplings["420"], marker=0xC1, precision=12)
    out = io.BytesIO()
    Image.fromarray(picture(48, 32)).save(out, format="JPEG", progressive=True, quality=90)
    whole = out.getvalue()
    places = [i for i in range(len(whole) - 1) if whole[i:i + 2] == b"\xff\xda"]
    tables = [whole.rfind(b"\xff\xc4", 0, place) for place in places]
    for count in range(1, len(places)):
        yield f"scans_{count}_of_{len(places)}", whole[:tables[count]] + b"\xff\xd9"


def gif():
    for interlace in (0, 1):
        for mode, data in written(format="GIF", interlace=interlace):
            yield f"pillow_{mode}_{interlace}", data
    for colors in (2, 3, 16, 200):
        out = io.BytesIO()
        IMAGE.quantize(colors).save(out, format="GIF", transparency=1)
        yield f"colors_{colors}", out.getvalue()
    out = io.BytesIO()
    IMAGE.quantize(50).save(out, format="GIF", save_all=True,
                            append_images=[IMAGE.rotate(180).quantize(50)])
    yield "animated", out.getvalue()
    # Four pixels of a frame of 2 x 2 in codes of 3 bits, and the same with an end mark early.
    screen = struct.pack("<6sHHBBB", b"GIF89a", 2, 2, 0x81, 0, 0)
    table = bytes([10, 20, 30, 200, 0, 0, 0, 150, 0, 0, 0, 250])
    place = b"," + struct.pack("<HHHHB", 0, 0, 2, 2, 0)

    def codes(*values):
        bits = "".join(format(v, "03b") for v in reversed(values))
        bits = "0" * (-len(bits) % 8) + bits
        data = int(bits, 2).to_bytes(len(bits) // 8, "little")
        return b"\2" + bytes([len(data)]) + data + b"\0\x3b"

    yield "codes_whole", screen + table + place + codes(4, 1, 2, 4, 3, 1, 5)
    yield "codes_early_end", screen + table + place + codes(4, 1, 2, 5)
    yield "codes_no_end", screen + table + place + codes(4, 1, 2)
    yield "codes_many", screen + table + place + codes(4, 1, 2, 4, 3, 1, 4, 2, 2, 5)
    yield "codes_no_clear", screen + table + place + codes(1, 2, 4, 3, 1, 5)


def bmp():
    for mode, data in written(format="BMP"):
        yield f"pillow_{mode}", data
    for mode, data in written(format="DIB"):
        yield f"dib_{mode}", data

    def raw(bits, pixels, header=40, compression=0, masks=b"", height=H, colors=0):
        """Colours of four bytes, of three where the header is OS/2's."""
        table = b"".join(bytes([i * 15 % 256, (255 - i * 9) % 256, i * 3 % 256, 0])[
            :3 if header == 12 else 4] for i in range(colors or (2**bits if bits <= 8 else 0)))
        if header == 12:
            info = struct.pack("<IHHHH", 12, W, height, 1, bits)
        else:
            info = struct.pack("<IiiHHIIiiII", header, W, height, 1, bits, compression, len(pixels),
                               2835, 2835, colors, 0)
            # From version 2 on the masks belong to the header.
            info = (info + (masks if header > 40 else b"")).ljust(header, b"\0")
            info += masks if header == 40 else b""
        start = 14 + len(info) + len(table)
        return (struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start)
                + info + table + pixels)

    for bits, header, height in itertools.product(
            (1, 2, 4, 8, 16, 24, 32), (12, 40, 52, 56, 64, 108, 124), (H, -H)):
        if header == 12 and height < 0:
            continue
        stride = (W * bits + 31) // 32 * 4
        pixels = (picture(stride, H, bits)[..., 0] ^ picture(stride, H, bits)[..., 2]).tobytes()
        yield f"raw_{bits}_h{header}_{'up' if height > 0 else 'down'}", raw(
            bits, pixels, header, height=height)
        if bits in (16, 32) and header > 12:
            for name, masks in MASKS.items():
                packed = struct.pack(f"<{len(masks)}I", *masks)
                yield f"masks_{name}_{bits}_h{header}_{'up' if height > 0 else 'down'}", raw(
                    bits, pixels, header, 3, packed, height)
    pixels = bytes(range(256)) * 4
    stride = (W * 4 + 31) // 32 * 4
    yield "few_colors", raw(8, bytes(i % 5 for i in range((W + 3) // 4 * 4 * H)), colors=5)
    yield "colors_beyond", raw(8, bytes(i % 9 for i in range((W + 3) // 4 * 4 * H)), colors=5)
    rle8 = b"".join(bytes([2, y, 0, 5, 1, 2, 3, 4, 5, 6, 2, 9, 0, 0]) for y in range(H)) + b"\0\1"
    rle4 = b"".join(bytes([3, 0x12, 0, 4, 0x12, 0x34, 2, 0x9A, 0, 0]) for y in range(H)) + b"\0\1"
    yield "rle8_over", raw(8, bytes([W + 2, 5, 0, 0]) * H + b"\0\1", compression=1)
    yield "rle8_no_row_ends", raw(8, bytes([W, 5]) * H + b"\0\1", compression=1)
    yield "rle8_empty_row", raw(8, b"\0\0" + bytes([W, 5, 0, 0]) * H + b"\0\1", compression=1)
    yield "rle8_short_rows", raw(8, bytes([3, 5, 0, 0]) * H + b"\0\1", compression=1)
    delta = bytes([3, 7, 0, 2, 2, 1, 4, 9, 0, 1])
    for header in (40, 64, 108, 124):
        yield f"rle8_h{header}", raw(8, rle8, header, 1)
        yield f"rle4_h{header}", raw(4, rle4, header, 2)
        yield f"rle8_delta_h{header}", raw(8, delta, header, 1)
    yield "rle8_short", raw(8, rle8[:40] + b"\0\1", compression=1)
    yield "rle8_cut", raw(8, rle8[:40], compression=1)
    yield "rle4_short", raw(4, rle4[:40] + b"\0\1", compression=2)
    yield "raw_cut", raw(24, bytes(range(200)))
    yield "jpeg_inside", raw(24, write_jpeg(W, H, [(1, 1)]), compression=4)


MASKS = {"555": (0x7C00, 0x3E0, 0x1F), "565": (0xF800, 0x7E0, 0x1F), "bgr": (0xFF, 0xFF00, 0xFF0000),
         "rgb": (0xFF0000, 0xFF00, 0xFF), "abgr": (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
         "argb": (0xFF0000, 0xFF00, 0xFF, 0xFF000000), "high": (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
         "odd": (0x3FF, 0xFFC00, 0x3FF00000)}


def webp():
    for options in ({"lossless": True}, {"lossless": True, "exact": True}, {"quality": 30},
                    {"quality": 90, "method": 6}, {"quality": 50, "alpha_quality": 20}):
        label = "_".join(f"{k}{int(v)}" for k, v in options.items())
        for mode, data in written(format="WEBP", **options):
            yield f"pillow_{mode}_{label}", data
    for mode, data in written(format="WEBP", save_all=True, append_images=[IMAGE.rotate(180)]):
        yield f"animated_{mode}", data


def others():
    Image.init()
    for format_name in sorted(Image.SAVE):
        if format_name in ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "DIB", "PDF"):
            continue
        for mode, data in written(format=format_name):
            yield f"{format_name}_{mode}", data


def answer(data):
    try:
        image = Image.open(io.BytesIO(data))
        mode = image.mode
        rgb = image.convert("RGB")
    except Exception:
        return "refused 0 0 -"
    return f"{mode} {rgb.width} {rgb.height} {hashlib.sha256(rgb.tobytes()).hexdigest()[:16]}"


def main(path):
    warnings.simplefilter("ignore")
    print("Pillow", PIL.__version__, "NumPy", np.__version__)
    files = b""
    index = ""
    for folder, make in (("png", png), ("jpg", jpeg), ("webp", webp), ("gif", gif), ("bmp", bmp),
                         ("tif", tiff), ("other", others)):
        cells = {name: data for name, data in make() if len(data) < 20_000}
        answers = {name: answer(data) for name, data in cells.items()}
        refused = sum(text.startswith("refused") for text in answers.values())
        print(folder, len(cells), "files, of which Pillow refuses", refused)
        # Files of like bytes one behind the other, within the reach of the zip's compression.
        for name, data in sorted(cells.items(), key=lambda cell: (
                cell[0].split("_c")[-1] if "_fill" in cell[0] else "", len(cell[1]))):
            files += data
            index += f"{folder}/{name} {len(data)} {answers[name]}\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (("files.bin", files), ("index.txt", index.encode())):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(sys.argv[1])
