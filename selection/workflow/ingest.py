"""Ingest: files in, document parts out, bad rows to quarantine; killed at any moment it goes on where it was.

Every part carries a cursor (which inputs are finished, how far the present one is read), so starting again reads on
after the last whole part. The same bytes with the same fields again are a no-op.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash

from selection.core.errors import BadSetting, MissingDocuments
from selection.core.progress import Progress, Step, silent
from selection.core.provenance import run_key
from selection.formats import readers
from selection.formats.readers.fields import Fields
from selection.formats.readers.rows import Rejected, Rows
from selection.formats.tokens import TokenCounter
from selection.primitives.hash_set import HashSet
from selection.store import documents, files
from selection.store.locks import exclusive
from selection.store.workspace import Workspace
from selection.workflow.refine import refuse_refined


@dataclass
class Ingested:
    """What an ingest did. `reasons` counts quarantined rows."""

    n_docs: int = 0
    n_tokens: int = 0
    n_quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unchanged: list[str] = field(
        default_factory=list
    )  # inputs whose bytes are in the workspace already


def ingest(
    space: Workspace,
    paths: Sequence[str | Path],
    fields: Fields | None = None,
    tokenizer: Path | None = None,
    progress: Progress = silent,
) -> Ingested:
    """Append documents. Raises `BadInput` before anything is written when a path or field is wrong."""
    inputs = readers.expand(paths)
    fields = fields or Fields.build({})
    refuse_refined(space)
    with exclusive(space, "ingest", "ingest into a workspace"):
        counter = _counter(space, tokenizer)
        ledger, report = _ledger(space), Ingested()
        writer = _PartWriter(space, counter, report, ledger)
        done, total = 0, sum(item.size_bytes for item in inputs)
        for item in inputs:
            _take(
                item,
                fields,
                ledger,
                writer,
                lambda n, item=item, done=done: progress(
                    Step(f"ingest {item.label}", done + n, total, "bytes")
                ),
            )
            done += item.size_bytes
        writer.flush()
        space.note(ledger={"finished": writer.finished, "partial": {}, "inputs": writer.inputs})
    if not documents.list_parts(space):
        raise MissingDocuments(f"an ingest must find at least one document, and {_worst(report)}")
    return report


def _take(
    item: readers.Input,
    fields: Fields,
    ledger: dict[str, Any],
    writer: _PartWriter,
    progress: Callable[[int], None],
) -> None:
    """Read one input to its end, from where an earlier ingest left it; nothing where it is finished already."""
    sha256 = readers.fingerprint(item)
    key = run_key("ingest", item.kind, 1, fields.model_dump(mode="json"), {"sha256": sha256})
    if key in ledger["finished"]:
        writer.report.unchanged.append(item.label)
        return
    writer.start(key, {"label": item.label, "sha256": sha256, "fields": fields.changed()})
    for rows in readers.read(item, fields, ledger["partial"].get(key, 0)):
        writer.add(rows)
        progress(rows.bytes_done)
    writer.end()
    progress(item.size_bytes)


def _worst(report: Ingested) -> str:
    """Why there is no document, with the remedy that fits."""
    if not report.reasons:
        return "the files hold no rows; choose others"
    reason, count = max(report.reasons.items(), key=lambda pair: pair[1])
    n_rows = report.n_quarantined
    remedy = "save the file as UTF-8" if reason == "not UTF-8" else "name the text field"
    return (
        f"{'the only row was' if n_rows == 1 else f'all {n_rows:,} rows were'} quarantined"
        f" ({count:,} × {reason}); {remedy}, or look at the quarantine"
    )


def _ledger(space: Workspace) -> dict[str, Any]:
    """Finished and half-read inputs: the noted ledger, plus what the last part's cursor says if an ingest was killed."""
    ledger = {"finished": [], "partial": {}, "inputs": {}, **space.facts().get("ledger", {})}
    parts = documents.list_parts(space, every=True)
    if parts:
        cursor = documents.read_cursor(parts[-1])
        ledger["finished"] = list(dict.fromkeys(ledger["finished"] + cursor.get("finished", [])))
        ledger["inputs"] = {**ledger["inputs"], **cursor.get("inputs", {})}
        if cursor.get("key") and cursor["key"] not in ledger["finished"]:
            ledger["partial"][cursor["key"]] = cursor["next_row"]
        space.note(ledger=ledger)
    return ledger


