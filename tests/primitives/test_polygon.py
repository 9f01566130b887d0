"""The outline test against hand-checked shapes, and the cell grid against the definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from selection.core.errors import BadInput
from selection.primitives.polygon import crossings_odd, inside, inside_box

SQUARE = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], float)


def test_points_in_a_square_and_around_it():
    points = np.array([[2, 2], [3.99, 0.01], [5, 2], [-1, 2], [2, 5], [np.nan, 2]])
    assert inside(points, SQUARE).tolist() == [True, True, False, False, False, False]


def test_a_notch_is_outside():
    notched = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]], float)
    points = np.array([[2, 2.0], [2, 0.5], [0.5, 2.0], [3.5, 2.0]])
    assert inside(points, notched).tolist() == [False, True, True, True]


def test_the_core_of_a_pentagram_is_a_hole():
    turn = 2 * np.pi * np.array([0, 2, 4, 1, 3]) / 5
    star = np.column_stack([np.sin(turn), np.cos(turn)])
    points = np.array([[0.0, 0.0], [0.0, 0.8], [0.0, -0.9]])
    assert inside(points, star).tolist() == [False, True, False]


def test_direction_and_start_of_the_outline_do_not_matter():
    points = np.random.default_rng(0).uniform(-1, 5, (500, 2))
    shape = np.array([[0, 0], [4, 1], [3, 4], [1, 2]], float)
    expected = inside(points, shape)
    assert 0 < expected.sum() < 500
    assert (inside(points, shape[::-1]) == expected).all()
    assert (inside(points, np.roll(shape, 2, axis=0)) == expected).all()


def test_a_box_takes_its_corners_in_any_order():
    points = np.array([[1, 1], [2, 3], [0, 0], [3, 1]], np.float32)
    assert inside_box(points, (2, 0), (0, 3)).tolist() == [True, True, True, False]


def test_an_outline_without_area_holds_nothing():
    line = np.array([[0, 0], [1, 0], [2, 0]], float)
    assert not inside(np.array([[1.0, 0.0]]), line).any()


@pytest.mark.parametrize("outline", [[[0, 0], [1, 1]], [[0, 0], [1, 1], [np.inf, 0]], [[1, 2, 3]]])
def test_a_broken_outline_is_refused(outline):
    with pytest.raises(BadInput, match="outline"):
        inside(SQUARE, np.array(outline, float))


@settings(max_examples=150, deadline=None)
@given(
    outline=hnp.arrays(
        np.float64,
        st.tuples(st.integers(3, 40), st.just(2)),
        elements=st.floats(-50, 50, width=32),
    ),
    seed=st.integers(0, 2**32 - 1),
    n=st.sampled_from([1, 50, 3_000]),
)
def test_cells_give_the_answer_of_the_definition(outline, seed, n):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-60, 60, (n, 2)).astype(np.float32)
    points[: len(outline)] = outline[:n]  # corners and points level with them are the hard cases
    expected = crossings_odd(points.astype(np.float64), outline)
    assert (inside(points, outline) == expected).all()


@settings(max_examples=40, deadline=None)
@given(
    outline=hnp.arrays(
        np.int64, st.tuples(st.integers(3, 12), st.just(2)), elements=st.integers(0, 16)
    )
)
def test_cells_agree_on_a_lattice_where_points_lie_on_edges(outline):
    lattice = np.stack(np.meshgrid(np.linspace(0, 16, 65), np.linspace(0, 16, 65)), -1).reshape(
        -1, 2
    )
    expected = crossings_odd(lattice, outline.astype(float))
    low, high = outline.min(axis=0), outline.max(axis=0)
    if (high > low).all():
        assert (inside(lattice, outline) == expected).all()
