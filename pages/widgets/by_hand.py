"""Hand-made lists on Select: how many documents they name, what they do to this draw, and how they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import listing, marking, style
from selection.store.tags import KINDS, LISTS

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.picture import Picture

_KINDS = {"uid": "Ids", "source": "Sources", "url": "Addresses"}
_KIND_HELP = (
    "Ids: one document each. Sources: all of a source. Addresses: a site with its subdomains (example.org), or a page"
    " with everything below it (example.org/blog). What names no document yet counts when it comes."
)


def panel(space: Workspace) -> None:
    """Counts of every tag, undo, and the form that adds or takes out by id, source or address."""
    marking.say()
    rows = selection.list_tags(space)
    n_listed = sum(row["n_docs"] for row in rows if row["tag"] in LISTS)
    title = f"Hand-made lists ({n_listed:,})"
    with st.expander(title, icon=":material/back_hand:", key="by_hand_open"):
        if rows:
            _table(rows)
        else:
            st.caption("None yet. Tag documents where you read them, or name them here.")
        act = selection.last_act(space)
        with st.container(horizontal=True, gap="small"):
            with st.popover("Add or remove", icon=":material/edit:"):
                _form(space)
            if act is not None:
                st.button(
                    "Undo", key="by_hand_undo", icon=":material/undo:", on_click=_undo, args=(space,),
                    help=f"Takes back: {_said(act)}",
                )  # fmt: skip


def _table(rows: list[dict]) -> None:
    st.dataframe(
        {
            "list": [row["tag"] for row in rows],
            "documents": [row["n_docs"] for row in rows],
            "tokens": [row["n_tokens"] for row in rows],
        },
        hide_index=True,
        key="by_hand_table",
        height="content" if len(rows) <= 12 else 400,
        column_config={
            "documents": st.column_config.NumberColumn(width="small", format="localized"),
            "tokens": st.column_config.NumberColumn(width="small", format="localized"),
        },
    )


def _form(space: Workspace) -> None:
    with st.form("by_hand_form", border=False, clear_on_submit=True):
        st.selectbox(
            "List", marking.known(space), key="by_hand_name", accept_new_options=True,
            help=marking.HELP,
        )  # fmt: skip
        st.segmented_control(
            "Named by", KINDS, default="uid", required=True, key="by_hand_kind",
            format_func=_KINDS.__getitem__, help=_KIND_HELP,
        )  # fmt: skip
        st.text_area("One per line", key="by_hand_values", height=120)
        st.file_uploader("or a text file", type=["txt", "csv", "list"], key="by_hand_file")
        with st.container(horizontal=True):
            st.form_submit_button(
                "Add", type="primary", key="by_hand_add", on_click=_take, args=(space, False)
            )
            st.form_submit_button(
                "Remove", key="by_hand_remove", on_click=_take, args=(space, True)
            )


def _take(space: Workspace, remove: bool) -> None:
    """What the form holds, put under its tag or taken out."""
    given = {name: st.session_state[f"by_hand_{name}"] for name in ("name", "kind", "values")}
    file = st.session_state.get("by_hand_file")
    text = "\n".join([given["values"], file.getvalue().decode("utf-8", "replace") if file else ""])
    marking.act(
        lambda: selection.tag(space, given["name"], text.splitlines(), given["kind"], remove),
        _told,
    )


def _told(facts: dict[str, Any]) -> str:
    unknown = facts["n_values"] - facts["n_matched"]
    there = f"; {unknown:,} of {facts['n_values']:,} name no document yet" if unknown else ""
    return f"{facts['tag']} names {style.counted(facts['n_docs'], 'documents')} now{there}"


def _undo(space: Workspace) -> None:
    marking.act(lambda: selection.undo_tag(space), lambda act: f"Taken back: {_said(act)}")


def _said(act: Any) -> str:
    """An act in words: `3 × sources under exclude`."""
    way = "out of" if act.remove else "under"
    return f"{act.n_values:,} × {_KINDS[act.kind].lower()} {way} {act.tag}"


def say(seen: Picture) -> None:
    """What the lists do to this draw, where they do anything."""
    hand = seen.drawn.by_hand
    if hand is None:
        return
    counts = hand.counts()
    told = [
        f"{counts['include']:,} included first ({hand.tokens_included:,} tokens)",
        f"{counts['exclude']:,} excluded",
        f"{counts['opt-out']:,} opted out",
    ]
    shown = [text for text, count in zip(told, counts.values(), strict=True) if count]
    if not shown:
        return
    fitted = (
        " Not drawn, but fitted on: they still count in ranks, shares, axes and duplicates."
        if counts["exclude"] or counts["opt-out"]
        else ""
    )
    st.caption(f":material/back_hand: By hand: {', '.join(shown)}.{fitted}")


def show(space: Workspace, seen: Picture) -> None:
    """The documents of a list or tag, with what became of each in this draw."""
    rows = {row["tag"]: row for row in selection.list_tags(space)}
    if not rows:
        st.info(
            "Nothing is listed by hand yet. Switch a document to include, exclude or opt-out under its text, tag all that"
            " a list shows, or name ids, sources and addresses in the panel on the left.",
            icon=":material/back_hand:",
        )
        return
    names = list(rows)
    chosen = st.segmented_control(
        "List",
        names,
        default=names[0],
        required=True,
        key=f"by_hand_shown_{len(names)}",
        format_func=lambda name: f"{name} ({rows[name]['n_docs']:,})",
        label_visibility="collapsed",
    )
    ids = selection.tagged(space, chosen or names[0])
    told = selection.draw_reasons(seen.drawn, ids)
    columns = {
        name: values for name, values in told.items() if any(v not in ("", None) for v in values)
    }
    marks = rows[chosen or names[0]]["n_marks"]
    st.caption(
        f"Named by {marks:,} ids, sources or addresses in all; copies as this draw has them."
    )
    listing.documents(space, ids.tolist(), columns=columns, key=f"by_hand_{chosen}")
