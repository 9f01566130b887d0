"""Eight bytes of a byte array as one integer, at any address, so that words are hashed and copied in few steps; prefetching."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

PADDING = 8  # bytes that an array read by `load8` holds beyond its last
MASKS = np.array([(1 << 8 * n) - 1 for n in range(8)] + [2**64 - 1], np.uint64)
"""The bits of the first n bytes of such an integer, n = 0..8, on little-endian machines."""


@cast(Any, intrinsic)
def load8(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 8] as uint64; nothing is checked."""
    if not isinstance(array, types.Array) or array.dtype != types.uint8:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        struct = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(struct.data, [arguments[1]])
        return builder.load(builder.bitcast(address, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(array, types.int64), generate


@cast(Any, intrinsic)
def store8(typing: Any, array: Any, at: Any, value: Any) -> Any:
    """array[at : at + 8] become the bytes of a uint64; nothing is checked."""
    if not isinstance(array, types.Array) or array.dtype != types.uint8:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        struct = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(struct.data, [arguments[1]])
        whole = builder.bitcast(address, ir.IntType(64).as_pointer())
        builder.store(arguments[2], whole, align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), generate


@cast(Any, intrinsic)
def prefetch(typing: Any, array: Any, at: Any) -> Any:
    """Have the processor bring array[at] nearer, whatever else it does meanwhile."""
    if not isinstance(array, types.Array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        struct = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(
            builder.gep(struct.data, [arguments[1]]), ir.IntType(8).as_pointer()
        )
        whole = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address.type, whole, whole, whole])
        call = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(call, [address, whole(0), whole(3), whole(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
