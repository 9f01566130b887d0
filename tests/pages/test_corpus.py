"""Corpus: preview before anything is written, safe names, the field mapping as the shell takes it, upkeep."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import selection
from pages.widgets import incoming, mapping
from selection.store import runs


@pytest.fixture
def jobs(monkeypatch):
    """What would have been run, instead of processes."""
    started = []
    monkeypatch.setattr("selection.engine.jobs._spawn", lambda place, argv: started.append(argv))
    return started


def test_with_no_workspace_the_demo_is_offered_and_starts_as_a_job(no_workspaces, open_page, jobs):
    app = open_page("corpus")
    app.button(key="demo").click().run()
    assert not app.exception
    assert jobs == [["demo", str(no_workspaces / "demo")]]
    assert selection.open_workspace(no_workspaces / "demo")
    assert app.selectbox(key="workspace").value == "demo"


def test_the_summary_counts_what_the_files_hold(workspaces, open_page):
    app = open_page("corpus")
    shown = {metric.label: metric.value for metric in app.metric}
    space = selection.open_workspace(workspaces / "tiny")
    assert shown["Documents"] == "72"
    assert shown["Tokens"] == f"{selection.tokens(space).sum():,}"
    assert shown["Sources"] == "5"
    assert shown["Quarantined rows"] == "2"
    table = app.dataframe[0].value
    reasons = open_page("corpus", corpus_tab="Quarantine").dataframe[0].value
    assert dict(zip(reasons["reason"], reasons["rows"], strict=True)) == {
        "broken JSON": 1,
        "text is empty": 1,
    }
    assert table["documents"].sum() == 72
    assert table["share of tokens"].sum() == pytest.approx(100)


def test_a_server_folder_is_previewed_mapped_and_ingested_as_a_job(
    no_workspaces, open_page, jobs, tmp_path, monkeypatch
):
    folder = tmp_path / "inbox"
    folder.mkdir()
    rows = [
        {"key": f"k{i}", "data": {"body": f"text number {i}"}, "kind": "note"} for i in range(12)
    ]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setenv("WINNOW_FOLDERS", str(folder))
    app = open_page("corpus")
    app.segmented_control(key="intake_way").set_value("Server folder").run()
    app.multiselect(key="intake_entries").set_value([folder / "rows.jsonl"]).run()
    assert not app.exception
    app.selectbox(key="mapping_text").set_value("= data.body").run()
    app.selectbox(key="mapping_id").set_value("= key").run()
    preview = app.dataframe(key="mapping_documents").value
    assert len(preview) == 10
    assert preview["text"][0] == "text number 0" and preview["id"][9] == "k9"
    assert not no_workspaces.exists()  # nothing is written before Ingest
    app.text_input(key="ingest_name").set_value("notes").run()
    app.button(key="ingest").click().run()
    assert not app.exception
    space = str(no_workspaces / "notes")
    assert jobs == [["ingest", space, str(folder / "rows.jsonl"), "--text=data.body", "--id=key"]]


def test_a_file_without_text_is_one_sentence_and_a_template_mends_it(
    no_workspaces, open_page, tmp_path, monkeypatch
):
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "t.csv").write_text("height,width\n1,2\n3,4\n")
    monkeypatch.setenv("WINNOW_FOLDERS", str(folder))
    app = open_page("corpus")
    app.segmented_control(key="intake_way").set_value("Server folder").run()
    assert not app.exception
    app.text_input(key="mapping_template").set_value("{height} by {width}").run()
    assert not app.exception and not app.error
    assert app.dataframe(key="mapping_documents").value["text"].tolist() == ["1 by 2", "3 by 4"]


def test_a_browser_upload_moves_into_the_workspace_under_a_safe_name(
    no_workspaces, open_page, jobs
):
    app = open_page("corpus")
    data = b'{"text": "one document"}\n{"text": "another document"}\n'
    app.file_uploader(key="intake_files_0").set_value(
        [("../../we ird<b>.jsonl", data, "application/jsonl")]
    ).run()
    assert not app.exception
    app.text_input(key="ingest_name").set_value("mine").run()
    app.button(key="ingest").click().run()
    assert not app.exception
    kept = list((no_workspaces / "mine" / "uploads").iterdir())
    assert [path.name for path in kept] == ["we_ird_b_.jsonl"]
    assert kept[0].read_bytes() == data
    assert jobs == [["ingest", str(no_workspaces / "mine"), str(kept[0])]]


def test_what_the_preview_took_for_the_text_is_what_the_job_is_told(no_workspaces, open_page, jobs):
    app = open_page("corpus")
    data = b"No.,Body Text\n1,one sentence here\n2,another sentence\n"
    app.file_uploader(key="intake_files_0").set_value([("odd.csv", data, "text/csv")]).run()
    shown = app.dataframe(key="mapping_documents").value["text"].tolist()
    assert shown == ["one sentence here", "another sentence"]
    app.button(key="ingest").click().run()
    assert not app.exception and jobs[0][3:] == ["--text=Body Text"]


def test_own_scores_are_attached_as_a_job(workspaces, open_page, jobs):
    app = open_page("corpus")
    data = b"id,mine\n" + b"".join(f"d{i},{i}\n".encode() for i in range(72))
    app.file_uploader(key="attach_files_0").set_value([("mine.csv", data, "text/csv")]).run()
    app.text_input(key="attach_id").set_value("id").run()
    app.button(key="attach_go").click().run()
    assert not app.exception
    space = workspaces / "tiny"
    assert jobs == [
        ["attach", str(space), str(space / "uploads" / "mine.csv"), "--as=signals", "--id=id"]
    ]


def test_a_taken_name_is_refused(workspaces, open_page, jobs, tmp_path, monkeypatch):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.jsonl").write_text('{"text": "x y z"}\n')
    monkeypatch.setenv("WINNOW_FOLDERS", str(tmp_path / "inbox"))
    app = open_page("corpus")
    app.segmented_control(key="intake_way").set_value("Server folder").run()
    app.selectbox(key="ingest_into").set_value("A new workspace").run()
    app.text_input(key="ingest_name").set_value("tiny").run()
    app.button(key="ingest").click().run()
    assert jobs == []
    assert "must be free" in app.error[0].value


def test_a_workspace_is_renamed_and_deleted(workspaces, open_page):
    app = open_page("corpus", corpus_tab="Workspace")
    app.text_input(key="rename_tiny").set_value("small").run()
    app.button(key="rename_do").click().run()
    assert not app.exception
    assert app.selectbox(key="workspace").value == "small"
    app.text_input(key="delete_small").set_value("small").run()
    app.button(key="delete_do").click().run()
    assert not app.exception
    assert selection.list_workspaces(workspaces) == []


@given(st.text(max_size=200), st.sets(st.text(max_size=5), max_size=3))
def test_a_safe_name_never_leaves_its_folder(name, taken):
    safe = incoming.safe_name(name, taken)
    assert safe not in taken
    assert "/" not in safe and "\\" not in safe and not safe.startswith((".", "-"))
    assert 0 < len(safe) <= 130 and safe.isascii() and safe.isprintable()


def test_names_that_collide_are_told_apart_and_keep_their_ending():
    assert incoming.safe_name("../../etc/passwd") == "passwd"
    assert incoming.safe_name("C:\\x\\data.jsonl.gz", {"data.jsonl.gz"}) == "data-2.jsonl.gz"
    assert incoming.safe_name("...") == "file"


def test_uploads_are_staged_once_and_in_order(tmp_path):
    class Upload(io.BytesIO):
        name, size = "a.txt", 3

    kept = incoming.stage([Upload(b"one"), Upload(b"two")], tmp_path)
    assert [path.name for path in kept] == ["a.txt", "a-2.txt"]
    assert [path.read_bytes() for path in kept] == [b"one", b"two"]


def test_links_that_lead_out_of_an_allowed_folder_are_not_listed(tmp_path, monkeypatch):
    (tmp_path / "open").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "open" / "fine.txt").write_text("y")
    (tmp_path / "open" / "out.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setenv("WINNOW_FOLDERS", f"{tmp_path / 'open'}:{tmp_path / 'absent'}")
    assert incoming.allowed() == [tmp_path / "open"]
    assert incoming.entries(tmp_path / "open") == [tmp_path / "open" / "fine.txt"]


def test_a_mapping_reads_the_same_in_the_shell():
    fields = selection.Fields(text="-odd", source="", chunk_words=300)
    assert mapping.arguments(fields) == ["--text=-odd", "--source=", "--set=chunk_words=300"]
    assert mapping.arguments(selection.Fields()) == []


def test_a_refined_workspace_shows_what_went_as_plain_text(workspaces, open_page):
    space = selection.find_workspace(workspaces, "tiny")
    selection.refine(space, selection.refiner("c4_lines"), workspaces / "clean")
    clean = selection.find_workspace(workspaces, "clean")
    page = open_page("corpus", workspace="clean", corpus_tab="Refine")
    assert not page.exception and not page.error
    told = page.dataframe[0].value
    assert told["rule"].tolist() == [row["rule"] for row in selection.refined_rules(clean)]
    n_docs = selection.status(clean).n_docs
    diffs = {n: selection.document_diff(clean, n) for n in range(n_docs)}
    number, gone = next((n, g) for n in diffs if (g := [p for p in diffs[n] if p["rule"]]))
    page = page.number_input(key="diff_document").set_value(number).run()
    lines = page.code[0].value.splitlines()
    assert sum(line.startswith("- ") for line in lines) >= len(gone) > 0
    assert page.code[0].language == "diff"


def test_a_line_that_lost_a_part_is_told_twice():
    pieces = [
        {"text": "Menu\n", "rule": "few words"},
        {"text": "All is <b>well</b> ", "rule": None},
        {"text": "[1]", "rule": "citation"},
        {"text": ".\nEnd.", "rule": None},
    ]
    assert selection.diff_lines(pieces) == [
        "- Menu",
        "- All is <b>well</b> [1].",
        "+ All is <b>well</b> .",
        "  End.",
    ]


def test_the_card_of_the_vectors_says_what_auto_chose_and_what_it_is_worth(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    run = selection.status(space).embedding
    facts = {"agreement_at_10": 0.48, "agreement_by_chance": 0.14, "n": 72}
    runs.finish(space, run, 0.0, chosen="auto chose static, since *it* is large", **facts)
    app = open_page("corpus")
    said = [caption.value for caption in app.caption]
    assert r"Auto chose static, since \*it\* is large\." in said
    (trust,) = [one for one in said if one.startswith("It finds 48%")]
    assert "of MiniLM's ten nearest neighbours among 72 documents" in trust
