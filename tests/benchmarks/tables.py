"""Tables: rows as Markdown, numbers to the right, ready for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Cell = str | float | int | None


def markdown(rows: Sequence[Mapping[str, Cell]]) -> str:
    """One table; the keys of the first row are its header, None is a dash."""
    names = list(rows[0])
    numeric = {name: any(not isinstance(row[name], str | None) for row in rows) for name in names}
    lines = [names, ["---:" if numeric[name] else "---" for name in names]]
    lines += [[shown(row[name]) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shown(value: Cell) -> str:
    """Three digits that matter, thousands apart."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if abs(value) >= 100 or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
