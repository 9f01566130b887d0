"""The chosen workspace: which one, what it holds, and what a page still needs before it can show anything."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

import selection
from pages.widgets import costs, progress, reader, style
from pages.widgets.signature import signature as signature  # part of this module's interface

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.status import Status

_KEY = "workspace"
_NEXT = "workspace_next"
_ROOT = Path(__file__).parents[2]
_STAGED = re.compile(
    r"[^\s']*/\.staging/[0-9a-f]{32}/"
)  # where an upload waits is nobody's concern

# noun -> (what the page says, label of the button, verb, arguments, what must be there first)
_STEPS: dict[str, tuple[str, str, str, tuple[str, ...], tuple[str, ...]]] = {
    "signals": ("scores for every document", "Score all signals", "score", ("--all",), ()),
    "embedding": ("a vector for every document", "Embed documents", "embed", (), ()),
    "clusters": (
        "a cluster for every document",
        "Cluster documents",
        "cluster",
        (),
        ("embedding",),
    ),
    "map": ("a place on the map for every document", "Build the map", "map", (), ("embedding",)),
    "axes": ("orthogonal axes for every document", "Fit axes", "axes", (), ("signals",)),
}


def root() -> Path:
    """The folder of all workspaces: `WINNOW_WORKSPACES`, or data/workspaces of the repository."""
    return Path(os.environ.get("WINNOW_WORKSPACES") or _ROOT / "data" / "workspaces").absolute()


def choose() -> None:
    """The select in the sidebar, bound to the URL; drawn once, by the frame."""
    names = [space.name for space in selection.list_workspaces(root())]
    wanted = st.session_state.pop(_NEXT, None)
    if wanted in names:
        st.session_state[_KEY] = wanted
    elif st.session_state.get(_KEY) not in names:
        st.session_state.pop(_KEY, None)
    if names and _KEY not in st.session_state and st.query_params.get(_KEY) not in names:
        st.session_state[_KEY] = names[0]
    if names:  # no default of its own, so that the URL always says which
        st.sidebar.caption("Workspace")  # the widget's own label would add "(required)"
        st.sidebar.selectbox(
            "Workspace", names, index=None, required=True, key=_KEY, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip


def switch(name: str) -> None:
    """Choose another workspace and run the page again."""
    st.session_state[_NEXT] = name
    st.rerun()


def chosen() -> Workspace | None:
    """The chosen workspace, which may still be empty; None where there is none at all."""
    names = [space.name for space in selection.list_workspaces(root())]
    for name in (st.session_state.get(_KEY), st.query_params.get(_KEY), *names[:1]):
        if name in names:
            try:
                return selection.find_workspace(root(), name)
            except selection.WinnowError as mistake:
                fail(mistake)
    return None


def current() -> Workspace:
    """The chosen workspace with at least one document; otherwise says what to do and stops the page."""
    space = chosen()
    if space is None:
        st.info(
            "There is no workspace yet. Load the demo corpus or your own files.",
            icon=":material/database:",
        )
        link("pages/corpus.py", "Go to Corpus", ":material/arrow_forward:")
        st.stop()
    if not has_documents(space):
        progress.running(space)
        st.info("This workspace has no documents yet.", icon=":material/database:")
        link("pages/corpus.py", "Go to Corpus", ":material/arrow_forward:")
        st.stop()
    return space


def has_documents(space: Workspace) -> bool:
    """Whether anything has been ingested; a part may hold rows of the quarantine alone."""
    parts = space.documents.is_dir() and any(space.documents.glob("part-*.parquet"))
    return parts and status(space).n_docs > 0


def link(page: str, label: str, icon: str | None = None) -> None:
    """A link to another page; nothing where a page runs without the frame, as under test."""
    try:
        st.page_link(page, label=label, icon=icon)
    except StreamlitAPIException:
        st.caption(label)


def fail(mistake: Exception | str) -> NoReturn:
    """Show a mistake as its one sentence, and stop the page."""
    say(mistake)
    st.stop()


def say(mistake: Exception | str) -> None:
    """Show a mistake as its one sentence."""
    st.error(reader.inert(_STAGED.sub("", str(mistake))), icon=":material/error:")


def status(space: Workspace) -> Status:
    """What the workspace holds, read again only when its files changed."""
    return _status(space, signature(space))


@lru_cache(maxsize=32)  # Streamlit's own cache takes 20 ms to hash a signature
def _status(space: Workspace, _signature: tuple) -> Status:
    return selection.status(space)


def missing(space: Workspace, *nouns: str) -> list[str]:
    """The nouns that not every document has, each after what it stands on."""
    there = status(space)
    lacking: list[str] = []

    def ready(noun: str) -> bool:
        return bool(there.signals) if noun == "signals" else there.ready.get(noun, False)

    for noun in nouns:
        if ready(noun):  # a map may be attached where there are no vectors
            continue
        lacking += [
            each for each in (*_STEPS[noun][4], noun) if each not in lacking and not ready(each)
        ]
    return lacking


def require(space: Workspace, *nouns: str, who: str = "This page") -> None:
    """Goes on when every document has these nouns; else says so, offers the first job and stops the page.

    Nouns: signals, embedding, clusters, map, axes. Jobs that make them are on the page already, see `progress.running`.
    """
    lacking = missing(space, *nouns)
    if not lacking:
        return
    wanted = [noun for noun in nouns if noun in lacking] or lacking
    with st.container(border=True):
        st.markdown(f"{who} needs {' and '.join(_STEPS[noun][0] for noun in wanted)}.")
        offer(space, lacking[0], type="primary")
        if len(lacking) > 1:
            st.caption(f"Then: {', '.join(_STEPS[noun][1].lower() for noun in lacking[1:])}.")
    st.stop()


def offer(space: Workspace, noun: str, type: Any = "secondary") -> None:
    """The button that makes a noun, with what it is expected to cost."""
    _, label, verb, arguments, _ = _STEPS[noun]
    if progress.being_made(space, verb):
        st.caption(":material/hourglass_top: Being made now.")
        return
    progress.start_button(space, label, verb, *arguments, key=f"start_{noun}", type=type)
    st.caption(cost(space, noun))


def cost(space: Workspace, noun: str) -> str:
    """`about 40 s for 3,000 documents`, and where the estimate comes from."""
    there = status(space)
    past = [there.embedding, there.clusters, there.map, there.axes]
    seconds, measured = costs.estimate_s(noun, there.n_docs, past)
    basis = "measured here" if measured else "estimate for 2 cores"
    time = style.duration(seconds)
    return f"{'' if time.startswith('under') else 'about '}{time} for {there.n_docs:,} documents ({basis})"
