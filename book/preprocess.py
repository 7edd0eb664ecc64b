"""mdBook preprocessor: makes the listings, the figures and the formulas of the book.

mdBook hands over the whole book as JSON and takes it back changed. Three things happen to each
page before Markdown sees it:

Listings.  A line `{{#include PATH:ANCHOR}}` inside a code fence becomes the lines between
           `ANCHOR: name` and `ANCHOR_END: name` in that file, dedented, and the fence gets a
           caption that says where they live. (mdBook's own include keeps the indentation and
           passes over a missing anchor in silence.)
Figures.   `![what it shows](figures/x.svg "Caption.")` alone on a line becomes a figure, and so does a
           diagram, `![what it shows](diagrams/x.svg "Caption.")`. A diagram becomes a part of the page,
           so that it takes on the page's font and the colours of the chosen theme.
Formulas.  `$…$` and `$$…$$` become MathML, which browsers draw without any script.

Every problem is collected, printed with page and line, and fails the build.
"""

import html
import json
import re
import sys
import textwrap
import xml.etree.ElementTree
from pathlib import Path

import math_core

# MathML Core, the part that every browser draws. Anything else would be drawn wrongly.
CORE = set(
    """annotation math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow
    ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics
    """.split()
)

FENCE = re.compile(r"^(?P<indent>[\s>]*(?:[-*+] +|\d+[.)] +)?)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
INCLUDE = re.compile(r"\{\{#(?:rustdoc_)?include\s+(?P<target>[^}]*?)\s*\}\}")
ANCHOR_LINE = re.compile(r"ANCHOR(?:_END)?:\s*[\w-]+")

# What prints a captured output that is not a chapter's.
COMMANDS = {
    "speed": "cargo run --release --manifest-path benches/Cargo.toml --bin compare",
    "speed-memory": "python3 benches/pytorch.py --process",
    "from-here": "python3 tests/golden/from_here/train.py --open",
    "from-here-candle": "cargo run --manifest-path tests/golden/from_here/Cargo.toml --bin candle",
    "from-here-burn": "cargo run --manifest-path tests/golden/from_here/Cargo.toml --bin burn",
    "from-here-jax": "python3 tests/golden/from_here/jax_train.py",
    "chapter4-read": "cargo run --example chapter4 -- read data/drawn/3.png data/drawn/9.png …",
    "speed-alone": "python3 benches/pytorch.py --alone",
    "same-bits": ".ci/machines bits",
    "same-bits-price": "benches/price/measure",
    "chapter6-full": "cargo run --example chapter6 -- --full",
    "chapter6-seeds": "cargo run --example chapter6 -- --seeds",
    "chapter8-rivals": "cargo run --example chapter8 -- --rivals",
    "chapter8-full": "cargo run --example chapter8 -- --full",
    "chapter9-seeds": "cargo run --example chapter9 -- seeds",
    "chapter9-depth": "cargo run --example chapter9 -- depth",
    "chapter9-cnn": "cargo run --example chapter9 -- cnn",
    "chapter9-race": "cargo run --example chapter9 -- race",
    "chapter9-inside": "cargo run --example chapter9 -- inside",
    "chapter9-copies": "cargo run --example chapter9 -- copies",
    "chapter9-repeats": "cargo run --example chapter9 -- repeats",
    "chapter9-rnn": "cargo run --example chapter9 -- rnn",
    "chapter10-full": "cargo run --example chapter10 -- --full",
}

# What has meaning in running text, in the order in which it is tried.
TOKEN = re.compile(
    r"""
      (?P<comment><!--.*?-->)
    | (?P<code>(?P<ticks>`+)(?!`)(?:(?!\n[ \t>]*\n).)*?(?<!`)(?P=ticks)(?!`))
    | (?P<escape>\\.)
    | (?P<include>\{\{\#[^}]*\}\})
    | (?P<figure>^(?P<fig_indent>[ \t>]*)!\[(?P<alt>[^\]]*)\]\((?P<src>[^)\s]+)[ ]"(?P<caption>[^"\n]*)"\)[ \t]*$)
    | (?P<display>\$\$(?P<display_tex>(?:\\.|[^\\$])*?)\$\$)
    | (?P<inline>\$(?P<inline_tex>(?:\\.|[^\\$])+?)\$(?P<after>[,.;:!?)]*))
    | (?P<dollar>\$)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
BLANK_LINE = re.compile(r"\n[ \t>]*\n")


class Problem(Exception):
    """Something in one place of one page that must be put right."""


class Page:
    """One chapter on its way from source to what Markdown is given."""

    def __init__(self, name, text, src, root, formulas, problems):
        self.name, self.text = name, text
        self.src = src
        self.folder = (src / name).parent
        self.root = root
        self.formulas = formulas
        self.problems = problems

    def problem(self, line, message):
        self.problems.append(f"{self.name}:{line}: {message}")

    def render(self):
        out, plain, plain_from = [], [], 1
        lines = self.text.split("\n")
        i = 0
        while i < len(lines):
            opening = FENCE.match(lines[i])
            if not opening:
                plain.append(lines[i])
                i += 1
                continue
            if plain:
                out.append(self.running_text("\n".join(plain), plain_from))
                plain = []
            end = self.closing(lines, i, opening["fence"])
            if end is None:
                self.problem(i + 1, "this code fence is never closed")
                end = len(lines) - 1
            out.append(self.listing(lines[i : end + 1], i + 1, opening))
            i = end + 1
            plain_from = i + 1
        if plain:
            out.append(self.running_text("\n".join(plain), plain_from))
        return "\n".join(out)

    @staticmethod
    def closing(lines, start, fence):
        for i in range(start + 1, len(lines)):
            tail = lines[i].lstrip(" \t>").rstrip()
            if len(tail) >= len(fence) and set(tail) == {fence[0]}:
                return i
        return None

    # Listings

    def listing(self, block, line, opening):
        """A code fence, with its includes replaced and a caption if it had any."""
        body, sources = [], []
        for offset, text in enumerate(block[1:-1], start=1):
            if "{{#" not in text:
                body.append(text)
                continue
            indent = re.match(r"[\s>]*", text)[0]
            try:
                excerpt, path = self.excerpt(text)
            except Problem as problem:
                self.problem(line + offset, problem)
                continue
            body += [(indent + row).rstrip() for row in excerpt.split("\n")]
            if path not in sources:
                sources.append(path)
        fence = [block[0], *body, block[-1]]
        if not sources:
            return "\n".join(fence)
        indent = re.sub(r"[^\s>]", " ", opening["indent"])
        if indent != opening["indent"]:
            self.problem(line, "put the list item's text first, the listing on a line of its own")
        kind, caption = self.caption(sources, line)
        return "\n".join(
            [indent, f'{indent}<figure class="listing {kind}">', f"{indent}<figcaption>{caption}</figcaption>", indent]
            + fence
            + [indent, f"{indent}</figure>", indent]
        )

    def caption(self, sources, line):
        """A captured output names the command that prints it, code names its file."""
        output = re.compile(r"book/src/output/([\w-]+)\.txt")
        if all(output.fullmatch(s) for s in sources):
            names = [output.fullmatch(s)[1] for s in sources]
            for name in names:
                if "-" in name and name not in COMMANDS:
                    self.problem(line, f"COMMANDS in book/preprocess.py does not say what prints {name}.txt")
            commands = [COMMANDS.get(name, f"cargo run --example {name}") for name in names]
            return "printed", ", ".join(f"<code>{html.escape(c)}</code>" for c in commands)
        return "source", ", ".join(f"<code>{html.escape(s)}</code>" for s in sources)

    def excerpt(self, text):
        """The lines that an include stands for, and the file they are in, seen from the root."""
        match = INCLUDE.fullmatch(text.strip(" \t>"))
        if not match:
            raise Problem(f"an include stands alone on its line and reads {{{{#include FILE:ANCHOR}}}}; found {text.strip()}")
        target, _, anchor = match["target"].partition(":")
        file = (self.folder / target).resolve()
        if not file.is_relative_to(self.root):
            raise Problem(f"{target} is outside the repository")
        path = file.relative_to(self.root).as_posix()
        if not file.is_file():
            raise Problem(f"there is no file {path}")
        rows = file.read_text(encoding="utf-8").split("\n")
        if anchor:
            if not re.fullmatch(r"(?!\d+$)\w[\w-]*", anchor):
                raise Problem(f"include by anchor, not by line number: {target}:{anchor}")
            rows = rows[slice(*self.between(rows, anchor, path))]
        rows = [row for row in rows if not ANCHOR_LINE.search(row)]
        excerpt = textwrap.dedent("\n".join(rows)).strip("\n").rstrip()
        if not excerpt:
            raise Problem(f"nothing stands between the anchors of {anchor or 'the file'} in {path}")
        return excerpt, path

    @staticmethod
    def between(rows, anchor, path):
        def only(word):
            mark = re.compile(rf"{word}:\s*{re.escape(anchor)}(?![\w-])")
            found = [i for i, row in enumerate(rows) if mark.search(row)]
            if len(found) != 1:
                raise Problem(f"{path} has {len(found)} lines `{word}: {anchor}`, should have one")
            return found[0]

        start, end = only("ANCHOR"), only("ANCHOR_END")
        if end < start:
            raise Problem(f"{path} closes the anchor {anchor} before it opens it")
        return start + 1, end

    # Running text

    def running_text(self, text, first_line):
        def replace(match):
            line = first_line + text.count("\n", 0, match.start())
            try:
                return self.token(match, text)
            except Problem as problem:
                self.problem(line, problem)
                return ""

        return TOKEN.sub(replace, text)

    def token(self, match, text):
        kind = next(k for k in ("comment", "code", "escape", "include", "figure", "display", "inline", "dollar") if match[k] is not None)
        if kind == "include":
            excerpt, path = self.excerpt(match[0])
            # The statement of an exercise is the comment at the head of its file.
            words = re.sub(r"^//! ?", "", excerpt, flags=re.MULTILINE) if path.endswith(".rs") else excerpt
            return Page(self.name, words, self.src, self.root, self.formulas, self.problems).render()
        if kind == "figure":
            return self.figure(match)
        if kind == "display":
            return self.display(match, text)
        if kind == "inline":
            return self.inline(match, text)
        if kind == "dollar":
            raise Problem("a lone $: write \\$ for a dollar, and close every formula in its own paragraph")
        return match[0]

    def figure(self, match):
        indent = match["fig_indent"]
        if not match["alt"].strip():
            raise Problem(f"{match['src']}: say in the brackets what the figure shows")
        if not (self.folder / match["src"]).is_file():
            raise Problem(f"there is no figure {match['src']}")
        caption = TOKEN.sub(lambda m: self.token(m, match["caption"]), match["caption"])
        if match["src"].startswith("diagrams/"):
            opening = ['<figure class="diagram">', *self.diagram(match["src"], match["alt"])]
        else:
            opening = ["<figure>", "", f"![{match['alt']}]({match['src']})", ""]
        rows = ["", *opening, "<figcaption>", "", caption, "", "</figcaption>", "</figure>", ""]
        return "\n".join((indent + row).rstrip() for row in rows)

    def diagram(self, src, alt):
        """The lines of an SVG, to stand in the page: with its alt text, and ids that no other has."""
        file = self.folder / src
        text = re.sub(r"<!--.*?-->", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        try:
            box = xml.etree.ElementTree.fromstring(text).get("viewBox", "").split()
        except xml.etree.ElementTree.ParseError as error:
            raise Problem(f"{src}: {error}") from None
        if len(box) != 4:
            raise Problem(f"{src}: the <svg> has no viewBox")
        text = re.sub(r'(\bid="|url\(#)', rf"\g<1>{file.stem}-", text)
        # Its own size where there is room, smaller on a phone, and never so small that it cannot be read.
        width = float(box[2])
        attributes = f'role="img" aria-label="{html.escape(alt)}" style="width: clamp({0.7 * width:g}px, 100%, {width:g}px)"'
        text = text.replace("<svg ", f"<svg {attributes} ", 1)
        # Raw HTML goes on in Markdown up to the first blank line.
        return ['<div class="drawing">', *filter(None, map(str.strip, text.split("\n"))), "</div>"]

    def display(self, match, text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        before, after = text[start : match.start()], text[match.end() : len(text) if end < 0 else end]
        if before.strip(" \t>") or after.strip():
            raise Problem(f"$$ … $$ stands on lines of its own, without {(before + after).strip()!r}")
        mathml = self.formula(match["display_tex"], before, True)
        # The blank lines around it end the paragraph: a <div> does not hold Markdown.
        return f"\n{before}<div class=\"display-math\">{mathml}</div>\n{before.rstrip()}\n"

    def inline(self, match, text):
        tex = match["inline_tex"]
        if tex != tex.strip():
            raise Problem(f"no space just inside the dollars (write \\$ for a dollar): ${' '.join(tex.split())[:60]}$")
        start = text.rfind("\n", 0, match.start()) + 1
        mathml = self.formula(tex, re.match(r"[ \t>]*", text[start:])[0], False)
        # A comma must not begin the next line.
        return f'<span class="unbroken">{mathml}{match["after"]}</span>' if match["after"] else mathml

    def formula(self, tex, indent, display):
        if BLANK_LINE.search(tex):
            raise Problem(f"a formula that runs over the end of its paragraph: ${' '.join(tex.split())[:60]}…")
        if ">" in indent:
            tex = re.sub(r"\n[ \t]*>[ ]?", "\n", tex)
        tex = " ".join(tex.split())
        shown = f"$${tex}$$" if display else f"${tex}$"
        if not tex:
            raise Problem("an empty formula")
        try:
            mathml = self.formulas.convert_with_local_state(tex, displaystyle=display)
        except math_core.LatexError as error:
            raise Problem(f"{shown}: {first_sentence(error)}") from None
        foreign = sorted(set(re.findall(r"<([a-z]+)", mathml)) - CORE)
        if foreign:
            raise Problem(f"{shown}: needs <{foreign[0]}>, which is not in MathML Core")
        return guard(mathml)


def first_sentence(error):
    """What is wrong, out of math-core's coloured drawing of it."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    column = re.search(r"input:1:(\d+)", plain)
    return plain.split("\n")[0].removeprefix("Error: ") + (f" (character {column[1]})" if column else "")


def guard(mathml):
    """Hide punctuation in the text of a formula from Markdown, which would read `_`, `*` or `'`."""
    hide = re.compile(r"&#?\w+;|[!-/:-@\[-`{-~]")

    def text(match):
        return ">" + hide.sub(lambda m: m[0] if len(m[0]) > 1 else f"&#{ord(m[0])};", match[1]) + "<"

    return re.sub(r">([^<>]+)<", text, mathml)


def chapters(items):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter:
            if chapter["path"]:
                yield chapter
            yield from chapters(chapter["sub_items"])


def main():
    if sys.argv[1:2] == ["supports"]:
        sys.exit(0)
    context, book = json.load(sys.stdin)
    book_root = Path(context["root"]).resolve()
    src = book_root / context["config"]["book"].get("src", "src")
    macros = context["config"]["preprocessor"]["longhand"].get("macros", {})
    formulas = math_core.LatexToMathML(macros=macros)
    problems = []
    for chapter in chapters(book["items"]):
        page = Page(chapter["source_path"], chapter["content"], src, book_root.parent, formulas, problems)
        chapter["content"] = page.render()
    for problem in problems:
        print(f"book/src/{problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    json.dump(book, sys.stdout)


if __name__ == "__main__":
    main()
