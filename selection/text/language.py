"""Language by byte n-grams: the naive Bayes model of py3langid, walked by a kernel instead of a Python loop.

Lui and Baldwin 2012 (langid.py), model of py3langid 0.4.0 (BSD-3-Clause, shipped inside the package as numbers, no pickle).

    score[l] = log prior[l] + sum over n-grams f of log(1 + count[f]) log P(f | l)
    confidence = softmax(score / sqrt(bytes))[best]

An automaton finds the model's 100,053 n-grams of one to four bytes in one step per byte. As in the package, text is
brought to NFC first, text in capitals is read in lower case, and two scripts of a language that the model tells apart
count as one.

Differs from the package: only the beginning of a document is read, cut between characters, then normalised; a text without
any n-gram of the model is `und` with confidence 0; capitals are what Arrow takes for such, which differs from Python for
signs like ª.

Cost: some 40 MB/s of what is read on one core (the package's own loop: 2.4); 70 MB for the model, loaded once a process in
0.6 s.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.kernel import inner, kernel

if TYPE_CHECKING:
    import pyarrow as pa

UNDETERMINED = "und"
_ONE = 512
"""The model's log probabilities are whole multiples of 1/512, so that int16 holds them exactly."""
_COLUMNS = 144
"""The model's 142 classes, padded: loops of a fixed length fill the processor's vectors."""


class _Model(NamedTuple):
    """Tables of the automaton and of the classifier.

    A state has the first entry of its row in `moves`, and the n-gram that ends there or -1. Classes that are scripts of one
    language share its number in `languages()`.
    """

    moves: np.ndarray  # (n_rows * 256,) uint32, next state after a byte
    states: np.ndarray  # (n_states, 2) int32
    log_probs: np.ndarray  # (n_grams, _COLUMNS) int16, in units of 1/_ONE
    prior: np.ndarray  # (_COLUMNS,) float32, -inf where there is no class
    language_of: np.ndarray  # (_COLUMNS,) int32


@cache
def _load() -> tuple[_Model, tuple[str, ...]]:
    from py3langid.langid import MODEL_DIR, MODEL_FILE
    from py3langid.modelio import load_model

    log_probs, prior, classes, moves, rows, grams = load_model(MODEL_DIR / MODEL_FILE)
    states = np.stack([np.asarray(rows, np.int32) << 8, np.asarray(grams, np.int32)], axis=1)
    n = len(classes)
    whole = np.zeros((len(log_probs), _COLUMNS), np.int16)
    whole[:, :n] = np.round(log_probs.astype(np.float32) * _ONE)
    assert np.array_equal(whole[:, :n].astype(np.float32) / _ONE, log_probs)
    assert whole.min() > -8192  # `_add_once`
    names = tuple(dict.fromkeys(classes))
    language_of = np.zeros(_COLUMNS, np.int32)
    language_of[:n] = [names.index(name) for name in classes]
    padded = np.full(_COLUMNS, -np.inf, np.float32)
    padded[:n] = prior
    moves, states = np.array(moves, np.uint32), np.ascontiguousarray(states)
    return _Model(moves, states, whole, padded, language_of), names


def languages() -> tuple[str, ...]:
    """ISO 639-1 codes where there is one, else 639-3; `zxx` is text in no language."""
    return _load()[1]


@inner
def _find_grams(data: np.ndarray, model: _Model, counts: np.ndarray, seen: np.ndarray) -> int:
    """Count the n-grams of a document and list the different ones; their number."""
    n_seen = 0
    state = np.int64(0)
    for byte in data:
        state = np.int64(model.moves[model.states[state, 0] + byte])
        gram = model.states[state, 1]
        if gram >= 0:
            if counts[gram] == 0:
                seen[n_seen] = gram
                n_seen += 1
            counts[gram] += 1
    return n_seen


@inner
def _add_once(
    first: int, second: int, third: int, fourth: int, log_probs: np.ndarray, once: np.ndarray
) -> None:
    """Add four rows: each is above -8,192, so four fit 16 bits, of which a processor adds many at a time."""
    for c in range(_COLUMNS):
        pair = np.int16(log_probs[first, c] + log_probs[second, c])
        other = np.int16(log_probs[third, c] + log_probs[fourth, c])
        once[c] += np.int32(np.int16(pair + other))


