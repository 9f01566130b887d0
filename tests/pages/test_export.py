"""Export: files with their proof, downloads that only the server can sign, subsets renamed and deleted, SQL locked down."""

import io
import json
import zipfile

import pytest

import selection
from pages.widgets import download, exports


@pytest.fixture
def exported(workspaces):
    space = selection.open_workspace(workspaces / "tiny")
    selection.export(space, "best", space.exports / "best.parquet", "parquet")
    return space


def test_the_page_shows_an_export_with_its_command(exported, open_page):
    app = open_page("export")
    assert not app.exception and not app.error
    shown = " ".join(code.value for code in app.code)
    assert "python -m selection apply" in shown
    manifest = json.loads((exported.exports / "best.parquet" / "manifest.json").read_text())
    assert manifest["files"][0]["sha256"] in shown


def test_write_files_starts_the_job_of_the_shell(workspaces, open_page, monkeypatch):
    started = []
    monkeypatch.setattr("selection.engine.jobs._spawn", lambda place, argv: started.append(argv))
    app = open_page("export", subset="best", format="csv")
    app.button(key="export_start").click().run()
    assert not app.exception
    space = workspaces / "tiny"
    assert started == [
        ["export", str(space), "best", str(space / "exports" / "best.csv"), "--format=csv"]
    ]


def test_a_subset_can_be_renamed_and_deleted(workspaces, open_page):
    space = selection.open_workspace(workspaces / "tiny")
    app = open_page("export", subset="best")
    app.text_input(key="subset_rename_to_best").set_value("finest").run()
    app.button(key="subset_rename_go_best").click().run()
    assert not app.exception
    assert {facts["name"] for facts in selection.list_subsets(space)} == {"chance", "finest"}
    app.selectbox(key="subset").set_value("finest").run()
    app.button(key="subset_delete_go_finest").click().run()
    assert {facts["name"] for facts in selection.list_subsets(space)} == {"chance"}


def test_a_taken_name_is_one_sentence(workspaces, open_page):
    app = open_page("export", subset="best")
    app.text_input(key="subset_rename_to_best").set_value("chance").run()
    app.button(key="subset_rename_go_best").click().run()
    assert not app.exception
    assert "must be free" in app.error[0].value


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("DROP VIEW documents", "exactly one SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "did not"),
        ("SELECT nothing_like_it FROM documents", "did not"),
    ],
)
def test_sql_outside_the_views_is_refused_in_one_sentence(workspaces, open_page, sql, why):
    app = open_page("export")
    app.text_area(key="sql").set_value(sql).run()
    app.button(key="sql_run").click().run()
    assert not app.exception
    assert len(app.error) == 1 and why in app.error[0].value


def test_sql_shows_rows(workspaces, open_page):
    app = open_page("export")
    app.text_area(key="sql").set_value("SELECT count(*) AS n FROM documents").run()
    app.button(key="sql_run").click().run()
    assert not app.error
    assert app.dataframe[-1].value["n"].tolist() == [72]


def test_the_zip_holds_every_file_whole(exported):
    folder = exported.exports / "best.parquet"
    with zipfile.ZipFile(io.BytesIO(download.zip_bytes(folder))) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix("best.parquet/") for name in archive.namelist()}
        assert names == {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
        assert archive.read("best.parquet/recipe.json") == (folder / "recipe.json").read_bytes()


def test_a_link_opens_its_export_and_nothing_else(exported):
    folder = exported.exports / "best.parquet"
    good = download.token(folder)
    assert download.folder_of(good) == folder.resolve()
    assert download.folder_of(good[:-1] + ("0" if good[-1] != "0" else "1")) is None
    assert download.folder_of(download.token(folder, now=0)) is None  # ended long ago
    assert download.folder_of(download.token(exported.path)) is None  # signed, yet not an export
    assert download.folder_of("nonsense") is None


def test_the_server_streams_an_export_beside_the_pages(exported):
    from starlette.testclient import TestClient

    from app import app

    with TestClient(app) as client:
        assert client.get("/readyz").json() == {"ready": True}
        assert client.get("/_stcore/health").status_code == 200
        answer = client.get(f"/export/{download.token(exported.exports / 'best.parquet')}")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
        assert client.get("/export/forged.token").status_code == 404


def test_a_new_export_never_goes_into_a_used_folder(tmp_path):
    (tmp_path / "best.csv").mkdir()
    assert exports.free_folder(tmp_path, "best.csv") == tmp_path / "best.csv"
    (tmp_path / "best.csv" / "manifest.json").write_text("{}")
    assert exports.free_folder(tmp_path, "best.csv") == tmp_path / "best.csv-2"
