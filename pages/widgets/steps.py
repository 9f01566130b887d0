"""The expensive verbs as cards: done, or a button with its cost and its settings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import forms, progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.status import Status

# noun -> title, icon, what it is, page that shows it
_CARDS = {
    "signals": ("Scores", ":material/equalizer:", "Statistics and quality dimensions.", "quality"),
    "embedding": ("Vectors", ":material/hub:", "What a document is about, as numbers.", ""),
    "clusters": ("Clusters", ":material/workspaces:", "Groups of like documents, titled.", "map"),
    "map": ("Map", ":material/scatter_plot:", "Every document on a plane.", "map"),
    "axes": ("Axes", ":material/straighten:", "Correlated scores made orthogonal.", "axes"),
}
# noun -> verb, option that names the leaf, the leaf offered first
_VERBS = {
    "embedding": ("embed", "--embedder", "minilm"),
    "clusters": ("cluster", "--clusterer", "kmeans"),
    "map": ("map", "--projection", "umap"),
}
_AUTO, _AUTO_TITLE = "auto", "Automatic, by size and hardware"


def cards(space: Workspace) -> None:
    """One card a verb, in the order in which they build on each other."""
    there = workspace.status(space)
    places = st.container(key="steps").columns(len(_CARDS))
    for place, noun in zip(places, _CARDS, strict=True):
        title, icon, about, page = _CARDS[noun]
        lacking = workspace.missing(space, noun)
        with place.container(border=True, height="stretch", gap="small"):
            st.markdown(f"{icon} **{title}**", help=about)
            if lacking == [noun]:
                workspace.offer(space, noun)
                _settings(space, noun, there.n_docs)
            elif lacking:
                st.caption(
                    f"{about} Needs {'vectors' if lacking[0] == 'embedding' else 'scores'} first."
                )
            else:
                st.markdown(f":green[:material/check_circle:] {_done(there, noun)}")
                if noun == "embedding" and there.embedding is not None:
                    for note in selection.embedding_notes(there.embedding):
                        st.caption(reader.inert(f"{note[0].upper()}{note[1:]}."))
                with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                    if page:
                        workspace.link(f"pages/{page}.py", "Look", ":material/arrow_forward:")
                    _settings(space, noun, there.n_docs)
                if noun == "signals":
                    rest(space)


def _done(there: Status, noun: str) -> str:
    if noun == "signals":
        return f"{len([name for name in there.signals if '__' not in name])} signals"
    run: Any = getattr(there, noun)
    kind = selection.leaf_kinds(noun).get(run.what) if noun in _VERBS else None
    by = kind.title if kind else reader.inert(run.what, 40)
    if noun == "clusters":
        return f"{run.facts.get('n_clusters', 0):,} by {by}{_sample(selection.clusters_learnt_from(run), run)}"
    if noun == "axes":
        return f"{len(run.facts.get('axes', []))} axes"
    return f"by {by}" + (_sample(selection.map_learnt_from(run), run) if noun == "map" else "")


def _sample(n: int, run: Any) -> str:
    return "" if n >= run.n_docs else f", {style.learnt(n, run.n_docs)}"


def late(space: Workspace) -> list[str]:
    """Signals that can be scored and are not: their needs were met only after the others had been scored."""
    there = workspace.status(space)
    known = {*there.signals}
    return [
        row["id"]
        for row in selection.list_signals()
        if not {column["name"] for column in row["columns"]} <= known
        and all(there.ready.get(need, need == "text") for need in row["needs"])
    ]


def rest(space: Workspace) -> None:
    """The button that scores them; nothing where there are none."""
    missing = late(space)
    if missing:
        progress.start_button(
            space,
            f"Score {len(missing)} more",
            "score",
            "--all",
            key="score_rest",
            help=f"Not scored for every document yet: {', '.join(missing)}.",
        )


def _settings(space: Workspace, noun: str, n_docs: int) -> None:
    """Another leaf or other settings: the same verb with options."""
    if noun not in _VERBS:
        return
    verb, option, first = _VERBS[noun]
    kinds = selection.leaf_kinds(noun)
    with st.popover(
        "Settings", icon=":material/tune:", type="tertiary", key=f"step_{noun}", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        ids = [first, *(name for name in kinds if name != first)]
        ids += [_AUTO] if noun == "embedding" else []
        chosen = st.selectbox(
            "By",
            ids,
            format_func=lambda name: kinds[name].title if name in kinds else _AUTO_TITLE,
            key=f"step_{noun}_leaf",
        )
        if chosen == _AUTO:
            st.caption(f"{selection.AUTO_EMBEDDER} This card then says which, and why.")
            progress.start_button(
                space, "Embed", verb, f"{option}={_AUTO}", key="step_auto_start", type="primary"
            )
            return
        fixed: dict[str, Any] = {}
        if "n_clusters" in kinds[chosen].model_fields:
            usual = max(2, round(math.sqrt(n_docs) / 2))
            fixed["n_clusters"] = st.slider(
                "Clusters",
                2,
                min(max(2 * usual, 64), 1024, max(n_docs, 3)),
                min(usual, max(n_docs, 3)),
                key=f"step_{noun}_n",
                help=kinds[chosen].model_fields["n_clusters"].description,
            )
        leaf = forms.settings(kinds[chosen], f"step_{noun}_{chosen}", space, columns=1, fixed=fixed)
        named = [f"{option}={chosen}"] if chosen != first else []
        sets = [f"--set={name}={value}" for name, value in leaf.changed().items()]
        label = f"{verb.capitalize()} with these settings"
        progress.start_button(
            space, label, verb, *named, *sets, key=f"step_{noun}_start", type="primary"
        )
