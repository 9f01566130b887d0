"""Personal data by pattern: telephone numbers, IP addresses, payment cards, IBANs, keys and tokens, as counts.

IPv6: eight groups of hexadecimal digits, or fewer around one `::` after a first group of four. IBAN: two letters, two
digits and 11 to 30 letters or digits in one piece that pass ISO 13616's check. Key: a prefix that a provider gives its keys
(AWS, GitHub, GitLab, Google, Slack, OpenAI, Stripe, Hugging Face, npm, JSON web tokens) and enough characters after it, or
the head of a PEM private key.

Telephone numbers, cards and IPv4 addresses: see `personal_numbers`; keys: see `personal_keys`. Names and postal addresses
need a model and are not looked for.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, bare, part
from selection.text.personal_keys import count_keys
from selection.text.personal_numbers import count_number, ends_word, is_digit
from selection.text.unicode_classes import DIGIT

PERSONAL = np.dtype(
    [(name, np.int64) for name in ("n_phones", "n_ipv4", "n_ipv6", "n_cards", "n_ibans", "n_keys")]
)
_COLON, _HYPHEN, _B, _N = 0x3A, 0x2D, 0x42, 0x4E


@bare
def _is_hex(code: int) -> bool:
    return 48 <= code <= 57 or 97 <= code | 32 <= 102


@bare
def _end_of_ipv6(codes: np.ndarray, classes: np.ndarray, start: int) -> int:
    """Where the IPv6 address that begins at `start` ends; `start` if there is none."""
    groups = gaps = 0
    first = length = 0
    i = start
    while i < len(codes) and groups < 8:
        length = 0
        while i < len(codes) and _is_hex(codes[i]) and length < 5:
            i += 1
            length += 1
        if length == 0 or length > 4:
            break
        groups += 1
        first = length if groups == 1 else first
        if i + 1 >= len(codes) or codes[i] != _COLON:
            break
        if codes[i + 1] == _COLON:
            gaps += 1
            i += 2
        elif _is_hex(codes[i + 1]):
            i += 1
        else:
            break
    full = groups == 8 and gaps == 0
    short = gaps == 1 and groups < 8 and first == 4 and length < 5 and codes[i - 1] != _COLON
    after = i < len(codes) and codes[i] == _COLON
    return i if (full or short) and not after and ends_word(codes, classes, i) else start


@bare
def _is_iban(codes: np.ndarray, start: int, stop: int) -> bool:
    """Country letters, check digits and account in one piece, and the remainder by 97 is 1."""
    if not 15 <= stop - start <= 34 or codes[start + 2] > 57 or codes[start + 3] > 57:
        return False
    rest = 0
    for k in range(stop - start):
        code = codes[start + (k + 4) % (stop - start)]  # the first four characters come last
        if is_digit(code):
            rest = (rest * 10 + code - 48) % 97
        elif 97 <= code | 32 <= 122 and (k < stop - start - 2):
            rest = (rest * 100 + (code | 32) - 87) % 97
        else:
            return False
    return codes[start] >= 65 and codes[start + 1] >= 65 and rest == 1


@part
def may_be_personal(codes: np.ndarray, seen: int, colons: int) -> bool:
    """Whether anything that is counted here may begin in a field, by the classes of its characters and its colons."""
    n = len(codes)
    pem = n >= 6 and codes[n - 1] == _N and codes[n - 5] == _B and codes[n - 6] == _HYPHEN
    return seen & DIGIT != 0 or colons > 1 or pem


@bare
def count_personal(
    codes: np.ndarray,
    classes: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    groups: np.ndarray,
    row: Row,
) -> None:
    """Fill a `PERSONAL` record of one document. The words are those of fields that `may_be_personal`, in order."""
    done = 0
    for w in range(len(starts)):
        start, stop = np.int64(starts[w]), np.int64(stops[w])
        if start < done:
            continue
        if _is_hex(codes[start]) and stop < len(codes) and codes[stop] == _COLON:
            before = start - 1
            free = before < 0 or (codes[before] != _COLON and ends_word(codes, classes, before))
            end = _end_of_ipv6(codes, classes, start) if free else start
            if end > start:
                row.n_ipv6 += 1
                done = end
                continue
        if is_digit(codes[start]):
            done = count_number(codes, classes, start, groups, row)
        elif stop - start >= 15 and ends_word(codes, classes, start - 1 if start else len(codes)):
            row.n_ibans += ends_word(codes, classes, stop) and _is_iban(codes, start, stop)
    row.n_keys = count_keys(codes, classes, starts)
