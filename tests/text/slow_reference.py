"""Every statistic of the text engine again, slow and obvious: regular expressions, sets and counters over Python strings."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

TERMINAL = set(".!?…‽。！？｡．؟۔।॥։።፧၊။។᠃")
WIDE = set("。！？｡")
CLOSER = set("\"'”’»)]}」』）】›")
BULLET = set("-*•‣⁃▪▫◦●○■□–—·▶►➢➤✓✔")
SPACES = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(c) for c in range(0x2000, 0x200B)
}
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f"
    r"\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f"
    r"\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)
WORD = re.compile("um*|[ln](?:[lnm]|(?<=l)a(?=l))*")


@cache
def letter_of(character: str) -> str:
    """u unspaced letter, l letter, n number, m mark, a apostrophe, o anything else."""
    major = unicodedata.category(character)[0]
    if major == "L":
        return "u" if UNSPACED.match(character) else "l"
    return {"N": "n", "M": "m"}.get(major, "a" if character in "'’" else "o")


def spans(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in WORD.finditer("".join(map(letter_of, text)))]


def lower(word: str) -> str:
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in word).replace("’", "'")


def words(text: str) -> list[str]:
    return [lower(text[a:b]) for a, b in spans(text)]


def characters(text: str) -> dict[str, int]:
    categories = [unicodedata.category(c) for c in text]
    return {
        "n_bytes": len(text.encode()),
        "n_chars": len(text),
        "n_letters": sum(c[0] == "L" for c in categories),
        "n_marks": sum(c[0] == "M" for c in categories),
        "n_digits": categories.count("Nd"),
        "n_uppercase": categories.count("Lu") + categories.count("Lt"),
        "n_lowercase": categories.count("Ll"),
        "n_whitespace": sum(c in SPACES for c in text),
        "n_punctuation": sum(c[0] == "P" for c in categories),
        "n_symbols": sum(c[0] == "S" for c in categories),
        "n_unspaced": sum(letter_of(c) == "u" for c in text),
        "n_markup": sum(c in "{}[]<>\\|=;_^~`$&@#" for c in text),
        "n_damage": sum(
            (k in ("Cc", "Cn", "Co") and c not in SPACES) or c == "\ufffd"
            for c, k in zip(text, categories)
        ),
        "n_hash_signs": text.count("#"),
        "n_curly": text.count("{") + text.count("}"),
        "n_non_ascii": sum(c > "\x7f" for c in text),
    }


def _set(characters: Iterable[str]) -> str:
    return "".join(map(re.escape, characters))


BETWEEN_FIELDS = re.compile(f"[{_set(SPACES)}]+")
_STOPS = _set(SPACES) + re.escape("<>\"'`)]}|")
URL = re.compile(rf"(?:(?:[hH][tT]{{2}}[pP][sS]?|[fF][tT][pP])://|[wW]{{3}}\.)[^{_STOPS}]+")
EMAIL = re.compile(r"(?<=[A-Za-z0-9._%+-])@(?=[A-Za-z0-9.-]*\.[A-Za-z]{2})")


def links(text: str) -> dict[str, int]:
    urls = _url_spans(text)
    cuts = [0, *(end for span in urls for end in span), len(text)]
    rest = [text[a:b] for a, b in zip(cuts[::2], cuts[1::2])]
    # An @ directly after a URL still sees the URL's last character on its left.
    emails = sum(not any(a <= m.start() < b for a, b in urls) for m in EMAIL.finditer(text))
    ellipses = sum(
        part.count("…") + sum(len(run) // 3 for run in re.findall(r"\.+", part)) for part in rest
    )
    return {
        "n_urls": len(urls),
        "url_chars": sum(b - a for a, b in urls),
        "n_emails": emails,
        "n_ellipses": ellipses,
    }


def _url_spans(text: str) -> list[tuple[int, int]]:
    found, position = [], 0
    while match := URL.search(text, position):
        start = match.start()
        if start and unicodedata.category(text[start - 1])[0] in "LN":
            position = start + 1
            continue
        found.append(match.span())
        position = match.end()
    return found


def _is_vowel(character: str) -> bool:
    return unicodedata.normalize("NFD", character)[0] in "aeiouyAEIOUYæœøÆŒØ"


def syllables(word: str) -> int:
    """`word` in lower case."""
    shape = "".join("v" if _is_vowel(c) else "c" for c in word)
    groups = len(re.findall("v+", shape))
    if groups > 1:
        silent_e = shape[-2:] == "cv" and word[-1] == "e" and len(word) > 2
        silent_e = silent_e and not (word[-2] == "l" and shape[-3] == "c")
        silent_ed = len(word) > 3 and shape[-3] == "c" and re.search("[^td]ed$", word)
        silent_es = len(word) > 3 and shape[-3] == "c" and re.search("[^sxzcgh]es$", word)
        groups -= bool(silent_e or silent_ed or silent_es)
    return max(groups, 1)


def word_counts(text: str, lists: dict[str, set[str]], endings: set[str]) -> dict[str, int]:
    raw = [text[a:b] for a, b in spans(text)]
    low = [lower(w) for w in raw]
    fields = [f for f in BETWEEN_FIELDS.split(text) if f]

    def upper(character: str) -> bool:
        return unicodedata.category(character) in ("Lu", "Lt")

    def letters(word: str) -> list[str]:
        return [c for c in word if unicodedata.category(c)[0] == "L"]

    def listed(*names: str) -> int:
        return sum(any(w in lists[name] for name in names) for w in low)

    return {
        "n_words": len(raw),
        "word_chars": sum(map(len, raw)),
        "longest_word": max(map(len, raw), default=0),
        "n_letter_words": sum(bool(letters(w)) for w in raw),
        "n_long_words": sum(len(w) > 6 for w in raw),
        "n_learned_words": sum(len(w) > 6 and w[-4:] in endings for w in low),
        "n_capitalised": sum(upper(w[0]) for w in raw),
        "n_shouted": sum(len(letters(w)) > 1 and all(map(upper, letters(w))) for w in raw),
        "n_syllables": sum(map(syllables, low)),
        "n_complex_words": sum(syllables(w) > 2 for w in low),
        "n_stop_words": listed("english", "other"),
        "n_english_stop_words": listed("english"),
        "n_connectives": listed("connective"),
        "n_reasoning_words": listed("reasoning"),
        "n_boilerplate_words": listed("boilerplate"),
        "n_teaching_words": listed("teaching"),
        "n_personal_words": listed("personal"),
        "n_hedges": listed("hedge"),
        "n_easy_words": listed("easy"),
        "n_fields": len(fields),
        "n_letter_fields": sum(bool(letters(f)) for f in fields),
    }


def sentences(text: str) -> dict[str, int]:
    found = spans(text)
    marks = ["\n"]  # what ended the sentence before each word; the text's start is a boundary
    for w, (_, stop) in enumerate(found):
        end = found[w + 1][0] if w + 1 < len(found) else len(text)
        marks.append(_boundary(text, stop, end))
    begins = [found[w][0] for w in range(len(found)) if marks[w]]
    return {
        "n_sentences": len(begins),
        "n_questions": marks[1:].count("?"),
        "n_exclamations": marks[1:].count("!"),
        "n_capital_sentences": sum(unicodedata.category(text[b]) != "Ll" for b in begins),
    }


_BLANK_LINE = re.compile("\n[" + _set(SPACES - {"\n"}) + "]*\n")
_MARKS = re.compile(f"[{_set(TERMINAL)}][{_set(TERMINAL)}{_set(CLOSER)}]*")


def _boundary(text: str, start: int, stop: int) -> str:
    candidates = []
    gap = text[start:stop]
    if blank := _BLANK_LINE.search(gap):
        candidates.append((blank.end(), "\n"))
    for run in _MARKS.finditer(gap):
        mark, end = run.group(), start + run.end()
        if mark[0] in WIDE or end == len(text) or text[end] in SPACES:
            single = mark == "." and end < len(text)
            if not (single and _abbreviation(text, start + run.start(), end)):
                candidates.append((run.start() + 1, mark[0]))
    return min(candidates)[1] if candidates else ""


def _abbreviation(text: str, dot: int, end: int) -> bool:
    def is_word(i: int) -> bool:
        return i >= 0 and unicodedata.category(text[i])[0] in "LN"

    if is_word(dot - 1) and not is_word(dot - 2):
        return True
    while end < len(text) and text[end] in SPACES:
        if text[end] == "\n":
            return False
        end += 1
    return end < len(text) and unicodedata.category(text[end]) == "Ll"


def lines(text: str) -> dict[str, int]:
    strip = "".join(SPACES)
    trimmed = [line.strip(strip) for line in text.split("\n")] if text else []
    filled = [line for line in trimmed if line]
    ends = [line.rstrip("".join(CLOSER - TERMINAL)) for line in filled]
    return {
        "n_newlines": text.count("\n"),
        "n_lines": len(filled),
        "n_empty_lines": len(trimmed) - len(filled),
        "line_chars": sum(map(len, filled)),
        "n_short_lines": sum(len(line) <= 30 for line in filled),
        "n_terminal_lines": sum(bool(end) and end[-1] in TERMINAL for end in ends),
        "n_bullet_lines": sum(line[0] in BULLET for line in filled),
        "n_ellipsis_lines": sum(line.endswith(("...", "…")) for line in filled),
        "n_brief_lines": sum(_runs(line) < 3 for line in filled),
        "n_code_lines": sum(line[-1] in ";{}>=\\(" for line in filled),
    }


def _runs(line: str) -> int:
    return len(re.findall("w+", "".join("w" if letter_of(c) in "uln" else "." for c in line)))


def vocabulary(tokens: list[str]) -> dict[str, float]:
    n = len(tokens)
    if n == 0:
        return dict.fromkeys(("n_types", "n_hapaxes", "entropy", "yules_k", "mattr", "mtld"), 0)
    counts = Counter(tokens).values()
    window = min(50, n)
    ratios = [len(set(tokens[i : i + window])) / window for i in range(n - window + 1)]
    return {
        "n_types": len(counts),
        "n_hapaxes": sum(c == 1 for c in counts),
        "entropy": -sum(c / n * math.log2(c / n) for c in counts),
        "yules_k": 1e4 * (sum(c * c for c in counts) - n) / n**2,
        "mattr": sum(ratios) / len(ratios),
        "mtld": (_mtld(tokens) + _mtld(tokens[::-1])) / 2,
    }


def _mtld(tokens: list[str]) -> float:
    factors, seen, length = 0.0, set(), 0
    for token in tokens:
        seen.add(token)
        length += 1
        if len(seen) * 100 <= 72 * length:
            factors, seen, length = factors + 1, set(), 0
    if length:
        factors += (1 - len(seen) / length) / 0.28
    return len(tokens) / factors if factors > 1e-12 else len(tokens)
