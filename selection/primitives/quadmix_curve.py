"""QuaDMix's curve: from a document's quality rank in its domain to the number of copies expected.

Liu et al., 2025, QuaDMix, arXiv:2504.16511, equation of the sampling value. rank 0 is best, 1 is worst:

    copies(rank) = (2 / (1 + exp(-lambda (omega - rank))))^eta + eps    if rank <= omega
    copies(rank) = eps                                                  otherwise

Below the cut-off omega the curve lies in [1 + eps, 2^eta + eps): lambda is its steepness, eta stretches the boost,
eps lets any document in. At omega it jumps from 1 + eps to eps.

The share of a domain's tokens that comes out (copies counted) is its integral over rank:

    expected_share = eps + integral from 0 to omega of (2 / (1 + exp(-lambda u)))^eta du
                   = eps + (2 / lambda) (ln(1 + exp(lambda omega)) - ln 2)    for eta = 1

in closed form for eta 0 and 1, by Gauss-Legendre quadrature otherwise (error below 1e-9).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from selection.primitives.parallel import each_block

_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_FLAT_FROM = 40.0  # lambda * u beyond which the sigmoid is 1 to double precision


@dataclass(frozen=True)
class Curve:
    """One curve, or one per domain: all four are numbers or arrays that broadcast."""

    lambda_: np.ndarray | float
    omega: np.ndarray | float
    eta: np.ndarray | float
    eps: np.ndarray | float

    def copies(self, rank: np.ndarray) -> np.ndarray:
        """Expected copies at each rank; NaN stays NaN."""
        rise = (2 * expit(self.lambda_ * (self.omega - rank))) ** self.eta
        return np.where(np.isnan(rank), np.nan, np.where(rank <= self.omega, rise, 0.0) + self.eps)

    def copies_in(self, domain: np.ndarray, rank: np.ndarray) -> np.ndarray:
        """(n_docs,) expected copies by the curve of each document's domain, for arrays of one entry per domain."""
        copies = np.empty(len(rank))

        def fill(rows: slice) -> None:
            copies[rows] = self._copies_in(domain[rows], rank[rows])

        each_block(fill, len(rank))
        return copies

    def _copies_in(self, domain: np.ndarray, rank: np.ndarray) -> np.ndarray:
        parts = (self.lambda_, self.omega, self.eta, self.eps)
        steep, omega, eta, eps = (np.asarray(part) for part in parts)
        copies = eps[domain]
        boosted = np.flatnonzero(rank <= omega[domain])
        theirs, rank_there = domain[boosted], rank[boosted]
        rise = 2 * expit(steep[theirs] * (omega[theirs] - rank_there))
        copies[boosted] += rise ** (eta[theirs] if np.ptp(eta) else eta.flat[0])
        copies[np.isnan(rank)] = np.nan
        return copies

    def with_omega(self, factor: float) -> Curve:
        """The same curves with every cut-off multiplied, at most 1."""
        return Curve(
            self.lambda_, np.minimum(np.asarray(self.omega) * factor, 1.0), self.eta, self.eps
        )

    def expected_share(self) -> np.ndarray:
        """Tokens out over tokens in, per curve."""
        steep, omega, eta, eps = np.broadcast_arrays(
            *(
                np.asarray(part, np.float64)
                for part in (self.lambda_, self.omega, self.eta, self.eps)
            )
        )
        area = np.where(eta == 0, omega, _area_by_quadrature(steep, omega, eta))
        safe = np.where(steep > 0, steep, 1.0)
        closed = 2 / safe * (np.logaddexp(0, safe * omega) - np.log(2))
        return eps + np.where((eta == 1) & (steep > 0), closed, area)


def _area_by_quadrature(steep: np.ndarray, omega: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Integral of (2 sigmoid(steep u))^eta over [0, omega]: quadrature while it bends, a rectangle where it is flat."""
    bends = np.minimum(omega, _FLAT_FROM / np.where(steep > 0, steep, 1e-300))
    nodes = _NODES.reshape(-1, *(1,) * bends.ndim)
    area = 2**eta * (omega - bends)
    for low, high in ((0.0, 0.2), (0.2, 1.0)):  # two panels: most of the bend is at the start
        half, middle = (high - low) / 2, (high + low) / 2
        heights = (2 * expit(steep * bends * (middle + half * nodes))) ** eta  # (n_nodes, ...)
        area = area + half * bends * np.tensordot(_NODE_WEIGHTS, heights, axes=1)
    return area


def bisect_omega(curve: Curve, token_share: np.ndarray, wanted: float) -> float:
    """The factor on all cut-offs at which the corpus gives `wanted` (tokens out over tokens in).

    `token_share` (n_domains,) sums to 1. The nearest reachable factor when `wanted` lies outside what cut-offs of 0
    and of 1 give; 0 when every cut-off is 0.
    """
    omega = np.asarray(curve.omega, np.float64)
    if not (omega > 0).any():
        return 0.0
    low, high = 0.0, float(1 / omega[omega > 0].min())
    for _ in range(60):
        middle = (low + high) / 2
        reached = float(token_share @ curve.with_omega(middle).expected_share())
        low, high = (middle, high) if reached < wanted else (low, middle)
    return high
