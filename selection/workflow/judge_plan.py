"""What a judge will be asked: the rubric, the documents or pairs, and what that costs; nothing is sent here.

Documents are those with the smallest hash of their uid, so a larger sample holds a smaller one and goes on from it. Pairs
lie on a ring of the sample in that order: document i meets i+1 … i+rounds, so every document meets 2 x rounds others and
the comparisons hang together, as a Bradley-Terry fit needs. Each pair is shown in both orders, `votes` times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from selection.core.errors import BadSetting
from selection.core.judging import JudgeSettings
from selection.core.noise import splitmix
from selection.core.provenance import run_key
from selection.formats.tokens import TokenCounter
from selection.signals.judges import prompt, rubric
from selection.signals.judges.rubric import Rubric
from selection.store import columns, documents
from selection.store.workspace import Workspace
from selection.workflow import load

DEFAULT_SAMPLE = 500
_OUT_PER_DIMENSION = 55  # tokens: 30 words of reason, the number, and the JSON around them
_FENCES = 40  # tokens of the lines around one document


@dataclass(frozen=True)
class Item:
    """One thing to ask: a document, or a pair in the order shown."""

    doc_ids: tuple[int, ...]
    vote: int = 0

    @property
    def name(self) -> str:
        return "/".join(
            map(str, (*self.doc_ids, self.vote) if len(self.doc_ids) > 1 else self.doc_ids)
        )


@dataclass(frozen=True)
class Plan:
    """A judge's run on a workspace."""

    rubric_id: str
    rubric: Rubric
    model: str
    settings: JudgeSettings
    pairs: bool
    rows: np.ndarray  # (n,) doc_ids of the sample, in the order of their hash

    @property
    def rater(self) -> str:
        """The model's name as a column can carry it, with the rubric where it is not the standard one."""
        slug = (
            re.sub(r"[^a-z0-9]+", "_", self.model.lower().rpartition("/")[2]).strip("_")[:40]
            or "model"
        )
        return slug if self.rubric_id == "odis" else f"{slug}_{self.rubric_id}"

    @property
    def key(self) -> str:
        """Of everything an answer depends on; not of the sample, so that a larger one goes on."""
        settings = {
            "max_doc_tokens": self.settings.max_doc_tokens,
            "temperature": self.settings.temperature,
        }
        settings |= {"votes": self.settings.votes} if self.pairs else {}
        inputs = {"rubric": self.rubric.sha256(), "model": self.model, "pairs": self.pairs}
        return run_key("judge", self.rubric_id, prompt.VERSION, settings, inputs)

    def items(self) -> list[Item]:
        """Everything to ask, in order."""
        if not self.pairs:
            return [Item((int(doc_id),)) for doc_id in self.rows]
        pairs = ring(self.rows, self.settings.rounds)
        orders = [order for a, b in pairs for order in ((a, b), (b, a))]
        return [Item(order, vote) for order in orders for vote in range(self.settings.votes)]

    def record(self) -> dict[str, Any]:
        """What is kept with the answers."""
        return {
            "rubric": self.rubric_id,
            "rubric_sha256": self.rubric.sha256(),
            "asked": self.rubric.model_dump(mode="json"),
            "model": self.model,
            "rater": self.rater,
            "pairs": self.pairs,
            "noun": "votes" if self.pairs else "ratings",
            "votes": self.settings.votes if self.pairs else 1,
            "settings": {
                "max_doc_tokens": self.settings.max_doc_tokens,
                "temperature": self.settings.temperature,
            },
            "prompt_version": prompt.VERSION,
            "columns": [] if self.pairs else self.columns(),
        }

    def columns(self) -> list[dict[str, Any]]:
        """The columns of the judged documents: a dimension of Winnow on 0-5, else the rubric's own scale."""
        made = []
        for part in self.rubric.dimensions:
            low, high = self.rubric.range_of(part)
            start, factor = (low, 5 / (high - low)) if part.rates else (0.0, 1.0)
            made.append(
                {
                    "name": f"{part.rates or part.id}__{self.rater}",
                    "id": part.id,
                    "title": f"{part.title} ({self.model})",
                    "definition": f"{part.question.strip()} Rated by {self.model} with the rubric {self.rubric_id}.",
                    "unit": "0-5" if part.rates else f"{low:g}-{high:g}",
                    "polarity": part.polarity,
                    "source": self.rubric.source,
                    "dimension": bool(part.rates),
                    "kind": "number",
                    "low": start,
                    "factor": factor,
                }
            )
        for label in self.rubric.labels:
            named = {"name": f"{label.id}__{self.rater}", "id": label.id, "kind": "category"}
            said = {"title": f"{label.title} ({self.model})", "definition": label.question}
            made.append(
                {**named, **said, "unit": "", "polarity": 0, "source": "", "dimension": False}
            )
        return made


