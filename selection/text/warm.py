"""Warm: the kernels of a first run, compiled by two processes at once.

One process compiles one kernel at a time, and everything together takes some twenty seconds of a core. So whoever finds
nothing compiled starts a second process, which compiles into the same cache on disk. Each takes what the other has not
claimed (see `claims`), in an order of its own, so that none is compiled twice and both are done at about the same time.
Nothing depends on the second one: what is not there is compiled by whoever needs it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from selection.core.progress import Progress, Step, silent
from selection.text import measure
from selection.text.buffers import Utf8
from selection.text.kernel import claim, is_compiled
from selection.text.second_compiler import ahead, begun

_SAMPLE = "A sentence, to be measured once. Another 12 words follow it, and that is all.\n"
_FIRST = "page", "content", "words", "types", "shingles", "ngrams", "language", "fields"
"""What takes long comes late: whatever this process leaves to the other, it goes on to score while that compiles."""
_SECOND = "fields", "language", "ngrams", "shingles", "types", "words", "content", "page"


class Kernel(NamedTuple):
    """One that takes long, and a call for next to nothing, which compiles it and the small ones beside it."""

    compiled: Any
    call: Callable[[], object]


def compile_all(progress: Progress = silent) -> None:
    """Every kernel that scoring comes to, where one is missing."""
    ahead(measure._measure_block)
    kernels = _kernels()
    if all(is_compiled(each.compiled) for each in kernels.values()):
        return

    def tell() -> None:
        done = sum(is_compiled(each.compiled) for each in kernels.values())
        progress(Step("compile, once on this machine", done, len(kernels), "kernels"))

    _compile(kernels, _FIRST, tell)


def second() -> None:
    """What the second process does."""
    begun.set()
    _compile(_kernels(), _SECOND, lambda: None)


def _compile(kernels: dict[str, Kernel], names: Sequence[str], tell: Callable[[], None]) -> None:
    """Those that nobody else is at, without the garbage collector, which would look through the compiler's objects."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        for name in names:
            tell()
            compiled, call = kernels[name]
            with claim(compiled, wait=False) as mine:
                if mine and not is_compiled(compiled):
                    call()
    finally:
        if collecting:
            gc.enable()
    tell()


def _kernels() -> dict[str, Kernel]:
    import pyarrow as pa

    from selection.text import content, key_words, language, minhash, ngrams, unigrams
    from selection.text.lexicon import stop_word_table
    from selection.text.unicode_classes import class_table, lower_table

    # Of a list, Arrow would first import pandas, to see whether it is one of its own.
    data, ends = (_SAMPLE + _SAMPLE.upper()).encode(), np.array([0, 1, 2]) * len(_SAMPLE)
    text = pa.LargeStringArray.from_buffers(2, pa.py_buffer(ends), pa.py_buffer(data))

    def types() -> None:
        none, bounds = (np.zeros(0, np.uint64), np.zeros(0, np.int32)), np.zeros(1, np.int64)
        table, sums = np.ones(1), np.zeros((0, 2))
        chosen = np.zeros((0, 1), np.int64)
        unigrams._representative(none, bounds, stop_word_table(), table, 1.0, sums, chosen)
        unigrams._sums(none, bounds, np.ones((1, 1)), sums)
        unigrams._bucket_counts(*none, np.zeros(1, np.int64))

        lists = np.zeros((1, 8), np.uint64)
        unigrams._listed_types(none[0], bounds, lists, np.zeros(0, np.int64), bounds)

    def words() -> None:
        utf8, places = Utf8.of(text), np.zeros(0, np.int64)
        wanted = places, np.zeros(0, np.uint64), np.zeros(0, np.int32)
        tables = class_table(), lower_table()
        key_words._find((utf8.offsets, utf8.data), wanted, tables, (places, places))

    def shingles() -> None:
        minhash.band_keys(minhash.signatures(text, 1), 1)

    return {
        "page": Kernel(
            measure.measure_page, lambda: measure.measure_page.compile(measure.page_types())
        ),
        "fields": Kernel(measure._measure_block, measure.compile_block),
        "language": Kernel(language._detect_block, lambda: language.detect(text)),
        "ngrams": Kernel(ngrams._visit, lambda: ngrams.NGrams().counts(text)),
        "shingles": Kernel(minhash._sign_block, shingles),
        "words": Kernel(key_words._find, words),
        "types": Kernel(unigrams._representative, types),
        "content": Kernel(content._hash_block, lambda: content.content_hashes(text)),
    }
