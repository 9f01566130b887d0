"""Tools: what one thread needs to read documents, taken when it begins a block and laid back for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from selection.text.field_cache import Cache, new_cache
from selection.text.pool import Pool
from selection.text.scratch import Page, Scratch, new_page, new_scratch

_KEPT_CHARS = 1 << 17
"""A page and a scratch for documents of so many bytes take 35 MB, of which what no document reaches is never touched."""


class Types(NamedTuple):
    """The types of all documents of a block, those of the first document first."""

    hashes: np.ndarray  # (most,) uint64
    counts: np.ndarray  # (most,) int32
    starts: (
        np.ndarray
    )  # (most,) int32, byte of the document where the field of the first occurrence begins


class Tools(NamedTuple):
    """A page to read one document on, room to count in, the fields that were met before, and room for what is found."""

    page: Page
    scratch: Scratch
    cache: Cache
    types: Types


def _new_types(most: int) -> Types:
    """Room for so many or up to twice as many, so that a block a little larger than any before needs no new memory."""
    room = 1 << max(0, most - 1).bit_length()
    return Types(np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(room, np.int32))


_pool = Pool(
    lambda: Tools(new_page(_KEPT_CHARS), new_scratch(_KEPT_CHARS), new_cache(), _new_types(0))
)


@contextmanager
def borrowed(longest: int, most_types: int) -> Iterator[Tools]:
    """Tools that no other thread has meanwhile, for documents of at most so many bytes and with so many types in all."""
    tools = _pool.take()
    if len(tools.types.hashes) < most_types:
        tools = tools._replace(types=_new_types(most_types))
    if longest <= _KEPT_CHARS:
        yield tools
    else:
        yield tools._replace(page=new_page(longest), scratch=new_scratch(longest))
    _pool.lay_back(tools)
