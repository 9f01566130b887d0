"""Tally: documents and tokens by a number in one walk over the corpus, where numpy would make an array a step.

Cost: 1 to 3 ms a million documents and core; compiled on first use and cached on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from selection.primitives.parallel import each_block

KEPT, FREE, LONG, DRAWABLE = 0, 1, 2, 3
"""Drawn; barred without a reason; longer than the budget; not drawn within it. Reasons are numbered after these."""


def left_out(
    log_weight: np.ndarray,
    copies: np.ndarray,
    n_tokens: np.ndarray,
    budget_tokens: int,
    first: tuple[np.ndarray, int],
    second: tuple[np.ndarray, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Documents and tokens by why they are not drawn: the numbers above, then the first reasons, then the second ones.

    `first` and `second` are (n_docs,) reasons from 0, which is none, and how many there are with it; the first counts.
    """
    (one, n_one), (two, n_two) = first, second

    def among(rows: slice) -> np.ndarray:
        given = (log_weight[rows], copies[rows], n_tokens[rows], int(budget_tokens))
        return np.array(_compiled()[0](*given, one[rows], n_one, two[rows], n_two))

    n_docs, held = np.sum(each_block(among, len(log_weight)), axis=0)
    return n_docs, held


def tokens_from(keys: np.ndarray, n_tokens: np.ndarray, least: float, above: bool) -> int:
    """Tokens of the documents whose key is at least `least`, or above it."""

    def among(rows: slice) -> int:
        return _compiled()[1](keys[rows], n_tokens[rows], float(least), above)

    return int(sum(each_block(among, len(keys))))


def offered(
    log_weight: np.ndarray, n_tokens: np.ndarray, budget_tokens: int
) -> tuple[np.ndarray, int, int]:
    """Rows of finite weight and no more tokens than the budget, ascending; their tokens; how many rows are too long."""
    rows = np.empty(len(log_weight), np.int64)
    n_rows, tokens, too_long = _compiled()[2](log_weight, n_tokens, int(budget_tokens), rows)
    return rows[:n_rows], int(tokens), int(too_long)


@cache
def _compiled() -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    from numba import njit  # takes most of a second to import, so only when needed

    keep = njit(cache=True, nogil=True)
    return keep(_left_out), keep(_tokens_from), keep(_offered)


def _left_out(
    log_weight: np.ndarray, copies: np.ndarray, n_tokens: np.ndarray, budget_tokens: int,
    first: np.ndarray, n_first: int, second: np.ndarray, n_second: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    n_docs = np.zeros(4 + n_first + n_second, np.int64)
    held = np.zeros(4 + n_first + n_second, np.int64)
    for i in range(len(log_weight)):
        why = 0
        if copies[i] == 0:
            if log_weight[i] != -np.inf:
                why = 2 if n_tokens[i] > budget_tokens else 3
            elif n_first and first[i]:
                why = 4 + int(first[i])
            elif n_second and second[i]:
                why = 4 + n_first + int(second[i])
            else:
                why = 1
        n_docs[why] += 1
        held[why] += n_tokens[i]
    return n_docs, held


def _tokens_from(keys: np.ndarray, n_tokens: np.ndarray, least: float, above: bool) -> int:
    total = 0
    for i in range(len(keys)):
        if keys[i] > least or (keys[i] == least and not above):
            total += n_tokens[i]
    return total


def _offered(
    log_weight: np.ndarray, n_tokens: np.ndarray, budget_tokens: int, rows: np.ndarray
) -> tuple[int, int, int]:
    n, tokens, too_long = 0, 0, 0
    for i in range(len(log_weight)):
        rows[n] = i  # without a branch, which half of the documents would mispredict
        finite = np.isfinite(log_weight[i])
        there = finite and n_tokens[i] <= budget_tokens
        n += there
        tokens += n_tokens[i] * there
        too_long += finite and not there
    return n, tokens, too_long
