"""The folder is the registry: every module of a package that defines a leaf of the wanted kind is found, once.

Adding a method or a signal is adding a file; nothing else lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TypeVar

from selection.core.errors import UnknownName, close_matches
from selection.core.settings import Leaf

LeafT = TypeVar("LeafT", bound=Leaf)


@cache
def catalogue(package: str, kind: type[LeafT]) -> dict[str, type[LeafT]]:
    """Every leaf of `kind` below `package`, by id, in order of family and id."""
    found: dict[str, type[LeafT]] = {}
    root = importlib.import_module(package)
    for info in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
        if info.ispkg:
            continue
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, kind)
                and value.__module__ == info.name
            ):
                if value.id() in found:
                    raise RuntimeError(f"two files of {package} share the id {value.id()!r}")
                found[value.id()] = value
    return dict(sorted(found.items(), key=lambda item: (item[1].family(), item[0])))


def find(package: str, kind: type[LeafT], name: str) -> type[LeafT]:
    """The leaf with this id, or an `UnknownName` that says what there is."""
    known = catalogue(package, kind)
    if name not in known:
        noun = package.rpartition(".")[2].rstrip("s")
        raise UnknownName(f"there is no {noun} {name!r}; {close_matches(name, list(known))}")
    return known[name]
