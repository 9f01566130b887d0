"""Docstrings and definitions of installed Python files, read off their syntax trees: nothing is imported or run."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterator

from selection.formats.harvest.places import File, Place, rank, read
from selection.formats.harvest.unit import Unit, allowance, cut

MOST_DOCSTRINGS = 6  # of one file
MOST_DEFINITIONS = 4
LARGEST_CHARACTERS = 25_000  # of a file to parse: a longer one takes the time of many

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def docstrings(place: Place) -> Iterator[Unit]:
    """Docstrings of modules, classes and functions."""
    for file in place.choose(_is_python):
        tree, _ = _parse(file)
        if tree is None:
            continue
        found = [("", text)] if (text := ast.get_docstring(tree)) else []
        for name, node in _definitions(tree):
            if text := ast.get_docstring(node):
                found.append((name, text))
        found.sort(key=lambda item: rank(place.seed, f"{file.path}:{item[0]}"))
        for name, text in found[:MOST_DOCSTRINGS]:
            label = f"{file.path}:{name}"
            longest = allowance(rank(place.seed, label + "#length"))
            yield Unit("docstrings", file.package, file.path, label, cut(text, longest))


def definitions(place: Place) -> Iterator[Unit]:
    """The source of functions and classes, or its beginning."""
    for file in place.choose(_is_python):
        tree, text = _parse(file)
        if tree is None:
            continue
        lines = text.splitlines()
        found = sorted(
            _definitions(tree), key=lambda item: rank(place.seed, f"{file.path}::{item[0]}")
        )
        for name, node in found[:MOST_DEFINITIONS]:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            source = textwrap.dedent("\n".join(lines[first - 1 : node.end_lineno]))
            label = f"{file.path}:{name}"
            longest = allowance(rank(place.seed, label + "#length"), scale=0.9)
            yield Unit("python", file.package, file.path, label, cut(source, longest))


def _is_python(file: File) -> bool:
    return file.path.endswith(".py") and not file.path.startswith("share/")


def _parse(file: File) -> tuple[ast.Module | None, str]:
    text = read(file)
    if text is None or len(text) > LARGEST_CHARACTERS:
        return None, ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text), text
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, ""


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """(qualified name, node) of top-level definitions and of the methods of top-level classes."""
    for node in tree.body:
        if isinstance(node, Definition):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Definition):
                    yield f"{node.name}.{inner.name}", inner
