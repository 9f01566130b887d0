"""Remember what was computed of the last few batches, so that signals of one batch share one reading of its text.

A batch is recognised by the addresses of its Arrow buffers. Its entry keeps the array alive, so an address cannot come to
mean another text, and Arrow buffers are immutable, so the answer cannot go stale.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from selection.core.cores import n_cores
from selection.core.memo import Kept

if TYPE_CHECKING:
    import pyarrow as pa

Answer = TypeVar("Answer")
_KEPT = n_cores()  # a batch a core: what is kept longer is memory that the next batch would have


def once_per_batch(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """`function` of an Arrow array and hashable settings, with its last few answers remembered; safe from several threads."""
    kept = Kept(_KEPT)

    @wraps(function)
    def remembered(text: pa.Array, *settings: Hashable) -> Answer:
        addresses = (buffer.address if buffer else 0 for buffer in text.buffers())
        key = (*settings, len(text), text.offset, *addresses)
        return kept.get(key, text, lambda: function(text, *settings))

    return remembered
