"""Ensembles: each member gets the bits that it gets alone, and what is wrong is said before anything is written."""

from __future__ import annotations

import copy
import gc
import itertools
import pickle
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kuramoto as km
from cases import policies, precisions, seeds

Array = npt.NDArray[Any]

COUPLINGS = [km.Sine(), km.Linear(), km.SakaguchiSine(0.3), km.Harmonics([1.0, 0.25])]
PLAIN = [km.Euler, km.Heun, km.RungeKutta4]


def filled(members: int, rows: int, cols: int, dtype: Any, seed: int = 1) -> km.Ensemble:
    """An ensemble without two equal cells."""
    theta = km.Ensemble(members, rows, cols, dtype)
    rng = np.random.default_rng(seed)
    for k in range(members):
        theta[k] = rng.uniform(-3, 3, (rows, cols))
    return theta


def alone(theta: km.Ensemble) -> list[Array]:
    """Copies of the members."""
    return [np.ascontiguousarray(member) for member in theta]


def assert_equal_bits(theta: km.Ensemble, expected: list[Array]) -> None:
    for member, same in zip(theta, expected):
        np.testing.assert_array_equal(np.ascontiguousarray(member).view(np.uint8), same.view(np.uint8))


@given(
    seed=seeds, dtype=precisions, policy=policies, members=st.sampled_from([1, 2, 7, 8, 17, 33]),
    shape=st.sampled_from([(1, 1), (1, 9), (5, 1), (6, 7), (17, 5)]), is_mixed=st.booleans(),
    boundary=st.sampled_from(["zero_flux", "periodic", {"north": km.fixed_phase(0.5), "west": km.fixed_flux(-0.25)}]),
    kind=st.sampled_from(["plain", "noise", "inertia", "inertia and noise", "mean field", "mask", "bonds"]),
)
def test_members_get_the_bits_that_they_get_alone(
    seed: int, dtype: Any, policy: km.Policy, members: int, shape: tuple[int, int], is_mixed: bool, boundary: Any, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    theta = filled(members, *shape, dtype, seed)
    velocity = filled(members, *shape, dtype, seed + 1) if kind.startswith("inertia") else None
    coupling = COUPLINGS[rng.integers(4)]
    plain = PLAIN[rng.integers(3)]

    def model() -> km.Model:
        parts: dict[str, Any] = {}
        if kind == "mean field":
            parts["mean_field"] = km.MeanField(rng.uniform(-1, 1))
        elif kind == "mask":
            parts["mask"] = rng.random(shape) < 0.7
        elif kind == "bonds":
            parts["bonds"] = (rng.uniform(0, 1, shape).astype(dtype), rng.uniform(0, 1, shape).astype(dtype))
        elif velocity is not None:
            parts["inertia"] = km.Inertia(rng.uniform(0.5, 2), rng.uniform(0, 1))
        omega = rng.uniform(-1, 1, shape).astype(dtype)
        f = COUPLINGS[rng.integers(4)] if is_mixed else coupling
        return km.Model(K=rng.uniform(-1, 2), omega=omega, coupling=f, boundary=boundary, **parts)

    def stepper(k: int) -> km.Stepper:
        dt = rng.uniform(0.01, 0.1)
        if kind == "noise":
            return km.LeimkuhlerMatthews(dt, 0.25, seed=k) if plain is km.Heun else km.EulerMaruyama(dt, 0.25, seed=k)
        if kind == "inertia":
            return km.VelocityVerlet(dt)
        if kind == "inertia and noise":
            return km.BAOAB(dt, 0.25, seed=k)
        return (PLAIN[rng.integers(3)] if is_mixed else plain)(dt)

    models = [model() for _ in range(members)]
    steppers = [stepper(k) for k in range(members)]
    expected = alone(theta)
    velocities: list[Any] = [None] * members if velocity is None else [*alone(velocity)]
    for k in range(members):
        km.advance(models[k], expected[k], 7, steppers[k], policy=policy, velocity=velocities[k], first_step=3)
    for first, steps in ((3, 5), (8, 0), (8, 2)):
        theta.advance(models, steps, steppers, policy=policy, velocity=velocity, first_step=first)
    assert_equal_bits(theta, expected)
    if velocity is not None:
        assert_equal_bits(velocity, [same for same in velocities if same is not None])


def test_one_model_and_one_stepper_serve_all_members() -> None:
    theta = filled(5, 4, 6, np.float32)
    expected = alone(theta)
    model = km.Model(K=1.5, omega=0.25)
    theta.advance(model, 9, km.Heun(0.05))
    for member in expected:
        km.advance(model, member, 9, km.Heun(0.05))
    assert_equal_bits(theta, expected)
    theta.advance((model for _ in range(5)), 3, [km.Heun(0.05)] * 5)  # any iterable will do
    for member in expected:
        km.advance(model, member, 3, km.Heun(0.05))
    assert_equal_bits(theta, expected)


def test_long_runs_in_pieces_have_the_bits_of_one() -> None:
    model = km.Model(K=1.0, omega=0.1)
    steppers = [km.EulerMaruyama(0.01, 0.5, seed=k) for k in range(20)]
    theta, same = filled(20, 40, 40, np.float64), filled(20, 40, 40, np.float64)
    seen: list[int] = []
    theta.advance(model, 700, steppers, first_step=5, progress=seen.append)
    same.advance(model, 700, steppers, first_step=5)
    assert sum(seen) == 700 and len(seen) > 1
    assert_equal_bits(theta, alone(same))


def test_a_member_is_a_view_that_keeps_the_ensemble_alive() -> None:
    theta = km.Ensemble(19, 3, 5, np.float32)
    assert (len(theta), theta.shape) == (19, (19, 3, 5)) and theta.dtype == np.float32
    assert repr(theta) == "<ensemble of 19 lattices of 3 x 5, float32>"
    for k in range(19):
        theta[k] = np.full((3, 5), k)
        theta[k][1, 2] = -k
    member = theta[-1]
    assert member.dtype == np.float32 and member.shape == (3, 5) and member.flags.writeable
    together = np.array(list(theta))
    assert together.shape == (19, 3, 5)
    np.testing.assert_array_equal(together[:, 1, 2], -np.arange(19))
    np.testing.assert_array_equal(together[:, 2, 2], np.arange(19))
    del theta
    gc.collect()
    junk = [np.ones((64, 64)) for _ in range(50)]
    assert member[0, 0] == 18 and member[1, 2] == -18 and len(junk) == 50
    km.uniform_phases(member, 3)
    same = np.empty((3, 5), np.float32)
    km.uniform_phases(same, 3)
    np.testing.assert_array_equal(member, same)
    assert km.order_parameter(member).r == km.order_parameter(same).r


@pytest.mark.parametrize("made", [km.Ensemble(2, 3, 4), km.Model(), km.Euler(0.1), km.Fused(), km.MeanField(1.0), km.Sine()])
def test_objects_refuse_copy_and_pickle(made: object) -> None:
    refused = pytest.raises(TypeError, match=f"pickle or copy.*{type(made).__name__}")
    for protocol in range(6):
        with refused:
            pickle.dumps(made, protocol)
    with refused:
        copy.copy(made)
    with refused:
        copy.deepcopy(made)


@pytest.mark.parametrize("shape", [(0, 3, 4), (3, 0, 4), (3, 4, 0)])
def test_nothing_happens_without_cells(shape: tuple[int, int, int]) -> None:
    theta = km.Ensemble(*shape)
    theta.advance(km.Model(), 5, km.Euler(0.1))
    assert theta.shape == shape and theta.dtype == np.float64
    assert [member.shape for member in theta] == [shape[1:]] * shape[0]


def test_what_is_wrong_is_said_before_anything_is_written() -> None:
    theta = filled(3, 4, 5, np.float32)
    before = alone(theta)
    model, euler = km.Model(), km.Euler(0.1)
    heavy = km.Model(inertia=km.Inertia())
    noisy = km.EulerMaruyama(0.1, 0.5)
    calls: list[tuple[type[Exception], str, Any]] = [
        (ValueError, "models.* 2 for 3", lambda: theta.advance([model] * 2, 1, euler)),
        (ValueError, "steppers.* more than 3", lambda: theta.advance(model, 1, [euler] * 4)),
        (TypeError, r"models\[1\].*Model.*float", lambda: theta.advance([model, 1.5, model], 1, euler)),  # type: ignore[list-item]
        (TypeError, "steppers.*str", lambda: theta.advance(model, 1, "euler")),  # type: ignore[arg-type]
        (ValueError, "seed", lambda: theta.advance(model, 1, noisy, first_step=0)),
        (ValueError, "first_step", lambda: theta.advance(model, 1, [noisy] * 3)),
        (ValueError, "member 1.*dt", lambda: theta.advance(model, 1, [euler, km.Euler(-1.0), euler])),
        (ValueError, "member 2.*omega", lambda: theta.advance([model, model, km.Model(omega=np.zeros((4, 6), np.float32))], 1, euler)),
        (TypeError, "float64", lambda: theta.advance(km.Model(omega=np.zeros((4, 5))), 1, euler)),
        (TypeError, "float64", lambda: theta.advance(model, 1, [km.EulerMaruyama(0.1, np.zeros((4, 5)))] * 3, first_step=0)),
        (ValueError, "models.* more than 3", lambda: theta.advance(itertools.repeat(model), 1, euler)),
        (ValueError, "member 2.* first_step", lambda: theta.advance(model, 5, [euler, euler, noisy], first_step=2**56 - 3)),
        (TypeError, "member 1.*float64", lambda: theta.advance([model, km.Model(omega=np.zeros((4, 5))), model], 1, euler)),
        (ValueError, "member 0.*mask", lambda: theta.advance(km.Model(mask=np.ones((4, 4), bool)), 1, euler)),
        (ValueError, "velocity is missing", lambda: theta.advance(heavy, 1, km.VelocityVerlet(0.1))),
        (ValueError, "velocity is given", lambda: theta.advance(model, 1, euler, velocity=km.Ensemble(3, 4, 5, "float32"))),
        (ValueError, r"models\[2\]", lambda: theta.advance([model, model, heavy], 1, euler)),
        (TypeError, "velocity.*ndarray", lambda: theta.advance(heavy, 1, km.VelocityVerlet(0.1), velocity=theta[0])),  # type: ignore[arg-type]
        (TypeError, "velocity.*float64", lambda: theta.advance(heavy, 1, km.VelocityVerlet(0.1), velocity=km.Ensemble(3, 4, 5))),
        (ValueError, "velocity", lambda: theta.advance(heavy, 1, km.VelocityVerlet(0.1), velocity=km.Ensemble(3, 4, 6, "float32"))),
        (ValueError, "velocity", lambda: theta.advance(heavy, 1, km.VelocityVerlet(0.1), velocity=theta)),
        (ValueError, "omega", lambda: theta.advance(km.Model(omega=theta[1]), 1, euler)),
        (ValueError, "steps", lambda: theta.advance(model, -1, euler)),
        (TypeError, "progress", lambda: theta.advance(model, 1, euler, progress=3)),  # type: ignore[arg-type]
        (ValueError, "steps", lambda: theta.advance(model, 2**62, [noisy] * 3, first_step=2**62, progress=print)),
        (ValueError, "inertia", lambda: theta.advance(heavy, 1, euler, velocity=km.Ensemble(3, 4, 5, "float32"))),
    ]
    for error, text, call in calls:
        with pytest.raises(error, match=text):
            call()
        assert_equal_bits(theta, before)


def test_an_ensemble_is_made_of_numbers_that_make_sense() -> None:
    with pytest.raises(ValueError, match="members"):
        km.Ensemble(-1, 2, 3)
    with pytest.raises(ValueError, match="rows"):
        km.Ensemble(1, -2, 3)
    with pytest.raises((ValueError, MemoryError)):
        km.Ensemble(2**40, 2**20, 2**20)
    wrong: list[npt.DTypeLike] = [np.int32, np.float16, ">f4", "complex64"]
    for dtype in wrong:
        with pytest.raises(TypeError, match="dtype"):
            km.Ensemble(1, 2, 3, dtype)
    theta = km.Ensemble(4, 2, 3)
    for k in (4, -5, 2**70):
        with pytest.raises(IndexError):
            theta[k]
    for wrong_index in (slice(0, 2), (0, 1), 1.0, None):
        with pytest.raises(TypeError, match="integer"):
            theta[wrong_index]  # type: ignore[index]
    assert theta[np.int64(2)].shape == (2, 3)
    with pytest.raises(ValueError):
        theta[0] = np.zeros((3, 2))
    unmade = km.Ensemble.__new__(km.Ensemble)
    uses: list[Callable[[km.Ensemble], object]] = [
        len, repr, lambda it: it[0], lambda it: it.advance(km.Model(), 1, km.Euler(0.1))]
    for use in uses:
        with pytest.raises(TypeError, match="__new__|__init__"):
            use(unmade)


def test_ctrl_c_ends_a_long_run_between_steps() -> None:
    theta, same = filled(64, 64, 64, np.float64), filled(64, 64, 64, np.float64)
    model, stepper = km.Model(K=1.0), km.RungeKutta4(0.01)
    timer = threading.Timer(0.4, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT))
    timer.start()
    begin = time.monotonic()
    with pytest.raises(km.Interrupted) as caught:
        theta.advance(model, 10**9, stepper)
    assert time.monotonic() - begin < 60
    timer.join()
    steps = caught.value.steps_done
    assert 0 < steps < 10**9
    same.advance(model, steps, stepper)
    assert_equal_bits(theta, alone(same))


