"""The whole job in a browser, on real text: load, compute, look, choose, save, export, check what was written."""

from __future__ import annotations

import io
import json
import re
import zipfile

import duckdb
import pytest

import selection

N_DOCS = 200
JOB_MS = 180_000  # one step of two hundred short documents on two cores that others use


@pytest.fixture
def bare(serve, tmp_path):
    """The app on a folder that does not even exist yet."""
    return serve(tmp_path / "workspaces")


def test_from_an_empty_machine_to_a_checked_export(bare, watch, screenshots, real_rows, tmp_path):
    seen = watch(bare, height=1400)
    page = seen.open("map")
    page.get_by_role("link", name="Go to Corpus").click()
    seen.expect(page.get_by_role("button", name="Load the demo corpus")).to_be_enabled()
    page.screenshot(path=screenshots / "job-1-first-visit.png")

    _load(seen, real_rows(N_DOCS), screenshots)
    seen.expect(seen.metric("Documents")).to_have_text(str(N_DOCS), timeout=JOB_MS)
    page.screenshot(path=screenshots / "job-3-loaded.png")
    _press(seen, "Score all signals", r"\d+ signals")
    _press(seen, "Embed documents", "by MiniLM")
    _press(seen, "Cluster documents", "by Spherical k-means")
    _press(seen, "Build the map", "by UMAP")
    _press(seen, "Fit axes", r"\d+ axes")
    page.screenshot(path=screenshots / "job-4-computed.png")

    seen.visit("map")
    _see_points(page, screenshots / "job-5-map.png")
    _choose(seen)
    page.screenshot(path=screenshots / "job-6-select.png")
    seen.visit("export")
    archive = _export(seen)
    page.screenshot(path=screenshots / "job-7-export.png")
    _check(archive, tmp_path, selection.open_workspace(bare.root / "mine"))


def test_the_demo_starts_at_once_and_can_be_cancelled(bare, watch, screenshots):
    seen = watch(bare)
    page = seen.open("corpus")
    page.get_by_role("button", name="Load the demo corpus").click()
    seen.expect(page.get_by_role("progressbar").first).to_be_visible()
    seen.expect(page.get_by_text("Build the demo corpus")).to_be_visible()
    page.screenshot(path=screenshots / "demo-running.png")
    space = selection.open_workspace(bare.root / "demo")
    (job,) = selection.list_jobs(space)
    assert job.alive
    page.get_by_role("button", name="Cancel").click()
    seen.expect(page.get_by_role("progressbar")).to_have_count(0)
    seen.settle()
    (job,) = selection.list_jobs(space)
    assert job.state == "cancelled"
    seen.visit("jobs")
    seen.expect(page.get_by_text("Build the demo corpus")).to_be_visible()
    page.screenshot(path=screenshots / "demo-cancelled.png")


def _load(seen, rows, screenshots) -> None:
    """Upload a file, see the preview, ingest it into a workspace with a name of its own."""
    page = seen.page
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "../rows.jsonl", "mimeType": "application/json", "buffer": lines.encode()}
    )
    page.get_by_text("The first 10 documents").wait_for()
    name = page.get_by_label("Name of the workspace")
    name.fill("mine")
    name.press("Tab")
    seen.settle()
    page.screenshot(path=screenshots / "job-2-preview.png")
    page.get_by_role("button", name="Ingest").click()


def _press(seen, button: str, done: str) -> None:
    """Start a step from its card, see that it runs, and wait for what it leaves."""
    page = seen.page
    page.get_by_role("button", name=button).click()
    seen.expect(page.get_by_role("progressbar").first).to_be_visible()
    page.get_by_test_id("stMarkdown").filter(has_text=re.compile(done)).first.wait_for(
        timeout=JOB_MS
    )
    seen.settle()


def _see_points(page, path) -> None:
    """Not blank: many pixels of the plot are coloured, in several colours."""
    from PIL import Image

    chart = page.locator("canvas[data-shown]")
    chart.wait_for()
    for _ in range(50):
        picture = Image.open(io.BytesIO(chart.screenshot())).convert("HSV")
        hues = [hue // 16 for hue, depth, light in picture.getdata() if depth > 90 and light > 90]
        if len(hues) > 500:
            break
        page.wait_for_timeout(100)
    page.screenshot(path=path)
    assert len(hues) > 500 and len(set(hues)) >= 3


def _choose(seen) -> None:
    """Another budget by the slider and another method change the numbers; the draw is saved."""
    page = seen.visit("select")
    tokens = seen.metric("Tokens").inner_text()
    page.get_by_role("slider", name="Share of the corpus").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    seen.expect(seen.metric("Tokens")).not_to_have_text(tokens)
    seen.expect(page.get_by_text("Since the setting before")).to_be_visible()
    name = page.get_by_label("Name of the subset", exact=True)
    name.fill("kept")
    name.press("Enter")
    page.get_by_role("button", name="Save subset").click()
    seen.expect(page.get_by_text("Saved kept")).to_be_visible()
    seen.settle()


def _export(seen) -> zipfile.ZipFile:
    page = seen.page
    page.get_by_role("button", name="Write files").click()
    page.get_by_role("button", name="Download").wait_for(timeout=JOB_MS)
    seen.settle()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    return zipfile.ZipFile(download.value.path())


def _check(archive, folder, space) -> None:
    """What left is what the subset says: rows, tokens, texts, and the manifest's own account."""
    archive.extractall(folder / "out")
    (out,) = (folder / "out").iterdir()
    manifest = json.loads((out / "manifest.json").read_text())
    facts = selection.subset_facts(space, "kept")
    rows, tokens, filled = duckdb.sql(
        f"SELECT count(*), sum(n_tokens * n_copies), count(*) FILTER (length(text) > 0)"
        f" FROM '{out}/*.parquet'"
    ).fetchall()[0]
    assert rows == filled == manifest["n_docs"] == facts["n_docs"] > 0
    assert tokens == manifest["n_tokens"] == facts["n_tokens"] <= facts["budget_tokens"]
    assert 0.1 * selection.status(space).n_tokens < tokens
