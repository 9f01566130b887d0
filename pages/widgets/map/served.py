"""Served: layers of maps and facts of single documents, fetched by the map beside Streamlit's own connection.

A route knows no session, so an address carries a keyed hash of what it stands for: nobody can guess it, and the same
layer has the same address while the process lives, so that a browser keeps what it has fetched. The least recently used
layers are forgotten once they hold too much; whoever shows them makes them again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LAYER, POINT, TILE = "map-layer", "map-point", "map-tile"
_MOST_BYTES = 256 << 20
_MOST_DESCRIBERS = 256
_MOST_PAINTERS = 24  # each keeps a colour and a focus of every document
_MOST_PX = 2_048  # of a side of a picture, as in tiles.js; each pixel takes 20 bytes while drawn
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    # Coordinates hardly shrink, and packing five megabytes takes longer than sending them.
    "Content-Encoding": "identity",
    "X-Content-Type-Options": "nosniff",
}

Describe = Callable[..., dict[str, Any]]
"""Facts of the point with this number in drawing order, {"title": str, "facts": [[name, value], …]}, or `IndexError`.

Where the map is drawn from pictures: of the point nearest to x, y within a reach, with its "place".
"""


View = tuple[int, int, int, int, int, int]
"""Left, bottom, right, top of what is looked at, in map units, and width and height in pixels."""

Paint = Callable[[View], bytes]
"""A PNG of a view."""


@dataclass
class _Shelf:
    """Layers and describers by their token."""

    layers: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    describers: OrderedDict[str, Describe] = field(default_factory=OrderedDict)
    painters: OrderedDict[str, Paint] = field(default_factory=OrderedDict)
    n_bytes: int = 0
    lock: Any = field(default_factory=Lock)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))


_SHELF = _Shelf()


def keep(layer: bytes) -> str:
    """The address of a layer, below the root of the app."""
    token = hashlib.blake2b(layer, key=_SHELF.key, digest_size=24).hexdigest()
    with _SHELF.lock:
        if token not in _SHELF.layers:
            _SHELF.layers[token] = layer
            _SHELF.n_bytes += len(layer)
        _SHELF.layers.move_to_end(token)
        while _SHELF.n_bytes > _MOST_BYTES and len(_SHELF.layers) > 1:
            _, oldest = _SHELF.layers.popitem(last=False)
            _SHELF.n_bytes -= len(oldest)
    return f"{LAYER}/{token}"


def keep_describer(describe: Describe) -> str:
    """The address below which `describe` answers, by the number of a point."""
    token = secrets.token_urlsafe(24)
    with _SHELF.lock:
        _SHELF.describers[token] = describe
        while len(_SHELF.describers) > _MOST_DESCRIBERS:
            _SHELF.describers.popitem(last=False)
    return f"{POINT}/{token}"


def keep_painter(paint: Paint) -> str:
    """The address below which `paint` answers, by a view."""
    token = secrets.token_urlsafe(24)
    with _SHELF.lock:
        _SHELF.painters[token] = paint
        while len(_SHELF.painters) > _MOST_PAINTERS:
            _SHELF.painters.popitem(last=False)
    return f"{TILE}/{token}"


def is_kept(address: str | None) -> bool:
    """Whether a layer or describer can still be fetched; True for no address at all."""
    if address is None:
        return True
    token = address.rpartition("/")[2]
    with _SHELF.lock:
        if token in _SHELF.layers:
            _SHELF.layers.move_to_end(token)
        if token in _SHELF.painters:
            _SHELF.painters.move_to_end(token)
        return any(token in kept for kept in (_SHELF.layers, _SHELF.describers, _SHELF.painters))


async def send_layer(request: Request) -> Response:
    """GET /map-layer/{token}"""
    from starlette.responses import PlainTextResponse, Response

    layer = _SHELF.layers.get(request.path_params["token"])
    if layer is None:
        return PlainTextResponse("This layer is not kept any more; open the map again.", 404)
    return Response(layer, media_type="application/octet-stream", headers=_HEADERS)


async def send_point(request: Request) -> Response:
    """GET /map-point/{token}/{index}, or /map-point/{token}/{x}/{y}/{reach} in map units"""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, PlainTextResponse, Response

    asked = dict(request.path_params)
    describe = _SHELF.describers.get(asked.pop("token"))
    if describe is None:
        return PlainTextResponse("This map is not kept any more; open it again.", 404)
    try:
        facts = await run_in_threadpool(describe, *asked.values())
    except IndexError:
        if "reach" in asked:
            return Response(status_code=204)  # nothing lies there, which is no mistake
        return PlainTextResponse(f"The map has no point {asked['index']}.", 404)
    return JSONResponse(facts, headers={"Cache-Control": "private, max-age=3600"})


async def send_tile(request: Request) -> Response:
    """GET /map-tile/{token}/{left},{bottom},{right},{top},{wide},{high}"""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import PlainTextResponse, Response

    paint = _SHELF.painters.get(request.path_params["token"])
    if paint is None:
        return PlainTextResponse("This picture is not kept any more; open the map again.", 404)
    asked = request.path_params["view"].split(",")
    if len(asked) != 6 or not all(re.fullmatch(r"-?\d{1,7}", each) for each in asked):
        return PlainTextResponse("A view is six whole numbers.", 400)
    left, bottom, right, top, wide, high = map(int, asked)
    if not (left < right and bottom < top and 0 < wide <= _MOST_PX and 0 < high <= _MOST_PX):
        return PlainTextResponse(f"A view has an area, and at most {_MOST_PX} pixels a side.", 400)
    picture = await run_in_threadpool(paint, (left, bottom, right, top, wide, high))
    return Response(picture, media_type="image/png", headers=_HEADERS)
