"""Arguments and options that several verbs share, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

WorkspacePath = Annotated[
    Path, typer.Argument(metavar="WORKSPACE", help="Folder of the workspace.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; repeatable.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every random choice.")]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter", metavar="ID[:KEY=VALUE,…]", help="A filter method to compose with; repeatable."
    ),
]
Targets = Annotated[
    list[Path] | None,
    typer.Option(
        "--target",
        metavar="FILE",
        help="Target file, or name of a target that is there, for methods that need one; repeatable.",
    ),
]
TargetText = Annotated[
    str | None,
    typer.Option(
        "--target-text", metavar="FIELD", help="Text field of the targets, or a template."
    ),
]
TextField = Annotated[
    str | None, typer.Option("--text", metavar="FIELD", help="Column that holds the text.")
]
IdField = Annotated[
    str | None, typer.Option("--id", metavar="FIELD", help="Column with unique ids.")
]
SourceField = Annotated[
    str | None, typer.Option("--source", metavar="FIELD", help="Column that says the source.")
]
DateField = Annotated[
    str | None, typer.Option("--date", metavar="FIELD", help="Column with the date.")
]
UrlField = Annotated[
    str | None, typer.Option("--url", metavar="FIELD", help="Column with the address.")
]
Template = Annotated[
    str | None,
    typer.Option("--template", metavar="T", help='"rows", or a format such as "{title}: {body}".'),
]
Refit = Annotated[bool, typer.Option("--refit", help="Fit again on the corpus as it is now.")]
Embedding = Annotated[
    str | None, typer.Option("--embedding", metavar="KEY", help="Run of the embedding to use.")
]
Axes = Annotated[str | None, typer.Option("--axes", metavar="KEY", help="Run of the axes to use.")]
Clusters = Annotated[
    str | None, typer.Option("--clusters", metavar="KEY", help="Run of the clusters to use.")
]


def pairs(values: list[str] | None) -> dict[str, Any]:
    """`--set key=value` as a mapping; leaves check names and ranges."""
    from selection.core.settings import read_pairs

    return read_pairs(values or [])


def split_sampler(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings of the method, and those written `sampler.key`."""
    prefix = "sampler."
    method = {key: value for key, value in values.items() if not key.startswith(prefix)}
    sampler = {
        key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)
    }
    return method, sampler


def composed(method: str, settings: dict[str, Any], filters: list[str] | None) -> list[Any]:
    """The filters named with `--filter id:key=value,…` and the method, in that order."""
    from selection.workflow.weigh import named

    return [*map(written, filters or []), named(method, settings)]


def written(text: str) -> Any:
    """A method written `id:key=value,…`."""
    from selection.workflow.weigh import named

    name, _, rest = text.partition(":")
    return named(name, pairs([pair for pair in rest.split(",") if pair]))


def refuse_targets(targets: list[Path] | None, methods: list[Any]) -> None:
    """Targets given to a method that has no use for them are a mistake worth saying."""
    from selection.core.errors import BadSetting

    if targets and not any(method.required().targets for method in methods):
        raise BadSetting(
            f"--target is for methods that learn from a target, and {methods[-1].id()} needs none; leave it out"
        )
