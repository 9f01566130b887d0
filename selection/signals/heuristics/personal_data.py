"""Personal data: patterns that point at a person or open an account, as counts per kind.

FineWeb (Penedo et al. 2024) masks e-mail and IP addresses; the other patterns are ours (`text.personal_data`, e-mail in
`text.links`). Patterns find form, not meaning: an example number counts like a real one.

Measured on 1,500 made-up sentences with marked personal data (Presidio research), recall / precision: e-mail 1.00 / 1.00,
IPv4 and IPv6 1.00 / 1.00, IBAN 1.00 / 1.00, card 0.99 / 1.00,
telephone 0.70 / 0.98. What is missed are telephone numbers without + or area code. There are no keys in that set.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from selection.core.documents import Documents, State
from selection.core.signal import Column, Columns, Signal
from selection.text.measure import measure

_KINDS = {
    "pii_phones": ("n_phones", "Telephone numbers", "telephone numbers with +, 0 or an area code"),
    "pii_ipv4": ("n_ipv4", "IPv4 addresses", "IPv4 addresses"),
    "pii_ipv6": ("n_ipv6", "IPv6 addresses", "IPv6 addresses, full or with ::"),
    "pii_cards": ("n_cards", "Payment cards", "payment card numbers that pass Luhn's check"),
    "pii_ibans": ("n_ibans", "IBANs", "bank account numbers (IBAN) that pass their check"),
    "pii_keys": ("n_keys", "Keys and tokens", "keys, tokens and PEM private keys of providers"),
}


def _column(name: str, title: str, what: str, unit: str) -> Column:
    return Column(name, title, what, unit, -1, "own patterns, rules in text.personal_data")


class PersonalData(Signal):
    title: ClassVar[str] = "Personal data"
    version: ClassVar[int] = 2
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "pii_emails",
            "E-mail addresses (personal data)",
            "e-mail addresses outside URLs, the same as n_emails",
            "addresses",
            -1,
            "FineWeb (Penedo et al. 2024) masks them",
        ),
        *(_column(name, title, what, "numbers") for name, (_, title, what) in _KINDS.items()),
        Column(
            "pii_count",
            "Personal data",
            "sum of the seven counts of e-mail addresses, telephone numbers, IP addresses, cards, IBANs and keys",
            "items",
            -1,
            "own sum",
        ),
    )

    def score(self, docs: Documents, state: State) -> Columns:
        measures = measure(docs.text)
        counts = {"pii_emails": measures.links["n_emails"]}
        counts |= {name: measures.personal[field] for name, (field, *_) in _KINDS.items()}
        total = np.sum(list(counts.values()), axis=0)
        return {
            name: values.astype(np.float64)
            for name, values in {**counts, "pii_count": total}.items()
        }
