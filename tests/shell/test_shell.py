"""The shell as other programs call it: exit status, one JSON object, one line on stderr."""

import json
import subprocess
import sys

import duckdb
import pytest


def call(*arguments, ok=True):
    done = subprocess.run(
        [sys.executable, "-m", "selection", *map(str, arguments)], capture_output=True, text=True
    )
    if ok:
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout
    return done


def test_the_main_job_from_a_file_to_an_export(tmp_path, corpus_file):
    space = tmp_path / "shell"
    assert (
        call(
            "ingest",
            space,
            corpus_file,
            "--text",
            "text",
            "--id",
            "id",
            "--source",
            "source",
            "--json",
        )["n_docs"]
        == 300
    )
    assert "grammar__statistics" in call("score", space, "--all", "--json")["columns"]
    assert len(call("axes", space, "--set", "n_axes=3", "--json")["columns"]) == 3
    weighed = call("weigh", space, "odis", "--json")
    assert weighed["facts"]["n_drawable"] == 210  # the default gate leaves seven tenths of 300
    for name, method in (("best", "odis"), ("any", "random")):
        drawn = call(
            "draw", space, method, "--name", name, "--budget-tokens", 4000, "--seed", 1, "--json"
        )
        assert 3000 < drawn["n_tokens"] <= 4000
    compared = call("compare", space, "best", "any", "--json")
    assert {row["subset"] for row in compared["subsets"]} == {"best", "any"}
    out = tmp_path / "out"
    manifest = call("export", space, "best", out, "--format", "parquet", "--json")
    rows = duckdb.sql(
        f"SELECT count(*), sum(n_tokens * n_copies) FROM '{out}/part-*.parquet'"
    ).fetchall()
    assert rows == [(manifest["n_docs"], manifest["n_tokens"])]
    report = call("apply", out / "recipe.json", corpus_file, "--out", tmp_path / "again", "--json")
    assert report["same_input"] and report["n_docs"] == manifest["n_docs"]
    asked = call("query", space, "SELECT count(*) AS n FROM subsets WHERE name = 'best'", "--json")
    assert asked["rows"] == [{"n": manifest["n_docs"]}]
    file = tmp_path / "weights.csv"
    call("query", space, "SELECT doc_id, log_weight FROM weights", "--out", file)
    assert len(file.read_text().splitlines()) == 301
    assert call("jobs", space, "--json") == {"jobs": []}


