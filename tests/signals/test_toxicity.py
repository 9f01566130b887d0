"""Toxicity: words by hash, the worst passage of a long text, and people's labels of tweets that were held out."""

import numpy as np
import pytest

import selection
from selection.core.errors import BadInput
from selection.signals.classifiers import toxicity
from selection.signals.classifiers.toxicity import PASSAGE, Toxicity
from tests.benchmarks import toxicity as labels
from tests.signals.test_signal_catalogue import Workflow

real = pytest.mark.skipif(
    not labels.TWEETS.exists(), reason="the development data sets are not here"
)


def own(tmp_path, words):
    """A model and a list that know these words alone."""
    path = tmp_path / "own.tsv"
    path.write_text("".join(f"{word}\t{weight}\n" for word, weight in words.items()))
    ids, weights = toxicity.read_list(path)
    bias = np.array([-1.0])
    return {
        "words": ids,
        "weights": weights,
        "bias": bias,
        "list_words": ids,
        "list_weights": weights,
    }


def score(texts, state):
    return Toxicity().score(labels._documents(texts), state)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_values_are_those_of_the_formula_written_out(tmp_path):
    words = {"zork": 40.0, "grue": -6.5, "lamp": 3.0}
    rng = np.random.default_rng(0)
    texts = ["", "Zork!", "nothing known"]
    texts += [
        " ".join(rng.choice(["zork", "grue", "lamp", "a", "b"], n))
        for n in (5, 31, 32, 33, 200, 500)
    ]
    found = score(texts, own(tmp_path, words))
    for k, text in enumerate(texts):
        weights = [words.get(w.strip("!").lower(), 0.0) for w in text.replace("!", " !").split()]
        passages = [weights[s : s + PASSAGE] for s in range(max(1, len(weights) - PASSAGE + 1))]
        mean = np.mean(weights) if weights else 0.0
        worst = max(np.mean(p) if p else 0.0 for p in passages)
        assert found["toxicity"][k] == pytest.approx(sigmoid(mean - 1), abs=1e-9)
        assert found["toxicity_worst"][k] == pytest.approx(sigmoid(worst - 1), abs=1e-9)
        wanted = 100 * sum(weights) / max(len(weights), 1)
        assert found["toxic_word_weight"][k] == pytest.approx(wanted, abs=1e-6)


def test_a_slur_in_a_long_page_shows_in_its_worst_passage(tmp_path):
    page = ["plain words go on and on here"] * 200
    page[100] = "zork zork"
    found = score([" ".join(page), "zork zork"], own(tmp_path, {"zork": 90.0}))
    assert found["toxicity"][0] < 0.4 and found["toxicity_worst"][0] > 0.98


def test_a_list_of_ones_own_goes_with_the_run_and_its_mistakes_are_told(tmp_path, space):
    (tmp_path / "own.tsv").write_text("river\t2\nstone\t1.5\n")
    run = selection.score(space, ["toxicity"], {"words": str(tmp_path / "own.tsv")})[0]
    values = selection.signal_values(space, "toxic_word_weight")
    assert values.max() > 5 and run.artefact
    for text, wrong in (("river 2\n", 1), ("river\t2\ntwo words\t1\n", 2), ("\t3\n", 1)):
        (tmp_path / "own.tsv").write_text(text)
        with pytest.raises(BadInput, match=f"line {wrong} of own.tsv"):
            Toxicity(words=str(tmp_path / "own.tsv")).prepare(Workflow())
    with pytest.raises(BadInput, match="cannot be read"):
        Toxicity(words=str(tmp_path / "absent.tsv")).prepare(Workflow())


def test_what_is_shipped_is_small_and_holds_no_word():
    state = toxicity.learnt()
    assert toxicity._LEARNT.stat().st_size < 64_000
    assert all(values.dtype.kind in "if" for values in state.values())
    assert (np.diff(state["words"]) > 0).all() and (np.diff(state["list_words"]) > 0).all()


@real
def test_offensive_tweets_that_were_held_out_are_told_from_the_others():
    found = labels.held_out()
    assert found["toxicity"].auc - 1.96 * found["toxicity"].auc_se >= 0.95
    assert found["toxic_word_weight"].auc >= 0.9
    assert found["toxicity"].n_positive + found["toxicity"].n_negative > 4000


@real
def test_what_is_shipped_is_what_the_labels_teach():
    for name, values in labels.weights().items():
        np.testing.assert_array_equal(toxicity.learnt()[name], values)


@real
def test_copies_of_a_tweet_stay_on_one_side():
    texts, _, held = labels.tweets()
    said = [" ".join(labels._words(text)) for text in texts]
    sides = {}
    for text, out in zip(said, held, strict=True):
        if text and "rt" not in text.split():
            assert sides.setdefault(text, out) == out
