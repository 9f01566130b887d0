"""Tokens: text to token ids in parallel Rust threads, cut before it is tokenised, batched by a token budget.

Tokenising a book to keep its first page would be wasted work, so a text is cut to eight characters per wanted token
first. The cut is exact all the same: where fewer than `max_tokens` + 128 tokens came out of a cut text (long unknown
words, runs of spaces), it is tokenised again from a longer cut, so no word near the cut can reach the ids kept.
A text that is to be read whole becomes chunks of equal length instead, each with the special tokens of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from selection.core.errors import BackendUnavailable

pc: Any = pyarrow.compute  # its functions are made at run time, which no type checker sees

CHARACTERS_PER_TOKEN = 8
MARGIN_TOKENS = (
    128  # a word cut in half is at most 100 characters long before WordPiece calls it unknown
)


class Tokenizer:
    """A `tokenizer.json` with truncation and padding of our own."""

    def __init__(
        self, folder: Path, max_tokens: int, lower_case: bool, prompt: str, special: bool = True
    ) -> None:
        import tokenizers

        try:
            self._rust: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the package raises bare Exception
            raise BackendUnavailable(
                f"tokenizer.json in {folder} cannot be read ({str(error)[:120]}); copy the model again"
            ) from None
        self._rust.no_padding()
        self._rust.no_truncation()
        probe = self._rust.encode("a")
        own = [k for k, special in enumerate(probe.special_tokens_mask) if not special] or [0]
        self._before = probe.ids[: own[0]] if special else []
        self._after = probe.ids[own[-1] + 1 :] if special else []
        self._n_own = max(max_tokens - len(self._before) - len(self._after), 1)
        self._lower_case = lower_case
        self._prompt = prompt

    def ids(self, text: pa.Array) -> list[np.ndarray]:
        """Per document its int64 token ids, special ones included, at most `max_tokens`; null is read as empty."""
        text = pc.fill_null(text, "")
        text = pc.utf8_lower(text) if self._lower_case else text
        ids: list[np.ndarray] = [np.empty(0, np.int64)] * len(text)
        pending = np.arange(len(text))
        n_characters = self._n_own * CHARACTERS_PER_TOKEN
        while len(pending):
            whole = text.take(pa.array(pending))
            cut = pc.utf8_slice_codeunits(whole, 0, n_characters)
            shortened = pc.not_equal(pc.binary_length(cut), pc.binary_length(whole))
            found = self._rust.encode_batch_fast(
                [self._prompt + one for one in cut.to_pylist()], add_special_tokens=False
            )
            # one Python step per document: the tokenizer hands out one object each
            n_found = np.fromiter((len(one) for one in found), np.int64, len(found))
            again = (n_found < self._n_own + MARGIN_TOKENS) & np.asarray(shortened)
            for place in np.flatnonzero(~again):
                own = found[place].ids[: self._n_own]
                ids[pending[place]] = np.array(self._before + own + self._after, np.int64)
            pending = pending[again]
            n_characters *= 8
        return ids

    def vocabulary(self) -> tuple[list[np.ndarray], np.ndarray]:
        """Every token alone between the special ones, and whether it stands for text. (n_vocabulary,) bool"""
        names = sorted(self._rust.get_vocab(with_added_tokens=True).items(), key=lambda one: one[1])
        special = {t.content for t in self._rust.get_added_tokens_decoder().values() if t.special}
        ids = [np.array([*self._before, number, *self._after], np.int64) for _, number in names]
        text = [name not in special and not name.startswith("[unused") for name, _ in names]
        return ids, np.array(text)

    def chunks(self, text: pa.Array, even: bool = True) -> tuple[list[np.ndarray], np.ndarray]:
        """Token ids of every chunk, at most `max_tokens` each, and the document of each chunk, (n_chunks,) int64.

        A document of m chunks is cut into m of lengths that differ by at most one token, so none is a short rest; or
        into full ones and a rest.
        """
        text = pc.fill_null(text, "")
        text = pc.utf8_lower(text) if self._lower_case else text
        found = self._rust.encode_batch_fast(
            [self._prompt + one for one in text.to_pylist()], add_special_tokens=False
        )
        ids, owner = [], []
        for place, one in enumerate(found):
            own = np.asarray(one.ids, np.int64)
            n_chunks = max(-(-len(own) // self._n_own), 1)
            full = np.arange(1, n_chunks) * self._n_own
            for piece in np.array_split(own, n_chunks if even else full):
                ids.append(np.concatenate([self._before, piece, self._after]).astype(np.int64))
                owner.append(place)
        return ids, np.array(owner, np.int64)


def batches(lengths: np.ndarray, batch_tokens: int) -> Iterator[np.ndarray]:
    """Rows of each batch: longest documents first, at most `batch_tokens` tokens after padding, at least one row."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        width = max(int(lengths[order[start]]), 1)
        stop = start + max(batch_tokens // width, 1)
        yield order[start:stop]
        start = stop


def padded(ids: list[np.ndarray], rows: np.ndarray, pad_id: int) -> tuple[np.ndarray, np.ndarray]:
    """ids and mask of one batch, both (n_rows, width) int64, padded on the right; no token at all becomes one pad."""
    lengths = np.array([max(len(ids[row]), 1) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]
    out = np.full(mask.shape, pad_id, np.int64)
    out[mask] = np.concatenate([ids[row] if len(ids[row]) else np.array([pad_id]) for row in rows])
    return out, mask.astype(np.int64)
