"""Constraints on a mixture as rows of a form that read as sentences, and how far a draw keeps them.

The rows write the same text that the shell takes (`--set "constraints=code >= 2M; forums <= 15%"`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

import selection
from pages.widgets import reader, style
from selection.primitives.mixture_constraints import EACH, Constraint, Unit, parse, parts

if TYPE_CHECKING:
    from selection import Workspace
    from selection.workflow.picture import Picture

_SIDES = {"at most": "<=", "at least": ">=", "exactly": "=="}
_UNITS: dict[str, Unit] = {"% of tokens": "%", "tokens": "tokens", "epochs": "epochs"}
_STEPS = {"%": 1.0, "tokens": 1000.0, "epochs": 0.5}
_STARTS = {"%": 15.0, "tokens": 10_000.0, "epochs": 1.0}


def rows(space: Workspace, key: str, help_: str | None) -> tuple[str, ...]:
    """The constraints that the rows say; one without a number or a group says nothing yet."""
    if f"{key}_rows" not in st.session_state:
        st.session_state[f"{key}_rows"] = _shared(key)
    numbers = st.session_state[f"{key}_rows"]
    st.markdown("Constraints", help=help_)
    names = groups(space, st.session_state.get(key.replace("_constraints", "_group"), "source"),
                   st.session_state.get(key.replace("_constraints", "_category"), "domain"))  # fmt: skip
    told = [text for number in numbers if (text := _row(f"{key}_{number}", names, key, number))]
    st.button(
        "Add a constraint", key=f"{key}_add", icon=":material/add:", on_click=_add, args=(key,)
    )
    if told:
        st.query_params[key] = ";".join(told)
        st.caption("The same in the shell and in a recipe:")
        st.code(f"--set 'constraints={';'.join(told)}'", language=None, wrap_lines=True)
    elif key in st.query_params:
        del st.query_params[key]
    return tuple(told)


def groups(space: Workspace, group: str, category: str) -> dict[str, str]:
    """What may be constrained: name in a constraint -> label on screen, largest first."""
    n_tokens = selection.tokens(space)
    try:
        if group == "cluster":
            given = selection.clusters(space)
        else:
            given = (
                selection.sources(space)
                if group == "source"
                else selection.signal_labels(space, category)
            )
    except selection.WinnowError:
        return {}  # what is lacking is said where the draw is made
    there = given.codes >= 0
    sizes = np.bincount(given.codes[there], n_tokens[there], len(given.names))
    order = [int(i) for i in np.argsort(-sizes, kind="stable") if sizes[i] > 0]
    if group == "cluster":
        return {str(i): f"{i} · {reader.plain(given.names[i], 60)}" for i in order}
    return {given.names[i]: reader.plain(given.names[i], 60) for i in order}


def _shared(key: str) -> list[int]:
    """Rows for the constraints in the URL, so that a link restores them; none that do not parse."""
    found = []
    for text in parts(str(st.query_params.get(key, ""))):
        try:
            asked = parse(text)
        except ValueError:
            continue
        number = len(found) + 1
        row = f"{key}_{number}"
        st.session_state[f"{row}_side"] = next(
            w for w, sign in _SIDES.items() if sign == asked.sign
        )
        st.session_state[f"{row}_unit"] = next(w for w, u in _UNITS.items() if u == asked.unit)
        st.session_state[f"{row}_number_{asked.unit}"] = asked.number
        st.session_state[f"{row}_groups"] = list(asked.groups) or [EACH]
        found.append(number)
    return found


def _add(key: str) -> None:
    numbers = st.session_state[f"{key}_rows"]
    st.session_state[f"{key}_rows"] = [*numbers, max(numbers, default=0) + 1]


def _drop(key: str, number: int) -> None:
    st.session_state[f"{key}_rows"] = [n for n in st.session_state[f"{key}_rows"] if n != number]


def _row(row: str, names: dict[str, str], key: str, number: int) -> str:
    """One sentence: at most, 15, % of tokens, from these groups; nothing while no group is picked."""
    picked, names = f"{row}_groups", {EACH: "each by itself", **names}
    st.session_state[picked] = [g for g in st.session_state.get(picked, []) if g in names]
    with st.container(border=True, gap="small", key=f"constraint_row_{number}"):
        top, close = st.columns([6, 1], vertical_alignment="center", wrap=False)
        side = top.selectbox("Side", list(_SIDES), key=f"{row}_side", label_visibility="collapsed")
        close.button(
            "", key=f"{row}_drop", icon=":material/close:", type="tertiary",
            help="Remove this constraint", on_click=_drop, args=(key, number),
        )  # fmt: skip
        left, right = st.columns([2, 3], wrap=False)
        unit = _UNITS[
            right.selectbox("Unit", list(_UNITS), key=f"{row}_unit", label_visibility="collapsed")
        ]
        field = f"{row}_number_{unit}"
        st.session_state.setdefault(field, _STARTS[unit])
        value = left.number_input(
            "Number", min_value=0.0, max_value=100.0 if unit == "%" else None, step=_STEPS[unit],
            format="%.12g", key=field, label_visibility="collapsed",
        )  # fmt: skip
        chosen = st.multiselect(
            "Groups", list(names), key=picked, format_func=names.__getitem__,
            placeholder="of which groups?", label_visibility="collapsed",
        )  # fmt: skip
    told = () if EACH in chosen else tuple(chosen)
    return str(Constraint(told, _SIDES[side], float(value), unit)) if chosen else ""


def conflict(mistake: Any) -> None:
    """Constraints that cannot hold together, one a line, and the end of the page."""
    lines = "".join(f"\n- {reader.inert(each)}" for each in mistake.conflict)
    st.error(
        f"These cannot hold together; without any one of them, the others can. Loosen one:\n{lines}",
        icon=":material/balance:",
    )
    st.stop()


def told(seen: Picture) -> None:
    """What was solved for each group, and what the draw came to; nothing for other methods."""
    mixed = selection.mixture(seen.drawn)
    if mixed is None:
        return
    with st.container(border=True, gap="small"):
        st.markdown("**Mixture**")
        st.caption(
            "Solved by a linear programme, then drawn to within one document of each group; documents included by hand"
            f" come on top. {style.exact(seen.corpus_docs).capitalize()}."
        )
        for each in mixed.bounds:
            icon = "check" if each["holds"] else "info"
            st.markdown(
                f":material/{icon}: {reader.inert(each['words'])}: **{reader.inert(each['got'])}**"
            )
        _table(mixed.groups)


def _table(groups: list[dict[str, Any]]) -> None:
    st.dataframe(
        {
            "group": [reader.plain(row["group"], 80) for row in groups],
            "on offer": [row["on_offer"] for row in groups],
            "of the offer": [100 * row["share_on_offer"] for row in groups],
            "solved": [round(row["solved"]) for row in groups],
            "of the mix": [100 * row["share"] for row in groups],
            "drawn": [row["drawn"] for row in groups],
            "epochs": [row["epochs"] for row in groups],
        },
        hide_index=True,
        key="mixture_table",
        height="content" if len(groups) <= 12 else 420,
        column_config={
            **{
                name: st.column_config.NumberColumn(format="localized", help="tokens")
                for name in ("on offer", "solved", "drawn")
            },
            **{
                name: st.column_config.NumberColumn(format="%.1f%%")
                for name in ("of the offer", "of the mix")
            },
            "epochs": st.column_config.NumberColumn(
                format="%.2f", help="tokens drawn over tokens on offer"
            ),
        },
    )
