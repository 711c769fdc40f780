"""rate, advance and integrate against the reference, in all layouts, precisions and options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kuramoto
import reference
from cases import Case, lattices, layouts, placed, policies, precisions, seeds, shapes

STEPPERS = {
    "Euler": (kuramoto.Euler, reference.euler),
    "Heun": (kuramoto.Heun, reference.heun),
    "RungeKutta4": (kuramoto.RungeKutta4, reference.runge_kutta4),
}


@given(lattices(), policies)
def test_rate_is_that_of_the_definition(case: Case, policy: Any) -> None:
    before = case.theta.array.copy()
    rates = kuramoto.rate(case.model, case.theta.array, policy=policy)
    assert rates.dtype == case.theta.array.dtype
    assert rates.shape == case.theta.array.shape
    expected = reference.rate(case.same, case.theta.array)
    np.testing.assert_allclose(rates.astype(reference.Real), expected, rtol=0, atol=case.tolerance)
    assert np.array_equal(case.theta.array, before)


@given(lattices(), layouts, policies)
def test_rate_writes_where_out_lies(case: Case, layout: str, policy: Any) -> None:
    out = placed(np.zeros_like(case.theta.array), layout)
    returned = kuramoto.rate(case.model, case.theta.array, out.array, policy=policy)
    assert returned is out.array
    assert np.array_equal(out.array, kuramoto.rate(case.model, case.theta.array, policy=policy))
    assert out.gaps_are_untouched()


@given(lattices(), st.sampled_from(sorted(STEPPERS)), st.integers(0, 4), policies)
def test_advance_is_the_method_of_the_textbook(case: Case, name: str, steps: int, policy: Any) -> None:
    stepper, method = STEPPERS[name]
    dt = 0.02
    expected = method(case.same, case.theta.array, dt, steps)
    kuramoto.advance(case.model, case.theta.array, steps, stepper(dt), policy=policy)
    tolerance = 2 * steps * dt * case.tolerance + 8 * (steps + 1) * case.precision * 8
    np.testing.assert_allclose(case.theta.array.astype(reference.Real), expected, rtol=0, atol=tolerance)
    assert case.theta.gaps_are_untouched()


@given(lattices(), policies)
def test_serial_agrees_with_the_fused_loops(case: Case, policy: Any) -> None:
    rates = kuramoto.rate(case.model, case.theta.array, policy=policy)
    passes = kuramoto.rate(case.model, case.theta.array, policy=kuramoto.Serial())
    np.testing.assert_allclose(passes, rates, rtol=0, atol=2 * case.tolerance)


@given(lattices(), layouts, st.integers(0, 7), st.integers(0, 7))
def test_bits_depend_on_neither_layout_policy_nor_splitting(
    case: Case, layout: str, first: int, second: int
) -> None:
    stepper = kuramoto.Heun(0.05)
    other = placed(case.theta.array, layout)
    kuramoto.advance(case.model, case.theta.array, first + second, stepper, policy=kuramoto.OpenMP())
    kuramoto.advance(case.model, other.array, first, stepper, policy=kuramoto.Fused())
    kuramoto.advance(case.model, other.array, second, stepper, policy=kuramoto.OpenMP(2, min_cells_per_thread=1))
    assert np.array_equal(case.theta.array, other.array)


@given(
    lattices(), layouts, st.integers(0, 6), st.integers(0, 6), st.sampled_from(["EulerMaruyama", "LeimkuhlerMatthews"])
)
def test_noise_is_a_function_of_seed_cell_and_step(
    case: Case, layout: str, first: int, second: int, name: str
) -> None:
    method = getattr(kuramoto, name)
    other = placed(case.theta.array, layout)
    still = case.theta.array.copy()
    D = placed(np.full_like(case.theta.array, 0.25), layout).array
    kuramoto.advance(case.model, case.theta.array, first + second, method(0.05, 0.25, seed=7), first_step=3)
    kuramoto.advance(case.model, other.array, first, method(0.05, D, seed=7), first_step=3)
    kuramoto.advance(case.model, other.array, second, method(0.05, 0.25, seed=7), first_step=3 + first)
    assert np.array_equal(case.theta.array, other.array)
    if first + second > 0 and still.size > 0:
        kuramoto.advance(case.model, still, first + second, method(0.05, 0.25, seed=8), first_step=3)
        assert not np.array_equal(case.theta.array, still)


def test_noise_has_the_variance_that_its_strength_says() -> None:
    theta = np.zeros((400, 500))
    model = kuramoto.Model(K=0.0)
    kuramoto.advance(model, theta, 3, kuramoto.EulerMaruyama(0.1, 0.2, seed=5), first_step=0)
    expected = 2 * 0.2 * 0.3
    assert abs(theta.mean()) < 5 * np.sqrt(expected / theta.size)
    assert abs(theta.var() / expected - 1) < 5 * np.sqrt(2 / theta.size)


@given(lattices(has_inertia=True), st.integers(0, 4), policies)
def test_velocity_verlet_is_that_of_the_textbook(case: Case, steps: int, policy: Any) -> None:
    dt = 0.02
    theta, velocity = case.theta.array, case.velocity.array
    expected = reference.velocity_verlet(case.same, theta, velocity, dt, steps)
    kuramoto.advance(case.model, theta, steps, kuramoto.VelocityVerlet(dt), velocity=velocity, policy=policy)
    tolerance = 8 * (steps + 1) * (dt * case.tolerance + 8 * case.precision)
    np.testing.assert_allclose(theta.astype(reference.Real), expected[0], rtol=0, atol=tolerance)
    np.testing.assert_allclose(velocity.astype(reference.Real), expected[1], rtol=0, atol=tolerance)
    assert case.theta.gaps_are_untouched()
    assert case.velocity.gaps_are_untouched()


@given(lattices(has_inertia=True), st.integers(0, 4))
def test_baoab_without_temperature_is_velocity_verlet(case: Case, steps: int) -> None:
    theta, velocity = case.theta.array.copy(), case.velocity.array.copy()
    kuramoto.advance(case.model, theta, steps, kuramoto.BAOAB(0.02, 0.0), velocity=velocity, first_step=0)
    kuramoto.advance(
        case.model, case.theta.array, steps, kuramoto.VelocityVerlet(0.02), velocity=case.velocity.array
    )
    np.testing.assert_allclose(theta, case.theta.array, rtol=0, atol=case.tolerance)
    np.testing.assert_allclose(velocity, case.velocity.array, rtol=0, atol=case.tolerance)


@given(shapes, precisions, layouts, seeds, policies)
def test_mean_field_without_a_lattice(
    shape: tuple[int, int], precision: Any, layout: str, seed: int, policy: Any
) -> None:
    rng = np.random.default_rng(seed)
    theta = placed(rng.uniform(-6, 6, shape).astype(precision), layout)
    omega = placed(rng.uniform(-1, 1, shape).astype(precision), layout).array
    same = reference.Model(coupling=None, omega=omega, mean_field=(1.5, 0.3))
    model = kuramoto.Model(coupling=None, omega=omega, mean_field=kuramoto.MeanField(1.5, 0.3))
    tolerance = 64 * float(np.finfo(precision).eps)
    rates = kuramoto.rate(model, theta.array, policy=policy)
    np.testing.assert_allclose(rates.astype(reference.Real), reference.rate(same, theta.array), atol=tolerance)
    expected = reference.runge_kutta4(same, theta.array, 0.05, 3)
    kuramoto.advance(model, theta.array, 3, kuramoto.RungeKutta4(0.05), policy=policy)
    np.testing.assert_allclose(theta.array.astype(reference.Real), expected, rtol=0, atol=tolerance)
    assert theta.gaps_are_untouched()


@given(lattices(), policies)
def test_integrate_solves_the_equation(case: Case, policy: Any) -> None:
    precise = kuramoto.DormandPrince54(relative_tolerance=0, absolute_tolerance=1e-6)
    expected = reference.runge_kutta4(case.same, case.theta.array, 0.01, 12)
    report = kuramoto.integrate(case.model, case.theta.array, 0.12, precise, policy=policy)
    np.testing.assert_allclose(case.theta.array.astype(reference.Real), expected, rtol=0, atol=5e-5)
    assert report.accepted >= (1 if case.theta.array.size > 0 else 0)
    assert case.theta.gaps_are_untouched()


def test_integrate_has_fields_of_its_report() -> None:
    theta = np.random.default_rng(1).uniform(0, 6, (8, 9))
    report = kuramoto.integrate(kuramoto.Model(), theta, 2.0)
    assert report.accepted > 1
    assert report.evaluations >= 6 * report.accepted
    assert 0 < report.min_dt <= report.max_dt
    assert report.next_dt > 0


@pytest.mark.parametrize(
    ("stepper", "stability"),
    [(kuramoto.Euler, 2.0), (kuramoto.Heun, 2.0), (kuramoto.RungeKutta4, 2.785293563405282)],
)
def test_max_stable_dt(stepper: Any, stability: float) -> None:
    assert kuramoto.max_stable_dt(stepper(1.0), kuramoto.Model(K=-2.0)) == pytest.approx(stability / 16)
    harmonics = kuramoto.Model(K=2.0, coupling=kuramoto.Harmonics([1.0, -0.5]))
    assert kuramoto.max_stable_dt(stepper(1.0), harmonics) == pytest.approx(stability / 32)
    assert kuramoto.max_stable_dt(stepper(1.0), kuramoto.Model(K=0.0)) == np.inf
    for precision in (np.float32, np.float64):
        east = np.full((4, 5), 3.0, precision)
        model = kuramoto.Model(boundary="periodic", bonds=(east, np.ones_like(east)))
        assert kuramoto.max_stable_dt(stepper(1.0), model) == pytest.approx(stability / 16)
    with_mean_field = kuramoto.Model(K=1.0, mean_field=kuramoto.MeanField(4.0))
    assert kuramoto.max_stable_dt(stepper(1.0), with_mean_field) == pytest.approx(stability / 12)


def test_nan_spreads_to_neighbours_and_no_further() -> None:
    theta = np.zeros((7, 7))
    theta[3, 3] = np.nan
    rates = kuramoto.rate(kuramoto.Model(), theta)
    is_nan = np.isnan(rates)
    assert is_nan.sum() == 5
    assert is_nan[3, 2] and is_nan[3, 4] and is_nan[2, 3] and is_nan[4, 3] and is_nan[3, 3]
