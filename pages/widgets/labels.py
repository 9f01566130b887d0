"""Labels of options: a column as people read it, never two alike, and the column's own name understood in an address.

A widget that is bound to the address writes labels there and knows nothing else: a link made by hand, or before a column had
a label, would silently show the usual choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from pages.widgets import reader


def unique(
    names: Iterable[str], read: Callable[[str], str] = reader.words, empty: str = "none"
) -> dict[str, str]:
    """Name -> label; where two names read alike (`a__b`, `a_by_b`), each has its own beside it."""
    labels = {name: read(name) or empty for name in names}
    counted = Counter(labels.values())
    return {n: label if counted[label] == 1 else f"{label} ({n})" for n, label in labels.items()}


def understand(key: str, labels: Mapping[str, str], several: bool = False) -> None:
    """Before a bound widget is first drawn: names that the address gives where it should give labels."""
    if key in st.session_state:
        return
    given, known = st.query_params.get_all(key), set(labels.values())
    there = [each for each in given if each in labels and each not in known]
    if there:
        st.session_state[key] = there if several else there[0]
