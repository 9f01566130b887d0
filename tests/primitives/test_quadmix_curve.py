"""QuaDMix's curve: its jump, its bounds and its integral."""

import numpy as np
import pytest
from scipy.integrate import quad

from selection.primitives.quadmix_curve import Curve, bisect_omega


def test_the_curve_jumps_from_one_plus_eps_to_eps_at_omega():
    curve = Curve(lambda_=100.0, omega=0.05, eta=0.5, eps=0.0005)
    at, beyond = curve.copies(np.array([0.05, np.nextafter(0.05, 1)]))
    assert at == 1 + 0.0005 and beyond == 0.0005


def test_above_the_cutoff_copies_lie_between_one_and_two_to_the_eta():
    ranks = np.linspace(0, 0.3, 100)
    copies = Curve(200.0, 0.3, 1.5, 0.01).copies(ranks)
    assert copies.min() >= 1.01 and copies.max() <= 2**1.5 + 0.01
    assert (np.diff(copies) <= 0).all()


def test_eta_zero_draws_the_top_once_each():
    copies = Curve(500.0, 0.2, 0.0, 0.0).copies(np.array([0.0, 0.1, 0.2, 0.3, np.nan]))
    np.testing.assert_array_equal(copies, [1, 1, 1, 0, np.nan])


def test_the_closed_form_of_the_tokens_out():
    share = Curve(300.0, 0.06, 1.0, 0.002).expected_share()
    np.testing.assert_allclose(share, 0.115379 + 0.002, atol=1e-6)


@pytest.mark.parametrize(
    ("steep", "omega", "eta"),
    [
        (100, 0.05, 0.5),
        (0, 0.3, 0.7),
        (1_000, 1, 0.3),
        (3, 1, 2.2),
        (40, 1, 4),
        (100_000, 0.5, 0.01),
        (50, 0.4, 0),
    ],
)
def test_the_tokens_out_are_the_integral_of_the_curve(steep, omega, eta):
    curve = Curve(float(steep), float(omega), float(eta), 0.001)
    bend = min(omega, 60 / max(steep, 1e-9))

    def height(u):
        return (2 / (1 + np.exp(-steep * u))) ** eta

    area = quad(height, 0, bend, epsabs=1e-12)[0] + quad(height, bend, omega, epsabs=1e-12)[0]
    np.testing.assert_allclose(curve.expected_share(), area + 0.001, atol=1e-9)


def test_eta_one_agrees_with_its_neighbours():
    around = [
        float(Curve(80.0, 0.3, eta, 0.0).expected_share()) for eta in (1 - 1e-7, 1.0, 1 + 1e-7)
    ]
    np.testing.assert_allclose(around, around[1], atol=1e-6)


def test_bisection_finds_the_factor_on_omega():
    curve = Curve(*np.array([[100, 0.05, 0.5, 0.0005], [50, 0.1, 1, 0.001]], float).T)
    tokens = np.array([0.3, 0.7])
    for wanted in (0.01, 0.08, 0.5, 1.2):
        found = curve.with_omega(bisect_omega(curve, tokens, wanted))
        np.testing.assert_allclose(tokens @ found.expected_share(), wanted, atol=1e-9)
    everything = curve.with_omega(bisect_omega(curve, tokens, 99.0))
    np.testing.assert_allclose(everything.omega, 1)
    assert bisect_omega(Curve(1.0, np.zeros(2), 1.0, 0.0), tokens, 0.5) == 0
