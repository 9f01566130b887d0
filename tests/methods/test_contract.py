"""The contract of every method in the catalogue; a new method is tested the day its file appears."""

import io
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from selection.core.documents import Categories, Documents
from selection.core.errors import WinnowError
from selection.core.method import CorpusMethod, DocumentMethod, Method, Needs, TextMethod
from selection.core.registry import catalogue
from selection.core.sampler import Pool, Sampler
from selection.core.targets import Target
from selection.primitives.bounds import BoundsFilter

METHODS = catalogue("selection.methods", Method)
SAMPLERS = catalogue("selection.samplers", Sampler)
N_DOCS = 600
VARIANTS = [
    ("top_signal", {"signal": "n_words", "direction": "lowest"}),
    ("mean_of_signals", {"combine": "rank"}),
    ("cluster_balanced", {"by": "educational_value", "exponent": 0.5}),
    ("gopher_quality", {"min_words": None, "max_bullet_lines": 0.5}),
    ("decontaminate", {"mode": "flag", "n_words": 5, "shortest": 3}),
    ("fineweb2", {"reference": "s1", "min_docs": 30, "gopher_rule": "MedianRatio"}),
    ("c4", {"terminal_punctuation": False, "lorem_ipsum": False}),
    ("rule_filter", {"rules": "n_words>=0.5;symbol_share<1.5;n_tokens>=20"}),
    ("dsir", {"separate": True, "proportions": [1, 3], "length": "chunk", "min_tokens": 0}),
    ("dsir", {"hashing": "fast", "n_buckets": 64, "ngrams": 3, "smoothing": 0, "length": "mean"}),
    ("qurating", {"signals": ["grammar", "symbol_share"], "normalise": False, "tau": 1.0}),
    ("odis", {"mode": "draft", "shares": [3, 2, 1]}),
    ("odis", {"two_sided": True, "gate": 0}),
    ("constrained", {"group": "cluster", "constraints": "each <= 30%; 1 + 2 >= 1k"}),
    ("constrained", {"group": "category", "objective": "best", "constraints": "en <= 50%"}),
    ("quadmix", {"domain": "cluster", "sigma": "z", "min_docs": 50}),
    ("quadmix", {"domain": "none", "sigma": "minmax", "eta": 1, "share": 0.4}),
    ("minhash", {"keep": "best", "signal": "grammar"}),
    ("exact", {"keep": "best", "signal": "symbol_share"}),
    ("rehydration", {"rule": "adaptive", "passes": "grammar >= 2.5", "min_docs": 20}),
    ("quadmix", {"min_docs": 10, "domains": [{"domain": "s1", "omega": 0.5, "alpha": [1, 0, 3]}]}),
]
CASES = [(name, {}) for name in METHODS] + [v for v in VARIANTS if v[0] in METHODS]
IDS = [name + "".join(f"-{key}={value}" for key, value in s.items()) for name, s in CASES]


