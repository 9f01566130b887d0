"""Called: one kernel runs another where that lies in memory, instead of taking its code in.

Numba links a kernel that another one calls into it, and optimises and keeps its code a second time; the caller also cannot
be compiled before the other is. A kernel that is given the other's address needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

Types = tuple[types.Type, ...]


def types_of(*arguments: object) -> Types:
    """What numba takes these arguments for."""
    return tuple(map(typeof, arguments))


def address(compiled: Any, wanted: Types) -> int:
    """Where the machine code of a kernel for arguments of these types begins; compiled first, if it was not."""
    compiled.compile(wanted)
    found = compiled.overloads[wanted]
    return found.library.get_pointer_to_function(found.fndesc.llvm_func_name)


def caller(expected: Callable[[], Types]) -> Any:
    """A function for kernels, `call(address, arguments)`, of a kernel that returns nothing.

    The arguments, a tuple, must be of the types that `expected` gives, for which the address was made.
    """

    def call(typing: Any, at: Any, arguments: Any) -> Any:
        if tuple(arguments) != expected():
            raise TypingError(f"the kernel at this address takes {expected()}, got {arguments}")
        return types.none(at, arguments), _generate

    return cast(Any, intrinsic)(call)


def _generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    convention, kinds = context.call_conv, signature.args[1].types
    function = convention.get_function_type(types.none, kinds)
    there = builder.inttoptr(values[0], ir.PointerType(function))
    arguments = cgutils.unpack_tuple(builder, values[1])
    status, _ = convention.call_function(builder, there, types.none, kinds, arguments)
    with cgutils.if_unlikely(builder, status.is_error):
        convention.return_status_propagate(builder, status)
    return context.get_dummy_value()
