"""Judges on the Quality page: a real job against a real server, and what it said read as plain text."""

import json
import time

import pytest

import selection
from tests.judge_server import JudgeServer, completion, documents_of

HOSTILE = "<script>alert(1)</script> **bold** [x](http://evil)"


def answer(request, number):
    if "CLICK HERE" in documents_of(request)[0]:
        return completion("", refusal="no adverts")
    return json.dumps(
        {"educational_value": {"reason": HOSTILE, "points": [True, True, False, False, False]}}
    )


@pytest.fixture
def judged(workspaces, monkeypatch):
    """The tiny workspace after a judge has rated its 72 documents on demand of `open_page`."""
    space = selection.open_workspace(workspaces / "tiny")
    with JudgeServer(answer) as server:
        monkeypatch.setenv("WINNOW_JUDGE_URLS", server.url)
        yield space, server


def wait(space):
    deadline = time.monotonic() + 90
    while any(job.alive for job in selection.list_jobs(space)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return selection.list_jobs(space)[0]


def test_without_endpoints_of_the_server_nothing_can_be_asked(workspaces, open_page, monkeypatch):
    monkeypatch.delenv("WINNOW_JUDGE_URLS", raising=False)
    page = open_page("quality", view="Judges")
    assert not page.exception and "WINNOW_JUDGE_URLS" in page.info[0].value
    assert not [button for button in page.button if button.key == "start_judge"]


def test_a_judge_is_asked_as_a_job_and_its_reasons_are_read(judged, open_page):
    space, server = judged
    page = open_page("quality", view="Judges")
    page.selectbox(key="rubric").set_value("fineweb_edu").run()
    assert page.button(key="start_judge").disabled
    said = " ".join(caption.value for caption in page.caption)
    assert "72 requests" in said
    page.text_input(key="judge_model").set_value("lab/small").run()
    page.button(key="start_judge").click().run()
    job = wait(space)
    assert job.state == "done", selection.job_log(space, job.id)
    assert len(server.requests) == 72 and job.argv[2] == "fineweb_edu"
    page = open_page("quality", view="Judges")
    assert not page.exception and not page.error
    key = page.selectbox(key="ratings").value
    page.selectbox(key=f"answers_{key}").set_value("rated").run()
    frames = [frame.value for frame in page.dataframe]
    assert any(HOSTILE in str(frame.to_dict()) for frame in frames), "the reason as it came"
    assert not any(HOSTILE in element.value for element in page.markdown)
    page.selectbox(key=f"answers_{key}").set_value("refused").run()
    assert not page.exception
    assert any("no adverts" in str(frame.value.to_dict()) for frame in page.dataframe)


def test_a_cap_without_prices_cannot_be_started(judged, open_page):
    page = open_page("quality", view="Judges")
    page.text_input(key="judge_model").set_value("m").run()
    page.number_input(key="judge_cap").set_value(1.0).run()
    assert page.button(key="start_judge").disabled
    page.number_input(key="judge_price_in").set_value(1.0).run()
    page.number_input(key="judge_price_out").set_value(2.0).run()
    assert not page.button(key="start_judge").disabled and not page.exception


def test_a_dimension_means_the_rater_that_is_picked(judged, open_page):
    space, server = judged
    selection.judge(space, "fineweb_edu", server.url, "lab/small", 0)
    page = open_page("quality", view="Judges")
    picker = page.selectbox(key="prefer_rater_educational_value")
    assert sorted(picker.options) == ["small_fineweb_edu", "statistics"]
    picker.set_value("statistics").run()
    assert not page.exception
    now = {r["rater"]: r["meant"] for r in selection.raters(space)["educational_value"]}
    assert now == {"small_fineweb_edu": False, "statistics": True}
