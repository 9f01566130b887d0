"""The catalogue as tables: what methods, signals and other leaves there are, for screens, `--json` and the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from selection.core import registry
from selection.core.method import CorpusMethod, Method, TextMethod
from selection.core.model import Clusterer, Embedder, Projection
from selection.core.refiner import Refiner
from selection.core.sampler import Sampler
from selection.core.settings import Leaf
from selection.core.signal import Signal


def method_kinds() -> dict[str, type[Method]]:
    """Method classes by id."""
    return registry.catalogue("selection.methods", Method)


def list_methods() -> list[dict[str, Any]]:
    """id, family, title, cites, needs, scale, sampler, scales_out, reads_text, cost, presets, settings of every method."""
    return [
        {
            **_leaf(kind),
            "cites": kind.cites,
            "needs": _needs(kind),
            "scale": kind.scale,
            "sampler": kind.sampler,
            "scales_out": not issubclass(kind, CorpusMethod),
            "reads_text": issubclass(kind, TextMethod),
            "cost": kind.cost,
            "presets": {name: dict(preset) for name, preset in kind.presets.items()},
            "settings": settings(kind),
        }
        for kind in method_kinds().values()
    ]


def list_signals() -> list[dict[str, Any]]:
    """id, family, title, needs, columns and settings of every signal."""
    kinds = registry.catalogue("selection.signals", Signal).values()
    return [
        {
            **_leaf(kind),
            "needs": [
                n
                for n in ("text", "embedding", "clusters", "targets", "model", "embedder")
                if getattr(kind.needs, n)
            ],
            "columns": [vars(column) for column in kind.columns],
            "settings": settings(kind),
        }
        for kind in kinds
    ]


def list_samplers() -> list[dict[str, Any]]:
    """id, title, scales and settings of every sampler."""
    kinds = registry.catalogue("selection.samplers", Sampler).values()
    return [
        {**_leaf(kind), "scales": list(kind.scales), "settings": settings(kind)} for kind in kinds
    ]


def list_embedders() -> list[dict[str, Any]]:
    """id, title and settings of every embedder."""
    return [
        {**_leaf(k), "settings": settings(k)}
        for k in registry.catalogue("selection.embedders", Embedder).values()
    ]


def list_clusterers() -> list[dict[str, Any]]:
    """id, title and settings of every clusterer."""
    kinds = registry.catalogue("selection.clusterers", Clusterer).values()
    return [{**_leaf(kind), "settings": settings(kind)} for kind in kinds]


def leaf_kinds(noun: Literal["embedding", "clusters", "map"]) -> Mapping[str, type[Leaf]]:
    """Classes by id of the leaves that make a noun, for forms."""
    if noun == "embedding":
        return registry.catalogue("selection.embedders", Embedder)
    if noun == "clusters":
        return registry.catalogue("selection.clusterers", Clusterer)
    return registry.catalogue("selection.projections", Projection)


def list_projections() -> list[dict[str, Any]]:
    """id, title and settings of every projection."""
    kinds = registry.catalogue("selection.projections", Projection).values()
    return [{**_leaf(kind), "settings": settings(kind)} for kind in kinds]


def list_refiners() -> list[dict[str, Any]]:
    """id, title, cites, rules and settings of every refiner."""
    kinds = registry.catalogue("selection.refiners", Refiner).values()
    return [
        {**_leaf(k), "cites": k.cites, "rules": list(k.rules), "settings": settings(k)}
        for k in kinds
    ]


def _leaf(kind: type[Leaf]) -> dict[str, Any]:
    return {
        "id": kind.id(),
        "family": kind.family(),
        "title": kind.title,
        "summary": kind.summary(),
    }


def _needs(kind: type[Method]) -> list[str]:
    needs = kind().required()
    flags = [
        name
        for name in needs.__dataclass_fields__
        if name not in ("signals", "labels", "offer") and getattr(needs, name)
    ]
    return (["signals"] if needs.signals or needs.labels else []) + flags


def settings(kind: type[Leaf]) -> list[dict[str, Any]]:
    """name, description, default, type, bounds and choices of every setting."""
    schema = kind.model_json_schema()
    described = []
    for name, facts in schema.get("properties", {}).items():
        choices = facts.get("enum") or [
            option["const"] for option in facts.get("anyOf", []) if "const" in option
        ]
        described.append(
            {
                "name": name,
                "description": facts.get("description", ""),
                "default": facts.get("default"),
                "type": facts.get("type", "any"),
                **{
                    bound: facts[bound]
                    for bound in ("minimum", "maximum", "exclusiveMinimum")
                    if bound in facts
                },
                **({"choices": choices} if choices else {}),
                **({"widget": facts["widget"]} if "widget" in facts else {}),
            }
        )
    return described


def methods_table() -> str:
    """The methods as a Markdown table: the one in the README, which a test compares with this."""
    lines = [
        "| Family | Method | What it does | Paper | Needs | Scale | Sampler | Scales out |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in list_methods():
        cells = [
            row["family"],
            f"`{row['id']}`",
            _after_title(row["summary"]),
            row["cites"],
            ", ".join(row["needs"]) or "–",
            row["scale"],
            f"`{row['sampler']}`",
            "yes" if row["scales_out"] else "whole corpus",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _after_title(summary: str) -> str:
    """What a module header says after the method's name."""
    _, colon, rest = summary.partition(": ")
    return rest if colon else summary
