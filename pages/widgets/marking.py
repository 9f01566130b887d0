"""Marking documents by hand: the tags of one that is read, and one act for all that are listed.

The lists `include`, `exclude` and `opt-out` decide in every draw; other names are the user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import reader
from selection.store.tags import LISTS

if TYPE_CHECKING:
    from selection import Workspace

_SAID = "marking_said"
HELP = (
    "include: drawn first, within the budget, whatever the method says. exclude: never drawn. opt-out: never drawn and"
    " never exported, whatever else is said. Other names are your own. All of them outlive every draw and every ingest."
    " Methods, axes and clusters are still fitted on every document, these too; copies under other ids are not listed."
)


def act(verb: Callable[[], Any], told: Callable[[Any], str]) -> None:
    """Do it; what came of it, or in one sentence why not, is said when the page is drawn again."""
    try:
        done = verb()
    except selection.WinnowError as mistake:
        st.session_state[_SAID] = (str(mistake), ":material/error:")
    else:
        st.session_state[_SAID] = (told(done), ":material/check:")


def say() -> None:
    """What the last act came to, once."""
    if said := st.session_state.pop(_SAID, None):
        st.toast(reader.inert(said[0]), icon=said[1])


def known(space: Workspace) -> list[str]:
    """The three lists, then the user's own tags."""
    return [*LISTS, *(row["tag"] for row in selection.list_tags(space) if row["tag"] not in LISTS)]


def document(space: Workspace, doc_id: int, key: str) -> None:
    """The tags of one document, to be switched on and off."""
    say()
    own, every = (selection.tags_of(space, [doc_id], kind)[0] for kind in ("uid", None))
    key = f"{key}_tags_{doc_id}_{selection.tags_key(space)[:12]}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.pills(
            "Tags",
            known(space),
            selection_mode="multi",
            default=own,
            key=key,
            help=HELP,
            width="content",
            on_change=_switch,
            args=(space, doc_id, own, key),
        )
        with st.popover("New tag", icon=":material/add:"):
            _fresh(space, [doc_id], f"{key}_new")
    if beside := [tag for tag in every if tag not in own]:
        st.caption(f"Through its source or address: {', '.join(f'`{tag}`' for tag in beside)}.")


def _switch(space: Workspace, doc_id: int, own: list[str], key: str) -> None:
    wanted = st.session_state[key]
    for tag in [*(t for t in wanted if t not in own), *(t for t in own if t not in wanted)]:
        put(space, tag, [doc_id], tag not in wanted)


def several(space: Workspace, doc_ids: Sequence[int], key: str) -> None:
    """One act for all documents of a list, the other pages of it too; the whole corpus is not offered."""
    n_docs = len(doc_ids)
    if n_docs < 2 or n_docs == len(selection.tokens(space)):
        return
    with st.popover(f"Tag all {n_docs:,}", icon=":material/label:", help=HELP):
        for tag in known(space):
            one, two = st.columns([3, 1], vertical_alignment="center", gap="small", wrap=False)
            given = (space, tag, doc_ids)
            one.button(
                f"Put under `{tag}`", key=f"{key}_all_{tag}", width="stretch", on_click=put,
                args=given,
            )  # fmt: skip
            two.button(
                "", key=f"{key}_none_{tag}", icon=":material/label_off:", type="tertiary",
                help=f"Take all of them out of {tag}", on_click=put, args=(*given, True),
            )  # fmt: skip
        _fresh(space, doc_ids, f"{key}_all_new")


def _fresh(space: Workspace, doc_ids: Sequence[int], key: str) -> None:
    def take() -> None:
        if name := st.session_state[key].strip():
            put(space, name, doc_ids)
            st.session_state[key] = ""

    st.text_input(
        "New tag", key=key, placeholder="to-check", on_change=take, label_visibility="collapsed",
        help="Letters, digits, dots, dashes and underscores; press Enter.",
    )  # fmt: skip


def put(space: Workspace, tag: str, doc_ids: Sequence[int], remove: bool = False) -> None:
    """Put documents under a tag or take them out, and say so."""
    what = f"{len(doc_ids):,} documents" if len(doc_ids) != 1 else f"document {doc_ids[0]:,}"
    act(
        lambda: selection.tag_documents(space, tag, doc_ids, remove),
        lambda _: f"{what} {'taken out of' if remove else 'put under'} {tag}",
    )
