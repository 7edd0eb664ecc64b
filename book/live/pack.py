"""Packs what the live pages load into book/src/live, for `book/live/build`.

A page that was opened from disk may not read another file, but it may run one. So each of these
is a script of one line, which hands its bytes over as base64:

    module.js   the crate, compiled for a browser
    digits.js   the first digits of MNIST and their labels, as two IDX files
    lenet.js    chapter 6's net from target/lenet.safetensors, each weight rounded to 16 bits, and
                the mean and the spread of the pixels that it was trained on
"""

import base64
import gzip
import json
import math
import struct
import sys
from array import array
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MNIST = ROOT / "data" / "mnist"
DIGITS = 1500  # as examples/chapter4/short.rs has it
TRAINED_ON = 50_000  # as chapter 6 does


def idx(name, header, size, count):
    """The first `count` elements, of `size` bytes each, of a file of MNIST."""
    file = gzip.decompress((MNIST / name).read_bytes())
    return file[:4] + struct.pack(">I", count) + file[8 : header + size * count]


def rounded(bits):
    """The upper half of an f32, to the nearest and a tie to the even one: a bfloat16."""
    return bits + 0x7FFF + (bits >> 16 & 1) >> 16


def bfloat16(file, more):
    """A safetensors file of F32 as one of BF16, with a few more numbers in F32 behind it."""
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + length])
    weights = array("I", file[8 + length :])
    for entry in header.values():
        entry["dtype"] = "BF16"
        entry["data_offsets"] = [at // 2 for at in entry["data_offsets"]]
    end = 2 * len(weights)
    for at, name in enumerate(more):
        header[name] = {"dtype": "F32", "shape": [], "data_offsets": [end + 4 * at, end + 4 * at + 4]}
    text = json.dumps(header, separators=(",", ":")).encode()
    halves = array("H", map(rounded, weights))
    return len(text).to_bytes(8, "little") + text + halves.tobytes() + struct.pack(f"<{len(more)}f", *more.values())


def pack(name, *parts):
    """Gzips each part, and writes them one after another into a script."""
    parts = [gzip.compress(part, 9, mtime=0) for part in parts]
    data = base64.b64encode(b"".join(parts)).decode()
    script = f'longhandLive.take("{name}", {[len(part) for part in parts]}, "{data}");\n'
    path = ROOT / "book" / "src" / "live" / f"{name}.js"
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    print(f"book/src/live/{name}.js: {len(script):,} bytes")


def main(module):
    pack("module", Path(module).read_bytes())

    images, labels = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
    pack("digits", idx(images, 16, 784, DIGITS), idx(labels, 8, 1, DIGITS))

    trained = ROOT / "target" / "lenet.safetensors"
    if not trained.exists():
        sys.exit("there is no target/lenet.safetensors: cargo run --example chapter6 makes it")
    pixels = idx(images, 16, 784, TRAINED_ON)[16:]
    count = len(pixels)
    mean = sum(pixels) / count
    spread = math.sqrt(sum(value * value * pixels.count(value) for value in range(256)) / count - mean * mean)
    pack("lenet", bfloat16(trained.read_bytes(), {"mean": mean / 255, "std": spread / 255}))


if __name__ == "__main__":
    main(sys.argv[1])
