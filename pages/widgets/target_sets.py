"""Target sets on screen: choose among those of the workspace, add a file, start the pass over the text they ask for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import intake, progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.core.method import Method
    from selection.core.settings import Leaf

_LOOKED_AT = 20  # texts of a target
_BYTES_PER_TOKEN, _BYTES_PER_S, _START_S = 4.0, 50e6, 5.0  # 2 cores, mixed English


def choose(space: Workspace, shown: dict[str, Any], default: Sequence[str]) -> tuple[str, ...]:
    """The keys of the sets picked; the newest, or one that was added a moment ago, is picked already.

    Negatives are never picked unasked: without any, a classifier takes the corpus itself.
    """
    known = {facts["key"]: facts for facts in selection.list_targets(space)}
    added = st.session_state.pop(f"{shown['key']}_added", None)
    if added in known:
        picked = st.session_state.get(shown["key"], [])
        st.session_state[shown["key"]] = [*(key for key in picked if key in known), added]
    usual = [] if shown["key"].endswith("negatives") else list(known)[-1:]
    chosen = st.multiselect(
        options=list(known),
        default=[key for key in default if key in known] or usual or None,
        format_func=lambda key: (
            f"{reader.plain(known[key]['name'], 60)} ({known[key]['n_items']:,})"
        ),
        placeholder="Choose" if known else "Add one below",
        bind="query-params",
        **shown,
    )
    with st.container(horizontal=True):
        _add(space, shown["key"])
        if chosen:
            _look(space, shown["key"], known[chosen[0]])
    return tuple(chosen)


def _look(space: Workspace, key: str, facts: dict[str, Any]) -> None:
    """The first texts of a target, to see that the right field was read."""
    with st.popover(
        "Look inside", icon=":material/visibility:", key=f"{key}_look", on_change="rerun"
    ) as here:
        if not here.open:
            return
        texts = selection.read_target(space, facts["key"])["text"].slice(0, _LOOKED_AT).to_pylist()
        st.caption(
            reader.inert(f"{facts['name']}: the first {len(texts)} of {facts['n_items']:,} texts")
        )
        st.dataframe(
            {"text": [reader.plain(text, 400) for text in texts]}, hide_index=True, key=f"{key}_texts",
            column_config={"text": st.column_config.TextColumn(width="large")},
        )  # fmt: skip


def _add(space: Workspace, key: str) -> None:
    """A file from the browser or of the server becomes a target set."""
    with st.popover(
        "Add a target", icon=":material/add:", key=f"{key}_add", on_change="rerun"
    ) as here:
        if not here.open:
            return
        paths = intake.pick(f"{key}_add")
        field = st.text_input(
            "Text field",
            key=f"{key}_field",
            placeholder="by the file's schema",
            help="The column that holds the text, or a template such as {question} {answer}. Left empty: `text`, else"
            " question and answer, query and right choice, or prompt and solution.",
        ).strip()
        if not st.button("Add", key=f"{key}_go", disabled=len(paths) != 1, type="primary"):
            return
        try:
            with st.spinner("Reading"):
                added = selection.add_target(space, paths[0], field or None)
        except selection.WinnowError as mistake:
            workspace.fail(mistake)
            raise
        st.session_state[f"{key}_added"] = added
        st.session_state[intake.ROUND] = st.session_state.get(intake.ROUND, 0) + 1
        st.rerun()


def wanted(methods: Sequence[Method]) -> None:
    """Says what to do where a method resembles or avoids a target and none is chosen, and stops the page."""
    for method in methods:
        if method.required().targets and not getattr(method, "targets", ()):
            st.info(
                f"{method.title} needs a target: texts that the subset is to resemble, or must not hold. Add a file of them"
                " under Targets; a hundred lines are a start.",
                icon=":material/target:",
            )
            st.stop()


def offer_pass(space: Workspace, methods: Sequence[Method]) -> None:
    """The button that makes the pass over the text of the first method that lacks it; stops the page."""
    method = selection.lacking_weights(space, methods)[0]
    with st.container(border=True):
        st.markdown(
            f"**{method.title}** reads the whole text once for these settings. Budgets, seeds and samplers then move freely."
        )
        if progress.being_made(space, "weigh"):
            st.caption(":material/hourglass_top: Being made now.")
        else:
            progress.start_button(
                space,
                "Read the text",
                "weigh",
                *arguments(method),
                key="start_weigh",
                type="primary",
            )
            seconds = _START_S + workspace.status(space).n_tokens * _BYTES_PER_TOKEN / _BYTES_PER_S
            st.caption(f"about {style.duration(seconds)} (estimate for 2 cores)")
    st.stop()


def told(space: Workspace, methods: Sequence[Method]) -> None:
    """What the methods that read text have learnt from their targets, and found in the corpus."""
    for method in methods:
        run = selection.weights_run(space, method) if hasattr(method, "found") else None
        if run is None:
            continue
        if "warning" in run.facts:
            st.warning(reader.inert(run.facts["warning"]), icon=":material/warning:")
        with st.expander(f"What {method.title} read", icon=":material/plagiarism:"):
            for name, caption in (("learnt", "In the targets"), ("found", "In the corpus")):
                if rows := run.facts.get(name):
                    st.caption(f"{caption}; {style.exact(run.n_docs)}")
                    st.dataframe(rows, hide_index=True, key=f"told_{method.id()}_{name}")


def arguments(method: Leaf) -> list[str]:
    """A method or a signal as the words of the shell."""
    told = method.changed().items()
    return [
        method.id(),
        *(
            f"--set={name}={json.dumps(value) if isinstance(value, list | dict) else value}"
            for name, value in told
        ),
    ]
