"""Read ahead and work side by side, so that disk and cores wait less for each other; order and results stay the same."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from selection.core.cores import keep_to_one, n_cores

Item = TypeVar("Item")
Result = TypeVar("Result")
_END = object()


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in the same order, each fetched on another thread while the caller has the one before."""
    source = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as reader:
        coming = reader.submit(next, source, _END)
        while (item := coming.result()) is not _END:
            coming = reader.submit(next, source, _END)
            yield item  # type: ignore[misc]


def spread(work: Callable[[Item], Result], items: Iterable[Item], n_items: int) -> Iterator[Result]:
    """`work(item)` of every item in order, each on a core of its own as long as every core has as many of them to do.

    Kernels that use all cores for one batch wait for each other at its end, and for what runs on one core between them. Where
    there are few items, and for those left over, that is still the better way: they are worked on one after the other.
    """
    workers, source = n_cores(), iter(items)
    if n_items >= 2 * workers > 2:
        yield from _by_one_core_each(work, islice(source, n_items - n_items % workers), workers)
    yield from map(work, source)


def _by_one_core_each(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """One more is begun than there are cores, for the core that is done before the one whose turn it is."""
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers, "spread", initializer=keep_to_one) as pool:
        try:
            for item in items:
                begun.append(pool.submit(work, item))
                if len(begun) > workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for each in begun:  # nothing more is begun after a fault
                each.cancel()
