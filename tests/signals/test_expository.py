"""Expository text against other talk: on texts of our own, and on sources that the weights have not been learnt from."""

import numpy as np
import pytest

from selection.signals.classifiers.expository import FEATURES, Expository, features, learnt
from tests.benchmarks import expository as labels
from tests.benchmarks.toxicity import _documents

EXPLAINS = (
    "Photosynthesis is a process by which plants turn light into chemical energy. It consists of two stages. The first is"
    " called the light reaction, and refers to the absorption of photons by pigments such as chlorophyll. In other words,"
    " energy is captured before it is stored. For example, spinach leaves contain large amounts of this pigment."
)
CHATS = (
    "omg I love my new phone so much!! You guys won't believe what happened to me yesterday. I was like, no way, and she"
    " goes, yeah, totally! We laughed all night. Maybe I'll tell you more tomorrow, who knows? It was the best day ever!"
)
TELLS = (
    "He put down his glass and looked at her. “You never told me,” he said. She turned away, and for a long time neither of"
    " them spoke. Outside the rain had stopped. “I could not,” she answered at last, and went to the window."
)


def rate(texts):
    return Expository().score(_documents(texts), learnt())["expository"]


def test_an_explanation_beats_chat_and_story():
    explains, chats, tells = rate([EXPLAINS, CHATS, TELLS])
    assert explains > 0.8 and chats < 0.1 and tells < 0.5


def test_cues_and_headings_are_counted_for_each_hundred_words():
    text = "# Cells\n\nA cell is called small. It refers to life.\n\n2.1 Parts\n" + "word " * 85
    found = dict(zip(FEATURES, features(_documents([text, ""])).T, strict=True))
    n_words = len(text.replace("#", "").split())
    assert found["cues"][0] == pytest.approx(200 / n_words, rel=0.03)
    assert found["headings"][0] == pytest.approx(200 / n_words, rel=0.03)
    assert not found["cues"][1] and not found["headings"][1]


def test_log_odds_and_probability_are_one_thing():
    found = Expository().score(_documents([EXPLAINS, CHATS, ""]), learnt())
    np.testing.assert_allclose(found["expository"], 1 / (1 + np.exp(-found["expository_log_odds"])))


@pytest.mark.skipif(not labels.MIX.exists(), reason="the development data sets are not here")
def test_sources_that_were_not_learnt_from_are_told_apart():
    found = labels.unseen()
    assert min(judged.auc for judged in found.values()) > 0.8
    assert np.median([judged.auc for judged in found.values()]) > 0.9
