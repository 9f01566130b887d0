"""Measures: what `measure` gives of a batch, as records of each family of statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selection.text.characters import CHARACTERS
from selection.text.field_counts import unfold
from selection.text.links import LINKS
from selection.text.token_counts import TOKENS
from selection.text.words import WORDS


@dataclass(frozen=True)
class Measures:
    """Structured arrays of (n_docs,), one a family; the fields of each stand in the file of its kernel."""

    characters: np.ndarray
    links: np.ndarray
    words: np.ndarray
    sentences: np.ndarray
    lines: np.ndarray
    vocabulary: np.ndarray
    tokens: np.ndarray
    repetition: np.ndarray
    raw_lines: np.ndarray
    page_lines: np.ndarray
    personal: np.ndarray
    redpajama: np.ndarray
    type_hashes: np.ndarray  # (n_types of all documents,) uint64, in order of first occurrence
    type_counts: np.ndarray  # (n_types of all documents,) int32
    type_starts: (
        np.ndarray
    )  # the same, byte of the document where the field of the first occurrence begins

    @property
    def type_offsets(self) -> np.ndarray:
        """The types of document i are type_hashes[type_offsets[i] : type_offsets[i + 1]]. (n_docs + 1,) int64"""
        return np.concatenate([[0], np.cumsum(self.vocabulary["n_types"])])


def unfolded(
    n_bytes: np.ndarray,
    totals: np.ndarray,
    out: tuple[np.ndarray, ...],
    type_hashes: np.ndarray,
    type_counts: np.ndarray,
    type_starts: np.ndarray,
) -> Measures:
    """The records of `out`, and those that are sums over fields."""
    vocabulary, repetition, redpajama, lines, raw_lines, page_lines, sentences, personal = out
    families = (CHARACTERS, LINKS, WORDS, TOKENS)
    characters, links, words, tokens = (np.zeros(len(totals), family) for family in families)
    unfold(totals, "characters", characters)
    unfold(totals, "links", links)
    unfold(totals, "words", words)
    unfold(totals, "tokens", tokens)
    unfold(totals, "page_lines", page_lines)
    unfold(totals, "redpajama", redpajama)
    characters["n_bytes"], page_lines["n_hash_signs"] = n_bytes, characters["n_hash_signs"]
    return Measures(
        characters,
        links,
        words,
        sentences,
        lines,
        vocabulary,
        tokens,
        repetition,
        raw_lines,
        page_lines,
        personal,
        redpajama,
        type_hashes,
        type_counts,
        type_starts,
    )
