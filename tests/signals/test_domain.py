"""Domains by embedding: MiniLM on sentences anybody can place, lists of one's own, and what is refused."""

import pytest

import selection
from selection.core.errors import BadInput, BadSetting, MissingEmbedding
from selection.signals.embedding.domain import Domain
from selection.store import columns
from tests.conftest import write_jsonl

TEXTS = {
    "Mathematics": "Tom has 12 apples and gives a third of them away. How many apples are left in all?",
    "Coding": "def open_file(path):\n    if not path.exists():\n        raise ValueError('no such file')  # debug this",
    "Law": "The appellate court reversed the judgment because the plaintiff's evidence was inadmissible.",
    "Medicine": "The patient was given 5 mg of the drug daily until the symptoms of the infection were gone.",
    "Government": "Members of the Congress, my administration will sign the treaty that the senate has voted for.",
    "Agriculture": "Sow the seeds in moist soil and protect the seedlings from pests until the harvest.",
}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    folder = tmp_path_factory.mktemp("domains")
    made = selection.create(folder / "space")
    rows = [{"id": name, "text": text} for name, text in TEXTS.items()]
    selection.ingest(made, [write_jsonl(folder / "d.jsonl", rows)])
    with pytest.raises(MissingEmbedding):
        selection.score(made, ["domain"])
    selection.embed(made)
    return made


def said(space, run):
    """By the run itself: two runs of one second are in no order."""
    domain = columns.label(space, run, "domain")
    names = [domain.names[code] for code in domain.codes]
    confidence = columns.number(space, run, "domain_confidence")
    return dict(zip(TEXTS, zip(names, confidence, strict=True), strict=True))


def test_plain_cases_go_where_anybody_would_put_them(few):
    found = said(few, selection.score(few, ["domain"])[0])
    assert {uid: domain for uid, (domain, _) in found.items()} == {name: name for name in TEXTS}
    assert all(1 / 14 < confidence <= 1 for _, confidence in found.values())


def test_what_is_like_no_domain_goes_to_the_other(few):
    run = selection.score(few, ["domain"], {"least": 0.99})[0]
    assert {domain for domain, _ in said(few, run).values()} == {"Other"}


def test_a_list_of_ones_own_is_another_run_whenever_it_changes(few, tmp_path):
    own = tmp_path / "own.toml"
    wording = '[[domains]]\nname = "{}"\nsentences = ["{}"]\n'
    own.write_text(
        wording.format("Farm", "Soil, seeds and harvest.")
        + wording.format("Desk", "Courts, code, sums.")
    )
    first = selection.score(few, ["domain"], {"domains": str(own)})[0]
    assert said(few, first)["Agriculture"][0] == "Farm" and said(few, first)["Law"][0] == "Desk"
    own.write_text(own.read_text().replace("Farm", "Field"))
    second = selection.score(few, ["domain"], {"domains": str(own)})[0]
    assert second.key != first.key
    assert said(few, second)["Agriculture"][0] == "Field"


def test_mistakes_are_one_sentence(few, tmp_path, space):
    with pytest.raises(BadInput, match="cannot be read"):
        Domain(domains=str(tmp_path / "absent.toml")).fingerprint()
    (tmp_path / "bad.toml").write_text("domains = 3 =")
    with pytest.raises(BadInput, match="is none"):
        Domain(domains=str(tmp_path / "bad.toml")).fingerprint()
    (tmp_path / "one.toml").write_text('[[domains]]\nname = "A"\nsentences = ["b"]\n')
    with pytest.raises(BadSetting, match="domains"):
        Domain(domains=str(tmp_path / "one.toml")).fingerprint()
