"""The reader never lets corpus text act: no controls, no direction tricks, no Markdown, no HTML."""

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import selection
from pages.widgets import reader

HOSTILE = "a\u202eb\u200bc\x1b[31m\x00d\ufeff\U000e0041<script>alert(1)</script> **bold** [x](javascript:1) $y$ :red[z]"


def test_controls_and_direction_marks_are_taken_out():
    assert reader.plain("a\u202eb\x07c\u200d\td\r\ne") == "abc\td\ne"


@given(st.text(max_size=400))
def test_plain_text_holds_no_hidden_character(text):
    shown = reader.plain(text)
    assert not any((ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff"
    )


@given(st.text(max_size=400), st.integers(1, 50))
def test_plain_text_is_cut_visibly(text, chars):
    shown = reader.plain(text, chars)
    assert len(shown) <= chars + 2
    if len(shown) > chars:
        assert shown.endswith(" …")


def test_inert_text_escapes_what_markdown_acts_on():
    shown = reader.inert(HOSTILE)
    for mark in "*[]()<>$:":
        assert all(shown[i - 1] == "\\" for i, c in enumerate(shown) if c == mark)


def test_a_label_for_a_figure_holds_no_tag():
    assert reader.label("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"


def _page():
    import os
    from pathlib import Path

    import selection
    from pages.widgets import listing

    space = selection.open_workspace(Path(os.environ["WINNOW_WORKSPACES"]) / "tiny")
    listing.documents(
        space, list(range(25)), columns={"score": [i / 10 for i in range(25)]}, key="r"
    )


def test_documents_come_page_by_page_with_their_columns(workspaces):
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.exception
    first = app.dataframe[0].value
    assert first["document"].tolist() == list(range(10))
    assert first["score"].tolist() == [i / 10 for i in range(10)]
    assert "**not bold** <b>x</b>" in first["source"].tolist()
    space = selection.open_workspace(workspaces / "tiny")
    (words,) = selection.signal_texts(space, "representative_words", [0])
    assert words and f"Stands out by: {' · '.join(words.split(' '))}" in [t.value for t in app.text]
    app.session_state["r_page"] = 3
    app.run()
    assert app.dataframe[0].value["document"].tolist() == [20, 21, 22, 23, 24]
    assert app.code[0].language in ("", None, "plaintext")
