"""Facts of the PCA map."""

import numpy as np

from selection.projections.pca import PCA


def rows(n: int = 500, dim: int = 24) -> np.ndarray:
    rng = np.random.default_rng(0)
    raw = rng.normal(size=(n, dim)) * np.linspace(3, 0.1, dim) + 1
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float16)


def test_it_agrees_with_a_singular_value_decomposition():
    vectors = rows()
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    _, _, directions = np.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)
    wanted = (unit - unit.mean(axis=0)) @ directions[:2].T
    got = PCA().place(vectors, PCA().fit(vectors, 0))
    for axis in range(2):
        assert abs(np.corrcoef(got[:, axis], wanted[:, axis])[0, 1]) > 0.99999
    assert got.dtype == np.float32 and got.shape == (500, 2)


def test_the_map_is_never_mirrored():
    vectors = rows()
    components = PCA().fit(vectors, 0)["components"]
    largest = np.abs(components).argmax(axis=1)
    assert (components[[0, 1], largest] > 0).all()
    shuffled = np.random.default_rng(1).permutation(len(vectors))
    assert np.allclose(PCA().fit(vectors[shuffled], 5)["components"], components, atol=1e-4)


def test_a_document_is_placed_alone_as_it_is_among_others():
    vectors = rows()
    state = PCA().fit(vectors, 0)
    assert np.allclose(
        PCA().place(vectors[7:8], state), PCA().place(vectors, state)[7:8], atol=1e-6
    )


def test_equal_vectors_give_finite_points():
    same = np.ones((9, 4), np.float16)
    assert np.isfinite(PCA().place(same, PCA().fit(same, 0))).all()
