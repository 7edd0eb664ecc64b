"""Lets NumPy read what our writer wrote.

    LONGHAND_NPY=<folder> cargo test --test data npy
    python3 tests/golden/npy/check.py <folder>

The first command writes into that folder every array of saved/ with our writer; this script loads
each with numpy.load and compares it with NumPy's own file: element type, shape, order, every bit.
"""

import pathlib
import sys

import numpy as np

if len(sys.argv) != 2:
    sys.exit(__doc__)
saved = sorted((pathlib.Path(__file__).parent / "saved").glob("*.npy"))
for path in saved:
    ours = np.load(pathlib.Path(sys.argv[1]) / path.name, allow_pickle=False)
    theirs = np.load(path, allow_pickle=False)
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, path.name
    assert ours.flags["C_CONTIGUOUS"] and ours.tobytes() == theirs.tobytes(), path.name
assert saved, "no frozen files"
print(f"NumPy {np.__version__} read {len(saved)} files as it should")
