"""Writes cases.txt: arrays, and how NumPy prints them.

Needs NumPy 2.4 (`pip install numpy==2.4.*`); run it in any folder. Each case is

    ## name
    f32 · shape · how          how: `str`, `repr`, or `.N` for at most N decimals
    the elements, or `linear count start step`
    |the text, each line behind a bar
"""

import pathlib

import numpy as np

cases = []


def case(name, values, shape=None, dtype="f4", how="str"):
    """Freezes what NumPy prints for these values."""
    if isinstance(values, tuple):
        count, start, step = values
        array = np.arange(count, dtype="f8") * step + start
        listed = f"linear {count} {start!r} {step!r}"
        array = array.astype(dtype)
    else:
        array = np.array(values, dtype=dtype)
        listed = " ".join(str(x) for x in array.ravel())
    if shape is not None:
        array = array.reshape(shape)
    if how == "repr":
        # Only the array's own part: our Debug puts its own ending behind it.
        text = np.array2string(array, separator=", ", prefix="tensor(", suffix=")")
    elif how.startswith("."):
        text = np.array2string(array, precision=int(how[1:]))
    else:
        text = str(array)
    kind = {"f4": "f32", "f8": "f64"}[dtype]
    sizes = " ".join(map(str, array.shape))
    lines = [f"## {name}", f"{kind} · {sizes} · {how}", listed]
    cases.append("\n".join(lines + ["|" + line for line in text.split("\n")]))


inf, nan = float("inf"), float("nan")
tiny = [1.17549435e-38, 1e-45, 3.4028235e38]
both = ("f4", "f8")

for d in both:
    case("whole numbers", [[1, 2, 3], [4, 5, 6]], dtype=d)
    case("thirds", [1 / 3, 2 / 3, 1], dtype=d)
    case("a tenth", [0.1, 0.2, 0.30000000000000004], dtype=d)
    case("two signs", [[-1.5, 2], [3.25, -400]], dtype=d)
    case("negative zero", [0, -0.0, 1], dtype=d)
    case("only zeros", [0, 0, 0], dtype=d)
    case("nan and inf", [nan, inf, -inf, 1], dtype=d)
    case("nan and inf, wide", [nan, inf, -inf, 1.2345], dtype=d)
    case("inf without a minus", [inf, 1, 2], dtype=d)
    case("nothing finite", [nan, inf], dtype=d)
    case("minus infinity alone", [-inf], dtype=d)
    case("too small for columns", [1e-5, 1], dtype=d)
    case("just large enough", [1e-4, 0.05], dtype=d)
    case("just below", [9.9e-5, 0.05], dtype=d)
    case("ratio of a thousand", [1, 1000], dtype=d)
    case("ratio above a thousand", [1, 1000.5], dtype=d)
    case("below a million", [999999, 999000], dtype=d)
    case("a million", [1e6, 1e6 + 1], dtype=d)
    case("a hundred million", [1e8, 1e8 + 8], dtype=d)
    case("exponents of three digits", [1e-100, 1e100] if d == "f8" else tiny, dtype=d)
    case("exponents with signs", [-1.5e-7, 2.25e-7, nan, -inf], dtype=d)
    case("exponents, digits of all lengths", [0.1, 1.2345678e-5, 3, 0], dtype=d)
    case("exponents past eight decimals", [1.2345678912345e-7, 0.1, 1 / 3], dtype=d)
    case("past eight decimals", [0.123456789012, 0.999999999, 0.5], dtype=d)
    case("halves at the eighth decimal", [0.001953125, 0.000244140625, 0.25], dtype=d)
    case("a scalar", 1.5, dtype=d)
    case("a whole scalar", 3, dtype=d)
    case("a small scalar", 1e-5, dtype=d)
    case("a large scalar", 1e16, dtype=d)
    case("a hundred million as a scalar", 1e8, dtype=d)
    case("a million as a scalar", 1e6, dtype=d)
    case("nearly a million as a scalar", 999999, dtype=d)
    case("a ten-thousandth as a scalar", 1e-4, dtype=d)
    case("a third as a scalar", 1 / 3, dtype=d)
    case("minus zero as a scalar", -0.0, dtype=d)
    case("infinity as a scalar", -inf, dtype=d)

case("wrapped", (60, 0.0, 0.25))
case("wrapped twice", (80, -3.0, 0.125), (2, 40))
case("wrapped, in a cube", (120, 0.0, 1.5), (2, 2, 30))
case("a column", [[5], [10], [15]])
case("a cube", (12, 1.0, 1.0), (2, 3, 2))
case("four axes", (16, 0.0, 0.5), (2, 2, 2, 2))
case("ones of all axes", [7], (1, 1, 1, 1, 1))
case("eight axes", (256, 0.0, 1.0), (2, 2, 2, 2, 2, 2, 2, 2))
case("a thousand exactly", (1000, 0.0, 1.0), (10, 100))
case("a thousand and one", (1001, 0.0, 1.0))
case("elided, vector", (5000, -10.0, 0.01))
case("elided, matrix", (3000, 0.0, 0.5), (50, 60))
case("elided, few rows", (2004, 0.0, 0.25), (3, 668))
case("elided, six rows", (1200, 0.0, 0.25), (6, 200))
case("elided, seven rows", (1400, 0.0, 0.25), (7, 200))
case("elided, column", (2000, 0.0, 0.25), (2000, 1))
case("elided, cube", (2400, -1200.0, 1.0), (8, 10, 30))
case("elided, four axes", (4096, 0.0, 1.0), (8, 8, 8, 8), "f8")
case("elided, the extremes hidden", (5001, -0.0002, 0.0000001), None, "f8")
case("empty", [])
case("empty rows", [], (0, 3))
case("empty columns", [], (3, 0))
case("long words", (9, 1.0, 1.1234567891234e-9), None, "f8")

mixed = [[0.12345678, -1.5, 10], [nan, 0, 99.99999]]
case("four decimals", mixed, how=".4")
case("no decimals", mixed, how=".0")
case("twelve decimals", mixed, dtype="f8", how=".12")
case("four decimals, exponents", [1.23456789e-5, 2e-5], how=".4")
case("rounded to zero", [-0.001, 0.4], how=".2")
case("half to even", [0.125, 0.375, 2.5], how=".2")
case("half to even, no decimals", [0.5, 1.5, 2.5], how=".0")
case("four decimals, one number", 0.13044, how=".4")
case("four decimals, elided", (3000, 0.0, 1 / 3), (50, 60), "f8", ".4")

case("repr of a matrix", [[1, 2.5], [-3, 4]], how="repr")
case("repr, wrapped", (60, 0.0, 0.25), how="repr")
case("repr, elided", (3000, 0.0, 0.5), (50, 60), how="repr")
case("repr of a cube", (12, 1.0, 1.0), (2, 3, 2), how="repr")
case("repr of a scalar", 1.5, how="repr")
case("repr of nothing", [], (0, 2), how="repr")

path = pathlib.Path(__file__).parent / "cases.txt"
path.write_text("\n".join(cases) + "\n")
print(f"{len(cases)} cases, NumPy {np.__version__}")
