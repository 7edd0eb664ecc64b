"""What preprocess.py must do, and what it must refuse. Run by book/build."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import math_core  # noqa: E402
import preprocess  # noqa: E402

CODE = """struct A;
impl A {
    // ANCHOR: forward
    fn forward() {
        // ANCHOR: inner
        let cost = "$5";
        // ANCHOR_END: inner
    }
    // ANCHOR_END: forward
    // ANCHOR: empty
    // ANCHOR_END: empty
    // ANCHOR: open
}
"""


class Preprocess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.src = self.root / "book" / "src"
        (self.src / "output").mkdir(parents=True)
        (self.src / "figures").mkdir()
        (self.root / "src").mkdir()
        (self.root / "src" / "a.rs").write_text(CODE, encoding="utf-8")
        (self.src / "output" / "chapter1.txt").write_text("ANCHOR: one\n── one ──\n1 _2_ $3\nANCHOR_END: one\n", encoding="utf-8")
        (self.src / "figures" / "x.svg").write_text("<svg/>", encoding="utf-8")

    def render(self, text):
        problems = []
        formulas = math_core.LatexToMathML(macros={"R": r"\mathbb{R}"})
        page = preprocess.Page("c.md", text, self.src, self.root, formulas, problems)
        return page.render(), problems

    def good(self, text):
        out, problems = self.render(text)
        self.assertEqual(problems, [])
        return out

    def refused(self, text, *parts):
        _, problems = self.render(text)
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])

    def test_inline_formula_is_safe_from_markdown(self):
        out = self.good(r"so $a_i^* \text{ is } b\_c$ holds")
        self.assertRegex(out, r"^so <math>.*</math> holds$")
        self.assertIn("&#95;", out)
        self.assertNotIn("_", out)

    def test_a_comma_stays_with_its_formula(self):
        self.assertRegex(self.good("for $x$, so"), r'^for <span class="unbroken"><math>.*</math>,</span> so$')

    def test_display_formula_has_no_blank_line_and_ends_the_paragraph(self):
        out = self.good("before\n$$\na \\\\\n= b\n$$\nafter")
        self.assertRegex(out, r'before\n\n<div class="display-math"><math display="block">.*</div>\n\n\nafter')

    def test_formula_in_a_quotation_loses_the_quotation_marks(self):
        self.assertNotIn("&gt;", self.good("> so $a\n> + b$ holds"))

    def test_code_and_dollars_are_left_alone(self):
        for text in ["`$x$`", "``a ` $x$``", "```sh\n$ cargo test\n```", r"costs \$5", "<!-- $x -->"]:
            self.assertEqual(self.good(text), text)

    def test_bad_formulas_are_refused_with_place_and_text(self):
        self.refused("one\n\ntwo $\\foo{x}$", "c.md:3:", r"$\foo{x}$", "Unknown command")
        self.refused("costs $5", "c.md:1:", "lone $")
        self.refused("from $5 to $6", "space just inside")
        self.refused("$a\n\nb$ and so", "end of its paragraph")
        self.refused("so $$a$$ holds", "lines of its own")
        self.refused("$$\n$$", "empty formula")
        self.refused(r"$\boxed{x}$", "MathML Core")

    def test_listing_is_dedented_and_captioned(self):
        out = self.good("```rust\n{{#include ../../src/a.rs:forward}}\n```")
        self.assertIn('```rust\nfn forward() {\n    let cost = "$5";\n}\n```', out)
        self.assertIn("<figcaption><code>src/a.rs</code></figcaption>", out)

    def test_a_comment_is_shown_as_words_in_running_text(self):
        statement = "// ANCHOR: told\n//! ### One\n//!\n//! Add `a` // b.\n// ANCHOR_END: told\n"
        (self.src.parents[1] / "src" / "told.rs").write_text(statement, encoding="utf-8")
        self.assertEqual(self.good("{{#include ../../src/told.rs:told}}"), "### One\n\nAdd `a` // b.")

    def test_an_include_in_running_text_is_read_as_the_page_is(self):
        (self.src / "told.md").write_text("so $a$\n\n```sh\n$ cargo test\n```\n", encoding="utf-8")
        self.assertRegex(self.good("{{#include told.md}}"), r"^so <math>.*</math>\n\n```sh\n\$ cargo test\n```$")

    def test_a_captured_run_with_arguments_says_what_prints_it(self):
        for name in "chapter8-full", "chapter1-new":
            (self.src / "output" / f"{name}.txt").write_text("1\n", encoding="utf-8")
        out = self.good("```text\n{{#include output/chapter8-full.txt}}\n```")
        self.assertIn("cargo run --example chapter8 -- --full", out)
        self.refused("```text\n{{#include output/chapter1-new.txt}}\n```", "COMMANDS", "chapter1-new.txt")

    def test_captured_output_names_its_command(self):
        out = self.good("```text\n{{#include output/chapter1.txt:one}}\n```")
        self.assertIn("```text\n── one ──\n1 _2_ $3\n```", out)
        self.assertIn("<code>cargo run --example chapter1</code>", out)

    def test_bad_includes_are_refused(self):
        fence = "```rust\n{{#include ../../src/%s}}\n```"
        self.refused(fence % "b.rs", "c.md:2:", "no file src/b.rs")
        self.refused(fence % "a.rs:nowhere", "0 lines `ANCHOR: nowhere`")
        self.refused(fence % "a.rs:open", "0 lines `ANCHOR_END: open`")
        self.refused(fence % "a.rs:empty", "nothing stands")
        self.refused(fence % "a.rs:1:2", "not by line number")
        self.refused(fence % "../../../etc/hosts", "outside")
        self.refused("```rust\nfn x() {}", "never closed")

    def test_figure(self):
        out = self.good('![a line](figures/x.svg "The *loss* $L$.")')
        self.assertIn("<figcaption>\n\nThe *loss* <span class=\"unbroken\"><math>", out)
        self.refused('![](figures/x.svg "The loss.")', "what the figure shows")
        self.refused('![a line](figures/y.svg "The loss.")', "no figure")

    def test_diagram_becomes_a_part_of_the_page(self):
        (self.src / "diagrams").mkdir()
        drawing = self.src / "diagrams" / "net.svg"
        drawing.write_text('<svg viewBox="0 0 400 90">\n<!-- a\n\nnote -->\n\n<path id="a"/><path marker-end="url(#a)"/>\n</svg>\n', encoding="utf-8")
        out = self.good('> ![a & b](diagrams/net.svg "The net.")')
        self.assertIn('> <figure class="diagram">\n> <div class="drawing">\n> <svg role="img" aria-label="a &amp; b" style=', out)
        self.assertIn('clamp(280px, 100%, 400px)" viewBox="0 0 400 90">\n> <path id="net-a"/><path marker-end="url(#net-a)"/>\n> </svg>', out)
        self.assertIn("<figcaption>\n>\n> The net.\n", out)
        self.refused('![](diagrams/net.svg "The net.")', "what the figure shows")
        drawing.write_text("<svg viewBox='0 0 1 1'><g></svg>", encoding="utf-8")
        self.refused('![a](diagrams/net.svg "The net.")', "net.svg: mismatched tag")
        drawing.write_text("<svg></svg>", encoding="utf-8")
        self.refused('![a](diagrams/net.svg "The net.")', "no viewBox")


if __name__ == "__main__":
    unittest.main()
