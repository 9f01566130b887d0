"""Refine: the documents of a workspace, edited by a refiner, into a new workspace, with the diff of every document.

Part by part: part k of the new workspace comes from part k of the old one, so a refine that was killed goes on where it
was, and one of a corpus that grew refines what is new. uids, source and metadata are kept, tokens are counted again, and a
document of which nothing is left goes to quarantine. `winnow.json` of the new workspace names the refiner and its settings
after those before it (`lineage`), so a recipe drawn there can refine raw input again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from selection.core.documents import State
from selection.core.errors import BadInput, WinnowError
from selection.core.progress import Progress, Step, silent
from selection.core.recipe import LeafRef
from selection.core.refiner import Refined, Refiner
from selection.core.registry import find
from selection.formats.tokens import TokenCounter
from selection.store import artefacts, diffs, documents, files, tags
from selection.store import targets as sets
from selection.store.documents import Part
from selection.store.locks import exclusive
from selection.store.workspace import Workspace, create
from selection.workflow import targets
from selection.workflow.corpus_context import CorpusContext

PACKAGE = "selection.refiners"


@dataclass(frozen=True)
class Report:
    """What a refine did, over the whole workspace."""

    n_docs: int
    n_tokens: int
    n_tokens_before: int
    n_spans: int
    n_emptied: int


def named(refiner: str, settings: dict[str, Any] | None = None) -> Refiner:
    """A refiner by id with its settings checked."""
    return find(PACKAGE, Refiner, refiner).build(settings or {})


def refine(
    space: Workspace,
    refiner: Refiner,
    into: Path,
    progress: Progress = silent,
    state: State | None = None,
) -> Report:
    """Write the edited documents of `space` into the workspace `into`, which is new or was made by the same refine.

    state: what the refiner learnt elsewhere, instead of preparing it here.
    """
    documents.require_parts(space)
    parts = documents.list_parts(space, every=True)
    if state is None:
        context = CorpusContext(space, f"prepare {refiner.id()}", progress)
        state = {name: np.asarray(values) for name, values in refiner.prepare(context).items()}
    target = create(into)
    with exclusive(target, "ingest", "refine into a workspace"):
        counter = _begin(space, refiner, target, state)
        done = {part.number for part in documents.list_parts(target, every=True)}
        total, label = documents.n_documents(space), f"refine {refiner.id()}"
        for part in parts:
            if part.number not in done:
                _take(space, part, refiner, target, counter, state)
            progress(Step(label, part.first + part.n_docs, total))
        target.note(ledger=space.facts().get("ledger", {}))
    return _report(space, target)


def _begin(space: Workspace, refiner: Refiner, target: Workspace, state: State) -> TokenCounter:
    """Note where the documents come from, or see that it is the same as before; the tokenizer is the old one's."""
    facts = space.facts()
    settings = refiner.model_dump(mode="json")
    artefact = artefacts.pack(state)[0] if state else None
    ref = LeafRef(id=refiner.id(), version=refiner.version, settings=settings, artefact=artefact)
    lineage = [*facts.get("lineage", []), ref.model_dump(mode="json")]
    known = target.facts()
    origin = known.get("refined_from", {}).get("id")
    fresh = not documents.list_parts(target, every=True) and "lineage" not in known
    if not fresh and (known.get("lineage") != lineage or origin != facts["id"]):
        raise BadInput(
            f"refine writes into a new workspace, or goes on with its own, and {target.name!r} holds other documents;"
            " name another with --into"
        )
    tokenizer = facts["tokenizer"]
    kept = Path("artefacts") / tokenizer["hash"] / "tokenizer.json"
    own = (space.path / kept).exists()
    if own and not (target.path / kept).exists():
        with files.whole(target.path / kept) as temporary:
            temporary.write_bytes((space.path / kept).read_bytes())
    if state:
        artefacts.save(target, state)
    _carry(space, target, lineage)
    target.note(
        tokenizer=tokenizer, lineage=lineage, refined_from={"id": facts["id"], "name": space.name}
    )
    return TokenCounter(target.path / kept if own else None)


def _carry(space: Workspace, target: Workspace, lineage: list[dict[str, Any]]) -> None:
    """What draws in the new workspace stand on: states and target sets that the refiners learnt from, and tags."""
    for step in lineage[:-1]:
        if step.get("artefact"):
            artefacts.save(target, artefacts.load(space.artefacts, step["artefact"]))
    for key in targets.pinned(space, [step["settings"] for step in lineage]):
        if (space.targets / key).is_dir():
            sets.carry(space.path, key, target.path)
    tags.carry(space, target)


