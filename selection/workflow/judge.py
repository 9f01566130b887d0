"""Judge: ask an LLM about a sample of documents, or pairs of them, by a rubric, and keep every answer.

Answers go to the ratings of the workspace (`store/ratings`), not to its signals: a sample is not a signal. Only when every
document of the corpus has been asked about does a signals run come of it, with null for those without a valid answer.
Every document ends as rated, refused, malformed (`attempts` answers that were not what was asked), cut or rejected, each
with its reason, and is not asked about again; what could not be reached is asked again when the verb is started again.

The cap holds for all that was ever spent on these ratings. Before a request its worst case is set aside (a token a byte of
prompt, the longest answer), so that the cap is kept whatever the model's tokenizer; a request that ran out of time counts
as its worst case, since the server may charge for it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from selection.core.errors import BackendUnavailable, BadSetting
from selection.core.judging import JudgeSettings, Reply
from selection.core.progress import Progress, Step, silent
from selection.engine.judge_client import JudgeClient, checked_url
from selection.signals.judges import answer, prompt
from selection.store import ratings
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow import judge_plan, judge_signals, judged
from selection.workflow.judge_plan import Item, Plan
from selection.workflow.purse import Purse

_FINAL = {"rated", "refused", "cut", "rejected"}
_RAW_CHARS = 50_000
_SILENCES = 5  # requests in a row without any answer, after which the endpoint counts as gone


def judge(
    space: Workspace,
    rubric: str,
    base_url: str,
    model: str,
    sample: int | None = None,
    pairs: bool = False,
    only: list[str] | None = None,
    max_cost: float | None = None,
    settings: dict[str, Any] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Ask about what has no answer yet; returns the facts of the ratings as they are then."""
    url = checked_url(base_url)
    plan = judge_plan.make(space, rubric, model, sample, pairs, only, settings)
    _check_cap(max_cost, plan.settings)
    with exclusive(space, f"judge-{plan.key}", "ask a judge for the same ratings"):
        ratings.begin(space, plan.key, plan.record())
        spent, done = standing(space, plan)
        todo = [item for item in plan.items() if item.name not in done]
        run = _Asking(
            space, plan, url, Purse(max_cost, spent), len(plan.items()) - len(todo), progress
        )
        _to_the_end(run.all(todo))
        judge_signals.publish(space, plan)
    return {**_facts(space, plan), "stopped": run.stopped}


def _to_the_end(asking: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own where this one has a running loop, as a notebook's has."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(asking)
        return
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asking).result()


