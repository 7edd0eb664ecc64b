"""What becomes of a page in the PDF and in the EPUB, and what must not pass unseen. Run by book/build --pdf and --epub."""


import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "onefile"))
import epub  # noqa: E402
import pages  # noqa: E402
import paper  # noqa: E402
import pdf  # noqa: E402
import pikepdf  # noqa: E402

TOC = """<ol class="chapter"><li><a href="preface.html">Preface</a></li><li class="part-title">First</li>
<li><a href="one.html"><strong>1.</strong> One</a></li><li class="part-title">Appendices</li>
<li><a href="more.html"><strong>2.</strong> More</a></li></ol>"""
PREFACE = '<h1 id="preface">Preface</h1><p>See <a href="#one">chapter 1</a>.</p>'
ONE = """<h1 id="one">One</h1><h2 id="part">A <code>part</code></h2><p>Text.</p>
<details><summary>How it is done</summary><p>By hand.</p></details>
<pre><code class="language-rust">fn long() { 123456789 }</code></pre>
<figure><img src="figures/x.svg" alt="a line"></figure>
<div class="question"><p id="dear">Why?</p><details><summary>Answer</summary><p>Because.</p></details></div>
<h3 id="e"><a class="header" href="#e">Exercise 1.1</a></h3><details><summary>Our answer</summary><p>So.</p></details>"""
MORE = '<h1 id="more">More</h1><p>Words.</p>'
BREAK = '<div style="break-before: page; page-break-before: always;"></div>'
FIGURE = '<svg xmlns="http://www.w3.org/2000/svg" class="lh" viewBox="0 0 640 100"><title>t</title><text y="20">loss</text></svg>'


class OneFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = pages.Pages()
        cls.addClassCleanup(cls.browser.close)

    def book(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        book = Path(folder.name).resolve()
        (book / "figures").mkdir()
        (book / "figures" / "x.svg").write_text(FIGURE, encoding="utf-8")
        (book / "toc.html").write_text(TOC, encoding="utf-8")
        (book / "highlight-1.js").write_text("var hljs = { highlightBlock(e) { e.classList.add('seen') } };", encoding="utf-8")
        return book

    def make(self, *chapters):
        book = self.book()
        script = "<script>document.body.append('inserted by a script')</script>"
        page = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>L</title></head><body><nav>Side</nav><main>{BREAK.join(chapters)}</main>{script}'
        (book / "print.html").write_text(page, encoding="utf-8")
        made, problems = pdf.make(self.browser, book, "7.8.9")
        self.text = self.browser.evaluate("document.body.textContent")
        return made, problems

    def there(self, selector):
        return self.browser.evaluate(f"[...document.querySelectorAll({selector!r})].map(e => e.textContent)")

    def test_a_book_in_print(self):
        made, problems = self.make(PREFACE, ONE, MORE)
        self.assertEqual(problems, [])
        with made.open_outline() as outline:
            self.assertEqual([item.title for item in outline.root][-5:], ["Contents", "Preface", "One", "More", "Answers"])
        at = pdf.places(made)
        self.assertEqual([at[i] for i in ("preface", "one", "more", "one-answer-1")], [4, 5, 6, 7])
        lines = self.there(".contents a")
        self.assertEqual(lines, ["Preface4", "1 One5", "A part5", "Appendix A More6", "Answers7"])
        self.assertEqual(self.there(".contents .part"), ["First", "Appendices"])
        self.assertEqual(self.there(".chapter-label"), ["Chapter 1", "Appendix A"])
        self.assertIn("7.8.9", self.text)
        self.assertNotIn("inserted", self.text)
        self.assertNotIn("Side", self.text)
        # Answers are at the end, and what else was folded is unfolded.
        self.assertEqual(self.there("details"), [])
        self.assertEqual(self.there(".unfolded"), ["How it is doneBy hand."])
        self.assertEqual(self.there(".answer-link a"), ["Answer on page 7"] * 2)
        self.assertEqual(self.there(".answer h3"), ["Question 1 page 5", "Exercise 1.1 page 5"])
        self.assertEqual(self.there(".answer"), ["Question 1 page 5Why?Because.", "Exercise 1.1 page 5So."])
        self.assertEqual(self.there(".answer #dear"), [], "a copy has no id")
        # Figures and listings belong to the page.
        self.assertEqual(self.there("img"), [])
        self.assertEqual(self.there("figure > svg[aria-label='a line']"), ["loss"])
        self.assertEqual(len(self.there("code.seen")), 1)
        self.assertEqual(self.browser.evaluate("document.querySelector('pre code').style.getPropertyValue('--columns')"), "23")

    def test_what_sticks_out_and_what_leads_nowhere_is_said(self):
        _, problems = self.make(PREFACE, ONE + '<div style="width: 900px">wide</div><a href="#nowhere">x</a>', MORE)
        self.assertEqual(problems, ["sticks out: div wide", "no such place: #nowhere"])

    def test_a_chapter_that_is_not_in_the_contents_is_refused(self):
        with self.assertRaisesRegex(RuntimeError, "3 pages, but 2 in print"):
            self.make(PREFACE, ONE)

    def test_an_empty_page_a_missing_chapter_and_a_font_left_out_are_said(self):
        made = pikepdf.new()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, BaseFont=pikepdf.Name("/Times-Roman"))
        for _ in range(3):
            made.add_blank_page()
        made.pages[1].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        found = list(pdf.problems_of(made, ["One"]))
        self.assertEqual(found, ["the outline lacks 'One'", "page 2: a font is not embedded: /Times-Roman", "page 3 is empty"])

    def test_a_book_on_an_e_reader(self):
        book = self.book()
        formula = '<p id="1-b">so <math><mfrac displaystyle="true"><mi>a</mi><mi>b</mi></mfrac></math><br></p><p><a href="preface.html#preface">p</a> <a href="#1-b">b</a></p>'
        for name, text in ("preface", PREFACE.replace("#one", "one.html#one")), ("one", ONE + formula), ("more", MORE):
            (book / f"{name}.html").write_text(f"<!DOCTYPE html><html><head><title>x</title></head><body><main>{text}</main></body></html>", encoding="utf-8")
        files = epub.make(self.browser, book, "2026-01-02T03:04:05Z")
        self.assertEqual(list(epub.problems_of(files)), [])
        self.assertEqual({n for n in files if n.endswith(".xhtml")}, {f"{n}.xhtml" for n in ("cover", "nav", "preface", "one", "more", "answers-one")})
        text = {name: "".join(ElementTree.fromstring(data).itertext()) for name, data in files.items() if name.endswith(".xhtml")}
        self.assertIn("Because.", text["answers-one.xhtml"])
        self.assertNotIn("Because.", text["one.xhtml"])
        self.assertIn("Chapter 1", text["one.xhtml"])
        self.assertRegex(text["nav.xhtml"], "Preface.*First.*1. One.*A part.*Appendices.*Appendix A. More.*Answers.*1. One")
        one, package = files["one.xhtml"].decode(), files["package.opf"].decode()
        for found in ('<mstyle displaystyle="true"><mfrac>', 'id="at-1-b"', 'href="#at-1-b"', "<br />", 'href="preface.xhtml#preface"', 'href="answers-one.xhtml#one-answer-2"'):
            self.assertIn(found, one)
        self.assertRegex(package, r'href="one.xhtml" media-type="application/xhtml\+xml" properties="mathml"')
        self.assertIn("2026-01-02T03:04:05Z", package)
        self.assertTrue(files["cover.png"].startswith(b"\x89PNG"))

    def test_what_no_e_reader_may_meet_is_said(self):
        files = {
            "a.xhtml": b'<a><b id="x"/><b id="x"/><i href="b.xhtml"/><i href="#y"/><i href="a.xhtml#x"/><i href="https://example.org/"/></a>',
            "c.xhtml": b"<a>",
            "d.xhtml": b"<a><script/></a>",
        }
        found = list(epub.problems_of(files))
        self.assertEqual(found[0], "a.xhtml: the id 'x' stands twice")
        self.assertIn("c.xhtml: no element found", found[1])
        self.assertEqual(found[2:], ["d.xhtml: <script> is not for a book", "a.xhtml: b.xhtml is not there", "a.xhtml: #y: no such place"])

    def test_a_picture_of_a_page_shows_what_is_cut_or_missing(self):
        width, height = 496, 702

        def page(*ink):
            rows = [bytearray(b"\xff" * width) for _ in range(height)]
            for x, y in ink:
                rows[y][x] = 0
            return list(paper.problems_of(paper.grey(b"P5\n%d %d\n255\n" % (width, height) + b"".join(rows))))

        self.assertEqual(page((100, 300)), [])
        self.assertEqual(page((100, 20)), ["nothing stands on it"])
        self.assertEqual(page((100, 300), (450, 300)), ["something stands in the right margin"])
        self.assertEqual(page((100, 300), (50, 300)), ["something stands in the left margin"])


if __name__ == "__main__":
    unittest.main()
