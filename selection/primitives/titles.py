"""Cluster titles: the few words that set a cluster apart from the others, by class TF-IDF.

Grootendorst, 2022, "BERTopic", arXiv:2203.05794, section 3.4. All texts of a cluster are read as one:

    weight[word, cluster] = tf[word, cluster] * log(1 + A / f[word])

tf is the share of the word among the cluster's words, f its count over all clusters, A the mean number of words of a
cluster. Words are those of `word_runs`, without `stop_words`.

Differs from the paper:
- a word counts at most three times per document, so that one long document does not name a cluster; not stated there
- a plural does not follow its singular; equal titles are told apart by their next word
- memory is bounded: past 2 million (word, cluster) pairs the rarest are forgotten

Cost: one pass over the text in parts, about 20 MB a second on one core.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from selection.primitives.stop_words import stop_words

if TYPE_CHECKING:
    import pyarrow as pa

MAX_PAIRS = 2_000_000
MAX_CHARACTERS = 60
PER_DOCUMENT = 3  # times that one document may count one word
_BLOCK_BYTES = 4 << 20

Pairs = tuple[np.ndarray, ...]  # hash, cluster, count, word (or its place)

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_CANDIDATES = 40  # words looked at per cluster


class TitleCounts:
    """Counts words per cluster, part by part; `titles` may be asked at any time."""

    def __init__(self, n_clusters: int = 0) -> None:
        self._n_clusters = n_clusters
        self._pending: list[Pairs] = []
        self._n_pending = 0
        self._pairs = _merge([])
        self._stop = _hashes(stop_words())

    def add(self, text: pa.LargeStringArray, codes: np.ndarray) -> None:
        """One part: text (n_docs,) and its cluster numbers (n_docs,), -1 is left out."""
        codes = np.asarray(codes, np.int32)
        if len(text) != len(codes):
            raise ValueError(f"text and codes must align, got {len(text)} and {len(codes)}")
        self._n_clusters = max(self._n_clusters, int(codes.max(initial=-1)) + 1)
        data, offsets = _buffers(text)
        start = 0
        while start < len(codes):
            past = int(np.searchsorted(offsets, offsets[start] + _BLOCK_BYTES, side="right")) - 1
            stop = min(max(past, start + 1), len(codes))
            self._count(data, offsets[start : stop + 1], codes[start:stop])
            start = stop

    def titles(self, n_words: int = 4) -> list[str]:
        """One title per cluster number: plain text, at most 60 characters, no two alike."""
        self._consolidate()
        hashes, clusters, counts, words = self._pairs
        order = _ranked(hashes, clusters, counts, max(self._n_clusters, 1))
        edges = np.searchsorted(clusters[order], np.arange(self._n_clusters + 1))
        seen: set[str] = set()
        out = []
        for cluster in range(self._n_clusters):
            best = order[edges[cluster] : edges[cluster + 1]][:_CANDIDATES]
            title = _title([_text(bytes(words[row])) for row in best], n_words, seen)
            out.append(title or f"untitled {cluster}")
            seen.add(out[-1])
        return out

    def _count(self, data: np.ndarray, offsets: np.ndarray, codes: np.ndarray) -> None:
        from selection.primitives.word_runs import letter_tables, word_runs

        hashes, starts, lengths, rows, counts = word_runs(data, offsets, *letter_tables())
        keep = (codes[rows] >= 0) & ~np.isin(hashes, self._stop)
        counts, at = np.minimum(counts[keep], PER_DOCUMENT), np.flatnonzero(keep)
        found, clusters, summed, at = _merge([(hashes[keep], codes[rows[keep]], counts, at)])
        self._pending.append((found, clusters, summed, _words(data, starts[at], lengths[at])))
        self._n_pending += len(self._pending[-1][0])
        if self._n_pending > MAX_PAIRS // 2:
            self._consolidate()

    def _consolidate(self) -> None:
        self._pairs = _merge([self._pairs, *self._pending])
        self._pending, self._n_pending = [], 0
        n_over = len(self._pairs[0]) - MAX_PAIRS
        if n_over > 0:
            kept = np.sort(np.argsort(self._pairs[2], kind="stable")[n_over:])
            self._pairs = tuple(one[kept] for one in self._pairs)


def _merge(parts: list[Pairs]) -> Pairs:
    """Counts of equal (cluster, hash) pairs summed; in no order that means anything, but always the same one."""
    if not parts:
        none = np.empty(0, np.uint64), np.empty(0, np.int32), np.empty(0, np.int64)
        return *none, np.empty(0, "S24")
    hashes, clusters, counts, words = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    key = hashes ^ (
        clusters.astype(np.uint64) * _GOLDEN
    )  # one 64-bit key sorts far faster than two columns
    order = np.argsort(key)
    key = key[order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else order
    summed = np.add.reduceat(counts[order], first) if len(key) else counts
    at = order[first]
    return hashes[at], clusters[at], summed, words[at]


def _ranked(
    hashes: np.ndarray, clusters: np.ndarray, counts: np.ndarray, n_clusters: int
) -> np.ndarray:
    """Rows in order of cluster, then class TF-IDF from high to low, then hash."""
    per_cluster = np.bincount(clusters, counts, minlength=n_clusters)
    _, word_of = np.unique(hashes, return_inverse=True)
    f = np.bincount(word_of, counts)[word_of] if len(hashes) else np.empty(0)
    filled = max(int((per_cluster > 0).sum()), 1)
    average = per_cluster.sum() / filled
    weight = counts / per_cluster[clusters] * np.log1p(average / np.maximum(f, 1))
    return np.lexsort((hashes, -weight, clusters))


def _title(words: list[str], n_words: int, seen: set[str]) -> str:
    """The first `n_words` that fit, one more while the title is taken; empty when there are none."""
    chosen: list[str] = []
    for word in words:
        if any(word == old + "s" or old == word + "s" for old in chosen):
            continue
        if len(", ".join([*chosen, word])) > MAX_CHARACTERS:
            continue
        chosen.append(word)
        if len(chosen) >= n_words and ", ".join(chosen) not in seen:
            break
    title = ", ".join(chosen)
    return title if title not in seen else ""


def _text(word: bytes) -> str:
    """A word for the screen: no control, format (bidi) or private characters, whatever the corpus held."""
    text = unicodedata.normalize("NFC", word.decode("utf-8", errors="ignore").lower())
    return "".join(one for one in text if unicodedata.category(one)[0] != "C")


def _words(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """(n,) bytes of each word, in the case they have in the text."""
    from selection.primitives.word_runs import WORD_BYTES

    columns = np.arange(WORD_BYTES)
    places = np.minimum(starts[:, None] + columns, max(len(data) - 1, 0))
    out = np.where(columns < lengths[:, None], data[places], 0).astype(np.uint8)
    return out.view(f"S{WORD_BYTES}").ravel()


def _buffers(text: pa.LargeStringArray) -> tuple[np.ndarray, np.ndarray]:
    import pyarrow as pa

    large = text.cast(pa.large_string())
    _, offsets, data = large.buffers()
    places = np.frombuffer(offsets, np.int64)[large.offset : large.offset + len(large) + 1]
    return np.frombuffer(data or b"", np.uint8), places


def _hashes(words: frozenset[str]) -> np.ndarray:
    import pyarrow as pa

    from selection.primitives.word_runs import letter_tables, word_runs

    texts = pa.array(sorted(words), pa.large_string())
    return np.unique(word_runs(*_buffers(texts), *letter_tables())[0])
