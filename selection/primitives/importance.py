"""Importance weights on a log scale: how many documents they are worth, and what a selection gained towards a target.

    effective_n(w)            = (sum e^w)^2 / sum e^2w                       Kish 1965; 1 to the number of finite weights
    kl_reduction(t, raw, sel) = KL(t || raw) - KL(t || sel) = sum t log((sel + FLOOR) / (raw + FLOOR))       in nats
    towards(counts, raw)      = (counts + n_buckets * raw) / (sum of counts + n_buckets)

The reduction is that of Xie et al. 2023, arXiv:2302.03169, section 5: positive where the selection is more like the target
than the corpus is. FLOOR stands for buckets that never occur, as in the authors' package. The paper's selections fill every
bucket; a small one does not, and the logarithm of its empty buckets would be all that one sees. So a selection's
probabilities are drawn towards the corpus by one count a bucket (not in the paper): of nothing, the reduction is 0.
"""

from __future__ import annotations

import numpy as np

from selection.core.memo import once_per_columns
from selection.primitives.parallel import each_block

FLOOR = 1e-8


@once_per_columns(1)
def effective_n(log_weight: np.ndarray) -> float:
    """0 where no weight is finite."""
    most = log_weight.max(initial=-np.inf)
    if not np.isfinite(most):
        return 0.0

    def among(rows: slice) -> tuple[float, float]:
        weights = np.exp(log_weight[rows] - most)  # 0 where the weight is -inf
        return weights.sum(), np.einsum("i,i->", weights, weights)

    total, squares = np.sum(each_block(among, len(log_weight)), axis=0)
    return float(total**2 / squares)


def probabilities(counts: np.ndarray, smoothing: float = 0.0) -> np.ndarray:
    """Counts (…, n_buckets) as probabilities, `smoothing` added to each; uniform where nothing was counted."""
    counts = np.asarray(counts, np.float64) + smoothing
    total = counts.sum(axis=-1, keepdims=True)
    return np.where(total > 0, counts / np.where(total > 0, total, 1), 1 / counts.shape[-1])


def towards(counts: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Probabilities of counts (n_buckets,), with as many counts as there are buckets spread like `raw`."""
    return (counts + len(raw) * raw) / (counts.sum() + len(raw))


def log_ratio(target: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """log of target over raw probabilities, both raised by FLOOR."""
    return np.log(target + FLOOR) - np.log(raw + FLOOR)


def kl_nats(p: np.ndarray, q: np.ndarray) -> float:
    """KL(p || q) with both raised by FLOOR inside the logarithm; finite."""
    return float(np.sum(p * log_ratio(p, q)))


def kl_reduction(target: np.ndarray, raw: np.ndarray, selected: np.ndarray) -> float:
    """Nats by which the selection is closer to the target than the corpus is."""
    return float(np.sum(target * log_ratio(selected, raw)))
