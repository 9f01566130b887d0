"""Downloads of any size: exports are streamed as one zip from disk, behind a link that only this server can sign.

A route bypasses the pages, so its token carries the folder and the time it ends, signed with a key that lives as long
as the process.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pages.widgets import workspace

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_VALID_S = 12 * 3600
_CHUNK = 1 << 20


@cache
def _key() -> bytes:
    return secrets.token_bytes(32)


def token(folder: Path, now: float | None = None) -> str:
    """A link's unguessable part: folder and end of validity, signed."""
    ends = int((time.time() if now is None else now) + _VALID_S)
    body = base64.urlsafe_b64encode(f"{ends}:{folder.resolve()}".encode()).decode()
    return f"{body}.{_sign(body)}"


def _sign(body: str) -> str:
    return hmac.new(_key(), body.encode(), hashlib.sha256).hexdigest()


def folder_of(text: str) -> Path | None:
    """The export that a token names; None when it is forged, too old, or no finished export below the root."""
    body, _, mark = text.partition(".")
    if not hmac.compare_digest(mark.encode(), _sign(body).encode()):
        return None
    ends, _, path = base64.urlsafe_b64decode(body).decode().partition(":")
    folder = Path(path)
    inside = folder.is_relative_to(workspace.root().resolve()) and folder.parent.name == "exports"
    whole = (folder / "manifest.json").is_file()
    return folder if inside and whole and time.time() < int(ends) else None


class _Pipe:
    """A file that only ever gets written; what was written is taken off between steps."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        data, self.chunks = b"".join(self.chunks), []
        return data


def zipped(folder: Path) -> Iterator[bytes]:
    """The folder as the bytes of a zip, stored (its files are compressed already), in constant memory."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while block := source.read(_CHUNK):
                    target.write(block)
                    yield pipe.taken()
    yield pipe.taken()


def zip_bytes(folder: Path) -> bytes:
    """The same in memory, for small exports."""
    return b"".join(zipped(folder))


async def stream(request: Request) -> Response:
    """GET /export/{token}: the export as a zip."""
    from starlette.responses import PlainTextResponse, StreamingResponse

    folder = folder_of(request.path_params["token"])
    if folder is None:
        return PlainTextResponse(
            "This link is not valid any more; open the Export page again.", 404
        )
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(folder.name)}.zip",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(zipped(folder), media_type="application/zip", headers=headers)


async def ready(request: Request) -> Response:
    """GET /readyz: 200 when the folder of workspaces can be written (or made), 503 otherwise."""
    import os

    from starlette.responses import JSONResponse

    place = workspace.root()
    while not place.exists() and place != place.parent:
        place = place.parent
    writable = os.access(place, os.W_OK)
    return JSONResponse({"ready": writable}, 200 if writable else 503)
