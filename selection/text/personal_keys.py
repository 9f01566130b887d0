"""Keys and tokens that open somebody's account, by the prefixes that providers give them."""

from __future__ import annotations

import numpy as np

from selection.text.kernel import bare
from selection.text.unicode_classes import WORD

PREFIXES = (
    ("AKIA", 16),  # AWS access key
    ("ASIA", 16),
    ("AIza", 35),  # Google
    ("ghp_", 36),  # GitHub
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("ghr_", 36),
    ("github_pat_", 50),
    ("glpat-", 20),  # GitLab
    ("xoxb-", 20),  # Slack
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xoxs-", 20),
    ("sk-", 20),  # OpenAI and those who copied it
    ("sk_live_", 20),  # Stripe
    ("hf_", 30),  # Hugging Face
    ("npm_", 36),
    ("eyJ", 30),  # JSON web token
)
"""What a key begins with, and how many characters of A-Z a-z 0-9 _ - must follow, a letter and a digit among them."""
_PEM = "-----BEGIN ", "PRIVATE KEY-----"
_N = len(PREFIXES)
_LONGEST = max(len(prefix) for prefix, _ in PREFIXES)
_CODES = np.zeros((_N, _LONGEST), np.int32)
for _row, (_prefix, _) in enumerate(PREFIXES):
    _CODES[_row, : len(_prefix)] = [ord(character) for character in _prefix]
_BEGINNINGS = np.zeros(
    1024, np.bool_
)  # which hashes of three characters a prefix, or BEGIN, begins with
for _prefix in (*(prefix for prefix, _ in PREFIXES), "BEGIN"):
    _BEGINNINGS[sum(ord(_prefix[k]) << 3 * k for k in range(3)) & 1023] = True
_SIZES = np.array([len(prefix) for prefix, _ in PREFIXES], np.int32)
_NEEDED = np.array([needed for _, needed in PREFIXES], np.int32)
_BEGIN, _END = (np.array([ord(character) for character in text], np.int32) for text in _PEM)
_PEM_CHARS = 40  # between the two
_UNDERSCORE, _HYPHEN, _B = 0x5F, 0x2D, 0x42


@bare
def _is_at(codes: np.ndarray, i: int, text: np.ndarray) -> bool:
    """Whether `text`, which a 0 may end early, stands at i."""
    for k in range(len(text)):
        if text[k] == 0:
            break
        if i + k < 0 or i + k >= len(codes) or codes[i + k] != text[k]:
            return False
    return True


@bare
def _is_key(codes: np.ndarray, i: int, needed: int) -> bool:
    """Whether enough key characters stand from i on, a letter and a digit among them."""
    letters = digits = length = 0
    while i < len(codes):
        code = codes[i]
        digit, letter = 48 <= code <= 57, 97 <= code | 32 <= 122
        if not (digit or letter or code in (_UNDERSCORE, _HYPHEN)):
            break
        digits += digit
        letters += letter
        length += 1
        i += 1
    return length >= needed and letters > 0 and digits > 0


@bare
def _is_pem(codes: np.ndarray, i: int) -> bool:
    """Whether the head of a private key stands around the word BEGIN at i."""
    if not _is_at(codes, i - 5, _BEGIN):
        return False
    found = False
    for end in range(i + 6, i + 6 + _PEM_CHARS):
        found |= _is_at(codes, end, _END)
    return found


@bare
def count_keys(codes: np.ndarray, classes: np.ndarray, starts: np.ndarray) -> int:
    """Keys that begin at a word."""
    n_keys = 0
    for w in range(len(starts)):
        start = np.int64(starts[w])
        if start + 3 > len(codes):
            break
        three = codes[start] + (codes[start + 1] << 3) + (codes[start + 2] << 6)
        if not _BEGINNINGS[three & 1023]:
            continue
        if codes[start] == _B:
            n_keys += _is_pem(codes, start)
            continue
        if start and (codes[start - 1] == _UNDERSCORE or classes[start - 1] & WORD):
            continue
        for p in range(_N):
            if _is_at(codes, start, _CODES[p]):
                n_keys += _is_key(codes, start + _SIZES[p], _NEEDED[p])
                break
    return n_keys