def judge_estimate(
    space: Workspace,
    rubric: str,
    model: str,
    sample: int | None = None,
    pairs: bool = False,
    only: list[str] | None = None,
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What is still to be asked, in requests, tokens and money; nothing is sent."""
    plan = judge_plan.make(space, rubric, model, sample, pairs, only, settings)
    spent, done = standing(space, plan)
    items = plan.items()
    todo = [item for item in items if item.name not in done]
    priced = {"n_done": len(items) - len(todo), "spent": spent}
    return {
        **judge_plan.estimate(space, plan, todo),
        **priced,
        "key": plan.key,
        "rater": plan.rater,
    }


def _check_cap(max_cost: float | None, settings: JudgeSettings) -> None:
    if max_cost is None:
        return
    if not max_cost > 0:
        raise BadSetting(f"--max-cost must be more than 0, got {max_cost:g}")
    if settings.price_in is None or settings.price_out is None:
        raise BadSetting(
            "a cap needs both prices of a million tokens; give --set price_in=… and --set price_out=…"
        )


def standing(space: Workspace, plan: Plan) -> tuple[float, set[str]]:
    """What was spent so far, and the items that are settled."""
    spent, settled, malformed = 0.0, set(), Counter()
    for given in ratings.answers(space, plan.key):
        spent += given["cost"]
        if given["status"] in _FINAL:
            settled.add(given["item"])
        elif given["status"] == "malformed":
            malformed[given["item"]] += 1
    given_up = {item for item, count in malformed.items() if count >= plan.settings.attempts}
    return spent, settled | given_up


def _facts(space: Workspace, plan: Plan) -> dict[str, Any]:
    """What the ratings hold, and what this sample still lacks."""
    _, settled = standing(space, plan)
    items = plan.items()
    n_left = sum(item.name not in settled for item in items)
    return {**judged.facts(space, plan.key), "n_items": len(items), "n_left": n_left}


class _Asking:
    """The requests of one start of the verb, `concurrency` at a time."""

    def __init__(
        self, space: Workspace, plan: Plan, url: str, purse: Purse, n_done: int, progress: Progress
    ) -> None:
        self.space, self.plan, self.url, self.purse = space, plan, url, purse
        self.n_done, self.n_items, self.progress = n_done, len(plan.items()), progress
        self.schema = answer.schema(plan.rubric, plan.pairs)
        self.silences, self.stopped = 0, ""

    async def all(self, todo: list[Item]) -> None:
        self._step()
        if not todo:
            return
        source = self._with_texts(todo)
        self.journal = ratings.Journal(self.space, self.plan.key)
        try:
            async with JudgeClient(self.url, self.plan.model, self.plan.settings) as self.line:
                n_workers = min(self.plan.settings.concurrency, len(todo))
                async with asyncio.TaskGroup() as group:
                    for _ in range(n_workers):
                        group.create_task(self._worker(source))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            self.journal.seal()
            self.journal.close()

    def _with_texts(self, todo: list[Item]) -> Iterator[tuple[Item, list[str]]]:
        """Each item with its texts as they are shown; of single documents one part is held at a time."""
        limit = self.plan.settings.max_doc_tokens
        wanted = {doc_id for item in todo for doc_id in item.doc_ids}
        read = (
            (doc_id, prompt.shortened(text, n_tokens, limit))
            for doc_id, text, n_tokens in judge_plan.texts(self.space, wanted)
        )
        if not self.plan.pairs:
            yield from ((Item((doc_id,)), [text]) for doc_id, text in read)
            return
        shown = dict(read)
        yield from ((item, [shown[doc_id] for doc_id in item.doc_ids]) for item in todo)

    async def _worker(self, source: Iterator[tuple[Item, list[str]]]) -> None:
        for item, texts in source:
            if self.stopped:
                return
            await self._settle(item, texts)

    async def _settle(self, item: Item, texts: list[str]) -> None:
        """Ask until there is a final answer, or the money, the attempts or the endpoint are gone."""
        for _ in range(self.plan.settings.attempts):
            fence = prompt.new_fence(texts)
            sent = prompt.messages(self.plan.rubric, self.plan.pairs, texts, fence)
            n_bytes = sum(len(message["content"].encode()) for message in sent) + 64
            worst = self.plan.settings.cost(n_bytes, self.plan.settings.max_output_tokens)
            if not await self.purse.reserve(worst * self.plan.settings.attempts):
                self.stopped = "cap"
                return
            started, cost = time.monotonic(), 0.0
            try:
                reply = await self.line.ask(sent, self.schema)
                cost = (
                    self.plan.settings.cost(reply.tokens_in, reply.tokens_out)
                    + worst * reply.n_lost
                )
                status = self._keep(item, fence, sent, reply, cost, time.monotonic() - started)
            finally:
                await self.purse.settle(worst * self.plan.settings.attempts, cost)
            self._hear(reply)
            if status != "malformed":
                break
        self.n_done += 1
        self._step()

    def _keep(
        self,
        item: Item,
        fence: str,
        sent: prompt.Messages,
        reply: Reply,
        cost: float,
        seconds: float,
    ) -> str:
        status, why, found = reply.outcome, reply.why, []
        if reply.outcome == "answered":
            try:
                found = answer.parse(reply.text, self.plan.rubric, self.plan.pairs)
                status = "rated"
            except answer.Malformed as error:
                status, why = "malformed", str(error)
        self.journal.append(
            {
                "item": item.name,
                "doc_id": item.doc_ids[0],
                "other_id": item.doc_ids[1] if self.plan.pairs else None,
                "vote": item.vote,
                "status": status,
                "why": why,
                "ratings": [asdict(rating) for rating in found],
                "raw": reply.text[:_RAW_CHARS],
                "fence": fence,
                "prompt_sha256": prompt.prompt_hash(sent),
                "model": self.plan.model,
                "base_url": self.url,
                "tokens_in": reply.tokens_in,
                "tokens_out": reply.tokens_out,
                "cost": cost,
                "seconds": round(seconds, 3),
                "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
            }
        )
        return status

    def _hear(self, reply: Reply) -> None:
        self.silences = self.silences + 1 if reply.outcome == "unreachable" else 0
        if self.silences >= _SILENCES:
            raise BackendUnavailable(
                f"the endpoint must answer, and {self.url} left {self.silences} requests in a row without an answer"
                f" ({reply.why}); what was answered is kept, and the same command goes on"
            )

    def _step(self) -> None:
        label = f"judge {self.plan.rubric_id} by {self.plan.model}"
        unit = "comparisons" if self.plan.pairs else "documents"
        self.progress(Step(label, min(self.n_done, self.n_items), self.n_items, unit))
