"""Draws every page of the PDF, for a person to view and to look for what is cut or empty: `book/look --pdf`."""

import shutil
import subprocess
import sys

# Millimetres of an A4 page, as pdf.css has them, and a little more than that for what may hang out.
LEFT, RIGHT, TOP, BOTTOM = 24.5, 185.5, 24, 275
PIXELS = 60 / 25.4  # per millimetre
PAPER, INK = 250, 170  # what is lighter is paper, what is darker is text


def grey(picture):
    """The rows of a PGM file."""
    magic, width, height, _, pixels = picture.split(maxsplit=4) if picture.startswith(b"P5") else (None,) * 5
    if not magic:
        raise ValueError("not a grey picture")
    width, height = int(width), int(height)
    pixels = picture[len(picture) - width * height :]
    return [pixels[y * width : (y + 1) * width] for y in range(height)]


def problems_of(rows):
    """What is wrong with one page."""
    left, right, top, bottom = (round(mm * PIXELS) for mm in (LEFT, RIGHT, TOP, BOTTOM))
    body = rows[top:bottom]
    if any(min(row[right:]) < PAPER for row in rows):
        yield "something stands in the right margin"
    if any(min(row[:left]) < PAPER for row in rows):
        yield "something stands in the left margin"
    if not any(min(row[left:right]) < INK for row in body):
        yield "nothing stands on it"


def look(file, shots):
    if not shutil.which("pdftoppm"):
        sys.exit("book/look: there is no pdftoppm on the PATH; on Debian: apt-get install poppler-utils")
    if not file.is_file():
        sys.exit("book/look: run book/build --pdf first")
    folder = shots / "pdf"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["pdftoppm", "-gray", "-r", "60", file, folder / "page"], check=True)
    pictures = sorted(folder.glob("*.pgm"))
    problems = []
    for picture in pictures[1:]:  # the cover goes up to the edge
        problems += [f"{picture.stem}: {p}" for p in problems_of(grey(picture.read_bytes()))]
    for picture in pictures:
        picture.unlink()
    subprocess.run(["pdftoppm", "-png", "-r", "90", file, folder / "page"], check=True)
    for problem in problems:
        print(f"book/look: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"book/look: {len(pictures)} pages, none empty, nothing in the margins; pictures in {folder}")
