"""Exclusion: a document without a rating is left out with the reason and a count, never imputed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from selection.core.weights import Weights


def excluding(
    log_weight: np.ndarray,
    missing: Mapping[str, np.ndarray],
    because: Mapping[str, np.ndarray] | None = None,
) -> Weights:
    """Weights with -inf wherever a value is missing.

    `missing`: what is missing -> (n_docs,) bool. The first reason that holds stands in because["excluded"] ("" where
    none does); `excluded` counts each reason once per document. NaN in `log_weight` is allowed there only.
    """
    code = np.zeros(len(log_weight), np.int16)
    reasons = [""]
    counts: dict[str, int] = {}
    for name, absent in missing.items():
        fresh = absent & (code == 0)
        if fresh.any():
            code[fresh] = len(reasons)
            reasons.append(f"{name} is not rated")
            counts[reasons[-1]] = int(fresh.sum())
    columns = dict(because or {})
    if counts:
        columns["excluded"] = np.array(reasons, object)[code]
    return Weights(np.where(code > 0, -np.inf, log_weight), columns, excluded=counts)
