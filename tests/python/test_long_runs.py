"""Wrapped phases, rotating frames and windings."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto as km


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_wrapping_keeps_the_whole_phase(dtype: type) -> None:
    theta: npt.NDArray[Any] = np.linspace(-50, 70, 15 * 7).reshape(15, 7).astype(dtype)
    before = theta.astype(np.float64)
    turns = km.WrappedTurns(15, 7, dtype)
    km.wrap(theta, turns)
    assert np.max(np.abs(theta)) <= np.float32(np.pi)
    np.testing.assert_allclose(km.unwrapped(theta, turns), before, rtol=1e-15)
    with pytest.raises(TypeError, match="float"):
        km.wrap(theta.astype(np.float64 if dtype is np.float32 else np.float32), turns)


def test_a_rotating_frame_is_left_by_the_angle_of_its_frequency() -> None:
    omega = np.arange(12.0).reshape(3, 4)
    theta = np.zeros((3, 4))
    frame = km.enter_rotating_frame("zero_flux", omega)
    assert frame.frequency == 5.5
    np.testing.assert_array_equal(omega, np.arange(12.0).reshape(3, 4) - 5.5)
    km.advance(km.Model(K=0.0, omega=omega), theta, 8, km.Euler(0.25))
    np.testing.assert_array_equal(km.to_laboratory(frame, 2.0, theta), 2.0 * np.arange(12.0).reshape(3, 4))
    assert frame.angle(2.0) == 11.0
    with pytest.raises(ValueError, match="north"):
        km.enter_rotating_frame({"north": km.fixed_phase(0.0)}, omega)


def test_windings_are_whole_turns() -> None:
    theta = np.empty((6, 9))
    km.twisted_phases(theta, rows=1, cols=-2)
    assert [km.row_winding(theta, i) for i in range(6)] == [-2] * 6
    assert [km.col_winding(theta, j) for j in range(9)] == [1] * 9
    assert km.winding(theta, [(0, j) for j in range(9)]) == -2
    km.vortex_phases(theta, [km.Vortex(2.5, 3.5, 1)])
    assert km.winding(theta, [(2, 3), (2, 4), (3, 4), (3, 3)]) == 1
    assert [(v.row, v.col, v.charge) for v in km.vortices("zero_flux", theta)] == [(2.5, 3.5, 1)]
    with pytest.raises(ValueError, match="6"):
        km.winding(theta, [(6, 0)])


def test_mixed_frequencies_are_one_of_two() -> None:
    omega = np.empty((50, 60))
    km.mixed_frequencies(omega, -1.0, 2.0, 0.25, seed=3)
    assert set(np.unique(omega)) == {-1.0, 2.0}
    assert 600 < np.count_nonzero(omega == 2.0) < 900
