"""Personal data again, by regular expressions over Python strings."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

from selection.text.personal_keys import PREFIXES
from tests.text.slow_reference import spans

GROUP = r"(?:\([0-9]+\)|[0-9]+)"
NUMBER = re.compile(rf"{GROUP}(?:[ .-]{GROUP}|(?<=\))[0-9]+)*")
PARTS = re.compile(r"([ .-]?)(\(?)([0-9]+)\)?")


def _word(text: str, i: int) -> bool:
    return 0 <= i < len(text) and (text[i] == "_" or unicodedata.category(text[i])[0] in "LN")


def personal(text: str) -> dict[str, int]:
    found = dict.fromkeys(("n_phones", "n_ipv4", "n_ipv6", "n_cards", "n_ibans", "n_keys"), 0)
    done = 0
    for a, b in spans(text):
        word = text[a:b]
        found["n_keys"] += _key(text, a)
        if a < done:
            continue
        if text[b : b + 1] == ":" and not _word(text, a - 1) and text[a - 1 : a] != ":":
            end = _ipv6(text, a)
            if end:
                found["n_ipv6"] += 1
                done = end
                continue
        if word[0] in "0123456789":
            kind, done = _number(text, a)
            if kind:
                found[kind] += 1
        elif re.fullmatch("[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}", word):
            alone = not _word(text, a - 1) and not _word(text, b)
            moved = "".join(str(int(c, 36)) for c in word[4:] + word[:4])
            found["n_ibans"] += alone and int(moved) % 97 == 1
    return found


def _key(text: str, a: int) -> bool:
    if text[a - 5 : a + 6] == "-----BEGIN " and a >= 5:
        return text.find("PRIVATE KEY-----", a + 6, a + 6 + 39 + 16) >= 0
    if _word(text, a - 1):
        return False
    for prefix, needed in PREFIXES:
        if text.startswith(prefix, a):
            tail = re.match("[A-Za-z0-9_-]*", text[a + len(prefix) :]).group()
            return bool(
                len(tail) >= needed and re.search("[A-Za-z]", tail) and re.search("[0-9]", tail)
            )
    return False


def _ipv6(text: str, a: int) -> int | None:
    """The end of an address: the longest run of groups and colons must be one as a whole."""
    run = re.match("[0-9A-Fa-f:]*", text[a:]).group()
    run = run[:-1] if run.endswith(":") and not run.endswith("::") else run
    end = a + len(run)
    if _word(text, end) or text[end : end + 1] == ":":
        return None
    try:
        ipaddress.IPv6Address(run)
    except ValueError:
        return None
    short = "::" in run and len(run.split(":")[0]) == 4 and not run.endswith("::")
    return end if short or (run.count(":") == 7 and "::" not in run) else None


def _number(text: str, a: int) -> tuple[str | None, int]:
    start = a - 1 if text[a - 1 : a] == "(" else a
    match = NUMBER.match(text, start) or NUMBER.match(text, a)
    start, end = match.span()
    plus = text[start - 1 : start] == "+" and start > 0
    before = start - plus - 1
    if before >= 0 and (text[before] in ".-" or _word(text, before)):
        return None, end
    parts = PARTS.findall(match.group())
    separators = [p[0] for p in parts][1:]
    groups, bracketed = [p[2] for p in parts], [bool(p[1]) for p in parts]
    closed = not _word(text, end)
    if closed and not plus and not any(bracketed):
        if len(groups) == 4 and set(separators) == {"."}:
            if all(len(g) <= 3 and int(g) <= 255 for g in groups):
                return "n_ipv4", end
        if _card(groups, separators):
            return "n_cards", end
    extension = re.match("x[0-9]{1,}", text[end:])
    stop = end + (len(extension.group()) if extension and len(extension.group()) <= 6 else 0)
    if _phone(groups, separators, bracketed, plus) and not _word(text, stop):
        return "n_phones", end
    return None, end


def _card(groups: list[str], separators: list[str]) -> bool:
    digits, lengths = "".join(groups), [len(g) for g in groups]
    embossed = lengths in ([4, 4, 4, 4], [4, 6, 5], [4, 6, 4]) and set(separators) < {" ", "-"}
    if not embossed and (len(groups) > 1 or not 12 <= len(digits) <= 19):
        return False
    twice = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    luhn = sum(d - 9 * (d > 9) for d in twice) % 10 == 0
    begins = {12: "[56]", 13: "4", 14: "3", 15: "3|2131|1800"}.get(len(digits), "[2-6]")
    return bool(re.match(begins, digits)) and luhn


def _phone(groups: list[str], separators: list[str], bracketed: list[bool], plus: bool) -> bool:
    digits, lengths = "".join(groups), [len(g) for g in groups]
    if not 7 <= len(digits) <= 15:
        return False
    if plus:
        return digits[0] != "0"
    if bracketed[0] and 2 <= lengths[0] <= 5 and len(groups) >= 3:
        return True
    if lengths[-3:] == [3, 3, 4] and groups[-3][0] >= "2" and groups[:-3] in ([], ["1"], ["001"]):
        return True
    pairs = lengths in ([2] * 4, [2] * 5) and separators in ([s] * len(separators) for s in ".-")
    if pairs and not any(bracketed):
        return True
    national = digits[0] == "0" and len(groups) >= 2 and 9 <= len(digits) <= 11
    return national and all(2 <= n <= 7 for n in lengths) and lengths != [3, 2, 4]
