"""What surrounds every page: title, mark, navigation, the choice of workspace, and one sentence when something fails."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

import selection
from pages.widgets import workspace

_LOOK = Path(__file__).with_name("look.css").read_text()
_COLOUR = "#5574E8"  # the accent, between its light and its dark form: the mark stands on both

# Three grains of chaff above a line, three of wheat below it.
_MARK = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24">
<g fill="{_COLOUR}"><circle cx="6" cy="18.5" r="2.6"/><circle cx="12" cy="18.5" r="2.6"/>
<circle cx="18" cy="18.5" r="2.6"/><rect x="2" y="12" width="20" height="1.8" rx="0.9" opacity="0.55"/>
<circle cx="5" cy="7" r="1.5" opacity="0.45"/><circle cx="12" cy="4" r="1.5" opacity="0.35"/>
<circle cx="19.5" cy="7.5" r="1.5" opacity="0.45"/></g></svg>"""
_NAME = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 24" width="120" height="24">{_MARK[_MARK.find("<g") : -6]}
<text x="32" y="17.5" font-family="Source Sans, Source Sans Pro, Segoe UI, sans-serif" font-size="17" font-weight="650"
 fill="{_COLOUR}">Winnow</text></svg>"""


def own_navigation() -> None:
    """Keep Streamlit from taking the folder `pages` for its older kind of app.

    Until `st.navigation` ran once in a process it does, and a deep link to a page would then open it without the frame.
    """
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False


def run(sections: dict[str, dict[str, str]]) -> None:
    """Draw the frame and run the page that was asked for. sections: title -> page's file name -> icon."""
    # A material icon would be fetched from the internet, unlike one on a page: the mark is our own picture.
    st.set_page_config(page_title="Winnow", page_icon=_MARK, layout="wide")
    st.logo(_NAME, icon_image=_MARK, size="large")
    # Streamlit names the scheme on the app alone; popovers lie outside it, and light-dark() must hold there too.
    scheme = st.context.theme.type or "light"
    st.html(f"<style>body {{ color-scheme: {scheme}; }} {_LOOK}</style>")
    page = st.navigation(
        {
            title: [
                st.Page(
                    f"pages/{name}.py", title=name.capitalize(), icon=icon, default=name == "corpus"
                )
                for name, icon in pages.items()
            ]
            for title, pages in sections.items()
        }
    )
    try:
        workspace.choose()
        page.run()
    except selection.WinnowError as mistake:
        workspace.fail(mistake)


def say_fault(fault: Exception) -> bool:
    """A fault of Winnow is one sentence on the page; its stack trace goes to the server's log."""
    logging.getLogger("winnow").error("a page failed", exc_info=fault)
    st.error(
        "Something went wrong inside Winnow; nothing of the workspace is lost. Reload the page; the server's log says more.",
        icon=":material/error:",
    )
    return True
