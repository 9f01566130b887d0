"""Jobs: real processes that are killed, cancelled, resumed, queued and watched."""

import os
import signal
import time

import pytest

import selection
from selection.core.errors import UnknownName
from selection.engine import jobs
from selection.store import documents
from tests.conftest import own_documents, write_jsonl


def wait(space, job_id, states, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job = jobs.find(space, job_id)
        if job.state in states:
            return job
        time.sleep(0.02)
    raise AssertionError(f"job is {jobs.find(space, job_id)}, wanted one of {states}")


def pid_of(space, job_id):
    return jobs.files.read_json(space.jobs / job_id / "process.json")["pid"]


def test_a_job_does_what_the_verb_does_and_says_so(space):
    job = selection.start_job(space, "score", "length")
    assert wait(space, job.id, {"done", "failed"}).state == "done"
    assert "n_words" in selection.status(space).signals


def test_a_file_attached_as_a_job_leaves_its_result(space, tmp_path):
    file = write_jsonl(tmp_path / "mine.jsonl", [{"id": "own/00003", "helpful": 2.0}])
    job = selection.start_job(space, "attach", str(file), "--as=signals")
    assert wait(space, job.id, {"done", "failed", "interrupted"}).state == "done"
    assert selection.signal_values(space, "helpful")[3] == 2.0


def test_a_mistake_is_told_by_its_one_sentence(space):
    job = selection.start_job(space, "score", "lenght")
    over = wait(space, job.id, {"done", "failed"})
    assert (over.state, over.message) == (
        "failed",
        "there is no signal 'lenght'; did you mean length",
    )


@pytest.fixture
def large(tmp_path):
    """A workspace and a file whose ingest takes long enough to be interrupted."""
    file = write_jsonl(tmp_path / "large.jsonl", own_documents(25_000))
    return selection.create(tmp_path / "large"), file


def wait_for_part(space):
    deadline = time.monotonic() + 90
    while not documents.list_parts(space):
        assert time.monotonic() < deadline, "no part was written"
        time.sleep(0.005)


def test_killed_it_is_interrupted_and_resumes_without_losing_a_part(large):
    space, file = large
    job = selection.start_job(space, "ingest", str(file))
    wait_for_part(space)
    os.kill(pid_of(space, job.id), signal.SIGKILL)
    assert wait(space, job.id, {"interrupted"}).state == "interrupted"
    kept = {part.path: part.path.stat().st_mtime_ns for part in documents.list_parts(space)}
    assert documents.n_documents(space) < 25_000
    selection.resume_job(space, job.id)
    assert wait(space, job.id, {"done", "failed"}).state == "done"
    assert documents.n_documents(space) == 25_000
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())


def test_cancel_ends_only_that_process_and_readers_never_notice(large):
    space, file = large
    job = selection.start_job(space, "ingest", str(file))
    wait_for_part(space)
    selection.cancel_job(space, job.id)
    assert wait(space, job.id, {"cancelled"}).state == "cancelled"
    assert selection.status(space).n_docs == documents.n_documents(space)


def test_cancelled_while_it_starts_it_never_runs(space):
    job = selection.start_job(space, "score", "length")
    pid = pid_of(space, job.id)
    selection.cancel_job(space, job.id)
    assert jobs.find(space, job.id).state == "cancelled"
    with pytest.raises(ChildProcessError):  # reaped by whoever asked last, or right here
        while os.waitpid(pid, 0)[0] != pid:
            pass
        os.waitpid(pid, 0)
    assert jobs.find(space, job.id).state == "cancelled"
    assert "n_words" not in selection.status(space).signals


def test_readers_see_whole_parts_while_a_job_writes(large):
    space, file = large
    job = selection.start_job(space, "ingest", str(file))
    wait_for_part(space)
    seen = []
    while jobs.find(space, job.id).alive:
        with selection.query(
            space, "SELECT count(*) AS n, count(text) AS t, max(doc_id) AS m FROM documents"
        ) as reader:
            row = reader.read_all().to_pylist()[0]
        assert row["n"] == row["t"] == row["m"] + 1
        seen.append(row["n"])
    assert seen == sorted(seen) and jobs.find(space, job.id).state == "done"


def test_the_same_job_twice_is_one_job_and_others_wait_their_turn(large):
    space, file = large
    first = selection.start_job(space, "ingest", str(file))
    assert selection.start_job(space, "ingest", str(file)).id == first.id
    second = selection.start_job(space, "score", "length")
    third = selection.start_job(space, "score", "words")
    order = []
    while any(job.alive for job in jobs.list_jobs(space)):
        running = [job.id for job in jobs.list_jobs(space) if job.state == "running"]
        assert len(running) <= 1, "two heavy jobs ran at once"
        order += [job_id for job_id in running if job_id not in order]
        time.sleep(0.02)
    assert order == [first.id, second.id, third.id]
    assert [job.state for job in jobs.list_jobs(space)] == ["done"] * 3


def test_a_job_of_an_unknown_id_is_one_sentence(space):
    with pytest.raises(UnknownName, match="there is no job 'x'"):
        selection.cancel_job(space, "x")


def test_a_job_that_is_over_can_be_dropped(space):
    job = selection.start_job(space, "score", "length")
    wait(space, job.id, {"done"})
    selection.forget_job(space, job.id)
    assert selection.list_jobs(space) == []
