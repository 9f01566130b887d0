"""Export: the documents of a subset, streamed into files, with a manifest that proves how they were made."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from selection.core.errors import BadInput
from selection.core.progress import Progress, Step, silent
from selection.core.recipe import Recipe
from selection.formats import writers
from selection.store import columns, documents, files, subsets
from selection.store.workspace import Workspace
from selection.workflow import version

MANIFEST_FORMAT = 1
_COLUMNS = {
    "uid": "the user's id, or a hash of the content",
    "text": "the document",
    "source": "label of the input it came from",
    "date": "as the input stated it",
    "url": "as the input stated it",
    "n_tokens": "tokens by the tokenizer in the manifest, without special tokens",
    "n_copies": "how often the document is to be repeated in training",
    "log_weight": "unnormalised log sampling weight of the method",
    "metadata": "every other column of the input, as JSON",
}


def export(
    space: Workspace, subset: str, out: Path, format: str = "parquet", progress: Progress = silent
) -> dict[str, Any]:
    """Write a subset below `out` and return its manifest. Same subset, same bytes; `out` must be new or empty."""
    facts = subsets.read_facts(space, subset)
    recipe = Recipe(**subsets.read_recipe(space, subset)).model_copy(
        update={"export": {"format": format}}
    )
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(
            f"an export goes into a new or empty folder, and {out} holds files; name another folder"
        )
    schema, batches = _batches(space, subset, progress)
    try:
        written = writers.write(
            batches, schema, out, format, card=_card(space, subset, recipe, schema, format)
        )
        _carry(space, recipe, out)
        manifest = _manifest(recipe, facts, written, out, space, subset)
        files.write_json(out / "manifest.json", manifest)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise
    return manifest


def _batches(
    space: Workspace, subset: str, progress: Progress
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    table = subsets.read(space, subset)
    extra = [name for name in table.column_names if name not in {"doc_id", "copies", "log_weight"}]
    base = ["uid", "text", "source", "date", "url", "n_tokens"]
    schema = pa.schema(
        [documents.SCHEMA.field(name) for name in base]
        + [pa.field("n_copies", pa.int32()), pa.field("log_weight", pa.float64())]
        + [pa.field(f"because_{name}", table.schema.field(name).type) for name in extra]
        + [documents.SCHEMA.field("metadata")]
    )
    doc_ids = table.column("doc_id").to_numpy()

    def rows() -> Iterator[pa.RecordBatch]:
        for part in documents.list_parts(space):
            low, high = np.searchsorted(doc_ids, [part.first, part.first + part.n_docs])
            if low == high:
                continue
            here = documents.read_part(part, [*base, "metadata"]).take(
                doc_ids[low:high] - part.first
            )
            picked = table.slice(low, high - low)
            arrays = {name: here.column(name) for name in [*base, "metadata"]}
            arrays |= {
                "n_copies": picked.column("copies"),
                "log_weight": picked.column("log_weight"),
            }
            arrays |= {f"because_{name}": picked.column(name) for name in extra}
            yield from (
                pa.table([arrays[f.name] for f in schema], schema=schema)
                .combine_chunks()
                .to_batches()
            )
            progress(Step(f"export {subset}", int(high), len(doc_ids)))

    return schema, rows()


def _card(space: Workspace, subset: str, recipe: Recipe, schema: pa.Schema, format: str) -> str:
    if format != "hf":
        return ""
    labels = columns.source(space)
    _, _, n_tokens = columns.identity(space)
    copies = subsets.copies(space, subset, len(n_tokens))
    n_labels = len(labels.names)
    docs = np.bincount(labels.codes[copies > 0], minlength=n_labels)
    tokens = np.bincount(labels.codes, weights=copies * n_tokens, minlength=n_labels)
    return writers.card(
        subset,
        {
            "method": [method.id for method in recipe.methods],
            "sampler": recipe.sampler.id,
            "seed": recipe.seed,
            "budget_tokens": recipe.budget_tokens,
            "n_docs": recipe.drawn["n_docs"],
            "n_tokens": recipe.drawn["n_tokens"],
            "corpus_docs": recipe.corpus["n_docs"],
            "corpus_tokens": recipe.corpus["n_tokens"],
            "tokenizer": recipe.tokenizer["name"],
            "settings": {method.id: method.settings for method in recipe.methods},
            "sources": {
                name: {"n_docs": int(docs[i]), "n_tokens": int(tokens[i])}
                for i, name in enumerate(labels.names)
                if docs[i]
            },
            "columns": {
                name: _COLUMNS.get(name, "why the method chose the document")
                for name in schema.names
            },
        },
    )


def _carry(space: Workspace, recipe: Recipe, out: Path) -> None:
    """The recipe and the fitted states it names, so that it can be applied elsewhere."""
    for sha256 in recipe.artefacts():
        source = space.artefacts / sha256 / "state.npz"
        target = out / "artefacts" / sha256 / "state.npz"
        with files.whole(target) as temporary:
            shutil.copyfile(source, temporary)
    tokenizer = Path("artefacts") / recipe.tokenizer["hash"] / "tokenizer.json"
    if (space.path / tokenizer).exists():
        with files.whole(out / tokenizer) as temporary:
            shutil.copyfile(space.path / tokenizer, temporary)
    files.write_json(out / "recipe.json", recipe.model_dump(mode="json"))


def _manifest(
    recipe: Recipe,
    facts: dict[str, Any],
    written: list[writers.Written],
    out: Path,
    space: Workspace,
    subset: str,
) -> dict[str, Any]:
    return {
        "format": MANIFEST_FORMAT,
        "subset": subset,
        "recipe_sha256": hashlib.sha256((out / "recipe.json").read_bytes()).hexdigest(),
        "inputs": recipe.inputs,
        "tokenizer": recipe.tokenizer,
        "methods": [method.model_dump(mode="json") for method in recipe.methods],
        "sampler": recipe.sampler.model_dump(mode="json"),
        "seed": recipe.seed,
        "budget_tokens": recipe.budget_tokens,
        "n_docs": facts["n_docs"],
        "n_copies": facts["n_copies"],
        "n_tokens": facts["n_tokens"],
        "corpus": recipe.corpus,
        "n_quarantined": documents.n_quarantined(space),
        "excluded": facts["excluded"],
        "versions": version.versions(),
        "files": [
            {"path": f.path, "sha256": f.sha256, "size_bytes": f.size_bytes, "n_docs": f.n_docs}
            for f in written
        ],
    }