@inner
def _add_scores(
    seen: np.ndarray, counts: np.ndarray, model: _Model, once: np.ndarray, scores: np.ndarray
) -> None:
    """Fill the scores with what the prior and each n-gram say, and clear the counts and `seen`.

    Most n-grams occur once; their log probabilities are added up as they are, in `once`, and weighed together.
    """
    once[:] = 0
    scores[:] = model.prior
    n_once = 0
    for gram in seen:
        if counts[gram] == 1:
            seen[n_once] = gram
            n_once += 1
        else:
            weight = np.float32(np.log1p(np.float32(counts[gram])) / _ONE)
            for c in range(_COLUMNS):
                scores[c] += weight * np.float32(model.log_probs[gram, c])
        counts[gram] = 0
    for k in range(0, n_once - 3, 4):
        _add_once(seen[k], seen[k + 1], seen[k + 2], seen[k + 3], model.log_probs, once)
    for k in range(n_once - n_once % 4, n_once):
        for c in range(_COLUMNS):
            once[c] += np.int32(model.log_probs[seen[k], c])
    weight = np.float32(np.log(2.0) / _ONE)
    for c in range(_COLUMNS):
        scores[c] += weight * np.float32(once[c])


@inner
def _best(scores: np.ndarray, n_bytes: int, language_of: np.ndarray) -> tuple[int, float]:
    """The likeliest language and its share of the probability."""
    shares = np.zeros(_COLUMNS)
    total = 0.0
    highest, scale = scores.max(), np.sqrt(n_bytes)
    for c in range(_COLUMNS):
        below = (scores[c] - highest) / scale
        if below > -40.0:  # the others are beyond the last digit of a double
            share = np.exp(below)
            shares[language_of[c]] += share
            total += share
    best = np.argmax(shares)
    return best, shares[best] / total  # type: ignore[return-value]


@kernel
def _detect_block(
    offsets: np.ndarray,
    data: np.ndarray,
    rows: tuple[int, int],
    model: _Model,
    codes: np.ndarray,
    confidence: np.ndarray,
) -> None:
    """Fill rows[0]..rows[1] of `codes` and `confidence`."""
    counts = np.zeros(len(model.log_probs), np.int32)
    seen = np.empty(len(model.log_probs), np.int32)
    scores, once = np.empty(_COLUMNS, np.float32), np.empty(_COLUMNS, np.int32)
    for d in range(rows[0], rows[1]):
        start, stop = offsets[d], offsets[d + 1]
        n_seen = _find_grams(data[start:stop], model, counts, seen)
        if n_seen:
            _add_scores(seen[:n_seen], counts, model, once, scores)
            codes[d], confidence[d] = _best(scores, stop - start, model.language_of)


def detect(
    text: pa.StringArray | pa.LargeStringArray, first_bytes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Index into `languages()`, -1 where undetermined, int32, and confidence 0..1, float64. (n_docs,) each"""
    model, _ = _load()
    utf8 = Utf8.of(_normalised(_beginnings(Utf8.of(text), first_bytes)))
    codes, confidence = np.full(len(utf8), -1, np.int32), np.zeros(len(utf8))

    def run(first: int, last: int) -> None:
        _detect_block(utf8.offsets, utf8.data, (first, last), model, codes, confidence)

    each_block(utf8, run)
    return codes, confidence


@kernel
def _copy_beginnings(
    offsets: np.ndarray, data: np.ndarray, first_bytes: int, stops: np.ndarray, out: np.ndarray
) -> None:
    """Fill `out` with the beginnings, one after the other, and `stops` (n_docs + 1,) with where each ends."""
    n = 0
    for d in range(len(offsets) - 1):
        start, stop = offsets[d], offsets[d + 1]
        if stop - start > first_bytes:
            stop = start + first_bytes
            while stop > start and data[stop] & 0xC0 == 0x80:
                stop -= 1
        out[n : n + stop - start] = data[start:stop]
        n += stop - start
        stops[d + 1] = n


def _beginnings(utf8: Utf8, first_bytes: int) -> pa.LargeStringArray:
    """At most so many bytes of each document, cut between characters."""
    import pyarrow as pa

    stops = np.zeros(len(utf8) + 1, np.int64)
    out = np.empty(int(np.minimum(utf8.n_bytes, first_bytes).sum()), np.uint8)
    _copy_beginnings(utf8.offsets, utf8.data, first_bytes, stops, out)
    return pa.LargeStringArray.from_buffers(len(utf8), pa.py_buffer(stops), pa.py_buffer(out))


def _normalised(text: pa.Array) -> Any:
    """NFC, and lower case where a document is all in capitals; what is neither passes untouched."""
    import pyarrow.compute as pc

    call = pc.call_function
    if not cast(Any, call("all", [call("string_is_ascii", [text])])).as_py():
        text = call("utf8_normalize", [text], pc.Utf8NormalizeOptions("NFC"))  # pyright: ignore[reportAttributeAccessIssue]
    shouting = call("utf8_is_upper", [text])
    if cast(Any, call("any", [shouting])).as_py():
        text = call("if_else", [shouting, call("utf8_lower", [text]), text])
    return text
