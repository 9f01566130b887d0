"""The learners of students against scikit-learn, closed forms and planted weights."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge

from selection.primitives.bradley_terry import cross_entropy, fit_bradley_terry, sigmoid
from selection.primitives.sparse_linear import counts_matrix, fit_sparse_linear, inverse_frequency


def test_bradley_terry_is_logistic_regression_on_differences():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    votes = (rng.random(300) < sigmoid(x @ [1.0, -2, 0.5, 0])).astype(float)
    weights, _ = fit_bradley_terry(x, votes, (0.1,))
    strength = 0.1 * (x**2).mean() * 300
    known = LogisticRegression(C=1 / strength, fit_intercept=False, tol=1e-10).fit(x, votes)
    np.testing.assert_allclose(weights, known.coef_[0], rtol=1e-4)


def test_soft_votes_are_met_at_their_log_odds():
    """One feature, one pair: without a penalty the log odds of the vote come back."""
    weights, _ = fit_bradley_terry(np.ones((1, 1)), np.array([0.8]), (1e-12,))
    assert weights[0] == pytest.approx(np.log(4), rel=1e-6)
    assert cross_entropy(np.array([0.5]), np.zeros(1)) == pytest.approx(np.log(2))


def test_votes_without_a_pattern_are_penalised():
    rng = np.random.default_rng(1)
    x, votes = rng.normal(size=(200, 30)), rng.integers(0, 2, 200).astype(float)
    weights, penalty = fit_bradley_terry(x, votes)
    assert penalty >= 0.1 and np.abs(x @ weights).mean() < 1


def test_counts_and_inverse_frequency_by_hand():
    counts = counts_matrix(np.array([0, 0, 2, 1], np.int32), np.array([0, 3, 4]), 4)
    np.testing.assert_array_equal(counts.toarray(), [[2, 0, 1, 0], [0, 1, 0, 0]])
    np.testing.assert_allclose(inverse_frequency(counts), np.log(3 / np.array([2, 2, 2, 1])) + 1)


def test_sparse_linear_is_ridge_on_the_stated_features():
    rng = np.random.default_rng(2)
    dense = rng.poisson(0.4, size=(80, 12)).astype(np.float32)
    dense[:, 5] = 0
    counts, y = sparse.csr_array(dense), rng.normal(size=80)
    found = fit_sparse_linear(counts, y, np.arange(80) % 5, (1e-2,))
    idf, length = inverse_frequency(counts), np.sqrt(np.maximum(dense.sum(axis=1), 1))
    features = dense / length[:, None] * idf
    known = Ridge(alpha=0.8, fit_intercept=False).fit(features, y - y.mean())
    np.testing.assert_allclose(found.table, known.coef_ * idf, atol=1e-5)
    assert found.table[5] == 0 and found.intercept == pytest.approx(y.mean())
