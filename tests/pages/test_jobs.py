"""Jobs: what every session sees of them, and what can be done."""

import json

import selection


def _leave(space, name, argv, result=None, log=""):
    place = space.jobs / name
    place.mkdir(parents=True)
    (place / "job.json").write_text(json.dumps({"argv": argv, "created": 1_700_000_000.0}))
    (place / "log.txt").write_text(log)
    if result is not None:
        (place / "result.json").write_text(json.dumps({"ended": 1_700_000_009.0, **result}))


def test_jobs_say_how_they_ended_and_their_log_is_inert(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    _leave(space, "0000000000000001-aaaaaa", ["score", str(space.path), "--all"], {"error": ""})
    _leave(
        space,
        "0000000000000002-bbbbbb",
        ["embed", str(space.path)],
        {"error": "the model must exist, got 'x'; name one"},
    )
    _leave(space, "0000000000000003-cccccc", ["map", str(space.path)])
    app = open_page("jobs")
    assert not app.exception
    said = " ".join(text.value for text in app.markdown)
    assert "done" in said and "failed" in said and "interrupted" in said
    assert "the model must exist" in app.error[0].value.replace("\\", "")
    assert {"Resume", "Drop"} <= {button.label for button in app.button}


def test_a_record_can_be_dropped(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    _leave(space, "0000000000000001-aaaaaa", ["score", str(space.path), "--all"], {"error": ""})
    app = open_page("jobs")
    app.button(key="Drop_0000000000000001-aaaaaa").click().run()
    assert not app.exception
    assert selection.list_jobs(space) == []


def test_the_tail_of_a_log_starts_with_a_whole_line(workspaces):
    space = selection.open_workspace(workspaces / "tiny")
    _leave(
        space,
        "0000000000000001-aaaaaa",
        ["score", str(space.path)],
        {"error": ""},
        "first\nsecond\nthird\n",
    )
    assert selection.job_log(space, "0000000000000001-aaaaaa", 10) == "third\n"
    assert selection.job_log(space, "0000000000000001-aaaaaa") == "first\nsecond\nthird\n"
