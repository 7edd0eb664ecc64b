"""The whole book as one PDF, printed by Chromium from mdBook's print page: `book/build --pdf`.

Chromium does not know on which page an element will stand. So the book is printed twice: where the
first PDF says an element is, the contents of the second say it is. What could go wrong unseen is
looked for in the end; `book/look --pdf` draws every page and looks at the pictures.
"""

import base64
import functools
import io
import re
import sys
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from pages import BOOK, ROOT, Pages, read

TEXT_WIDTH = 158  # millimetres, as pdf.css has it: A4 without the margins


@functools.cache
def fonts():
    """The text font in the weights that the book uses, as rules of a style sheet."""
    rules = []
    for file, style in ("stix-two-text", "normal"), ("stix-two-text-italic", "italic"):
        for weight in 400, 600:
            font = TTFont(ROOT / "book" / "theme" / "fonts" / f"{file}.woff2")
            font.flavor = None
            instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
            out = io.BytesIO()
            font.save(out)
            data = base64.b64encode(out.getvalue()).decode()
            rules.append(f'@font-face {{ font-family: "Printed Text"; font-style: {style}; font-weight: {weight};'
                         f" src: url(data:font/ttf;base64,{data}); }}")
    return "\n".join(rules)


def printed(browser, whole):
    """The book as it stands in the browser. Tags for screen readers and the outline take most of the time."""
    made = browser.call("Page.printToPDF", timeout=600, preferCSSPageSize=True, printBackground=True,
                        generateTaggedPDF=whole, generateDocumentOutline=whole)
    return pikepdf.open(io.BytesIO(base64.b64decode(made["data"])))


def places(pdf):
    """The number of the page on which each id is that something refers to."""
    numbers = {page.obj.objgen: page.index + 1 for page in pdf.pages}
    return {str(name).lstrip("/"): numbers[place[0].objgen] for name, place in pdf.Root.Dests.items()}


def problems_of(pdf, chapters):
    """What is wrong with the PDF, as far as it can be told without drawing it."""
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    yield from (f"the outline lacks {title!r}" for title in chapters if title not in titles)
    for page in pdf.pages:
        fonts = page.obj.get("/Resources", {}).get("/Font", {})
        for font in fonts.values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = inner.get("/FontDescriptor", {})
            if "/CharProcs" not in inner and not any(f"/FontFile{n}" in descriptor for n in ("", "2", "3")):
                yield f"page {page.index + 1}: a font is not embedded: {font.get('/BaseFont')}"
        if page.index and not fonts:
            yield f"page {page.index + 1} is empty"


def make(browser, book, version):
    """The PDF of a built book, and what is wrong with it."""
    given = {
        "toc": read("toc.html", book),
        "figures": {f.relative_to(book).as_posix(): f.read_text(encoding="utf-8") for f in book.glob("figures/*.svg")},
        "cover": read("cover.svg"),
        "front": read("front.html").replace("VERSION", version),
        "style": fonts() + read("pdf.css"),
    }
    browser.open(book / "print.html", "print.js")
    chapters = browser.ask("printedBook", given)
    browser.evaluate("document.fonts.ready.then(() => 0)")
    # Chromium would make everything smaller, were anything wider than the page.
    browser.call("Emulation.setDeviceMetricsOverride", width=round(TEXT_WIDTH / 25.4 * 96), height=1000, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", media="print")
    problems = browser.ask("misplaced")
    browser.call("Emulation.setEmulatedMedia", media="")
    first = places(printed(browser, whole=False))
    problems += [f"nobody knows the page of {i}" for i in browser.ask("fillIn", first)]
    pdf = printed(browser, whole=True)
    if places(pdf) != first:
        problems.append("the numbers in the contents have moved what they count")
    return pdf, problems + list(problems_of(pdf, chapters))


def main():
    version = re.search(r'^version = "(.*)"', read("Cargo.toml", ROOT), re.MULTILINE)[1]
    browser = Pages()
    try:
        pdf, problems = make(browser, BOOK, version)
    finally:
        browser.close()
    for problem in problems:
        print(f"book: {problem}", file=sys.stderr)
    if problems:
        sys.exit("book: the PDF is not made")
    with pdf.open_metadata() as about:
        about["dc:title"] = "Longhand"
        about["dc:creator"] = ["The Longhand authors"]
        about["dc:language"] = ["en"]
    file = ROOT / "target" / "longhand.pdf"
    pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    print(f"book: {file.relative_to(ROOT)}, {len(pdf.pages)} pages, {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
