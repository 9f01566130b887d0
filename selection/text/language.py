"""Language by byte n-grams: the naive Bayes model of py3langid, walked by a kernel instead of a Python loop.

Lui and Baldwin 2012 (langid.py), model of py3langid 0.4.0 (BSD-3-Clause, shipped inside the package as numbers, no pickle).

    score[l] = log prior[l] + sum over n-grams f of log(1 + count[f]) log P(f | l)
    confidence = softmax(score / sqrt(bytes))[best]

An automaton finds the model's 100,053 n-grams of up to six bytes in one step per byte. As in the package, text is brought
to NFC first, text in capitals is read in lower case, and two scripts of a language that the model tells apart count as one.

Differs from the package: only the beginning of a document is read, cut between characters, then normalised, and more of it
where that leaves doubt; a text without any n-gram of the model is `und` with confidence 0; capitals are what Arrow takes for
such, which differs from Python for signs like ª; classes less than a ten-millionth as likely as the best are left out of the
sum.

Cost: some 100 MB/s of what is read on a core, 65 of short beginnings (the package's own loop: 2.4); 70 MB for the model,
loaded once a process in 0.6 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selection.text.blocks import each_block
from selection.text.buffers import Utf8
from selection.text.copies import pieces
from selection.text.kernel import inner, kernel
from selection.text.language_model import COLUMNS, ONE, Model, load_model
from selection.text.language_walk import PIECE, STREAMS, WIDTH, count, cut_up, walk
from selection.text.load8 import prefetch
from selection.text.memo import once_per_batch
from selection.text.pool import Pool

if TYPE_CHECKING:
    import pyarrow as pa

UNDETERMINED = "und"
FIRST_BYTES = 128
"""Of a document that are read unless a setting says otherwise."""
MOST_BYTES = 1024
"""Of a document of which the first leave doubt."""
_SURE = 0.9  # confidence that is no doubt
_TOGETHER = 4 * STREAMS  # pieces, after which no more documents are taken to be walked together
_LINE = 32  # log probabilities in a line of the processor's cache
_NEGLIGIBLE = -16.0  # the log of a share that is left out
_WEIGHTS = (np.log1p(np.arange(64)) / ONE).astype(np.float32)
"""Of n-grams that occur so often."""


def languages() -> tuple[str, ...]:
    """ISO 639-1 codes where there is one, else 639-3; `zxx` is text in no language."""
    return load_model()[1]


@inner
def _add_once(
    first: int, second: int, third: int, fourth: int, log_probs: np.ndarray, once: np.ndarray
) -> None:
    """Add four rows: each is above -8,192, so four fit 16 bits, of which a processor adds many at a time."""
    for c in range(COLUMNS):
        pair = np.int16(log_probs[first, c] + log_probs[second, c])
        other = np.int16(log_probs[third, c] + log_probs[fourth, c])
        once[c] += np.int32(np.int16(pair + other))


@inner
def _weight(times: int) -> np.float32:
    """log(1 + times), for scores in units of the log probabilities."""
    if times < len(_WEIGHTS):
        return _WEIGHTS[times]
    return np.float32(np.log1p(np.float32(times)) / ONE)


@inner
def _add_scores(
    seen: np.ndarray, counts: np.ndarray, model: Model, once: np.ndarray, scores: np.ndarray
) -> None:
    """Fill the scores with what the prior and each n-gram say, and clear the counts and `seen`.

    Most n-grams occur once; their log probabilities are added up as they are, in `once`, and weighed together.
    """
    for c in range(COLUMNS):
        once[c] = 0
        scores[c] = model.prior[c]
    n_once = 0
    for gram in seen:
        for line in range(0, COLUMNS, _LINE):
            prefetch(model.log_probs, gram * COLUMNS + line)
    for gram in seen:
        if counts[gram] == 1:
            seen[n_once] = gram
            n_once += 1
        else:
            weight = _weight(counts[gram])
            for c in range(COLUMNS):
                scores[c] += weight * np.float32(model.log_probs[gram, c])
        counts[gram] = 0
    for k in range(0, n_once - 3, 4):
        _add_once(seen[k], seen[k + 1], seen[k + 2], seen[k + 3], model.log_probs, once)
    for k in range(n_once - n_once % 4, n_once):
        for c in range(COLUMNS):
            once[c] += np.int32(model.log_probs[seen[k], c])
    weight = _WEIGHTS[1]
    for c in range(COLUMNS):
        scores[c] += weight * np.float32(once[c])


@inner
def _best(scores: np.ndarray, n_bytes: int, language_of: np.ndarray) -> tuple[int, float]:
    """The likeliest language and its share of the probability."""
    shares = np.zeros(COLUMNS)
    total = 0.0
    highest, scale, best = scores[0], np.sqrt(n_bytes), 0
    for c in range(1, COLUMNS):  # numpy's own would take half a second more to compile
        highest = max(highest, scores[c])
    for c in range(COLUMNS):
        below = (scores[c] - highest) / scale
        if below > _NEGLIGIBLE:
            share = np.exp(below)
            shares[language_of[c]] += share
            total += share
    for c in range(1, COLUMNS):
        if shares[c] > shares[best]:
            best = c
    return best, shares[best] / total


@kernel
def _detect_block(
    source: tuple[np.ndarray, np.ndarray, np.ndarray],
    rows: tuple[int, int],
    model: Model,
    counts: np.ndarray,
    codes: np.ndarray,
    confidence: np.ndarray,
) -> None:
    """Fill rows[0]..rows[1] of `codes` and `confidence`. `counts`: nothing counted before and after."""
    starts, stops, data = source
    longest = 0
    for d in range(rows[0], rows[1]):
        longest = max(longest, stops[d] - starts[d])
    most = _TOGETHER + longest // PIECE + 1
    bounds, letters = np.empty((most, 2), np.int64), np.zeros((STREAMS, WIDTH + 1), np.uint8)
    found, seen = np.empty((most + STREAMS, WIDTH), np.int32), np.empty(longest + 1, np.int32)
    scores, once = np.empty(COLUMNS, np.float32), np.empty(COLUMNS, np.int32)
    first = last = rows[0]
    while first < rows[1]:
        n = 0
        while last < rows[1] and n < _TOGETHER:
            n = cut_up(starts[last], stops[last], bounds, n)
            last += 1
        walk(data, bounds[:n], model, letters, found)
        n = 0
        for d in range(first, last):
            n_bytes = stops[d] - starts[d]
            own = slice(n, n + (n_bytes + PIECE - 1) // PIECE)
            n_seen = count(bounds[own], found[own], counts, seen)
            n = own.stop
            if n_seen:
                _add_scores(seen[:n_seen], counts, model, once, scores)
                codes[d], confidence[d] = _best(scores, n_bytes, model.language_of)
        first = last


def _no_counts() -> np.ndarray:
    """For `language_walk.count`: nothing counted yet."""
    counts = np.zeros(len(load_model()[0].log_probs) + 1, np.int32)
    counts[-1] = 1
    return counts


_pool = Pool(_no_counts)


@once_per_batch
def detect(
    text: pa.StringArray | pa.LargeStringArray,
    first_bytes: int = FIRST_BYTES,
    most_bytes: int = MOST_BYTES,
) -> tuple[np.ndarray, np.ndarray]:
    """Index into `languages()`, -1 where undetermined, int32, and confidence 0..1, float64. (n_docs,) each, read-only.

    Both are those of the first bytes, and where these leave doubt, of the most.
    """
    utf8 = Utf8.of(text)
    codes, confidence = _beginnings(utf8, np.arange(len(utf8)), first_bytes)
    if most_bytes > first_bytes:
        doubtful = np.flatnonzero((confidence < _SURE) & (utf8.n_bytes > first_bytes))
        codes[doubtful], confidence[doubtful] = _beginnings(utf8, doubtful, most_bytes)
    codes.flags.writeable = confidence.flags.writeable = False  # several signals are given them
    return codes, confidence


def _beginnings(utf8: Utf8, rows: np.ndarray, n_bytes: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes and confidences of the first bytes of some documents. (len(rows),) each"""
    starts, stops = utf8.offsets[:-1][rows], utf8.offsets[1:][rows]
    plain = np.empty(len(rows), np.bool_)
    _cut(starts, stops, utf8.data, n_bytes, plain)
    others = np.flatnonzero(~plain)
    codes, confidence = np.full(len(rows), -1, np.int32), np.zeros(len(rows))
    _detect(utf8.data, starts, np.where(plain, stops, starts), (codes, confidence))
    if len(others):
        changed = Utf8.of(_normalised(pieces(utf8.data, starts[others], stops[others])))
        found = np.full(len(others), -1, np.int32), np.zeros(len(others))
        _detect(changed.data, changed.offsets[:-1], changed.offsets[1:], found)
        codes[others], confidence[others] = found
    return codes, confidence


