"""A desk: what one thread needs to read documents, taken when it begins a block and left for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from selection.text.field_cache import Cache, new_cache
from selection.text.scratch import Page, Scratch, new_page, new_scratch

_KEPT_CHARS = (
    1 << 17
)  # a page for documents of so many bytes takes 26 MB, of which what no document reaches is never touched


class Desk(NamedTuple):
    """A page to read one document on, room to count in, and the fields that were met before."""

    page: Page
    scratch: Scratch
    cache: Cache


_free: list[Desk] = []


@contextmanager
def borrowed(longest: int) -> Iterator[Desk]:
    """A desk that no other thread has meanwhile, for documents of at most so many bytes."""
    try:
        desk = _free.pop()
    except IndexError:
        desk = Desk(new_page(_KEPT_CHARS), new_scratch(_KEPT_CHARS), new_cache())
    if longest <= _KEPT_CHARS:
        yield desk
    else:
        yield Desk(new_page(longest), new_scratch(longest), desk.cache)
    _free.append(desk)  # not after an error, which may have left half a record
