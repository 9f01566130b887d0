"""Trimmed lines: how they end and how long they are.

Lines are divided at U+000A and trimmed of white space; empty ones only count as such. Lines as they stand, with what came
before, are counted in `raw_lines`, those of Python's splitlines in `page_lines`.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, bare
from selection.text.unicode_classes import BULLET, CLOSER, CODE_END, SPACE, TERMINAL, WORD

LINES = np.dtype(
    [
        (name, np.int64)
        for name in (
            "n_newlines",
            "n_lines",
            "n_empty_lines",
            "line_chars",
            "n_short_lines",
            "n_terminal_lines",
            "n_bullet_lines",
            "n_ellipsis_lines",
            "n_brief_lines",
            "n_code_lines",
        )
    ]
)
SHORT_CHARS = 30
BRIEF_WORDS = 3
_STOP, _ELLIPSIS = 0x2E, 0x2026


@bare
def _ends_terminally(classes: np.ndarray, start: int, stop: int) -> bool:
    """Whether the last character, closing quotes and brackets left out, may end a sentence."""
    while stop > start and classes[stop - 1] & (CLOSER | TERMINAL) == CLOSER:
        stop -= 1
    return stop > start and classes[stop - 1] & TERMINAL != 0


@bare
def _is_brief(classes: np.ndarray, start: int, stop: int) -> bool:
    """Fewer than three runs of word characters."""
    runs = 0
    for i in range(start, stop):
        runs += classes[i] & WORD != 0 and (i == start or classes[i - 1] & WORD == 0)
        if runs == BRIEF_WORDS:
            return False
    return True


@bare
def _describe(codes: np.ndarray, classes: np.ndarray, start: int, stop: int, row: Row) -> None:
    last = codes[stop - 1]
    row.n_lines += 1
    row.line_chars += stop - start
    row.n_short_lines += stop - start <= SHORT_CHARS
    row.n_terminal_lines += _ends_terminally(classes, start, stop)
    row.n_bullet_lines += classes[start] & BULLET != 0
    dots = last == _STOP and stop - start > 2 and codes[stop - 2] == _STOP
    row.n_ellipsis_lines += last == _ELLIPSIS or (dots and codes[stop - 3] == _STOP)
    row.n_brief_lines += _is_brief(classes, start, stop)
    row.n_code_lines += classes[stop - 1] & CODE_END != 0


@bare
def count_lines(codes: np.ndarray, classes: np.ndarray, newlines: np.ndarray, row: Row) -> None:
    """Lines of a document, with line feeds at `newlines`, into a `LINES` record. Without characters it has no line."""
    n = len(codes)
    if n == 0:
        return
    row.n_newlines = len(newlines)
    begin = 0
    for i in range(len(newlines) + 1):
        stop = np.int64(newlines[i]) if i < len(newlines) else n
        start = begin
        begin = stop + 1
        while start < stop and classes[start] & SPACE:
            start += 1
        while stop > start and classes[stop - 1] & SPACE:
            stop -= 1
        if start == stop:
            row.n_empty_lines += 1
        else:
            _describe(codes, classes, start, stop, row)
