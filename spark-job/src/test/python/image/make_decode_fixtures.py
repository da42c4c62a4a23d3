"""Small files of every kind that is read, each with Pillow's answer, in one zip.

usage: python make_decode_fixtures.py ../../resources/image/decode.zip

Entries: FORMAT/NAME.EXT; golden/NUMBER.rgb, the raw bytes of Image.open(file).convert("RGB"), each
picture once; index.txt, lines "FILE WIDTH HEIGHT NUMBER TENTHS", where TENTHS is how many tenths of
the file Pillow needs to read it. Written with Pillow 12.3.0 (libjpeg-turbo, libwebp, libtiff of its
wheel) and NumPy 2.4.6.
"""
import io
import struct
import sys
import zipfile

import numpy as np
import PIL
from PIL import Image, ImageCms, TiffImagePlugin

from pictures import picture
from png_writer import chunk, write_png

W, H = 37, 29
RGB = picture(W, H)
ALPHA = (np.mgrid[0:H, 0:W][1] * 255 // (W - 1)).astype(np.uint8)
WIDE = (RGB.astype(np.int64) * 257 + np.mgrid[0:H, 0:W][0][..., None] * 37) & 0xFFFF
# A profile that would turn the colours if a reader applied it: another gamma, blue for red.
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def smooth(width, height):
    """Photograph-like: lossy codecs are for these."""
    y, x = np.mgrid[0:height, 0:width] / 7.0
    planes = [128 + 100 * np.sin(x + y * 0.3), 128 + 90 * np.cos(y - x * 0.2),
              128 + 80 * np.sin(x * 0.7) * np.cos(y)]
    return np.clip(np.stack(planes, -1) + picture(width, height) / 16.0, 0, 255).astype(np.uint8)


def save(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def png():
    rgb = Image.fromarray(RGB)
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(ALPHA))
    palette = rgb.quantize(200)
    yield "rgb", save(rgb, format="PNG")
    yield "rgba", save(rgba, format="PNG")
    yield "grey", save(rgb.convert("L"), format="PNG")
    yield "grey_alpha", save(rgba.convert("LA"), format="PNG")
    yield "one_bit", save(rgb.convert("1"), format="PNG")
    yield "palette", save(palette, format="PNG")
    yield "palette_transparent", save(palette, format="PNG", transparency=bytes(range(200)))
    for bits in (1, 2, 4):
        yield f"palette_{bits}bit", save(rgb.quantize(2**bits), format="PNG", bits=bits)
    yield "palette_short", save(rgb.quantize(11), format="PNG")
    yield "grey_transparent", save(rgb.convert("L"), format="PNG", transparency=77)
    yield "rgb_transparent", save(rgb, format="PNG", transparency=(250, 10, 10))
    yield "icc", save(rgb, format="PNG", icc_profile=PROFILE)
    yield "gamma", write_png(RGB, 8, extra=chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "grey_gamma", write_png(RGB[..., :1], 8, extra=chunk(b"gAMA", struct.pack(">I", 100000)))
    yield "sbit", write_png(RGB, 8, extra=chunk(b"sBIT", bytes([5, 6, 5])))
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "exif_rotated", save(rgb, format="PNG", exif=exif)
    for bits in (1, 2, 4):
        yield f"grey_{bits}bit", write_png(RGB[..., 2:] >> (8 - bits), bits)
        yield f"grey_{bits}bit_interlaced", write_png(RGB[..., 2:] >> (8 - bits), bits, True)
    dark = WIDE[..., :1] >> 6
    yield "grey_16bit", write_png(WIDE[..., :1], 16)
    yield "grey_16bit_dark", write_png(dark, 16)
    yield "grey_16bit_transparent", write_png(
        WIDE[..., :1], 16, extra=chunk(b"tRNS", struct.pack(">H", 257)))
    yield "rgb_16bit", write_png(WIDE, 16)
    wide_alpha = ALPHA[..., None].astype(np.int64) * 257
    yield "rgba_16bit", write_png(np.concatenate([WIDE, wide_alpha], -1), 16)
    yield "grey_alpha_16bit", write_png(np.concatenate([WIDE[..., :1], wide_alpha], -1), 16)
    yield "rgb_interlaced", write_png(RGB, 8, True)
    yield "rgb_16bit_interlaced", write_png(WIDE, 16, True)
    yield "grey_alpha_interlaced", write_png(np.dstack([RGB[..., 0], ALPHA]), 8, True)
    yield "one_pixel_interlaced", write_png(RGB[:1, :1], 8, True)
    yield "one_pixel", write_png(RGB[:1, :1], 8)


def patched(data, marker, offset, old, new):
    """data with bytes replaced behind a marker; the old ones must be there."""
    at = data.index(marker) + offset
    assert data[at:at + len(old)] == old, data[at:at + len(old)]
    return data[:at] + new + data[at + len(old):]


def jpeg():
    image = Image.fromarray(smooth(53, 43))
    cmyk = Image.fromarray(np.dstack([smooth(53, 43), smooth(43, 53)[..., 0].T // 2]), "CMYK")
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        yield f"rgb_{name}", save(image, format="JPEG", quality=90, subsampling=subsampling)
        yield f"progressive_{name}", save(
            image, format="JPEG", quality=80, subsampling=subsampling, progressive=True)
    yield "low_quality", save(image, format="JPEG", quality=10)
    yield "restarts", save(image, format="JPEG", restart_marker_blocks=2)
    yield "grey", save(image.convert("L"), format="JPEG")
    yield "keep_rgb", save(image, format="JPEG", keep_rgb=True, quality=90)
    yield "icc", save(image, format="JPEG", icc_profile=PROFILE)
    yield "grey_icc", save(image.convert("L"), format="JPEG", icc_profile=PROFILE)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "exif_rotated", save(image, format="JPEG", exif=exif)
    yield "comment", save(image, format="JPEG", comment=b"\xff\xd8 not a start")
    yield "one_pixel", save(image.crop((0, 0, 1, 1)), format="JPEG")
    cmyk_file = save(cmyk, format="JPEG", quality=90)
    yield "cmyk", cmyk_file
    # Adobe's transform flag says what the four components are: 2 is YCCK.
    yield "ycck", patched(cmyk_file, b"Adobe", 11, b"\0", b"\2")
    # Without the Adobe segment the levels are not inverted.
    at = cmyk_file.index(b"\xff\xee")
    size = struct.unpack(">H", cmyk_file[at + 2:at + 4])[0]
    yield "cmyk_no_adobe", cmyk_file[:at] + cmyk_file[at + 2 + size:]
    # 4:4:0, which Pillow does not write: the blocks of a 4:2:2 file in the other order.
    tall = save(image.crop((0, 0, 48, 32)), format="JPEG", quality=90, subsampling=1)
    tall = patched(tall, b"\xff\xc0", 5, struct.pack(">HH", 32, 48), struct.pack(">HH", 48, 32))
    yield "rgb_440", patched(tall, b"\xff\xc0", 10, b"\1\x21", b"\1\x12")
    # Neither JFIF nor Adobe: libjpeg guesses from the component numbers.
    jfif = save(image, format="JPEG", quality=90, subsampling=0)
    bare = jfif[:2] + jfif[20:]
    yield "no_jfif", bare
    named = bare
    for number, letter in ((1, b"R"), (2, b"G"), (3, b"B")):
        at = named.index(b"\xff\xc0") + 10 + 3 * (number - 1)
        named = named[:at] + letter + named[at + 1:]
        at = named.index(b"\xff\xda") + 5 + 2 * (number - 1)
        named = named[:at] + letter + named[at + 1:]
    yield "no_jfif_named_rgb", named


def webp():
    image = Image.fromarray(smooth(53, 43))
    alpha = image.copy()
    alpha.putalpha(Image.fromarray(ALPHA).resize((53, 43)))
    yield "lossless", save(Image.fromarray(RGB), format="WEBP", lossless=True)
    yield "lossless_smooth", save(image, format="WEBP", lossless=True, method=6)
    yield "lossless_alpha", save(alpha, format="WEBP", lossless=True, exact=True)
    yield "lossless_palette", save(
        Image.fromarray(RGB).quantize(9).convert("RGB"), format="WEBP", lossless=True)
    yield "lossy", save(image, format="WEBP", quality=80)
    yield "lossy_low", save(image, format="WEBP", quality=5, method=6)
    yield "lossy_alpha", save(alpha, format="WEBP", quality=80)
    yield "lossy_large", save(Image.fromarray(smooth(97, 83)), format="WEBP", quality=60)
    yield "one_pixel", save(image.crop((0, 0, 1, 1)), format="WEBP", lossless=True)
    yield "animated", save(image, format="WEBP", lossless=True, save_all=True,
                           append_images=[Image.fromarray(RGB).resize((53, 43))])


def gif():
    rgb = Image.fromarray(RGB)
    palette = rgb.quantize(200)
    yield "palette", save(palette, format="GIF", interlace=0)
    yield "interlaced", save(palette, format="GIF", interlace=1)
    yield "grey", save(rgb.convert("L"), format="GIF")
    yield "one_bit", save(rgb.convert("1"), format="GIF")
    yield "transparent", save(palette, format="GIF", transparency=3)
    yield "animated", save(palette, format="GIF", save_all=True,
                           append_images=[rgb.transpose(Image.Transpose.ROTATE_180).quantize(50)])
    # A first frame that is smaller than the screen: 2 x 2 pixels at (3, 1) on 8 x 5.
    screen = struct.pack("<6sHHBBB", b"GIF89a", 8, 5, 0x91, 2, 0)
    table = bytes([10, 20, 30, 200, 0, 0, 0, 150, 0, 0, 0, 250])
    frame = b"," + struct.pack("<HHHHB", 3, 1, 2, 2, 0) + bytes([2, 3, 0x44, 0x34, 0x05, 0, 0x3b])
    yield "small_frame", screen + table + frame
    control = b"!\xf9\x04\x01\0\0\1\0"
    yield "small_frame_transparent", screen + table + control + frame


def bmp():
    rgb = Image.fromarray(RGB)
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(ALPHA))
    yield "rgb", save(rgb, format="BMP")
    yield "rgba", save(rgba, format="BMP")
    yield "grey", save(rgb.convert("L"), format="BMP")
    yield "one_bit", save(rgb.convert("1"), format="BMP")
    yield "palette", save(rgb.quantize(200), format="BMP")

    def raw(bits, width, height, pixels, compression=0, palette=b"", masks=b""):
        start = 14 + 40 + len(masks) + len(palette)
        return (struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start)
                + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression,
                              len(pixels), 2835, 2835, len(palette) // 4, 0)
                + masks + palette + pixels)

    table = b"".join(bytes([i * 15, 255 - i * 9, i * 3, 0]) for i in range(16))
    yield "four_bit", raw(4, 7, 3, bytes(range(1, 13)), palette=table)
    yield "top_down", raw(24, 2, -2, bytes(range(16)))
    noise = RGB[:5, :6].reshape(-1)[:60].tobytes()
    yield "rgb_555", raw(16, 6, 5, noise)
    yield "rgb_565", raw(16, 6, 5, noise, compression=3,
                         masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    yield "rle8", raw(8, 6, 2, bytes([4, 3, 2, 9, 0, 0, 0, 3, 1, 2, 3, 0, 3, 15, 0, 1]),
                      compression=1, palette=table)


def tiff():
    rgb = Image.fromarray(RGB)
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(ALPHA))
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"rgb_{compression or 'raw'}", save(rgb, format="TIFF", compression=compression)
    yield "rgb_predictor", save(rgb, format="TIFF", compression="tiff_lzw", tiffinfo={317: 2})
    yield "rgb_jpeg", save(Image.fromarray(smooth(48, 32)), format="TIFF", compression="jpeg",
                           quality=90)
    yield "rgba", save(rgba, format="TIFF")
    yield "grey", save(rgb.convert("L"), format="TIFF")
    yield "grey_alpha", save(rgba.convert("LA"), format="TIFF")
    yield "grey_strips", save(rgb.convert("L"), format="TIFF", compression="tiff_lzw",
                              tiffinfo={278: 5})
    yield "palette", save(rgb.quantize(200), format="TIFF")
    yield "one_bit", save(rgb.convert("1"), format="TIFF")
    yield "one_bit_group4", save(rgb.convert("1"), format="TIFF", compression="group4")
    yield "cmyk", save(rgb.convert("CMYK"), format="TIFF")
    yield "grey_16bit", save(Image.fromarray(WIDE[..., 0].astype(np.uint16)), format="TIFF")
    yield "grey_16bit_dark", save(
        Image.fromarray((WIDE[..., 0] >> 7).astype(np.uint16)), format="TIFF")
    yield "two_pages", save(rgb, format="TIFF", save_all=True, append_images=[rgb.rotate(180)])
    for orientation in range(2, 9):
        yield f"orientation_{orientation}", save(
            rgb, format="TIFF", compression="tiff_adobe_deflate", tiffinfo={274: orientation})

    def raw(bits, channels, photometric, pixels, order=">", width=W, height=H, extra=()):
        tags = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * channels),
                (259, 3, [1]), (262, 3, [photometric]), (273, 4, [0]), (277, 3, [channels]),
                (278, 4, [height]), (279, 4, [len(pixels)]), *extra]
        tags.sort()
        spill = 8 + 2 + 12 * len(tags) + 4
        start = spill + (2 * channels + 1) // 2 * 2
        tail = b""
        body = struct.pack(order + "H", len(tags))
        for tag, kind, values in tags:
            values = [start] if tag == 273 else values
            code = {3: "H", 4: "I"}[kind]
            packed = struct.pack(f"{order}{len(values)}{code}", *values)
            if len(packed) > 4:
                tail += packed
                packed = struct.pack(order + "I", spill + len(tail) - len(packed))
            body += struct.pack(order + "HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
        head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", 8)
        return head + body + b"\0\0\0\0" + tail.ljust(start - spill, b"\0") + pixels

    for order, name in ((">", "big"), ("<", "little")):
        yield f"rgb_16bit_{name}", raw(
            16, 3, 2, WIDE.astype(order + "u2").tobytes(), order)
        yield f"grey_16bit_{name}", raw(
            16, 1, 1, WIDE[..., 0].astype(order + "u2").tobytes(), order)
    yield "grey_white_is_zero", raw(8, 1, 0, RGB[..., 0].tobytes())
    yield "grey_4bit", raw(4, 1, 1, bytes(RGB[..., 2].reshape(-1)[:19 * H]))


def tenths_needed(data):
    for tenths in range(1, 10):
        try:
            Image.open(io.BytesIO(data[:len(data) * tenths // 10])).convert("RGB")
            return tenths
        except Exception:
            pass
    return 10


def main(path):
    print("Pillow", PIL.__version__, "NumPy", np.__version__)
    goldens = {}
    entries = {}
    index = ""
    for folder, make in (("png", png), ("jpg", jpeg), ("webp", webp), ("gif", gif),
                         ("bmp", bmp), ("tif", tiff)):
        for name, data in make():
            entry = f"{folder}/{name}.{folder}"
            image = Image.open(io.BytesIO(data))
            mode = image.mode
            rgb = image.convert("RGB")
            print(entry, len(data), mode, rgb.size)
            number = goldens.setdefault(rgb.tobytes(), len(goldens))
            entries[entry] = data
            index += f"{entry} {rgb.width} {rgb.height} {number} {tenths_needed(data)}\n"
    entries |= {f"golden/{number}.rgb": golden for golden, number in goldens.items()}
    entries["index.txt"] = index.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(sys.argv[1])
