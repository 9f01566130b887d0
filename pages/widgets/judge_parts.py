"""Judges on screen: ask an LLM by a rubric as a job, with the estimate before, and read what it said.

A server decides where its key may go: WINNOW_JUDGE_URLS names the endpoints on offer, WINNOW_JUDGE_KEY holds the key. No
address can be typed here, since whoever types one would be sent the key.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import forms, progress, reader, workspace

if TYPE_CHECKING:
    from selection import Workspace

ENDPOINTS = "WINNOW_JUDGE_URLS"
_PAGE = 10


def judges(space: Workspace) -> None:
    """Ask, read, and choose whose word a dimension is."""
    endpoints = os.environ.get(ENDPOINTS, "").split()
    if endpoints:
        _ask(space, endpoints)
    else:
        st.info(
            f"The server names no endpoint of a judge yet: set {ENDPOINTS} to one or more addresses, with spaces between,"
            " and WINNOW_JUDGE_KEY to their key. In a shell, the verb judge takes any address.",
            icon=":material/gavel:",
        )  # fmt: skip
    _said(space)
    _preferred(space)


def _ask(space: Workspace, endpoints: list[str]) -> None:
    known = {rubric["id"]: rubric for rubric in selection.list_rubrics()}
    left, middle, right = st.columns(3)
    rubric = left.selectbox(
        "Rubric", list(known), index=list(known).index("odis"), key="rubric", bind="query-params",
        format_func=lambda name: known[name]["title"],
    )  # fmt: skip
    rubric = rubric or "odis"
    url = middle.selectbox("Endpoint", endpoints, key="judge_url")
    asked = [r["model"] for r in selection.list_ratings(space) if not r.get("person")]
    model = right.text_input(
        "Model", asked[-1] if asked else "", max_chars=200, key="judge_model", placeholder="as the endpoint calls it"
    )  # fmt: skip
    sample, pairs, cap = _how(known, rubric, workspace.status(space).n_docs)
    with st.expander("Settings and prices"):
        fixed = {} if pairs else {"votes": 1, "rounds": 2}
        settings = forms.settings(selection.JudgeSettings, "judge", space, columns=3, fixed=fixed)
    try:
        found = _estimate(
            space, workspace.signature(space), rubric, model or "model", sample, pairs,
            tuple(settings.changed().items()),
        )  # fmt: skip
    except selection.WinnowError as mistake:
        st.error(reader.inert(str(mistake)), icon=":material/error:")
        return
    st.caption(reader.inert(selection.estimate_in_words(found)))
    if not model:
        st.caption("Name a model of the endpoint to ask it.")
    lacks_prices = bool(cap) and None in (settings.price_in, settings.price_out)
    if lacks_prices:
        st.warning("A cap needs both prices of a million tokens.", icon=":material/payments:")
    arguments = [rubric, f"--base-url={url}", f"--model={model}", f"--sample={sample}"]
    arguments += ["--pairs"] if pairs else []
    arguments += [f"--max-cost={cap:.6g}"] if cap else []
    for name, value in settings.changed().items():
        arguments += ["--set", f"{name}={value}"]
    progress.start_button(
        space, "Ask the judge", "judge", *arguments, key="start_judge", type="primary",
        disabled=not model or lacks_prices,
    )  # fmt: skip


def _how(known: dict[str, Any], rubric: str, n_docs: int) -> tuple[int, bool, float | None]:
    """How many documents, whether in pairs, and the most it may cost."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    sample = left.number_input(
        "Documents", 1, n_docs, min(500, n_docs), key="judge_sample",
        help="Chosen by a hash of their id: a larger sample goes on from a smaller one.",
    )  # fmt: skip
    pairwise = known[rubric]["kind"] == "pairwise"
    pairs = middle.toggle(
        "Compare pairs", value=pairwise, disabled=pairwise, key=f"judge_pairs_{rubric}",
        help="Which of two documents has more, asked in both orders.",
    )  # fmt: skip
    cap = right.number_input(
        "Most it may cost", min_value=0.0, value=None, key="judge_cap",
        help="Of these ratings in all; needs both prices below. Empty: no limit.",
    )  # fmt: skip
    return int(sample), pairs, cap


@st.cache_data(show_spinner="Estimating", max_entries=64)
def _estimate(
    _space: Workspace,
    signature: tuple,
    rubric: str,
    model: str,
    sample: int,
    pairs: bool,
    changed: tuple[tuple[str, Any], ...],
) -> dict[str, Any]:
    return selection.judge_estimate(_space, rubric, model, sample, pairs, settings=dict(changed))


