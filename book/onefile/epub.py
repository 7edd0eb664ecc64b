"""The whole book as an EPUB 3, a zip of XHTML pages with their formulas as MathML: `book/build --epub`.

The pages are those of the built book, as Chromium has read them; it writes them down again as XML.
What no reader may meet is looked for in the end. `book/look --epub` shows every page on a small
screen, and asks epubcheck.
"""

import base64
import datetime
import html
import posixpath
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pages import BOOK, ROOT, Pages, read

SHORT = "Longhand"
TITLE = "Longhand: deep learning written out in longhand, in Rust"
ABOUT = "Every tensor, every gradient and every method by hand, in Rust, and the crate that they make."
KINDS = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xml:lang="en" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en</dc:language>
<dc:creator>The Longhand authors</dc:creator>
<dc:description>{about}</dc:description>
<dc:rights>MIT or Apache-2.0</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Formulas are MathML, every figure has a text that says what it shows, listings are text.</meta>
</metadata>
<manifest>
{items}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def page(title, body, kind="chapter"):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="en" lang="en">
<head><title>{html.escape(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body epub:type="{kind}">
{body}
</body>
</html>
"""


def link(file, title, inside=""):
    return f'<li><a href="{file}">{html.escape(title)}</a>{inside}</li>'


def navigation(entries, answers):
    """The table of contents, from (part, title, file, headings) of each page."""
    rows, part = [], ""
    for its_part, title, file, headings in entries:
        if its_part != part:
            rows.append(f"{'</ol></li>' if part else ''}<li><span>{html.escape(its_part)}</span><ol>")
            part = its_part
        inside = "".join(link(f"{file}#{h['id']}", h["title"]) for h in headings)
        rows.append(link(file, title, f"<ol>{inside}</ol>" if inside else ""))
    rows.append("</ol></li>" if part else "")
    if answers:
        rows.append(f"<li><span>Answers</span><ol>{''.join(link(file, title) for title, file in answers)}</ol></li>")
    landmarks = f'<li><a epub:type="bodymatter" href="{entries[0][2]}">Begin</a></li>'
    return (f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>{"".join(rows)}</ol></nav>\n'
            f'<nav epub:type="landmarks" hidden="hidden"><h1>Guide</h1><ol>{landmarks}</ol></nav>')


def make(browser, book, modified):
    """The files of the EPUB: from their names to their bytes."""
    browser.open(book / "toc.html")
    chapters = browser.ask("tableOfContents", read("toc.html", book))
    files, needs, images, entries, answers = {}, {}, set(), [], []
    for chapter in chapters:
        browser.open(book / f"{chapter['name']}.html", "ebook.js")
        made = browser.ask("ebookPage", chapter)
        file = f"{chapter['name']}.xhtml"
        title = f"{chapter['label'].removeprefix('Chapter ')}. {chapter['title']}".removeprefix(". ")
        files[file], needs[file] = page(chapter["title"], made["text"]), made["needs"]
        entries.append((chapter["part"], title, file, made["headings"]))
        images |= set(made["images"])
        if made["answers"]:
            file = f"{made['answers']['name']}.xhtml"
            files[file], needs[file] = page(f"Answers: {chapter['title']}", made["answers"]["text"]), made["answers"]["needs"]
            answers.append((title, file))
    spine = [file for _, _, file, _ in entries] + [file for _, file in answers]
    files["nav.xhtml"], needs["nav.xhtml"] = page("Contents", navigation(entries, answers), "frontmatter"), ["nav"]
    picture = '<section class="the-cover"><img src="cover.png" alt="Longhand: deep learning written out in longhand"/></section>'
    files["cover.xhtml"] = page(SHORT, picture, "cover")

    browser.ask("showCover", read("cover.svg"))
    browser.evaluate("document.fonts.ready.then(() => 0)")
    browser.call("Emulation.setDeviceMetricsOverride", width=600, height=848, deviceScaleFactor=2, mobile=False)
    files["cover.png"] = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
    needs["cover.png"] = ["cover-image"]
    files["style.css"] = read("epub.css")
    for name in "source-code-pro", "stix-two-math":
        files[f"fonts/{name}.woff2"] = (ROOT / "book" / "theme" / "fonts" / f"{name}.woff2").read_bytes()
    for image in sorted(images):
        files[image] = (book / image).read_bytes()

    names = {file: f"f{i}" for i, file in enumerate(sorted(files))}

    def item(file):
        properties = f' properties="{" ".join(needs[file])}"' if needs.get(file) else ""
        return f'<item id="{names[file]}" href="{file}" media-type="{KINDS[Path(file).suffix]}"{properties}/>'

    files["package.opf"] = PACKAGE.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, SHORT), title=html.escape(TITLE), about=html.escape(ABOUT), modified=modified,
        items="\n".join(map(item, names)),
        spine="\n".join(f'<itemref idref="{names[file]}"/>' for file in ["cover.xhtml", "nav.xhtml", *spine]),
    )
    return {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}


def problems_of(files):
    """What is wrong with the pages: no XML, an id twice, a link that leads nowhere."""
    ids, links = {}, []
    for name, data in files.items():
        if not name.endswith((".xhtml", ".svg", ".opf")):
            continue
        try:
            elements = list(ElementTree.fromstring(data).iter())
        except ElementTree.ParseError as error:
            yield f"{name}: {error}"
            continue
        ids[name] = [e.get("id") for e in elements if e.get("id")]
        yield from (f"{name}: the id {i!r} stands twice" for i in sorted(set(ids[name])) if ids[name].count(i) > 1)
        links += [(name, e.get(a)) for e in elements for a in ("href", "src") if e.get(a)]
        yield from (f"{name}: <{e.tag.rpartition('}')[2]}> is not for a book" for e in elements if e.tag.rpartition("}")[2] in ("script", "input", "button", "details"))
    for name, target in links:
        parts = urlsplit(target)
        if parts.scheme:
            continue
        file = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
        if file not in files:
            yield f"{name}: {target} is not there"
        elif parts.fragment and unquote(parts.fragment) not in ids.get(file, ()):
            yield f"{name}: {target}: no such place"


def write(file, files):
    def add(archive, name, data, how=zipfile.ZIP_DEFLATED):
        archive.writestr(zipfile.ZipInfo(name), data, how)  # of the year 1980: the same bytes for the same book

    with zipfile.ZipFile(file, "w") as archive:
        add(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        add(archive, "META-INF/container.xml", CONTAINER)
        for name, data in files.items():
            add(archive, f"book/{name}", data)


def main():
    seconds = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    moment = datetime.datetime.fromtimestamp(int(seconds or 0), datetime.timezone.utc)
    browser = Pages()
    try:
        files = make(browser, BOOK, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    finally:
        browser.close()
    problems = list(problems_of(files))
    for problem in problems:
        print(f"book: {problem}", file=sys.stderr)
    if problems:
        sys.exit("book: the EPUB is not made")
    file = ROOT / "target" / "longhand.epub"
    write(file, files)
    print(f"book: {file.relative_to(ROOT)}, {len(files)} files, {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
