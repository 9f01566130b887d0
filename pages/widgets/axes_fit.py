"""Fit axes on the Axes page: which signals, by whose word, with which settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import selection
from pages.widgets import forms, labels, progress, reader, workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection import Workspace
    from selection.core.provenance import Run

_ALL = "every document"
_INLINE_DOCS = 1_000_000  # above this, fitting is a job


def fit_form(space: Workspace) -> None:
    """Signals and settings, and the button that fits axes from them."""
    names = _signals(space)
    settings = forms.settings(selection.AxesSettings, "axes", space, columns=3)
    if len(names) < 2:
        st.info("Axes need at least two signals; pick another one.")
        return
    if workspace.status(space).n_docs > _INLINE_DOCS:
        words = [f"{key}={value}" for key, value in settings.changed().items()]
        sets = [part for word in words for part in ("--set", word)]
        progress.start_button(
            space, "Fit axes", "axes", "--signals", ",".join(names), *sets, key="fit_axes"
        )
    elif st.button("Fit axes", key="fit_axes", type="primary", icon=":material/straighten:"):
        fit(space, names, settings, ())


def _signals(space: Workspace) -> list[str]:
    """Signals of every document, and the columns of who has seen a sample."""
    known, sampled = selection.signal_names(space), selection.sampled_names(space)
    usual = {
        _ALL: [name for name in selection.dimensions() if name in known] or known[:11],
        **sampled,
    }
    whose = _ALL
    if sampled:
        whose = st.segmented_control(
            "Rated by", list(usual), default=_ALL, required=True, key="axes_rater",
            format_func=lambda name: reader.plain(name, 40),
            help="A judge or reader of a sample: the axes are fitted on what they rated, and a student then predicts them.",
        ) or _ALL  # fmt: skip
    named = labels.unique([*known, *(name for names in sampled.values() for name in names)])
    key = "axes_signals" if whose == _ALL else f"axes_signals_{whose}"
    labels.understand(key, named, several=True)
    return st.multiselect(
        "Signals", list(named), default=usual[whose], key=key, bind="query-params", format_func=named.__getitem__,
        help="Correlated signals are fine: that is what axes are for. The quality dimensions are the default.",
    )  # fmt: skip


def fit(
    space: Workspace, names: Sequence[str], settings: selection.AxesSettings, flipped: Sequence[int],
    seed: int = 0, refit: bool = False,
) -> None:  # fmt: skip
    """Fit, say a mistake in one sentence, and run the page again."""
    try:
        with st.spinner("Fitting axes"):
            selection.axes(space, list(names), settings, sorted(flipped), seed, refit)
    except selection.WinnowError as mistake:
        workspace.fail(mistake)
    st.rerun()


def asked_for(run: Run) -> tuple[list[str], selection.AxesSettings, list[int]]:
    """The signals, settings and flips that a run was fitted from; of predicted axes, those that taught the student."""
    inputs, settings = run.inputs, run.settings
    if "projected" in run.facts:
        inputs, settings = run.facts["projected"]["inputs"], run.facts["projected"]["settings"]
    flipped = [int(axis) for axis in inputs.get("flipped", [])]
    names = sorted(name for name in inputs if name != "flipped")
    return names, selection.AxesSettings.build(settings), flipped