def _take(
    space: Workspace,
    part: Part,
    refiner: Refiner,
    target: Workspace,
    counter: TokenCounter,
    state: State,
) -> None:
    """Refine one part: its diff first, its documents last."""
    table = documents.read_part(part, documents.SCHEMA.names)
    before = pa.concat_arrays(table.column("text").chunks or [pa.array([], pa.large_string())])
    refined = refiner.refine(before, state)
    stays = pc.not_equal(pc.utf8_length(pc.utf8_trim_whitespace(refined.text)), 0)  # pyright: ignore[reportAttributeAccessIssue]
    keep = np.flatnonzero(stays.to_numpy(zero_copy_only=False))
    first = documents.n_documents(target)
    doc_id = np.full(table.num_rows, -1, np.int64)
    doc_id[keep] = np.arange(first, first + len(keep))
    diffs.write_part(target, part.number, _diff(refiner, refined, doc_id, table.column("uid")))
    emptied = np.flatnonzero(doc_id < 0)
    rejected = pa.table(
        {
            "file": table.column("file").take(emptied),
            "row": table.column("row").take(emptied),
            "reason": pa.array([f"nothing left after {refiner.id()}"] * len(emptied), pa.string()),
            "raw": before.take(emptied).cast(pa.large_binary()).cast(pa.binary()),
        }
    )
    changed = {
        "doc_id": pa.array(doc_id),
        "text": refined.text,
        "n_tokens": pa.array(counter.count(refined.text).astype(np.int32)),
    }
    columns = {name: changed.get(name, table.column(name)) for name in documents.SCHEMA.names}
    edited = pa.table(columns).take(keep)
    documents.write_part(target, part.number, edited, rejected.cast(documents.QUARANTINE), {})


def _diff(refiner: Refiner, refined: Refined, doc_id: np.ndarray, uid: pa.ChunkedArray) -> pa.Table:
    removed = refined.removed
    ids = doc_id[removed.row]
    return pa.table(
        {
            "doc_id": pa.array(ids, mask=ids < 0),
            "uid": uid.take(removed.row),
            "start": removed.start,
            "stop": removed.stop,
            "rule": pa.array(np.array([*refiner.rules], object)[removed.rule], pa.string()),
            "text": removed.text,
        }
    )


def _report(space: Workspace, target: Workspace) -> Report:
    def tokens(where: Workspace) -> int:
        counted = documents.read_columns(where, ["n_tokens"]).column(0)
        return int(counted.to_numpy().astype(np.int64).sum())

    return Report(
        n_docs=documents.n_documents(target),
        n_tokens=tokens(target),
        n_tokens_before=tokens(space),
        n_spans=sum(row["n_spans"] for row in diffs.by_rule(target)),
        n_emptied=documents.n_quarantined(target),
    )


def lineage(space: Workspace) -> list[dict[str, Any]]:
    """id, version and settings of every refiner that the documents went through, first to last."""
    return list(space.facts().get("lineage", []))


def refuse_refined(space: Workspace) -> None:
    """Documents that skipped the refiner must not come among those that went through it."""
    if lineage(space):
        raise WinnowError(
            f"workspace {space.name!r} was made by refine and takes no other documents; ingest into"
            f" {space.facts()['refined_from']['name']!r} and refine again"
        )


def rules(space: Workspace) -> list[dict[str, Any]]:
    """rule, n_spans, n_docs and n_chars of what was taken out of a refined workspace."""
    return diffs.by_rule(space)


def most_changed(space: Workspace, most: int = 20) -> list[dict[str, Any]]:
    """doc_id, n_spans and n_chars of the documents of a refined workspace that lost most characters."""
    return diffs.by_document(space, most)


def diff(space: Workspace, doc_id: int) -> list[dict[str, Any]]:
    """A document as it was, in pieces: `text`, and the `rule` that took it, None where it stayed."""
    row = documents.read_rows(space, [doc_id], ["text"]).to_pylist()[0]
    pieces: list[dict[str, Any]] = []
    kept, place = row["text"], 0  # `place` in the text as it was
    for span in sorted(diffs.read(space, [doc_id]), key=lambda span: span["start"]):
        stays, kept = kept[: span["start"] - place], kept[span["start"] - place :]
        if stays:
            pieces.append({"text": stays, "rule": None})
        pieces.append({"text": span["text"], "rule": span["rule"]})
        place = span["stop"]
    return [*pieces, {"text": kept, "rule": None}] if kept else pieces


def again(space: Workspace, steps: list[LeafRef], progress: Progress = silent) -> list[Workspace]:
    """The refiners of a recipe, one after the other, each into a workspace beside the first; all, the first included."""
    made = [space]
    for number, step in enumerate(steps):
        refiner = named(step.id, step.settings)
        if refiner.version != step.version:
            raise WinnowError(
                f"the recipe wants {step.id} version {step.version}, and here it has version {refiner.version}"
            )
        into = space.path.with_name(f"{space.name}.{number}")
        state = artefacts.load(space.artefacts, step.artefact) if step.artefact else {}
        refine(made[-1], refiner, into, progress, state)
        made.append(Workspace(into))
    return made
