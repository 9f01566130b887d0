"""The Select page: every method previews, settings move the draw, what is saved is what was shown."""

from __future__ import annotations

import json

import numpy as np
import pytest

import selection
from pages.widgets import comparison_charts, target_sets
from selection.shell.options import composed, pairs
from selection.workflow.picture import Groups, Mean


def healthy(page):
    assert not page.exception and not page.error, [e.value for e in [*page.exception, *page.error]]
    return page


def kept(page):
    return {metric.label: metric.value for metric in page.metric}


def captions(page):
    return " ".join(caption.value for caption in page.caption)


def test_an_empty_machine_points_to_corpus(no_workspaces, open_page):
    page = healthy(open_page("select"))
    assert "no workspace yet" in page.info[0].value


def test_an_empty_workspace_points_to_corpus(empty_workspace, open_page):
    page = healthy(open_page("select"))
    assert "no documents yet" in page.info[0].value


def test_a_method_that_lacks_its_axes_offers_the_job_and_others_still_work(
    empty_workspace, open_page
):
    lines = [f'{{"text": "one of several plain documents, number {i}"}}' for i in range(9)]
    (empty_workspace / "rows.jsonl").write_text("\n".join(lines))
    selection.ingest(
        selection.open_workspace(empty_workspace / "empty"), [empty_workspace / "rows.jsonl"]
    )
    page = healthy(open_page("select", method="odis", budget_tokens="40"))
    assert not page.metric and page.button(key="start_signals").label == "Score all signals"
    page = healthy(page.selectbox(key="method").set_value("random").run())
    assert int(kept(page)["Documents"]) > 0


def test_the_preview_is_what_the_library_draws(workspaces, open_page):
    page = healthy(open_page("select", method="longest", budget_tokens="900"))
    space = selection.find_workspace(workspaces, "tiny")
    method = selection.method("longest")
    drawn = selection.preview(space, [method], selection.sampler([method], None), 900)
    assert kept(page)["Documents"] == f"{len(drawn.drawn.rows):,}"
    assert kept(page)["Tokens"] == f"{drawn.drawn.n_tokens:,}"


def test_published_settings_fill_the_form_and_leave_the_rest(workspaces, open_page):
    page = healthy(
        open_page("select", method="quadmix", budget_tokens="900", set_quadmix_domain="none")
    )
    healthy(page.button(key="preset_quadmix_middle of the searched ranges").click().run())
    method = selection.method(
        "quadmix", {"domain": "none", "lambda_": 500.0, "omega": 0.05, "eta": 0.5, "eps": 0.0005}
    )
    space = selection.find_workspace(workspaces, "tiny")
    drawn = selection.preview(space, [method], selection.sampler([method], None), 900)
    assert page.session_state["set_quadmix_lambda_"] == 500.0
    assert kept(page)["Tokens"] == f"{drawn.drawn.n_tokens:,}"
    assert "Cost: row by row, at slider speed." in captions(page)


@pytest.mark.parametrize("method", [row["id"] for row in selection.list_methods()])
def test_every_method_previews_with_its_defaults_or_says_in_one_sentence_why_not(
    method, workspaces, open_page
):
    page = open_page("select", method=method)
    assert not page.exception
    assert page.selectbox(key="method").value == method
    assert page.metric or len(page.error) == 1 or page.info


def test_moving_a_setting_tells_which_documents_came_in_and_went_out(workspaces, open_page):
    page = healthy(open_page("select", method="random", budget_tokens="900"))
    assert "Move a setting" in captions(page)
    page = healthy(page.number_input(key="seed").set_value(1).run())
    assert "documents came in" in captions(page)
    page = healthy(page.segmented_control(key="view").set_value("Changes").run())
    space = selection.find_workspace(workspaces, "tiny")
    method = selection.method("random")
    before, after = (
        selection.preview(space, [method], selection.sampler([method], None), 900, seed).copies()
        for seed in (0, 1)
    )
    came_in = int(((before == 0) & (after > 0)).sum())
    assert page.dataframe[0].value is not None and came_in > 0
    assert f"Since the setting before: {came_in} document" in captions(page)
    assert "900 tokens, seed 0" in captions(page)  # what it is compared with