@given(seed=seeds, dtype=precisions, policy=policies, has_inertia=st.booleans(), is_chosen=st.booleans())
def test_members_are_integrated_as_each_alone(
    seed: int, dtype: Any, policy: km.Policy, has_inertia: bool, is_chosen: bool
) -> None:
    rng = np.random.default_rng(seed)
    count, shape = 21, (5, 4)
    theta, velocity = filled(count, *shape, dtype, seed), filled(count, *shape, dtype, seed + 1) if has_inertia else None
    inertia = km.Inertia(1.5, 0.5) if has_inertia else None
    models = [
        km.Model(K=rng.uniform(0, 2), omega=rng.uniform(-1, 1, shape).astype(dtype), coupling=COUPLINGS[k % 4], inertia=inertia)
        for k in range(count)
    ]
    methods = [km.DormandPrince54(10 ** rng.uniform(-6, -3)) for _ in range(count)]
    members = rng.random(count) < 0.6 if is_chosen else np.ones(count, bool)
    expected = alone(theta)
    velocities: list[Any] = [None] * count if velocity is None else [*alone(velocity)]
    reports = theta.integrate(
        models, 0.7, methods, policy=policy, velocity=velocity, members=members if is_chosen else None)
    for k, report in enumerate(reports):
        same = km.integrate(models[k], expected[k], 0.7, methods[k], policy=policy, velocity=velocities[k]) if members[k] else None
        assert report.accepted == (0 if same is None else same.accepted) and (report.accepted > 0) == members[k]
        assert report.next_dt == (0 if same is None else same.next_dt)
    assert len(reports) == count
    assert_equal_bits(theta, expected)
    if velocity is not None:
        assert_equal_bits(velocity, [same for same in velocities if same is not None])


