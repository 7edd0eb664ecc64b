#!/usr/bin/env python3
"""What NumPy makes of the .npy files that the fuzzer has found, beside what we make of them.

    cargo build --manifest-path fuzz/Cargo.toml --bin npy_verdicts
    fuzz/against_numpy.py fuzz/target/debug/npy_verdicts fuzz/corpus/npy fuzz/target/corpus/npy

Needs numpy. Where both read a file, shape, element type and every element must agree. Where one
refuses, the reason must be one of those below, which the reader's documentation states.
"""

import io
import os
import re
import subprocess
import sys
import zlib

import numpy


def theirs(data):
    """Element type, shape and checksum of the little-endian row-major elements; or why not."""
    file = io.BytesIO(data)
    try:
        array = numpy.load(file, allow_pickle=False)
    except Exception as error:  # NumPy raises whatever its parser of Python raises
        return None, f"{type(error).__name__}: {error}"
    if not isinstance(array, numpy.ndarray):
        return None, "not one array"
    left = len(data) - file.tell()
    kind = array.dtype.kind + str(array.dtype.itemsize)
    if kind == "f2":
        array, kind = array.astype("<f4"), "f4"
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    elements = numpy.ascontiguousarray(array).tobytes()
    return (kind, list(array.shape), zlib.crc32(elements), left, array), None


def documented(data, found):
    """Why a file that NumPy reads is refused here, if that is documented."""
    kind, shape, _, left, array = found
    if left > 0:
        return "bytes left over"
    if not re.fullmatch(r"b1|[ui][1248]|f[248]", kind):
        return "element type"
    if kind == "b1" and set(array.tobytes()) - {0, 1}:
        return "a bool that is neither 0 nor 1"
    header = data[10 if data[6] == 1 else 12 :].split(b"}")[0]
    if re.search(rb"\\|[rRbB]['\"]|''|\(\s*\(|[_+-]\d|\d_|0[xob]|#|\b0\d|L'|'[^']*$", header):
        return "a header that only Python's parser takes"
    return None


def main():
    program, *folders = sys.argv[1:]
    paths = [os.path.join(folder, name) for folder in folders for name in sorted(os.listdir(folder))]
    lines = []
    for start in range(0, len(paths), 500):
        run = subprocess.run([program, *paths[start : start + 500]], check=True, capture_output=True)
        lines += run.stdout.decode(errors="replace").splitlines()
    both = neither = ours_alone = theirs_alone = wrong = 0
    for line in lines:
        path, verdict, *rest = line.split("\t")
        data = open(path, "rb").read()
        found, reason = theirs(data)
        if verdict == "read" and found:
            both += 1
            descr, shape, checksum = rest
            ours = (descr.lstrip("<|"), eval(shape), int(checksum, 16))
            # The bits of a NaN may change on the way from half to single precision.
            halves = found[0] == "f4" and numpy.isnan(found[4]).any() and b"f2" in data[:128]
            if ours[:2] != found[:2] or (ours[2] != found[2] and not halves):
                wrong += 1
                print(f"{path}: {ours}, NumPy {found[:3]}")
        elif verdict == "read":
            ours_alone += 1
            wrong += 1
            print(f"{path}: read here; NumPy: {reason}")
        elif found:
            theirs_alone += 1
            if not documented(data, found):
                wrong += 1
                print(f"{path}: NumPy reads {found[:2]}; here: {rest[0]}")
        else:
            neither += 1
    print(
        f"{len(lines)} files: {both} read by both, {neither} by neither, {ours_alone} here alone, "
        f"{theirs_alone} by NumPy alone; {wrong} to look at"
    )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