def _said(space: Workspace) -> None:
    """The answers of one judge or reader, page by page, with reasons, as plain text."""
    made = {record["key"]: record for record in reversed(selection.list_ratings(space))}
    if not made:
        return
    st.subheader("What judges and readers said")
    left, right = st.columns([3, 2])
    key = left.selectbox(
        "Ratings", list(made), key="ratings", bind="query-params",
        format_func=lambda key: reader.plain(
            f"{made[key]['rubric']} by {made[key]['model']}" + (" (pairs)" if made[key]["pairs"] else ""), 90
        ),
    )  # fmt: skip
    facts = selection.judge_facts(space, key)
    kinds = [kind for kind in facts["statuses"] if facts["statuses"][kind]]
    kind = right.selectbox(
        "Answers", ["all", *kinds], key=f"answers_{key}",
        format_func=lambda kind: f"{kind} ({facts['statuses'].get(kind, sum(facts['statuses'].values())):,})",
    )  # fmt: skip
    spent = f"{facts['tokens_in']:,} tokens sent, {facts['tokens_out']:,} answered, cost {facts['cost']:,.4g}"
    st.caption(
        f"{'Read at the desk' if made[key].get('person') else spent}. Key {key}: a student learns from these"
        f" {facts['noun']} by it."
    )
    status = None if kind == "all" else kind
    _, n_answers = selection.judged_documents(space, key, 0, 1, status)
    n_pages = max(1, -(-n_answers // _PAGE))
    page = st.pagination(n_pages, key=f"said_{key}_{kind}") if n_pages > 1 else 1
    rows, _ = selection.judged_documents(space, key, (page - 1) * _PAGE, _PAGE, status)
    if rows:
        _answers(space, rows, f"said_rows_{key}_{kind}_{page}")


def _answers(space: Workspace, rows: list[dict[str, Any]], key: str) -> None:
    table = {
        "document": [row["doc_id"] for row in rows],
        "against": [row["other_id"] for row in rows],
        "answer": [row["status"] for row in rows],
        "ratings": [_short(row) for row in rows],
        "cost": [row["cost"] for row in rows],
    }
    if all(other is None for other in table["against"]):
        del table["against"]
    event = st.dataframe(
        table, key=key, hide_index=True, on_select="rerun", selection_mode="single-row", height="content",
        column_config={"ratings": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    chosen = event["selection"]["rows"]
    row = rows[chosen[0] if chosen and chosen[0] < len(rows) else 0]
    reasons = [
        {
            "dimension": rating["dimension"],
            "value": _value(rating, row["other_id"] is not None),
            "reason": reader.plain(rating["reason"] or "", 600),
        }
        for rating in row["ratings"] or []
    ]
    if any(reason["reason"] for reason in reasons):
        st.dataframe(
            reasons, key=f"{key}_reasons", hide_index=True, height="content",
            column_config={"reason": st.column_config.TextColumn(width="large")},
        )  # fmt: skip
    shown = [doc_id for doc_id in (row["doc_id"], row["other_id"]) if doc_id is not None]
    found = {d["doc_id"]: d for d in selection.read_documents(space, shown, reader.SHOWN_CHARS)}
    for place, doc_id in zip(st.columns(len(shown)), shown, strict=True):
        with place:
            reader.text(found[doc_id], "Pick a row of the table to read another document.")


def _short(row: dict[str, Any]) -> str:
    """`grammar 4, coherence 3`, or why there is none."""
    if row["status"] != "rated":
        return reader.plain(row["why"] or "", 200)
    paired = row["other_id"] is not None
    return ", ".join(f"{r['dimension']} {_value(r, paired)}" for r in row["ratings"] or [])


def _value(rating: dict[str, Any], paired: bool) -> str:
    if rating["label"] is not None:
        return reader.plain(rating["label"], 60)
    if not paired:
        return f"{rating['value']:g}"
    return {0.0: "first", 0.5: "alike", 1.0: "second"}[rating["value"]]


def _preferred(space: Workspace) -> None:
    """Which rater a dimension means, where there is a choice."""
    known = {name: found for name, found in selection.raters(space).items() if len(found) > 1}
    if not known:
        return
    st.subheader("Whose word a dimension is")
    left, right = st.columns(2)
    dimension = left.selectbox(
        "Dimension", list(known), key="prefer_dimension", format_func=reader.words
    )  # fmt: skip
    names = [found["rater"] for found in known[dimension]]
    meant = next((i for i, found in enumerate(known[dimension]) if found["meant"]), 0)
    rater = right.selectbox("Rater", names, index=meant, key=f"prefer_rater_{dimension}")
    if rater != names[meant]:
        try:
            selection.prefer(space, dimension, rater)
        except selection.WinnowError as mistake:
            workspace.fail(mistake)
        st.rerun()
    st.caption("Methods, axes and charts that name the dimension read this rater from now on.")
