"""Pages: the workbench over a large workspace, in a real browser and under Streamlit's tester.

First paint is from the address to the last point drawn (of more than five million documents, to the picture of all), with
the browser's software renderer where there is no graphics card. A lasso is from the release of the mouse to the frame with
its count on the page, and to the one with the other points grey, by the browser's own clock; its payload is what the browser
sends. A slider's move is the whole run of the Select page on the server, figures included. Resident memory is that of the
server; seconds of its processor stand beside those of the clock, which on a busy machine say more.
"""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import large, machine, process
from tests.benchmarks.process import ROOT
from tests.benchmarks.tables import Cell, markdown
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PAGES, App, Watched, _wait_until_healthy

_MOVES = 20
_SLIDERS: tuple[
    tuple[str, str, Callable[[int], Any]], ...
] = (  # method, setting, its value at a move
    ("odis", "budget", lambda move: None),
    ("odis", "gate", lambda move: 0.2 + 0.01 * move),
    ("quadmix", "budget", lambda move: None),
    ("quadmix", "lambda_", lambda move: 100.0 + move),
    ("qurating", "tau", lambda move: 1.0 + 0.05 * move),
    ("mean_of_signals", "budget", lambda move: None),
    ("cluster_balanced", "exponent", lambda move: 0.5 + 0.02 * move),
    ("rule_filter", "budget", lambda move: None),
    ("random", "budget", lambda move: None),
)
_VECTORS_UP_TO = 1_000_000
_PATIENCE_MS = 900_000  # for the first look at ten million documents on a busy machine
_WATCH = """(canvas) => {
    const seen = (window.seen = {});
    const drawn = canvas.dataset.drawn;
    let begun = 0;
    addEventListener("pointerup", () => (begun = performance.now()), { once: true, capture: true });
    const look = () => {
        const since = (performance.now() - begun) / 1000;
        if (begun && document.querySelector('[data-testid="stMetricValue"]')) seen.counted ||= since;
        if (seen.counted && canvas.dataset.drawn !== drawn) seen.greyed ||= since;
        if (!seen.greyed) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def report(n_docs: int, keep: Path | None) -> Iterator[str]:
    """Markdown, piece by piece; `keep` is a folder that the workspace is made in, or found in from an earlier run."""
    yield machine.line()
    with tempfile.TemporaryDirectory(prefix="winnow-pages-") as folder:
        root = keep or Path(folder)
        started = time.monotonic()
        if not (root / "large").is_dir():
            with tempfile.TemporaryDirectory(dir=root.absolute(), prefix="half-made-") as place:
                large.build(Path(place), n_docs, with_vectors=n_docs <= _VECTORS_UP_TO)
                (Path(place) / "large").rename(root / "large")
        yield f"**{n_docs:,} documents** (workspace made in {time.monotonic() - started:,.0f} s)"
        yield markdown(process.module("pages", root).answer["rows"])
        with _served(root) as (app, server):
            yield markdown(list(_in_browser(app, server)))


def slider_rows(root: Path) -> list[dict[str, Cell]]:
    """Seconds of a run of the Select page per move of a slider, by the clock and of the processor."""
    os.environ["WINNOW_WORKSPACES"] = str(root)
    return [_slider(*slider) for slider in _SLIDERS]


def _slider(method: str, setting: str, value: Callable[[int], Any]) -> dict[str, Cell]:
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=1_800)
    page.query_params["workspace"], page.query_params["method"] = "large", method
    page.run()
    page = page.switch_page("pages/select.py").run()
    if page.exception or page.error or not page.metric:
        raise RuntimeError(str([*page.exception, *page.error, *page.caption][0].value))
    key = "budget_tokens" if setting == "budget" else f"set_{method}_{setting}"
    budget, took = page.number_input(key="budget_tokens").value or 0, []
    for move in range(1, _MOVES + 1):
        to = budget + 1_000 * move if setting == "budget" else value(move)
        widget = (
            page.number_input(key=key) if key in _keys(page.number_input) else page.slider(key=key)
        )
        started, used = time.monotonic(), time.process_time()
        page = widget.set_value(to).run()
        took.append((time.monotonic() - started, time.process_time() - used))
        if page.exception or page.error:
            raise RuntimeError(str([*page.exception, *page.error][0].value))
    (p50, cpu), (p95, _) = 1e3 * np.percentile(took, [50, 95], axis=0)
    label = f"{method}, {setting.rstrip('_')}"
    return {"moved on Select": label, "p50 ms": p50, "p95 ms": p95, "of processor ms": cpu}


def _keys(widgets: Any) -> list[str]:
    return [widget.key for widget in widgets]


@contextmanager
def _served(root: Path) -> Iterator[tuple[App, subprocess.Popen]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = root / "app.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT, env={**os.environ, "WINNOW_WORKSPACES": str(root)}, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, server, log)
        yield App(url, root), server
    finally:
        server.terminate()
        server.wait(20)


def _in_browser(app: App, server: subprocess.Popen) -> Iterator[dict[str, Cell]]:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(_PATIENCE_MS)
        seen = Watched(page, app, expect)
        sent: list[int] = []
        page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(len(data))))
        for name in PAGES:
            for again in ("", " again"):
                took = _timed(lambda name=name: seen.open(name, workspace="large"), server)
                yield _row(f"{name}: page loaded{again}", took, server)
        yield _row("map: first paint", _timed(lambda: _paint(seen), server), server)
        sent.clear()
        _circle(seen)
        told: dict[str, float] = {}
        _, used = _timed(lambda: told.update(_release(seen)), server)
        what = f"map: lasso of {seen.metric('Documents').inner_text()}"
        yield _row(f"{what}, counted", (told["counted"], used), server, sum(sent) / 1e3)
        yield _row(f"{what}, the others grey", (told["greyed"], used), server)
        browser.close()


def _timed(act: Any, server: subprocess.Popen) -> tuple[float, float]:
    """Seconds by the clock, and of the server's processor."""
    started, used = time.monotonic(), _processor_s(server)
    act()
    return time.monotonic() - started, _processor_s(server) - used


def _processor_s(server: subprocess.Popen) -> float:
    facts = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def _paint(seen: Watched) -> None:
    seen.page.goto(
        f"{seen.app.url}/map?workspace=large&titles=false", wait_until="domcontentloaded"
    )
    seen.page.locator("canvas[data-shown]").wait_for()
    seen.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def _circle(seen: Watched) -> None:
    """Drawn around the middle of the map; the button stays pressed."""
    box = seen.page.locator("canvas[data-shown]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    radius = box["height"] / 3
    mouse = seen.page.mouse
    mouse.move(x + radius, y)
    mouse.down()
    for step in range(60):
        mouse.move(x + radius * math.cos(step / 10), y + radius * math.sin(step / 10))


def _release(seen: Watched) -> dict[str, float]:
    """Seconds from the release to the count and to the picture."""
    seen.page.locator("canvas[data-shown]").evaluate(_WATCH)
    seen.page.mouse.up()
    seen.page.wait_for_function("() => seen.counted && seen.greyed", polling=250)
    return seen.page.evaluate("() => seen")


def _row(
    what: str,
    seconds: tuple[float, float],
    server: subprocess.Popen,
    kilobytes: float | None = None,
) -> dict[str, Cell]:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    took, used = seconds
    told: dict[str, Cell] = {"": what, "s": took, "server's processor s": used}
    return {**told, "sent kB": kilobytes, "server MB": int(resident) / 1024}


if __name__ == "__main__":
    import json

    print(json.dumps({"rows": slider_rows(Path(sys.argv[1]))}))