def test_one_method_integrates_all_members_and_shows_progress(capfd: pytest.CaptureFixture[str]) -> None:
    theta = filled(300, 2, 3, np.float64)
    seen: list[int] = []
    members = np.arange(300) % 3 > 0
    theta.integrate(km.Model(), 1.5, policy=km.Fused(), progress=seen.append, members=members)
    assert sum(seen) == 200 and len(seen) > 1
    theta.integrate(km.Model(), 0.5, progress=True)
    assert "300" in capfd.readouterr().err
    theta[250] = np.full((2, 3), np.nan)
    with pytest.raises(RuntimeError, match="member 250"):
        theta.integrate(km.Model(), 0.5, policy=km.Fused(), progress=True)
    assert capfd.readouterr().err.endswith("\n")  # the bar has ended
    assert km.Ensemble(0, 2, 3).integrate(km.Model(), 1.0, progress=seen.append) == [] and sum(seen) == 200
    assert [report.accepted for report in km.Ensemble(2, 0, 3).integrate(km.Model(), 1.0)] == [0, 0]


def test_what_is_wrong_with_an_integration_changes_nothing() -> None:
    theta, velocity = filled(60, 3, 4, np.float64), filled(60, 3, 4, np.float64, 2)
    before, velocities = alone(theta), alone(velocity)
    model, heavy, usual = km.Model(), km.Model(inertia=km.Inertia()), km.DormandPrince54()
    short = [*[usual] * 58, km.DormandPrince54(max_steps=2), usual]

    def stopping(_: int) -> None:
        raise ZeroDivisionError

    calls: list[tuple[type[Exception], str, Any]] = [
        (ValueError, "duration.*-1", lambda: theta.integrate(model, -1.0)),
        (ValueError, "duration", lambda: km.Ensemble(0, 3, 4).integrate(model, float("nan"))),
        (ValueError, "duration", lambda: theta.integrate(model, -1.0, members=np.zeros(60, bool))),
        (ValueError, "methods.* 2 for 60", lambda: theta.integrate(model, 1.0, [usual] * 2)),
        (TypeError, r"methods\[1\].*DormandPrince54.*Euler",
         lambda: theta.integrate(model, 1.0, [usual, km.Euler(0.1), *[usual] * 58])),  # type: ignore[list-item]
        (TypeError, "methods.*Euler", lambda: theta.integrate(model, 1.0, km.Euler(0.1))),  # type: ignore[arg-type]
        (ValueError, "member 3.*max_dt", lambda: theta.integrate(model, 1.0, [*[usual] * 3, km.DormandPrince54(max_dt=-1), *[usual] * 56])),
        (RuntimeError, "member 58.*max_steps", lambda: theta.integrate(model, 30.0, short)),
        (RuntimeError, "member 58.*max_steps", lambda: theta.integrate(heavy, 30.0, short, velocity=velocity)),
        (ValueError, "member 0.*omega", lambda: theta.integrate(km.Model(omega=theta[1]), 1.0)),
        (ValueError, "velocity is missing", lambda: theta.integrate(heavy, 1.0)),
        (ValueError, "velocity", lambda: theta.integrate(heavy, 1.0, velocity=theta)),
        (ValueError, "velocity", lambda: theta.integrate(heavy, 1.0, velocity=km.Ensemble(60, 4, 3))),
        (ValueError, "members", lambda: theta.integrate(model, 1.0, members=np.ones(59, bool))),
        (TypeError, "progress", lambda: theta.integrate(model, 1.0, progress=3)),  # type: ignore[arg-type]
        (ZeroDivisionError, "", lambda: theta.integrate(model, 1.0, progress=stopping)),
    ]
    for error, text, call in calls:
        with pytest.raises(error, match=text):
            call()
        assert_equal_bits(theta, before)
        assert_equal_bits(velocity, velocities)


