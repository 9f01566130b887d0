"""Judges in trouble: every kind of bad answer, servers that fail or know less, kills, a full disk, mistakes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from selection.core.errors import (
    BackendUnavailable,
    DiskFull,
)
from selection.store import ratings
from tests.judge_server import JudgeServer, Sent, completion, documents_of, error, scores
from tests.workflow.judging import GOOD, ask, made, rows

BAD = {
    "refused by the model": (completion(None, refusal="I will not"), "refused", 1),
    "refused by a filter": (completion("", finish="content_filter"), "refused", 1),
    "refused with 400": (error(400, "blocked", "content_filter"), "refused", 1),
    "too long": (error(400, "maximum context length is 4096"), "rejected", 1),
    "cut": (completion(GOOD[:30], finish="length"), "cut", 1),
    "no JSON": (completion("I would say four."), "malformed", 3),
    "half an object": (completion(GOOD[:50]), "malformed", 3),
    "outside the scale": (completion(GOOD.replace("1.5", "7")), "malformed", 3),
    "a dimension missing": (completion(scores(3, "prose")), "malformed", 3),
    "true for a number": (completion(GOOD.replace("1.5", "true")), "malformed", 3),
    "another label": (completion(GOOD.replace("law", "chess")), "malformed", 3),
    "server errors": (error(500, "oops"), "unreachable", 3),
    "not a completion": (Sent({"hello": 1}), "unreachable", 3),
    "not JSON at all": (Sent(b"<html>", headers={"content-type": "application/json"}), "unreachable", 3),
    "time-outs": (Sent({}, delay_s=1.0), "unreachable", 3),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "status", "n_asked"), BAD.values(), ids=BAD.keys())
def test_a_bad_answer_is_counted_with_its_reason_and_never_filled_in(
    tmp_path, rubric, sent, status, n_asked
):
    space = made(tmp_path, ["good one", "the bad one", "good two"])

    def answer(request, number):
        return sent if documents_of(request) == ["the bad one"] else GOOD

    with JudgeServer(answer) as server:
        settings = {"attempts": 3, "timeout_s": 0.5}
        found = ask(space, rubric, server, sample=0, settings=settings)
        assert server.seen["the bad one"] == n_asked
        assert found["statuses"] == {"rated": 2, status: 1}
        assert found["n_left"] == (status == "unreachable")
        ask(space, rubric, server, sample=0, settings=settings)
        again = n_asked if status == "unreachable" else 0
        assert server.seen["the bad one"] == n_asked + again, (
            "a settled document is not asked again"
        )
        assert server.seen["good one"] == 1
    why = rows(space, f"SELECT why FROM answers WHERE status = '{status}'")
    assert all(row["why"] for row in why)
    assert rows(space, "SELECT count(*) AS n FROM ratings WHERE value IS NOT NULL") == [{"n": 4}]
    assert rows(space, "SELECT wit__model_1_two AS w FROM signals ORDER BY doc_id") == [
        {"w": 1.5}, {"w": None}, {"w": 1.5},
    ]  # fmt: skip


def test_what_recovers_is_rated_after_waiting_as_long_as_the_server_says(tmp_path, rubric):
    space = made(tmp_path, ["limited", "failing", "babbling"])

    def answer(request, number):
        text = documents_of(request)[0]
        if number == 1:
            return {
                "limited": error(429, "slow down", headers={"retry-after": "0.4"}),
                "failing": error(503, "busy"),
                "babbling": completion("Sure! Here you go: {oops"),
            }[text]
        return f"<think>maybe {{}} </think>Sure:\n```json\n{GOOD}\n```"

    with JudgeServer(answer) as server:
        started = time.monotonic()
        found = ask(space, rubric, server, sample=0)
        assert found["statuses"] == {"rated": 3} and time.monotonic() - started >= 0.4
        assert set(server.seen.values()) == {2}


def test_a_server_that_knows_less_is_asked_in_a_weaker_form(tmp_path, rubric):
    space = made(tmp_path, ["one", "two", "three"])

    def answer(request, number):
        if "max_tokens" in request:
            return error(400, "use 'max_completion_tokens' instead of max_tokens")
        if "temperature" in request:
            return error(400, "temperature is not supported with this model")
        if "response_format" in request:
            return error(422, "unknown field response_format")
        return GOOD

    with JudgeServer(answer) as server:
        assert ask(space, rubric, server, sample=0)["statuses"] == {"rated": 3}
        assert set(server.requests[-1]) == {"model", "messages", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (error(401, "Incorrect API key provided: secret-key-1"), "401"),
        (error(404, "no such model"), "404"),
        (error(429, "pay first", "insufficient_quota"), "account is empty"),
        (error(500, "down"), "left 5 requests in a row without an answer"),
    ],
)
def test_an_endpoint_that_cannot_answer_at_all_stops_the_verb_in_one_sentence(
    space, rubric, sent, said, monkeypatch
):
    monkeypatch.setenv("WINNOW_JUDGE_KEY", "secret-key-1")
    with JudgeServer(lambda request, number: sent) as server:
        with pytest.raises(BackendUnavailable, match=said) as caught:
            ask(space, rubric, server, sample=50, settings={"attempts": 2})
        assert server.headers[0]["authorization"] == "Bearer secret-key-1"
        assert len(server.requests) < 40
    assert "secret-key-1" not in str(caught.value)
    written = [path for path in space.path.rglob("*") if path.is_file()]
    assert written and not any(b"secret-key-1" in path.read_bytes() for path in written)


def shell(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "selection", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
    )


def test_a_kill_in_the_middle_loses_nothing_that_was_answered(space, rubric):
    enough = threading.Event()

    def answer(request, number):
        if len(server.requests) > 25:
            enough.set()
        return completion(GOOD) if len(server.requests) <= 25 else Sent({}, delay_s=3)

    with JudgeServer(answer) as server:
        arguments = (
            "judge",
            space.path,
            rubric,
            "--base-url",
            server.url,
            "--model",
            "m",
            "--sample",
            60,
        )
        killed = shell(*arguments, "--set", "concurrency=2")
        assert enough.wait(60)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        (record,) = ratings.list_ratings(space)
        kept = [a for a in ratings.answers(space, record["key"]) if a["status"] == "rated"]
        assert len(kept) >= 24
        server.answer, before = (lambda request, number: GOOD), len(server.requests)
        again = shell(*arguments, "--json")
        out, said = again.communicate(timeout=60)
        assert again.returncode == 0, said
        assert len(server.requests) - before == 60 - len(kept), "paid twice, or left out"
    assert json.loads(out)["statuses"] == {"rated": 60}
    asked = rows(
        space,
        "SELECT count(DISTINCT doc_id) AS n, count(*) AS m FROM answers WHERE status = 'rated'",
    )
    assert asked == [{"n": 60, "m": 60}]


def test_a_full_disk_is_one_sentence_and_what_was_written_stays(space, rubric):
    with JudgeServer(lambda request, number: GOOD) as server:
        key = ask(space, rubric, server, sample=2)["key"]
        journal = ratings.Journal(space, key)
        real = journal._file
        with open("/dev/full", "wb") as full:
            journal._file = full.fileno()
            with pytest.raises(DiskFull, match="everything finished is kept"):
                journal.append({"item": "1"})
        journal._file = real
        journal.close()
        assert ask(space, rubric, server, sample=3)["statuses"] == {"rated": 3}


def test_a_line_cut_short_by_a_kill_is_left_out(space, rubric):
    with JudgeServer(lambda request, number: GOOD) as server:
        key = ask(space, rubric, server, sample=2)["key"]
        journal = ratings.folder(space, key) / "answers-00001.jsonl"
        journal.write_text('{"item": "12", "status": "ra')
        assert len(list(ratings.answers(space, key))) == 2
        assert ask(space, rubric, server, sample=4)["statuses"] == {"rated": 4}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonesuch", "--base-url", "http://x/v1"], "there is no rubric"),
        (["odis", "--base-url", "ftp://x"], "http(s) address"),
        (["odis", "--base-url", "http://user:pw@x/v1"], "must hold no user, key or query"),
        (["odis", "--base-url", "http://x/v1?key=1"], "must hold no user, key or query"),
        (["odis", "--base-url", "http://x/v1", "--max-cost", "1"], "both prices"),
        (["odis", "--base-url", "http://x/v1", "--set", "votes=0"], "votes"),
        (["odis", "--base-url", "http://x/v1", "--dimension", "gramma"], "did you mean grammar"),
        (["qurating", "--base-url", "http://x/v1", "--set", "votes=3"], "temperature"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_2(space, arguments, said):
    rubric, *rest = arguments
    run = shell("judge", space.path, rubric, "--model", "m", *rest)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 2 and err.count("\n") == 1 and said in err and not out
