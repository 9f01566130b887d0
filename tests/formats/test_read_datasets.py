"""The real files beside the repository: every one previews, and every row becomes a document or a reject."""

from pathlib import Path

import pytest

from selection.formats.readers import Fields, expand, preview, read

DATASETS = Path(__file__).parents[2] / "../shared/datasets"
pytestmark = pytest.mark.skipif(not DATASETS.is_dir(), reason="the shared datasets are not here")

ROWS = {
    "web/c4.jsonl.gz": 1000, "web/c4_prefix.jsonl.gz": 1480, "web/pile.jsonl": 1000, "web/fineweb_edu_scored.csv": 150,
    "wiki/wikitext2.parquet": 122, "wiki/xquad_zh.jsonl": 240, "books": 24, "technical/peps": 194,
    "technical/tldr.jsonl.gz": 11216, "science/scitldr.jsonl": 1992, "math/gsm8k_train.jsonl": 7473,
    "instruct/dolly.json": 2996, "speech/state_union.parquet": 65, "labels/tweets_offensive.csv": 24783,
    "pii/synth.json": 1500, "targets/arc_easy.jsonl": 2376, "targets/winogrande.jsonl": 1267,
    "targets/humaneval.jsonl": 164, "targets/gsm8k_test.jsonl": 1319, "regmix/train_mixture_1m.csv": 512,
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_real_files(name):
    (item,) = expand([DATASETS / name])
    seen = preview(item, Fields(), n=10)
    assert len(seen.documents) == 10
    fields = Fields(template="rows") if "regmix" in name else Fields()
    n_docs = n_bad = 0
    for rows in read(item, fields):
        n_docs += len(rows)
        n_bad += len(rows.rejected)
        assert all(text.strip() for text in rows.text.to_pylist())
    assert n_docs + n_bad == ROWS[name]
    assert n_bad == 0


def test_pile_sources_are_nested():
    (item,) = expand([DATASETS / "web/pile.jsonl"])
    sources = {source for rows in read(item, Fields()) for source in rows.source}
    assert {"Pile-CC", "StackExchange"} <= sources
    assert len(sources) == 14


def test_tables_of_numbers_need_a_template():
    from selection.core.errors import BadInput

    (item,) = expand([DATASETS / "regmix/train_mixture_1m.csv"])
    with pytest.raises(BadInput, match="--template"):
        next(read(item, Fields()))


def test_books_cut_into_chunks():
    (item,) = expand([DATASETS / "books"])
    words = [
        len(t.split())
        for rows in read(item, Fields(chunk_words=400))
        for t in rows.text.to_pylist()
    ]
    assert len(words) > 3000
    assert max(words) <= 400
