"""Writers: record batches in, files out; streamed, sharded, hashed, and the same bytes for the same rows.

- Rows are cut again at fixed boundaries (see `chunks`), so how they arrived leaves no trace in the bytes; there is no
  timestamp, and compression levels are fixed. Other versions of Arrow or zstd may write other bytes.
- Every file has a temporary name until all are complete; then all are renamed. A failure removes what it began.

Cost: memory holds one batch, one chunk of 8 MB and its encoded form, whatever the size of the subset.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from selection.core.errors import BadInput, DiskFull, UnknownName, close_matches
from selection.formats.writers.dataset_card import card
from selection.formats.writers.shards import OpenShard, Written, write_shards

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("parquet", "jsonl.zst", "csv", "hf")
SHARD_BYTES = 256 * 2**20

__all__ = ["FORMATS", "SHARD_BYTES", "Written", "card", "write"]


def write(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    out: Path,
    format: str,
    card: str = "",
    shard_bytes: int = SHARD_BYTES,
) -> list[Written]:
    """Write the rows into the folder `out` and say what was written, in order of file name.

    `card` is the text of `README.md` for the format `hf` (see `card`); other formats ignore it. A shard ends with the
    chunk that takes its file past `shard_bytes`. No rows still give one file that carries the schema.
    Raises `UnknownName` (format), `BadInput` (`out` is a file, or holds an earlier export), `DiskFull`.
    """
    if format not in FORMATS:
        raise UnknownName(f"there is no export format {format!r}; {close_matches(format, FORMATS)}")
    _check_folder(out)
    try:
        if format == "hf":
            from selection.formats.writers import huggingface

            return huggingface.write(batches, schema, out, card, shard_bytes)
        return write_shards(
            batches,
            schema,
            out,
            _opener(format),
            lambda number, total: f"part-{number:05d}.{format}",
            shard_bytes,
        )
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"an export needs room on the disk of its folder, which is full at {out};"
                " nothing was left there: free some space or choose another folder"
            ) from None
        raise


def _opener(format: str) -> OpenShard:
    from selection.formats.writers import delimited, json_lines, parquet

    openers: dict[str, Callable] = {
        "parquet": parquet.open_shard,
        "jsonl.zst": json_lines.open_shard,
        "csv": delimited.open_shard,
    }
    return openers[format]


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(f"an export is written into a folder, got the file {out}; name a folder")
    earlier = [*out.glob("part-*"), *out.glob("data/train-*")] if out.exists() else []
    if earlier:
        raise BadInput(
            f"an export does not mix with an earlier one, but {out} holds {earlier[0].name}; name an empty folder"
        )
