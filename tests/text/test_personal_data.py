"""Personal data by pattern: facts by hand, and recall and precision on sentences with marked personal data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from selection.core.documents import Documents
from selection.signals.heuristics.personal_data import PersonalData

LEAST = {  # columns of a kind, recall and precision at least; 0.696 and 0.985 for telephones when written
    "EMAIL_ADDRESS": (("pii_emails",), 1.0, 1.0),
    "IP_ADDRESS": (("pii_ipv4", "pii_ipv6"), 1.0, 1.0),
    "CREDIT_CARD": (("pii_cards",), 0.99, 1.0),
    "IBAN_CODE": (("pii_ibans",), 1.0, 1.0),
    "PHONE_NUMBER": (("pii_phones",), 0.69, 0.98),
}


def counts(*texts: str) -> dict[str, np.ndarray]:
    n = len(texts)
    text = pa.array(texts, pa.large_string())
    docs = Documents(np.arange(n), np.arange(n).astype(np.uint64), np.full(n, 9), text=text)
    return dict(PersonalData().score(docs, {}))


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        ("pii_phones", ("+46 (0)8 928 571 38", "call (602)272-9781!", "1-800-555-0199", "01.84.17.61.18")),
        ("pii_phones", ("0490 75 40 81", "345-899-3560x4587", "001-518-640-0854", "88-12-44-22")),
        ("pii_ipv4", ("10.0.255.1", "http://192.168.0.1/x", "(1.2.3.4).")),
        ("pii_ipv6", ("fe80::1", "2001:db8:0:1:1:1:1:1", "[2001:db8::2]")),
        ("pii_cards", ("4111 1111 1111 1111", "378282246310005", "3782-822463-10005", "6011000990139424")),
        ("pii_ibans", ("GB82WEST12345698765432", "de89370400440532013000")),
        ("pii_keys", ("AKIAIOSFODNN7EXAMPLE", "-----BEGIN OPENSSH PRIVATE KEY-----", "x=ghp_" + "a1" * 18)),
        ("pii_emails", ("me@example.org", "write to a.b+c@d.co")),
    ],
)  # fmt: skip
def test_each_is_one_of_its_kind(column, texts):
    found = counts(*texts)
    assert found[column].tolist() == [1] * len(texts)
    assert found["pii_count"].tolist() == [1] * len(texts)


def test_what_only_looks_like_it_is_nothing():
    found = counts(
        *("2020-10-12", "12:30:45", "1.2.3.4.5", "256.1.1.1", "054-28-6917", "1 000 000 000", "3.14159265"),
        *("4111111111111112", "20210415230926", "978-0-306-40615-7", "GB82WEST12345698765433", "std::vector"),
        *("a::b", "x[1::2]", "sk-this-is-only-a-long-slug", "AKIA", "_0490 75 40 81", "me@home", "467 3395"),
        *("fe80::1:23782", "2001:db8::abcde", "6789::"),
    )  # fmt: skip
    assert found["pii_count"].tolist() == [0] * 22


def test_recall_and_precision_on_marked_sentences(mix_small: Path) -> None:
    rows = json.loads((mix_small.parent / "pii/synth.json").read_text())
    found = counts(*(row["full_text"] for row in rows))
    for kind, (columns, recall, precision) in LEAST.items():
        marked = np.array([sum(s["entity_type"] == kind for s in row["spans"]) for row in rows])
        given = np.sum([found[column] for column in columns], axis=0)
        right = np.minimum(marked, given).sum()
        assert right / marked.sum() >= recall, kind
        assert right / given.sum() >= precision, kind
