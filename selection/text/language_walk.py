"""The n-grams of the language model in texts: its automaton, walked in many places at once.

Texts are cut into pieces, and those of several texts are walked side by side.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import inner
from selection.text.language_model import LONGEST, ROWS, TOGETHER, Model
from selection.text.load8 import prefetch

STREAMS = 64  # pieces side by side
PIECE = 128  # bytes
WIDTH = PIECE + LONGEST


@inner
def cut_up(start: int, stop: int, pieces: np.ndarray, n: int) -> int:
    """Append where each piece of a text is walked from and to; how many pieces there are then.

    All but the first begin `LONGEST` bytes early, which bring them to the state of an unbroken walk.
    """
    first = start
    while first < stop:
        pieces[n, 0] = first if first == start else first - LONGEST
        pieces[n, 1] = min(first + PIECE, stop)
        first += PIECE
        n += 1
    return n


@inner
def walk(
    data: np.ndarray, pieces: np.ndarray, model: Model, letters: np.ndarray, found: np.ndarray
) -> None:
    """Fill a row of `found` with the n-gram that ends at each byte of a piece.

    A step of the automaton waits for the one before it to come from memory, so `STREAMS` pieces are walked side by side, and
    what the next step of each will read is asked for a round ahead.
    """
    steps = np.empty(STREAMS, np.int64)
    for first in range(0, len(pieces), STREAMS):
        longest = 0
        for k in range(min(STREAMS, len(pieces) - first)):
            start = pieces[first + k, 0]
            size = pieces[first + k, 1] - start
            for i in range(size):
                letters[k, i] = data[start + i]
            longest = max(longest, size)
        for k in range(STREAMS):  # what is left of an earlier piece is walked too, and not counted
            steps[k] = model.start * TOGETHER + model.places[letters[k, 0]]
        for i in range(longest):
            for k in range(STREAMS):
                step = np.int64(model.moves[steps[k]])
                gram = step // ROWS
                row = step - gram * ROWS
                steps[k] = row * TOGETHER + model.places[letters[k, i + 1]]
                prefetch(model.moves, steps[k])
                found[first + k, i] = gram


@inner
def count(pieces: np.ndarray, found: np.ndarray, counts: np.ndarray, seen: np.ndarray) -> int:
    """Count the n-grams of a document, and fill `seen` with the different ones; how many these are.

    `counts` has one place more than there are n-grams, which stands for none and is never 0.
    """
    n_seen = 0
    for p in range(len(pieces)):
        for i in range(LONGEST if p else 0, pieces[p, 1] - pieces[p, 0]):
            gram = found[p, i]
            seen[n_seen] = gram
            n_seen += counts[gram] == 0
            counts[gram] += 1
    counts[len(counts) - 1] = 1
    return n_seen
