"""A form is its settings class: untouched it gives the defaults, touched it gives what was set."""

import json

import pytest
from streamlit.testing.v1 import AppTest

import selection
from pages.widgets import labels


def _form():
    import os
    from pathlib import Path

    import streamlit as st

    import selection
    from pages.widgets import forms

    space = selection.open_workspace(Path(os.environ["WINNOW_WORKSPACES"]) / "tiny")
    kind = type(selection.method(os.environ["TRIED"], {}))
    st.session_state["made"] = forms.settings(kind, "f", space)


def _budget():
    import os
    from pathlib import Path

    import streamlit as st

    import selection
    from pages.widgets import forms

    space = selection.open_workspace(Path(os.environ["WINNOW_WORKSPACES"]) / "tiny")
    st.session_state["made"] = forms.token_budget(space)


def _reopened():
    import json
    import os
    from pathlib import Path

    import streamlit as st

    import selection
    from pages.widgets import compose, recall

    space = selection.open_workspace(Path(os.environ["WINNOW_WORKSPACES"]) / "tiny")
    given = json.loads(os.environ["TRIED"])
    if given and "made" not in st.session_state:
        st.query_params.update(recall.reopen(*given))
    asked = compose.panel(space)
    methods = {leaf.id(): leaf.model_dump(mode="json") for leaf in asked.methods}
    sampler = {"id": asked.sampler.id(), "settings": asked.sampler.model_dump(mode="json")}
    st.session_state["made"] = [methods, sampler, asked.budget_tokens, asked.seed]


def _methods():
    return [row["id"] for row in selection.list_methods()]


@pytest.mark.parametrize("name", _methods())
def test_an_untouched_form_gives_the_defaults(workspaces, monkeypatch, name):
    monkeypatch.setenv("TRIED", name)
    app = AppTest.from_function(_form, default_timeout=60).run()
    assert not app.exception and not app.error
    made, usual = app.session_state["made"], selection.method(name, {})
    there = set(selection.signal_names(selection.open_workspace(workspaces / "tiny")))
    for field, info in type(usual).model_fields.items():
        extra = info.json_schema_extra or {}
        if extra.get("widget") != "signals" or set(getattr(usual, field)) <= there:
            assert getattr(made, field) == getattr(usual, field), field


@pytest.mark.parametrize(
    ("filters", "ranks", "sampler"),
    [
        ({"rule_filter": ["n_words >= 3", "language == en", "grammar > 0.25"]}, ("odis", {"gate": 0.45}), "top"),
        ({"gopher_quality": {"min_words": 7}}, ("mean_of_signals", {"signals": ["n_words", "grammar"]}), "gumbel"),
        ({}, ("constrained", {"constraints": ["code >= 200", "each <= 2 epochs"], "group": "source"}), "copies"),
        ({"decontaminate": {"n_words": 9}}, ("quadmix", {"domains": [{"domain": "code", "omega": 0.3}]}), "copies"),
    ],
)  # fmt: skip
def test_a_recipe_opens_in_the_panel_as_it_was(workspaces, monkeypatch, filters, ranks, sampler):
    space = selection.open_workspace(workspaces / "tiny")
    (workspaces / "items.jsonl").write_text('{"text": "one two three four five six seven eight"}')
    target = selection.add_target(space, workspaces / "items.jsonl")
    methods = [
        selection.method(name, {"rules": own} if name == "rule_filter" else dict(own))
        for name, own in {**filters, ranks[0]: ranks[1]}.items()
    ]
    methods = (
        selection.attach_targets(space, methods, [target], None)
        if "decontaminate" in filters
        else methods
    )
    leaf = selection.sampler(methods, sampler)
    told = {each.id(): each.model_dump(mode="json") for each in methods}
    given = [told, {"id": sampler, "settings": leaf.model_dump(mode="json")}, 1_234, 6]
    monkeypatch.setenv("TRIED", json.dumps(given))
    app = AppTest.from_function(_reopened, default_timeout=60).run()
    assert not app.exception and not app.error
    assert app.session_state["made"] == given
    assert app.run().session_state["made"] == given
    monkeypatch.setenv("TRIED", "null")
    opened = AppTest.from_function(_reopened, default_timeout=60)  # another visitor, with the link
    opened.query_params.update(dict(app.query_params))
    assert opened.run().session_state["made"][:3] == given[:3]


