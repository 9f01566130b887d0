"""The eleven dimensions: on 0-5, different from each other, and right where anybody can tell better from worse."""

from __future__ import annotations

import pathlib
import random
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selection.core.documents import Documents
from selection.core.registry import catalogue
from selection.core.signal import Signal
from selection.signals.raters.mixtures import MIXTURES
from selection.signals.raters.percentiles import fit_percentiles, percentiles
from selection.signals.raters.statistics import Statistics

SHARED = pathlib.Path(__file__).parents[3] / "shared/datasets"
real = pytest.mark.skipif(
    not (SHARED / "mix_small.parquet").exists(), reason="the development data sets are not here"
)


def documents(texts: list[str]) -> Documents:
    n = len(texts)
    hashes = np.random.default_rng(0).integers(0, 2**63, n).astype(np.uint64)
    return Documents(np.arange(n), hashes, np.full(n, 100), text=pa.array(texts, pa.large_string()))


class Corpus:
    def __init__(self, docs: Documents) -> None:
        self.docs = docs

    def sample(self, n_docs, needs):
        return self.docs.take(slice(0, n_docs))

    def stream(self, needs):
        yield self.docs


@cache
def mix() -> tuple[list[str], np.ndarray]:
    table = pq.read_table(SHARED / "mix_small.parquet", columns=["text", "source"])
    return table["text"].to_pylist(), np.array(table["source"].to_pylist())


@cache
def fitted() -> tuple[Statistics, dict[str, np.ndarray]]:
    signal = Statistics()
    return signal, dict(signal.prepare(Corpus(documents(mix()[0]))))


def rate(texts: list[str]) -> dict[str, np.ndarray]:
    signal, state = fitted()
    columns = signal.score(documents(texts), state)
    return {name.removesuffix("__statistics"): values for name, values in columns.items()}


def test_the_eleven_dimensions_are_there_with_their_polarity() -> None:
    polarity = {c.name: c.polarity for c in Statistics.columns}
    assert len(polarity) == 11 and all(c.dimension and c.unit == "0-5" for c in Statistics.columns)
    assert [name for name, p in polarity.items() if p == 0] == [
        "required_expertise__statistics",
        "reasoning__statistics",
    ]


def test_every_ingredient_is_a_column_that_can_be_looked_at_and_is_named_in_the_definition() -> (
    None
):
    known = {
        column.name
        for leaf in catalogue("selection.signals.heuristics", Signal).values()
        for column in leaf.columns
    }
    for mixture, column in zip(MIXTURES.values(), Statistics.columns):
        for name in (*mixture.weights, *mixture.middle):
            assert name in known and name in column.definition


def test_a_corpus_of_one_document_is_rated() -> None:
    signal = Statistics()
    docs = documents(["Only this."])
    values = signal.score(docs, signal.prepare(Corpus(docs)))
    assert all(
        2.5 <= v[0] <= 5 for v in values.values()
    )  # its own median, and the middle of its range


@real
def test_dimensions_lie_within_0_to_5_and_tell_documents_apart() -> None:
    for name, values in rate(mix()[0]).items():
        assert values.min() >= 0 and values.max() <= 5, name
        assert 1.5 < np.median(values) < 3.5 and 0.4 < values.std() < 1.5, name


@real
def test_dimensions_yield_several_axes() -> None:
    values = np.stack(list(rate(mix()[0]).values()))
    roots = np.sort(np.linalg.eigvalsh(np.corrcoef(values)))[::-1]
    assert roots[0] < 0.5 * len(roots)  # no single factor behind them all
    assert (roots > 0.5).sum() >= 5


@real
def test_prose_beats_its_own_shuffled_characters() -> None:
    texts, sources = mix()
    prose = [t for t, s in zip(texts, sources) if s in ("books", "state_union", "onestop", "xquad")]
    prose = [t for t in prose if t.isascii()][:150]
    rng = random.Random(0)
    broken = ["".join(rng.sample(t, len(t))) for t in prose]
    good, bad = rate(prose), rate(broken)
    for name in ("grammar", "readability", "coherence"):
        assert (good[name] > bad[name]).mean() > 0.9, name


@real
def test_prose_beats_repeated_boilerplate() -> None:
    texts, sources = mix()
    prose = [t for t, s in zip(texts, sources) if s in ("books", "state_union")][:150]
    boilerplate = (
        "Click here to subscribe | Share on Facebook | Privacy policy | www.shop.com/cart\n" * 30
    )
    good, bad = rate(prose), rate([boilerplate])
    for name in ("grammar", "cleanliness", "originality", "educational_value"):
        assert (good[name] > bad[name][0]).mean() > 0.95, name


@real
def test_saying_it_three_times_lowers_originality() -> None:
    texts = [t for t in mix()[0] if 300 < len(t) < 3000][:300]
    once, thrice = rate(texts), rate([f"{t}\n\n{t}\n\n{t}" for t in texts])
    assert (thrice["originality"] < once["originality"]).mean() > 0.99


@real
def test_articles_rewritten_for_learners_read_more_easily() -> None:
    table = pq.read_table(SHARED / "labels/onestop_english.parquet").to_pandas()
    table["readability"] = rate(table["text"].tolist())["readability"]
    table["expertise"] = rate(table["text"].tolist())["required_expertise"]
    levels = [str(level) for level in table["level"].unique()]
    wide = table.pivot(index="article", columns="level", values=["readability", "expertise"])
    easy = next(level for level in levels if level.lower().startswith("ele"))
    hard = next(level for level in levels if level.lower().startswith("adv"))
    assert (wide["readability"][easy] > wide["readability"][hard]).mean() > 0.9
    assert (wide["expertise"][easy] < wide["expertise"][hard]).mean() > 0.9


@real
def test_science_asks_for_more_expertise_than_school_sums_and_sums_for_more_reasoning_than_tweets() -> (
    None
):
    texts, sources = mix()
    mean = {
        (name, source): values[sources == source].mean()
        for name, values in rate(texts).items()
        for source in ("scitldr", "gsm8k", "tweets", "books", "tldr")
    }
    assert mean["required_expertise", "scitldr"] > mean["required_expertise", "gsm8k"] + 1
    assert mean["reasoning", "gsm8k"] > mean["reasoning", "tweets"] + 1
    assert mean["knowledge_depth", "scitldr"] > mean["knowledge_depth", "tweets"] + 1
    assert mean["cleanliness", "books"] > mean["cleanliness", "tldr"] + 1


def test_ties_get_the_middle_of_their_range() -> None:
    values = np.array([0.0, 0, 0, 0, 1, 2, 3, 4])[:, None]
    ranks = percentiles(values, fit_percentiles(values))[:, 0]
    assert ranks[0] == pytest.approx(0.25, abs=0.01) and ranks[-1] > 0.9
    assert percentiles(np.array([[-5.0], [99.0]]), fit_percentiles(values))[:, 0].tolist() == [0, 1]


@given(arrays(np.float64, st.integers(1, 80), elements=st.floats(-1e6, 1e6)))
def test_percentiles_keep_the_order(values: np.ndarray) -> None:
    grid = fit_percentiles(values[:, None])
    asked = np.sort(np.concatenate([values, values * 1.5, values - 1]))[:, None]
    ranks = percentiles(asked, grid)[:, 0]
    assert (np.diff(ranks) >= -1e-12).all() and ranks.min() >= 0 and ranks.max() <= 1