def documents(needs: Needs, n_docs: int = N_DOCS) -> Documents:
    """Columns for what `needs` names and nothing else; every tenth document lacks the first signal."""
    rng = np.random.default_rng(7)
    signals = {}
    for place, name in enumerate(needs.signals):
        column = np.round(rng.normal(2.5, 1.0, n_docs), 1)  # ties are usual
        if name.endswith("_rank"):
            column = rng.integers(1, 4, n_docs).astype(float)
        if place == 0:
            column[::10] = np.nan
        signals[name] = column
    vectors = rng.normal(size=(n_docs, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    said = [f"document {i} says {i % 17} " * (1 + i % 60) for i in range(n_docs)]
    text = pa.array(said, pa.large_string())
    return Documents(
        doc_id=np.arange(n_docs),
        uid_hash=rng.integers(0, 2**63, n_docs).astype(np.uint64),
        n_tokens=rng.integers(1, 400, n_docs),
        source=Categories(rng.integers(0, 4, n_docs).astype(np.int32), ("s0", "s1", "s2", "s3"))
        if needs.source
        else None,
        cluster=Categories(rng.integers(-1, 6, n_docs).astype(np.int32), tuple("ababab"))
        if needs.clusters
        else None,
        signals=signals,
        labels={
            name: Categories(rng.integers(-1, 3, n_docs).astype(np.int32), ("de", "en", "fr"))
            for name in needs.labels
        },
        polarity={name: (-1 if name == "symbol_share" else 1) for name in needs.signals},
        axes=rng.normal(size=(n_docs, 3)) if needs.axes else None,
        embedding=vectors.astype(np.float16) if needs.embedding else None,
        text=text if needs.text else None,
    )


class InMemory:
    """A corpus in parts, and two targets, as a method that learns from text is handed them."""

    def __init__(self, docs: Documents) -> None:
        self.docs = docs

    def stream(self, needs: Needs):
        return self.docs.batches(97)

    def sample(self, n_docs: int, needs: Needs) -> Documents:
        return self.docs.take(np.sort(np.argsort(self.docs.uid_hash)[:n_docs]))

    def targets(self, keys):
        return tuple(TARGETS[key] for key in keys)


TARGETS = {
    key: Target(key, name, pa.array(texts, pa.large_string()))
    for key, name, texts in (
        (
            "0a",
            "first",
            [f"document {i} says {i % 5} and a good deal more than that" for i in range(9)],
        ),
        ("0b", "second", ["something else altogether, without the words of the corpus", "9 17"]),
    )
}


def fit(method: Method, docs: Documents):
    if isinstance(method, TextMethod):
        context = InMemory(docs)
        return method.fit(context, context.targets(getattr(method, "targets", ())))
    assert isinstance(method, DocumentMethod)
    return method.fit(docs)


def weigh(method: Method, docs: Documents, state=None):
    if isinstance(method, DocumentMethod | TextMethod):
        return method.weigh(docs, fit(method, docs) if state is None else state)
    assert isinstance(method, CorpusMethod)
    return method.order(docs, int(docs.n_tokens.sum() // 4), np.random.default_rng(0))


@pytest.fixture(params=CASES, ids=IDS)
def method(request) -> Method:
    name, settings = request.param
    kind = METHODS[name]
    if "targets" in kind.model_fields:
        settings = {"targets": list(TARGETS), **settings}
    built = kind.build(settings)
    if built.required().reward:
        pytest.skip("needs a reward")
    return built


@pytest.fixture
def docs(method) -> Documents:
    made = documents(method.required())
    if not isinstance(method, BoundsFilter) or method.id() == "rule_filter":
        return made
    return replace(made, signals=dict(made.signals) | around(method, made.signals))


def around(method: BoundsFilter, columns) -> dict[str, np.ndarray]:
    """For each signal of a filter, values on its bound or within, and for every 29th document beyond it."""
    moved = {}
    for place, bound in enumerate(method.bounds()):
        beyond = (np.arange(N_DOCS) + place) % 29 == 0
        outside = bound.number - 1 if bound.sign == ">=" else bound.number + 1
        inside = moved.get(
            bound.signal, np.where(np.isnan(columns[bound.signal]), np.nan, bound.number)
        )
        moved[bound.signal] = np.where(beyond & ~np.isnan(inside), outside, inside)
    return moved


def test_one_finite_or_minus_infinite_weight_a_document(method, docs):
    weights = weigh(method, docs)
    assert weights.log_weight.shape == (len(docs),)
    assert weights.log_weight.dtype == np.float64
    assert (np.isfinite(weights.log_weight) | np.isneginf(weights.log_weight)).all()
    assert np.isfinite(weights.log_weight).any()
    for column in weights.because.values():
        assert len(column) == len(docs)
    if method.scale == "none":
        assert set(np.unique(weights.log_weight)) <= {0.0, -np.inf}


def test_documents_without_a_rating_are_never_drawn_and_are_counted(method, docs):
    weights = weigh(method, docs)
    unrated = np.zeros(len(docs), bool)
    for values in docs.signals.values():
        unrated |= np.isnan(values)
    if isinstance(method, DocumentMethod | TextMethod) and method.scale != "none":
        assert np.isneginf(weights.log_weight[unrated]).all()
        assert sum(weights.excluded.values()) == unrated.sum()
    if weights.excluded:
        reasons = weights.because["excluded"]
        for reason, count in weights.excluded.items():
            assert (reasons == reason).sum() == count


def test_batches_agree_with_the_whole(method, docs):
    if isinstance(method, CorpusMethod):
        pytest.skip("needs all rows at once")
    state = fit(method, docs)
    whole = method.weigh(docs, state)
    parts = [method.weigh(batch, state) for batch in docs.batches(97)]
    assert np.array_equal(whole.log_weight, np.concatenate([p.log_weight for p in parts]))
    for name, column in whole.because.items():
        joined = np.concatenate([p.because.get(name, np.full(len(p), "", object)) for p in parts])
        np.testing.assert_array_equal(joined, column)


def test_the_order_of_rows_is_irrelevant(method, docs):
    shuffled = np.random.default_rng(1).permutation(len(docs))
    one, two = weigh(method, docs).log_weight, weigh(method, docs.take(shuffled)).log_weight
    np.testing.assert_allclose(two, one[shuffled], rtol=1e-9, atol=1e-9)


def test_the_same_question_has_the_same_answer(method, docs):
    one, two = weigh(method, docs), weigh(method, docs)
    assert np.array_equal(one.log_weight, two.log_weight)


def test_the_fitted_state_survives_a_file_without_pickle(method, docs):
    if isinstance(method, CorpusMethod):
        pytest.skip("has no fitted state")
    state, file = fit(method, docs), io.BytesIO()
    np.savez(file, **state)
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        again = method.weigh(docs, dict(stored))
    assert np.array_equal(again.log_weight, method.weigh(docs, state).log_weight)


def test_what_fitting_found_out_is_plain_json(method, docs):
    if isinstance(method, TextMethod):
        facts = {**method.facts(fit(method, docs)), **method.found(weigh(method, docs))}
        assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_a_method_that_needs_targets_has_a_setting_for_them(method):
    if method.required().targets:
        assert type(method).model_fields["targets"].json_schema_extra == {"widget": "targets"}
        assert method.targets == tuple(TARGETS)
    if isinstance(method, TextMethod):
        assert method.required().text


def test_it_needs_nothing_that_it_does_not_declare_and_names_what_it_lacks(method):
    needs = method.required()
    flags = [name for name in ("axes", "clusters") if getattr(needs, name)]
    for flag in flags:
        without = documents(Needs(**{**needs.__dict__, flag: False}))
        with pytest.raises(WinnowError):
            weigh(method, without)


def test_the_budget_is_never_exceeded_and_filled_to_within_one_document(method, docs):
    weights = weigh(method, docs)
    sampler = SAMPLERS[method.sampler]()
    pool = Pool(weights.log_weight, docs.n_tokens, docs.uid_hash, scale=method.scale)
    total = int(docs.n_tokens[np.isfinite(weights.log_weight)].sum())
    for budget in (total // 20, total // 3):
        draw = sampler.draw(pool, budget, seed=3)
        assert budget - docs.n_tokens.max() < draw.n_tokens <= budget
        assert draw.n_tokens == int((docs.n_tokens[draw.rows] * draw.copies).sum())
        assert np.isfinite(weights.log_weight[draw.rows]).all()
        kept = sampler.keep(pool, draw.cut, seed=3)
        assert np.array_equal(kept.rows, draw.rows) and np.array_equal(kept.copies, draw.copies)


def test_settings_hash_survive_json_and_rebuild(method):
    again = type(method).build(method.model_dump(mode="json"))
    assert again == method and hash(again) == hash(method)
    assert type(method).build(method.changed()) == method


@pytest.mark.parametrize("name", METHODS)
def test_defaults_are_valid_and_every_setting_has_help(name):
    kind = METHODS[name]
    default = kind()
    assert kind.build(default.model_dump(mode="json")) == default and default.changed() == {}
    for key, field in kind.model_fields.items():
        assert field.description and field.description[-1] == ".", f"{name}.{key} needs a sentence"


@pytest.mark.parametrize("name", METHODS)
def test_class_facts_are_filled_in(name):
    kind = METHODS[name]
    assert kind.title and kind.cites and kind.version >= 1
    assert kind.scale in SAMPLERS[kind.sampler].scales
    summary = kind.summary()
    assert summary.endswith(".") and len(summary) < 140
    assert name == kind.id() and kind.family() != "methods"
    assert kind.cost
    for preset in kind.presets.values():
        assert preset.items() <= kind.build(dict(preset)).model_dump().items()


@pytest.mark.parametrize("name", METHODS)
def test_an_unknown_setting_is_refused_by_name(name):
    with pytest.raises(WinnowError, match="has no setting 'nonsense'"):
        METHODS[name].build({"nonsense": 1})