def ring(rows: np.ndarray, rounds: int) -> list[tuple[int, int]]:
    """Each document with the next `rounds` on the ring of (n,) doc_ids, every pair once, in the order of the ring."""
    place = {int(doc_id): i for i, doc_id in enumerate(rows)}
    met = {
        tuple(sorted((int(rows[i]), int(rows[(i + step) % len(rows)]))))
        for step in range(1, rounds + 1)
        for i in range(len(rows))
    }
    return sorted(((a, b) for a, b in met if a != b), key=lambda p: sorted(place[d] for d in p))


def make(
    space: Workspace,
    rubric_name: str,
    model: str,
    sample: int | None = None,
    pairs: bool = False,
    only: list[str] | None = None,
    settings: dict[str, Any] | None = None,
) -> Plan:
    """The plan, checked. `sample` None is 500 documents, 0 the whole corpus."""
    rubric_id, asked = rubric.read(rubric_name)
    asked = asked.only(only) if only else asked
    pairs = pairs or asked.kind == "pairwise"
    chosen = JudgeSettings.build(settings or {})
    if not model.strip() or len(model) > 200:
        raise BadSetting(f"--model must name a model of the endpoint, got {model[:80]!r}")
    if pairs and chosen.votes > 1 and chosen.temperature == 0:
        raise BadSetting(
            f"{chosen.votes} votes at temperature 0 would buy the same answer again; set temperature=1 or votes=1"
        )
    documents.require_parts(space)
    if sample is not None and sample < 0:
        raise BadSetting(f"--sample must be at least 0 (the whole corpus), got {sample}")
    _, uid_hash, _ = columns.identity(space)
    n_docs = len(uid_hash) if sample == 0 else DEFAULT_SAMPLE if sample is None else sample
    rows = load.sample_rows(uid_hash, n_docs)
    if pairs and len(rows) < 2:
        raise BadSetting(f"a pair needs two documents, and the sample has {len(rows)}; take more")
    return Plan(
        rubric_id,
        asked,
        model.strip(),
        chosen,
        pairs,
        rows[np.argsort(splitmix(uid_hash[rows]), kind="stable")],
    )


def estimate(space: Workspace, plan: Plan, items: list[Item]) -> dict[str, Any]:
    """Requests, tokens and cost of what is still to be asked; tokens as the bundled tokenizer counts them."""
    empty = prompt.messages(plan.rubric, plan.pairs, ["", ""] if plan.pairs else [""], "0" * 32)
    fixed = int(
        TokenCounter().count(pa.array([m["content"] for m in empty], pa.large_string())).sum()
    )
    limit = plan.settings.max_doc_tokens
    n_tokens = np.minimum(columns.identity(space)[2], limit)
    shown = sum(int(n_tokens[doc_id]) + _FENCES for item in items for doc_id in item.doc_ids)
    n_answers = len(plan.rubric.dimensions) + len(plan.rubric.labels)
    each_out = min(plan.settings.max_output_tokens, 10 + _OUT_PER_DIMENSION * n_answers)
    tokens_in, tokens_out = len(items) * fixed + shown, len(items) * each_out
    most_out = len(items) * plan.settings.max_output_tokens
    priced = plan.settings.price_in is not None or plan.settings.price_out is not None
    return {
        "n_requests": len(items),
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "cost": plan.settings.cost(tokens_in, tokens_out) if priced else None,
        "cost_at_most": plan.settings.cost(tokens_in, most_out) if priced else None,
    }


def in_words(found: dict[str, Any]) -> str:
    """What `judge_estimate` found, as one line."""
    text = (
        f"{found['n_requests']:,} requests, about {found['tokens_in']:,} tokens sent and"
        f" {found['tokens_out']:,} answered"
    )
    if found["cost"] is not None:
        text += f"; cost about {found['cost']:,.4g}, at most {found['cost_at_most']:,.4g} without repetitions"
    return text + (f"; {found['n_done']:,} are answered already" if found["n_done"] else "")


def texts(space: Workspace, doc_ids: set[int]) -> Iterator[tuple[int, str, int]]:
    """doc_id, text and token count of some documents, part by part."""
    wanted = np.array(sorted(doc_ids), np.int64)
    for part in documents.list_parts(space):
        here = wanted[(wanted >= part.first) & (wanted < part.first + part.n_docs)] - part.first
        if len(here):
            table = documents.read_part(part, ["doc_id", "text", "n_tokens"]).take(pa.array(here))
            for row in table.to_pylist():
                yield row["doc_id"], row["text"] or "", row["n_tokens"]
