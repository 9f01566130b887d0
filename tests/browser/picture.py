"""The README's picture: `python -m tests.browser.picture FOLDER`, where FOLDER holds a finished demo corpus.

`python -m selection demo FOLDER/demo` makes one. The map is drawn in Chromium as every reader sees it and written to
data/samples/winnow.png in 200 colours, which keeps it small.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.benchmarks.pages import _served
from tests.benchmarks.process import ROOT
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Watched

PICTURE = ROOT / "data" / "samples" / "winnow.png"


def main(folder: Path) -> None:
    with _served(folder) as (app, _), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 860})
        Watched(page, app, expect).open("map", workspace="demo")
        page.locator("canvas[data-shown]").wait_for()
        page.wait_for_timeout(3_000)  # titles are placed after the points
        seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        seen.quantize(200, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
