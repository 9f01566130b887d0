"""What the tests of judges share: a rubric of two dimensions and a label, a good answer to it, and how to ask."""

import json

import selection
from tests.conftest import write_jsonl

QUICK = {"backoff_s": 0.01, "concurrency": 4}
RUBRIC = """
title = "Two"
kind = "pointwise"
scale = [1, 5]
instructions = "You rate."
[[dimensions]]
id = "prose"
title = "Prose"
rates = "grammar"
question = "How good is the prose?"
[[dimensions]]
id = "wit"
title = "Wit"
question = "How witty?"
[[labels]]
id = "field"
title = "Field"
question = "Which field?"
options = ["law", "sport"]
"""
GOOD = json.dumps(
    {
        "prose": {"reason": "**plain**", "score": 3},
        "wit": {"reason": "none", "score": 1.5},
        "field": "law",
    }
)


def made(tmp_path, texts):
    rows = [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)]
    space = selection.create(tmp_path / "judged")
    selection.ingest(space, [write_jsonl(tmp_path / "judged.jsonl", rows)])
    return space


def rows(space, sql):
    return selection.query_rows(space, sql)[1]


def ask(space, rubric, server, **named):
    settings = {**QUICK, **named.pop("settings", {})}
    return selection.judge(space, rubric, server.url, "lab/Model-1", settings=settings, **named)