def test_ctrl_c_leaves_an_integration_behind() -> None:
    theta = filled(5000, 16, 16, np.float64)
    before = alone(theta)
    timer = threading.Timer(0.4, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT))
    timer.start()
    begin = time.monotonic()
    with pytest.raises(km.Interrupted) as caught:
        theta.integrate(km.Model(K=1.0), 200.0, km.DormandPrince54(max_dt=0.05, max_steps=10**9))
    assert time.monotonic() - begin < 60 and caught.value.steps_done == 0
    timer.join()
    assert_equal_bits(theta, before)


def test_members_that_do_not_advance_keep_their_phases() -> None:
    theta = filled(37, 5, 7, np.float32)
    velocity = filled(37, 5, 7, np.float32, 2)
    models = [km.Model(K=1.0 + k, inertia=km.Inertia(1.0, 0.5)) for k in range(37)]
    steppers = [km.BAOAB(0.05, 0.25, seed=k) for k in range(37)]
    expected, velocities = alone(theta), alone(velocity)
    chosen = np.arange(37) % 3 != 1
    for k in np.flatnonzero(chosen):
        km.advance(models[k], expected[k], 8, steppers[k], velocity=velocities[k], first_step=2)
    theta.advance(models, 8, steppers, velocity=velocity, first_step=2, members=chosen)
    assert_equal_bits(theta, expected)
    assert_equal_bits(velocity, velocities)
    theta.advance(models, 8, steppers, velocity=velocity, first_step=10, members=[False] * 37)
    assert_equal_bits(theta, expected)
    wrong: list[tuple[type[Exception], str, Any]] = [
        (ValueError, "members.*36", np.ones(36, bool)),
        (ValueError, "members", np.ones((37, 1), bool)),
        (TypeError, "members.*int", np.arange(37)),
        (TypeError, "members.*str", "all"),
    ]
    for error, text, members in wrong:
        with pytest.raises(error, match=text):
            theta.advance(models, 8, steppers, velocity=velocity, first_step=10, members=members)
    # What is wrong with a member that does not advance is wrong, too.
    with pytest.raises(ValueError, match="member 1.*dt"):
        theta.advance(models, 8, [steppers[0], km.BAOAB(-0.05, 0.25), *steppers[2:]], velocity=velocity, first_step=10, members=chosen)
    assert_equal_bits(theta, expected)


