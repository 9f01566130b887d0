"""The reading desk: what is shown, what is kept, what an undo does, and how far raters are told to agree."""

import numpy as np
import pytest

import selection
from selection.core.errors import BadSetting, UnknownName
from selection.store import ratings
from selection.workflow import judge_plan


def rate(space, desk, judgement, n=None):
    """Judge up to n tasks, each by `judgement(task)`."""
    done = 0
    while (task := selection.desk_standing(space, desk).next) and done != n:
        selection.desk_record(space, desk, task, judgement(task), 2.0)
        done += 1


def query(space, sql):
    from selection.store.query import select

    with select(space, sql) as reader:
        return reader.read_all().to_pylist()


def test_a_reader_sees_the_sample_of_a_judge_in_an_order_of_their_own(space):
    asked = judge_plan.make(space, "odis", "m", 40)
    mine = selection.open_desk(space, person="ann", sample=40)
    other = selection.open_desk(space, person="bob", sample=40)
    shown = [
        task.doc_ids[0] for task in mine.tasks if task.dimension == "grammar" and not task.again
    ]
    assert sorted(shown) == sorted(asked.rows.tolist()) and shown != asked.rows.tolist()
    assert [t.doc_ids for t in other.tasks] != [t.doc_ids for t in mine.tasks]
    assert selection.open_desk(space, person="ann", sample=40).tasks == mine.tasks
    again = [place for place, task in enumerate(mine.tasks) if task.again]
    assert len(again) == 3 * len(mine.dimensions), "one in ten comes back"
    first = {task.name: place for place, task in enumerate(mine.tasks)}
    for place in again:
        assert place - first[mine.tasks[place].name[:-1] + "0"] >= 10 * len(mine.dimensions)


def test_pairs_are_those_of_a_judge_with_the_side_left_to_chance(space):
    asked = judge_plan.make(space, "qurating", "m", 60)
    desk = selection.open_desk(space, "qurating", only=["educational_value"], sample=60)
    shown = [task.doc_ids for task in desk.tasks if not task.again]
    assert {tuple(sorted(p)) for p in shown} == {tuple(sorted(i.doc_ids)) for i in asked.items()}
    assert len(shown) == 120
    assert 30 < sum(a < b for a, b in shown) < 90
    for task in desk.tasks:
        if task.again:
            assert task.doc_ids[::-1] in shown, "the second time the sides are swapped"


def test_a_reading_goes_on_where_it_stopped_and_an_undo_asks_again(space):
    desk = selection.open_desk(space, only=["grammar"], sample=20)
    assert selection.desk_standing(space, desk).last is None
    assert selection.desk_undo(space, desk) is None and not selection.list_ratings(space)
    rate(space, desk, lambda task: 3.0, 4)
    selection.desk_record(space, desk, desk.tasks[4], None)
    again = selection.open_desk(space, only=["grammar"], sample=20)
    found = selection.desk_standing(space, again)
    assert (found.n_rated, found.n_skipped) == (4, 1)
    assert found.next == desk.tasks[5] and found.last == desk.tasks[4]

    assert selection.desk_undo(space, desk) == desk.tasks[4]
    assert selection.desk_undo(space, desk) == desk.tasks[3]
    found = selection.desk_standing(space, desk)
    assert found.next == desk.tasks[3] and found.last == desk.tasks[2] and found.n_rated == 3
    selection.desk_record(space, desk, desk.tasks[3], 5.0)
    rows = query(space, "SELECT doc_id, value FROM ratings WHERE rater = 'you' ORDER BY value")
    assert [row["value"] for row in rows] == [3, 3, 3, 5]
    assert rows[3]["doc_id"] == desk.tasks[3].doc_ids[0]
    kept = [given["status"] for given in ratings.answers(space, desk.key)]
    assert kept == ["rated"] * 4 + ["skipped"] + ["withdrawn"] * 2 + ["rated"], (
        "nothing is overwritten"
    )
    column = query(space, "SELECT count(grammar__you) AS n, max(grammar__you) AS most FROM signals")
    assert column == [{"n": 4, "most": 5.0}]


def test_other_dimensions_and_a_larger_sample_go_on_in_the_same_ratings(space):
    first = selection.open_desk(space, only=["grammar"], sample=12)
    rate(space, first, lambda task: 2.0)
    more = selection.open_desk(space, only=["grammar", "coherence"], sample=30)
    assert more.key == first.key
    found = selection.desk_standing(space, more)
    assert found.n_rated == 12 and found.n_tasks == 2 * 32 and found.next == more.tasks[0]
    selection.desk_record(space, more, found.next, 4.0)
    assert selection.judge_facts(space, more.key)["by_dimension"]["grammar"] >= 12
    assert selection.open_desk(space, pairs=True).key != first.key


def test_a_kill_in_the_middle_of_a_line_costs_no_judgement_but_that_one(space):
    desk = selection.open_desk(space, only=["grammar"], sample=20)
    rate(space, desk, lambda task: 1.0, 3)
    (journal,) = ratings.folder(space, desk.key).glob("answers-*.jsonl")
    with journal.open("ab") as file:
        file.write(b'{"item": "grammar/7/0", "doc_')
    assert selection.desk_standing(space, desk).n_rated == 3
    rate(space, desk, lambda task: 4.0, 1)
    assert selection.desk_standing(space, desk).n_rated == 4
    assert query(space, "SELECT sum(value) AS s FROM ratings") == [{"s": 7.0}]


