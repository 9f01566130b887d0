"""Kernels and the functions in them behave as numba's own do, from the compiler and from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numba.core.compiler import Flags
from numba.core.errors import TypingError

from selection.text import called, content, key_words, language, minhash, ngrams, warm
from selection.text.compiler import _Flags
from selection.text.kernel import inner, kernel
from selection.text.measure import measure


@inner
def _power(value: float, exponent: int) -> float:
    result = 1.0
    for _ in range(exponent):
        result *= value
    return result


@inner
def _sum_of_powers(value: float) -> float:
    return _power(value, 2) + _power(value, 3)


@inner
def _copy(values: np.ndarray, into: np.ndarray) -> None:
    if len(values) == 0:
        raise ValueError("nothing to copy")
    into[:] = values


@kernel
def _run(values: np.ndarray, into: np.ndarray) -> float:
    _copy(values, into)
    return _sum_of_powers(into.sum())


def test_a_kernel_holds_what_it_calls_at_every_depth() -> None:
    into = np.zeros(2)
    assert _run(np.array([1.0, 2.0]), into) == 36 and into.tolist() == [1, 2]


def test_errors_of_inner_functions_reach_python_with_their_words() -> None:
    with pytest.raises(ValueError, match="nothing to copy"):
        _run(np.zeros(0), np.zeros(0))
    with pytest.raises(ValueError, match="from input of shape"):  # words made when it happens
        _run(np.zeros(3), np.zeros(2))


@kernel
def _fill(value: int, into: np.ndarray) -> None:
    if len(into) == 0:
        raise ValueError("nothing to fill")
    into[:] = value


_FILL_TYPES = called.types_of(1, np.zeros(1))
_fill_at = called.caller(lambda: _FILL_TYPES)


@kernel
def _fill_there(address: int, value: int, into: np.ndarray) -> None:
    _fill_at(address, (value, into))


def test_a_kernel_calls_another_at_its_address_and_hears_of_its_errors() -> None:
    address, into = called.address(_fill, _FILL_TYPES), np.zeros(3)
    _fill_there(address, 7, into)
    assert into.tolist() == [7, 7, 7]
    with pytest.raises(ValueError, match="nothing to fill"):
        _fill_there(address, 7, np.zeros(0))


def test_arguments_of_other_types_than_the_address_was_made_for_are_refused() -> None:
    with pytest.raises(TypingError, match="the kernel at this address takes"):
        _fill_there(called.address(_fill, _FILL_TYPES), 7, np.zeros(3, np.int32))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_what_is_compiled_ahead_is_all_that_texts_need(kind: pa.DataType) -> None:
    kernels = warm._kernels()
    for each in kernels.values():
        each.call()
    text = pa.array(["One text, of words.", "ÉTÉ À LA MER", ""], kind)
    measures = measure(text)
    language.detect(text)
    key_words.words_of(text, measures, np.array([[0, -1], [0, 1], [-1, -1]]))
    content.content_hashes(text)
    ngrams.NGrams().counts(text)
    minhash.signatures(text, 1)
    for name, each in kernels.items():
        of_scores = [kinds for kinds in each.compiled.signatures if "Sha(" not in str(kinds)]
        assert len(of_scores) == 1, (
            name
        )  # DSIR's own, with sha256, is compiled when it is asked for


def test_a_constant_argument_makes_no_second_copy() -> None:
    _run(np.ones(1), np.zeros(1))
    assert len(_power.signatures) <= 1  # none where the kernel came from the cache


def test_quick_flags_have_the_values_of_numbas() -> None:
    flags: Any = Flags()
    flags.nrt = flags.release_gil = True
    assert _Flags(flags).values() == flags.values() and _Flags(flags) == flags
    assert hash(_Flags(flags)) == hash(flags)


def test_another_process_takes_the_kernel_from_the_cache(tmp_path: Path) -> None:
    program = (
        "import numpy as np; from tests.text import test_kernel as t;"
        "from selection.text.kernel import is_compiled; before = is_compiled(t._run);"
        "print(before, t._run(np.ones(2), np.zeros(2)), sum(t._run.stats.cache_hits.values()))"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, env=environment, cwd=root
        )
        return done.stdout.decode().strip()

    assert run() == "False 12.0 0"
    assert run() == "True 12.0 1"
