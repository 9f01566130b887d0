"""How every kernel is compiled: without the GIL, cached on disk, dividing as numpy does.

Numba throws a cached kernel away when the file that it stands in changes, but not when a function or constant that it
took from another file does, and would then go on running the old one. So the stamp of every kernel here is the content
of the whole folder. It is part of the cache's version too, which is compared before anything of an entry is read: an entry of
older sources may name classes that are no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, cast

from numba import njit, types

from selection.text.claims import claimed
from selection.text.compiler import InnerCompiler, KernelCompiler
from selection.text.indices import never_negative

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
    return _kernel(function, _nrt=True)


def bare_kernel(function: Callable[..., Any]) -> Any:
    """A kernel that makes no array, see `bare`."""
    return _kernel(function, _nrt=False)


def _kernel(function: Callable[..., Any], **options: bool) -> Any:
    options |= {"cache": True, "no_cfunc_wrapper": True}
    compiled: Any = _njit(pipeline_class=KernelCompiler, **options)(function)
    entry = compiled._cache._cache_file
    entry._source_stamp = folder_stamp()
    entry._version = f"{entry._version} {folder_stamp()}"
    compile_or_load = compiled.compile

    def by_one_process(signature: Any) -> Any:
        with claim(compiled, wait=True):
            return compile_or_load(signature)

    compiled.compile = by_one_process
    return compiled


def inner(function: Callable[..., Any]) -> Any:
    """A function that only kernels call: compiled into each of them, see `compiler`."""
    return _inner(function, _nrt=True)


def bare(function: Callable[..., Any]) -> Any:
    """An inner function that neither makes nor returns an array, and so needs not count who holds one.

    Counting is atomic: where a function is called for every word, it takes far longer than the function.
    """
    return _inner(function, _nrt=False)


def part(function: Callable[..., Any]) -> Any:
    """A bare function that becomes part of the one that calls it.

    For what has one caller and is called for every word: an array is seven arguments, and forty of them on the stack take
    longer than the function.
    """
    return _inner(function, _nrt=False, forceinline=True)


def _inner(function: Callable[..., Any], **options: bool) -> Any:
    """Compiled once for any constant argument, where numba would do so for each."""
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Any = _njit(pipeline_class=InnerCompiler, **options)(function)
    fold = compiled._compiler.fold_argument_types

    def without_literals(positional: Any, named: Any) -> tuple[Any, tuple[Any, ...]]:
        signature, arguments = fold(positional, named)
        return signature, tuple(types.unliteral(argument) for argument in arguments)

    compiled._compiler.fold_argument_types = without_literals
    return compiled


def _njit(**options: Any) -> Callable[..., Any]:
    never_negative()
    return cast(Any, njit)(nogil=True, error_model="numpy", **options)


def claim(compiled: Any, wait: bool) -> AbstractContextManager[bool]:
    """Whether this process may compile a kernel, see `claims`."""
    return claimed(Path(f"{compiled._cache._cache_file._index_path}.lock"), wait)


def is_compiled(compiled: Any) -> bool:
    """Whether any signature of a kernel lies compiled on disk, made from these source files."""
    return bool(compiled._cache._cache_file._load_index())