def _detect(
    data: np.ndarray, starts: np.ndarray, stops: np.ndarray, out: tuple[np.ndarray, np.ndarray]
) -> None:
    """Codes and confidences of the texts data[starts[d] : stops[d]]; an empty one is left as it is."""
    model, _ = load_model()
    source = starts.copy(), stops.copy(), data  # of one type, wherever they come from
    read = Utf8(np.append(0, np.cumsum(stops - starts)), data)  # what they would be without gaps

    def run(first: int, last: int) -> None:
        counts = _pool.take()
        _detect_block(source, (first, last), model, counts, *out)
        _pool.lay_back(counts)

    each_block(read, run)


@kernel
def _cut(
    starts: np.ndarray, stops: np.ndarray, data: np.ndarray, n_bytes: int, plain: np.ndarray
) -> None:
    """Move `stops` to where the beginning of each document ends; whether it is in NFC and not in capitals for sure.

    Nothing below U+0300 is changed by NFC, nor are dashes, quotes and dots (E2 80 90 to E2 80 BF).
    """
    for d in range(len(stops)):
        start, stop = starts[d], stops[d]
        if stop - start > n_bytes:
            stop = start + n_bytes
            while stop > start and data[stop] & 0xC0 == 0x80:
                stop -= 1
        stops[d] = stop
        small = high = 0
        for i in range(start, stop):
            small += 97 <= data[i] <= 122
            high += data[i] >= 0xCC
        if small and high:
            for i in range(start, stop - 2):
                high -= data[i] == 0xE2 and data[i + 1] == 0x80 and data[i + 2] >= 0x90
        plain[d] = small > 0 and high == 0


def _normalised(text: pa.Array) -> Any:
    """NFC, and lower case where a document is all in capitals."""
    import pyarrow.compute as pc

    call = pc.call_function
    text = call("utf8_normalize", [text], pc.Utf8NormalizeOptions("NFC"))  # pyright: ignore[reportAttributeAccessIssue]
    return call("if_else", [call("utf8_is_upper", [text]), call("utf8_lower", [text]), text])
