"""Kernels and the functions in them behave as numba's own do, from the compiler and from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba.core.compiler import Flags

from selection.text.compiler import _Flags
from selection.text.kernel import inner, kernel


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