@given(
    seed=seeds, dtype=precisions, policy=policies, members=st.sampled_from([1, 7, 16, 35]), every=st.sampled_from([1, 3, 5, 100]),
    kind=st.sampled_from(["plain", "noise", "inertia", "mean field"]),
)
def test_an_observer_stops_members_one_by_one(
    seed: int, dtype: Any, policy: km.Policy, members: int, every: int, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    theta = filled(members, 4, 6, dtype, seed)
    velocity = filled(members, 4, 6, dtype, seed + 1) if kind == "inertia" else None
    parts: dict[str, Any] = {"inertia": km.Inertia()} if velocity is not None else {}
    if kind == "mean field":
        parts["mean_field"] = km.MeanField(0.5)
    models = [km.Model(K=rng.uniform(0, 2), **parts) for _ in range(members)]
    steppers: list[km.Stepper] = [
        km.EulerMaruyama(0.05, 0.2, seed=k) if kind == "noise"
        else km.VelocityVerlet(0.05) if velocity is not None
        else km.Euler(0.05)
        for k in range(members)
    ]
    first = 4 if kind == "noise" else None
    offset = first or 0
    stops = rng.integers(0, 20, members)
    expected = alone(theta)
    velocities: list[Any] = [None] * members if velocity is None else [*alone(velocity)]
    seen: list[list[int]] = [[] for _ in range(members)]

    def observer(k: int, step: int, *arrays: Array) -> bool:
        seen[k].append(step - offset)
        assert len(arrays) == (1 if velocity is None else 2) and not any(array.flags.writeable for array in arrays)
        np.testing.assert_array_equal(arrays[0], theta[k])
        return bool(step - offset < stops[k])

    done = km.advance_observed(
        theta, iter(models), 12, (stepper for stepper in steppers), observer,
        every=every, policy=policy, velocity=velocity, first_step=first)
    for k in range(members):
        pauses = [*range(0, 12, every), 12]
        assert seen[k] == [pause for i, pause in enumerate(pauses) if i == 0 or pauses[i - 1] < stops[k]]
        assert done[k] == seen[k][-1]
        km.advance(models[k], expected[k], int(done[k]), steppers[k], policy=policy, velocity=velocities[k], first_step=first)
    assert_equal_bits(theta, expected)


def test_an_observer_without_an_answer_sees_every_member_to_the_end() -> None:
    theta = filled(3, 4, 5, np.float64)
    seen: list[tuple[int, int]] = []
    counted: list[int] = []
    done = km.advance_observed(
        theta, km.Model(), 10, km.Euler(0.1), lambda k, step, phases: seen.append((k, step)), every=4, progress=counted.append)
    assert seen == [(k, step) for step in (0, 4, 8, 10) for k in range(3)]
    assert done.dtype == np.int64 and done.tolist() == [10, 10, 10] and sum(counted) == 10
    assert km.advance_observed(theta, km.Model(), 0, km.Euler(0.1), lambda *_: None).tolist() == [0, 0, 0]
    assert km.advance_observed(theta, km.Model(), 2**63 - 1, km.Euler(0.1), lambda *_: False).tolist() == [0, 0, 0]
    assert km.advance_observed(km.Ensemble(0, 4, 5), km.Model(), 9, km.Euler(0.1), lambda *_: None).shape == (0,)


def test_an_observed_run_says_what_is_wrong_before_anything_is_observed() -> None:
    theta = filled(3, 4, 5, np.float32)
    before = alone(theta)
    model, euler = km.Model(), km.Euler(0.1)
    noisy = [km.EulerMaruyama(0.1, 0.5, seed=k) for k in range(3)]

    def never(*_: object) -> None:
        raise AssertionError("observed")

    calls: list[tuple[type[Exception], str, Any]] = [
        (TypeError, "observer.*int", lambda: km.advance_observed(theta, model, 1, euler, 3)),  # type: ignore[arg-type]
        (TypeError, "theta.*ndarray", lambda: km.advance_observed(theta[0], model, 1, euler, never)),  # type: ignore[arg-type]
        (ValueError, "every.* 0", lambda: km.advance_observed(theta, model, 1, euler, never, every=0)),
        (ValueError, "steps.* -1", lambda: km.advance_observed(theta, model, -1, euler, never)),
        (TypeError, "steps.*float", lambda: km.advance_observed(theta, model, 1.0, euler, never)),  # type: ignore[arg-type]
        (TypeError, "progress.*int", lambda: km.advance_observed(theta, model, 1, euler, never, progress=3)),  # type: ignore[arg-type]
        (ValueError, "first_step is missing", lambda: km.advance_observed(theta, model, 1, noisy, never)),
        (ValueError, r"member 0: first_step \+ steps.*\+ 9", lambda: km.advance_observed(theta, model, 9, noisy, never, first_step=2**56 - 3)),
        (ValueError, r"first_step \+ steps", lambda: km.advance_observed(theta, model, 2**62, euler, never, first_step=2**62)),
        (ValueError, "models.* more than 3", lambda: km.advance_observed(theta, itertools.repeat(model), 1, euler, never)),
        (TypeError, "steppers.*str", lambda: km.advance_observed(theta, model, 1, "euler", never)),  # type: ignore[arg-type]
        (ValueError, "member 1.*dt", lambda: km.advance_observed(theta, model, 1, [euler, km.Euler(-1.0), euler], never)),
        (ValueError, "velocity is missing", lambda: km.advance_observed(theta, km.Model(inertia=km.Inertia()), 1, km.VelocityVerlet(0.1), never)),
    ]
    for error, text, call in calls:
        with pytest.raises(error, match=text):
            call()
        assert_equal_bits(theta, before)


def test_an_observed_run_that_ends_early_is_valid_where_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    theta, same = filled(20, 64, 64, np.float64), filled(20, 64, 64, np.float64)
    model, stepper = km.Model(K=1.0), km.RungeKutta4(0.01)

    def fails_at_6(k: int, step: int, phases: Array) -> bool:
        if step == 6 and k == 3:
            raise RuntimeError("seen enough")
        return k % 2 == 1

    with pytest.raises(RuntimeError, match="seen enough"):
        km.advance_observed(theta, model, 100, stepper, fails_at_6, every=2, progress=True)
    assert "100" in capsys.readouterr().err
    for k in range(1, 20, 2):
        km.advance(model, same[k], 6, stepper)
    assert_equal_bits(theta, alone(same))

    timer = threading.Timer(0.4, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT))
    timer.start()
    with pytest.raises(km.Interrupted) as caught:
        km.advance_observed(theta, model, 10**9, stepper, lambda k, *_: k % 2 == 1, every=10**8)
    timer.join()
    steps = caught.value.steps_done
    assert 0 < steps < 10**9 and str(steps) in str(caught.value)
    for k in range(1, 20, 2):
        km.advance(model, same[k], steps, stepper)
    assert_equal_bits(theta, alone(same))
