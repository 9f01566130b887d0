"""A tiny real workspace, made once by the real verbs, and the app under Streamlit's own tester."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

import selection
from pages.widgets import frame

ROOT = Path(__file__).parents[2]
N_DOCS = 72

_SUBJECTS = [
    "The river",
    "A careful teacher",
    "This old engine",
    "My neighbour",
    "The committee",
    "Every winter",
]
_VERBS = ["carries", "explains", "repairs", "forgets", "measures", "repeats"]
_OBJECTS = [
    "the heavy stones.",
    "a simple proof of the rule!",
    "its worn gears.",
    "what was promised?",
]

_GERMAN = "Der alte Fluss trägt die schweren Steine langsam durch das Tal. "


def _text(number: int, rng: np.random.Generator) -> str:
    """Prose, lists, shouting or code, of differing length: enough for every signal to vary."""
    sentences = [
        f"{rng.choice(_SUBJECTS)} {rng.choice(_VERBS)} {rng.choice(_OBJECTS)}"
        for _ in range(3 + number % 17)
    ]
    kind = number % 4
    if kind == 0:
        return (
            " ".join(sentences)
            + f" It happened {number} times because nobody asked, therefore we wrote it down."
        )
    if kind == 1:
        return (
            "\n".join(f"- {sentence.upper()}" for sentence in sentences)
            + f"\nCLICK HERE http://example.org/{number}"
        )
    if kind == 2:
        return "\n".join(
            f"def step_{number}_{i}(x):\n    return x * {i}  # {s}" for i, s in enumerate(sentences)
        )
    return "\n\n".join([f"Chapter {number}", *sentences, *sentences[:2]])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of workspaces with one, `tiny`: signals, vectors, clusters, a map, axes and two subsets."""
    home = tmp_path_factory.mktemp("built")
    rng = np.random.default_rng(7)
    records = [
        {
            "id": f"d{i}",
            "text": _text(i, rng),
            "source": ("essays", "shouts", "code", "books")[i % 4],
        }
        for i in range(N_DOCS)
    ]
    records[5]["source"] = "**not bold** <b>x</b>"
    records[68]["text"] = _GERMAN * 12
    lines = [json.dumps(record) for record in records] + [
        "{broken",
        json.dumps({"id": "empty", "text": ""}),
    ]
    (home / "records.jsonl").write_text("\n".join(lines))
    space = selection.create(home / "workspaces" / "tiny")
    selection.ingest(space, [home / "records.jsonl"])
    centres = rng.normal(size=(4, 16))
    vectors = centres[np.arange(N_DOCS) % 4] + 0.2 * rng.normal(size=(N_DOCS, 16))
    np.save(home / "vectors.npy", vectors.astype(np.float32))
    selection.attach(space, home / "vectors.npy", "embedding", None)
    np.save(home / "points.npy", vectors[:, :2].astype(np.float32))
    selection.attach(space, home / "points.npy", "map", None)
    selection.cluster(space, "kmeans", {"n_clusters": 4})
    selection.score(space, None)
    selection.axes(space)
    budget = selection.status(space).n_tokens // 4
    for name, method in (("best", "longest"), ("chance", "random")):
        selection.draw(space, [selection.method(method, {})], name, budget, 0)
    return home / "workspaces"


@pytest.fixture
def workspaces(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of them that a test may change, chosen as the app's root."""
    root = tmp_path / "workspaces"
    shutil.copytree(built, root)
    return _use(root, monkeypatch)


@pytest.fixture
def no_workspaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app that starts on an empty machine; the folder does not even exist."""
    return _use(tmp_path / "absent" / "workspaces", monkeypatch)


@pytest.fixture
def empty_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One workspace without documents."""
    root = _use(tmp_path / "workspaces", monkeypatch)
    selection.create(root / "empty")
    return root


def _use(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WINNOW_WORKSPACES", str(root))
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    return root


_SAID = re.compile(r"\bexact\b|\bsample of\b|interval|held out|estimate", re.IGNORECASE)


def unsaid(page: AppTest) -> list[str]:
    """Headings, bold ones too, under which a figure stands that does not say whether it is exact or of a sample."""
    heading, figures, said, found = "", 0, False, []
    for node in [*_leaves(page.main), None]:
        text = str(getattr(node, "value", ""))
        bold = node is not None and node.type == "markdown" and text.startswith("**")
        if node is None or node.type in ("title", "subheader", "header") or bold:
            found += [heading] if figures and not said else []
            heading, figures, said = text, 0, False
        elif node.type in ("plotly_chart", "metric"):
            figures += 1
            text = node.proto.alt if node.type == "plotly_chart" else ""
        said = said or bool(_SAID.search(text))
    return found


def _leaves(node: Any) -> Iterator[Any]:
    if children := getattr(node, "children", None):
        for child in children.values():
            yield from _leaves(child)
    else:
        yield node


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`open_page("map", colour="source")`: the page of that name within the frame, with query parameters."""
    begin = PagesManager.__init__

    def with_own_navigation(self: PagesManager, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        frame.own_navigation()  # the tester forgets it before every run; the server is told once

    monkeypatch.setattr(PagesManager, "__init__", with_own_navigation)

    def opened(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()  # the frame must have named its pages before one can be switched to
        return app if page == "corpus" else app.switch_page(f"pages/{page}.py").run()

    return opened
