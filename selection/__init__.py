"""Winnow: curate language-model training data. The verbs and nouns that pages, notebooks and the shell use.

    import selection
    space = selection.create("data/workspaces/mine")
    selection.ingest(space, ["corpus.jsonl.gz"])
    selection.score(space)
    selection.axes(space)
    selection.draw(space, [selection.method("odis")], "best", budget_tokens=1_000_000)
    selection.export(space, "best", "out")

Names are loaded when first used, so that importing this package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selection.core.errors import WinnowError as WinnowError
    from selection.store.workspace import Workspace as Workspace

_NAMES = {
    # nouns
    "Workspace": "store.workspace",
    "WinnowError": "core.errors",
    "Fields": "formats.readers.fields",
    "JudgeSettings": "core.judging",
    "AxesSettings": "primitives.axes_settings",
    "Needs": "core.method",
    "Step": "core.progress",
    # workspaces
    "create": "store.workspace",
    "open_workspace": "store.workspace",
    "find_workspace": "store.workspace",
    "list_workspaces": "store.workspace",
    "rename_workspace": "store.workspace:rename",
    "delete_workspace": "store.workspace:delete",
    "status": "workflow.status",
    "disk_usage": "store.disk:usage",
    "reclaim": "store.disk",
    # verbs
    "expand": "formats.readers",
    "preview_file": "formats.readers:preview",
    "ingest": "workflow.ingest",
    "attach": "workflow.attach",
    "embed": "workflow.embed",
    "AUTO_EMBEDDER": "workflow.embed:AUTO",
    "embedding_notes": "workflow.embed:notes",
    "cluster": "workflow.cluster",
    "map": "workflow.map:project",
    "score": "workflow.score",
    "student": "workflow.student",
    "list_students": "workflow.lesson",
    "lessons": "workflow.lesson",
    "audit": "workflow.audit",
    "between_raters": "workflow.audit",
    "between_versions": "workflow.audit",
    "axes": "workflow.axes",
    "ablate": "workflow.ablate",
    "agree": "workflow.agree",
    "open_desk": "workflow.desk",
    "desk_standing": "workflow.desk:standing",
    "desk_record": "workflow.desk:record",
    "desk_undo": "workflow.desk:undo",
    "judge": "workflow.judge",
    "judge_estimate": "workflow.judge",
    "estimate_in_words": "workflow.judge_plan:in_words",
    "prefer": "workflow.prefer",
    "tag": "workflow.tags",
    "tag_documents": "workflow.tags",
    "undo_tag": "workflow.tags",
    "last_act": "workflow.tags",
    "list_tags": "workflow.tags",
    "tagged": "workflow.tags",
    "tags_of": "workflow.tags",
    "tags_key": "store.tags:key",
    "documents_where": "workflow.tags:where",
    "read_values": "workflow.tags",
    "by_hand": "workflow.by_hand",
    "opted_out_since": "workflow.by_hand",
    "weigh": "workflow.weigh",
    "draw": "workflow.draw",
    "preview": "workflow.draw",
    "save_draw": "workflow.draw:save",
    "funnel": "workflow.funnel",
    "refine": "workflow.refine",
    "compare": "workflow.compare",
    "compare_copies": "workflow.compare",
    "resemblance": "workflow.resemblance",
    "compare_with_control": "workflow.control",
    "fold_groups": "workflow.picture:fold",
    "arena": "workflow.arena",
    "frontier": "workflow.frontier",
    "frontier_points": "workflow.frontier:front",
    "list_findings": "store.findings",
    "read_finding": "store.findings:read",
    "delete_finding": "store.findings:delete",
    "export": "workflow.export",
    "apply": "workflow.apply",
    "query": "store.query:select",
    "nearest": "workflow.search",
    "query_rows": "workflow.query:first_rows",
    "query_file": "workflow.query:write",
    "demo": "workflow.demo",
    # a draw before it is saved
    "picture": "workflow.picture",
    "near_cut": "workflow.pick",
    "swap": "workflow.pick",
    "draw_reasons": "workflow.pick:reasons",
    "why": "workflow.why",
    "twin": "workflow.why",
    "flips": "workflow.why",
    "axis_shares": "workflow.pick",
    "sampling_curves": "workflow.pick",
    "mixture": "workflow.mixture",
    # the catalogue
    "list_methods": "workflow.catalogue",
    "list_signals": "workflow.catalogue",
    "list_samplers": "workflow.catalogue",
    "list_embedders": "workflow.catalogue",
    "list_clusterers": "workflow.catalogue",
    "list_projections": "workflow.catalogue",
    "list_refiners": "workflow.catalogue",
    "refiner": "workflow.refine:named",
    "leaf_kinds": "workflow.catalogue",
    "clusters_learnt_from": "workflow.cluster:learnt_from",
    "map_learnt_from": "workflow.map:learnt_from",
    "MOST_FLIPPED": "workflow.why",
    "MOST_PAIRED": "primitives.rater_agreement:MOST_DOCS",
    "method": "workflow.weigh:named",
    "signal": "workflow.score:named",
    "sampler": "workflow.draw:sampler_for",
    "list_rubrics": "workflow.judged:rubrics",
    # looking
    "read_documents": "workflow.look",
    "find_documents": "workflow.look",
    "signal_names": "workflow.look",
    "signal_values": "workflow.look",
    "signal_labels": "workflow.look",
    "signal_texts": "workflow.look",
    "signal_facts": "workflow.look",
    "dimensions": "workflow.axes",
    "sources": "workflow.look",
    "clusters": "workflow.look",
    "tokens": "workflow.look",
    "points": "workflow.look",
    "axes_model": "workflow.look",
    "list_ratings": "store.ratings",
    "find_ratings": "store.ratings:find",
    "rated": "workflow.judged",
    "votes": "workflow.judged",
    "judge_facts": "workflow.judged:facts",
    "judged_documents": "workflow.judged:page",
    "raters": "workflow.prefer",
    "duplicates": "workflow.duplicates",
    "match_curve": "workflow.duplicates",
    "shingle_similarity": "workflow.duplicates",
    "axis_scores": "workflow.load",
    "signal_columns": "workflow.load:numbers",
    "list_axes": "workflow.axes",
    "use_axes": "workflow.axes",
    "axes_made_from": "workflow.axes:made_from",
    "short_names": "workflow.axes",
    "sampled_names": "workflow.judged",
    "tops_overlap": "workflow.axes",
    "axis_stability": "workflow.axes:stability",
    "axis_meaning": "workflow.axes:meaning",
    "quarantine": "workflow.look",
    "lineage": "workflow.refine",
    "refined_rules": "workflow.refine:rules",
    "document_diff": "workflow.refine:diff",
    "inside_outline": "primitives.polygon:inside",
    "inside_box": "primitives.polygon",
    "find_regions": "primitives.map_regions",
    "density": "primitives.density",
    "nearest_place": "primitives.density",
    # targets
    "add_target": "workflow.targets:add",
    "know_target": "workflow.targets:known",
    "attach_targets": "workflow.targets:attached",
    "list_targets": "store.targets",
    "read_target": "store.targets:read_items",
    "delete_target": "store.targets:delete",
    "weights_run": "workflow.text_weights:run_of",
    "lacking_weights": "workflow.text_weights:lacking",
    # subsets
    "list_subsets": "store.subsets",
    "read_subset": "store.subsets:read",
    "subset_facts": "store.subsets:read_facts",
    "subset_recipe": "store.subsets:read_recipe",
    "subset_copies": "workflow.look",
    "subset_labels": "workflow.look",
    "subset_reasons": "workflow.look",
    "rename_subset": "store.subsets:rename",
    "delete_subset": "store.subsets:delete",
    # jobs
    "start_job": "engine.jobs:start",
    "list_jobs": "engine.jobs",
    "cancel_job": "engine.jobs:cancel",
    "resume_job": "engine.jobs:resume",
    "forget_job": "engine.jobs:forget",
    "job_log": "engine.jobs:log_tail",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'selection' has no attribute {name!r}")
    module, _, attribute = _NAMES[name].partition(":")
    return getattr(import_module(f"selection.{module}"), attribute or name)
