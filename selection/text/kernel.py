"""How every kernel is compiled: without the GIL, cached on disk, dividing as numpy does."""

from __future__ import annotations

from typing import Any

from numba import njit

kernel = njit(nogil=True, cache=True, error_model="numpy")

Row = Any
"""One record of a structured array, written field by field; typed loosely because only numba knows its fields."""
