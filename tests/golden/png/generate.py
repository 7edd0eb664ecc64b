"""PNG pictures of every kind, written and read by libpng itself.

`suite.bin` holds the files end to end; a line of `suite.txt` says of each: what it is, how many bytes
it has, its height and width, and the CRC-32 of what libpng makes of it: red, green, blue and opacity
in 16 bits each, big-endian; then of the same in greys over white, a byte each. Needs libpng 1.6 and no
package.
"""

import ctypes
import random
import zlib
from ctypes import POINTER, CFUNCTYPE, byref, c_char_p, c_int, c_size_t, c_ubyte, c_uint32, c_void_p
from pathlib import Path

png = ctypes.CDLL("libpng16.so.16")
for name in ("png_create_write_struct", "png_create_read_struct", "png_create_info_struct"):
    getattr(png, name).restype = c_void_p
png.png_get_libpng_ver.restype = c_char_p
VERSION = png.png_get_libpng_ver(None)
MOVE = CFUNCTYPE(None, c_void_p, POINTER(c_ubyte), c_size_t)
FLUSH = CFUNCTYPE(None, c_void_p)

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey-alpha", RGBA: "rgba"}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
FILTERS = {"none": 0x08, "sub": 0x10, "up": 0x20, "average": 0x40, "paeth": 0x80, "mixed": 0xF8}


class Colour(ctypes.Structure):
    _fields_ = [("red", c_ubyte), ("green", c_ubyte), ("blue", c_ubyte)]


class Transparent(ctypes.Structure):
    _fields_ = [("index", c_ubyte)] + [(name, ctypes.c_uint16) for name in ("red", "green", "blue", "grey")]


def write(size, kind, depth, lines, interlaced, filters, colours=(), opacities=(), transparent=None, level=9, piece=8192):
    height, width = size
    out = bytearray()
    put = MOVE(lambda _, data, count: out.extend(data[:count]))
    flush = FLUSH(lambda _: None)
    p = c_void_p(png.png_create_write_struct(VERSION, None, None, None))
    info = c_void_p(png.png_create_info_struct(p))
    png.png_set_write_fn(p, None, put, flush)
    png.png_set_IHDR(p, info, width, height, depth, kind, int(interlaced), 0, 0)
    png.png_set_filter(p, 0, filters)
    png.png_set_compression_level(p, level)
    png.png_set_compression_buffer_size(p, c_size_t(piece))
    if colours:
        png.png_set_PLTE(p, info, (Colour * len(colours))(*[Colour(*c) for c in colours]), len(colours))
    if opacities:
        png.png_set_tRNS(p, info, bytes(opacities), len(opacities), None)
    if transparent is not None:
        png.png_set_tRNS(p, info, None, 0, byref(Transparent(0, *transparent)))
    png.png_write_info(p, info)
    rows = [(c_ubyte * len(line))(*line) for line in lines]
    for _ in range(png.png_set_interlace_handling(p)):
        for row in rows:
            png.png_write_row(p, row)
    png.png_write_end(p, info)
    return bytes(out)


def read(file):
    """Height, width, and the samples in 16 bits each."""
    at = 0

    def next_bytes(_, data, count):
        nonlocal at
        ctypes.memmove(data, file[at : at + count], count)
        at += count

    take = MOVE(next_bytes)
    p = c_void_p(png.png_create_read_struct(VERSION, None, None, None))
    info = c_void_p(png.png_create_info_struct(p))
    png.png_set_read_fn(p, None, take)
    png.png_read_info(p, info)
    width, height = c_uint32(), c_uint32()
    png.png_get_IHDR(p, info, byref(width), byref(height), *[byref(c_int()) for _ in range(5)])
    height, width = height.value, width.value
    png.png_set_expand_16(p)
    png.png_set_gray_to_rgb(p)
    png.png_set_add_alpha(p, 0xFFFF, 1)
    passes = png.png_set_interlace_handling(p)
    png.png_read_update_info(p, info)
    rows = [(c_ubyte * (8 * width))() for _ in range(height)]
    for _ in range(passes):
        for row in rows:
            png.png_read_row(p, row, None)
    png.png_read_end(p, None)
    assert at == len(file)
    return height, width, b"".join(bytes(row) for row in rows)


