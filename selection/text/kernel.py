"""How every kernel is compiled: without the GIL, cached on disk, dividing as numpy does.

Numba throws a cached kernel away when the file that it stands in changes, but not when a function or constant that it
took from another file does, and would then go on running the old one. So the stamp of every kernel here is the content
of the whole folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

from numba import njit

Row = Any
"""One record of a structured array, written field by field; typed loosely because only numba knows its fields."""


@cache
def folder_stamp() -> str:
    """Hash of all source files of the text engine."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` on its first call, or take it from the cache if no file of the folder has changed."""
    return _stamped(njit(nogil=True, cache=True, error_model="numpy")(function))


def inner(function: Callable[..., Any]) -> Any:
    """A kernel that only kernels call: without the entry point for Python, whose compilation costs as much again."""
    compile_inner: Any = cast(Any, njit)(
        nogil=True,
        cache=True,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )
    return _stamped(compile_inner(function))


def _stamped(compiled: Any) -> Any:
    compiled._cache._cache_file._source_stamp = folder_stamp()
    return compiled


def is_compiled(compiled: Any) -> bool:
    """Whether any signature of a kernel lies compiled on disk, made from these source files."""
    return bool(compiled._cache._cache_file._load_index())
