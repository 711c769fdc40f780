"""The lock of the interpreter is released, threads work side by side, and Ctrl-C stops a run."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto

Array = npt.NDArray[Any]


def phases(rows: int = 64, cols: int = 80) -> Array:
    return np.random.default_rng(1).uniform(0, 6, (rows, cols))


@contextmanager
def interrupt_after(seconds: float) -> Iterator[None]:
    """Sends the signal of Ctrl-C once."""
    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def steps_for(seconds: float, run: Callable[[int], None]) -> int:
    """About how many steps take so long."""
    steps = 16
    while True:
        begin = time.perf_counter()
        run(steps)
        taken = time.perf_counter() - begin
        if taken > 0.02:
            return max(1, int(steps * seconds / taken))
        steps *= 4


@pytest.mark.parametrize("policy", [kuramoto.Fused(), kuramoto.OpenMP(2), kuramoto.Threads(2), kuramoto.Serial()])
def test_two_threads_advance_two_lattices(policy: Any) -> None:
    model = kuramoto.Model(K=2.0, omega=np.full((64, 80), 0.1))
    thetas = [phases(), phases() + 1.0]
    expected = [theta.copy() for theta in thetas]
    for theta in expected:
        kuramoto.advance(model, theta, 400, kuramoto.Euler(0.1), policy=policy)

    def work(theta: Array) -> None:
        for _ in range(4):
            kuramoto.advance(model, theta, 100, kuramoto.Euler(0.1), policy=policy)

    threads = [threading.Thread(target=work, args=(theta,)) for theta in thetas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for theta, other in zip(thetas, expected):
        assert np.array_equal(theta, other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_threads_work_in_a_forked_child() -> None:
    model = kuramoto.Model(K=2.0)
    policy = kuramoto.Threads(2, min_cells_per_thread=1)
    expected = phases()
    kuramoto.advance(model, expected, 30, kuramoto.Euler(0.1), policy=policy)
    child = os.fork()
    if child == 0:
        theta = phases()
        kuramoto.advance(model, theta, 30, kuramoto.Euler(0.1), policy=policy)
        os._exit(0 if np.array_equal(theta, expected) else 1)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail("the child hangs")
    assert os.waitstatus_to_exitcode(status) == 0


def test_threads_make_models_at_the_same_time() -> None:
    """A model prepares itself when it is used first: by several threads at once, too."""
    expected = phases()
    kuramoto.advance(kuramoto.Model(mask=expected > 1), expected, 3, kuramoto.Euler(0.1))
    for _ in range(20):
        theta = phases()
        model = kuramoto.Model(mask=theta > 1)
        thetas = [phases() for _ in range(4)]
        threads = [
            threading.Thread(target=kuramoto.advance, args=(model, own, 3, kuramoto.Euler(0.1))) for own in thetas
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(np.array_equal(own, expected) for own in thetas)


@pytest.mark.parametrize("name", ["advance", "integrate", "rate", "correlation"])
def test_the_lock_is_released(name: str) -> None:
    theta = phases(700, 700)
    out = np.empty_like(theta)
    one = kuramoto.Fused()
    calls: dict[str, Callable[[], Any]] = {
        "advance": lambda: kuramoto.advance(kuramoto.Model(), theta, 60, kuramoto.Euler(0.1), policy=one),
        "integrate": lambda: kuramoto.integrate(kuramoto.Model(), theta, 0.5, policy=one),
        "rate": lambda: [kuramoto.rate(kuramoto.Model(), theta, out, policy=one) for _ in range(20)],
        "correlation": lambda: kuramoto.correlation("periodic", theta, 200, policy=one),
    }
    ticks: list[float] = []
    is_done = threading.Event()

    def tick() -> None:
        while not is_done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.0005)

    thread = threading.Thread(target=tick)
    thread.start()
    begin = time.perf_counter()
    calls[name]()
    end = time.perf_counter()
    is_done.set()
    thread.join()
    within = [moment for moment in ticks if begin <= moment <= end]
    assert end - begin > 0.01
    assert len(within) > 3  # with the lock held, at most the ticks at both ends


@pytest.mark.parametrize("make", [phases, lambda: phases().astype(np.float32).T])
def test_interrupts_stop_advance_at_a_known_step(make: Callable[[], Array]) -> None:
    theta, expected = make(), make()
    model = kuramoto.Model(K=1.0)
    noise = kuramoto.EulerMaruyama(0.05, 0.1, seed=3)
    with interrupt_after(0.15):
        begin = time.perf_counter()
        with pytest.raises(kuramoto.Interrupted) as raised:
            kuramoto.advance(model, theta, 10**9, noise, first_step=5)
        taken = time.perf_counter() - begin
    steps = raised.value.steps_done
    assert isinstance(raised.value, KeyboardInterrupt)
    assert 0 < steps < 10**9
    assert taken < 0.15 + 3  # 0.2 s where nothing else runs
    kuramoto.advance(model, expected, steps, noise, first_step=5)
    assert np.array_equal(theta, expected)


@pytest.mark.parametrize(
    ("shape", "model", "stepper"),
    [
        ((2, 2), {"coupling": None, "mean_field": kuramoto.MeanField(1.0)}, kuramoto.RungeKutta4(0.05)),
        ((1000, 1000), {}, kuramoto.EulerMaruyama(0.05, 0.1)),
    ],
)
def test_interrupts_wait_for_no_long_first_piece(shape: tuple[int, int], model: dict[str, Any], stepper: Any) -> None:
    theta = np.zeros(shape)
    with interrupt_after(0.02), pytest.raises(kuramoto.Interrupted):
        begin = time.perf_counter()
        kuramoto.advance(kuramoto.Model(**model), theta, 10**9, stepper, first_step=0)
    assert time.perf_counter() - begin < 0.02 + 0.5  # 0.2 s where nothing else runs


def test_interrupts_leave_the_state_of_integrate() -> None:
    theta = phases()
    before = theta.copy()
    with interrupt_after(0.15):
        begin = time.perf_counter()
        with pytest.raises(kuramoto.Interrupted):
            kuramoto.integrate(kuramoto.Model(), theta, 1e9, kuramoto.DormandPrince54(max_dt=0.01, max_steps=10**9))
        assert time.perf_counter() - begin < 0.15 + 3
    assert np.array_equal(theta, before)


def test_an_exception_of_a_signal_handler_is_passed_on() -> None:
    class Alarm(Exception):
        pass

    def ring(_number: int, _frame: Any) -> None:
        raise Alarm

    theta, expected = phases(), phases()
    former = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.15)
        with pytest.raises(Alarm) as raised:
            kuramoto.advance(kuramoto.Model(), theta, 10**9, kuramoto.Euler(0.1))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    kuramoto.advance(kuramoto.Model(), expected, raised.value.steps_done, kuramoto.Euler(0.1))  # type: ignore
    assert np.array_equal(theta, expected)


def test_progress_counts_all_steps() -> None:
    counts: list[int] = []
    theta = phases()
    steps = steps_for(0.3, lambda n: kuramoto.advance(kuramoto.Model(), theta, n, kuramoto.Euler(0.1)))
    kuramoto.advance(kuramoto.Model(), theta, steps, kuramoto.Euler(0.1), progress=counts.append)
    assert sum(counts) == steps
    assert len(counts) > 1


def test_an_exception_of_progress_says_how_far_the_state_is() -> None:
    counts: list[int] = []

    def count(steps: int) -> None:
        counts.append(steps)
        if len(counts) == 3:
            raise RuntimeError("from progress")

    theta, expected = phases(), phases()
    with pytest.raises(RuntimeError, match="from progress") as raised:
        kuramoto.advance(kuramoto.Model(), theta, 10**9, kuramoto.Euler(0.1), progress=count)
    assert raised.value.steps_done == sum(counts)  # type: ignore[attr-defined]
    kuramoto.advance(kuramoto.Model(), expected, sum(counts), kuramoto.Euler(0.1))
    assert np.array_equal(theta, expected)


def test_an_interrupt_in_progress_says_how_far_the_state_is() -> None:
    theta, expected = phases(), phases()
    with pytest.raises(kuramoto.Interrupted) as raised:
        kuramoto.advance(
            kuramoto.Model(),
            theta,
            10**9,
            kuramoto.Euler(0.1),
            progress=lambda _: signal.raise_signal(signal.SIGINT),
        )
    kuramoto.advance(kuramoto.Model(), expected, raised.value.steps_done, kuramoto.Euler(0.1))
    assert np.array_equal(theta, expected)


@pytest.mark.parametrize("every", [0, 7])
@pytest.mark.parametrize("delay", [0.05, 0.0613, 0.0727])
def test_interrupts_leave_simulations_at_their_step(every: int, delay: float) -> None:
    model = kuramoto.Model(K=1.0)
    simulation = kuramoto.Simulation(model, phases(), kuramoto.Euler(0.1))
    observer = (lambda _: None) if every > 0 else None
    with interrupt_after(delay), pytest.raises(KeyboardInterrupt):
        simulation.run(10**12, every, observer)
    expected = phases()
    kuramoto.advance(model, expected, simulation.step, kuramoto.Euler(0.1))
    assert np.array_equal(simulation.theta, expected)
    assert simulation.time == simulation.step * 0.1
    simulation.run(3)
    kuramoto.advance(model, expected, 3, kuramoto.Euler(0.1))
    assert np.array_equal(simulation.theta, expected)
