"""Blocks of documents on threads: kernels release the GIL, so plain threads use every core.

Threads rather than numba's own parallel loops, whose default scheduler must not be entered from two threads at once,
as a page and a job of one process would.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from selection.core.cores import n_cores
from selection.text.buffers import Utf8

_BLOCKS_PER_CORE = 4  # so that one slow block does not leave the other cores idle
_WORTH_A_THREAD_BYTES = 1 << 17


def each_block(utf8: Utf8, run: Callable[[int, int], None]) -> None:
    """Call `run(first, last)` for row ranges that together are every document once, on all cores."""
    n_bytes = int(utf8.offsets[-1] - utf8.offsets[0])
    n_threads = min(n_cores(), max(1, n_bytes // _WORTH_A_THREAD_BYTES))
    if n_threads == 1:
        run(0, len(utf8))
        return
    with ThreadPoolExecutor(n_threads) as pool:
        jobs = [pool.submit(run, *block) for block in utf8.blocks(n_threads * _BLOCKS_PER_CORE)]
        for job in jobs:
            job.result()
