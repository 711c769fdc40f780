"""The observables against the reference, in all layouts, precisions and options."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kuramoto
import reference
from cases import Case, boundaries, boundary_of, lattices, layouts, placed, policies, precisions, seeds, shapes

Array = npt.NDArray[Any]


class Look:
    """Phases of a random lattice, with vortices in it and perhaps missing cells."""

    def __init__(self, shape: tuple[int, int], precision: Any, layout: str, seed: int, mask_kind: str) -> None:
        self.rng = np.random.default_rng(seed)
        self.shape = shape
        self.theta = placed(self.rng.uniform(-9, 9, shape).astype(precision), layout).array
        self.mask: Optional[Array] = None
        there = self.rng.random(shape) < 0.7
        if mask_kind == "bool":
            self.mask = there
        elif mask_kind == "numbers":
            self.mask = placed(there.astype(precision), layout).array


looks = st.builds(Look, shapes, precisions, layouts, seeds, st.sampled_from(["none", "bool", "numbers"]))


def is_near(angle: float, other: Any, tolerance: float) -> bool:
    """Whether two angles agree modulo 2π."""
    return abs(float(np.sin((angle - other) / 2))) <= tolerance


@given(looks, policies)
def test_order_parameter(look: Look, policy: Any) -> None:
    found = kuramoto.order_parameter(look.theta, look.mask, policy=policy)
    r, psi = reference.order_parameter(look.theta, look.mask)
    assert abs(found.r - r) < 1e-15
    assert is_near(found.psi, psi, 1e-15 / max(float(r), 1e-3)) or r < 1e-3


@given(looks, st.integers(1, 5), policies)
def test_daido_moment(look: Look, m: int, policy: Any) -> None:
    found = kuramoto.daido_moment(look.theta, m, look.mask, policy=policy)
    r, psi = reference.daido_moment(look.theta, m, look.mask)
    assert abs(found.r - r) < 2e-14  # mθ is rounded
    assert is_near(found.psi, psi, 2e-14 / max(float(r), 1e-3)) or r < 1e-3


def test_first_daido_moment_is_the_order_parameter_to_the_bit() -> None:
    theta = np.random.default_rng(3).uniform(-9, 9, (13, 17)).astype(np.float32)
    order, moment = kuramoto.order_parameter(theta), kuramoto.daido_moment(theta, 1)
    assert (order.r, order.psi) == (moment.r, moment.psi)


@given(looks, policies)
def test_phase_moments(look: Look, policy: Any) -> None:
    found = kuramoto.phase_moments(look.theta, look.mask, policy=policy)
    mean, variance, skewness, kurtosis = reference.phase_moments(look.theta, look.mask)
    assert found.mean == pytest.approx(float(mean), rel=1e-14, abs=1e-14)
    assert found.variance == pytest.approx(float(variance), rel=1e-13)
    assert found.skewness == pytest.approx(float(skewness), abs=1e-12, nan_ok=True)
    assert found.excess_kurtosis == pytest.approx(float(kurtosis), abs=1e-12, nan_ok=True)


@given(looks, policies)
def test_phase_statistics(look: Look, policy: Any) -> None:
    found = kuramoto.phase_statistics(look.theta, look.mask, policy=policy)
    mean, deviation, least, greatest = reference.phase_statistics(look.theta, look.mask)
    assert found.mean == pytest.approx(float(mean), rel=1e-14, abs=1e-14)
    assert found.deviation == pytest.approx(float(deviation), rel=1e-13)
    assert (found.least, found.greatest) == (float(least), float(greatest))


@given(lattices(couplings=("sine",), has_mean_field=False), st.booleans(), policies)
def test_energy(case: Case, with_mask: bool, policy: Any) -> None:
    mask = case.mask if with_mask else None
    found = kuramoto.energy(case.model, case.theta.array, mask, policy=policy)
    expected = reference.energy(case.same, case.theta.array, mask)
    assert found == pytest.approx(float(expected), rel=1e-13, abs=1e-13 * (1 + case.theta.array.size))


@given(lattices(couplings=("sine",), has_mean_field=False), st.booleans(), policies)
def test_helicity_sums(case: Case, with_mask: bool, policy: Any) -> None:
    theta = case.theta.array
    mask = case.mask if with_mask else None
    found = kuramoto.helicity_sums(case.model, theta, mask, policy=policy)
    expected = reference.helicity_sums(case.same, theta, mask)
    for axis, sums in expected.items():
        for name, value in zip(("cos", "sin"), sums):
            assert getattr(getattr(found, axis), name) == pytest.approx(float(value), abs=1e-13 * (1 + theta.size))
    assert found.cells == (theta.size if mask is None else np.count_nonzero(mask))
    assert found.K == case.same.K


def test_helicity_modulus_is_that_of_its_formula() -> None:
    rng = np.random.default_rng(4)
    model = kuramoto.Model(K=1.5, boundary="periodic")
    average = kuramoto.HelicityAverage()
    cosines, squares = [], []
    for _ in range(3):
        sums = kuramoto.helicity_sums(model, rng.uniform(0, 1, (6, 8)))
        average.add(sums)
        cosines.append(sums.rows.cos)
        squares.append(sums.rows.sin ** 2)
    expected = 1.5 / 48 * (np.mean(cosines) - 1.5 / 0.7 * np.mean(squares))
    assert average.modulus(0.7).rows == pytest.approx(expected, rel=1e-13)
    assert average.samples == 3


@given(looks, boundaries, st.integers(0, 4), layouts, policies)
def test_local_order_parameter(look: Look, kinds: Any, half_width: int, layout: str, policy: Any) -> None:
    boundary, same = boundary_of(kinds, look.shape, look.rng)
    out = placed(np.zeros_like(look.theta), layout)
    returned = kuramoto.local_order_parameter(boundary, look.theta, half_width, out.array, look.mask, policy=policy)
    assert returned is out.array
    expected = reference.local_order_parameter(same, look.theta, half_width, look.mask)
    tolerance = 8 * float(np.finfo(look.theta.dtype).eps)
    np.testing.assert_allclose(out.array.astype(reference.Real), expected, rtol=0, atol=tolerance)
    assert out.gaps_are_untouched()
    fresh = kuramoto.local_order_parameter(boundary, look.theta, half_width, mask=look.mask, policy=policy)
    assert np.array_equal(fresh, out.array, equal_nan=True)


@given(looks, boundaries, st.integers(0, 12), st.sampled_from(["rows", "cols", "both"]), policies)
def test_correlation(look: Look, kinds: Any, distances: int, pairs: str, policy: Any) -> None:
    boundary, same = boundary_of(kinds, look.shape, look.rng)
    distances = min(distances, max(*look.shape, 1))
    found = kuramoto.correlation(boundary, look.theta, distances, pairs, look.mask, policy=policy)
    expected = reference.correlation(same, look.theta, distances, pairs, look.mask)
    np.testing.assert_allclose(found.astype(reference.Real), expected, rtol=0, atol=2e-15)


@given(st.lists(st.floats(0.01, 1), max_size=8))
def test_correlation_length(numbers: list[float]) -> None:
    numbers.sort(reverse=True)
    expected = reference.correlation_length(numbers)
    assert kuramoto.correlation_length(numbers) == pytest.approx(expected, rel=1e-12)


@given(looks, boundaries, policies)
def test_vortices(look: Look, kinds: Any, policy: Any) -> None:
    boundary, same = boundary_of(kinds, look.shape, look.rng)
    found = kuramoto.vortices(boundary, look.theta, look.mask)
    expected = reference.vortices(same, look.theta, look.mask)
    assert [(vortex.row, vortex.col, vortex.charge) for vortex in found] == expected
    count = kuramoto.count_vortices(boundary, look.theta, look.mask, policy=policy)
    assert count.positive == sum(charge for _, _, charge in expected if charge > 0)
    assert count.negative == -sum(charge for _, _, charge in expected if charge < 0)
    if look.mask is None and kinds == ("periodic",) * 4:
        assert count.positive == count.negative  # the charges on a torus add up to 0


@given(looks, layouts, policies)
def test_effective_frequencies(look: Look, layout: str, policy: Any) -> None:
    after = placed(look.theta + look.rng.uniform(-1, 1, look.shape).astype(look.theta.dtype), layout).array
    found = kuramoto.effective_frequencies(look.theta, after, 2.5, policy=policy)
    expected = (after.astype(np.float64) - look.theta.astype(np.float64)) / 2.5
    assert np.array_equal(found, expected)


@given(looks, boundaries, st.sampled_from([0.0, 0.5, 2.0]), policies)
def test_frequency_clusters(look: Look, kinds: Any, tolerance: float, policy: Any) -> None:
    boundary, same = boundary_of(kinds, look.shape, look.rng)
    frequencies: Array = np.round(look.theta)
    found = kuramoto.frequency_clusters(boundary, frequencies, tolerance, look.mask, policy=policy)
    expected = reference.frequency_clusters(same, frequencies, tolerance, look.mask)
    assert np.array_equal(found.labels, expected)
    sizes = np.bincount(expected[expected >= 0]) if (expected >= 0).any() else np.zeros(0, int)
    assert found.count == len(sizes)
    assert np.array_equal(found.sizes, sizes)
    if len(sizes) > 0:
        assert found.largest == int(np.argmax(sizes))
        assert found.largest_share == sizes.max() / sizes.sum()
    else:
        assert found.largest == -1
        assert found.largest_share == 0


@given(lattices(has_inertia=True), st.booleans(), policies)
def test_kinetic_temperature(case: Case, with_mask: bool, policy: Any) -> None:
    mask = case.mask if with_mask else None
    found = kuramoto.kinetic_temperature(case.model, case.velocity.array, mask, policy=policy)
    expected = reference.kinetic_temperature(case.same.mass, case.velocity.array, mask)
    assert found == pytest.approx(float(expected), rel=1e-13)


@given(looks)
def test_observables_change_nothing(look: Look) -> None:
    before = look.theta.copy()
    for name in ("order_parameter", "phase_moments", "phase_statistics"):
        getattr(kuramoto, name)(look.theta, look.mask)
    kuramoto.count_vortices("periodic", look.theta, look.mask)
    kuramoto.correlation("periodic", look.theta, 1, mask=look.mask)
    assert np.array_equal(look.theta, before)


@pytest.mark.parametrize("name", ["order_parameter", "phase_moments", "phase_statistics"])
def test_the_layout_changes_no_bit(name: str) -> None:
    numbers = np.random.default_rng(6).uniform(-9, 9, (37, 53)).astype(np.float32)
    look = getattr(kuramoto, name)
    fields = [field for field in dir(look(numbers)) if not field.startswith("_")]
    expected = [getattr(look(numbers), field) for field in fields]
    for layout in ("columns", "gaps", "backwards", "both"):
        for policy in (kuramoto.Fused(), kuramoto.OpenMP(threads=3, min_cells_per_thread=1), kuramoto.Serial()):
            found = look(placed(numbers, layout).array, policy=policy)
            assert [getattr(found, field) for field in fields] == expected
