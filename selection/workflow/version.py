"""The version of Winnow, as manifests and recipes state it."""

WINNOW = "0.1.0"


def versions() -> dict[str, str]:
    """Versions of what decides numbers and bytes, for a manifest."""
    from importlib.metadata import version

    packages = (
        "numpy",
        "pyarrow",
        "duckdb",
        "torch",
        "tokenizers",
        "faiss-cpu",
        "umap-learn",
        "zstandard",
    )
    return {"winnow": WINNOW, **{name: version(name) for name in packages}}