_SAMPLER = '"sampler":["top",{}]'


@pytest.mark.parametrize(
    "recipe",
    [
        '{"methods":{"odis":{"gate":7}},' + _SAMPLER + "}",
        '{"methods":{"no_such":{}},' + _SAMPLER + "}",
        '{"methods":{},' + _SAMPLER + "}",
        '{"methods":null,"sampler":null}',
        '{"methods":{"random":{}},"sampler":[]}',
        '{"methods":{"random":{}},"sampler":["top",{"no_such":1}]}',
        '{"methods":{"rule_filter":{"rules":["n_tokens >= x"]},"random":{}},"sampler":["gumbel",{}]}',
        "null",
        "[" * 3_000,
    ],
)
def test_an_address_that_cannot_be_read_is_one_sentence(workspaces, monkeypatch, recipe):
    monkeypatch.setenv("TRIED", "null")
    app = AppTest.from_function(_reopened, default_timeout=60)
    app.query_params["recipe"] = recipe
    app.run()
    assert not app.exception and "cannot read" in app.warning[0].value


def test_every_setting_has_a_widget_with_its_description(workspaces, monkeypatch):
    monkeypatch.setenv("TRIED", "qurating")
    app = AppTest.from_function(_form, default_timeout=60).run()
    fields = type(selection.method("qurating", {})).model_fields
    assert app.number_input(key="f_tau").help == fields["tau"].description
    app.number_input(key="f_tau").set_value(0.5).run()
    app.toggle(key="f_normalise").set_value(False).run()
    made = app.session_state["made"]
    assert made.tau == 0.5 and made.normalise is False


def test_what_is_invalid_is_one_sentence(workspaces, monkeypatch):
    monkeypatch.setenv("TRIED", "rule_filter")
    app = AppTest.from_function(_form, default_timeout=60).run()
    app.text_area(key="f_rules").set_value("").run()
    assert not app.exception
    assert len(app.error) == 1 and "rules" in app.error[0].value


def test_the_budget_starts_at_a_tenth_and_follows_either_widget(workspaces):
    total = int(selection.tokens(selection.open_workspace(workspaces / "tiny")).sum())
    app = AppTest.from_function(_budget, default_timeout=60).run()
    assert app.session_state["made"] == total // 10
    app.select_slider(key="budget_tokens_share").set_value(50).run()
    assert app.session_state["made"] == round(total / 2)
    app.number_input(key="budget_tokens").set_value(total).run()
    assert app.select_slider(key="budget_tokens_share").value == 100


def test_the_budget_comes_from_the_url(workspaces):
    app = AppTest.from_function(_budget, default_timeout=60)
    app.query_params["budget_tokens"] = "123"
    assert app.run().session_state["made"] == 123


def test_labels_are_never_alike_and_a_name_in_the_address_is_understood(workspaces, open_page):
    named = labels.unique(["a__b", "a_by_b", "n_words", ""])
    assert list(named.values()) == ["a by b (a__b)", "a by b (a_by_b)", "number of words", "none"]
    asked = {"view": "One signal", "signal": "n_words"}
    page = open_page("quality", **asked)
    assert page.selectbox(key="signal").value == "n_words"
    page = open_page("quality", view="Groups", signals=["n_words", "coleman_liau"])
    assert page.multiselect(key="signals").value == ["n_words", "coleman_liau"]
    page = open_page("map", colour="n_words")
    assert page.selectbox(key="colour").value == "n_words"
    page = open_page("select", method="top_signal", set_top_signal_signal="n_words")
    assert page.selectbox(key="set_top_signal_signal").value == "n_words"
