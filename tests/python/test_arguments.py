"""Arguments that are wrong: an error that names the argument, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto as library

kuramoto: Any = library  # so that arguments of wrong types pass the check of types
Array = npt.NDArray[Any]
SHAPE = (6, 8)


def phases(precision: Any = np.float64) -> Array:
    return np.random.default_rng(1).uniform(-3, 3, SHAPE).astype(precision)


def misaligned() -> Array:
    memory = np.zeros(SHAPE[0] * SHAPE[1] * 8 + 1, np.uint8)
    array: Array = memory[1:].view(np.float64).reshape(SHAPE)
    assert not array.flags.aligned
    return array


def parts_of_cells() -> Array:
    """Cells whose distance is not a whole number of cells."""
    return np.zeros((SHAPE[0], SHAPE[1]), np.dtype([("phase", np.float64), ("other", np.float32)]))["phase"]


def read_only() -> Array:
    array = phases()
    array.flags.writeable = False
    return array


UNFIT: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "int64": (lambda: np.zeros(SHAPE, np.int64), TypeError, "float32 or float64"),
    "float16": (lambda: np.zeros(SHAPE, np.float16), TypeError, "float32 or float64"),
    "longdouble": (lambda: np.zeros(SHAPE, np.longdouble), TypeError, "float32 or float64"),
    "complex": (lambda: np.zeros(SHAPE, np.complex128), TypeError, "float32 or float64"),
    "object": (lambda: np.zeros(SHAPE, object), TypeError, "float32 or float64"),
    "byte-swapped": (lambda: phases().astype(phases().dtype.newbyteorder()), TypeError, "byte order"),
    "one dimension": (lambda: np.zeros(8), ValueError, "two dimensions"),
    "three dimensions": (lambda: np.zeros((2, 3, 4)), ValueError, "two dimensions"),
    "misaligned": (misaligned, ValueError, "aligned"),
    "parts of cells": (parts_of_cells, ValueError, "whole cells|aligned"),
    "list": (lambda: phases().tolist(), TypeError, "must be an array"),
    "number": (lambda: 1.0, TypeError, "must be an array"),
    "None": (lambda: None, TypeError, "must be an array"),
    "text": (lambda: "phases", TypeError, "must be an array"),
    "bytes": (lambda: b"phases", TypeError, "must be an array"),
}

WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "advance": ("theta", lambda a: kuramoto.advance(kuramoto.Model(), a, 1, kuramoto.Euler(0.1))),
    "integrate": ("theta", lambda a: kuramoto.integrate(kuramoto.Model(), a, 0.1)),
    "rate out": ("out", lambda a: kuramoto.rate(kuramoto.Model(), phases(), a)),
    "local_order_parameter out": ("out", lambda a: kuramoto.local_order_parameter("periodic", phases(), 1, a)),
    "uniform_phases": ("theta", lambda a: kuramoto.uniform_phases(a, 1)),
    "lorentzian_frequencies": ("omega", lambda a: kuramoto.lorentzian_frequencies(a, 0.0, 1.0, 1)),
    "wrap": ("theta", lambda a: kuramoto.wrap(a, kuramoto.WrappedTurns(*SHAPE, np.float64))),
    "advance velocity": (
        "velocity",
        lambda a: kuramoto.advance(
            kuramoto.Model(inertia=kuramoto.Inertia()), phases(), 1, kuramoto.VelocityVerlet(0.1), velocity=a
        ),
    ),
}
READ: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "rate": ("theta", lambda a: kuramoto.rate(kuramoto.Model(), a)),
    "order_parameter": ("theta", kuramoto.order_parameter),
    "daido_moment": ("theta", lambda a: kuramoto.daido_moment(a, 2)),
    "phase_moments": ("theta", kuramoto.phase_moments),
    "phase_statistics": ("theta", kuramoto.phase_statistics),
    "energy": ("theta", lambda a: kuramoto.energy(kuramoto.Model(), a)),
    "helicity_sums": ("theta", lambda a: kuramoto.helicity_sums(kuramoto.Model(), a)),
    "local_order_parameter": ("theta", lambda a: kuramoto.local_order_parameter("periodic", a, 1)),
    "correlation": ("theta", lambda a: kuramoto.correlation("periodic", a, 3)),
    "count_vortices": ("theta", lambda a: kuramoto.count_vortices("periodic", a)),
    "vortices": ("theta", lambda a: kuramoto.vortices("periodic", a)),
    "effective_frequencies": ("theta_before", lambda a: kuramoto.effective_frequencies(a, phases(), 1.0)),
    "effective_frequencies after": ("theta_after", lambda a: kuramoto.effective_frequencies(phases(), a, 1.0)),
    "frequency_clusters": ("frequencies", lambda a: kuramoto.frequency_clusters("periodic", a, 0.1)),
    "bonds east": ("bonds", lambda a: kuramoto.Model(bonds=(a, phases()))),
    "bonds south": ("bonds", lambda a: kuramoto.Model(bonds=(phases(), a))),
    "mean_frequency": ("omega", kuramoto.mean_frequency),
}


@pytest.mark.parametrize("use", sorted(WRITTEN) + sorted(READ))
@pytest.mark.parametrize("kind", sorted(UNFIT))
def test_what_is_no_array_of_the_right_kind(kind: str, use: str) -> None:
    name, call = {**WRITTEN, **READ}[use]
    make, error, message = UNFIT[kind]
    if kind == "None" and use in ("rate out", "local_order_parameter out", "advance velocity"):
        return  # allowed, or another error
    argument = make()
    before = argument.copy() if isinstance(argument, np.ndarray) else None
    with pytest.raises(error, match=name) as raised:
        call(argument)
    assert raised.match(message)
    if before is not None:
        assert np.array_equal(argument, before)


@pytest.mark.parametrize("use", sorted(WRITTEN))
def test_read_only_arrays_are_not_written(use: str) -> None:
    name, call = WRITTEN[use]
    argument = read_only()
    before = argument.copy()
    with pytest.raises(ValueError, match=f"{name} must be writable"):
        call(argument)
    assert np.array_equal(argument, before)


@pytest.mark.parametrize("use", sorted(READ))
def test_read_only_arrays_are_read(use: str) -> None:
    READ[use][1](read_only())


def test_an_array_on_which_one_cell_lies_twice_is_not_written() -> None:
    theta = np.lib.stride_tricks.as_strided(np.zeros(8), SHAPE, (0, 8))
    with pytest.raises(ValueError, match="theta"):
        kuramoto.advance(kuramoto.Model(), theta, 1, kuramoto.Euler(0.1))
    assert not theta.any()


def test_arrays_that_overlap() -> None:
    memory = np.zeros((12, 8))
    theta, other = memory[:6], memory[4:10]
    with pytest.raises(ValueError, match="theta.*omega|omega.*theta"):
        kuramoto.advance(kuramoto.Model(omega=theta), theta, 1, kuramoto.Euler(0.1))
    with pytest.raises(ValueError, match="theta.*omega|omega.*theta"):
        kuramoto.advance(kuramoto.Model(omega=other), theta, 1, kuramoto.Euler(0.1))
    with pytest.raises(ValueError, match="^out is written and must not overlap theta$"):
        kuramoto.rate(kuramoto.Model(), theta, other)
    with pytest.raises(ValueError, match="^out is written and must not overlap theta$"):
        kuramoto.rate(kuramoto.Model(inertia=kuramoto.Inertia()), theta, other)
    with pytest.raises(ValueError, match="^out is written and must not overlap omega$"):
        kuramoto.rate(kuramoto.Model(omega=theta), phases(), other)
    with pytest.raises(ValueError, match="^out is written and must not overlap bonds.east$"):
        kuramoto.rate(kuramoto.Model(bonds=(theta, phases())), phases(), other)
    with pytest.raises(ValueError, match="^out is written and must not overlap theta$"):
        kuramoto.local_order_parameter("periodic", theta, 1, other)
    with pytest.raises(ValueError, match="^out is written and must not overlap mask$"):
        kuramoto.local_order_parameter("periodic", phases(), 1, other, theta)
    lying_twice = np.lib.stride_tricks.as_strided(memory, SHAPE, (0, 8))
    calls: list[Callable[[], Any]] = [
        lambda: kuramoto.rate(kuramoto.Model(), phases(), lying_twice),
        lambda: kuramoto.local_order_parameter("periodic", phases(), 1, lying_twice),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="^out overlaps itself"):
            call()
    with pytest.raises(ValueError, match="theta.*bonds|bonds.*theta"):
        kuramoto.advance(kuramoto.Model(bonds=(other, phases())), theta, 1, kuramoto.Euler(0.1))
    with pytest.raises(ValueError, match="theta.*D"):
        kuramoto.advance(kuramoto.Model(), theta, 1, kuramoto.EulerMaruyama(0.1, other), first_step=0)
    with pytest.raises(ValueError, match="velocity.*theta|theta.*velocity"):
        kuramoto.advance(
            kuramoto.Model(inertia=kuramoto.Inertia()), theta, 1, kuramoto.VelocityVerlet(0.1), velocity=other
        )
    assert not memory.any()
    interleaved = np.zeros((12, 8))
    kuramoto.advance(kuramoto.Model(omega=interleaved[1::2]), interleaved[::2], 1, kuramoto.Euler(0.1))


@pytest.mark.parametrize("other_shape", [(8, 6), (6, 7), (5, 8), (0, 0)])
def test_arrays_of_other_shapes(other_shape: tuple[int, int]) -> None:
    theta, other = phases(), np.zeros(other_shape)
    before = theta.copy()
    model = kuramoto.Model
    for name, given in {
        "omega": model(omega=other),
        "bonds": model(bonds=(other, other)),
        "^mask is ": model(mask=other),
    }.items():
        with pytest.raises(ValueError, match=f"theta.*{name}|{name}.*theta"):
            kuramoto.advance(given, theta, 1, kuramoto.Euler(0.1))
    mask_does_not_fit = f"^mask is {other_shape[0]} x {other_shape[1]} cells, but .*theta is 6 x 8$"
    with_inertia = model(mask=other, inertia=kuramoto.Inertia())
    calls: list[Callable[[], Any]] = [
        lambda: kuramoto.integrate(model(mask=other), theta, 0.1),
        lambda: kuramoto.rate(model(mask=other.astype(bool)), theta),
        lambda: kuramoto.rate(with_inertia, np.zeros((12, 8))),
        lambda: kuramoto.energy(model(mask=other), theta),
        lambda: kuramoto.helicity_sums(model(mask=other), theta),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=mask_does_not_fit):
            call()
    with pytest.raises(ValueError, match="^mask is .* but bonds.0. is 6 x 8$"):
        model(bonds=(theta, theta), mask=other)
    with pytest.raises(ValueError, match="^mask is 6 x 8 cells, but bonds.1. is"):
        model(bonds=(theta, other), mask=theta)
    with pytest.raises(ValueError, match="theta"):
        kuramoto.rate(model(), theta, other)
    with pytest.raises(ValueError, match="theta"):
        kuramoto.order_parameter(theta, other)
    with pytest.raises(ValueError, match="D"):
        kuramoto.advance(model(), theta, 1, kuramoto.EulerMaruyama(0.1, other), first_step=0)
    with pytest.raises(ValueError, match="velocity"):
        kuramoto.advance(
            model(inertia=kuramoto.Inertia()), theta, 1, kuramoto.VelocityVerlet(0.1), velocity=other
        )
    assert np.array_equal(theta, before)


def test_precisions_that_are_mixed() -> None:
    single, double = phases(np.float32), phases()
    before = single.copy()
    calls: list[Callable[[], Any]] = [
        lambda: kuramoto.advance(kuramoto.Model(omega=double), single, 1, kuramoto.Euler(0.1)),
        lambda: kuramoto.rate(kuramoto.Model(), single, np.empty_like(double)),
        lambda: kuramoto.order_parameter(single, np.ones_like(double)),
        lambda: kuramoto.Model(omega=double, bonds=(single, single)),
        lambda: kuramoto.Model(omega=single, mask=np.ones_like(double)),
        lambda: kuramoto.advance(kuramoto.Model(), single, 1, kuramoto.EulerMaruyama(0.1, double), first_step=0),
        lambda: kuramoto.wrap(single, kuramoto.WrappedTurns(*SHAPE, np.float64)),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="float32.*float64|float64.*float32"):
            call()
    assert np.array_equal(single, before)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: kuramoto.Model(coupling="cosine"), ValueError, "coupling must be one of sine, linear"),
        (lambda: kuramoto.Model(coupling=np.sin), TypeError, "compile_coupling"),
        (lambda: kuramoto.Model(coupling=3), TypeError, "coupling"),
        (lambda: kuramoto.Model(coupling=None), ValueError, "mean_field"),
        (lambda: kuramoto.Model(coupling="sakaguchi"), ValueError, "SakaguchiSine"),
        (lambda: kuramoto.SakaguchiSine(np.nan), ValueError, "lag"),
        (lambda: kuramoto.Harmonics([]), ValueError, "1 to 8"),
        (lambda: kuramoto.Harmonics([0.1] * 9), ValueError, "at most 8"),
        (lambda: kuramoto.Harmonics([1.0, np.inf]), ValueError, r"a\[1\]"),
        (lambda: kuramoto.Model(K="2"), TypeError, ""),
        (lambda: kuramoto.Model(omega="2"), TypeError, "omega"),
        (lambda: kuramoto.Model(omega=[1.0, 2.0]), TypeError, "omega"),
        (lambda: kuramoto.Model(boundary="open"), ValueError, "boundary"),
        (lambda: kuramoto.Model(boundary=3), TypeError, "boundary"),
        (lambda: kuramoto.Model(boundary={"top": "periodic"}), ValueError, "top"),
        (lambda: kuramoto.Model(boundary={"north": "open"}), ValueError, r"boundary\['north'\]"),
        (lambda: kuramoto.fixed_phase(["a"]), TypeError, r"phase\[0\] must be a number, but is of type str"),
        (lambda: kuramoto.fixed_phase("ab"), TypeError, "phase"),
        (lambda: kuramoto.fixed_phase(b"ab"), TypeError, "phase"),
        (lambda: kuramoto.fixed_phase([1.0, [2.0]]), TypeError, r"phase\[1\]"),
        (lambda: kuramoto.fixed_phase([1.0, 2j]), TypeError, r"phase\[1\]"),
        (lambda: kuramoto.fixed_phase({1.0: 2.0}), TypeError, "phase"),
        (lambda: kuramoto.fixed_phase(None), TypeError, "phase"),
        (lambda: kuramoto.fixed_flux(phases()), ValueError, "flux must have one dimension"),
        (lambda: kuramoto.fixed_flux([np.ones(3), np.ones(3)]), TypeError, r"flux\[0\]"),
        (lambda: kuramoto.fixed_flux(np.array(["a"])), TypeError, r"flux\[0\]"),
        (lambda: kuramoto.fixed_flux(np.array([1j])), TypeError, r"flux\[0\]"),
        (lambda: kuramoto.Model(bonds=phases()), (TypeError, ValueError), "bonds"),
        (lambda: kuramoto.Model(bonds=(phases(),)), TypeError, "bonds"),
        (lambda: kuramoto.Model(mean_field=2.0), TypeError, "mean_field"),
        (lambda: kuramoto.Model(inertia=2.0), TypeError, "inertia"),
        (lambda: kuramoto.Model(coupling=None, mean_field=kuramoto.MeanField(1.0), bonds=(phases(), phases())),
         ValueError, "coupling"),
        (lambda: kuramoto.Model(omega=1j), TypeError, "omega must be a number or an array, but is of type complex"),
        (lambda: kuramoto.Model(omega=10**400), ValueError, "omega is too large"),
        (lambda: kuramoto.EulerMaruyama(0.1, 1j), TypeError, "D must"),
        (lambda: kuramoto.fixed_phase(10**400), ValueError, "phase is too large"),
        (lambda: kuramoto.Simulation(kuramoto.Model(), phases(), kuramoto.Euler(0.1), time="x"), TypeError, "time"),
        (lambda: kuramoto.compile_coupling(None), TypeError, "expression"),
        (lambda: kuramoto.compile_coupling(b"d"), TypeError, "expression"),
        (lambda: kuramoto.Model(K=np.nan), ValueError, "K must"),
        (lambda: kuramoto.Model(omega=np.inf), ValueError, "omega"),
        (lambda: kuramoto.Model(mean_field=kuramoto.MeanField(np.nan)), ValueError, "K must"),
        (lambda: kuramoto.Model(coupling=None, mean_field=kuramoto.MeanField(1.0, np.inf)), ValueError, "lag"),
        (lambda: kuramoto.Model(inertia=kuramoto.Inertia(mass=0.0)), ValueError, "mass"),
        (lambda: kuramoto.Model(inertia=kuramoto.Inertia(phases(), damping=-1.0)), ValueError, "damping"),
        (lambda: kuramoto.Model(boundary={"north": "periodic"}), ValueError, "periodic"),
        (lambda: kuramoto.Model(boundary={"west": kuramoto.fixed_flux(np.nan)}), ValueError, "west"),
        (lambda: kuramoto.Model(mask=np.ones(3, bool)), ValueError, "mask must have two dimensions"),
        (lambda: kuramoto.Model(mask=np.ones((2, 2), int)), TypeError, "mask"),
        (lambda: kuramoto.Model(mask=np.ones((2, 2), bool), bonds=(phases(), phases())), ValueError, "mask.*bonds"),
        (lambda: kuramoto.max_stable_dt(kuramoto.EulerMaruyama(0.1, phases()),
                                        kuramoto.Model(omega=phases(np.float32))),
         TypeError, "D has cells of float64, but omega of the model has cells of float32"),
        (lambda: kuramoto.OpenMP(isa="sse9"), ValueError, "isa"),
        (lambda: kuramoto.OpenMP(threads=-1), ValueError, "threads"),
        (lambda: kuramoto.Fused(depth=-1), ValueError, "depth"),
    ],
)  # fmt: skip
def test_parts_that_cannot_be(make: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: kuramoto.advance(kuramoto.Model(), t, -1, kuramoto.Euler(0.1)), ValueError, "steps"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1.5, kuramoto.Euler(0.1)), TypeError, ""),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.0)), ValueError, "dt"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(np.nan)), ValueError, "dt"),
        (lambda t: kuramoto.advance(kuramoto.Model(K=np.inf), t, 1, kuramoto.Euler(0.1)), ValueError, "K"),
        (lambda t: kuramoto.advance(kuramoto.Model(omega=np.nan), t, 1, kuramoto.Euler(0.1)), ValueError, "omega"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.EulerMaruyama(0.1, 0.1)),
         ValueError, "first_step"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.EulerMaruyama(0.1, -0.1), first_step=0),
         ValueError, "D"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.1), first_step=-1),
         ValueError, "first_step"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.1), velocity=np.zeros(SHAPE)),
         ValueError, "velocity.*inertia"),
        (lambda t: kuramoto.advance(kuramoto.Model(inertia=kuramoto.Inertia()), t, 1, kuramoto.VelocityVerlet(0.1)),
         ValueError, "velocity"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.VelocityVerlet(0.1)), ValueError, "inertia"),
        (lambda t: kuramoto.advance(kuramoto.Model(inertia=kuramoto.Inertia()), t, 1, kuramoto.Euler(0.1),
                                    velocity=np.zeros(SHAPE)), ValueError, "inertia.*euler"),
        (lambda t: kuramoto.advance(kuramoto.Model(inertia=kuramoto.Inertia(mass=0.0)), t, 1,
                                    kuramoto.VelocityVerlet(0.1), velocity=np.zeros(SHAPE)), ValueError, "mass"),
        (lambda t: kuramoto.advance(kuramoto.Model(boundary={"north": "periodic"}), t, 1, kuramoto.Euler(0.1)),
         ValueError, "periodic"),
        (lambda t: kuramoto.advance(kuramoto.Model(boundary={"north": kuramoto.fixed_phase([1.0, 2.0])}), t, 1,
                                    kuramoto.Euler(0.1)), ValueError, "north"),
        (lambda t: kuramoto.integrate(kuramoto.Model(), t, -1.0), ValueError, "duration"),
        (lambda t: kuramoto.integrate(kuramoto.Model(), t, 1.0, kuramoto.DormandPrince54(0, 0)),
         ValueError, "tolerance"),
        (lambda t: kuramoto.integrate(kuramoto.Model(), t, 100.0, kuramoto.DormandPrince54(max_steps=2)),
         RuntimeError, "max_steps"),
        (lambda t: kuramoto.daido_moment(t, 0), ValueError, "m must"),
        (lambda t: kuramoto.local_order_parameter("periodic", t, -1), ValueError, "half_width"),
        (lambda t: kuramoto.correlation("periodic", t, -1), ValueError, "distances"),
        (lambda t: kuramoto.correlation("periodic", t, 3, "diagonals"), ValueError, "pairs"),
        (lambda t: kuramoto.correlation("periodic", t, 10**10), ValueError, "distances"),
        (lambda t: kuramoto.order_parameter(t, np.ones(SHAPE, int)), TypeError, "mask.*bool.*int64"),
        (lambda t: kuramoto.order_parameter(t, np.array(True)), TypeError, "mask must be an array"),
        (lambda t: kuramoto.order_parameter(t, np.ones((2, 3), bool)), ValueError, "mask is 2 x 3.*theta is 6 x 8"),
        (lambda t: kuramoto.energy(kuramoto.Model(), t, np.ones((2, 3))), ValueError, "mask is 2 x 3.*theta is 6 x 8"),
        (lambda t: kuramoto.rate(kuramoto.Model(), t, np.ones((2, 3))), ValueError, "out is 2 x 3.*theta is 6 x 8"),
        (lambda t: kuramoto.kinetic_temperature(kuramoto.Model(inertia=kuramoto.Inertia(phases(np.float32))), t),
         TypeError, "velocity has cells of float64, but inertia.mass"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.1), first_step=1.5),
         TypeError, "first_step must be an integer, but is of type float"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.1), first_step="1"),
         TypeError, "first_step"),
        (lambda t: kuramoto.advance(kuramoto.Model(), t, 1, kuramoto.Euler(0.1), first_step=2**63),
         ValueError, "first_step"),
        (lambda t: kuramoto.frequency_clusters("periodic", t, -1.0), ValueError, "tolerance"),
        (lambda t: kuramoto.effective_frequencies(t, phases(), 0.0), ValueError, "duration"),
        (lambda t: kuramoto.energy(kuramoto.Model(coupling="linear"), t), ValueError, "sine"),
        (lambda t: kuramoto.kinetic_temperature(kuramoto.Model(), t), ValueError, "inertia"),
        (lambda t: kuramoto.normal_phases(t, 0.0, -1.0, 1), ValueError, "deviation"),
        (lambda t: kuramoto.gradient_frequencies(t, 0.0, 1.0, "diagonal"), ValueError, "axis"),
    ],
)  # fmt: skip
def test_calls_that_cannot_be(call: Callable[[Array], Any], error: Any, message: str) -> None:
    theta = phases()
    with pytest.raises(error, match=message):
        call(theta)
    assert np.array_equal(theta, phases())


def test_objects_without_init_are_refused() -> None:
    """Their memory would hold anything."""
    theta = phases()
    sine: Any = kuramoto.Sine.__new__(kuramoto.Sine)
    for call in (
        lambda: kuramoto.advance(kuramoto.Model(), theta, 1, kuramoto.Euler.__new__(kuramoto.Euler)),
        lambda: kuramoto.rate(kuramoto.Model.__new__(kuramoto.Model), theta),
        lambda: kuramoto.rate(kuramoto.Model(), theta, policy=kuramoto.OpenMP.__new__(kuramoto.OpenMP)),
        lambda: kuramoto.Model(inertia=kuramoto.Inertia.__new__(kuramoto.Inertia)),
        lambda: kuramoto.Model(boundary=kuramoto.BoundaryCondition.__new__(kuramoto.BoundaryCondition)),
        lambda: kuramoto.Model(coupling=sine),
        lambda: kuramoto.Model(mean_field=kuramoto.MeanField.__new__(kuramoto.MeanField)),
        lambda: kuramoto.integrate(kuramoto.Model(), theta, 1.0, kuramoto.DormandPrince54.__new__(kuramoto.DormandPrince54)),
        lambda: kuramoto.Ensemble(2, 2, 2).integrate(kuramoto.Model(), 1.0, kuramoto.DormandPrince54.__new__(kuramoto.DormandPrince54)),
        lambda: kuramoto.wrap(theta, kuramoto.WrappedTurns.__new__(kuramoto.WrappedTurns)),
        lambda: kuramoto.count_vortices(kuramoto.Model.__new__(kuramoto.Model), theta),
        lambda: repr(kuramoto.Model.__new__(kuramoto.Model)),
    ):
        with pytest.raises(TypeError, match="__new__"):
            call()  # type: ignore[no-untyped-call]
    assert np.array_equal(theta, phases())


def test_numbers_in_arrays_without_dimensions() -> None:
    expected = kuramoto.rate(kuramoto.Model(omega=0.5, boundary=kuramoto.fixed_phase(1.0)), phases())
    model = kuramoto.Model(omega=np.array(0.5), boundary=kuramoto.fixed_phase(np.array(1.0)))
    assert np.array_equal(kuramoto.rate(model, phases()), expected)


def test_supported_instruction_sets_are_those_that_a_policy_takes() -> None:
    names = kuramoto.supported_isas()
    assert names[0] == "baseline"
    for name in ("baseline", "avx2", "avx512"):
        if name in names:
            kuramoto.Fused(isa=name)
        else:
            with pytest.raises(ValueError, match=name):
                kuramoto.Fused(isa=name)


def test_conditions_and_results_say_what_they_are() -> None:
    assert repr(kuramoto.fixed_phase(0.5)) == "fixed_phase(0.5)"
    assert repr(kuramoto.fixed_flux([1.0, 2.0])) == "fixed_flux([2 numbers])"
    assert repr(kuramoto.order_parameter(np.zeros(SHAPE))) == "OrderParameter(r=1.0, psi=0.0)"
    assert "accepted" in repr(kuramoto.integrate(kuramoto.Model(), phases(), 0.1))


def test_equal_couplings_are_one_key() -> None:
    assert len({kuramoto.Sine(), kuramoto.Sine(), kuramoto.SakaguchiSine(0.5), kuramoto.SakaguchiSine(0.5)}) == 2


_LIMIT = 2**56


@pytest.mark.parametrize("stepper", [kuramoto.EulerMaruyama(0.1, 0.1), kuramoto.LeimkuhlerMatthews(0.1, phases()),
                                     kuramoto.BAOAB(0.1, 0.1)])
@pytest.mark.parametrize("has_mean_field", [False, True])
@pytest.mark.parametrize("progress", [None, lambda steps: None])
def test_runs_beyond_the_noise_are_refused_as_a_whole(stepper: Any, has_mean_field: bool, progress: Any) -> None:
    has_inertia = isinstance(stepper, kuramoto.BAOAB)
    theta = phases()
    model = kuramoto.Model(
        mean_field=kuramoto.MeanField(1.0) if has_mean_field else None,
        inertia=kuramoto.Inertia(damping=0.5) if has_inertia else None,
    )
    velocity = np.zeros(SHAPE) if has_inertia else None
    most = _LIMIT - (1 if isinstance(stepper, kuramoto.LeimkuhlerMatthews) else 0)
    for steps, first in ((_LIMIT, 1), (2**62, 0), (2, most - 1), (2**63 - 1, 2**63 - 1), (10**6, most - 10)):
        with pytest.raises(ValueError, match=r"2\^56|2\^63"):
            kuramoto.advance(model, theta, steps, stepper, velocity=velocity, first_step=first, progress=progress)
    assert np.array_equal(theta, phases())
    kuramoto.advance(model, theta, 2, stepper, velocity=velocity, first_step=most - 2, progress=progress)
    assert not np.array_equal(theta, phases())


def test_runs_without_noise_have_any_first_step() -> None:
    theta, expected = phases(), phases()
    kuramoto.advance(kuramoto.Model(), theta, 20, kuramoto.Euler(0.1), first_step=2**63 - 1, progress=lambda n: None)
    kuramoto.advance(kuramoto.Model(), expected, 20, kuramoto.Euler(0.1))
    assert np.array_equal(theta, expected)
    for progress in (None, lambda n: None):
        with pytest.raises(ValueError, match="steps"):
            kuramoto.advance(kuramoto.Model(), theta, -1, kuramoto.Euler(0.1), progress=progress)


def test_functions_say_what_they_take() -> None:
    named = vars(kuramoto._core).items()
    functions = {name: value for name, value in named if callable(value) and not isinstance(value, type)}
    assert "advance" in functions
    for name, function in functions.items():
        assert "handle" not in function.__doc__.splitlines()[0], name
        if ", policy: " in function.__doc__ and "mask: " in function.__doc__:
            assert "\nmask : " in function.__doc__ and "\npolicy : " in function.__doc__, name
