"""Sidecars: a person's own vectors, scores, coordinates or labels as a file, joined to the corpus by id or by position.

Parquet, Arrow, CSV, TSV, JSON lines and JSON arrays carry an id column; a .npy array is aligned by position, or by the
ids in a file beside it (`vectors.ids.txt`, one id a line, or `vectors.ids.parquet`). Arrays are read without pickle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from selection.core.errors import BadInput, UnknownName, close_matches
from selection.formats.readers.inputs import expand
from selection.formats.sidecar_columns import cells_of, column_of, finite, ids_of

_IDS = ("uid", "id", "document_id", "_id")  # doc_id is a position, not an id


@dataclass(frozen=True)
class Sidecar:
    """ids: one per row, None when the file is aligned by position. columns: name -> (n_rows,) or (n_rows, dim)."""

    ids: list[str] | None
    columns: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else len(self.ids or [])

    def numbers(self) -> dict[str, np.ndarray]:
        """The columns with one number a row, as (n_rows,) float64; NaN is "not rated"."""
        return {
            name: values.astype(np.float64)
            for name, values in self.columns.items()
            if values.ndim == 1 and values.dtype.kind in "iufb"
        }

    def vectors(self) -> dict[str, np.ndarray]:
        """The columns with one vector a row, (n_rows, dim) float32."""
        return {name: values for name, values in self.columns.items() if values.ndim == 2}


class Match(NamedTuple):
    """rows (n_uids,) int64: for each document its row in the sidecar, -1 where there is none; what is left over."""

    rows: np.ndarray
    unmatched_ids: list[str]  # rows of the sidecar that no document has
    missing_uids: list[str]  # documents that no row of the sidecar has


def read_sidecar(path: str | Path, id_field: str | None = None) -> Sidecar:
    """Read a sidecar whole. Raises `BadInput` for what cannot be read, `UnknownName` for an id column that is not there."""
    path = Path(path).expanduser()
    if path.suffix.lower() == ".npy":
        return _numpy(path)
    items = expand([path])
    if len(items) != 1 or items[0].kind in ("folder", "text"):
        raise BadInput(
            f"a sidecar must be one Parquet, CSV, JSON lines or .npy file, got {str(path)!r}; convert it first"
        )
    cells = cells_of(items[0])
    if id_field is not None and id_field not in cells:
        raise UnknownName(
            f"{path.name} has no column {id_field!r}; {close_matches(id_field, list(cells))}"
        )
    id_name = id_field or next((name for name in _IDS if name in cells), None)
    ids = ids_of(cells.pop(id_name), path) if id_name else None
    columns = {name: column_of(name, values, path) for name, values in cells.items()}
    if not columns:
        raise BadInput(
            f"a sidecar must have a column beside its id, and {path.name} has only {id_name!r}"
        )
    return Sidecar(ids, columns)


def match(ids: Sequence[str] | pa.Array, uids: Sequence[str] | pa.Array) -> Match:
    """Which row of the sidecar belongs to which document. Raises `BadInput` when an id comes twice in the sidecar."""
    given = _strings(ids)
    wanted = _strings(uids)
    if pc.count_distinct(given).as_py() != len(given):  # pyright: ignore[reportAttributeAccessIssue]
        counts = pc.value_counts(given)  # pyright: ignore[reportAttributeAccessIssue]
        twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")  # pyright: ignore[reportAttributeAccessIssue]
        raise BadInput(
            f"an id must come once in a sidecar, and {len(twice)} come more often ({_first(twice)}); keep one row of each"
        )
    found = pc.index_in(wanted, given)  # pyright: ignore[reportAttributeAccessIssue]
    known = pc.is_in(given, wanted)  # pyright: ignore[reportAttributeAccessIssue]
    rows = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Match(
        rows,
        given.filter(pc.invert(known)).to_pylist(),  # pyright: ignore[reportAttributeAccessIssue]
        wanted.filter(pc.is_null(found)).to_pylist(),  # pyright: ignore[reportAttributeAccessIssue]
    )


def align(sidecar: Sidecar, uids: Sequence[str] | pa.Array, partial: bool = False) -> np.ndarray:
    """(n_uids,) int64 rows of the sidecar; with `partial` a document may have none (-1).

    Raises `BadInput` that counts both sides and lists what did not match.
    """
    if sidecar.ids is None:
        if len(sidecar) != len(uids):
            raise BadInput(
                f"a sidecar without ids must have a row for each document, got {len(sidecar):,} rows for {len(uids):,}"
                " documents; add an id column, or name it with --id FIELD"
            )
        return np.arange(len(uids))
    found = match(sidecar.ids, uids)
    if found.unmatched_ids or (found.missing_uids and not partial):
        raise mismatch(found, len(sidecar.ids), len(uids))
    return found.rows


def mismatch(found: Match, n_ids: int, n_uids: int) -> BadInput:
    """The error that says, for both sides, how many did not match and the first five of them."""
    sides: list[str] = []
    if found.unmatched_ids:
        sides.append(
            f"{len(found.unmatched_ids):,} of the file's {n_ids:,} ids are no document's ({_first(found.unmatched_ids)})"
        )
    if found.missing_uids:
        sides.append(
            f"{len(found.missing_uids):,} of {n_uids:,} documents are not in the file ({_first(found.missing_uids)})"
        )
    return BadInput(
        f"a sidecar's ids must be the corpus's ids, and {' and '.join(sides)}; use the uid column of an export or query"
    )


def _first(names: Any) -> str:
    shown = [str(name) for name in list(names)[:5]]
    cut = [name if len(name) <= 60 else name[:59] + "…" for name in shown]
    return ", ".join(cut) + (", …" if len(names) > 5 else "")


def _strings(values: Sequence[str] | pa.Array) -> pa.Array:
    array: Any = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.cast(pa.large_string())


def _numpy(path: Path) -> Sidecar:
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise BadInput(
            f"a .npy sidecar must be a plain array, got {str(path)!r} ({reason}); save it with numpy.save"
        ) from None
    if values.ndim not in (1, 2) or values.dtype.kind not in "iufbU":
        raise BadInput(
            f"a .npy sidecar must have one number, label or vector a row, got shape {values.shape} of {values.dtype}"
        )
    if values.ndim == 2:
        values = finite(values, path.stem, path)
    return Sidecar(_ids_beside(path, len(values)), {path.stem: values})


def _ids_beside(path: Path, n_rows: int) -> list[str] | None:
    text, table = path.with_suffix(".ids.txt"), path.with_suffix(".ids.parquet")
    if text.is_file():
        ids = text.read_text(encoding="utf-8").splitlines()
    elif table.is_file():
        cells = cells_of(expand([table])[0])
        ids = ids_of(next(iter(cells.values()), []), table)
    else:
        return None
    if len(ids) != n_rows:
        raise BadInput(
            f"the ids beside a .npy must be as many as its rows, got {len(ids):,} ids for {n_rows:,} rows of {path.name}"
        )
    return ids
