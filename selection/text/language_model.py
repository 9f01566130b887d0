"""The language model of py3langid as tables for a kernel."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from selection.text.cache_lines import on_lines

ONE = 512
"""The model's log probabilities are whole multiples of 1/512, so that int16 holds them exactly."""
COLUMNS = 144
"""The model's 142 classes, padded: loops of a fixed length fill the processor's vectors."""
LONGEST = 6
"""Bytes of the model's longest string; so many bytes determine the automaton's state, whatever came before them."""
ROWS = 40_000
"""More than the automaton has rows: a step is the n-gram that ends in a state times this, plus the row to go on in."""
TOGETHER = 16  # bytes whose steps lie side by side

_ROWS = 8192  # of the model at a time


class Model(NamedTuple):
    """Tables of the automaton and of the classifier.

    The automaton's state is the row to go on in, and the next step waits for one read only. Steps at the bytes that most
    n-grams hold come first, for all rows, and are what most texts need: 2.4 MB of the 39. Where no n-gram ends, a step has
    their number. Classes that are scripts of one language share its number in `language.languages()`.
    """

    moves: (
        np.ndarray
    )  # (n_rows * 256,) uint32, the step from a row at a byte, at row * 16 + places[byte]
    places: np.ndarray  # (256,) int32
    start: int  # the row with which a text begins; byte 255 leads back to it
    log_probs: np.ndarray  # (n_grams, COLUMNS) int16, in units of 1/ONE
    prior: np.ndarray  # (COLUMNS,) float32, -inf where there is no class
    language_of: np.ndarray  # (COLUMNS,) int32


def _by_states(moves: np.ndarray, n_states: int) -> np.ndarray:
    """Bytes by the number of states that they lead to, most first. (256,) int64"""
    last = np.zeros(n_states, np.uint8)
    for first in range(0, len(moves), _ROWS):
        last[moves[first : first + _ROWS]] = np.arange(256, dtype=np.uint8)
    return np.argsort(-np.bincount(last, minlength=256), kind="stable")


def _automaton(
    moves: np.ndarray, rows: np.ndarray, grams: np.ndarray, n_grams: int
) -> tuple[np.ndarray, np.ndarray]:
    """The model's `moves` and `places`, from the states (n_rows, 256) that bytes lead to, and what each of them has."""
    n_rows = len(moves)
    assert n_rows <= ROWS and ROWS * (n_grams + 1) <= 1 << 32
    assert not moves[:, 0xFF].any()
    steps = (np.where(grams < 0, n_grams, grams) * ROWS + rows).astype(np.uint32)
    order = _by_states(moves, len(rows))
    places = np.empty(256, np.int32)
    columns = np.arange(256)
    places[order] = columns // TOGETHER * (n_rows * TOGETHER) + columns % TOGETHER
    near = on_lines((256 // TOGETHER, n_rows, TOGETHER), np.uint32)
    for group, bytes_of in enumerate(order.reshape(-1, TOGETHER)):
        near[group] = steps[moves[:, bytes_of]]
    return near.ravel(), places


@cache
def load_model() -> tuple[Model, tuple[str, ...]]:
    """The model and the names of its languages."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE
    from py3langid.modelio import load_model as load

    log_probs, prior, classes, moves, rows, grams = load(MODEL_DIR / MODEL_FILE)
    rows, grams = np.asarray(rows, np.int64), np.asarray(grams, np.int64)
    moves, places = _automaton(np.reshape(moves, (-1, 256)), rows, grams, len(log_probs))
    n = len(classes)
    whole = on_lines((len(log_probs), COLUMNS), np.int16)
    for first in range(0, len(log_probs), _ROWS):  # all at once would take 200 MB for a moment
        given = log_probs[first : first + _ROWS].astype(np.float32)
        whole[first : first + _ROWS, :n] = np.round(given * ONE)
        assert np.array_equal(whole[first : first + _ROWS, :n].astype(np.float32) / ONE, given)
    assert whole.min() > -8192  # `language._add_once`
    names = tuple(dict.fromkeys(classes))
    language_of = np.zeros(COLUMNS, np.int32)
    language_of[:n] = [names.index(name) for name in classes]
    padded = np.full(COLUMNS, -np.inf, np.float32)
    padded[:n] = prior
    return Model(moves, places, int(rows[0]), whole, padded, language_of), names
