"""Bradley-Terry on features: a score whose differences are the log odds of a vote (Bradley and Terry 1952).

    P(second better) = sigmoid(s[second] - s[first]),   s = features . weights
    minimise the mean cross-entropy to the shares of votes + penalty / 2 * |weights|^2 * (mean square of the differences)

Newton's method; the loss is convex, so it ends where it ends from anywhere. The penalty is chosen on the first fifth of
the pairs left out, of a short grid.

Cost: n_pairs x dim^2 for each step, some eight steps.
"""

from __future__ import annotations

import numpy as np

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
_N_STEPS = 50


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * values))


def cross_entropy(share: np.ndarray, log_odds: np.ndarray) -> float:
    """Mean nats of shares of votes under the log odds that were predicted."""
    return float((np.logaddexp(0, log_odds) - share * log_odds).mean())


def fit_bradley_terry(
    differences: np.ndarray, share: np.ndarray, penalties: tuple[float, ...] = PENALTIES
) -> tuple[np.ndarray, float]:
    """(n_pairs, dim) features of the second minus those of the first, (n_pairs,) votes: weights (dim,) and the penalty."""
    penalty = penalties[0]
    if len(penalties) > 1 and len(share) >= 10:
        apart = np.arange(len(share)) % 5 == 0
        losses = [
            cross_entropy(share[apart], differences[apart] @ _newton(differences[~apart], share[~apart], each))
            for each in penalties
        ]  # fmt: skip
        penalty = penalties[int(np.argmin(losses))]
    return _newton(differences, share, penalty), penalty


def _newton(differences: np.ndarray, share: np.ndarray, penalty: float) -> np.ndarray:
    n, dim = differences.shape
    strength = penalty * max(float((differences**2).mean()), 1e-30)
    weights = np.zeros(dim)

    def loss(at: np.ndarray) -> float:
        return cross_entropy(share, differences @ at) + strength / 2 * float(at @ at)

    now = loss(weights)
    for _ in range(_N_STEPS):
        p = sigmoid(differences @ weights)
        gradient = differences.T @ (p - share) / n + strength * weights
        curved = (differences * (p * (1 - p))[:, None]).T @ differences / n
        step = np.linalg.solve(curved + strength * np.eye(dim), gradient)
        size = 1.0
        while loss(weights - size * step) > now and size > 1e-6:
            size /= 2
        weights = weights - size * step
        before, now = now, loss(weights)
        if before - now < 1e-12:
            break
    return weights
