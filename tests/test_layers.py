"""Arrows point one way, vendors stay in their folder, files stay readable. Read from the source with `ast`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [
    ROOT / "app.py",
    *sorted((ROOT / "pages").rglob("*.py")),
    *sorted((ROOT / "selection").rglob("*.py")),
]

BELOW = {  # folder of selection/ -> folders it may import
    "core": set(),
    "text": {"core"},
    "primitives": {"core"},
    "backend": {"core", "primitives", "text"},
    "store": {"core"},
    "formats": {"core", "text"},
    "signals": {
        "core",
        "primitives",
        "text",
        "backend",
    },  # raters that read with a model, as embedders do
    "methods": {"core", "primitives", "text"},
    "refiners": {"core", "primitives", "text"},
    "samplers": {"core", "primitives"},
    "embedders": {"core", "primitives", "backend"},
    "clusterers": {"core", "primitives"},
    "projections": {"core", "primitives"},
    "engine": {"core", "store"},
}
BELOW["workflow"] = set(BELOW) | {"text"}
BELOW["shell"] = {"core", "engine", "workflow"}
VENDORS = {
    "streamlit": ("app.py", "pages/"),
    "duckdb": ("selection/store/",),
    "torch": ("selection/backend/",),
    "transformers": ("selection/backend/",),
    "sentence_transformers": ("selection/backend/",),
    "numba": ("selection/text/", "selection/primitives/"),
    "openai": ("selection/engine/judge_client.py",),
    "ray": ("selection/engine/ray_data.py",),
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_vendor_is_imported_in_its_own_folder_only(path):
    for module in imports(path):
        allowed = VENDORS.get(module.split(".")[0])
        assert allowed is None or name(path).startswith(allowed), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in SOURCES if name(p).startswith("selection/")], ids=name)
def test_arrows_point_one_way(path):
    parts = name(path).split("/")
    if len(parts) == 2:  # the facade and the shell's entry
        return
    for module in imports(path):
        words = module.split(".")
        assert words[0] != "pages", f"{name(path)} imports a page"
        if (
            words[0] == "selection"
            and len(words) > 1
            and words[1] in BELOW
            and words[1] != parts[1]
        ):
            assert words[1] in BELOW[parts[1]], f"{name(path)} imports {module}"


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if name(p).startswith("selection/methods/")], ids=name
)
def test_methods_do_not_know_each_other(path):
    own = name(path).removesuffix(".py").replace("/", ".")
    for module in imports(path):
        assert not module.startswith("selection.methods") or module == own, (
            f"{name(path)} imports {module}"
        )


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if name(p).startswith(("pages/", "app.py"))], ids=name
)
def test_pages_use_no_vendor_but_the_screen_and_arrays(path):
    heavy = {"duckdb", "torch", "faiss", "umap", "sklearn", "numba"}
    assert not heavy & {module.split(".")[0] for module in imports(path)}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_and_functions_stay_short(path):
    source = path.read_text()
    assert source.count("\n") <= 300, "two ideas in one file"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 45, f"{node.name} is too long"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_unpickles_or_trusts_remote_code(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.keyword) and node.arg in {"trust_remote_code", "allow_pickle"}:
            assert isinstance(node.value, ast.Constant) and node.value.value is False
    assert not {"pickle", "dill", "joblib", "cloudpickle"} & {
        module.split(".")[0] for module in imports(path)
    }


def test_importing_the_facade_and_the_shell_is_quick():
    """No heavy library may load before a verb that needs it runs."""
    import subprocess
    import sys

    heavy = "torch umap sklearn faiss plotly numba duckdb transformers openai".split()
    code = f"import sys, selection, selection.__main__; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    assert out.strip() == "[]"
