"""The real app on a port of its own, looked at through a real browser that nothing of the outside can reach.

Without playwright or Chromium these tests are skipped, unless `WINNOW_BROWSER_TESTS=required`: then that is an error.
`WINNOW_SCREENSHOTS` names a folder that keeps what the browser saw.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

import selection

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
PAGES = ("corpus", "map", "quality", "desk", "axes", "select", "compare", "export", "jobs")
PATIENCE_MS = 90_000  # two busy cores draw a first page slowly; nothing waits longer than it must
# What a failing page looks like: Streamlit's own box, and the sentences that stand for a stack trace.
FAULTS = ("Something went wrong inside Winnow", "a fault of Winnow", "Traceback", "Page not found")
# Said by Chromium about itself, not by the page.
_NOISE = ("GPU stall due to ReadPixels", "GroupMarkerNotSet", "Unrecognized feature")
_NOISE += ("Failed to load resource",)  # told with its address by the answer itself
# On a deep link Streamlit's script asks below the page first, and then at the root.
_PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@dataclass
class App:
    """A running app: where it listens, and the folder of its workspaces."""

    url: str
    root: Path


@dataclass
class Watched:
    """A browser page with everything that went wrong on it."""

    page: Any
    app: App
    expect: Any  # playwright's own, with our patience
    wrong: list[str] = field(default_factory=list)

    def open(self, name: str, **query: str) -> Any:
        """A page of the app, drawn to the end."""
        path = "" if name == "corpus" else name
        asked = f"?{urlencode(query)}" if query else ""
        self.page.goto(f"{self.app.url}/{path}{asked}", wait_until="domcontentloaded")
        self.page.get_by_role("heading", name=name.capitalize(), exact=True, level=1).wait_for()
        self.settle()
        return self.page

    def visit(self, name: str) -> Any:
        """The same by its link in the sidebar, within the session; the page must be wide."""
        links = self.page.get_by_test_id("stSidebarNav")
        links.get_by_role("link", name=name.capitalize(), exact=True).click()
        self.page.get_by_role("heading", name=name.capitalize(), exact=True, level=1).wait_for()
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until the script has run to its end; then nothing on the page may be an exception."""
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                return app && app.dataset.testScriptState !== 'running'
                    && app.dataset.testScriptState !== 'initial'
                    && app.dataset.testConnectionState === 'CONNECTED'
                    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
            }"""
        )
        self.check()

    def check(self) -> None:
        assert self.page.get_by_test_id("stException").count() == 0, self._shown("stException")
        text = self.page.locator("body").inner_text()
        assert not [words for words in FAULTS if words in text], text[-2000:]
        assert not self.wrong, self.wrong

    def _shown(self, test_id: str) -> str:
        return " | ".join(self.page.get_by_test_id(test_id).all_inner_texts())

    def metric(self, label: str) -> Any:
        """Where the value of the metric with this label is shown."""
        tile = self.page.get_by_test_id("stMetric").filter(
            has=self.page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
        )
        return tile.get_by_test_id("stMetricValue")


def _lacking() -> str:
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return "" if CHROMIUM.exists() else f"{CHROMIUM} is not installed"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once."""
    if lacking := _lacking():
        if os.environ.get("WINNOW_BROWSER_TESTS") == "required":
            pytest.fail(f"the browser tests are required here, and {lacking}")
        pytest.skip(lacking)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def watch(browser: Any) -> Iterator[Callable[..., Watched]]:
    """`watch(app, width=420, dark=True)`: a fresh browser context, as another visitor would have it."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_MS)
    contexts: list[Any] = []

    def fresh(app: App, width: int = 1440, height: int = 1000, dark: bool = False) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        seen = Watched(page, app, expect)
        page.on("pageerror", lambda error: seen.wrong.append(f"script: {error}"))
        page.on("console", lambda said: _note(seen, said))
        page.on("dialog", lambda dialog: (seen.wrong.append("a dialog"), dialog.dismiss()))
        page.on("request", lambda sent: _stay_home(seen, sent.url))
        page.on("response", lambda answer: _answered(seen, answer))
        return seen

    yield fresh
    for context in contexts:
        context.close()


def _note(seen: Watched, said: Any) -> None:
    if said.type == "error" and not any(words in said.text for words in _NOISE):
        seen.wrong.append(f"console: {said.text}")


def _stay_home(seen: Watched, url: str) -> None:
    """Nothing leaves the machine: a page asks its own server only."""
    if not url.startswith((seen.app.url, seen.app.url.replace("http", "ws", 1), "data:", "blob:")):
        seen.wrong.append(f"request to {url[:200]}")


def _answered(seen: Watched, answer: Any) -> None:
    if answer.status >= 400 and not _PROBE.search(answer.url):
        seen.wrong.append(f"{answer.status} {answer.url[:200]}")


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], App]]:
    """`serve(folder)`: the app over that folder of workspaces; ended with its jobs when the tests are over."""
    running: list[tuple[subprocess.Popen, Path]] = []

    def started(root: Path) -> App:
        home = tmp_path_factory.mktemp("home")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = (home / "app.log").open("wb")
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        process = subprocess.Popen(
            [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
            cwd=ROOT,
            env={
                **os.environ,
                "HOME": str(home),
                "WINNOW_WORKSPACES": str(root),
                "WINNOW_FOLDERS": str(ROOT / "data" / "samples"),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        running.append((process, root))
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, process, home / "app.log")
        return App(url, root)

    yield started
    for process, root in running:
        _end(process, root)


def _wait_until_healthy(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not start:\n{log.read_text()[-3000:]}")


def _end(process: subprocess.Popen, root: Path) -> None:
    """The app by its id, then every job that still runs in its workspaces."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for space in selection.list_workspaces(root):
        for job in selection.list_jobs(space):
            if job.alive:
                selection.cancel_job(space, job.id)


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("WINNOW_SCREENSHOTS")
    folder = Path(named).absolute() if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def real_rows() -> Callable[[int], list[dict[str, Any]]]:
    return _real_rows


