"""HTML to its visible text, with the title; scripts, styles and what is hidden are left out.

Blocks end a line, paragraphs and headings leave a blank line, white space collapses except inside <pre>.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_HIDDEN = {"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select"}
_PARAGRAPH = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "section", "article",
              "header", "footer", "nav", "aside", "main", "figure", "dl", "form"}  # fmt: skip
_LINE = {"div", "br", "li", "tr", "dt", "dd", "hr", "option", "figcaption", "caption", "address"}
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_BLANK = re.compile(r"[ \t]*\n[ \t]*")


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self._hidden: list[str] = []
        self._in_title = False
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "title" and not self.title:
            self._in_title = True
        elif tag == "body":
            self._hidden.clear()
        self._pre += tag == "pre"
        self._space(tag)
        if tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
        if tag == "title":
            self._in_title = False
        self._pre = max(0, self._pre - (tag == "pre"))
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._hidden:
            self.parts.append(data if self._pre else _SPACE.sub(" ", data))

    def _space(self, tag: str) -> None:
        if tag in _PARAGRAPH:
            self.parts.append("\n\n")
        elif tag in _LINE:
            self.parts.append("\n")


def visible_text(html: str) -> tuple[str, str]:
    """(title, text) of a page; the title also opens the text where the text does not start with it."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    title = _SPACE.sub(" ", "".join(parser.title)).strip()
    text = re.sub(r"\n{3,}", "\n\n", _BLANK.sub("\n", "".join(parser.parts))).strip()
    if title and not text.startswith(title):
        text = f"{title}\n\n{text}".strip()
    return title, text
