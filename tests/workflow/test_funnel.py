"""The funnel counts what each rule removes: alone, of what is left, and what no other rule would."""

from __future__ import annotations

import numpy as np
import pytest

import selection
from selection.core.errors import BadSetting
from selection.workflow import weigh


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Eight documents of 1 to 8 words, all different."""
    folder = tmp_path_factory.mktemp("graded")
    space = selection.create(folder / "graded")
    lines = [" ".join(["word"] * n) for n in range(1, 9)]
    (folder / "rows.jsonl").write_text("".join(f'{{"text": "{line}"}}\n' for line in lines))
    selection.ingest(space, [folder / "rows.jsonl"])
    selection.score(space, ["length"])
    return space


def counts(told, name):
    return [getattr(rule, name).n_docs for rule in told.rules]


def test_rules_that_overlap_are_told_apart(graded):
    rules = selection.method("rule_filter", {"rules": "n_words>=3;n_words<=6;n_chars>=20"})
    told = selection.funnel(graded, [rules])  # fail: 1 2 | 7 8 | 1 2 3 4 words (4, 9, 14, 19 chars)
    assert [rule.rule for rule in told.rules] == ["n_words >= 3", "n_words <= 6", "n_chars >= 20"]
    assert counts(told, "alone") == [2, 2, 4]
    assert counts(told, "in_sequence") == [2, 2, 2]
    assert counts(told, "only_it") == [0, 2, 2]
    assert counts(told, "left") == [6, 4, 2]
    assert told.kept.n_docs == 2 and told.corpus.n_docs == 8
    assert told.rules[0].alone.n_tokens == selection.tokens(graded)[:2].sum()


def test_what_is_left_is_what_the_filters_keep(scored):
    filters = [
        selection.method("gopher_quality", {"min_stop_words": None, "min_words": 60}),
        selection.method("gopher_repetition"),
    ]
    told = selection.funnel(scored, filters)
    weights = weigh.compute(scored, filters).weights.log_weight
    assert told.kept.n_docs == np.isfinite(weights).sum() < told.corpus.n_docs
    assert sum(counts(told, "in_sequence")) == told.corpus.n_docs - told.kept.n_docs
    assert all(rule.only_it.n_docs <= rule.alone.n_docs for rule in told.rules)


def test_a_method_that_ranks_is_no_filter(scored):
    with pytest.raises(BadSetting, match="made of filters, got longest"):
        selection.funnel(scored, [selection.method("longest")])
