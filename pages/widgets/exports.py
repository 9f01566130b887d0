"""Exports on screen: start one, fetch it, see its proof, and read how to make it again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import selection
from pages.widgets import download, progress, reader, style, workspace

if TYPE_CHECKING:
    from selection import Workspace

FORMATS = {
    "parquet": "Columns, compressed: the smallest, and what most tools read fastest.",
    "jsonl.zst": "One JSON object a line, zstd: what training pipelines stream.",
    "csv": "For spreadsheets; texts are quoted.",
    "hf": "A folder that the datasets library loads, with a card.",
}
IN_MEMORY_BYTES = 100 * 2**20  # larger ones are streamed from disk by the route


def start(space: Workspace, subset: str) -> None:
    """The format, and the job that writes the files below the workspace's exports."""
    format = st.segmented_control(
        "Format", list(FORMATS), default="parquet", required=True, key="format", bind="query-params"
    )
    format = format or "parquet"
    st.caption(FORMATS[format])
    out = free_folder(space.exports, f"{subset}.{format.partition('.')[0]}")
    progress.start_button(
        space,
        "Write files",
        "export",
        subset,
        str(out),
        f"--format={format}",
        key="export_start",
        type="primary",
        icon=":material/ios_share:",
        help="Streams the documents into files with a manifest and the recipe; memory stays flat at any size.",
    )
    n_tokens = selection.subset_facts(space, subset)["n_tokens"]
    st.caption(
        f"{style.duration(2 + n_tokens / 3e6)}, {style.size(n_tokens * 2.2)} of text and its recipe (estimate)"
    )


def free_folder(room: Path, name: str) -> Path:
    """The first of `name`, `name-2`, … that holds nothing yet."""
    number, path = 2, room / name
    while path.exists() and any(path.iterdir()):
        path, number = room / f"{name}-{number}", number + 1
    return path


def finished(space: Workspace) -> list[Path]:
    """Exports whose manifest is there, newest first."""
    if not space.exports.is_dir():
        return []
    whole = [path for path in space.exports.iterdir() if (path / "manifest.json").is_file()]
    return sorted(whole, key=lambda path: (path / "manifest.json").stat().st_mtime, reverse=True)


def card(space: Workspace, folder: Path) -> None:
    """One export: counts, download, proof, the command that makes it again, delete."""
    manifest = json.loads((folder / "manifest.json").read_text())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    with st.container(border=True):
        left, right = st.columns([3, 2], vertical_alignment="center")
        left.markdown(f"**{reader.inert(folder.name)}**")
        left.caption(
            f"{style.exact(manifest['n_docs'])} · {manifest['n_tokens']:,} tokens ·"
            f" {len(manifest['files'])} file{'s' if len(manifest['files']) != 1 else ''} · {style.size(size)}"
        )
        with right.container(horizontal=True, horizontal_alignment="right"):
            fetch(folder, size)
            with st.popover("Delete", icon=":material/delete:", key=f"export_delete_{folder.name}"):
                st.text(f"Delete {folder.name}? The subset stays.")
                if st.button("Delete files", key=f"export_delete_go_{folder.name}"):
                    shutil.rmtree(folder)
                    st.rerun()
        with st.expander("Manifest, recipe, and how to make it again"):
            _proof(folder, manifest)


def fetch(folder: Path, size: int) -> None:
    """A zip: built on click when small, streamed from disk when large."""
    if size <= IN_MEMORY_BYTES:
        st.download_button(
            "Download",
            data=lambda: download.zip_bytes(folder),
            file_name=f"{folder.name}.zip",
            mime="application/zip",
            on_click="ignore",
            key=f"export_fetch_{folder.name}",
            icon=":material/download:",
        )
    else:
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        url = f"{'/' + base if base else ''}/export/{download.token(folder)}"
        st.link_button(
            "Download",
            url,
            icon=":material/download:",
            help="Streamed from disk; the link lasts 12 hours.",
        )


def _proof(folder: Path, manifest: dict[str, Any]) -> None:
    st.markdown("**One command makes the same files again**, byte for byte, from the same input:")
    st.code(command(folder, manifest), language=None, wrap_lines=True)
    files, recipe, whole = st.tabs(
        ["Files", "Recipe", "Manifest"], key=f"export_tabs_{folder.name}"
    )
    with files:
        st.dataframe(
            {
                "file": [file["path"] for file in manifest["files"]],
                "documents": [file["n_docs"] for file in manifest["files"]],
                "size": [style.size(file["size_bytes"]) for file in manifest["files"]],
                "sha256": [file["sha256"] for file in manifest["files"]],
            },
            hide_index=True,
            height="content",
            key=f"export_files_{folder.name}",
            column_config={"documents": st.column_config.NumberColumn(format="localized")},
        )
    recipe.code(_json(folder / "recipe.json"), language="json", height=360)
    whole.code(_json(folder / "manifest.json"), language="json", height=360)


def _json(path: Path) -> str:
    return reader.plain(path.read_text(), 200_000)


def command(folder: Path, manifest: dict[str, Any]) -> str:
    """The shell line that applies the recipe to the inputs it names."""
    import shlex

    labels = [shlex.quote(reader.plain(str(item["label"]), 80)) for item in manifest["inputs"]]
    inputs = " ".join(f"<{label}>" for label in labels[:4]) + (" …" if len(labels) > 4 else "")
    recipe = shlex.quote(str(folder / "recipe.json"))
    return f"python -m selection apply {recipe} {inputs or '<input>'} --out again"


def care(space: Workspace, name: str) -> None:
    """Rename or delete a subset."""
    with st.popover("Rename", icon=":material/edit:", key=f"subset_rename_{name}"):
        fresh = st.text_input(
            "New name", value=name, max_chars=64, key=f"subset_rename_to_{name}"
        ).strip()
        if st.button("Rename", key=f"subset_rename_go_{name}", disabled=fresh == name):
            try:
                selection.rename_subset(space, name, fresh)
            except selection.WinnowError as mistake:
                workspace.fail(mistake)
            st.session_state.pop("subset", None)
            st.rerun()
    with st.popover("Delete", icon=":material/delete:", key=f"subset_delete_{name}"):
        st.text(f"Delete the subset {name}? Files written from it stay.")
        if st.button("Delete", key=f"subset_delete_go_{name}"):
            selection.delete_subset(space, name)
            st.session_state.pop("subset", None)
            st.rerun()