def greys(rgba):
    """Over white, by the weights of BT.601, to the nearest of 256."""
    samples = [int.from_bytes(rgba[i : i + 2], "big") for i in range(0, len(rgba), 2)]
    out = bytearray()
    for i in range(0, len(samples), 4):
        red, green, blue, opaque = samples[i : i + 4]
        light = (299 * red + 587 * green + 114 * blue) * opaque + 65_535_000 * (65_535 - opaque)
        white = 65_535_000 * 65_535
        out.append((2 * 255 * light + white) // (2 * white))
    return bytes(out)


def lines(rng, size, kind, depth, colours=None):
    """Slopes and noise, packed; numbers of colours stay below `colours`."""
    height, width = size
    channels, most = CHANNELS[kind], (1 << depth) - 1 if colours is None else colours - 1
    packed = []
    for row in range(height):
        bits = 0
        for column in range(width):
            for channel in range(channels):
                slope = (row * 3 + column * (2 + channel)) * most // (5 * (height + width))
                value = rng.randint(0, most) if rng.random() < 0.2 else min(most, slope)
                bits = bits << depth | value
        used = width * channels * depth
        spare = -used % 8
        packed.append(((bits << spare) | rng.getrandbits(spare) if spare else bits).to_bytes((used + spare) // 8, "big"))
    return packed


def cases():
    rng = random.Random(22)
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                sizes = [((9, 5), name) for name in FILTERS]
                sizes += [(size, "mixed") for size in ((1, 1), (1, 7), (7, 1), (2, 3), (17, 33), (33, 17))]
                for size, name in sizes:
                    colours = []
                    if kind == PALETTE:
                        colours = [[rng.randint(0, 255) for _ in range(3)] for _ in range(rng.randint(2, 1 << depth))]
                    data = lines(rng, size, kind, depth, len(colours) or None)
                    label = f"{NAMES[kind]}-{depth}{'-interlaced' * interlaced}-{name}"
                    yield label, write(size, kind, depth, data, interlaced, FILTERS[name], colours)
    size = (9, 11)
    for depth in DEPTHS[PALETTE]:
        colours = [[rng.randint(0, 255) for _ in range(3)] for _ in range(1 << depth)]
        for count in (1, len(colours)):
            opacities = [rng.randint(0, 255) for _ in range(count)]
            data = lines(rng, size, PALETTE, depth)
            yield f"palette-{depth}-{count}-opacities", write(size, PALETTE, depth, data, count == 1, 0x08, colours, opacities)
    for kind in (GREY, RGB):
        for depth in DEPTHS[kind]:
            most = (1 << depth) - 1
            data = lines(rng, size, kind, depth)
            # The colour of the first pixel, and one that is not there.
            bits = int.from_bytes(data[0], "big")
            first = [bits >> (8 * len(data[0]) - (i + 1) * depth) & most for i in range(CHANNELS[kind])]
            for name, colour in (("first", first), ("other", [most // 3] * CHANNELS[kind])):
                told = (0, 0, 0, colour[0]) if kind == GREY else (*colour, 0)
                yield f"{NAMES[kind]}-{depth}-transparent-{name}", write(size, kind, depth, data, depth == 8, 0x08, transparent=told)
    data = lines(rng, (20, 20), RGB, 8)
    yield "many-pieces", write((20, 20), RGB, 8, data, False, 0xF8, piece=64)
    yield "stored", write((20, 20), RGB, 8, data, True, 0x08, level=0)
    # What the picture can do without, and more behind its end.
    plain = write(size, GREY, 8, lines(rng, size, GREY, 8), False, 0xF8)
    text = b"tEXtComment\0a digit"
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    own = b"diGi\0\1\2"
    chunk += (len(own) - 4).to_bytes(4, "big") + own + zlib.crc32(own).to_bytes(4, "big")
    yield "other-chunks", plain[:33] + chunk + plain[33:-12] + chunk + plain[-12:]


def main():
    folder = Path(__file__).parent
    files, rows = b"", []
    for label, file in cases():
        height, width, rgba = read(file)
        files += file
        rows.append(f"{label} {len(file)} {height} {width} {zlib.crc32(rgba):08x} {zlib.crc32(greys(rgba)):08x}\n")
    (folder / "suite.bin").write_bytes(files)
    (folder / "suite.txt").write_text("".join(rows))
    print(len(rows), "files,", len(files), "bytes")


main()
