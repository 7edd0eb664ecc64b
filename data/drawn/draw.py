"""Draws the sample pictures beside it: strokes typed in as points, as a pen would go through them.

Needs Pillow and NumPy. `python3 data/drawn/draw.py` makes the same bytes again with the same versions.
"""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent

# Each stroke as its points, x to the right and y downward, in a box of 10 by 14.
STROKES = {
    "0": [[(6.5, 1.2), (3, 1), (1, 4.5), (1, 9.5), (3.5, 13), (7, 12), (8.8, 8.5), (8.5, 4), (6, 1), (4.6, 1.4)]],
    "1": [[(3.2, 3.8), (5.6, 1), (5.4, 7), (4.9, 13)]],
    "2": [[(1.4, 4), (2.2, 1.8), (5, 0.9), (7.6, 2.2), (7.6, 5), (5, 8.6), (1.2, 12.4), (1.3, 12.8), (4.5, 12.3), (9, 12.7)]],
    "3": [[(1.6, 2.4), (4.5, 0.9), (7.4, 2), (7.3, 4.8), (4.2, 6.6), (4.3, 6.7), (7.8, 7.8), (8.2, 10.8), (5, 13), (1.3, 11.9)]],
    "4": [[(3.4, 1.2), (2.4, 4.5), (1.2, 8), (1.4, 8.3), (5, 7.9), (9, 7.7)], [(6.9, 2.4), (6.5, 7), (6.1, 13.1)]],
    "5": [[(7.9, 1.2), (3, 1.3), (2.9, 1.5), (2.2, 6.1), (2.4, 6.2), (5.6, 5.8), (8.2, 8), (7.6, 11.4), (4.6, 13), (1.5, 12)]],
    "6": [[(6.8, 1), (4, 3.4), (2, 7.4), (1.9, 10.6), (4, 12.9), (7, 12.2), (7.9, 9.6), (6.2, 7.6), (3.6, 8.2), (2.2, 10)]],
    "7": [[(1.3, 1.9), (4.5, 1.6), (8.2, 1.3), (8.1, 1.7), (5.6, 6.5), (3.8, 13)], [(3, 7.2), (7.4, 6.6)]],
    "8": [[(7.4, 2.6), (5, 1), (2.6, 2.6), (3.2, 5), (6.8, 7.8), (7.8, 10.6), (5.2, 13), (2.2, 11.4), (2.8, 8.4), (6.6, 5), (7.5, 2.7)]],
    "9": [[(7.4, 3), (5, 1.1), (2.4, 2.8), (2.2, 5.4), (4.6, 6.8), (7.2, 4.6), (7.5, 2.9), (7.3, 7), (6.2, 13)]],
    "a": [[(1, 13), (3.2, 6.5), (5.2, 1), (6.8, 6.8), (8.8, 13)], [(2.6, 8.9), (7.3, 8.8)]],
    "smile": [[(3.2, 3.6), (3.3, 4.6)], [(6.8, 3.4), (6.9, 4.4)], [(1.4, 8.4), (3, 10.8), (5.2, 11.4), (7.4, 10.4), (8.8, 8)]],
}


def curve(points, steps=40):
    """A smooth line through points (Catmull and Rom)."""
    points = np.array([points[0], *points, points[-1]], dtype=float)
    line = []
    for p, q, r, s in zip(points, points[1:], points[2:], points[3:]):
        t = np.linspace(0, 1, steps)[:, None]
        line.append(0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3))
    return np.concatenate(line)


def ink(name, height, width, box, pen):
    """How much of each pixel is covered, 0 to 1: the digit at `box` (top, left, high), a round pen so wide."""
    times = 4
    top, left, high = box
    down, across = (np.indices((height * times, width * times)) + 0.5) / times
    near = np.full(down.shape, np.inf)
    for stroke in STROKES[name]:
        for x, y in curve(stroke):
            x, y = left + x * high / 14, top + y * high / 14
            near = np.minimum(near, (down - y) ** 2 + (across - x) ** 2)
    covered = (near < (pen / 2) ** 2).astype(float)
    return covered.reshape(height, times, width, times).mean((1, 3))


def save(name, picture, **options):
    picture.save(FOLDER / name, optimize=True, **options)


def main():
    grey = lambda covered, paper, pen: Image.fromarray((paper + (pen - paper) * covered).round().astype(np.uint8))
    few = lambda picture, colours: picture.quantize(colours, dither=Image.Dither.NONE)

    # Ink on nothing: the paper is transparent.
    covered = ink("0", 64, 48, (8, 9, 46), 5)
    layers = np.zeros((64, 48, 4), np.uint8)
    layers[..., 2], layers[..., 3] = 120, (covered * 255).round()
    save("0.png", Image.fromarray(layers))
    # As words.
    words = (15 - 15 * ink("1", 30, 24, (3, 5, 24), 3)).round().astype(int)
    rows = "\n".join(" ".join(str(v) for v in row) for row in words)
    (FOLDER / "1.pgm").write_text(f"P2\n# a felt pen on white paper\n24 30\n15\n{rows}\n")
    # Black or white, nothing between.
    save("2.png", grey(ink("2", 120, 100, (20, 22, 80), 9), 255, 0).point(lambda v: 255 * (v > 127)).convert("1"))
    # As a photo comes: uneven light, grain.
    rng = np.random.default_rng(3)
    covered = ink("3", 72, 60, (12, 14, 46), 5)
    light = 205 - 0.35 * np.indices((72, 60)).sum(0) + rng.normal(0, 2, (72, 60))
    save("3.png", Image.fromarray((light - 120 * covered).clip(0, 255).round().astype(np.uint8)))
    # A blue pen on yellowish paper.
    covered = ink("4", 90, 90, (16, 20, 62), 7)[..., None]
    save("4.png", few(Image.fromarray(((1 - covered) * [250, 246, 220] + covered * [20, 40, 140]).round().astype(np.uint8)), 8))
    # Chalk on a board.
    save("5.png", few(grey(ink("5", 100, 120, (18, 60, 60), 7), 30, 235), 8))
    # From NumPy.
    np.save(FOLDER / "6.npy", (ink("6", 40, 36, (6, 6, 30), 4) > 0.5))
    # A European seven, leaning, in a corner.
    save("7.png", few(grey(ink("7", 140, 160, (6, 90, 70), 8), 255, 40), 8))
    save("8.png", few(grey(ink("8", 80, 80, (12, 18, 56), 6), 255, 0), 16))
    # Written with a pen that is too thin.
    save("9.png", few(grey(ink("9", 200, 160, (30, 30, 150), 2.5), 255, 0), 8))
    # No digits.
    save("a.png", few(grey(ink("a", 80, 80, (12, 18, 56), 6), 255, 0), 16))
    save("smile.png", few(grey(ink("smile", 80, 80, (12, 18, 56), 6), 255, 0), 16))
    save("empty.png", Image.fromarray((200 + rng.normal(0, 2, (48, 48))).round().astype(np.uint8)))


main()
