"""Types among tokens: how rich a document's vocabulary is, by five measures that differ in how they treat length.

- unigram entropy, -sum p log2 p over word types, in bits per word (Shannon)
- Yule's K = 10^4 (sum f^2 - N) / N^2, f the frequency of each type (Yule 1944)
- hapax legomena, types that occur once
- MATTR, the type-token ratio averaged over all windows of 50 words (Covington and McFall 2010)
- MTLD at threshold 0.72, the mean of a forward and a backward pass (McCarthy and Jarvis 2010); a pass without any
  repetition has no factor, and gives the number of words

Cost: linear in words; a document's words become dense type numbers once, so no measure needs a hash table of its own.
"""

from __future__ import annotations

import numpy as np

from selection.text.hashing import slot_of, table_size
from selection.text.kernel import Row, bare
from selection.text.scratch import Scratch

VOCABULARY = np.dtype(
    [
        ("n_types", np.int64),
        ("n_hapaxes", np.int64),
        ("entropy", np.float64),
        ("yules_k", np.float64),
        ("mattr", np.float64),
        ("mtld", np.float64),
    ]
)
WINDOW = 50
THRESHOLD_PERCENT = 72
_NEW = 100 - THRESHOLD_PERCENT
_LOGS = np.array([0.0, *(count * np.log2(count) for count in range(1, 256))])
"""count log2 count, of the counts that nearly all types have."""


@bare
def number_types(hashes: np.ndarray, scratch: Scratch) -> int:
    """Fill the type number of every word, in order of first occurrence, its hash and its occurrences; how many there are.

    Whether a word is new cannot be foreseen, so nothing branches on it: a mask of all bits, or none, chooses.
    """
    size = table_size(len(hashes))
    table, numbers = scratch.table[:size], scratch.slots[:size]
    types, names, counts = scratch.types, scratch.type_hashes, scratch.type_counts
    table[:] = 0
    n_types = 0
    for w in range(len(hashes)):
        slot = slot_of(table, hashes[w])
        new = np.int64(table[slot] == np.uint64(0))
        number = (n_types & -new) | (np.int64(numbers[slot]) & (new - 1))
        table[slot], numbers[slot], names[number] = hashes[w], number, hashes[w]
        counts[number] = (counts[number] & (new - 1)) + 1
        types[w] = number
        n_types += new
    return n_types  # type: ignore[return-value]


@bare
def _mattr(types: np.ndarray, inside: np.ndarray) -> float:
    n = len(types)
    window = min(WINDOW, n)
    inside[:] = 0
    distinct = 0
    total = 0
    for w in range(n):
        inside[types[w]] += 1
        distinct += inside[types[w]] == 1
        if w >= window:
            inside[types[w - window]] -= 1
            distinct -= inside[types[w - window]] == 0
        if w >= window - 1:
            total += distinct
    return total / (window * (n - window + 1))


@bare
def _mtld_pass(types: np.ndarray, last_factor: np.ndarray, backward: bool) -> float:
    n = len(types)
    last_factor[:] = -1
    factor = start = above = (
        0  # `above`: 100 times the types of this factor, less what the threshold asks of its words
    )
    for step in range(n):
        word = types[n - 1 - step] if backward else types[step]
        above += _NEW if last_factor[word] != factor else -THRESHOLD_PERCENT
        last_factor[word] = factor
        ends = np.int64(above <= 0)
        start = step + 1 if ends else start
        above &= ends - 1
        factor += ends
    length = n - start
    distinct = (above + THRESHOLD_PERCENT * length) // 100
    rest = 1.0 - distinct / length if length else 0.0
    factors = factor + rest / (1.0 - THRESHOLD_PERCENT / 100)
    return n / factors if factors > 0 else float(n)


@bare
def entropy_bits(counts: np.ndarray, n: int) -> float:
    """Entropy of counts that sum to n, in bits."""
    logs = 0.0
    for count in counts:
        logs += _LOGS[count] if count < len(_LOGS) else count * np.log2(count)
    return max(0.0, np.log2(n) - logs / n)


@bare
def count_vocabulary(types: np.ndarray, counts: np.ndarray, room: np.ndarray, row: Row) -> None:
    """The measures of one document into a `VOCABULARY` record; zeros for a document without words.

    `room` holds an int32 for every type.
    """
    n, n_types = len(types), len(counts)
    row.n_types = n_types
    if n == 0:
        return
    squares = hapaxes = 0
    for count in counts:
        squares += np.int64(count) * count
        hapaxes += count == 1
    row.n_hapaxes = hapaxes
    row.entropy = entropy_bits(counts, n)
    row.yules_k = 1e4 * (squares - n) / (float(n) * n)
    row.mattr = _mattr(types, room)
    row.mtld = (_mtld_pass(types, room, False) + _mtld_pass(types, room, True)) / 2
