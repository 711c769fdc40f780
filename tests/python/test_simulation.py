"""Simulation: the meaning of Simulation in C++, and what is Python's own."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kuramoto
import kuramoto.simulation

Array = npt.NDArray[Any]
MODEL = kuramoto.Model(K=1.0, omega=0.3)


def phases(precision: Any = np.float64) -> Array:
    return np.random.default_rng(1).uniform(0, 6, (7, 9)).astype(precision)


def simulation(stepper: Any = None, **options: Any) -> kuramoto.Simulation:
    return kuramoto.Simulation(MODEL, phases(), stepper or kuramoto.Euler(0.1), **options)


def pauses(of: kuramoto.Simulation, amount: float, every: float) -> list[float]:
    seen: list[float] = []
    of.run(amount, every, lambda s: seen.append(s.time if s.is_adaptive else s.step))
    return seen


@given(st.lists(st.integers(0, 30), max_size=4), st.integers(0, 12), st.sampled_from([np.float32, np.float64]))
def test_a_run_in_pieces_gives_the_bits_of_one_call(pieces: list[int], every: int, precision: Any) -> None:
    noise = kuramoto.LeimkuhlerMatthews(0.05, 0.1, seed=4)
    theta = phases(precision)
    run = kuramoto.Simulation(MODEL, theta, noise, step=3)
    seen: list[int] = []
    for steps in pieces:
        assert run.run(steps, every, lambda s: seen.append(s.step)) == steps
    expected = phases(precision)
    kuramoto.advance(MODEL, expected, sum(pieces), noise, first_step=3)
    assert np.array_equal(run.theta, expected)
    assert run.step == 3 + sum(pieces)
    ends = set(itertools.accumulate(pieces, initial=3))
    if not pieces or pieces[0] > 0:
        ends.remove(3)  # only a run without steps shows where it begins
    multiples = {n for n in range(4, run.step + 1) if every > 0 and n % every == 0}
    assert seen == sorted(ends | multiples)
    assert np.array_equal(theta, phases(precision))


def test_pauses() -> None:
    assert pauses(simulation(), 25, 10) == [0, 10, 20, 25]
    assert pauses(simulation(), 20, 10) == [0, 10, 20]
    assert pauses(simulation(), 5, 0) == [5]
    assert pauses(simulation(step=7), 25, 10) == [10, 20, 30, 32]
    assert pauses(simulation(), 0, 10) == [0]
    both = simulation()
    assert pauses(both, 15, 10) + pauses(both, 15, 10) == [0, 10, 15, 20, 30]
    assert pauses(both, 0, 10) == []


def test_pauses_leave_nothing_behind() -> None:
    run = simulation()
    for _ in itertools.islice(run, 100):
        assert len(run._progress._counts) < 5  # type: ignore[union-attr]
    run.run(100, 1, lambda s: True)
    assert len(run._progress._counts) < 5  # type: ignore[union-attr]


def test_time_is_no_running_sum() -> None:
    run = simulation(kuramoto.Euler(0.1), time=2.5)
    for _ in range(30):
        run.run(1)
    assert run.time == 2.5 + 30 * 0.1
    assert run.dt == 0.1
    assert not run.is_adaptive


def test_observers_stop_a_run() -> None:
    run = simulation()
    assert run.run(100, 10, lambda s: s.step < 30) == 30
    assert run.step == 30
    assert run.run(100, 10, lambda s: None) == 100
    assert run.run(100, 10, lambda s: np.bool_(False)) == 10
    assert run.run(3, 0, lambda s: 1) == 3


def test_an_observer_that_raises_sees_the_state_again() -> None:
    run = simulation()
    seen = []

    def look(s: kuramoto.Simulation) -> None:
        seen.append(s.step)
        if len(seen) == 2:
            raise RuntimeError("from the observer")

    with pytest.raises(RuntimeError, match="from the observer"):
        run.run(30, 10, look)
    assert run.step == 10
    run.run(0, 0, look)
    run.run(20, 10, look)
    assert seen == [0, 10, 10, 20, 30]


def test_views_are_read_only_and_follow_the_run() -> None:
    run = simulation()
    view = run.theta
    before = view.copy()
    run.run(3)
    assert not np.array_equal(view, before)
    assert run.theta is view
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 1
    with pytest.raises(ValueError):
        view.flags.writeable = True
    assert run.velocity is None


def test_the_phases_are_a_copy_and_the_model_is_not() -> None:
    theta, omega = phases(), np.zeros((7, 9))
    run = kuramoto.Simulation(kuramoto.Model(K=0.0, omega=omega), theta[:, ::-1], kuramoto.Euler(0.5))
    theta[...] = 0
    omega[...] = 2
    run.run(1)
    assert np.array_equal(run.theta, phases()[:, ::-1] + 1)


def test_inertia() -> None:
    model = kuramoto.Model(inertia=kuramoto.Inertia(2.0, 0.1))
    stepper = kuramoto.BAOAB(0.05, 0.3, seed=2)
    velocity = phases() / 10
    run = kuramoto.Simulation(model, phases(), stepper, velocity=velocity)
    for frame in run.frames(20, 7):
        assert frame.velocity is not None
    theta, expected = phases(), velocity.copy()
    kuramoto.advance(model, theta, 20, stepper, velocity=expected, first_step=0)
    assert run.velocity is not None
    assert np.array_equal(run.theta, theta)
    assert np.array_equal(run.velocity, expected)
    assert np.array_equal(velocity, phases() / 10)
    with pytest.raises(ValueError, match="read-only"):
        run.velocity[0, 0] = 1


def test_frames_are_copies_and_can_be_kept() -> None:
    frames = list(simulation().frames(25, 10))
    assert [frame.step for frame in frames] == [0, 10, 20, 25]
    assert [frame.time for frame in frames] == [0.0, 10 * 0.1, 20 * 0.1, 25 * 0.1]
    assert np.array_equal(frames[0].theta, phases())
    for frame in frames:
        expected = phases()
        kuramoto.advance(MODEL, expected, frame.step, kuramoto.Euler(0.1))
        assert np.array_equal(frame.theta, expected)
    run = simulation()
    assert [frame.step for frame in itertools.islice(run, 4)] == [0, 1, 2, 3]
    assert run.step == 3
    assert [frame.step for frame in itertools.islice(run.frames(every=5), 2)] == [5, 10]


def test_what_is_no_run() -> None:
    run = simulation()
    with pytest.raises(TypeError, match="a duration is for DormandPrince54"):
        run.run(2.0)
    with pytest.raises(ValueError, match="steps must not be negative"):
        run.run(-1)
    with pytest.raises(ValueError, match="every"):
        run.run(1, -1, lambda s: None)
    with pytest.raises(TypeError, match="every"):
        run.run(1, 0.5, lambda s: None)
    with pytest.raises(ValueError, match="observer"):
        run.run(1, 5)
    with pytest.raises(ValueError, match="every"):
        run.frames(every=0)
    with pytest.raises(ValueError, match="overflow"):
        simulation(step=2**62).run(2**62)
    assert run.step == 0
    assert np.array_equal(run.theta, phases())


def test_what_is_no_simulation() -> None:
    with pytest.raises(ValueError, match="dt = 0.3 is beyond the stable time step 0.25"):
        simulation(kuramoto.Euler(0.3))
    assert simulation(kuramoto.Euler(0.3), check_stability=False).run(1) == 1
    assert simulation(kuramoto.RungeKutta4(0.34)).run(1) == 1
    with pytest.raises(ValueError, match="time"):
        simulation(time=np.inf)
    with pytest.raises(ValueError, match="step"):
        simulation(step=-1)
    with pytest.raises(ValueError, match="velocity"):
        simulation(velocity=phases())
    with pytest.raises(ValueError, match="inertia"):
        simulation(kuramoto.VelocityVerlet(0.1))
    with pytest.raises(TypeError, match="stepper must be a Stepper or DormandPrince54"):
        simulation("euler")
    unfit: list[Any] = [phases().astype(int), phases().astype(np.float16), "phases", [[None]]]
    for theta in unfit:
        with pytest.raises(TypeError, match="theta"):
            kuramoto.Simulation(MODEL, theta, kuramoto.Euler(0.1))
    with pytest.raises(ValueError, match="theta"):
        kuramoto.Simulation(MODEL, phases()[0], kuramoto.Euler(0.1))


def test_adaptive_runs_are_durations() -> None:
    run = simulation(kuramoto.DormandPrince54())
    assert run.is_adaptive
    assert pauses(run, 2.5, 1.0) == [0.0, 1.0, 2.0, 2.5]
    assert pauses(run, 1.0, 0.5) == [3.0, 3.5]
    assert run.time == 3.5
    with pytest.raises(AttributeError, match="initial_dt"):
        run.dt  # noqa: B018
    with pytest.raises(ValueError, match="duration"):
        run.run(-1.0)
    with pytest.raises(ValueError, match="every = 1e-300 is too short"):
        run.run(1.0, 1e-300, lambda s: None)
    frames = list(run.frames(1.0, 0.25))
    assert [frame.time for frame in frames] == [3.75, 4.0, 4.25, 4.5]


def test_adaptive_runs_continue_with_the_proposed_step() -> None:
    run = simulation(kuramoto.DormandPrince54())
    theta = phases()
    report = run.run(2.0)
    first = kuramoto.integrate(MODEL, theta, 2.0)
    assert np.array_equal(run.theta, theta)
    assert isinstance(report, kuramoto.RunReport)
    assert (report.accepted, report.min_dt, report.max_dt) == (first.accepted, first.min_dt, first.max_dt)
    assert isinstance(run.stepper, kuramoto.DormandPrince54)
    assert run.stepper.initial_dt == first.next_dt
    assert run.step == first.accepted
    second = kuramoto.integrate(MODEL, theta, 1.0, kuramoto.DormandPrince54(initial_dt=first.next_dt))
    report = run.run(1.0)
    assert isinstance(report, kuramoto.RunReport)
    assert np.array_equal(run.theta, theta)
    assert report.accepted == second.accepted
    assert run.step == first.accepted + second.accepted


def test_adaptive_reports_add_up() -> None:
    run = simulation(kuramoto.DormandPrince54())
    report = run.run(3.0, 0.5, lambda s: None)
    assert isinstance(report, kuramoto.RunReport)
    assert report.accepted == run.step
    assert report.evaluations >= 6 * report.accepted
    assert 0 < report.min_dt <= report.max_dt <= 0.5


def test_a_run_is_resumed() -> None:
    noise = kuramoto.EulerMaruyama(0.1, 0.1, seed=9)
    whole, first = simulation(noise, time=1.0), simulation(noise, time=1.0)
    whole.run(20)
    first.run(12)
    second = kuramoto.Simulation(MODEL, first.theta, noise, time=1.0, step=first.step)
    second.run(8)
    assert np.array_equal(second.theta, whole.theta)
    assert (second.step, second.time) == (whole.step, whole.time)


@pytest.mark.parametrize("has_tqdm", [True, False])
@pytest.mark.parametrize("stepper", [kuramoto.Euler(0.1), kuramoto.DormandPrince54()])
def test_progress(has_tqdm: bool, stepper: Any, capsys: Any, monkeypatch: Any) -> None:
    if has_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setattr(kuramoto.simulation, "tqdm_bar", lambda *_: None)
    shown, silent = simulation(stepper), simulation(stepper)
    shown.run(50, 7, lambda s: None, progress=True)
    text = capsys.readouterr()
    assert text.out == ""
    assert "50" in text.err and "100" in text.err
    silent.run(50, 7, lambda s: None)
    assert capsys.readouterr().err == ""
    assert np.array_equal(shown.theta, silent.theta)
    shown.run(0, progress=True)


def test_progress_cuts_long_runs_without_changing_bits(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(kuramoto.simulation._Bar, "_PATIENCE", 1e-4)
    shown, silent = simulation(), simulation()
    assert shown.run(20_001, progress=True) == 20_001
    silent.run(20_001)
    assert np.array_equal(shown.theta, silent.theta)


def test_repr() -> None:
    assert repr(simulation(step=3)) == "<Simulation of 7 x 9 cells of float64 at step 3, time 0.30000000000000004>"


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_lattices_without_cells(shape: tuple[int, int]) -> None:
    run = kuramoto.Simulation(MODEL, np.zeros(shape, np.float32), kuramoto.Euler(0.1))
    assert run.run(5, 2, lambda s: None) == 5
    assert run.theta.shape == shape


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_advance_shows_a_bar(has_tqdm: bool, capsys: Any, monkeypatch: Any) -> None:
    if has_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setattr("kuramoto.progress.tqdm_bar", lambda *_: None)
    theta = np.zeros((40, 50))
    kuramoto.advance(kuramoto.Model(K=1.0, omega=0.5), theta, 64, kuramoto.Euler(0.125), progress=True)
    assert np.all(theta == 4.0)
    assert "64" in capsys.readouterr().err
    before = theta.copy()
    with pytest.raises(TypeError, match="progress"):
        unfit: Any = 3
        kuramoto.advance(kuramoto.Model(K=1.0), theta, 64, kuramoto.Euler(0.125), progress=unfit)
    np.testing.assert_array_equal(theta, before)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_copies_are_refused(copied: Any) -> None:
    """A shallow copy would share the phases, but not the step."""
    for uncopyable in (simulation(), MODEL, kuramoto.Euler(0.1), kuramoto.OpenMP(), kuramoto.MeanField(1.0)):
        with pytest.raises(TypeError, match=type(uncopyable).__name__):
            copied(uncopyable)
