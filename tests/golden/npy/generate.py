"""Makes the frozen .npy files that tests/data/npy.rs holds the reader and writer to.

Run it in its own folder with Python 3 and NumPy. saved/ holds what numpy.save wrote, which
our writer must equal byte for byte. other/ holds what it would not write by default.
"""

import os

import numpy as np

os.makedirs("saved", exist_ok=True)
os.makedirs("other", exist_ok=True)

TYPES = ["?", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"]
SHAPES = [(), (0,), (1,), (5,), (2, 3), (2, 0, 3), (2, 3, 4), (1, 1, 1, 1, 1, 1, 1, 2)]


def count(shape, dtype):
    """0, 1, 2 ... with the extremes of the type at the end; the Rust test makes the same."""
    size = int(np.prod(shape, dtype=int))
    values = np.arange(size)
    if dtype == "?":
        return (values % 2 == 1).reshape(shape)
    if dtype.endswith(("f4", "f8")):
        array = (values / 3).astype(dtype)
        special = [np.nan, -np.inf, -0.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal]
    else:
        array = values.astype(dtype)
        special = [np.iinfo(dtype).min, np.iinfo(dtype).max]
    if size >= 24:
        array[-len(special) :] = special
    return array.reshape(shape)


for dtype in TYPES:
    for shape in SHAPES:
        name = f"{dtype.strip('<?') or 'b1'}-{'x'.join(map(str, shape)) or 'scalar'}"
        np.save(f"saved/{name}.npy", count(shape, dtype))
# 21 digits of room, and a header that ends exactly on a multiple of 64.
np.save("saved/u1-100000x0.npy", np.zeros((100000, 0), "u1"))
for rank in range(8, 65, 7):
    np.save(f"saved/u1-rank{rank}.npy", np.zeros((1,) * rank, "u1"))

np.save("other/fortran-f4-2x3x4.npy", np.asfortranarray(count((2, 3, 4), "<f4")))
np.save("other/fortran-i2-5x4.npy", np.asfortranarray(np.arange(20, dtype="<i2").reshape(5, 4)))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"other/version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, np.arange(6, dtype="<f8").reshape(2, 3), version)
for dtype in TYPES[3:]:
    big = count((2, 3, 4), dtype).astype(dtype.replace("<", ">"))
    np.save(f"other/big-{dtype[1:]}-2x3x4.npy", big)
half = np.array([0, -0.0, 1 / 3, -65504, 2**-24, 2**-14, np.inf, np.nan], "f2")
np.save("other/half.npy", half)
np.save("other/big-half.npy", half.astype(">f2"))
np.save("other/complex.npy", np.arange(3, dtype="<c8"))
np.save("other/structured.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]))
np.save("other/text.npy", np.array(["a", "bc"]))
np.save("other/objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
print(np.__version__)
