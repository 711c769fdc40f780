"""Arrays are used where they lie: no hidden copies, what is viewed is kept alive, and anything array-like will do."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto
from cases import LAYOUTS, placed

Array = npt.NDArray[Any]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_no_array_is_copied(layout: str, precision: Any) -> None:
    shape = (300, 400)
    rng = np.random.default_rng(1)

    def field() -> Array:
        return placed(rng.uniform(0, 1, shape).astype(precision), layout).array

    theta, omega, out, velocity = field(), field(), field(), field()
    model = kuramoto.Model(omega=omega, bonds=(field(), field()))
    heavy = kuramoto.Model(omega=omega, inertia=kuramoto.Inertia(field(), field()))
    mask = np.ones(shape, precision)
    noise = kuramoto.EulerMaruyama(0.01, field(), seed=2)
    calls: list[Callable[[], Any]] = [
        lambda: kuramoto.advance(model, theta, 3, kuramoto.RungeKutta4(0.01)),
        lambda: kuramoto.advance(model, theta, 3, noise, first_step=0),
        lambda: kuramoto.advance(heavy, theta, 3, kuramoto.VelocityVerlet(0.01), velocity=velocity),
        lambda: kuramoto.integrate(model, theta, 0.01),
        lambda: kuramoto.rate(model, theta, out),
        lambda: kuramoto.order_parameter(theta, mask),
        lambda: kuramoto.phase_moments(theta),
        lambda: kuramoto.energy(model, theta),
        lambda: kuramoto.count_vortices(model, theta),
        lambda: kuramoto.local_order_parameter(model, theta, 1, out),
        lambda: kuramoto.uniform_phases(theta, 1),
    ]
    for call in calls:
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()  # NumPy tells it of all its arrays
        tracemalloc.stop()
        assert peak < 20_000 < theta.nbytes // 10


_MEMORY = """
import resource, sys
import numpy as np
import kuramoto

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

memory = np.zeros((2000, 2000), np.float32)
theta, omega = {view}(memory), {view}(np.ones((2000, 2000), np.float32))
small = np.zeros((64, 64), np.float32)
kuramoto.advance(kuramoto.Model(omega=0.5), small, 40, kuramoto.Euler(0.1), policy=kuramoto.OpenMP(2))
theta += 0  # so that all its pages are there
before = peak()
model = kuramoto.Model(K=2.0, omega=omega)
kuramoto.advance(model, theta, 40, kuramoto.Euler(0.1), policy=kuramoto.OpenMP(2))
kuramoto.order_parameter(theta, policy=kuramoto.OpenMP(2))
print((peak() - before) / (theta.nbytes + omega.nbytes))
"""


@pytest.mark.parametrize("view", ["np.asarray", "np.transpose", "np.flipud"])
def test_peak_memory(view: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY.format(view=view)], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 0.06  # beyond θ and ω: rows of scratch per thread, and the threads


_MASK_MEMORY = """
import resource
import numpy as np
import kuramoto

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

mask = np.ones((3000, 3000), bool)
before = peak()
model = kuramoto.Model(mask=mask, boundary="periodic")
print((peak() - before) / mask.size)
"""


def test_a_mask_is_a_byte_per_cell_until_a_precision_is_known() -> None:
    done = subprocess.run([sys.executable, "-c", _MASK_MEMORY], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.5


@pytest.mark.parametrize("precision", [bool, np.float32, np.float64])
def test_a_mask_counts_as_it_was_when_the_model_was_made(precision: Any) -> None:
    mask = np.random.default_rng(2).random((7, 9)) < 0.7
    theta = np.random.default_rng(1).uniform(0, 6, (7, 9)).astype(np.float32 if precision is bool else precision)
    expected = kuramoto.rate(kuramoto.Model(mask=mask), theta)
    changed = mask.astype(precision)
    model = kuramoto.Model(mask=changed)
    changed[...] = 0
    assert np.array_equal(kuramoto.rate(model, theta), expected)


def test_models_keep_their_arrays_alive() -> None:
    arrays = {name: np.full((5, 6), 0.5) for name in ("omega", "east", "south", "mask", "mass", "damping", "D")}
    references = {name: weakref.ref(array) for name, array in arrays.items()}
    model = kuramoto.Model(
        omega=arrays["omega"],
        bonds=(arrays["east"], arrays["south"]),
        mask=arrays["mask"],
        inertia=kuramoto.Inertia(arrays["mass"], arrays["damping"]),
    )
    noise = kuramoto.EulerMaruyama(0.1, arrays["D"])
    del arrays
    gc.collect()
    for name in ("omega", "mass", "damping"):
        assert references[name]() is not None
    theta, velocity = np.zeros((5, 6)), np.zeros((5, 6))
    kuramoto.advance(model, theta, 2, kuramoto.VelocityVerlet(0.1), velocity=velocity)
    assert np.isfinite(theta).all() and theta.any()
    kuramoto.advance(kuramoto.Model(), theta, 2, noise, first_step=0)
    del model, noise
    gc.collect()
    assert all(reference() is None for reference in references.values())


def test_models_keep_the_memory_of_views_alive() -> None:
    memory = np.full((20, 20), 0.5)
    reference = weakref.ref(memory)
    model = kuramoto.Model(K=0.0, omega=memory[::2, ::-2])
    del memory
    gc.collect()
    assert reference() is not None
    assert np.array_equal(kuramoto.rate(model, np.zeros((10, 10))), np.full((10, 10), 0.5))


def test_models_see_changes_of_their_arrays() -> None:
    omega = np.zeros((4, 5))
    model = kuramoto.Model(omega=omega)
    omega[...] = 0.25
    assert np.array_equal(kuramoto.rate(model, np.zeros((4, 5))), omega)


def test_calls_leave_no_reference_behind() -> None:
    theta, omega = np.zeros((4, 5)), np.zeros((4, 5))
    counts = sys.getrefcount(theta), sys.getrefcount(omega)
    for _ in range(3):
        model = kuramoto.Model(omega=omega)
        kuramoto.advance(model, theta, 2, kuramoto.Euler(0.1))
        kuramoto.rate(model, theta, np.empty((4, 5)))
        kuramoto.order_parameter(theta)
        with pytest.raises(ValueError):
            kuramoto.advance(model, theta, -2, kuramoto.Euler(0.1))
        with pytest.raises(ValueError):
            kuramoto.rate(model, theta, theta)
    del model
    gc.collect()
    assert (sys.getrefcount(theta), sys.getrefcount(omega)) == counts


class Interface:
    """An object that is no array of NumPy, but describes one."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self.__array_interface__ = array.__array_interface__


