"""Makes the frozen gzip files and verdicts that tests/data/gzip.rs holds the reader to.

Run it in its own folder with any Python 3; it needs nothing else. Everything comes from Python's
binding to zlib, which shares no code with this crate.

contents/*.bin  what is packed
streams.txt     a line each: name, which content, the gzip file in hexadecimal
verdicts.txt    raw DEFLATE data with some bytes changed or cut off, and what zlib says of each:
                a header line "stream <hex>", then a line for each change:
                cut, changes as index:xor, verdict
                verdict = "ok <bytes taken> <length> <crc32>" or "short" or "bad <zlib's words>"
"""

import gzip
import io
import os
import random
import struct
import zlib

random.seed(1952)
os.makedirs("contents", exist_ok=True)

words = "the digits of the census and the digits of the school".split()
contents = {
    "empty": b"",
    "one": b"7",
    "zeros": bytes(3000),
    "text": " ".join(random.choice(words) for _ in range(250)).encode(),
    "noise": random.randbytes(300),
    "ink": bytes(max(0, min(255, int(random.gauss(-60, 120)))) for _ in range(784)),
    "periods": b"".join((random.randbytes(p) * 400)[:80] for p in range(1, 41)),
}
# Copies from as far back as a distance can reach, 32,768, and nothing between but zeros.
far = random.randbytes(60)
contents["far"] = far + bytes(32768 - len(far)) + far + far[::-1]
for name, content in contents.items():
    with open(f"contents/{name}.bin", "wb") as file:
        file.write(content)

STRATEGIES = {
    "default": zlib.Z_DEFAULT_STRATEGY,
    "filtered": zlib.Z_FILTERED,
    "huffman": zlib.Z_HUFFMAN_ONLY,
    "rle": zlib.Z_RLE,
    "fixed": zlib.Z_FIXED,
}


def deflate(content, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, wbits=-15, memory=8, pieces=1):
    packer = zlib.compressobj(level, zlib.DEFLATED, wbits, memory, strategy)
    out = b""
    for i in range(pieces):
        part = content[len(content) * i // pieces : len(content) * (i + 1) // pieces]
        out += packer.compress(part)
        if i + 1 < pieces:
            out += packer.flush([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH][i % 2])
    return out + packer.flush()


def member(content, flags=0, extra=b"", name=b"", comment=b"", **how):
    header = bytes([0x1F, 0x8B, 8, flags]) + struct.pack("<IBB", 1234567890, 2, 3)
    if flags & 4:
        header += struct.pack("<H", len(extra)) + extra
    if flags & 8:
        header += name + b"\0"
    if flags & 16:
        header += comment + b"\0"
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    trailer = struct.pack("<II", zlib.crc32(content), len(content))
    return header + deflate(content, **how) + trailer


streams = []


def add(label, content, stream):
    # Two readers that are not ours must agree first.
    whole = b"".join(contents[name] for name in content.split("+"))
    assert gzip.GzipFile(fileobj=io.BytesIO(stream)).read() == whole, label
    streams.append((label, content, stream))


for name, content in contents.items():
    levels = [1, 6, 9] if name in ("noise", "far", "periods") else range(10)
    for level in levels:
        add(f"level-{level}", name, member(content, level=level))
    for label, strategy in STRATEGIES.items():
        if name == "far" and label == "huffman":
            continue
        add(f"strategy-{label}", name, member(content, strategy=strategy))
    if name != "far":
        add("flushed", name, member(content, pieces=4))
        add("small-window", name, member(content, wbits=-9, memory=1))
for flags in range(0, 32):
    # Bit 0 (FTEXT) is only a hint.
    fields = dict(extra=b"AB\x04\x00data", name=b"digits.idx", comment=b"frozen \xe9")
    add(f"flags-{flags:05b}", "one", member(contents["one"], flags, **fields))
add("long-extra", "one", member(contents["one"], 4 | 2, extra=bytes(700)))
add("empty-fields", "one", member(contents["one"], 4 | 8 | 16 | 2))
add("two-members", "text+one", member(contents["text"]) + member(contents["one"], 2))
add("empty-between", "one+empty+one", b"".join(member(contents[n]) for n in ["one", "empty", "one"]))
add("padded", "text", member(contents["text"]) + bytes(512))
add("gzip-module", "text", gzip.compress(contents["text"], mtime=0))
with open("streams.txt", "w") as file:
    for label, content, stream in streams:
        file.write(f"{label} {content} {stream.hex()}\n")


def verdict(data):
    reader = zlib.decompressobj(-15)
    try:
        out = reader.decompress(data)
    except zlib.error as error:
        return "bad " + str(error).split(": ", 1)[1]
    if not reader.eof:
        return "short"
    return f"ok {len(data) - len(reader.unused_data)} {len(out)} {zlib.crc32(out):08x}"


bases = [
    deflate(contents["text"][:300]),
    deflate(contents["ink"][:200]),
    deflate(contents["ink"][:120], strategy=zlib.Z_HUFFMAN_ONLY),
    deflate(contents["text"][:120], strategy=zlib.Z_FIXED),
    deflate(contents["noise"][:20], level=0),
    deflate(contents["periods"][:240], pieces=3),
    deflate(contents["zeros"]),
    deflate(contents["text"], strategy=zlib.Z_RLE)[:220],
]
counts = {}
with open("verdicts.txt", "w") as file:
    for base in bases:
        file.write(f"stream {base.hex()}\n")
        cases = []
        head = min(len(base), 90)
        # Every bit of the head, where the codes are; then changes anywhere, and cuts.
        cases += [(len(base), [(i // 8, 1 << i % 8)]) for i in range(8 * head)]
        for _ in range(350):
            changes = [
                (random.choice([random.randrange(len(base)), random.randrange(head)]), random.randrange(1, 256))
                for _ in range(random.choice([1, 1, 2, 3]))
            ]
            cases.append((random.choice([len(base), random.randrange(len(base) + 1)]), changes))
        for cut, changes in cases:
            data = bytearray(base)
            for at, xor in changes:
                data[at] ^= xor
            told = verdict(bytes(data[:cut]))
            key = told if told.startswith("bad") else told.split()[0]
            counts[key] = counts.get(key, 0) + 1
            text = ",".join(f"{at}:{xor}" for at, xor in changes)
            file.write(f"{cut} {text} {told}\n")
for key, count in sorted(counts.items()):
    print(count, key)
print(len(streams), "streams,", sum(len(s) for _, _, s in streams), "bytes")
