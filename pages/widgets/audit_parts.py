"""The Audit view of the Quality page: what scores measure besides quality, where raters part, what a new version changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import heatmaps, listing, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.audit import Compared

_READ = 8  # documents on which two raters are furthest apart


@st.cache_data(show_spinner="Auditing scores", max_entries=16)
def _audited(_space: Workspace, signature: tuple, names: tuple[str, ...]) -> Any:
    return selection.audit(_space, names)


@st.cache_data(show_spinner="Comparing raters", max_entries=8)
def _compared(_space: Workspace, signature: tuple) -> Any:
    return selection.between_raters(_space), selection.between_versions(_space)


def audit(space: Workspace, names: Sequence[str]) -> None:
    """Everything about what scores are made of."""
    beyond_quality(space, names)
    raters, versions = _compared(space, workspace.signature(space))
    st.subheader("Where raters disagree")
    if raters:
        _table(raters, "raters")
        if parted := [each for each in raters if len(each.found.rows)]:
            _furthest(space, parted)
    else:
        st.caption(
            "No dimension has two raters yet. Ask a judge, read at the Desk, train a student, or attach scores: they then stand"
            " beside the statistics."
        )
    st.subheader("What changed between versions")
    if versions:
        _table(versions, "versions")
    else:
        st.caption("No dimension and no student has been scored twice.")


def beyond_quality(space: Workspace, names: Sequence[str]) -> None:
    """A row per signal: how much of it is told by length, language, source and formatting."""
    found = _audited(space, workspace.signature(space), tuple(names))
    st.subheader("What else do they measure?")
    _verdicts({name: each.verdict() for name, each in found.items() if each.verdict()})
    told = list(next(iter(found.values())).told)
    values = np.array(
        [[np.nan if (v := each.told[t]) is None else v for t in told] for each in found.values()],
        float,
    )
    st.plotly_chart(
        heatmaps.matrix(
            values,
            [reader.words(n) for n in found],
            told,
            low=0,
            high=1,
            form=".0%",
            what="told",
            diverging=False,
        ),
        key="audit_told",
        config=style.CONFIG,
        alt="Share of each signal's ranks told by length, language, source and formatting",
    )
    n_docs = workspace.status(space).n_docs
    st.caption(
        "Share of the variance of ranks that each alone tells, corrected for chance; shares overlap, as sources differ in"
        f" length and layout · {style.sampled(min(n_docs, 200_000), n_docs)}"
    )


def _verdicts(verdicts: dict[str, str]) -> None:
    """One box, a line for each thing that signals turn out to be; what is length stands first."""
    if not verdicts:
        st.caption("None of these signals is mostly length, language, source or formatting.")
        return
    by_verdict: dict[str, list[str]] = {}
    for name, verdict in sorted(verdicts.items(), key=lambda item: "length" not in item[1]):
        by_verdict.setdefault(verdict, []).append(reader.words(name))
    lines = [
        f"{reader.inert(verdict[:1].upper() + verdict[1:])}: {reader.inert(', '.join(names))}."
        for verdict, names in by_verdict.items()
    ]
    st.warning("  \n".join(lines), icon=":material/straighten:")
    st.caption(
        "Not wrong in itself: sources differ in quality too. But two documents of one source and layout are hardly told apart."
    )


def _table(compared: Sequence[Compared], key: str) -> None:
    sides = ("rater", "other rater") if key == "raters" else ("before", "now")
    rows = [
        {
            "what": reader.plain(reader.words(each.name), 60),
            sides[0]: reader.plain(each.first, 80),
            sides[1]: reader.plain(each.second, 80),
            "documents": each.found.n,
            "rank correlation": each.found.spearman,
            "95 % from": each.found.low,
            "to": each.found.high,
            "best tenth shared, %": _percent(each.found.top_overlap),
            "percentiles apart": _percent(each.found.mean_apart),
        }
        for each in compared
    ]
    decimals = st.column_config.NumberColumn(format="%.2f")
    whole = st.column_config.NumberColumn(format="%.0f")
    st.dataframe(
        rows,
        key=f"audit_{key}",
        hide_index=True,
        placeholder="–",
        column_config={
            "rank correlation": decimals,
            "95 % from": decimals,
            "to": decimals,
            "best tenth shared, %": whole,
            "percentiles apart": whole,
        },
    )
    st.caption(
        "Exact on the documents that both have rated, of a student and the rater it learnt from on those held out; the interval"
        " is of others like these. By chance two share 10 % of their best tenth and lie 33 percentiles apart."
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


@st.fragment
def _furthest(space: Workspace, compared: Sequence[Compared]) -> None:
    """The documents that two raters of a dimension see most differently."""
    place = st.selectbox(
        "Read the documents that two raters see most differently",
        range(len(compared)),
        format_func=lambda i: reader.plain(
            f"{reader.words(compared[i].name)}: {compared[i].first} and {compared[i].second}", 120
        ),
        key="audit_pair",
    )
    chosen = compared[place or 0]
    ids = chosen.found.rows[:_READ]
    shown = {
        reader.plain(rater, 40): chosen.values[:_READ, side].round(2).tolist()
        for side, rater in enumerate((chosen.first, chosen.second))
    }
    listing.documents(space, ids.tolist(), columns=shown, key="audit_furthest", page_size=_READ)
