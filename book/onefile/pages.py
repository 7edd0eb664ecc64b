"""The pages of the built book in a Chromium, for those who make one file of them."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BOOK = ROOT / "target" / "book"
sys.path.insert(0, str(HERE.parent))
from browser import Chromium  # noqa: E402


class Pages(Chromium):
    """A browser whose pages run no script but ours."""

    def open(self, page, *scripts):
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        self.wait_for("Page.loadEventFired")
        for script in (next(page.parent.glob("highlight-*.js")), HERE / "page.js", *(HERE / s for s in scripts)):
            self.evaluate(script.read_text(encoding="utf-8") + "\n;0")

    def ask(self, function, *arguments):
        """Calls one of our functions in the page."""
        return self.evaluate(f"{function}({', '.join(map(json.dumps, arguments))})")


def read(name, folder=HERE):
    return (folder / name).read_text(encoding="utf-8")
