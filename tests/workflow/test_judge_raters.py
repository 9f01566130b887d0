"""What comes of a judge: votes on pairs, a rater of every document, students that learn from either."""

import json

import numpy as np
import pytest

import selection
from selection.core.errors import (
    UnknownName,
)
from tests.judge_server import JudgeServer, completion, documents_of, scores
from tests.workflow.judging import GOOD, QUICK, ask, made


def test_pairs_are_asked_in_both_orders_and_a_judge_of_places_ends_at_one_half(tmp_path, rubric):
    space = made(tmp_path, [f"{'good ' * i}text {i}" for i in range(6)])

    def by_merit(request, number):
        first, second = documents_of(request)
        choice = "B" if second.count("good") > first.count("good") else "A"
        return json.dumps({"prose": {"choice": choice}, "wit": {"choice": "A"}})

    with JudgeServer(by_merit) as server:
        found = ask(space, rubric, server, sample=0, pairs=True)
        n_pairs = found["n_items"] // 2
        assert n_pairs == 12, "a ring of six, each meeting the next two"
        pairs = server.texts()
        assert all([b, a] in pairs for a, b in pairs)
    assert found["columns"] == [] and found["statuses"] == {"rated": 24}
    met, p, n_votes = selection.votes(space, found["key"], "prose")
    assert len(met) == 12 and (p == (met[:, 1] > met[:, 0])).all() and set(n_votes) == {2}
    assert set(selection.votes(space, found["key"], "wit")[1]) == {0.5}


def test_votes_are_averaged_and_a_pair_without_most_of_them_is_left_out(tmp_path, rubric):
    space = made(tmp_path, ["alpha", "beta"])
    answers = {"alpha\nbeta": ["B", "B", "A", "B"], "beta\nalpha": ["A", "A", "B", "B"]}

    def answer(request, number):
        choice = answers["\n".join(documents_of(request))][number - 1]
        return json.dumps({"prose": {"choice": choice}}) if choice else completion("", refusal="no")

    settings = {"votes": 4, "temperature": 1.0, "rounds": 1, "concurrency": 1}
    with JudgeServer(answer) as server:
        found = ask(space, rubric, server, sample=0, pairs=True, only=["prose"], settings=settings)
    # alpha first: beta wins 3 of 4; beta first: beta wins 2 of 4; (0.75 + 0.5) / 2
    _, p, n_votes = selection.votes(space, found["key"], "prose")
    assert (p.tolist(), n_votes.tolist()) == ([0.625], [8])
    answers["beta\nalpha"] = ["A", None, None, "B"]  # two of four are not more than half
    with JudgeServer(answer) as server:
        again = selection.judge(
            space, rubric, server.url, "other", 0, True, ["prose"], settings={**QUICK, **settings}
        )
    assert len(selection.votes(space, again["key"], "prose")[1]) == 0


def test_a_judge_of_every_document_is_a_rater_like_any_other(space, rubric):
    selection.score(space, ["statistics"])

    def answer(request, number):
        refuses = "$$$" in documents_of(request)[0]
        return completion("", refusal="adverts") if refuses else GOOD

    with JudgeServer(answer) as server:
        found = ask(space, rubric, server, sample=0)
    assert found["statuses"]["rated"] + found["statuses"]["refused"] == 300
    (mine, theirs) = sorted(selection.raters(space)["grammar"], key=lambda r: r["rater"])
    assert (mine["rater"], mine["meant"], theirs["meant"]) == ("model_1_two", True, False)
    values = selection.signal_values(space, "grammar")
    assert (
        set(values[values == values]) == {2.5}
        and (values != values).sum() == found["statuses"]["refused"]
    )
    assert selection.prefer(space, "grammar", "statistics") == {"grammar": "statistics"}
    assert len(set(selection.signal_values(space, "grammar"))) > 50
    assert selection.prefer(space, "grammar") == {}
    with pytest.raises(UnknownName, match="statistics"):
        selection.prefer(space, "grammar", "statistic")


def test_a_student_learns_from_a_sample_of_ratings_and_from_votes(space, tmp_path):
    """From the judge to the student by the key of the ratings alone, with the dimension they rate."""

    def by_length(request, number):
        texts = documents_of(request)
        if len(texts) == 2:
            choice = "B" if len(texts[1]) > len(texts[0]) else "A"
            return json.dumps({"writing_style": {"choice": choice}})
        return scores(min(5, len(texts[0]) / 300), "educational_value")

    selection.score(space, ["statistics"])
    lengths = selection.tokens(space)[:, None] / 100
    np.save(tmp_path / "v.npy", np.hstack([np.ones_like(lengths), lengths]).astype(np.float32))
    selection.attach(space, tmp_path / "v.npy", "embedding")
    with JudgeServer(by_length) as server:
        rated = selection.judge(
            space, "odis", server.url, "m", 120, only=["educational_value"], settings=QUICK
        )
        voted = selection.judge(
            space, "qurating", server.url, "m", 60, only=["writing_style"], settings=QUICK
        )
    run = selection.student(space, "small", rated["key"][:8], "educational_value", "ngrams")
    assert run.columns[0]["name"] == "educational_value__small" and run.facts["n_rated"] == 120
    of_pairs = selection.student(space, "paired", voted["key"], "writing_style", "pairs")
    assert of_pairs.facts["n_rated"] == 120, "60 documents on a ring, each meeting the next two"
    assert {"small", "statistics"} <= {
        r["rater"] for r in selection.raters(space)["educational_value"]
    }
    with pytest.raises(UnknownName, match="educational_value"):
        selection.student(space, "other", rated["key"], "grammar")
