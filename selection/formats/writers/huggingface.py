"""A Hugging Face dataset folder: Parquet under `data/` and a `README.md` whose front matter `load_dataset` reads.

    data/train-00000-of-00003.parquet …        README.md: configs, dataset_info (features, splits), size category, card

The folder loads with `datasets.load_dataset(folder)` and nothing else. Features are written only when every column has
a plain type; for nested ones the library infers them from the Parquet schema, which says the same.
Source of the keys: Hugging Face Hub documentation, "Dataset cards" and "Manual configuration".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from selection.formats.writers import parquet
from selection.formats.writers.chunks import plain_schema
from selection.formats.writers.dataset_card import yaml_text
from selection.formats.writers.shards import Written, write_file, write_shards

SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
    (100_000_000_000, "10B<n<100B"),
    (1_000_000_000_000, "100B<n<1T"),
)
DTYPES = {"halffloat": "float16", "float": "float32", "double": "float64", "date32[day]": "date32"}


def write(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, out: Path, card: str, shard_bytes: int
) -> list[Written]:
    """Write the folder; the card comes last, so that a folder with a card is complete."""
    shards = write_shards(
        batches,
        schema,
        out,
        parquet.open_shard,
        lambda number, total: f"data/train-{number:05d}-of-{total:05d}.parquet",
        shard_bytes,
    )
    readme = write_file(out, "README.md", with_front_matter(card, plain_schema(schema), shards))
    return sorted([*shards, readme], key=lambda written: written.path)


def with_front_matter(card: str, schema: pa.Schema, shards: list[Written]) -> str:
    """The card with what only the finished shards know added to its front matter."""
    own, body = ["license: other"], card
    if card.startswith("---\n") and "\n---\n" in card[4:]:
        head, _, body = card[4:].partition("\n---\n")
        own = head.splitlines()
    n_docs = sum(shard.n_docs for shard in shards)
    size_bytes = sum(shard.size_bytes for shard in shards)
    lines = [
        *own,
        f"size_categories:\n- {size_category(n_docs)}",
        "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*",
        "dataset_info:",
        *features(schema),
        "  splits:\n  - name: train",
        f"    num_bytes: {size_bytes}\n    num_examples: {n_docs}",
        f"  download_size: {size_bytes}\n  dataset_size: {size_bytes}",
    ]
    return "---\n" + "\n".join(lines) + "\n---\n" + body


def features(schema: pa.Schema) -> list[str]:
    """Lines of YAML for `dataset_info.features`; none when a column is not of a plain type."""
    lines = ["  features:"]
    for field in schema:
        kind, item = field.type, "dtype"
        if pa.types.is_list(kind):
            kind, item = kind.value_type, "list"
        if pa.types.is_nested(kind) or pa.types.is_decimal(kind):
            return []
        dtype = DTYPES.get(str(kind), str(kind))
        lines += [f"  - name: {yaml_text(field.name)}", f"    {item}: {yaml_text(dtype)}"]
    return lines


def size_category(n_docs: int) -> str:
    """The Hub's name for a number of rows."""
    return next((name for limit, name in SIZES if n_docs < limit), "n>1T")
