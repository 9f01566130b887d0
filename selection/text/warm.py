"""Warm: the kernels of a first run, compiled by two processes at once.

One process compiles one kernel at a time, and everything together takes half a minute of a core. So whoever finds nothing
compiled starts a second process, which compiles into the same cache on disk what the first comes to later. Nothing waits
for it and nothing depends on it: what is not there yet is compiled by whoever needs it.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import Thread

import numpy as np

from selection.core.cores import n_cores
from selection.text import measure
from selection.text.kernel import is_compiled, kernel
from selection.text.scratch import new_scratch

_SAMPLE = "A sentence, to be measured once. Another 12 words follow it, and that is all.\n"


@cache
def ahead() -> None:
    """Start the second process where it is worth it; asked again in the same process it does nothing."""
    if n_cores() == 1 or is_compiled(measure._measure_block):
        return
    command = [sys.executable, "-m", "selection.text.warm"]
    options = {"cwd": Path(__file__).parents[2], "stderr": subprocess.DEVNULL}
    Thread(target=subprocess.run, args=(command,), kwargs=options, daemon=True).start()


@kernel
def _rules_alone(tables: measure.Tables, out: tuple) -> None:
    """Calls what `_measure_block` calls last, with the same types."""
    n = np.int64(len(out[0]))
    measure._measure_rules(n, tables, n, new_scratch(1), out)


def main() -> None:
    """The second half of the statistics, then the kernels that a run comes to after them."""
    import pyarrow as pa

    from selection.text import language, redpajama

    _rules_alone(measure.tables(), measure.empty_rows(0))
    text = pa.array([_SAMPLE], pa.large_string())
    language.detect(text, 512)
    redpajama.measure_redpajama(text)


if __name__ == "__main__":
    main()
