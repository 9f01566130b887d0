"""URLs, e-mail addresses and ellipses, looked for at the punctuation that each must hold.

A URL begins at `http://`, `https://`, `ftp://` or `www.` (any case, not after a letter or number) and runs to white space
or one of < > " ' ` ) ] } |; at least one character must follow the mark. An e-mail address is an `@` outside a URL, after
one of [A-Za-z0-9._%+-], whose host part [A-Za-z0-9.-]* holds a full stop followed by two letters. An ellipsis is "…", or
every third full stop of a run outside a URL.
"""

from __future__ import annotations

import numpy as np

from selection.text.field_counts import COUNTED, place
from selection.text.kernel import bare, part
from selection.text.unicode_classes import LINK, URL_END, WORD

LINKS = np.dtype([(name, np.int64) for name in COUNTED["links"]])
_URLS, _URL_CHARS, _EMAILS, _ELLIPSES = (place("links", name) for name in COUNTED["links"])
_ALL_ELLIPSES = place("page_lines", "n_ellipses")
_AT, _DOT, _COLON, _SLASH, _ELLIPSIS = 0x40, 0x2E, 0x3A, 0x2F, 0x2026
_F, _H, _P, _S, _T, _W = (ord(letter) for letter in "fhpstw")


@bare
def _is_letter(code: int) -> bool:
    return 97 <= (code | 32) <= 122


@bare
def _scheme_start(codes: np.ndarray, colon: int) -> int:
    """Where the http, https or ftp before `colon` begins; -1 if there is none or no // after it."""
    if colon + 2 >= len(codes) or codes[colon + 1] != _SLASH or codes[colon + 2] != _SLASH:
        return -1
    i = colon - 1
    if i >= 4 and codes[i] | 32 == _S:
        i -= 1
    elif i >= 2 and codes[i] | 32 == _P and codes[i - 1] | 32 == _T and codes[i - 2] | 32 == _F:
        return i - 2
    if i < 3 or codes[i] | 32 != _P or codes[i - 1] | 32 != _T:
        return -1
    return i - 3 if codes[i - 2] | 32 == _T and codes[i - 3] | 32 == _H else -1


@bare
def _url_start(codes: np.ndarray, classes: np.ndarray, i: int) -> int:
    """Where the URL whose mark has its colon or full stop at i begins; -1 if there is none."""
    start = -1
    if codes[i] == _COLON:
        start = _scheme_start(codes, i)
    elif i >= 3 and codes[i] == _DOT:
        www = codes[i - 1] | 32 == _W and codes[i - 2] | 32 == _W and codes[i - 3] | 32 == _W
        start = i - 3 if www else -1
    return -1 if start > 0 and classes[start - 1] & WORD else start


@bare
def _is_email(codes: np.ndarray, at: int) -> bool:
    if at == 0:
        return False
    left = codes[at - 1]
    if not (48 <= left <= 57 or _is_letter(left) or left in (_DOT, 0x5F, 0x25, 0x2B, 0x2D)):
        return False
    for j in range(at + 1, len(codes) - 2):
        code = codes[j]
        if code == _DOT and _is_letter(codes[j + 1]) and _is_letter(codes[j + 2]):
            return True
        if not (_is_letter(code) or 48 <= code <= 57 or code in (0x2D, _DOT)):
            return False
    return False


@part
def add_links(codes: np.ndarray, classes: np.ndarray, counts: np.ndarray) -> int:
    """Count the links and ellipses of one field; 2 or more where it may have two colons."""
    n = len(codes)
    run = colons = 0  # run: full stops directly before i
    i = 0
    while i < n:
        if classes[i] & LINK == 0:
            run = 0
            i += 1
            continue
        code = codes[i]
        colons += code == _COLON
        start = _url_start(codes, classes, i)
        if start >= 0:
            body = i + 3 if code == _COLON else i + 1
            end = body
            while end < n and classes[end] & URL_END == 0:
                end += 1
            if end > body:
                counts[_URLS] += 1
                counts[_URL_CHARS] += end - start
                colons += 2  # there may be more in it
                run = 0
                i = end
                continue
        run = run + 1 if code == _DOT else 0
        counts[_ELLIPSES] += code == _ELLIPSIS or (run > 0 and run % 3 == 0)
        if code == _AT:
            counts[_EMAILS] += _is_email(codes, i)
        i += 1
    return colons


@part
def add_ellipses(codes: np.ndarray, counts: np.ndarray) -> None:
    """Count … and every third full stop of a run, those of URLs too."""
    run = 0
    for code in codes:
        run = (run + 1) * (code == _DOT)
        counts[_ALL_ELLIPSES] += (code == _ELLIPSIS) | ((run > 0) & (run % 3 == 0))
