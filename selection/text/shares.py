"""Shares of counts, 0 where there is nothing to share: an empty document has no undefined statistic."""

from __future__ import annotations

import numpy as np


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where whole is 0. float64"""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
