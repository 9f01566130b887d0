"""The frame: it opens at once, finds its pages, keeps the workspace in the URL, and shows mistakes as one sentence."""

import pytest

import selection
from tests.pages.conftest import unsaid

PAGES = ["corpus", "map", "quality", "desk", "axes", "select", "compare", "export", "jobs"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_any_workspace(no_workspaces, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert not no_workspaces.exists()  # looking writes nothing


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_a_workspace_without_documents(empty_workspace, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_a_real_workspace(workspaces, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert app.title
    assert unsaid(app) == []


def test_the_workspace_comes_from_the_url(workspaces, open_page):
    selection.create(workspaces / "another")
    assert open_page("corpus", workspace="tiny").selectbox(key="workspace").value == "tiny"
    assert open_page("corpus").selectbox(key="workspace").value == "another"


def test_a_workspace_of_another_format_is_one_sentence(workspaces, open_page):
    (workspaces / "tiny" / "winnow.json").write_text('{"format": 99}')
    app = open_page("corpus")
    assert not app.exception
    assert len(app.error) == 1
    assert "format 99" in app.error[0].value
