"""Fits every polynomial and rational function that src/scalar and src/rng evaluate.

    python3 fit.py          (needs mpmath; prints Rust constants)

Two methods, both in 60-digit arithmetic:

* `remez`: the polynomial whose largest weighted error on an interval is smallest. At the best
  polynomial of n coefficients the error swings between +E and -E at n + 1 points. Guess the
  points, solve for coefficients and E, move each point to the nearest peak of the error, repeat.
* `cauchy`: a rational function p/q through as many Chebyshev points as it has coefficients: with
  q's first coefficient fixed to 1, p(x) - f(x) q(x) = 0 is linear in the rest. Not quite the best,
  within a small factor of it.
"""

import struct
from fractions import Fraction

from mpmath import mp, mpf, matrix, lu_solve, cos, pi, exp, expm1, log, sqrt, polyval

mp.dps = 60


def remez(f, weight, lo, hi, n, rounds=12, grid=4000):
    """n coefficients c, lowest first, that minimise the largest |weight * (f - sum c_i x^i)|."""
    lo, hi = mpf(lo), mpf(hi)
    spread = [lo + (hi - lo) * (1 - cos(pi * i / grid)) / 2 for i in range(grid + 1)]
    sampled = [(x, f(x), weight(x)) for x in spread if weight(x) != 0]
    # Chebyshev points, squeezed a little to the left: the weight may be zero in the middle.
    half = (hi - lo) * mpf("0.49")
    points = [lo + half * (1 - cos(pi * (2 * i + 1) / (2 * n + 2))) for i in range(n + 1)]
    for _ in range(rounds):
        rows, right = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for i, x in enumerate(points):
            for j in range(n):
                rows[i, j] = x**j
            rows[i, n] = (-1) ** i / weight(x)
            right[i] = f(x)
        c = list(lu_solve(rows, right))[:n]
        errors = [(w * (y - polyval(c[::-1], x)), x) for x, y, w in sampled]
        peaks = []  # the largest error of every run of one sign
        for e, x in errors:
            if peaks and (e > 0) == (peaks[-1][0] > 0):
                peaks[-1] = max(peaks[-1], (e, x), key=lambda peak: abs(peak[0]))
            else:
                peaks.append((e, x))
        while len(peaks) > n + 1:
            peaks.pop(0 if abs(peaks[0][0]) < abs(peaks[-1][0]) else -1)
        assert len(peaks) == n + 1, (len(peaks), n + 1)
        points = [x for _, x in peaks]
    return c, max(abs(e) for e, _ in peaks)


def cauchy(f, lo, hi, p, q):
    """p + 1 and q + 1 coefficients, lowest first, of the interpolating rational function."""
    lo, hi, n = mpf(lo), mpf(hi), p + q + 1
    rows, right = matrix(n, n), matrix(n, 1)
    for i in range(n):
        x = lo + (hi - lo) * (1 - cos(pi * (2 * i + 1) / (2 * n))) / 2
        y = f(x)
        for j in range(p + 1):
            rows[i, j] = x**j
        for j in range(1, q + 1):
            rows[i, p + j] = -y * x**j
        right[i] = y
    solved = list(lu_solve(rows, right))
    top, bottom = solved[: p + 1], [mpf(1)] + solved[p + 1 :]
    value = lambda x: polyval(top[::-1], x) / polyval(bottom[::-1], x)
    spots = [lo + (hi - lo) * i / 300 for i in range(301)]
    return top, bottom, max(abs(value(x) / f(x) - 1) for x in spots if f(x) != 0)


def double(x):
    return repr(float(x))


def single(x):
    return repr(struct.unpack("f", struct.pack("f", float(x)))[0])


def intervals(n):
    """Cuts the f32 from about 0.7 to 1.4, by their bits, into n intervals of one size, 1 in the
    middle of one of them; the bits of the first f32, an inverse c for each, and the largest |m c - 1|.

    c is the best of few enough digits: m c - 1 must be an f32 exactly.
    """
    size = 2**23 // n
    first = 0x3F800000 - size // 2 - 9 * n // 16 * size
    f32 = lambda bits: Fraction(struct.unpack("f", struct.pack("I", bits))[0])
    inverses, reach = [], 0
    for start in range(first, first + 2**23, size):
        low, high = f32(start), f32(start + size - 1)
        if low < 1 < high:
            found = max(1 - low, high - 1), Fraction(1)
        else:
            ulp = Fraction(1, 2**23 if low >= 1 else 2**24)
            around = [(k, int(2 / (low + high) * 2**k) + d) for k in range(2, 10) for d in (-1, 0, 1, 2)]
            choices = [Fraction(c, 2**k) for k, c in around]
            reaches = [(max(abs(low * c - 1), abs(high * c - 1)), c) for c in choices]
            found = min((r, c) for r, c in reaches if r < ulp / c.denominator * 2**24)
        inverses.append(found[1])
        reach = max(reach, found[0])
    return first, inverses, mpf(reach.numerator) / reach.denominator


