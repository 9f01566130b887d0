"""Logistic regression on normalised bags: one weight a bucket, and a document's logit is the mean of its buckets' weights.

    logit[d] = bias + mean over n-grams g of d of theta[bucket(g)]        loss = mean of w[y] log(1 + exp(-(2y - 1) logit))

This is the function class of fastText's supervised classifier with two labels: there a document is the mean of its
n-grams' vectors, and the logit (u1 - u0) . mean(v) = mean of theta with theta[b] = (u1 - u0) . v[b]. The factors u and v change
how steps are scaled, not what can be learnt, so theta is learnt directly, which is convex.

- stochastic gradient over shuffled documents, one at a time, with AdaGrad's step per weight (Duchi et al. 2011), since a
  bucket's gradient is its share of the document and rare buckets would hardly move otherwise
- classes weigh alike, however many examples each has, so a logit of 0 is even odds
- deterministic: one thread, the order from the seed

Cost: epochs times the n-grams, some 100 million a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

_START = 1e-6  # of AdaGrad's sums of squares


@dataclass(frozen=True)
class Judged:
    """How a classifier does on examples it has not seen."""

    auc: float  # chance that a positive is rated above a negative
    auc_se: float  # standard error (Hanley, McNeil 1982)
    accuracy: float  # at even odds, mean of both classes
    n_positive: int
    n_negative: int

    @property
    def tells_apart(self) -> bool:
        """Whether the area lies two standard errors above that of a coin."""
        return self.auc - 2 * self.auc_se > 0.5


def train(
    ids: np.ndarray,
    bounds: np.ndarray,
    positive: np.ndarray,
    n_buckets: int,
    epochs: int,
    rate: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, float]:
    """theta (n_buckets,) float64 and bias, from documents as `NGrams.buckets` gives them; positive (n_docs,) bool."""
    n = len(positive)
    weight = np.where(positive, n / max(1, 2 * positive.sum()), n / max(1, 2 * (~positive).sum()))
    orders = np.stack([rng.permutation(n) for _ in range(epochs)])
    theta, bias = np.zeros(n_buckets), np.zeros(1)
    squares = np.full(n_buckets + 1, _START)
    _descend(ids, bounds, positive, weight, orders, rate, theta, bias, squares)
    return theta, float(bias[0])


@njit(cache=True, nogil=True)
def _descend(
    ids: np.ndarray,
    bounds: np.ndarray,
    positive: np.ndarray,
    weight: np.ndarray,
    orders: np.ndarray,
    rate: float,
    theta: np.ndarray,
    bias: np.ndarray,
    squares: np.ndarray,
) -> None:
    for order in orders:
        for d in order:
            here = ids[bounds[d] : bounds[d + 1]]
            if len(here) == 0:
                continue
            logit = 0.0
            for b in here:
                logit += theta[b]
            logit = bias[0] + logit / len(here)
            error = weight[d] * (1.0 / (1.0 + np.exp(-logit)) - positive[d])
            step = error / len(here)
            for b in here:  # a bucket that occurs k times takes k small steps
                squares[b] += step * step
                theta[b] -= rate * step / np.sqrt(squares[b])
            squares[-1] += error * error
            bias[0] -= rate * error / np.sqrt(squares[-1])


def judge(logit: np.ndarray, positive: np.ndarray) -> Judged:
    """From logits and labels of examples that were held out; a coin's figures where a class is missing."""
    n1, n0 = int(positive.sum()), int((~positive).sum())
    if not n1 or not n0:
        return Judged(0.5, 0.5, 0.5, n1, n0)
    from scipy.stats import (
        rankdata,
    )  # takes a second to import, and every list of signals imports this file

    auc = (rankdata(logit)[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (n1 - 1) * (q1 - auc**2) + (n0 - 1) * (q2 - auc**2)
    accuracy = ((logit[positive] > 0).mean() + (logit[~positive] <= 0).mean()) / 2
    return Judged(float(auc), float(np.sqrt(variance / (n1 * n0))), float(accuracy), n1, n0)
