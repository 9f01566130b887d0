"""What the filters of the literature count, slow and obvious: the tokens, lines and paragraphs of `slow_reference`'s kind."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from tests.text import slow_reference as slow
from tests.text.slow_reference import BETWEEN_FIELDS, SPACES, letter_of

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
URL = re.compile(r"(?:[hH][tT][tT][pP][sS]?|[fF][tT][pP])://.|[wW][wW][wW]\..", re.DOTALL)
ENDING = "['’](?:[sSmMdD]|[lL][lL]|[rRvV][eE])"
CONTRACTION = re.compile(rf"(?<=.)(?:[nN]['’][tT]|{ENDING})$", re.DOTALL)
BREAKS = re.compile("\r\n|[\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029]")
CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies")
_SPACE = "".join(SPACES)


@cache
def category(character: str) -> str:
    return unicodedata.category(character)


@cache
def is_edge(character: str) -> bool:
    kind = category(character)
    marks = kind[0] == "P" or kind in ("Sc", "So") or character in "<>=+`´"
    return marks and character not in "-/@\\."


def is_alpha(character: str) -> bool:
    return letter_of(character) in "lu"


def is_word(character: str) -> bool:
    return letter_of(character) in "lun"


def is_upper(character: str) -> bool:
    return category(character) in ("Lu", "Lt")


def tokens(text: str) -> list[str]:
    out = []
    for field in BETWEEN_FIELDS.split(text):
        front, back = [], []
        while field and not re.fullmatch(ENDING, field):
            dots = re.match(r"\.\.+", field)
            length = dots.end() if dots else int(is_edge(field[0]))
            if not length:
                break
            front.append(field[:length])
            field = field[length:]
        while field:
            dots = re.search(r"\.\.+$", field)
            length = len(dots.group()) if dots else int(is_edge(field[-1]) or _stop_leaves(field))
            if not length:
                break
            back.append(field[-length:])
            field = field[:-length]
        out += front + _words(field) + back[::-1]
    return out


def _stop_leaves(field: str) -> bool:
    if len(field) < 2 or field[-1] != ".":
        return False
    before, earlier = field[-2], field[-3:-2]
    if is_edge(before) or category(before) == "Nd":
        return True
    if not is_alpha(before) or not earlier or not is_word(earlier):
        return False
    return category(before) == "Ll" or (is_upper(before) and is_upper(earlier))


def _words(middle: str) -> list[str]:
    if URL.match(middle):
        return [middle]
    pieces, begin, i = [], 0, 0
    while i < len(middle):
        length = _divider(middle, i)
        if length:
            pieces += [*_contracted(middle[begin:i]), middle[i : i + length]]
            begin = i = i + length
        else:
            i += 1
    return [*pieces, *_contracted(middle[begin:])]


def _contracted(word: str) -> list[str]:
    found = CONTRACTION.search(word)
    parts = [word[: found.start()], found.group()] if found else [word]
    return [part for part in parts if part]


def _divider(text: str, i: int) -> int:
    here, rest = text[i], text[i:]
    if letter_of(here) == "u":
        return 1 + len(re.match("m*", "".join(map(letter_of, rest[1:]))).group())
    if rest.startswith(".."):
        return len(re.match(r"\.+", rest).group())
    if category(here) == "So" or here == "…":
        return 1
    if i == 0 or i + 1 == len(text):
        return 0
    left, right = text[i - 1], text[i + 1]
    if here in "-–—~" and is_word(left):
        run = len(rest) - len(rest.lstrip(here))
        if run < len(rest) and is_alpha(rest[run]):
            return run
    return int(
        (here in "+-*^" and category(left) == "Nd" and (category(right) == "Nd" or right == "-"))
        or (here == "." and category(left) == "Ll" and is_upper(right))
        or (here == "," and is_alpha(left) and is_alpha(right))
        or (here in ":<>=/" and is_word(left) and is_alpha(right))
    )


def token_counts(text: str, signs: set[str]) -> dict[str, int]:
    found = tokens(text)
    words = [token for token in found if any(c not in signs for c in token)]
    return {
        "n_tokens": len(found),
        "n_words": len(words),
        "word_chars": sum(map(len, words)),
        "n_letter_tokens": sum(any(is_alpha(c) for c in token) for token in found),
        "n_stop_words": len(STOP_WORDS & set(found)),
    }


def repetition(found: list[str]) -> dict[str, int]:
    out = {}
    for n in (2, 3, 4):
        grams = Counter(" ".join(found[i : i + n]) for i in range(len(found) - n + 1))
        top, count = grams.most_common(1)[0] if grams else ("", 0)
        out[f"top_{n}"] = len(top) * count
        if n < 4:
            out[f"distinct_{n}"] = len(grams)
    for n in range(5, 11):
        seen, i, chars = set(), 0, 0
        while i + n <= len(found):
            gram = tuple(found[i : i + n])
            if gram in seen:
                chars += sum(map(len, gram))
                i += n
            else:
                seen.add(gram)
                i += 1
        out[f"repeated_{n}"] = chars
    return out


def _duplicates(pieces: list[str]) -> list[str]:
    return [piece for i, piece in enumerate(pieces) if piece in set(pieces[:i])]


def raw_lines(text: str, stops: set[str]) -> dict[str, int]:
    lines = re.split("\n+", text) if text else []
    filled = [line for line in text.split("\n") if line.strip(_SPACE)]
    paragraphs = [p for p in re.split("\n\n+", text.strip(_SPACE)) if p]
    return {
        "n_lines": len(lines),
        "n_duplicate_lines": len(_duplicates(lines)),
        "duplicate_line_chars": sum(map(len, _duplicates(lines))),
        "n_filled_lines": len(filled),
        "n_stop_lines": sum(line[-1] in stops for line in filled),
        "n_short_lines": sum(len(line) <= 30 for line in filled),
        "duplicate_filled_chars": sum(map(len, _duplicates(filled))),
        "n_paragraphs": len(paragraphs),
        "n_duplicate_paragraphs": len(_duplicates(paragraphs)),
        "duplicate_paragraph_chars": sum(map(len, _duplicates(paragraphs))),
    }


def page_lines(text: str) -> dict[str, int]:
    lines = BREAKS.split(text)
    lines = [line.strip(_SPACE) for line in (lines if lines[-1] else lines[:-1])]
    strict, lax = [c4_rule(line) for line in lines], [c4_rule(line, False) for line in lines]
    cleaned = [CITATION.sub("", line) for line in lines]

    def sentences(rules: list[str]) -> int:
        kept = [line for line, rule in zip(cleaned, rules) if rule == "kept"]
        return sum(slow.sentences(line)["n_sentences"] for line in kept)

    return {
        "n_lines": len(lines),
        "n_bullet_lines": sum(line.startswith(("-", "•")) for line in lines),
        "n_ellipsis_lines": sum(line.endswith(("...", "…")) for line in lines),
        "n_hash_signs": text.count("#"),
        "n_ellipses": text.count("...") + text.count("…"),
        "kept_sentences": sentences(strict),
        "lorem_lines": strict.count("lorem ipsum"),
        "curly_lines": strict.count("curly bracket"),
        "open_sentences": sentences(lax),
        "open_lorem_lines": lax.count("lorem ipsum"),
        "open_curly_lines": lax.count("curly bracket"),
    }


def c4_rule(line: str, terminal: bool = True) -> str:
    """The first of C4's rules that binds for a trimmed line, else `kept`; an empty line is kept, and says nothing."""
    if not line:
        return "empty"
    fields = BETWEEN_FIELDS.split(line)
    if max(map(len, fields)) > 1000:
        return "long word"
    line = CITATION.sub("", line)
    low = slow.lower(line)
    if terminal and (not line.endswith((".", "?", "!", '"', "'")) or line.endswith("...")):
        return "no terminal punctuation"
    if len(fields) < 3:
        return "few words"
    if "lorem ipsum" in low:
        return "lorem ipsum"
    if "javascript" in low:
        return "javascript"
    if "{" in line:
        return "curly bracket"
    if any(phrase in low for phrase in (*POLICIES, "use cookies")):
        return "policy"
    return "kept"
