"""Rehydration: the published tables as they stand, and the paper's rule by hand."""

import numpy as np
import pytest

import selection
from selection.core.documents import Documents
from selection.core.errors import BadSetting
from selection.primitives.size_copies import SizeCopies

ITALIAN = (
    "1:1 2:3 3:4 4:5 5:6 6:7 7:7 8:8 11:9 17:10 26:9 31:8 46:7 52:6 63:5 75:4 96:3 118:2 123:3 "
    "125:2 145:1"
)


def documents(size, rank, **signals):
    n = len(size)
    columns = {"near_duplicate_size": size, "near_duplicate_rank": rank, **signals}
    return Documents(
        doc_id=np.arange(n),
        uid_hash=np.arange(n, dtype=np.uint64),
        n_tokens=np.full(n, 10),
        signals={name: np.asarray(values, np.float64) for name, values in columns.items()},
    )


def copies(docs, **settings):
    method = selection.method("rehydration", settings)
    weights = method.weigh(docs, method.fit(docs))
    return np.exp(weights.log_weight), weights


def test_the_table_of_the_first_readme():
    size = np.array([1, 2, 3, 4, 5, 99, 100, 999, 1000, 10**6])
    drawn, _ = copies(documents(size, np.ones(10)))
    assert drawn.round(9).tolist() == [1, 2, 3, 3, 5, 5, 8, 8, 1, 1]


def test_the_published_italian_table_and_sizes_between_its_steps():
    size = np.array([1, 2, 7, 10, 16, 17, 25, 26, 51, 52, 117, 118, 122, 123, 124, 144, 145, 9999])
    drawn, _ = copies(documents(size, np.ones(len(size))), table=ITALIAN)
    wanted = [1, 3, 7, 8, 9, 10, 10, 9, 7, 6, 3, 2, 2, 3, 3, 2, 1, 1]
    assert drawn.round(9).tolist() == wanted


def test_the_adaptive_rule_by_hand():
    """Removal rates .8 .6 .4 .2 .4 .6 .8 are a U: raw copies 1 1 4.75 10 4.75 1 1, of which the middle three are smoothed."""
    rates = [0.8, 0.6, 0.4, 0.2, 0.4, 0.6, 0.8]
    size = np.repeat(np.arange(1, 8), 1000)
    quality = np.concatenate([np.arange(1000) >= 1000 * rate for rate in rates])
    docs = documents(size, np.ones(7000), quality=quality)
    drawn, weights = copies(docs, rule="adaptive", passes="quality >= 1")
    passing = quality.astype(bool)
    assert [np.unique(drawn[passing & (size == c)]).round(9).tolist() for c in range(1, 8)] == [
        [c] for c in (1, 1, 4, 4, 4, 1, 1)
    ]
    assert not drawn[~passing].any()
    assert set(weights.because["excluded"][~passing]) == {"fails a rule"}


def test_the_lowest_rate_has_the_most_copies_and_rates_above_the_whole_have_one():
    sizes = np.repeat([1.0, 2, 3, 4], 500)
    removed = np.concatenate([np.arange(500) < n for n in (450, 100, 200, 300)])
    steps = SizeCopies.fit(sizes, removed, 10, 1)
    whole, rate = 1050 / 2000, np.array([0.9, 0.2, 0.4, 0.6])
    raw = np.where(rate < whole, 1 + 9 * (whole - rate) / (whole - 0.2), 1)
    assert steps.copies.tolist() == np.rint(raw).tolist() == [1, 10, 4, 1]


def test_sizes_are_pooled_until_there_are_enough_documents_and_so_is_the_tail():
    sizes = np.concatenate([np.ones(500), np.repeat(np.arange(2, 12), 40), np.full(3, 99)])
    assert SizeCopies.fit(sizes, sizes < 2, 5, 200).sizes.tolist() == [1, 2, 7]
    many = np.concatenate([np.ones(10_000), np.full(9, 2), np.arange(3, 13)])
    assert SizeCopies.fit(many, many < 2, 5, 1).sizes.tolist() == [1, 2, 3]


def test_only_the_first_of_a_cluster_is_drawn_and_what_is_not_rated_is_counted():
    drawn, weights = copies(documents([2, 2, np.nan, 5], [1, 2, 1, 1]))
    assert drawn.round(9).tolist() == [2, 0, 0, 5]
    assert weights.excluded == {"near_duplicate_size is not rated": 1}
    assert weights.because["excluded"][1] == "another document of its cluster stays"


def test_a_corpus_in_which_nothing_fails_gets_one_copy_each():
    docs = documents([1, 1, 7], [1, 1, 1])
    drawn, _ = copies(docs, rule="adaptive", passes="n_tokens >= 1", min_docs=1)
    assert drawn.tolist() == [1, 1, 1]


@pytest.mark.parametrize("table", ["", "1", "2:1 1:1", "0:1", "1:-1", "a:b", "1:1 1:2"])
def test_a_table_is_checked(table):
    with pytest.raises(BadSetting, match="table must list size:copies"):
        selection.method("rehydration", {"table": table})


def test_the_adaptive_rule_wants_a_filter():
    with pytest.raises(BadSetting, match="needs the rules of a filter"):
        copies(documents([1], [1]), rule="adaptive")