def test_a_rule_takes_documents_out_and_says_so(workspaces, open_page):
    page = healthy(open_page("select", method="longest", budget_tokens="900", view="Left out"))
    page = healthy(page.button(key="rule_add").click().run())
    page = healthy(page.selectbox(key="rule_1_signal").set_value("n_tokens").run())
    page = healthy(page.number_input(key="rule_1_bound_n_tokens").set_value(60.0).run())
    reasons = page.dataframe[0].value["reason"].tolist()
    assert "fails n_tokens >= 60" in reasons
    page = healthy(page.button(key="rule_1_drop").click().run())
    assert "fails n_tokens >= 60" not in page.dataframe[0].value["reason"].tolist()


def test_a_rule_on_a_language_offers_its_labels(workspaces, open_page):
    page = healthy(open_page("select", method="longest", budget_tokens="900", view="Left out"))
    page = healthy(page.button(key="rule_add").click().run())
    page = healthy(page.selectbox(key="rule_1_signal").set_value("language").run())
    labels = page.multiselect(key="rule_1_labels_language")
    assert labels.options[0] == "en"
    page = healthy(labels.set_value(labels.options[:1]).run())
    assert "fails language == en" in page.dataframe[0].value["reason"].tolist()


def test_a_tiny_default_is_shown_as_it_is(workspaces, open_page):
    page = healthy(open_page("select", method="quadmix"))
    assert page.number_input(key="set_quadmix_eps").value == 0.0005
    assert page.number_input(key="set_quadmix_eps").step == 0.0001


def test_only_samplers_that_fit_the_scale_are_offered(workspaces, open_page):
    page = healthy(open_page("select", method="longest"))
    offered = page.selectbox(key="sampler_of_longest").options
    assert not any("Copies" in name for name in offered)
    assert offered[0] == "Top, as published"


def test_texts_near_the_cut_come_with_their_reasons(workspaces, open_page):
    page = healthy(open_page("select", method="odis", view="Read"))
    table = page.dataframe[0].value
    assert {"document", "axis", "log weight", "text"} <= set(table.columns)
    assert table["log weight"].is_monotonic_increasing  # nearest to the cut first