@pytest.mark.parametrize("wrap", [Interface, memoryview])
def test_anything_that_describes_an_array(wrap: Callable[[Array], Any]) -> None:
    expected = np.random.default_rng(1).uniform(0, 6, (7, 9))
    theta, omega = expected.copy(), expected / 2
    kuramoto.advance(kuramoto.Model(omega=omega), expected, 3, kuramoto.Euler(0.1))
    kuramoto.advance(kuramoto.Model(omega=wrap(omega)), wrap(theta), 3, kuramoto.Euler(0.1))
    assert np.array_equal(theta, expected)
    assert kuramoto.order_parameter(wrap(theta)).r == kuramoto.order_parameter(expected).r


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_arrays_whose_type_is_equal_but_not_the_same_object(precision: Any) -> None:
    expected = np.random.default_rng(1).uniform(0, 6, (7, 9)).astype(precision)
    alike = [
        pickle.loads(pickle.dumps(expected)),
        expected.byteswap().view(expected.dtype.newbyteorder()).byteswap().view(expected.dtype.newbyteorder("=")),
        expected.astype(np.dtype(precision, metadata={"unit": "rad"})),  # type: ignore[call-overload]
    ]
    assert any(theta.dtype is not expected.dtype for theta in alike)
    kuramoto.advance(kuramoto.Model(), expected, 3, kuramoto.Euler(0.1))
    for theta in alike:
        kuramoto.advance(kuramoto.Model(), theta, 3, kuramoto.Euler(0.1))
        assert np.array_equal(theta, expected)
        kuramoto.wrap(theta, kuramoto.WrappedTurns(7, 9, theta.dtype))


def test_buffers_that_are_read_only() -> None:
    theta: Any = np.zeros((7, 9))
    view: Any = memoryview(theta).toreadonly()
    with pytest.raises(ValueError, match="theta must be writable"):
        kuramoto.advance(kuramoto.Model(), view, 1, kuramoto.Euler(0.1))


def test_files_that_are_mapped(tmp_path: Path) -> None:
    expected = np.random.default_rng(1).uniform(0, 6, (33, 20)).astype(np.float32)
    path = tmp_path / "theta.npy"
    open_memmap: Any = np.lib.format.open_memmap
    mapped = open_memmap(path, mode="w+", dtype=np.float32, shape=(33, 20))
    mapped[...] = expected
    kuramoto.advance(kuramoto.Model(), mapped, 5, kuramoto.Heun(0.1))
    kuramoto.advance(kuramoto.Model(), expected, 5, kuramoto.Heun(0.1))
    mapped.flush()
    del mapped
    assert np.array_equal(np.load(path), expected)
    record = np.load(path, mmap_mode="r")
    assert kuramoto.order_parameter(record).r == kuramoto.order_parameter(expected).r
    with pytest.raises(ValueError, match="theta must be writable"):
        kuramoto.advance(kuramoto.Model(), record, 1, kuramoto.Euler(0.1))


def test_fixed_values_are_copied() -> None:
    values = np.full(5, 1.0)
    boundary = {"north": kuramoto.fixed_phase(values)}
    model = kuramoto.Model(boundary=boundary)
    expected = kuramoto.rate(model, np.zeros((4, 5)))
    values[...] = -1.0
    del boundary
    gc.collect()
    assert np.array_equal(kuramoto.rate(model, np.zeros((4, 5))), expected)
