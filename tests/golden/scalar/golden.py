"""Writes the true values that tests/scalar.rs measures our f64 functions against.

    python3 golden.py       (needs mpmath; writes exp.txt ln.txt tanh.txt sigmoid.txt normal.txt here)

One line a point: the bits of x, the bits of the double nearest to f(x), and how far the true value
lies above that double, in units of its last place. The third column lets a test see errors far
below one unit.
"""

import math, random, struct
from pathlib import Path
from mpmath import mp, mpf

mp.dps = 60
HERE = Path(__file__).parent
INF = math.inf


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def line(x, true):
    """`true` is an exact float for the edges, an mpf everywhere else."""
    if isinstance(true, float):
        y, rest = true, 0.0
    else:
        y = float(true)  # mpmath does not round into subnormals: go by the spacing there
        if abs(true) < mpf(2) ** -1021:
            y = math.copysign(math.ldexp(int(mp.nint(abs(true) * mpf(2) ** 1074)), -1074), float(true))
        rest = 0.0 if math.isinf(y) else float((true - mpf(y)) / mpf(math.ulp(y)))
    return f"{bits(x):016x} {bits(y):016x} {rest:.4f}\n"


def write(name, f, edges, points):
    with open(HERE / f"{name}.txt", "w") as out:
        for x, y in edges:
            out.write(line(x, y))
        for x in points:
            out.write(line(x, f(mpf(x))))


def around(x, steps=3):
    """x and its neighbours on both sides."""
    points, low, high = [x], x, x
    for _ in range(steps):
        low, high = math.nextafter(low, -INF), math.nextafter(high, INF)
        points += [low, high]
    return points


random.seed(1)
both = lambda xs: [s * x for x in xs for s in (1.0, -1.0)]
small = both(2.0**-k * random.uniform(1, 2) for k in range(0, 1074, 9)) + both([5e-324, 2.2250738585072014e-308])
ties = [x for k in range(-30, 31) for x in around((k + 0.5) * math.log(2), 1)]  # the range reduction's seams
plain = lambda lo, hi, n: [random.uniform(lo, hi) for _ in range(n)]

write("exp", mp.exp,
      [(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, 0.0), (1e300, INF), (-1e300, 0.0)],
      small + ties + plain(-1, 1, 300) + plain(-745, 709, 300) + plain(-745.2, -708, 150)
      + around(709.782712893384) + around(-745.1332191019412) + around(-708.3964185322641))
write("ln", mp.log,
      [(0.0, -INF), (-0.0, -INF), (INF, INF), (1.0, 0.0)],
      [abs(x) for x in small] + [2.0**k * random.uniform(1, 2) for k in range(-1074, 1024, 5)]
      + plain(0.5, 2, 300) + [1 + s * 2.0**-k for k in range(1, 53) for s in (1, -1)]
      + [1.7976931348623157e308] + [x for x in around(math.sqrt(2)) + around(math.sqrt(0.5)) + around(2.0)])
write("tanh", mp.tanh,
      [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (1e300, 1.0), (-1e300, -1.0)],
      small + [x / 2 for x in ties] + plain(-1, 1, 300) + plain(-20, 20, 300) + both(around(19.061547465398498)))
write("sigmoid", lambda x: 1 / (1 + mp.exp(-x)),
      [(0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0), (1e300, 1.0), (-1e300, 0.0)],
      small + ties + plain(-5, 5, 300) + plain(-745, 40, 300) + around(-745.1332191019412)
      + around(-708.3964185322641))
# The quantile of the normal distribution at p = 1/2 + q, as src/rng draws it.
write("normal", lambda q: mp.sqrt(2) * mp.erfinv(2 * q), [],
      both([(k + 0.5) / 2**53 for k in (0, 1, 2, 3, 10, 10**6, 10**12)]) + both([0.425, 0.42499999, 0.4250000001])
      + both(0.5 - (2 * k + 1) * 2.0**-54 for k in (0, 1, 2, 3, 5, 9, 99, 10**4, 10**8, 10**12))
      + [s * (0.5 - 2.0**-k) for k in range(2, 54) for s in (1, -1)] + plain(-0.5, 0.5, 400))
