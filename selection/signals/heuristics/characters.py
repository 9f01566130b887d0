"""The characters of a document by class: letters, digits, capitals, punctuation, symbols, markup, links.

Classes follow the Unicode general category (`text.unicode_classes`), links the rules in `text.links`. Shares are of all
characters unless said otherwise; an empty document gets 0.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure
from selection.text.shares import share

_UNICODE = "categories and properties of Unicode"


def _share(
    name: str, title: str, what: str, polarity: Literal[-1, 0, 1] = 0, source: str = _UNICODE
) -> Column:
    return Column(name, title, f"{what} / n_chars", "share", polarity, source)


class Characters(Signal):
    title: ClassVar[str] = "Characters"
    columns: ClassVar[tuple[Column, ...]] = (
        _share("letter_share", "Letters", "characters of category L*", 1),
        _share("digit_share", "Digits", "characters of category Nd"),
        _share("whitespace_share", "White space", "characters with the property White_Space"),
        _share("punctuation_share", "Punctuation", "characters of category P*"),
        _share("symbol_share", "Symbols", "characters of category S*", -1),
        _share(
            "markup_share",
            "Markup",
            "characters among { } [ ] < > \\ | = ; _ ^ ~ ` $ & @ #",
            -1,
            "own list",
        ),
        _share("non_ascii_share", "Beyond ASCII", "code points above U+007F", 0, "ASCII"),
        _share(
            "damage_share",
            "Damage",
            "control characters other than white space, unassigned and private code points, U+FFFD",
            -1,
        ),
        _share("url_share", "URLs", "characters of URLs", -1, "own rule"),
        Column(
            "uppercase_share",
            "Upper case",
            "characters of category Lu or Lt / letters (L*)",
            "share",
            source="RedPajama v2 per line",
        ),
        Column(
            "symbol_word_ratio",
            "Hash signs and ellipses",
            "(# signs + ellipses) / n_words",
            "per word",
            -1,
            "Gopher quality rules (Rae et al. 2021): at most 0.1 each",
        ),
        Column("n_urls", "URL count", "URLs with http, https, ftp or www", "links", -1, "own rule"),
        Column(
            "n_emails",
            "E-mail addresses",
            "e-mail addresses outside URLs",
            "addresses",
            -1,
            "own rule",
        ),
        Column(
            "curly_brackets",
            "Curly brackets",
            "characters { and }",
            "characters",
            -1,
            "C4 (Raffel et al. 2020) drops documents with {",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        characters, links = measures.characters, measures.links
        total = characters["n_chars"]
        marks = characters["n_hash_signs"] + links["n_ellipses"]
        return {
            "letter_share": share(characters["n_letters"], total),
            "digit_share": share(characters["n_digits"], total),
            "whitespace_share": share(characters["n_whitespace"], total),
            "punctuation_share": share(characters["n_punctuation"], total),
            "symbol_share": share(characters["n_symbols"], total),
            "markup_share": share(characters["n_markup"], total),
            "non_ascii_share": share(characters["n_non_ascii"], total),
            "damage_share": share(characters["n_damage"], total),
            "url_share": share(links["url_chars"], total),
            "uppercase_share": share(characters["n_uppercase"], characters["n_letters"]),
            "symbol_word_ratio": share(marks, measures.words["n_words"]),
            "n_urls": links["n_urls"].astype(np.float64),
            "n_emails": links["n_emails"].astype(np.float64),
            "curly_brackets": characters["n_curly"].astype(np.float64),
        }
