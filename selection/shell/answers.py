"""How the shell answers: a table or a line for people, one JSON object for programs, a progress bar on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from selection.core.progress import Progress, Step
from selection.core.visible import HIDDEN, visible

_STYLE = re.compile("(\x1b\\[[0-9;]*m)")


def answer(value: dict[str, Any], as_json: bool, text: str) -> None:
    """Print the JSON object or the text; a terminal is made to obey nothing but the styles of a table."""
    if as_json:
        shown = json.dumps(value, ensure_ascii=False, default=str)
        shown = HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], shown)
    else:
        shown = "".join(
            part if _STYLE.fullmatch(part) else visible(part) for part in _STYLE.split(text)
        )
    sys.stdout.write(shown.rstrip("\n") + "\n")


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """A plain table for a terminal; text from a corpus has no markup and no control characters."""
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*[Text(_cell(row.get(name))) for name in columns])
    width = None if sys.stdout.isatty() else 160
    out = StringIO()
    Console(file=out, width=width, force_terminal=sys.stdout.isatty()).print(drawn)
    return out.getvalue()


def learnt(facts: dict[str, Any]) -> list[str]:
    """What a fitted method or signal says of itself: a table of what it learnt from, figures, and its warning.

    Of methods that are composed or drawn by, each that has read the text says so, first to last.
    """
    lines = [line for told in facts.get("text_weights", {}).values() for line in learnt(told)]
    for name in ("learnt", "found"):
        if facts.get(name):
            lines.append(table(facts[name], list(facts[name][0])).rstrip("\n"))
    if "effective_n" in facts:
        lines.append(f"worth {facts['effective_n']:,.1f} equally weighted documents")
    return lines + ([f"warning: {facts['warning']}"] if "warning" in facts else [])


def around(value: float | None, low: float | None, high: float | None) -> str:
    """A figure with its 95 % interval, to two decimals; `no interval` where none can be given."""
    if value is None:
        return "–"
    if low is None or high is None:
        return f"{value:.2f} (no interval)"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return visible(", ".join(str(item) for item in value))
    return " ".join(visible(str(value)).split())[:300]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on stderr where a person looks at it, nothing elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: None
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(step: Step) -> None:
            if step.label not in tasks:
                tasks[step.label] = bar.add_task(step.label, total=step.total or None)
            bar.update(tasks[step.label], completed=step.done, total=step.total or None)

        yield show
