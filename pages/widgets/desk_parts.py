"""The reading desk: what to judge, the document or pair without anything that tells where it is from, and keys to judge it.

The text is inert, and the order is the desk's own (`selection.open_desk`); nothing that matters is kept in the session.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import reader, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.desk import Desk, Standing, Task

_FASTEST_S = 0.25  # nobody reads faster: a key that was held down, or pressed for the page before
_SLOWEST_S = 900.0  # longer is a pause, not reading


def ask(space: Workspace) -> Desk:
    """Rubric, dimensions, single documents or pairs, how many, and who reads; in the URL, so that a reload goes on."""
    known = {rubric["id"]: rubric for rubric in selection.list_rubrics()}
    with st.expander("What you judge", icon=":material/tune:", key="desk_setup"):
        first, second, third, fourth = st.columns([5, 4, 3, 3], vertical_alignment="bottom")
        rubric = first.selectbox(
            "Rubric", list(known), index=list(known).index("odis"), key="desk_rubric", bind="query-params",
            format_func=lambda name: known[name]["title"],
        ) or "odis"  # fmt: skip
        pairwise = known[rubric]["kind"] == "pairwise"
        pairs = second.segmented_control(
            "Shown", ["documents", "pairs"], default="pairs" if pairwise else "documents", required=True,
            key=f"desk_shown_{rubric}", bind="query-params", disabled=pairwise, width="stretch",
            help="One document to rate, or two of which one has more: quicker to answer, and no scale to keep to.",
        )  # fmt: skip
        n_docs = workspace.status(space).n_docs
        sample = third.number_input(
            "Documents", min(2, n_docs), n_docs, min(100, n_docs), 10, key="desk_sample", bind="query-params",
            help="Those that a judge asked about as many is shown. A larger sample goes on from a smaller one.",
        )  # fmt: skip
        person = fourth.text_input(
            "Reader", "you", max_chars=32, key="desk_reader", bind="query-params",
            help="Each reader has judgements and an order of their own.",
        )  # fmt: skip
        names = known[rubric]["dimensions"]
        chosen = st.pills(
            "Dimensions", names, default=names[:1], selection_mode="multi", key=f"desk_dimensions_{rubric}",
            bind="query-params", format_func=reader.words,
        )  # fmt: skip
    try:
        return _opened(
            space, workspace.signature(space), rubric, person or "you", pairs == "pairs", tuple(chosen or names[:1]),
            int(sample),
        )  # fmt: skip
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
        raise  # never reached: the page has stopped


@st.cache_resource(show_spinner=False, max_entries=32)
def _opened(
    _space: Workspace,
    signature: tuple,
    rubric: str,
    person: str,
    pairs: bool,
    only: tuple[str, ...],
    sample: int,
) -> Desk:
    return selection.open_desk(_space, rubric, person, pairs, list(only), sample)


def read(space: Workspace, desk: Desk) -> None:
    """The next document or pair, the buttons that judge it, and how far the reading is."""
    standing = selection.desk_standing(space, desk)
    n_done = standing.n_rated + standing.n_skipped
    st.progress(n_done / max(1, standing.n_tasks), text=_so_far(standing))
    if standing.next is None:
        st.success(
            f"You have judged all {standing.n_tasks:,}. A larger number of documents goes on from here.",
            icon=":material/done_all:",
        )
        _undo(space, desk, standing)
        return
    rows = {
        row["doc_id"]: row
        for row in selection.read_documents(space, list(standing.next.doc_ids), reader.SHOWN_CHARS)
    }
    shown = [rows[doc_id] for doc_id in standing.next.doc_ids]
    begun = st.session_state.get("desk_begun")
    if begun is None or begun[0] != standing.next.name:
        st.session_state["desk_begun"] = (standing.next.name, time.monotonic())
    if desk.plan.pairs:
        _pair(space, desk, standing, shown)
    else:
        _single(space, desk, standing, shown[0])


def _so_far(standing: Standing) -> str:
    n_done = standing.n_rated + standing.n_skipped
    skipped = f", {standing.n_skipped:,} skipped" if standing.n_skipped else ""
    return f"{n_done:,} of {standing.n_tasks:,} judgements{skipped}"


def _single(space: Workspace, desk: Desk, standing: Standing, row: dict[str, Any]) -> None:
    task = standing.next
    assert task is not None
    left, right = st.columns([7, 4], gap="medium")
    with left:
        _text(row, 620)
    with right:
        _question(desk, task)
        low, high = (round(edge) for edge in desk.range_of(task))
        levels = desk.asked(task).levels
        for value in range(high, low - 1, -1):
            meaning = levels[value - low] if len(levels) == high - low + 1 else f"{value} of {high}"
            _button(space, desk, task, reader.inert(meaning), float(value), str(value))
        _others(space, desk, standing)


def _pair(space: Workspace, desk: Desk, standing: Standing, rows: list[dict[str, Any]]) -> None:
    task = standing.next
    assert task is not None
    _question(desk, task)
    answers = st.columns(3)
    for place, label, value, key in zip(
        answers, ("The first", "Both alike", "The second"), (0.0, 0.5, 1.0), ("Left", "Down", "Right"), strict=True,
    ):  # fmt: skip
        with place:
            _button(space, desk, task, label, value, key)
    _others(space, desk, standing)
    for place, row, word in zip(
        st.columns(2, gap="medium"), rows, ("First", "Second"), strict=True
    ):
        with place:
            st.caption(word)
            _text(row, 560)


def _question(desk: Desk, task: Task) -> None:
    asked = desk.asked(task)
    st.markdown(f"**{reader.inert(asked.title)}**")
    st.text(reader.plain(" ".join(asked.question.split())))
    for number, point in enumerate(asked.points, start=1):
        st.text(f"{number}. {reader.plain(point)}")
    if asked.points and not desk.plan.pairs:
        st.caption("How many of these does it meet?")


def _text(row: dict[str, Any], height: int) -> None:
    """The text alone: neither its source nor its id nor what others said of it."""
    shown = reader.plain(row["text"]) or " "
    st.code(
        shown,
        language=None,
        wrap_lines=True,
        height="content" if reader.is_short(shown) else height,
    )
    if row.get("cut"):
        st.caption(f"Only the first {reader.SHOWN_CHARS:,} characters are shown.")


def _button(
    space: Workspace, desk: Desk, task: Task, label: str, value: float, shortcut: str
) -> None:
    st.button(
        label, key=f"desk_{task.name}_{value:g}_{task.again}", shortcut=shortcut, width="stretch", wrap=True,
        on_click=_judge, args=(space, desk, task, value),
    )  # fmt: skip


def _others(space: Workspace, desk: Desk, standing: Standing) -> None:
    with st.container(horizontal=True):
        _undo(space, desk, standing)
        task = standing.next
        if task is not None:
            st.button(
                "Skip", key=f"desk_skip_{task.name}", icon=":material/skip_next:", shortcut="S", type="tertiary",
                on_click=_judge, args=(space, desk, task, None),
                help="For what cannot be judged, as in a language you do not read.",
            )  # fmt: skip


def _undo(space: Workspace, desk: Desk, standing: Standing) -> None:
    st.button(
        "Undo", key="desk_undo", icon=":material/undo:", shortcut="U", type="tertiary",
        disabled=standing.last is None, on_click=_take_back, args=(space, desk),
        help="Takes the last judgement back and asks it again.",
    )  # fmt: skip


def _judge(space: Workspace, desk: Desk, task: Task, value: float | None) -> None:
    """Keep the judgement of the text that is shown; a key pressed twice, or before the next text was drawn, counts once."""
    shown, begun = st.session_state.get("desk_begun") or ("", 0.0)
    seconds = time.monotonic() - begun
    if shown != task.name or seconds < _FASTEST_S:
        return
    st.session_state["desk_begun"] = None
    _kept(lambda: selection.desk_record(space, desk, task, value, min(seconds, _SLOWEST_S)))


def _take_back(space: Workspace, desk: Desk) -> None:
    _kept(lambda: selection.desk_undo(space, desk))


def _kept(act: Any) -> None:
    try:
        act()
    except (selection.WinnowError, OSError) as mistake:
        st.toast(reader.inert(str(mistake)), icon=":material/error:")
