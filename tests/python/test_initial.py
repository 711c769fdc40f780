"""Initial states: what they are like, and that they are filled in where the array lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

import kuramoto
from cases import layouts, placed, precisions, shapes

FILLS: dict[str, tuple[Any, ...]] = {
    "uniform_phases": (7,),
    "normal_phases": (0.5, 2.0, 7),
    "equal_phases": (1.5,),
    "plane_wave_phases": (0.1, 0.2),
    "twisted_phases": (1, 2),
    "target_phases": (2.0, 3.0, 5.0),
    "spiral_phases": (2.0, 3.0, 1, 5.0),
    "vortex_phases": ([kuramoto.Vortex(2.5, 3.5, 1)],),
    "uniform_frequencies": (-1.0, 2.0, 7),
    "normal_frequencies": (0.5, 2.0, 7),
    "lorentzian_frequencies": (0.5, 0.1, 7),
    "truncated_lorentzian_frequencies": (0.5, 0.1, 3.0, 7),
    "uniform_quantiles": (-1.0, 2.0, 7),
    "normal_quantiles": (0.5, 2.0, 7),
    "lorentzian_quantiles": (0.5, 0.1, 7),
    "equal_frequencies": (1.5,),
    "gradient_frequencies": (-1.0, 1.0, "rows"),
    "halved_frequencies": (-1.0, 1.0, "cols"),
    "checkerboard_frequencies": (-1.0, 1.0),
    "defect_frequencies": (2.0, 3.0, 1.5),
}


@pytest.mark.parametrize("name", sorted(FILLS))
@given(shape=shapes, precision=precisions, layout=layouts)
def test_layout_and_policy_change_no_bit(name: str, shape: tuple[int, int], precision: Any, layout: str) -> None:
    fill = getattr(kuramoto, name)
    plain = np.empty(shape, precision)
    fill(plain, *FILLS[name], policy=kuramoto.Fused())
    other = placed(np.zeros(shape, precision), layout)
    assert fill(other.array, *FILLS[name], policy=kuramoto.OpenMP(3, min_cells_per_thread=1)) is None
    assert np.array_equal(plain, other.array)
    assert np.isfinite(plain).all()
    assert other.gaps_are_untouched()


def test_random_fields_have_the_moments_of_their_distributions() -> None:
    field = np.empty((500, 600))
    error = 5 / np.sqrt(field.size)
    kuramoto.uniform_phases(field, 1)
    assert 0 <= field.min() and field.max() < 2 * np.pi
    assert abs(np.exp(1j * field).mean()) < error
    kuramoto.normal_phases(field, 0.5, 2.0, 1)
    assert abs(field.mean() - 0.5) < 2 * error and abs(field.std() - 2) < 2 * error
    kuramoto.normal_frequencies(field, 0.5, 2.0, 1)
    assert abs(field.mean() - 0.5) < 2 * error and abs(field.std() - 2) < 2 * error
    kuramoto.uniform_frequencies(field, -1, 2, 1)
    assert field.min() >= -1 and field.max() <= 2 and abs(field.mean() - 0.5) < error
    kuramoto.lorentzian_frequencies(field, 0.5, 0.1, 1)
    assert abs(np.median(field) - 0.5) < 0.1 * error * 4
    assert abs(np.percentile(field, 75) - 0.6) < 0.1 * error * 4


@pytest.mark.parametrize("name", ["uniform_phases", "normal_frequencies", "lorentzian_frequencies"])
def test_seeds_differ(name: str) -> None:
    first, second = np.empty((9, 11)), np.empty((9, 11))
    getattr(kuramoto, name)(first, *FILLS[name][:-1], 1)
    getattr(kuramoto, name)(second, *FILLS[name][:-1], 2)
    assert (first != second).all()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_wrapping_keeps_the_whole_phases(precision: Any) -> None:
    theta = np.random.default_rng(2).uniform(-50, 50, (9, 11)).astype(precision)
    before = theta.copy()
    turns = kuramoto.WrappedTurns(9, 11, precision)
    kuramoto.wrap(theta, turns)
    epsilon = float(np.finfo(precision).eps)
    assert np.abs(theta).max() <= np.pi * (1 + epsilon)
    np.testing.assert_allclose(kuramoto.unwrapped(theta, turns), before, rtol=0, atol=64 * epsilon)
    np.testing.assert_allclose(np.exp(1j * theta), np.exp(1j * before), atol=200 * epsilon)