def _counter(space: Workspace, tokenizer: Path | None) -> TokenCounter:
    """One corpus, one tokenizer: token counts of different ones must not be added up."""
    known = space.facts().get("tokenizer")
    kept = space.artefacts / known["hash"] / "tokenizer.json" if known else None
    counter = TokenCounter(tokenizer or (kept if kept and kept.exists() else None))
    if known and documents.list_parts(space) and known["hash"] != counter.hash:
        raise BadSetting(
            f"one workspace counts tokens with one tokenizer, and this one has {known['name']}, got {counter.name};"
            " leave --tokenizer out, or ingest into a new workspace"
        )
    if not known:
        space.note(tokenizer={"name": counter.name, "hash": counter.hash})
    if tokenizer is not None:  # kept, so that a recipe can count the same tokens elsewhere
        with files.whole(space.artefacts / counter.hash / "tokenizer.json") as temporary:
            temporary.write_bytes(counter.path.read_bytes())
    return counter


class _PartWriter:
    """Buffers rows and appends a part whenever one is full; the only mutable state of an ingest."""

    def __init__(
        self, space: Workspace, counter: TokenCounter, report: Ingested, ledger: dict[str, Any]
    ) -> None:
        self.space, self.counter, self.report = space, counter, report
        self.finished, self.inputs = list(ledger["finished"]), dict(ledger["inputs"])
        self.next_doc = documents.n_documents(space)
        parts = documents.list_parts(space, every=True)
        self.number = parts[-1].number + 1 if parts else 0
        self.seen = HashSet()
        self.seen.add(documents.read_columns(space, ["uid_hash"]).column(0).to_numpy())
        self.occurrences: dict[str, int] = {}
        self.tables: list[pa.Table] = []
        self.rejected: list[tuple[str, Rejected]] = []
        self.n_docs = self.n_bytes = self.next_row = 0
        self.key: str | None = None
        self.label = ""
        self.dirty = False

    def start(self, key: str, entry: dict[str, Any]) -> None:
        self.key, self.label, self.next_row = key, entry["label"], 0
        self.inputs[key] = entry

    def end(self) -> None:
        if self.key:
            self.finished.append(self.key)
            self.key, self.dirty = None, True

    def add(self, rows: Rows) -> None:
        """Take one batch; flush first when it would overfill the part (a cursor always stands between batches)."""
        size = rows.text.nbytes
        full = (
            self.n_docs + len(rows.text) > documents.MAX_DOCS
            or self.n_bytes + size > documents.MAX_BYTES
        )
        if full and self.n_docs:
            self.flush()
        self.tables.append(self._table(rows))
        self.n_docs += self.tables[-1].num_rows
        self.n_bytes += size
        self.rejected += [(self.label, bad) for bad in rows.rejected]
        self.next_row, self.dirty = rows.next_row, True

    def _table(self, rows: Rows) -> pa.Table:
        uids, hashes, keep = self._identify(rows)
        table = pa.table(
            {
                "uid": uids,
                "uid_hash": pa.array(hashes, pa.uint64()),
                "text": rows.text,
                "source": rows.source,
                "date": pa.array(rows.date, pa.string()),
                "url": pa.array(rows.url, pa.string()),
                "metadata": rows.metadata,
                "file": pa.array([self.label] * len(uids), pa.string()),
                "row": pa.array(rows.row, pa.int64()),
            }
        )
        table = table if len(keep) == len(uids) else table.take(pa.array(keep, pa.int64()))
        n_tokens = self.counter.count(table.column("text").combine_chunks())
        return table.append_column("n_tokens", pa.array(n_tokens.astype(np.int32)))

    def _identify(self, rows: Rows) -> tuple[list[str], list[int], list[int]]:
        """uid, its hash, and which rows stay: an id that a user gave twice sends the later row to quarantine."""
        uids = _given_or_content(rows)
        hashes = [_uid_hash(uid) for uid in uids]
        known = self.seen.holds(np.array(hashes, np.uint64))
        here: set[int] = set()  # of this batch
        keep = []
        for place, given in enumerate(rows.id):
            taken = known[place] or hashes[place] in here
            if taken and given is None:
                uids[place] = self._numbered(uids[place], here)
                hashes[place] = _uid_hash(uids[place])
            elif taken:
                told = {"id": given, "text": rows.text[place].as_py()}
                raw = json.dumps(told, ensure_ascii=False).encode()
                bad = Rejected(rows.row[place], "duplicate id", raw, given or "")
                self.rejected.append((self.label, bad))
                continue
            here.add(hashes[place])
            keep.append(place)
        self.seen.add(np.fromiter(here, np.uint64, len(here)))
        return uids, hashes, keep

    def _numbered(self, base: str, here: set[int]) -> str:
        """A content hash with `-2`, `-3` … for further occurrences: exact duplicates stay visible to deduplication."""
        count, uid = self.occurrences.get(base, 1), base
        while uid == base or _uid_hash(uid) in here or self._is_known(uid):
            count += 1
            uid = f"{base}-{count}"
        self.occurrences[base] = count
        return uid

    def _is_known(self, uid: str) -> bool:
        return bool(self.seen.holds(np.array([_uid_hash(uid)], np.uint64))[0])

    def flush(self) -> None:
        """Append what is buffered as one part, with the cursor as it stands."""
        if not (self.dirty and (self.n_docs or self.rejected or self.finished)):
            return
        table = (
            pa.concat_tables(self.tables)
            if self.tables
            else documents.SCHEMA.remove(0).empty_table()
        )
        ids = pa.array(np.arange(self.next_doc, self.next_doc + table.num_rows))
        table = table.append_column("doc_id", ids).select(documents.SCHEMA.names)
        cursor = {
            "finished": self.finished,
            "key": self.key,
            "next_row": self.next_row,
            "inputs": self.inputs,
        }
        documents.write_part(self.space, self.number, table, self._quarantine(), cursor)
        self.report.n_docs += table.num_rows
        self.report.n_tokens += int(np.sum(table.column("n_tokens").to_numpy()))
        self.next_doc += table.num_rows
        self.number += 1
        self.tables, self.rejected = [], []
        self.n_docs = self.n_bytes = 0
        self.dirty = False

    def _quarantine(self) -> pa.Table:
        for _, bad in self.rejected:
            self.report.reasons[bad.reason] = self.report.reasons.get(bad.reason, 0) + 1
        self.report.n_quarantined += len(self.rejected)
        rows = [
            {
                "file": label,
                "row": bad.row,
                "reason": f"{bad.reason}: {bad.detail}" if bad.detail else bad.reason,
                "raw": bad.raw,
            }
            for label, bad in self.rejected
        ]
        return pa.Table.from_pylist(rows, schema=documents.QUARANTINE)


def _given_or_content(rows: Rows) -> list[str]:
    """The id of each row, or the hash of its text where it has none."""
    if None not in rows.id:
        return [str(given) for given in rows.id]
    texts = rows.text.cast(pa.large_binary()).to_pylist()
    return [
        xxhash.xxh3_128_hexdigest(text) if given is None else given
        for given, text in zip(rows.id, texts, strict=True)
    ]


def _uid_hash(uid: str) -> int:
    """What noise and identity are made of; never change it, or no old draw can be re-created."""
    return xxhash.xxh3_64_intdigest(uid.encode())
