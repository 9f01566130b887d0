"""The colours that a colouring gives: of its categories, and of its values along one gradient."""

from __future__ import annotations

import numpy as np

from pages.widgets import style
from pages.widgets.colouring import Colouring

GREY = "#8C929E"  # of no category, and out of focus
_NAMED = 30  # categories with a colour of their own in the table beside the map


def legend(colouring: Colouring) -> dict[int, str]:
    """Code -> colour of the categories that have one of their own; empty for values."""
    if colouring.categories is None:
        return {}
    codes, n = colouring.categories.codes, len(colouring.categories.names)
    index = palette_index(colouring)
    largest = np.argsort(-np.bincount(codes[codes >= 0], minlength=n), kind="stable")[:_NAMED]
    return {int(code): style.CATEGORICAL[index[code]] for code in largest}


def palette_index(colouring: Colouring) -> np.ndarray:
    """(n_categories,) index into the palette: as given, else by size, so that it does not change with the focus."""
    assert colouring.categories is not None
    codes, n = colouring.categories.codes, len(colouring.categories.names)
    if colouring.colour_of is not None:
        return np.asarray(colouring.colour_of) % len(style.CATEGORICAL)
    index = np.empty(n, np.intp)
    sizes = np.bincount(codes[codes >= 0], minlength=n)
    index[np.argsort(-sizes, kind="stable")] = np.arange(n) % len(style.CATEGORICAL)
    return index


def gradient(dark: bool) -> list[str]:
    """The sequential palette without the end that the background would swallow."""
    return style.SEQUENTIAL[2:] if dark else style.SEQUENTIAL[:-1]


def value_range(values: np.ndarray) -> tuple[float, float]:
    """The 1st and 99th percentile, so that a few extremes do not use up all the colours."""
    rated = values[np.isfinite(values)]
    if not len(rated):
        return 0.0, 1.0
    low, high = np.percentile(rated, [1, 99])
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)


def palette_codes(colouring: Colouring, dark: bool = False) -> tuple[list[str], np.ndarray]:
    """Colours, and the index of each document's colour; the last one, grey, is for no category and for not rated."""
    if colouring.values is not None:
        low, high = value_range(colouring.values)
        palette = shades(gradient(dark))
        share = np.clip((colouring.values - low) / (high - low), 0, 1)
        index = np.where(np.isnan(share), len(palette), np.nan_to_num(share) * (len(palette) - 1))
        return [*palette, GREY], np.round(index).astype(np.intp)
    assert colouring.categories is not None
    codes, n = colouring.categories.codes, len(colouring.categories.names)
    index = palette_index(colouring)
    grey = len(style.CATEGORICAL)
    picked = np.where(codes < 0, grey, index[np.maximum(codes, 0)] if n else grey)
    return [*style.CATEGORICAL, GREY], picked.astype(np.intp)


def shades(stops: list[str], n: int = 64) -> list[str]:
    """`n` even steps between hex colours."""
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in stops], float)
    at = np.linspace(0, len(stops) - 1, n)
    channels = [np.interp(at, np.arange(len(stops)), rgb[:, i]) for i in range(3)]
    return [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in np.round(np.array(channels).T).astype(int)]
