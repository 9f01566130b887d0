"""The shell: `python -m selection VERB …`; also the process that runs a job.

Exit 0, or 2 with one line on stderr for a user's mistake, or 1 with one line for a fault of Winnow (set `WINNOW_DEBUG=1`
for its stack trace).
"""

from __future__ import annotations

import os
import sys

import typer

from selection.core.errors import WinnowError
from selection.core.visible import visible
from selection.shell import (
    auditing,
    contests,
    corpus,
    filtering,
    judging,
    searching,
    selecting,
    students,
    tagging,
)

app = typer.Typer(
    name="selection",
    help="Curate language-model training data: ingest, embed, cluster, map, score, axes, tag, weigh, draw, compare, export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_VERBS = {
    "demo": corpus.demo,
    "ingest": corpus.ingest,
    "attach": corpus.attach,
    "embed": corpus.embed,
    "cluster": corpus.cluster,
    "map": corpus.map_,
    "refine": filtering.refine,
    "diff": filtering.diff,
    "refiners": filtering.refiners,
    "score": corpus.score,
    "student": students.student,
    "judge": judging.judge,
    "rubrics": judging.rubrics,
    "prefer": judging.prefer,
    "audit": auditing.audit,
    "agree": auditing.agree,
    "axes": corpus.axes,
    "nearest": searching.nearest,
    "signals": selecting.signals,
    "methods": selecting.methods,
    "tag": tagging.tag,
    "weigh": selecting.weigh,
    "draw": selecting.draw,
    "funnel": filtering.funnel,
    "compare": selecting.compare,
    "arena": contests.arena,
    "frontier": contests.frontier,
    "ablate": selecting.ablate,
    "export": selecting.export,
    "apply": selecting.apply,
    "query": selecting.query,
    "jobs": selecting.jobs,
    "reclaim": selecting.reclaim,
}
_STOPPED = "stopped; what was finished is kept, and the same command goes on"
for _name, _verb in _VERBS.items():
    app.command(_name)(_verb)


def main(argv: list[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    try:
        status = app(argv, standalone_mode=False)
        return status if isinstance(status, int) else 0
    except WinnowError as mistake:
        return _say(str(mistake), 2)
    except typer.Abort:
        return _say(_STOPPED, 130)
    except typer.TyperException as mistake:  # an unknown verb or option, a missing argument
        return _say(getattr(mistake, "format_message", mistake.__str__)(), 2)
    except KeyboardInterrupt:
        return _say(_STOPPED, 130)
    except Exception as fault:
        if os.environ.get("WINNOW_DEBUG"):
            raise
        return _say(
            f"a fault of Winnow: {type(fault).__name__}: {fault} (WINNOW_DEBUG=1 shows where)", 1
        )


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(" ".join(visible(sentence).split()) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
