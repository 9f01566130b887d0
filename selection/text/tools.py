"""Tools: what one thread needs to read documents, taken when it begins a block and laid back for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from selection.text.field_cache import Cache, new_cache
from selection.text.scratch import Page, Scratch, new_page, new_scratch

_KEPT_CHARS = (
    1 << 17
)  # a page for documents of so many bytes takes 26 MB, of which what no document reaches is never touched


class Tools(NamedTuple):
    """A page to read one document on, room to count in, and the fields that were met before."""

    page: Page
    scratch: Scratch
    cache: Cache


_free: list[Tools] = []


@contextmanager
def borrowed(longest: int) -> Iterator[Tools]:
    """Tools that no other thread has meanwhile, for documents of at most so many bytes."""
    try:
        tools = _free.pop()
    except IndexError:
        tools = Tools(new_page(_KEPT_CHARS), new_scratch(_KEPT_CHARS), new_cache())
    if longest <= _KEPT_CHARS:
        yield tools
    else:
        yield Tools(new_page(longest), new_scratch(longest), tools.cache)
    _free.append(tools)  # not after an error, which may have left half a record
