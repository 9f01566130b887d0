"""The verbs about raters in the shell: the audit of scores, and agreement with a reader."""

import selection
from tests.shell.test_shell import call


def test_an_audit_names_what_a_score_is_made_of(scored):
    found = call("audit", scored.path, "--json")
    assert [row["signal"] for row in found["signals"]][:2] == ["grammar", "coherence"]
    row = found["signals"][0]
    assert -1 <= row["length"] <= 1 and 0 <= row["told_by_formatting"] <= 1
    one = call("audit", scored.path, "n_words", "--json")["signals"][0]
    assert one["verdict"] == "mostly document length (longer is higher)"
    said = call("audit", scored.path, "n_words")
    assert "n_words: mostly document length (longer is higher)" in said
    assert "no dimension has two raters yet" in said and "has been scored twice" in said


def test_agreement_with_a_reader_has_intervals(space):
    selection.score(space, ["statistics", "lines"])
    truth = selection.signal_values(space, "grammar")
    desk = selection.open_desk(space, person="ann", only=["grammar"], sample=40)
    while task := selection.desk_standing(space, desk).next:
        selection.desk_record(space, desk, task, float(round(truth[task.doc_ids[0]])))
    (row,) = [
        r
        for r in call("agree", space.path, "--with", "ann", "--json")["raters"]
        if r["rater"] == "statistics"
    ]
    assert (
        row["n_docs"] == 40
        and 0.7 < row["spearman_low"] < row["spearman"] < row["spearman_high"] <= 1
    )
    assert "statistics" in call("agree", space.path, "--with", "ann", "--dimension", "grammar")
    failed = call("agree", space.path, ok=False)
    assert failed.returncode == 2 and "'you' has rated nothing" in failed.stderr
    raters = call("audit", space.path, "--json")["raters"]
    assert [(r["name"], r["first"], r["second"], r["n"]) for r in raters] == [
        ("grammar", "ann", "statistics", 40)
    ]
