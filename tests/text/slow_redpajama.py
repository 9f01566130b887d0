"""RedPajama's statistics again, as its rules read: regular expressions and counters over Python strings."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter

DELETE = str.maketrans("", "", string.punctuation)


def normalised(text: str, by_character: bool) -> str:
    """`by_character`: lower case without regard to what stands beside a letter, and without combining accents."""
    text = text.translate(DELETE)
    if by_character:
        text = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        return " ".join(text.split())
    return unicodedata.normalize("NFD", " ".join(text.lower().split()))


def length(word: str) -> int:
    return len(unicodedata.normalize("NFD", word.lower()))


def redpajama(text: str, by_character: bool = True) -> dict[str, float]:
    words = normalised(text, by_character).split()
    counts, n = Counter(words), len(words)
    tokens = re.findall(r"\w+|[^\w\s]+", text)
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    return {
        "n_words": n,
        "word_chars": sum(map(length, words)),
        "n_types": len(counts),
        "top_2": top(words, 2),
        "top_3": top(words, 3),
        "n_tokens": len(tokens),
        "n_alphabetic_tokens": sum(bool(re.search("[A-Za-z]", token)) for token in tokens),
        "n_sentences": len(re.findall(r"\b[^.!?]+[.!?]*", text)),
        "n_lines": len(lines),
        "n_terminal_lines": sum(line.rstrip().endswith((".", "!", "?", "”")) for line in lines),
        "entropy": -sum(c / n * math.log(c / n) for c in counts.values()),
        "upper_share_sum": sum(sum(map(str.isupper, line)) / len(line) for line in lines),
        "numeric_share_sum": sum(map(numeric, lines)),
    }


def numeric(line: str) -> float:
    text = normalised(line, False)
    return sum(map(str.isnumeric, text)) / len(text) if text else 0.0


def top(words: list[str], n: int) -> int:
    grams = Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
    if not grams:
        return 0
    gram, count = grams.most_common(1)[0]
    return count * sum(map(length, gram)) if count > 1 else 0
