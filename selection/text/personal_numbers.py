"""Numbers that point at somebody: which runs of digits are telephone numbers, payment cards or IPv4 addresses.

Digits are read as *numbers*: groups of ASCII digits, some in brackets, with one space, full stop or hyphen between two of
them, not after a letter, digit, `_`, `.` or `-`, and not before a letter, digit or `_`. A number is the first of

- IPv4: four groups of 0..255 and no fifth, full stops between;
- card: a group of 12 to 19 digits, or groups of 4-4-4-4, 4-6-5 or 4-6-4 with equal spaces or hyphens, that passes Luhn's
  check (ISO/IEC 7812) and begins with 2 to 6 (16 digits and more), 3, 2131 or 1800 (15), 3 (14), 4 (13), 5 or 6 (12);
- telephone number: 7 to 15 digits (E.164), an `x` and an extension allowed, that either begin with +, or have an area code
  of 2 to 5 digits in brackets and three groups, or read 3-3-4 as in North America (perhaps after 1 or 001), or begin with 0
  in groups of 2 to 7, 9 to 11 digits in all, or are four or five pairs with equal full stops or hyphens.

Local numbers without area code ("467 3395") and bare digits look like any number and are not counted.
"""

from __future__ import annotations

import numpy as np

from selection.text.kernel import Row, bare
from selection.text.unicode_classes import WORD

MOST_GROUPS = 24
_PLUS, _OPEN, _CLOSE, _SPACE, _DASH, _DOT, _UNDERSCORE = (ord(c) for c in "+() -._")


@bare
def is_digit(code: int) -> bool:
    return 48 <= code <= 57


@bare
def ends_word(codes: np.ndarray, classes: np.ndarray, i: int) -> bool:
    """Whether no letter, number or _ stands at i."""
    return i >= len(codes) or (classes[i] & WORD == 0 and codes[i] != _UNDERSCORE)


@bare
def _read_group(codes: np.ndarray, i: int) -> tuple[int, int, int]:
    """First digit and length of the group at i, perhaps in brackets, and where it ends; length 0 if there is none."""
    bracket = i < len(codes) and codes[i] == _OPEN
    first = i + bracket
    stop = first
    while stop < len(codes) and is_digit(codes[stop]):
        stop += 1
    if bracket and (stop >= len(codes) or codes[stop] != _CLOSE):
        return first, 0, i
    return first, stop - first, stop + bracket


@bare
def _read_number(codes: np.ndarray, i: int, groups: np.ndarray) -> tuple[int, int]:
    """Fill `groups` (first digit, length, bracketed, separator before) of the number at i; how many, and its end."""
    n_groups = 0
    separator = 0
    while n_groups < MOST_GROUPS:
        first, length, stop = _read_group(codes, i + (separator != 0))
        if length == 0:
            break
        groups[n_groups, 0], groups[n_groups, 1] = first, length
        groups[n_groups, 2] = stop > first + length
        groups[n_groups, 3] = separator
        n_groups += 1
        i = stop
        if i >= len(codes):
            break
        if codes[i] in (_SPACE, _DASH, _DOT):
            separator = np.int64(codes[i])
        elif groups[n_groups - 1, 2] and is_digit(codes[i]):
            separator = 0
        else:
            break
    return n_groups, i


@bare
def _n_digits(groups: np.ndarray) -> int:
    total = 0
    for g in range(len(groups)):
        total += groups[g, 1]
    return total


@bare
def _value(codes: np.ndarray, group: np.ndarray) -> int:
    value = 0
    for i in range(group[0], group[0] + group[1]):
        value = value * 10 + codes[i] - 48
    return value


@bare
def _is_ipv4(codes: np.ndarray, groups: np.ndarray) -> bool:
    if len(groups) != 4:
        return False
    for g in range(4):
        bad = groups[g, 2] or groups[g, 1] > 3 or (g and groups[g, 3] != _DOT)
        if bad or _value(codes, groups[g]) > 255:
            return False
    return True


@bare
def _passes_luhn(codes: np.ndarray, groups: np.ndarray) -> bool:
    total = 0
    double = False
    for g in range(len(groups) - 1, -1, -1):
        for i in range(groups[g, 0] + groups[g, 1] - 1, groups[g, 0] - 1, -1):
            digit = codes[i] - 48
            digit *= 1 + double
            total += digit - 9 * (digit > 9)
            double = not double
    return total % 10 == 0


