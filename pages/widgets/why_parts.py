"""Why one document is in or out of a draw: the rule that bound, where it stands, its nearest kept twin, what would flip it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import field_widget, marking, reader, style

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.flips import Flip
    from selection.workflow.picture import Picture
    from selection.workflow.why import Why

_KEY = "doc"


def show(space: Workspace, seen: Picture) -> None:
    """The document with the number that is typed; at first the one that only just missed the cut."""
    if _KEY not in st.session_state:
        asked = str(st.query_params.get(_KEY, ""))
        near = selection.near_cut(space, seen.drawn, 1)
        first = next(
            (int(ids[0]) for ids in (near.just_out, near.just_in, near.barred) if len(ids)), 0
        )
        st.session_state[_KEY] = int(asked) if asked.isdecimal() else first
    st.session_state[_KEY] = min(int(st.session_state[_KEY]), seen.corpus_docs - 1)
    doc_id = st.number_input(
        "Document", min_value=0, max_value=seen.corpus_docs - 1, step=1, key=_KEY, width=220,
        help="The number beside a document in any list, or under the pointer on the map.",
    )  # fmt: skip
    st.query_params[_KEY] = str(doc_id)
    told = selection.why(space, seen.drawn, int(doc_id))
    icon = ":material/check_circle:" if told.copies else ":material/remove_circle_outline:"
    st.markdown(f"{icon} **{reader.inert(told.verdict)}**")
    if told.unit and math.isfinite(told.margin):
        side = "above" if told.margin >= 0 else "below"
        st.caption(f"{abs(told.margin):.3g} {side} the cut, in {told.unit}.")
    _standings(told, seen.corpus_docs)
    left, right = st.columns(2)
    with left:
        _twin(space, seen, told)
    with right:
        _flips(space, seen, told)
    reader.text(selection.read_documents(space, [told.doc_id])[0])
    marking.document(space, told.doc_id, "why")


def _standings(told: Why, n_docs: int) -> None:
    if not told.standings:
        st.caption("The method reads no signal.")
        return
    st.dataframe(
        {
            "signal": [reader.words(each.name) for each in told.standings],
            "value": [style.number(each.value) for each in told.standings],
            "better than": [each.percentile for each in told.standings],
        },
        hide_index=True,
        key="why_standings",
        height="content",
        column_config={
            "signal": st.column_config.TextColumn(width="medium"),
            "value": st.column_config.TextColumn(alignment="right"),
            "better than": st.column_config.ProgressColumn(
                "better than, of all documents", format="%.1f%%", min_value=0, max_value=100
            ),
        },
    )
    st.caption(style.exact(n_docs).capitalize() + ".")


def _twin(space: Workspace, seen: Picture, told: Why) -> None:
    if not st.button("Find its nearest kept twin", key="why_twin"):
        return
    try:
        with st.spinner("Comparing vectors"):
            found = selection.twin(space, seen.drawn, told.doc_id)
    except selection.WinnowError as mistake:
        st.warning(reader.inert(str(mistake)), icon=":material/info:")
        return
    if found is None:
        st.caption("No other document is kept.")
        return
    st.caption(f"Document {found[0]:,} is kept, cosine {found[1]:.3f}.")
    reader.text(selection.read_documents(space, [found[0]], 2_000)[0])


def _flips(space: Workspace, seen: Picture, told: Why) -> None:
    way = "leave it out" if told.copies else "take it in"
    if not st.button(f"Find the smallest change that would {way}", key="why_flips"):
        return
    with st.spinner("Drawing again and again, one setting at a time"):
        found = selection.flips(space, seen.drawn, told.doc_id)
    if not found:
        st.caption(f"No change of the budget or of one numeric setting alone would {way}.")
        return
    for number, each in enumerate(found):
        st.button(
            reader.inert(f"{_setting(each, seen)}: {_typed(each.before)} → {_typed(each.after)}"),
            key=f"why_flip_{number}", icon=":material/tune:", width="stretch",
            help="Set this, and see what else it changes.",
            on_click=_take, args=(_place(each, seen), each.after),
        )  # fmt: skip
    st.caption(
        "Each alone, everything else as it is; smallest relative change first. Each was drawn to be sure; the budget and at"
        f" most {selection.MOST_FLIPPED} numbers are tried, to values that the form can be set to."
    )


def _setting(flip: Flip, seen: Picture) -> str:
    """`Gate`, as the form calls it; of a filter or the sampler with its name."""
    leaves = {leaf.id(): leaf for leaf in (*seen.drawn.weighed.methods, seen.drawn.sampler)}
    named = field_widget.label(flip.name)
    ranks = seen.drawn.weighed.methods[-1].id()
    return named if flip.leaf in ("", ranks) else f"{leaves[flip.leaf].title}, {named.lower()}"


def _typed(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _place(flip: Flip, seen: Picture) -> str:
    """The key of the widget that holds the setting, see `compose.panel`."""
    if not flip.leaf:
        return "budget_tokens"
    ranks, sampler = seen.drawn.weighed.methods[-1].id(), seen.drawn.sampler.id()
    owner = f"sampler_{ranks}_{sampler}" if flip.leaf == sampler else f"set_{flip.leaf}"
    return f"{owner}_{flip.name}"


def _take(place: str, value: float) -> None:
    st.session_state[place] = value
