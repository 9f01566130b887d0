"""QuaDMix: rank documents by merged quality inside their domain, and turn the rank into a number of copies.

Liu et al., 2025, "QuaDMix: Quality-Diversity Balanced Data Selection for Efficient LLM Pretraining",
arXiv:2504.16511. Inside domain m, with smaller criteria better:

    merged[d]     = sum over signals j of alpha[m, j] * sigma(signal_j[d])
    rank[d]       = tokens of m with a better merged value / tokens of m, in 0..1
    copies[d]     = (2 / (1 + exp(-lambda (omega - rank))))^eta + eps   if rank <= omega,  else eps
    log_weight[d] = log(copies[d])

alpha and (lambda, omega, eta, eps) can be set for all domains and for single ones.

Differs from the paper:
- parameters are set by hand; the search by proxy models is not part of this method
- sigma is not stated in the paper: rank / n by default, z-score and min-max as options
- a document counts half of itself in its rank, and ties share their mid-rank; the paper counts "<=" in full
- domains below `min_docs` documents are pooled; a label that the fit has not seen is ranked there too
- a budget is met by one common factor on every omega (fit_omega), before the sampler trims to the last document

Cost: fit sorts each signal once and each domain once; weigh is row by row. Per domain, ranks are kept as at most
10,000 knots. Ranks stay as they are while only budget or curves move.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field

from selection.core.documents import Categories, Documents, State
from selection.core.errors import BadSetting, MissingClusters
from selection.core.memo import Kept, unchanging
from selection.core.method import DocumentMethod, Needs, SignalNames, signals_field
from selection.core.settings import Settings
from selection.core.weights import Scale, Weights
from selection.primitives.criteria import Criteria, Sigma
from selection.primitives.domain_groups import DomainGroups, by_number
from selection.primitives.exclusion import excluding
from selection.primitives.parallel import each, each_block
from selection.primitives.quadmix_curve import Curve, bisect_omega
from selection.primitives.ranks import TokenRanks, pack, unpack
from selection.primitives.standard_scores import missing

Lambda = Annotated[float, Field(ge=0, le=100_000)]
Omega = Annotated[float, Field(ge=0, le=1)]
Eta = Annotated[float, Field(ge=0, le=4)]
Eps = Annotated[float, Field(ge=0, le=10)]


_RANKINGS, _PLACED = Kept(2), Kept(2)


class _Placed(NamedTuple):
    """(n_docs,) each: the group of the domain; the rank in it, 0 is best, NaN is none; as float32; where there is none."""

    group: np.ndarray
    rank: np.ndarray
    told: np.ndarray
    unranked: np.ndarray


def _small(group: np.ndarray) -> np.ndarray:
    """The same numbers in as few bytes as hold them, which numpy sorts by radix."""
    return group.astype(np.min_scalar_type(int(group.max(initial=0))))


class DomainCurve(Settings):
    """Parameters of one domain; what is left out is as for all."""

    domain: str = Field(description="The source's name, or the cluster's number.")
    lambda_: Lambda | None = Field(None, description="Steepness of the curve.")
    omega: Omega | None = Field(None, description="Cut-off: the best share that is boosted.")
    eta: Eta | None = Field(None, description="Exponent of the boost.")
    eps: Eps | None = Field(None, description="Copies of everything below the cut-off.")
    alpha: tuple[float, ...] = Field((), description="Weights of the signals in this domain.")


class QuaDMix(DocumentMethod):
    """Manual parameters; expected copies for the copies sampler."""

    title: ClassVar[str] = "QuaDMix"
    cites: ClassVar[str] = "arXiv:2504.16511"
    scale: ClassVar[Scale] = "nats"
    sampler: ClassVar[str] = "copies"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "middle of the searched ranges": {
            "lambda_": 500.0,
            "omega": 0.05,
            "eta": 0.5,
            "eps": 0.0005,
        },
    }

    signals: SignalNames = signals_field(
        ("educational_value", "knowledge_depth", "information_density"),
        "The quality criteria that are merged.",
    )
    alpha: tuple[float, ...] = Field(
        (),
        description="Weight of each criterion, in their order; empty is equal, any sum is scaled to 1.",
    )
    sigma: Sigma = Field("rank", description="How criteria are brought to one scale.")
    domain: Literal["source", "cluster", "none"] = Field(
        "source", description="What a domain is; none ranks the whole corpus together."
    )
    lambda_: Lambda = Field(100.0, description="Steepness of the curve above the cut-off.")
    omega: Omega = Field(0.05, description="Cut-off: the best share of a domain that is boosted.")
    eta: Eta = Field(
        0.5, description="Exponent of the boost: 0 draws the best once each, 1 up to twice."
    )
    eps: Eps = Field(0.0005, description="Expected copies of everything below the cut-off.")
    domains: tuple[DomainCurve, ...] = Field(
        (),
        description="Own parameters of single domains, as a list of objects with a domain and what differs.",
        json_schema_extra={"widget": "json"},
    )
    min_docs: int = Field(
        200, ge=1, description="Domains with fewer documents than this are pooled into one."
    )
    fit_omega: bool = Field(
        True, description="Multiply every omega by one factor so that the copies meet the budget."
    )
    share: float = Field(
        0.0,
        ge=0,
        le=16,
        description="Tokens wanted out, over tokens of the corpus; 0 leaves omega as set. Follows the budget with fit_omega.",
    )

    def required(self) -> Needs:
        """The criteria and the domain."""
        return Needs(
            signals=self.signals,
            source=self.domain == "source",
            clusters=self.domain == "cluster",
        )

    def for_budget(self, share: float) -> Self:
        """Omega follows the budget."""
        return self.model_copy(update={"share": min(share, 16.0)}) if self.fit_omega else self

    def fit(self, docs: Documents) -> State:
        """Scales of the criteria, groups of domains, a rank map per group, and the curves' parameters."""
        ranking = self._ranking(docs)
        tokens, curve = ranking["tokens"], self._curves(DomainGroups.from_state(ranking).names)
        if self.share > 0 and tokens.sum() > 0:
            curve = curve.with_omega(bisect_omega(curve, tokens / tokens.sum(), self.share))
        parts = np.array([curve.lambda_, curve.omega, curve.eta, curve.eps])
        return {**ranking, "curve": parts}

    def _ranking(self, docs: Documents) -> State:
        """All of the fit but the curves; kept, since most sliders move these alone."""
        columns = docs.columns()
        if not unchanging(columns):
            return self._ranked(docs)
        asked = self.model_dump(include={"signals", "alpha", "sigma", "domain", "min_docs"})
        own = tuple((one.domain, one.alpha) for one in self.domains if one.alpha)
        key = (*map(str, asked.items()), own, docs.key())
        return _RANKINGS.get(key, columns, lambda: self._ranked(docs))

    def _ranked(self, docs: Documents) -> State:
        groups = DomainGroups.fit(self._labels(docs), len(docs), self.min_docs)
        criteria, alpha = Criteria.fit(docs, self.signals, self.sigma), self._alphas(groups.names)
        group = groups.of(self._labels(docs), len(docs))
        merged = criteria.merged(docs, alpha, group)
        rated = np.flatnonzero(~np.isnan(merged))
        tokens = np.bincount(group[rated], docs.n_tokens[rated], len(alpha))
        ordered = rated[np.argsort(_small(group)[rated], kind="stable")]
        ends = np.cumsum(np.bincount(group[rated], minlength=len(alpha)))[:-1]
        members = np.split(ordered, ends)
        members[0] = members[0] if len(members[0]) else rated  # unseen domains rank among all

        def fitted(rows: np.ndarray) -> TokenRanks:
            return TokenRanks.fit(-merged[rows], docs.n_tokens[rows])

        state = {
            **criteria.to_state(),
            **groups.to_state(),
            **pack(each(fitted, members), "domain"),
            "alpha": alpha,
            "tokens": tokens,
        }
        self._placed(docs, state, merged)  # kept for `weigh`, which then need not merge again
        return state

    def weigh(self, docs: Documents, state: State) -> Weights:
        """Log of the expected copies; `because` has the rank in the domain and the copies."""
        placed = self._placed(docs, state)
        copies = Curve(*state["curve"]).copies_in(placed.group, placed.rank)
        because = {"domain_rank": placed.told, "expected_copies": copies.astype(np.float32)}
        log_weight = copies  # in place, block by block

        def take_log(rows: slice) -> None:
            with np.errstate(divide="ignore"):
                np.log(copies[rows], out=log_weight[rows])

        each_block(take_log, len(copies))
        absent = missing(docs, self.signals)
        if placed.unranked.any():
            absent["no document of its domain is rated"] = placed.unranked
        return excluding(log_weight, absent, because)

    def _placed(self, docs: Documents, state: State, merged: np.ndarray | None = None) -> _Placed:
        """Group and rank of every document; kept, as the curves have no part in them."""
        ranking = [state[name] for name in state if name != "curve"]
        columns = docs.columns()
        if not unchanging(columns):
            return self._place(docs, state, merged)
        key = (self.signals, self.domain, docs.key(), *map(id, ranking))
        return _PLACED.get(key, (columns, ranking), lambda: self._place(docs, state, merged))

    def _place(self, docs: Documents, state: State, merged: np.ndarray | None) -> _Placed:
        group = _small(DomainGroups.from_state(state).of(self._labels(docs), len(docs)))
        if merged is None:
            criteria = Criteria.from_state(state, self.signals)
            merged = criteria.merged(docs, state["alpha"], group)
        values, rank = merged, np.full(len(docs), np.nan)
        order = np.argsort(group, kind="stable")
        ends = np.cumsum(np.bincount(group, minlength=len(state["alpha"])))[:-1]

        def fill(found: tuple[TokenRanks, np.ndarray]) -> None:
            rank[found[1]] = found[0].of(-values[found[1]])

        each(fill, list(zip(unpack(state, "domain"), np.split(order, ends), strict=True)))
        return _Placed(group, rank, rank.astype(np.float32), np.isnan(rank))

    def tokens_out(self, state: State) -> dict[str, tuple[float, float]]:
        """Domain -> (tokens in, tokens expected out), in closed form, without drawing; "" is the pool of small domains."""
        out = state["tokens"] * Curve(*state["curve"]).expected_share()
        names = ["", *DomainGroups.from_state(state).names]
        pairs = zip(names, state["tokens"].tolist(), out.tolist(), strict=True)
        return {name: (before, after) for name, before, after in pairs if before > 0}

    def _labels(self, docs: Documents) -> Categories | None:
        if self.domain == "source":
            return docs.source
        if self.domain == "cluster" and docs.cluster is None:
            raise MissingClusters(
                "quadmix with domain=cluster needs a cluster for every document, got none; cluster first"
            )
        return by_number(docs.cluster) if self.domain == "cluster" and docs.cluster else None

    def _curves(self, names: tuple[str, ...]) -> Curve:
        """One curve per group, the pool of small domains first."""
        own = {one.domain: one for one in self.domains}
        rows = []
        for name in ("", *names):
            asked = own.get(name)
            rows.append(
                [
                    getattr(self, part)
                    if asked is None or getattr(asked, part) is None
                    else getattr(asked, part)
                    for part in ("lambda_", "omega", "eta", "eps")
                ]
            )
        return Curve(*np.array(rows, np.float64).T)

    def _alphas(self, names: tuple[str, ...]) -> np.ndarray:
        """(n_groups, n_signals) weights that sum to 1."""
        own = {one.domain: one.alpha for one in self.domains if one.alpha}
        rows = []
        for name in ("", *names):
            alpha = np.array(own.get(name) or self.alpha or np.ones(len(self.signals)), np.float64)
            if len(alpha) != len(self.signals) or (alpha < 0).any() or not alpha.sum() > 0:
                raise BadSetting(
                    f"alpha must hold a weight of at least 0 for each of the {len(self.signals)} signals, got "
                    f"{tuple(alpha.tolist())}; give as many weights as signals"
                )
            rows.append(alpha / alpha.sum())
        return np.array(rows)