@bare
def _is_issued(codes: np.ndarray, first: int, n_digits: int) -> bool:
    """Whether a network gives cards of so many digits that begin like this."""
    digit = codes[first] - 48
    if n_digits == 15:
        four = 0
        for i in range(4):
            four = four * 10 + codes[first + i] - 48
        return digit == 3 or four in (2131, 1800)
    if n_digits == 12:
        return digit in (5, 6)
    if n_digits < 16:
        return digit == (4 if n_digits == 13 else 3)
    return 2 <= digit <= 6


@bare
def _is_card(codes: np.ndarray, groups: np.ndarray) -> bool:
    """A single group of 12 to 19 digits, or groups as they are embossed."""
    n, first = len(groups), groups[0, 0]
    lengths = 0
    for g in range(n):
        equal = g < 2 or groups[g, 3] == groups[1, 3]
        if groups[g, 2] or not equal or groups[g, 3] == _DOT or groups[g, 1] > 19:
            return False
        lengths = lengths * 20 + groups[g, 1]
    embossed = lengths in (4 * 8421, 4 * 400 + 6 * 20 + 5, 4 * 400 + 6 * 20 + 4) and n > 2
    if not embossed and (n != 1 or groups[0, 1] < 12):
        return False
    return _is_issued(codes, first, _n_digits(groups)) and _passes_luhn(codes, groups)


@bare
def _is_pairs(groups: np.ndarray) -> bool:
    if len(groups) not in (4, 5) or groups[1, 3] not in (_DOT, _DASH):
        return False
    equal = True
    for g in range(len(groups)):
        equal &= groups[g, 1] == 2 and groups[g, 2] == 0
        equal &= g == 0 or groups[g, 3] == groups[1, 3]
    return equal


@bare
def _is_north_american(codes: np.ndarray, groups: np.ndarray) -> bool:
    n = len(groups)
    if n not in (3, 4) or groups[n - 1, 1] != 4 or groups[n - 2, 1] != 3 or groups[n - 3, 1] != 3:
        return False
    country = n == 3 or (_value(codes, groups[0]) == 1 and groups[0, 1] in (1, 3))
    return bool(country and codes[groups[n - 3, 0]] >= 50)


@bare
def _is_national(codes: np.ndarray, groups: np.ndarray, n_digits: int) -> bool:
    """Begins with 0: two or more groups of 2 to 7 digits, 9 to 11 in all; not 3-2-4, a social security number."""
    if codes[groups[0, 0]] != 48 or len(groups) < 2 or not 9 <= n_digits <= 11:
        return False
    for g in range(len(groups)):
        if not 2 <= groups[g, 1] <= 7:
            return False
    return len(groups) != 3 or groups[1, 1] != 2 or groups[2, 1] != 4 or groups[0, 1] != 3


@bare
def _is_phone(codes: np.ndarray, groups: np.ndarray, plus: bool) -> bool:
    n_digits = _n_digits(groups)
    if not 7 <= n_digits <= 15:
        return False
    if plus:
        return codes[groups[0, 0]] != 48
    if groups[0, 2] and 2 <= groups[0, 1] <= 5 and len(groups) >= 3:
        return True
    if _is_north_american(codes, groups) or _is_pairs(groups):
        return True
    return _is_national(codes, groups, n_digits)


@bare
def _after_extension(codes: np.ndarray, i: int) -> int:
    """The end of `x` and one to five digits at i, or i."""
    stop = i + 1
    while stop < len(codes) and is_digit(codes[stop]):
        stop += 1
    return stop if i < len(codes) and codes[i] == 0x78 and 2 <= stop - i <= 6 else i


@bare
def count_number(
    codes: np.ndarray, classes: np.ndarray, i: int, groups: np.ndarray, row: Row
) -> int:
    """Count the number whose first digit is at i; where it ends."""
    start = i - (i > 0 and codes[i - 1] == _OPEN)
    plus = start > 0 and codes[start - 1] == _PLUS
    n_groups, end = _read_number(codes, start, groups)
    if n_groups == 0:
        n_groups, end = _read_number(codes, i, groups)
        start, plus = i, i > 0 and codes[i - 1] == _PLUS
    before = start - plus - 1
    if before >= 0 and (codes[before] in (_DOT, _DASH) or not ends_word(codes, classes, before)):
        return end
    number = groups[:n_groups]
    closed = ends_word(codes, classes, end)
    if closed and not plus and _is_ipv4(codes, number):
        row.n_ipv4 += 1
    elif closed and not plus and _is_card(codes, number):
        row.n_cards += 1
    elif _is_phone(codes, number, plus):
        row.n_phones += ends_word(codes, classes, _after_extension(codes, end))
    return end