def test_the_form_is_set_to_a_saved_subset(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    methods = [
        selection.method("rule_filter", {"rules": ["n_words >= 12"]}),
        selection.method("qurating", {"tau": 0.7, "signals": ["grammar"]}),
    ]
    sampler = selection.sampler(methods, None, {"temperature": 0.5})
    facts = selection.draw(space, methods, "cold", 900, 4, sampler=sampler)
    page = healthy(open_page("select", method="longest", budget_tokens="500"))
    row = [each["name"] for each in selection.list_subsets(space)].index("cold")
    page.session_state["saved_subsets"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    page = healthy(page.run())
    page = healthy(page.button(key="reopen_cold").click().run())
    assert page.selectbox(key="method").value == "qurating"
    assert page.number_input(key="set_qurating_tau").value == 0.7
    assert kept(page)["Tokens"] == f"{facts['n_tokens']:,}"


def test_a_saved_subset_is_the_preview(workspaces, open_page):
    page = healthy(open_page("select", method="random", budget_tokens="900"))
    shown = kept(page)["Tokens"]
    page = healthy(page.text_input(key="subset_name").set_value("mine").run())
    healthy(page.button(key="subset_save").click().run())
    space = selection.find_workspace(workspaces, "tiny")
    facts = selection.subset_facts(space, "mine")
    assert f"{facts['n_tokens']:,}" == shown
    assert facts["methods"] == ["random"] and facts["seed"] == 0


def test_a_taken_name_is_replaced_only_when_that_is_confirmed(workspaces, open_page):
    page = healthy(open_page("select", method="random", budget_tokens="900"))
    page = healthy(page.text_input(key="subset_name").set_value("best").run())
    assert page.button(key="subset_save").disabled
    page = healthy(page.checkbox(key="subset_replace").check().run())
    healthy(page.button(key="subset_save").click().run())
    space = selection.find_workspace(workspaces, "tiny")
    assert selection.subset_facts(space, "best")["methods"] == ["random"]


def test_an_unsafe_name_is_one_sentence(workspaces, open_page):
    page = healthy(open_page("select", method="random", budget_tokens="900"))
    page = page.text_input(key="subset_name").set_value("../mine").run()
    page = page.button(key="subset_save").click().run()
    assert not page.exception and "name is 1 to 64 letters" in page.error[0].value


def test_labels_of_groups_are_inert_and_rows_of_one_name_stay_apart():
    groups = Groups(("<b>x</b>", "<b>x</b>"), np.array([0.5, 0.5]), (np.array([1.0, 0.0]),), 2)
    fig, told = comparison_charts.kept_composition(groups, "source")
    assert list(fig.layout.yaxis.ticktext) == ["&lt;b&gt;x&lt;/b&gt;"] * 2
    assert list(fig.data[0].x) == [1.0, 0.0] and list(fig.data[0].y) == [0, 1]
    assert "holds 100.0% of kept tokens, 50.0% of the corpus" in told


def test_a_shift_is_drawn_in_deviations_and_told_in_means():
    fig, told = comparison_charts.means([Mean("grammar", 2.0, 3.0, 0.5, 0)])
    assert list(fig.data[0].x) == [2.0] and list(fig.data[0].text) == ["3.00"]
    assert told == "Mean in the corpus and among the kept: grammar 2.00 to 3.00."


def test_a_method_with_targets_asks_for_one_then_for_its_pass_and_then_previews(
    workspaces, open_page
):
    page = open_page("select", method="dsir", budget_tokens="900")
    assert not page.exception and not page.error and "DSIR needs a target" in page.info[0].value
    assert page.multiselect(key="set_dsir_targets").options == []
    space = selection.find_workspace(workspaces, "tiny")
    shout = "- THE RIVER CARRIES THE HEAVY STONES.\n- MY NEIGHBOUR FORGETS.\nCLICK HERE"
    (workspaces / "shouts.jsonl").write_text((json.dumps({"text": shout}) + "\n") * 20)
    key = selection.add_target(space, workspaces / "shouts.jsonl")
    page = healthy(open_page("select", method="dsir", budget_tokens="900"))
    assert page.multiselect(key="set_dsir_targets").value == [key], "the one there is, is chosen"
    assert page.button(key="start_weigh").label == "Read the text" and not page.metric
    method = selection.method("dsir", {"targets": [key]})
    words = target_sets.arguments(method)
    assert words == ["dsir", f'--set=targets=["{key}"]']
    assert composed(words[0], pairs([word.removeprefix("--set=") for word in words[1:]]), []) == [
        method
    ]
    selection.weigh(space, [method])
    page = healthy(page.run())
    assert int(kept(page)["Documents"]) > 0
    page = healthy(page.number_input(key="seed").set_value(4).run())
    assert int(kept(page)["Documents"]) > 0 and "effective sample size" in captions(page)
    page = healthy(page.toggle(key="likeness_draw").set_value(True).run())
    table = next(frame.value for frame in page.dataframe if "reduction" in frame.value)
    assert table["target"].tolist() == ["shouts", "mean"] and table["reduction"].iloc[0] > 0


def test_the_funnel_counts_each_rule_of_the_filters(workspaces, open_page):
    page = healthy(open_page("select", method="longest", budget_tokens="900", view="Funnel"))
    assert "Choose a filter" in page.info[0].value
    page = healthy(
        open_page("select", method="gopher_repetition", budget_tokens="50", view="Funnel")
    )
    space = selection.find_workspace(workspaces, "tiny")
    told = selection.funnel(space, [selection.method("gopher_repetition")])
    table = page.dataframe[0].value
    assert table["alone"].tolist() == [rule.alone.n_docs for rule in told.rules]
    assert f"{told.kept.n_docs:,} of {told.corpus.n_docs:,} documents" in captions(page)
    page = healthy(open_page("select", method="longest", budget_tokens="900"))
    short = page.multiselect(key="filters").set_value(["gopher_repetition"]).run()
    assert "loosen the filters" in short.error[0].value and not short.exception
    assert short.dataframe[0].value["alone"].tolist() == table["alone"].tolist()


def test_why_says_what_bound_a_document_and_what_would_flip_it(workspaces, open_page):
    page = healthy(open_page("select", method="odis", budget_tokens="900", view="Why"))
    space = selection.find_workspace(workspaces, "tiny")
    method = selection.method("odis")
    drawn = selection.preview(space, [method], selection.sampler([method], None), 900)
    missed = int(selection.near_cut(space, drawn).just_out[0])
    assert page.number_input(key="doc").value == missed
    told = selection.why(space, drawn, missed)
    said = " ".join(block.value for block in page.markdown).replace("\\", "")
    assert told.verdict in said
    page = healthy(page.button(key="why_flips").click().run())
    found = selection.flips(space, drawn, missed)
    offered = [page.button(key=f"why_flip_{i}").label.replace("\\", "") for i in range(len(found))]
    assert found and all(
        label.endswith(f"→ {flip.after:,}") for flip, label in zip(found, offered, strict=True)
    )
    page = healthy(page.button(key="why_twin").click().run())
    twin, cosine = selection.twin(space, drawn, missed)
    assert f"Document {twin:,} is kept, cosine {cosine:.3f}" in captions(page)
    page = healthy(open_page("select", method="odis", budget_tokens="900", view="Why", doc="3"))
    assert page.number_input(key="doc").value == 3


def test_what_is_listed_by_hand_changes_the_draw_and_is_taken_back(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    page = healthy(open_page("select", method="longest", budget_tokens="900", view="Why"))
    doc_id, key = page.number_input(key="doc").value, selection.tags_key(space)[:12]
    tags = page.button_group(key=f"why_tags_{doc_id}_{key}")
    assert tags.value == [] and "Left out" in " ".join(each.value for each in page.markdown)
    page = healthy(tags.set_value(["include"]).run())
    assert "included by hand" in " ".join(each.value for each in page.markdown)
    assert "By hand: 1 included first" in captions(page)
    assert "Since the setting before: 1 document came in" in captions(page)
    page.segmented_control(key="by_hand_kind").set_value("source")
    page.text_area(key="by_hand_values").set_value("essays\nnowhere")
    page.selectbox(key="by_hand_name").set_value("opt-out")
    page = healthy(page.button(key="by_hand_add").click().run())
    groups = selection.sources(space)
    n_essays = int((groups.codes == groups.names.index("essays")).sum())
    assert f"{n_essays:,} opted out" in captions(page)
    assert (
        page.toast[0].value
        == f"opt\\-out names {n_essays} documents now; 1 of 2 name no document yet"
    )
    page = healthy(page.segmented_control(key="view").set_value("By hand").run())
    page = healthy(page.segmented_control(key="by_hand_shown_2").set_value("opt-out").run())
    page = healthy(page.button(key="by_hand_opt-out_none_opt-out").click().run())
    assert f"{n_essays:,} opted out" in captions(page), (
        "what its source names is not taken out one by one"
    )
    page = healthy(page.button(key="by_hand_undo").click().run())
    page = healthy(page.button(key="by_hand_undo").click().run())
    page = healthy(page.button(key="by_hand_undo").click().run())
    assert "By hand:" not in captions(page) and selection.list_tags(space) == []


def test_constraints_are_rows_that_write_what_the_shell_takes(workspaces, open_page):
    space, key = selection.find_workspace(workspaces, "tiny"), "set_constrained_constraints"
    shared = {key: "code >= 40%", "method": "constrained", "budget_tokens": "2000"}
    page = healthy(open_page("select", **shared))
    assert page.multiselect(key=f"{key}_1_groups").value == ["code"], "a link restores the rows"
    page = healthy(page.button(key=f"{key}_add").click().run())
    page = healthy(page.multiselect(key=f"{key}_2_groups").set_value(["books"]).run())
    text = "code >= 40%;books <= 15%"
    assert any(text in block.value for block in page.code)
    written = composed("constrained", pairs([f"constraints={text}"]), None)
    drawn = selection.preview(space, written, selection.sampler(written, None), 2_000)
    assert kept(page)["Tokens"] == f"{drawn.drawn.n_tokens:,}"
    table = next(frame.value for frame in page.dataframe if "solved" in frame.value)
    mixed = selection.mixture(drawn)
    assert table["drawn"].tolist() == [row["drawn"] for row in mixed.groups]
    assert (
        sum("check" in block.value and "% of the tokens" in block.value for block in page.markdown)
        == 2
    )
    page = page.number_input(key=f"{key}_2_number_%").set_value(0.0).run()
    page = page.selectbox(key=f"{key}_2_side").set_value("at least").run()
    page = page.number_input(key=f"{key}_2_number_%").set_value(70.0).run()
    said = page.error[0].value.replace("\\", "")
    assert (
        "at least 70 % of the tokens from books" in said
        and "at least 40 % of the tokens from code" in said
    )
    assert not page.exception and not page.metric
