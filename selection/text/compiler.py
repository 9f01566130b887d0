"""Compiler: how numba compiles the small functions that kernels are made of, once instead of once a level.

Numba optimises every compiled function, makes machine code of it and keeps that on disk, then does so again inside each
caller. A kernel of two hundred functions five levels deep pays for that with a third of its compile time. Here a function
that only kernels call stays as it was generated; the kernel takes in all of them and is optimised as one.

This reaches into numba's code generator, which has no door for it; the version is pinned in requirements.txt.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from numba.core import codegen, compiler, cpu, ir, typed_passes, untyped_passes
from numba.core.types import functions

_Library = cast(Any, codegen.JITCodeLibrary)
_Compiler = cast(Any, compiler.Compiler)
_WITHOUT_VARIABLES = frozenset({ir.Loc, str, int, float, bool, type(None)})


class _Unset:
    """The code generator as the library of an inner function shows it: there is no memory yet to set an environment in."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def set_env(self, name: str, environment: object) -> None:
        """`KernelCompiler` does, for the copy in the kernel."""


class _InnerLibrary(_Library):
    """The code of one such function: linked into kernels, never optimised, run or kept by itself."""

    @property
    def codegen(self) -> _Unset:
        return _Unset(self._codegen)

    def finalize(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """0: there is none."""
        self._ensure_finalized()
        return 0


class _KernelLibrary(_Library):
    """The code of a kernel, with that of the functions it calls, of those that they call, and so on."""

    def add_linking_library(self, library: Any) -> None:
        if library in self._linking_libraries:
            return
        super().add_linking_library(library)
        if isinstance(library, _InnerLibrary):
            for called in library._linking_libraries:
                self.add_linking_library(called)


class _Flags(compiler.Flags):
    """Numba's flags, which are compared with each other at every call that is typed, so it had better be quick."""

    def values(self) -> dict[str, Any]:
        """Every option's value, as the class above has it, without a property access for each."""
        return _DEFAULTS | self._values


_DEFAULTS = {name: option.default for name, option in compiler.Flags.options.items()}


def _find_once(find: Callable[..., Any]) -> Callable[..., Any]:
    """What an operator or function of numba's gives for some types, for which it goes through all of its definitions."""
    found: dict[tuple, Any] = {}

    def get_call_type(self: Any, context: Any, args: tuple, kws: dict[str, Any]) -> Any:
        if kws:
            return find(self, context, args, kws)
        key = self, args
        if key not in found:
            found[key] = find(self, context, args, kws)
        return found[key]

    return get_call_type


def _size_once(size: Callable[..., int]) -> Callable[..., int]:
    """How many bytes a value takes, for which it writes a module with such a value and has LLVM read it."""
    sizes: dict[str, int] = {}

    def get_abi_sizeof(self: Any, kind: Any) -> int:
        name = str(kind)
        if name not in sizes:
            sizes[name] = size(self, kind)
        return sizes[name]

    return get_abi_sizeof


def _load_once(load: Callable[..., None]) -> Callable[..., None]:
    """Which implementations of functions numba has, for which it goes through its modules at every call."""
    loaded: list[object] = []

    def load_additional_registries(self: Any) -> None:
        if self not in loaded:
            load(self)
            loaded.append(self)

    return load_additional_registries


def _list_quickly(find: Callable[..., list]) -> Callable[..., list]:
    """The variables of a line, which ten passes ask for."""

    def list_variables(self: Any, value: Any) -> list[Any]:
        if type(value) is not dict:
            return find(self, value)
        found = []
        for each in value.values():
            if type(each) is ir.Var:
                found.append(each)
            elif type(each) not in _WITHOUT_VARIABLES:
                found += find(self, each)
        return found

    return list_variables


_QUICKER: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (functions.BaseFunction, "get_call_type", _find_once),
    (cpu.CPUContext, "get_abi_sizeof", _size_once),
    (cpu.CPUContext, "load_additional_registries", _load_once),
    (ir.Inst, "_rec_list_vars", _list_quickly),
)


@contextmanager
def _remembered() -> Iterator[None]:
    """Inside a kernel, what numba looks up again and again is looked up once. Compilers run one at a time."""
    own = [getattr(owner, name) for owner, name, _ in _QUICKER]
    for (owner, name, quicker), its in zip(_QUICKER, own, strict=True):
        setattr(owner, name, quicker(its))
    try:
        yield
    finally:
        for (owner, name, _), its in zip(_QUICKER, own, strict=True):
            setattr(owner, name, its)


_UNUSED = frozenset(
    {
        untyped_passes.WithLifting,
        untyped_passes.InlineClosureLikes,
        untyped_passes.MakeFunctionToJitFunction,
        untyped_passes.InlineInlinables,
        untyped_passes.FindLiterallyCalls,
        untyped_passes.LiteralUnroll,
        untyped_passes.LiteralPropagationSubPipelinePass,
        typed_passes.DumpParforDiagnostics,
        typed_passes.NoPythonSupportedFeatureValidation,
    }
)
"""Numba's passes for what no kernel of this folder has: closures, `with`, loops over a tuple of types, generators."""


class _PlainCompiler(_Compiler):
    """Numba's, without passes that have nothing to do but look at every line."""

    def define_pipelines(self) -> list[Any]:
        """As numba's own, without those and with one search for branches that are never taken instead of three."""
        pipelines = super().define_pipelines()
        for each in pipelines:
            last = len(each.passes) - 1
            kinds = [kind for kind, _ in each.passes]
            prunes = [i for i in range(last) if kinds[i] is untyped_passes.DeadBranchPrune][1:]
            each.passes = [
                one
                for i, one in enumerate(each.passes)
                if one[0] not in _UNUSED and i not in prunes
            ]
        return pipelines


class InnerCompiler(_PlainCompiler):
    """Compiles a function that only kernels call."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        """As numba's own, into a library that waits for its kernel."""
        self.state.flags = _Flags(self.state.flags)
        self.state.library = _InnerLibrary(self.state.targetctx.codegen(), function.__qualname__)
        return super().compile_extra(function)


class KernelCompiler(_PlainCompiler):
    """Compiles a kernel with all that it calls."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        """As numba's own, without the garbage collector, which would look through the compiler's objects all the time."""
        self.state.flags = _Flags(self.state.flags)
        library = _KernelLibrary(self.state.targetctx.codegen(), function.__qualname__)
        library.enable_object_caching()
        self.state.library = library
        collecting = gc.isenabled()
        gc.disable()
        try:
            with _remembered():
                compiled = super().compile_extra(function)
        finally:
            if collecting:
                gc.enable()
        for environment in compiled._find_referenced_environments():
            library.codegen.set_env(environment.env_name, environment)
        return compiled