def test_a_full_journal_becomes_a_part_and_the_reading_is_one(space, monkeypatch):
    monkeypatch.setattr(ratings, "JOURNAL_ROWS", 5)
    desk = selection.open_desk(space, only=["grammar"], sample=14)
    rate(space, desk, lambda task: 3.0)
    assert len(ratings.parts(space, desk.key)) == 2
    assert query(space, "SELECT count(*) AS n FROM ratings") == [{"n": 14}]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"person": "Me!"}, "reader's name"),
        ({"sample": 0}, "at least 1"),
        ({"pairs": True, "sample": 1}, "at least 2"),
    ],
)
def test_bad_settings_are_one_sentence(space, given, told):
    with pytest.raises(BadSetting, match=told):
        selection.open_desk(space, **given)


def test_judgements_off_the_scale_and_names_of_raters_are_refused(scored, space):
    desk = selection.open_desk(space)
    with pytest.raises(BadSetting, match="0 to 5"):
        selection.desk_record(space, desk, desk.tasks[0], 6.0)
    pairs = selection.open_desk(space, pairs=True)
    with pytest.raises(BadSetting, match=r"0, 0\.5 or 1"):
        selection.desk_record(space, pairs, pairs.tasks[0], 0.7)
    with pytest.raises(BadSetting, match="is a rater here"):
        selection.open_desk(scored, person="statistics")


@pytest.fixture
def read(space):
    """A person who says what the statistics say of coherence, with some noise: documents and pairs."""
    selection.score(space, ["statistics", "lines"])
    truth = selection.signal_values(space, "coherence")
    rng = np.random.default_rng(5)
    for pairs in (False, True):
        desk = selection.open_desk(space, pairs=pairs, only=["coherence"], sample=80)

        def judged(task):
            said = [truth[doc_id] + 0.3 * rng.normal() for doc_id in task.doc_ids]
            if len(said) == 2:
                return 0.5 if abs(said[1] - said[0]) < 0.1 else float(said[1] > said[0])
            return float(np.clip(round(said[0]), 0, 5))

        rate(space, desk, judged)
    return space, desk


def test_raters_are_told_how_far_they_agree_with_an_interval(read):
    space, _ = read
    found = {each.other: each for each in selection.agree(space)}
    assert set(found) == {"asked again", "statistics"}
    rater = found["statistics"]
    assert rater.n_docs == 80 and rater.n_pairs > 160
    for figure, least in ((rater.spearman, 0.6), (rater.kappa, 0.5), (rater.pairs, 0.8)):
        assert least < figure.low < figure.estimate < figure.high <= 1
    again = found["asked again"]
    assert again.n_docs == 7 and again.n_pairs > 8 and rater.missing == ""
    assert again.missing == "kappa: 7 documents by both, its interval needs 20"
    shuffled = np.random.default_rng(0).permutation(selection.signal_values(space, "coherence"))
    np.save(space.path / "x.npy", shuffled)
    uids = query(space, "SELECT uid FROM documents ORDER BY doc_id")
    lines = [
        f'{{"id": "{row["uid"]}", "coherence__dice": {v}}}'
        for row, v in zip(uids, shuffled, strict=True)
    ]
    (space.path / "dice.jsonl").write_text("\n".join(lines))
    selection.attach(space, space.path / "dice.jsonl", "signals")
    dice = next(each for each in selection.agree(space) if each.other == "dice")
    assert dice.spearman.low < 0 < dice.spearman.high and dice.pairs.low < 0.5 < dice.pairs.high


def test_a_student_learns_from_a_reader_and_is_compared_on_what_it_has_not_seen(read):
    space, pairs = read
    single = selection.open_desk(space, only=["coherence"], sample=80)
    settings = {"signals": ("mean_line_length", "short_line_share", "coherence__statistics")}
    with pytest.raises(BadSetting, match="needs another --name"):
        selection.student(space, "you", single.key, "coherence", "signals", settings)
    run = selection.student(space, "mine", single.key, "coherence", "signals", settings)
    assert [c["name"] for c in run.columns] == ["coherence__mine"]
    assert run.facts["n_rated"] == 80 and run.facts["from"].startswith("you by rubric odis")
    mine = next(each for each in selection.agree(space) if each.other == "mine")
    assert mine.held_out and mine.n_docs == run.facts["learnt"][0]["n"] < 80
    assert mine.row()["rater"] == "mine (held out)"
    truth = selection.signal_values(space, "coherence")
    np.save(space.path / "v.npy", np.column_stack([truth, np.full(len(truth), 2.5)]))
    selection.attach(space, space.path / "v.npy", "embedding")
    voted = selection.student(space, "by_votes", pairs.key, "coherence", "pairs")
    assert voted.facts["learnt"][0]["spearman"] > 0.5


def test_agreement_with_nobody_is_one_sentence(space):
    with pytest.raises(UnknownName, match="rated nothing"):
        selection.agree(space)
    desk = selection.open_desk(space, only=["grammar"], sample=5)
    rate(space, desk, lambda task: 3.0)
    with pytest.raises(UnknownName, match="rates no"):
        selection.agree(space, dimension="beauty")
    assert selection.agree(space) == [], "nobody else has rated grammar here"
