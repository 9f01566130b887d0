"""Facts of the UMAP map on two far groups."""

import numpy as np

from selection.projections.umap import UMAP


def groups(n_each: int = 60) -> np.ndarray:
    rng = np.random.default_rng(0)
    rows = np.eye(2, 20)[np.repeat([0, 1], n_each)] + rng.normal(0, 0.08, (2 * n_each, 20))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


def test_the_map_keeps_groups_apart_and_a_seed_decides_everything():
    vectors = groups()
    umap = UMAP(n_epochs=100, n_neighbors=10)
    state = umap.fit(vectors, 4)
    points = state["points"]
    assert points.shape == (120, 2) and points.dtype == np.float32 and np.isfinite(points).all()
    centres = points[:60].mean(axis=0), points[60:].mean(axis=0)
    radius = max(np.linalg.norm(points[:60] - centres[0], axis=1).max(), 1e-6)
    assert np.linalg.norm(centres[0] - centres[1]) > radius
    assert np.array_equal(points, umap.fit(vectors, 4)["points"])
    assert not np.array_equal(points, umap.fit(vectors, 5)["points"])


def test_a_fitted_document_lands_on_its_own_point_and_a_new_one_in_its_group():
    vectors = groups()
    umap = UMAP(n_epochs=50, fit_docs=100)
    state = umap.fit(vectors, 1)
    assert len(state["vectors"]) == 100
    assert np.allclose(umap.place(state["vectors"], state), state["points"], atol=1e-5)
    placed = umap.place(vectors, state)
    assert placed.shape == (120, 2) and np.isfinite(placed).all()
    assert np.array_equal(placed[3:9], umap.place(vectors[3:9], state))
    lone = np.full((1, 20), 0.01) + np.eye(1, 20)
    first = placed[:60]
    point = umap.place(lone, state)
    assert (first.min(axis=0) <= point).all() and (point <= first.max(axis=0)).all()


def test_few_equal_and_single_documents_are_finite():
    for vectors in (np.ones((1, 4)), np.ones((3, 4)), np.ones((40, 4)), np.eye(6)):
        umap = UMAP(n_epochs=20)
        state = umap.fit(vectors.astype(np.float16), 0)
        assert np.isfinite(umap.place(vectors, state)).all()