def _real_rows(n_docs: int) -> list[dict[str, Any]]:
    """Short real documents: those installed on this machine, and a third of the shared data set where it lies beside."""
    from selection.formats.harvest import harvest

    shared = ROOT / "../shared/datasets/mix_small.parquet"
    rows: list[dict[str, Any]] = []
    if shared.exists():
        import pyarrow.parquet as pq

        for row in pq.read_table(shared, columns=["id", "text", "source"]).to_pylist():
            if len(row["text"]) < 600 and len(rows) < n_docs // 3:
                rows.append(row)
    own = harvest(n_docs - len(rows))
    return [{name: row[name] for name in ("id", "text", "source")} for row in own] + rows


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def embedded(space: selection.Workspace, rows: list[dict[str, Any]]) -> None:
    """Documents and a vector for each: words by SVD, since the encoder is run by the main job's test."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    selection.ingest(space, [write_jsonl(space.path / "rows.jsonl", rows)])
    texts = [row["text"] for row in selection.read_documents(space, range(len(rows)), 20_000)]
    counted = TfidfVectorizer(max_features=4000, token_pattern=r"\S+").fit_transform(texts)
    vectors = TruncatedSVD(24, random_state=0).fit_transform(counted) + 1e-3
    np.save(space.path / "vectors.npy", vectors.astype(np.float32))
    selection.attach(space, space.path / "vectors.npy", "embedding")


def fill(space: selection.Workspace, rows: list[dict[str, Any]], n_clusters: int) -> None:
    """Every verb but the encoder and UMAP, which the main job's test runs: vectors are words by SVD, the map is PCA."""
    embedded(space, rows)
    selection.cluster(space, "kmeans", {"n_clusters": n_clusters})
    selection.map(space, "pca")
    selection.score(space)
    selection.axes(space)
    budget = selection.status(space).n_tokens // 4
    for name, method in (("best", "odis"), ("chance", "random")):
        selection.draw(space, [selection.method(method)], name, budget, 0)
    selection.export(space, "best", space.exports / "best.parquet")


HOSTILE = (
    "<script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    "[click](javascript:window.pwned=1)",
    "<svg onload='window.pwned=1'></svg>",
    "$\\LaTeX$ **bold** `code` :red[red] :material/bug_report:",
    "<iframe src='javascript:parent.pwned=1'></iframe>",
    "</code></pre><b id=broken>out of the box</b>",
    "{{constructor.constructor('window.pwned=1')()}} %{x} <b>bold</b><br>",
)


def hostile_rows(n_docs: int) -> list[dict[str, Any]]:
    """Documents, ids and sources that would act if a page rendered them; with control and bidirectional characters."""
    rows = []
    for number in range(n_docs):
        attack = HOSTILE[number % len(HOSTILE)]
        words = f"word{number % 7} reading{number % 5} because{number % 3} "
        text = f"{attack} {words * (3 + number % 9)}{attack}\n\u202egpj.exe\u2066 \x1b[31m\x07 {attack}"
        rows.append(
            {"id": f"{attack}#{number}", "text": text, "source": HOSTILE[number % 4 * 2] + "\u202e"}
        )
    return rows


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], App]) -> App:
    """An app over three workspaces: `filled` with real text, `hostile`, and `empty`."""
    root = tmp_path_factory.mktemp("workspaces")
    fill(selection.create(root / "filled"), _real_rows(240), 8)
    fill(selection.create(root / "hostile"), hostile_rows(96), 4)
    selection.create(root / "empty")
    return serve(root)
