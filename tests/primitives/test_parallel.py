"""Parallel: work in many blocks says what work in one says."""

import numpy as np
import pytest

from selection.core.documents import Documents
from selection.core.noise import splitmix
from selection.methods.quality.odis import ODiS
from selection.primitives import parallel, tally
from selection.primitives.importance import effective_n
from selection.primitives.interpolation import interpolate


def _documents(n_docs: int) -> Documents:
    rng = np.random.default_rng(5)
    axes = rng.standard_t(2, size=(n_docs, 3))
    axes[rng.random((n_docs, 3)) < 0.01] = np.nan
    rated = {name: rng.normal(size=n_docs) for name in ODiS().signals}
    return Documents(
        doc_id=np.arange(n_docs),
        uid_hash=splitmix(np.arange(n_docs, dtype=np.uint64)),
        n_tokens=rng.integers(1, 400, n_docs),
        signals=rated,
        axes=axes,
    )


@pytest.mark.parametrize("size", [1, 97, 1_000])
def test_blocks_change_no_weight_reason_or_count(monkeypatch, size):
    docs, method = _documents(1_000), ODiS(gate=0.3)
    whole = method.weigh(docs, state := method.fit(docs))
    copies, none = (whole.log_weight > -1).astype(np.int32), (np.zeros(0, np.uint8), 0)
    given = (whole.log_weight, copies, docs.n_tokens, 300, (whole.because["axis"], 4), none)
    counted = tally.left_out(*given)
    monkeypatch.setattr(parallel, "_BLOCK", size)
    parts = method.weigh(docs, state)
    np.testing.assert_array_equal(parts.log_weight, whole.log_weight)
    for name, column in whole.because.items():
        np.testing.assert_array_equal(np.asarray(parts.because[name]), np.asarray(column))
    np.testing.assert_array_equal(tally.left_out(*given), counted)
    assert effective_n(parts.log_weight) == pytest.approx(effective_n(whole.log_weight))


def test_outliers_among_the_knots_move_no_value():
    rng = np.random.default_rng(1)
    knots = np.unique(rng.standard_cauchy(3_000) ** 3)
    heights = rng.normal(size=len(knots))
    values = np.concatenate([knots, rng.standard_cauchy(5_000), rng.choice(knots, 50) + 1e-9])
    found = interpolate(values, knots, heights)
    np.testing.assert_allclose(found, np.interp(values, knots, heights), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(found[: len(knots)], heights)
