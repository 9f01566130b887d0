"""hf:// addresses, through the Hub's own filesystem; nothing is fetched unless a person gives such an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, cast

from selection.core.errors import BackendUnavailable, BadInput

SCHEME = "hf://"


def is_remote(path: Path | str) -> bool:
    return isinstance(path, str) and path.startswith(SCHEME)


def filesystem() -> Any:
    """The Hub as an fsspec filesystem."""
    try:
        from huggingface_hub import HfFileSystem
    except ImportError:
        raise BackendUnavailable(
            "hf:// addresses need the package huggingface_hub; install it, or give a local path"
        ) from None
    return HfFileSystem()


def files(address: str) -> list[tuple[str, int]]:
    """(address, bytes) of every file below an hf:// address, by name."""
    inner = _inner(address)
    try:
        found = filesystem().find(inner, detail=True)
    except (
        Exception
    ) as error:  # the Hub's client raises many kinds; each means the same to a person
        raise _unreachable(address, error) from None
    if not found:
        raise BadInput(f"an hf:// address must name files that exist, got {address!r}")
    return [(SCHEME + name, int(found[name].get("size") or 0)) for name in sorted(found)]


def open_bytes(address: str) -> BinaryIO:
    """A seekable file on the Hub, read in ranges."""
    try:
        return cast(BinaryIO, filesystem().open(_inner(address), "rb"))
    except Exception as error:
        raise _unreachable(address, error) from None


def _inner(address: str) -> str:
    inner = address.removeprefix(SCHEME).strip("/")
    if not inner.startswith("datasets/") or inner.count("/") < 2 or ".." in inner.split("/"):
        raise BadInput(
            f"an hf:// address is written hf://datasets/OWNER/NAME or hf://datasets/OWNER/NAME/FILE, got {address!r}"
        )
    return inner


def _unreachable(address: str, error: Exception) -> BadInput | BackendUnavailable:
    if isinstance(error, FileNotFoundError) or "NotFound" in type(error).__name__:
        return BadInput(f"an hf:// address must name something that exists, got {address!r}")
    return BackendUnavailable(
        f"{address!r} cannot be reached ({type(error).__name__}); check the network and your "
        "Hugging Face access, or download the files and give their local path"
    )
