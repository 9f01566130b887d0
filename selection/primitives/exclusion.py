"""Exclusion: a document without a rating is left out with the reason and a count, never imputed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from selection.core.weights import Weights
from selection.core.words import Words
from selection.primitives.parallel import each_block


def excluding(
    log_weight: np.ndarray,
    missing: Mapping[str, np.ndarray],
    because: Mapping[str, np.ndarray | Words] | None = None,
    refused: Mapping[str, np.ndarray] | None = None,
) -> Weights:
    """Weights with -inf wherever a value is missing or the method refuses the document.

    Both map a reason -> (n_docs,) bool. The first reason that holds stands in because["excluded"] ("" where none does).
    `excluded` counts the missing ones, each document once. NaN in `log_weight` is allowed at excluded documents only.
    """
    n_reasons = len(missing) + len(refused or {})
    code = np.zeros(len(log_weight), np.min_scalar_type(n_reasons))
    reasons, counts = [""], {}
    for reason, holds in {**missing, **(refused or {})}.items():
        fresh = holds & (code == 0)
        n_fresh = int(np.count_nonzero(fresh))
        if n_fresh == 0:
            continue
        code += fresh.astype(code.dtype) * code.dtype.type(len(reasons))  # a mask would branch
        reasons.append(reason)
        if reason in missing:
            counts[reason] = n_fresh
    columns = dict(because or {})
    if len(reasons) > 1:
        columns["excluded"] = Words(code, tuple(reasons))
    kept = np.empty(len(log_weight))

    def barred(rows: slice) -> None:
        kept[rows] = np.where(code[rows] > 0, -np.inf, log_weight[rows])

    each_block(barred, len(kept))
    return Weights(kept, columns, excluded=counts)
