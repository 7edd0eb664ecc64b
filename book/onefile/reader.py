"""Shows every page of the EPUB on the screen of an e-reader and of a phone, and asks epubcheck: `book/look --epub`."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from pages import Pages

SCREENS = {"reader": (600, 800), "phone": (360, 640)}
EPUBCHECK = Path(os.environ.get("EPUBCHECK", "/usr/share/java/epubcheck.jar"))
SCREENFULS = 4  # of each page, as pictures

# Spaces at the end of a wrapped line hang over its edge, unseen, and make nothing to be scrolled.
STICKING_OUT = """(() => {
  if (document.scrollingElement.scrollWidth <= innerWidth) return [];
  const right = innerWidth - 7;
  return [...document.body.querySelectorAll('*')].filter(e => !e.closest('math') && e.getBoundingClientRect().right > right)
    .slice(0, 5).map(e => e.localName + ' ' + e.textContent.trim().slice(0, 40));
})()"""


def look(file, shots):
    if not file.is_file():
        sys.exit("book/look: run book/build --epub first")
    if not shutil.which("java") or not EPUBCHECK.is_file():
        sys.exit("book/look: java and epubcheck are needed, and EPUBCHECK may name its jar; on Debian: apt-get install epubcheck")
    folder = shots / "epub"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    problems = []
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(file) as archive:
            archive.extractall(place)
        pages = sorted(Path(place).glob("book/*.xhtml"))
        browser = Pages()
        try:
            for page in pages:
                for screen, (width, height) in SCREENS.items():
                    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
                    browser.events.clear()
                    browser.call("Page.navigate", url=page.as_uri())
                    browser.wait_for("Page.loadEventFired")
                    problems += [f"{page.name} ({screen}): sticks out: {what}" for what in browser.evaluate(STICKING_OUT)]
                    size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
                    clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], SCREENFULS * height), "scale": 1}
                    shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
                    (folder / f"{page.stem}-{screen}.png").write_bytes(base64.b64decode(shot["data"]))
        finally:
            browser.close()
    checked = subprocess.run(["java", "-jar", EPUBCHECK, "--quiet", file], capture_output=True, text=True)
    problems += [line for line in checked.stderr.splitlines() if line.startswith(("ERROR", "FATAL", "WARNING"))]
    for problem in problems:
        print(f"book/look: {problem}", file=sys.stderr)
    if problems or checked.returncode:
        sys.exit(1)
    print(f"book/look: {len(pages)} pages, nothing sticks out, epubcheck finds nothing; pictures in {folder}")