def split(x, bits):
    """x as a head of `bits` significant bits and the rest."""
    scale = mpf(2) ** (bits - int(mp.floor(mp.log(x, 2))) - 1)
    head = mp.floor(x * scale) / scale
    return head, x - head


def show(title, error, **columns):
    print(f"// {title}: error 2^{float(mp.log(error, 2)):.1f}" if error else f"// {title}")
    for name, values in columns.items():
        print(f"{name}: [{', '.join(values)}]")
    print()


if __name__ == "__main__":
    ln2 = log(mpf(2))
    for name, x, bits in ("log2 e for f32", 1 / ln2, 29), ("ln 2 for f32", ln2, 40), ("ln 2 for f64", ln2, 36):
        head, rest = split(x, bits)
        show(f"{name}, head of {bits} bits", None, head=[double(head)], rest=[double(rest)])

    # e^r = 1 + r + r^2 q(r) for |r| <= ln 2 / 2 and a little more; the weight makes the error
    # relative to e^r - 1, which tanh needs.
    reach = ln2 / 2 * mpf("1.0001")
    q = lambda r: (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -12 else mpf(1) / 2 + r / 6
    weight = lambda r: r**2 / expm1(r) if r != 0 else mpf(0)
    c, error = remez(q, lambda r: abs(weight(r)), -reach, reach, 10)
    show("exp, f64", error, q=map(double, c))

    # For f32, computed in f64: 2^f = 1 + f q(f) for |f| <= 1/2 and a little more, again relative to
    # 2^f - 1.
    q = lambda f: expm1(f * ln2) / f if abs(f) > mpf(10) ** -25 else ln2 + f * ln2**2 / 2
    c, error = remez(q, lambda f: 1 / q(f), mpf("-0.500005"), mpf("0.500005"), 10)
    show("exp, f32", error, q=map(double, c))

    # ln((1+s)/(1-s)) = 2s + s z p(z), z = s^2, for 1+f = (1+s)/(1-s) between sqrt(1/2) and sqrt 2.
    edge = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2 * mpf("1.0001")
    series = lambda z: sum(2 * z**k / (2 * k + 3) for k in range(40))
    for name, n in ("f32", 6), ("f64", 7):
        c, error = remez(series, lambda z: z / 2, 0, edge, n)
        show(f"ln, {name}", error, p=map(double, c))

    # The quick ways, in f32: e^r = 1 + r + r^2 q(r) for |r| <= ln 2 / 32, and ln(1+r) = r + r^2 q(r)
    # for the largest |r| of the table of 16; those of 32 have smaller ones. ln's test takes the error
    # to be in proportion to r^2, so it is made to be.
    reach = ln2 / 32 * mpf("1.001")
    q = lambda r: (expm1(r) - r) / r**2 if abs(r) > mpf(10) ** -12 else mpf(1) / 2 + r / 6
    c, error = remez(q, lambda r: r**2, -reach, reach, 3)
    show("exp, quick", error, q=map(single, c))

    for n in 16, 32:
        first, inverses, reach = intervals(n)
        show(
            f"ln, quick, {n} intervals, |r| < 2^{float(mp.log(reach, 2)):.2f}",
            None,
            first=[hex(first)],
            inverses=[repr(float(c)) for c in inverses],
            logarithms=[double(-log(mpf(c.numerator) / c.denominator)) for c in inverses],
        )
    q = lambda r: (mp.log1p(r) - r) / r**2 if abs(r) > mpf(10) ** -10 else r / 3 - mpf(1) / 2
    reach = intervals(16)[2]
    c, error = remez(q, lambda r: mpf(1), -reach, reach, 4)
    show("ln, quick", error, q=map(single, c))

    # The quantile of the normal distribution: the z with a share p of all draws below it.
    # Both variables are shifted to start at 0: then no coefficient is negative and nothing cancels.
    # Middle, |q| <= 0.425 with q = p - 1/2: z = q R(v), v = 0.425^2 - q^2.
    def middle(v):
        q = sqrt(mpf("0.425") ** 2 - v)
        return sqrt(mpf(2)) * mp.erfinv(2 * q) / q

    top, bottom, error = cauchy(middle, 0, mpf("0.425") ** 2 * (1 - mpf(10) ** -12), 7, 7)
    show("normal, middle", error, top=map(double, top), bottom=map(double, bottom))

    # Tail, from p = 0.075 to the smallest p drawn, 2^-54: -z = R(u), u = sqrt(-2 ln p) - 2.25.
    tail = lambda u: sqrt(mpf(2)) * mp.erfinv(1 - 2 * exp(-((u + 2.25) ** 2) / 2))
    ends = (sqrt(-2 * log(p)) - 2.25 for p in (mpf("0.075"), mpf(2) ** -54))
    top, bottom, error = cauchy(tail, *ends, 8, 8)
    show("normal, tail", error, top=map(double, top), bottom=map(double, bottom))
