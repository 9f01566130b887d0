"""What goes wrong with models: memory that runs out, folders that are missing or broken, code of an author."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from selection.backend import replicas
from selection.backend.device import Device
from selection.backend.encoder import Encoder
from selection.backend.model_folder import locate
from selection.backend.replicas import Replica, delayed
from selection.core.errors import BackendUnavailable
from tests.backend.conftest import docstrings, large

CPU = Device("cpu")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "said",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
    ids=["torch", "cublas"],
)
def test_out_of_memory_halves_the_batch_and_those_that_follow(tiny, monkeypatch, said):
    encoder = Encoder(tiny("mean", dense=False), 0, 1024, [CPU])
    texts = large(docstrings(120))
    expected = encoder.encode(texts)
    forward, n_tokens = Replica._forward, []

    def cramped(self: Replica, ids: np.ndarray, mask: np.ndarray) -> torch.Tensor:
        n_tokens.append(ids.size)
        if ids.size > 300:
            raise said
        return forward(self, ids, mask)

    monkeypatch.setattr(replicas, "n_cores", lambda: 1)
    monkeypatch.setattr(Replica, "_forward", cramped)
    assert np.allclose(encoder.encode(texts), expected, atol=1e-5)
    tried = [n for n in n_tokens if n > 300]
    assert 1 <= len(tried) <= 2 < len(n_tokens) / 4  # 1024, 512, and then never again

    def hopeless(self: Replica, ids: np.ndarray, mask: np.ndarray) -> torch.Tensor:
        raise MemoryError

    monkeypatch.setattr(Replica, "_forward", hopeless)
    with pytest.raises(BackendUnavailable, match="does not fit in the memory of cpu; lower max_to"):
        encoder.encode(texts)


def test_a_gpu_stays_at_most_so_many_batches_ahead_of_what_is_waited_for():
    begun: list[int] = []

    def begin() -> Iterator[int]:
        for number in range(5):
            begun.append(number)
            yield number

    seen = [(one, len(begun)) for one in delayed(begin(), 2)]
    assert seen == [(0, 3), (1, 4), (2, 5), (3, 5), (4, 5)]
    assert list(delayed(iter([7]), 2)) == [7]


def test_a_fault_that_is_not_memory_is_told_and_not_tried_again(tiny, monkeypatch):
    def faulty(self: Replica, ids: np.ndarray, mask: np.ndarray) -> torch.Tensor:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(Replica, "_forward", faulty)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        Encoder(tiny("mean", dense=False), 0, 0, [CPU]).encode(large(docstrings(5)))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is set and read as on Linux")
def test_a_real_limit_of_memory_is_met_by_smaller_batches(tiny, tmp_path):
    """The operating system refuses the memory here, and torch says so in its own words."""
    code = f"""
import resource, numpy as np, pyarrow as pa
from pathlib import Path
from selection.backend import replicas
from selection.backend.device import Device
from selection.backend.encoder import Encoder
replicas.n_cores = lambda: 1
texts = pa.array(["a river of words " * 30] * 2000, pa.large_string())
encoder = Encoder(Path({str(tiny("mean", dense=False))!r}), 0, 1 << 18, [Device("cpu")])
small = encoder.encode(texts.slice(0, 8))
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + (60 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
vectors = encoder.encode(texts)
fits = encoder.replicas.free.get().fits
print(fits, float(abs(vectors - small[0]).max()), vectors.shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    fits, error, shape = done.stdout.split(maxsplit=2)
    assert int(fits) <= 1 << 16 and float(error) < 1e-5 and shape.strip() == "(2000, 32)"


def broken(folder: Path, how: str) -> None:
    if how == "weights":
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:5000])
    elif how == "pickle":
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    elif how == "config":
        (folder / "config.json").write_text("{ not json")
    elif how == "tokenizer":
        (folder / "tokenizer.json").write_text("{}")
    elif how == "remote":
        config = json.loads((folder / "config.json").read_text())
        config |= {"model_type": "own_kind", "auto_map": {"AutoModel": "evil.Model"}}
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "evil.py").write_text("raise SystemExit('the code of a model was run')")
    elif how == "writer":
        config = json.loads((folder / "config.json").read_text())
        config |= {"model_type": "t5", "is_encoder_decoder": True}
        (folder / "config.json").write_text(json.dumps(config))
    elif how == "module":
        modules = json.loads((folder / "modules.json").read_text())
        modules[1]["type"] = "evil.Pooling2"
        (folder / "modules.json").write_text(json.dumps(modules))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("weights", "cannot be loaded"),
        ("pickle", "safetensors only"),
        ("config", "config.json of a model must be JSON"),
        ("tokenizer", "tokenizer.json in .* cannot be read"),
        ("remote", "would run the code of its author"),
        ("writer", "must be an encoder, got 't5'"),
        ("module", "has Pooling2"),
    ],
)
def test_a_broken_model_is_one_sentence(tiny, tmp_path, how, said):
    folder = tmp_path / "model"
    shutil.copytree(tiny("mean", dense=False), folder)
    broken(folder, how)
    with pytest.raises(BackendUnavailable, match=said) as caught:
        Encoder(folder, 0, 0, [CPU]).encode(large(["x"]))
    assert "\n" not in str(caught.value)


def test_names_lead_to_folders_or_to_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert locate("all-MiniLM-L6-v2") == locate("sentence-transformers/all-MiniLM-L6-v2")
    assert locate(str(tmp_path)) == tmp_path.resolve()
    with pytest.raises(BackendUnavailable, match="got '/no/such/folder'; check the path"):
        locate("/no/such/folder")

    def gone(*args: object, local_files_only: bool = False, **kwargs: object) -> str:
        from huggingface_hub.errors import LocalEntryNotFoundError

        raise (
            LocalEntryNotFoundError("not cached") if local_files_only else OSError("offline\nmore")
        )

    monkeypatch.setattr("huggingface_hub.snapshot_download", gone)
    with pytest.raises(BackendUnavailable, match=r"neither on this machine .*\(offline\); give"):
        locate("owner/model-of-nobody")
