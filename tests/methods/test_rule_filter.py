"""Rules: read by a pattern, and every dropped document says which one, with its value."""

import numpy as np
import pytest

from selection.core.documents import Categories, Documents
from selection.core.errors import BadSetting
from selection.methods.filters.rule_filter import RuleFilter


def corpus() -> Documents:
    return Documents(
        doc_id=np.arange(5),
        uid_hash=np.arange(5, dtype=np.uint64),
        n_tokens=np.array([100, 10, 100, 100, 100]),
        signals={
            "n_words": np.array([80, 8, 49, 90, np.nan]),
            "symbol_share": np.array([0.05, 0.5, 0.05, 0.1, 0.05]),
        },
    )


def test_rule_filter_names_rule_value_and_bound():
    method = RuleFilter(rules=("n_words>=50", "symbol_share<0.1"))
    assert method.required().signals == ("n_words", "symbol_share")
    found = method.weigh(corpus(), {})
    np.testing.assert_array_equal(found.log_weight, [0, -np.inf, -np.inf, -np.inf, -np.inf])
    rules = ["", "n_words >= 50", "n_words >= 50", "symbol_share < 0.1", ""]
    assert found.because["rule"].tolist() == rules
    np.testing.assert_array_equal(found.because["rule_value"], [np.nan, 8, 49, 0.1, np.nan])
    np.testing.assert_array_equal(found.because["rule_bound"], [np.nan, 50, 50, 0.1, np.nan])
    assert found.excluded == {"n_words is not rated": 1}
    assert found.because["excluded"][4] == "n_words is not rated"


def test_tokens_need_no_signal():
    method = RuleFilter.parse(["rules=n_tokens > 10"])
    assert method.required().signals == ()
    np.testing.assert_array_equal(method.weigh(corpus(), {}).log_weight, [0, -np.inf, 0, 0, 0])


@pytest.mark.parametrize(
    "text",
    [
        "rules=a>=1;b<-2.5e3",
        'rules=["a >= 1", "b<-2500"]',
        "rules=a>=1,b<-2500",
        "rules=a >=1; b < -2500;",
    ],
)
def test_one_rule_book_however_it_is_written(text):
    assert RuleFilter.parse([text]).rules == ("a >= 1", "b < -2500")


@pytest.mark.parametrize(
    "rule",
    [
        "n_words",
        "n_words=>5",
        "n_words>five",
        "__import__('os')>1",
        "a>1 or b>1",
        "5<n_words",
        "a>nan",
    ],
)
def test_anything_but_a_rule_is_refused_in_one_sentence(rule):
    with pytest.raises(BadSetting, match="a rule must read `signal operator number`") as caught:
        RuleFilter.build({"rules": [rule]})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sign", "kept"),
    [(">=", [1, 2]), (">", [2]), ("<=", [0, 1]), ("<", [0]), ("==", [1]), ("!=", [0, 2])],
)
def test_every_operator_means_what_it_says(sign, kept):
    docs = Documents(
        np.arange(3),
        np.arange(3, dtype=np.uint64),
        np.ones(3, int),
        signals={"a": np.array([1.0, 2, 3])},
    )
    weights = RuleFilter(rules=(f"a{sign}2",)).weigh(docs, {}).log_weight
    assert np.flatnonzero(weights == 0).tolist() == kept


def test_a_rule_on_a_category_names_the_label_that_failed():
    docs = Documents(
        doc_id=np.arange(4),
        uid_hash=np.arange(4, dtype=np.uint64),
        n_tokens=np.full(4, 100),
        labels={"language": Categories(np.array([0, 1, 2, -1], np.int32), ("de", "en", "fr"))},
    )
    method = RuleFilter(rules=("language==en | de", "n_tokens>=5"))
    assert method.rules[0] == "language == en|de"
    assert method.required().labels == ("language",) and method.required().signals == ()
    found = method.weigh(docs, {})
    np.testing.assert_array_equal(found.log_weight, [0, 0, -np.inf, -np.inf])
    assert found.because["rule"].tolist() == ["", "", "language == en|de", ""]
    assert found.because["rule_label"].tolist() == ["", "", "fr", ""]
    assert found.because["excluded"][3] == "language is not rated"
    kept = RuleFilter(rules=("language != fr",)).weigh(docs, {})
    np.testing.assert_array_equal(kept.log_weight, [0, 0, -np.inf, -np.inf])