def test_composition_and_sampler_settings(tmp_path, corpus_file):
    space = tmp_path / "shell"
    call("ingest", space, corpus_file)
    call("score", space, "length", "--json")
    arguments = [
        "--filter",
        "rule_filter:rules=n_words>=100",
        "--sampler",
        "gumbel",
        "--set",
        "sampler.temperature=2",
    ]
    call("draw", space, "random", "--name", "long", "--budget-tokens", 3000, *arguments)
    sql = "SELECT min(n_words) AS n FROM subsets JOIN signals USING (doc_id)"
    assert call("query", space, sql, "--json")["rows"][0]["n"] >= 100


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ingest", "{space}", "{tmp}/absent.jsonl"], "must exist"),
        (["ingest", "{space}", "{file}", "--text", "nope"], "nope"),
        (
            ["draw", "{space}", "randm", "--name", "x", "--budget-tokens", "5"],
            "did you mean random",
        ),
        (["draw", "{space}", "random", "--name", "x", "--budget-tokens", "99999999"], "budget"),
        (["draw", "{space}", "odis", "--name", "x", "--budget-tokens", "50"], "run `"),
        (
            ["draw", "{space}", "odis", "--name", "x", "--budget-tokens", "50", "--set", "gate=7"],
            "gate",
        ),
        (
            ["draw", "{space}", "random", "--name", "../x", "--budget-tokens", "50"],
            "name is 1 to 64",
        ),
        (["export", "{space}", "none", "{tmp}/out"], "there is no subset 'none'"),
        (["query", "{space}", "DROP TABLE x"], "exactly one SELECT"),
        (["score", "{tmp}/nowhere", "--all"], "there is no workspace"),
        (["score", "{space}"], "--all"),
        (["cluster", "{space}"], "run `embed` first"),
        (["apply", "{file}", "{file}", "--out", "{tmp}/out"], "a recipe is"),
        (["frobnicate"], "No such command"),
        (
            ["draw", "{space}", "random", "--name", "x", "--budget-tokens", "many"],
            "--budget-tokens",
        ),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_a_mistake_is_one_line_and_status_2(space, corpus_file, tmp_path, arguments, says):
    filled = [a.format(space=space.path, tmp=tmp_path, file=corpus_file) for a in arguments]
    done = call(*filled, ok=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and says in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_catalogue_has_the_fields_that_programs_read():
    methods = call("methods", "--json")["methods"]
    assert {
        "random",
        "longest",
        "top_signal",
        "mean_of_signals",
        "cluster_balanced",
        "rule_filter",
    } <= {m["id"] for m in methods}
    for method in methods:
        assert {"id", "family", "title", "cites", "needs", "scale", "settings"} <= set(method)
    signals = call("signals", "--json")["signals"]
    assert "nats per word" in call("signals", "redpajama")
    assert "there is no signal 'x'" in call("signals", "x", ok=False).stderr
    assert all(
        {"id", "family", "title", "columns", "settings"} <= set(signal) for signal in signals
    )


def test_a_funnel_is_told_as_a_table_and_as_json(space):
    call("score", space.path, "length")
    asked = ("funnel", space.path, "rule_filter:rules=n_words>=40;n_chars<=900")
    told = call(*asked, "--json")
    assert [rule["rule"] for rule in told["rules"]] == ["n_words >= 40", "n_chars <= 900"]
    assert told["corpus"]["n_docs"] == 300
    assert f"{told['kept']['n_docs']} of 300 documents" in call(*asked)


def test_refine_from_the_shell(space, tmp_path):
    assert {"c4_lines", "fineweb_lines"} <= {
        r["id"] for r in call("refiners", "--json")["refiners"]
    }
    asked = ("refine", space.path, "c4_lines", "--into", tmp_path / "clean", "--set", "min_words=1")
    told = call(*asked, "--json")
    assert told["n_docs"] + told["n_emptied"] == 300 and told["n_tokens"] <= told["n_tokens_before"]
    went = call("diff", tmp_path / "clean", "--json")["rules"]
    assert sum(row["n_spans"] for row in went) == told["n_spans"]
    pieces = call("diff", tmp_path / "clean", "0", "--json")["pieces"]
    lines = call("diff", tmp_path / "clean", "0").splitlines()
    assert {line[:2] for line in lines} <= {"  ", "- ", "+ ", ""}
    assert any(line.startswith("- ") for line in lines) == any(piece["rule"] for piece in pieces)
    assert "refined workspace" in call("diff", space.path, ok=False).stderr


def test_a_terminal_obeys_nothing_of_a_corpus(space):
    hostile = "SELECT 'a' || chr(27) || ']52;c;eA==' || chr(7) || chr(155) || '31m' || chr(8238) || 'b' AS said"
    commands = {"\x1b", "\x07", "\x9b", "\u202e"}
    shown = call("query", space.path, hostile)
    assert "a]52;c;eA==31mb" in shown and not commands & set(shown)
    shown = subprocess.run(
        [sys.executable, "-m", "selection", "query", space.path, hostile, "--json"],
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert not commands & set(shown)
    assert json.loads(shown)["rows"] == [{"said": "a\x1b]52;c;eA==\x07\x9b31m\u202eb"}]
    refused = call("query", space.path, "SELECT '\x1b]0;x' FROM nowhere", ok=False)
    assert refused.returncode == 2 and "\x1b" not in refused.stderr
