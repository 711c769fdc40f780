"""Simulation: a model, its state and a stepper, that knows its step and time; run with an observer."""

from __future__ import annotations

import math
import sys
import time as clock
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, NoReturn, Optional, SupportsFloat, Union

import numpy as np
import numpy.typing as npt

from . import _core
from .arguments import MOST_STEPS, checked_count, read_only
from .progress import tqdm_bar


class Frame(NamedTuple):
    """A state of a simulation at one step. It is a copy, and stays as it is while the simulation runs on."""

    step: int
    time: float
    theta: npt.NDArray[Any]
    velocity: Optional[npt.NDArray[Any]]


class RunReport(NamedTuple):
    """The steps of all pieces of a run with DormandPrince54; the fields are those of IntegrationReport."""

    accepted: int = 0
    rejected: int = 0
    evaluations: int = 0
    min_dt: float = 0.0
    max_dt: float = 0.0
    next_dt: float = 0.0


class Simulation:
    """A model, its state and a stepper, advanced together.

    Parameters
    ----------
    model : Model
        Shared, not copied: its arrays are viewed.
    theta : array of float32 or float64, two-dimensional
        Phases, rad. Copied.
    stepper : Stepper or DormandPrince54
        How time advances.
    velocity : array, optional
        With inertia: the velocities at the time of the phases, rad / time. Copied.
    policy : Policy, optional
        Who does the work. OpenMP() if not given.
    time : float, optional
        With a fixed time step the time t₀ of step 0; with DormandPrince54 the time of the state.
    step : int, optional
        Number of steps before the state, on which the noise depends.
    check_stability : bool, optional
        Whether to refuse a dt beyond max_stable_dt(stepper, model). A coupling without a known
        slope has no such bound and passes.

    Raises
    ------
    TypeError, ValueError
        As `advance` or `integrate`; for a dt beyond the stable one; for a step that is negative and
        a time that is not finite. The message names the argument.

    Notes
    -----
    With a fixed time step, runs and pauses are counted in steps. Step n is at time t₀ + n · dt, never
    a running sum. A run in pieces, with or without observer, gives the bits of one call of `advance`.

    With DormandPrince54, runs and pauses are durations. Each piece between two pauses is one call of
    `integrate`, which begins with the step length that the piece before proposed. Pauses therefore
    change the result within the tolerance. `max_steps` limits each piece.

    Ctrl-C stops a run with KeyboardInterrupt. The state is then valid, and `step` and `time` are its
    own: `run` can be called again. To resume in another process, save theta, velocity, step and t₀
    (with DormandPrince54 time), and pass them to a new Simulation.

    Examples
    --------
    >>> theta = numpy.empty((512, 512), dtype=numpy.float32)
    >>> kuramoto.uniform_phases(theta, seed=1)
    >>> simulation = kuramoto.Simulation(kuramoto.Model(K=2.0), theta, kuramoto.Euler(dt=0.1))
    >>> simulation.run(1000, every=100, observer=lambda s: print(s.time, kuramoto.order_parameter(s.theta).r))
    """

    def __init__(
        self,
        model: _core.Model,
        theta: npt.ArrayLike,
        stepper: Union[_core.Stepper, _core.DormandPrince54],
        *,
        velocity: Optional[npt.ArrayLike] = None,
        policy: Optional[_core.Policy] = None,
        time: float = 0.0,
        step: int = 0,
        check_stability: bool = True,
    ) -> None:
        if not isinstance(stepper, (_core.Stepper, _core.DormandPrince54)):
            raise TypeError(f"stepper must be a Stepper or DormandPrince54, but is of type {type(stepper).__name__}")
        if not isinstance(time, SupportsFloat):
            raise TypeError(f"time must be a number, but is of type {type(time).__name__}")
        if not math.isfinite(time):
            raise ValueError(f"time must be finite, but is {time}")
        self._model = model
        self._stepper = stepper
        self._policy = _core.OpenMP() if policy is None else policy
        self._progress: Union[_StepProgress, _TimeProgress]
        first = checked_count(step, "step")
        # Copies of the arguments as they are: what is wrong with them is found by the library, at the end.
        self._theta = _copied(theta, "theta")
        self._velocity = None if velocity is None else _copied(velocity, "velocity")
        if isinstance(stepper, _core.DormandPrince54):
            self._progress = _TimeProgress(float(time), first)
            _core.integrate(model, self._theta, 0.0, stepper, policy=self._policy, velocity=self._velocity)
        else:
            self._progress = _StepProgress(float(time), first, stepper.dt)
            _core.advance(
                model, self._theta, 0, stepper, policy=self._policy, velocity=self._velocity, first_step=first
            )
            if check_stability:
                _check_stable(stepper, model)
        self._seen: Optional[float] = None
        self._theta_view = read_only(self._theta)
        self._velocity_view = None if self._velocity is None else read_only(self._velocity)

    @property
    def theta(self) -> npt.NDArray[Any]:
        """The phases, rad; never wrapped. A read-only view, which changes as the simulation runs."""
        return self._theta_view

    @property
    def velocity(self) -> Optional[npt.NDArray[Any]]:
        """The velocities at the time of the phases, rad / time; None without inertia. A read-only view."""
        return self._velocity_view

    @property
    def model(self) -> _core.Model:
        """The model."""
        return self._model

    @property
    def stepper(self) -> Union[_core.Stepper, _core.DormandPrince54]:
        """The stepper. With DormandPrince54, `initial_dt` is the length of the next step."""
        if isinstance(self._progress, _TimeProgress) and isinstance(self._stepper, _core.DormandPrince54):
            return _continued(self._stepper, self._progress.next_dt)
        return self._stepper

    @property
    def policy(self) -> _core.Policy:
        """Who does the work."""
        return self._policy

    @property
    def is_adaptive(self) -> bool:
        """Whether the stepper is DormandPrince54: runs and pauses are then durations, not steps."""
        return isinstance(self._progress, _TimeProgress)

    @property
    def dt(self) -> float:
        """The time step. AttributeError with DormandPrince54, which has none."""
        if isinstance(self._stepper, _core.DormandPrince54):
            raise AttributeError("DormandPrince54 chooses its steps: there is no dt; see stepper.initial_dt")
        return float(self._stepper.dt)

    @property
    def step(self) -> int:
        """Number of steps done, those before the simulation included."""
        return self._progress.step

    @property
    def time(self) -> float:
        """The time of the state: t₀ + step · dt, or with DormandPrince54 the sum of all durations."""
        return self._progress.time

    def frame(self) -> Frame:
        """A copy of the state as it is now."""
        velocity = None if self._velocity is None else self._velocity.copy()
        return Frame(self.step, self.time, self._theta.copy(), velocity)

    def run(
        self,
        amount: float,
        every: float = 0,
        observer: Optional[Callable[[Simulation], object]] = None,
        progress: bool = False,
    ) -> Union[int, RunReport]:
        """Advances by a number of steps, or with DormandPrince54 by a duration.

        Parameters
        ----------
        amount : int or float
            How many steps; with DormandPrince54 how much time. Not negative.
        every : int or float, optional
            The observer is called at step 0, at every multiple of `every` in step or time, and at the
            end; 0 means only at the end. A state that was observed is not shown again, so that a run in
            pieces shows each once.
        observer : callable, optional
            Called with this simulation. If it returns False, or another false value except None, the
            run stops there; the next one continues from that state.
        progress : bool, optional
            Whether to show a progress bar on stderr: that of tqdm if it is installed, otherwise a plain
            line. It changes no bit. With DormandPrince54 it moves at pauses only.

        Returns
        -------
        int or RunReport
            Number of steps done, or with DormandPrince54 the report of all pieces.

        Raises
        ------
        TypeError, ValueError
            On entry, before anything changes.
        KeyboardInterrupt
            After Ctrl-C. The state is valid; with DormandPrince54 it is that of the last pause.
        """
        if not isinstance(progress, (bool, np.bool_)):
            raise TypeError(f"progress must be True or False, but is of type {type(progress).__name__}")
        end = self._progress.end_of_run(amount)
        pause_every = self._progress.checked_pauses(every, end)
        if pause_every > 0 and observer is None:
            raise ValueError(f"every = {every} is for an observer, but there is none")
        before = self._progress.step
        self._progress.begin_report()
        with _Bar(self._progress, end, progress) as bar:
            for _ in self._pauses(end, pause_every, bar):
                if observer is not None and not self._show(observer):
                    break
        if isinstance(self._progress, _TimeProgress):
            return self._progress.report()
        return self._progress.step - before

    def frames(self, amount: Optional[float] = None, every: float = 1) -> Iterator[Frame]:
        """An iterator of frames, which advances the simulation as it goes.

        Parameters
        ----------
        amount : int or float, optional
            How many steps; with DormandPrince54 how much time. Without end if not given.
        every : int or float, optional
            Frames are at the states that `run` shows to an observer: step 0, every multiple of `every`
            in step or time, and the end.

        Yields
        ------
        Frame
            A copy of the state. For views without copies pass an observer to `run`.
        """
        end = self._progress.last_end() if amount is None else self._progress.end_of_run(amount)
        pause_every = self._progress.checked_pauses(every, None if amount is None else end)
        if amount is None and not pause_every > 0:
            raise ValueError(f"every must be positive for frames without end, but is {every}")
        return self._frames(end, pause_every)

    def __iter__(self) -> Iterator[Frame]:
        """Frames without end, one per step; with DormandPrince54 one per unit of time."""
        return self.frames()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuses copies: a shallow one would share the phases."""
        raise TypeError(
            "cannot copy or pickle a Simulation: save theta, velocity, step and time, and pass them to a new one"
        )

    def __repr__(self) -> str:
        rows, cols = self._theta.shape
        return f"<Simulation of {rows} x {cols} cells of {self._theta.dtype} at step {self.step}, time {self.time}>"

    def _frames(self, end: float, every: float) -> Iterator[Frame]:
        for _ in self._pauses(end, every, None):
            if self._seen != self._progress.position:
                self._seen = self._progress.position
                yield self.frame()

    def _pauses(self, end: float, every: float, bar: Optional[_Bar]) -> Iterator[None]:
        """Advances from pause to pause, and yields at each; at the beginning too if that is shown."""
        begin = self._progress.position
        if end <= begin or (self._progress.step == 0 and every > 0):
            yield
        while self._progress.position < end:
            self._advance_to(self._progress.next_pause(every, end), bar)
            yield

    def _show(self, observer: Callable[[Simulation], object]) -> bool:
        """Whether the run goes on."""
        position = self._progress.position
        if self._seen == position:
            return True
        answer = observer(self)
        self._seen = position  # not if the observer raises: the next run shows it the state again
        return answer is None or bool(answer)

    def _advance_to(self, pause: float, bar: Optional[_Bar]) -> None:
        if isinstance(self._progress, _TimeProgress):
            self._integrate_to(self._progress, pause)
            if bar is not None:
                bar.show()
            return
        while self._progress.position < pause:
            left = int(pause) - self._progress.step
            self._advance_by(self._progress, left if bar is None else bar.piece(left))
            if bar is not None:
                bar.show()

    def _advance_by(self, progress: _StepProgress, steps: int) -> None:
        progress.begin_piece()
        assert isinstance(self._stepper, _core.Stepper)
        _core.advance(
            self._model,
            self._theta,
            steps,
            self._stepper,
            policy=self._policy,
            velocity=self._velocity,
            first_step=progress.step,
            progress=progress.count,
        )

    def _integrate_to(self, progress: _TimeProgress, pause: float) -> None:
        progress.leave_for(pause)
        method = _continued(self._stepper, progress.next_dt)
        integrate = partial(
            _core.integrate, self._model, self._theta, method=method, policy=self._policy, velocity=self._velocity
        )
        progress.arrive(map(integrate, (pause - progress.time,)))


class _StepProgress:
    """A run with a fixed time step. It pauses at multiples of a number of steps.

    The library calls `count` with the steps that it has done. This is list.append: no line of Python
    runs between a step and its count, so that a KeyboardInterrupt between the two is impossible.
    """

    def __init__(self, start_time: float, step: int, dt: float) -> None:
        self._start_time = start_time
        self._dt = dt
        self._counts = [step]
        self.count: Callable[[int], None] = self._counts.append

    @property
    def position(self) -> float:
        return self.step

    @property
    def step(self) -> int:
        return sum(self._counts)

    @property
    def time(self) -> float:
        return self._start_time + self.step * self._dt

    def begin_report(self) -> None:
        pass

    def begin_piece(self) -> None:
        """Keeps the list short, so that neither it nor the time to sum it grows from pause to pause."""
        self._counts[:] = [sum(self._counts)]

    def last_end(self) -> float:
        return MOST_STEPS

    def end_of_run(self, amount: float) -> float:
        if isinstance(amount, (float, np.floating)):
            raise TypeError(
                "steps must be an integer: a run with a fixed time step is counted in steps; "
                "a duration is for DormandPrince54"
            )
        steps = checked_count(amount, "steps")
        if self.step + steps > MOST_STEPS:
            raise ValueError(f"steps = {steps} overflow the step counter, which is at {self.step}")
        return self.step + steps

    def checked_pauses(self, every: float, end: Optional[float]) -> float:
        return checked_count(every, "every")

    def next_pause(self, every: float, end: float) -> float:
        """The next multiple of `every`, or the end if that comes first."""
        return min(end, self.step + every - self.step % every) if every > 0 else end


class _TimeProgress:
    """A run whose method chooses its steps. It pauses at multiples of a time interval.

    A report is appended to a list by the same call that makes it: see _StepProgress.
    """

    def __init__(self, time: float, step: int) -> None:
        self._at = (time, step, 0.0, RunReport())
        self._pause = time
        self._reports: list[_core.IntegrationReport] = []

    @property
    def position(self) -> float:
        return self.time

    @property
    def step(self) -> int:
        return self._settled()[1]

    @property
    def time(self) -> float:
        return self._settled()[0]

    @property
    def next_dt(self) -> float:
        """The length that the last piece proposed; 0 if there was none."""
        return self._settled()[2]

    def report(self) -> RunReport:
        return self._settled()[3]

    def begin_report(self) -> None:
        time, step, next_dt, _ = self._settled()
        self._at, self._reports = (time, step, next_dt, RunReport()), []

    def leave_for(self, pause: float) -> None:
        """The next report will be that of a piece up to `pause`."""
        self._at, self._reports = self._settled(), []
        self._pause = pause

    def arrive(self, reports: Iterator[_core.IntegrationReport]) -> None:
        self._reports.extend(reports)

    def _settled(self) -> tuple[float, int, float, RunReport]:
        if not self._reports:
            return self._at
        _, step, next_dt, whole = self._at
        piece = self._reports[0]
        if piece.next_dt > 0 and math.isfinite(piece.next_dt):
            next_dt = piece.next_dt
        return self._pause, min(step + piece.accepted, MOST_STEPS), next_dt, _joined(whole, piece)

    def last_end(self) -> float:
        return math.inf

    def end_of_run(self, amount: float) -> float:
        duration = float(amount)
        if not math.isfinite(duration) or duration < 0:
            raise ValueError(f"duration must be finite and not negative, but is {amount}")
        if not math.isfinite(self.time + duration):
            raise ValueError(f"duration = {amount} is too long at time {self.time}")
        return self.time + duration

    def checked_pauses(self, every: float, end: Optional[float]) -> float:
        interval = float(every)
        if not math.isfinite(interval) or interval < 0:
            raise ValueError(f"every must be finite and not negative, but is {every}")
        for time in (self.time, self.time if end is None else end):
            if interval > 0 and not abs(time) < interval * 2.0**51:  # multiples could not be told apart
                raise ValueError(f"every = {every} is too short at time {time}")
        return interval

    def next_pause(self, every: float, end: float) -> float:
        """The next multiple of `every`, or the end if that comes first."""
        if not every > 0:
            return end
        multiple = math.floor(self.time / every)
        k = -1
        while not (multiple + k) * every > self.time:  # the quotient is rounded: one of three
            k += 1
        return min(end, (multiple + k) * every)


def _joined(whole: RunReport, piece: _core.IntegrationReport) -> RunReport:
    """Pieces without steps leave the lengths of the steps as they are."""
    rejected = whole.rejected + piece.rejected
    evaluations = whole.evaluations + piece.evaluations
    if piece.accepted == 0:
        return whole._replace(rejected=rejected, evaluations=evaluations)
    return RunReport(
        accepted=whole.accepted + piece.accepted,
        rejected=rejected,
        evaluations=evaluations,
        min_dt=piece.min_dt if whole.accepted == 0 else min(whole.min_dt, piece.min_dt),
        max_dt=max(whole.max_dt, piece.max_dt),
        next_dt=piece.next_dt,
    )


class _Bar:
    """A progress bar, or none. It cuts a run with a fixed time step into pieces of about a tenth of a second."""

    _PATIENCE = 0.1  # seconds

    def __init__(self, progress: Union[_StepProgress, _TimeProgress], end: float, is_wanted: bool) -> None:
        self._progress = progress
        self._begin = progress.position
        self._end = end
        self._is_wanted = is_wanted
        self._bar: Any = None
        self._piece = 16
        self._left_at = 0.0
        self._shown_at = -math.inf

    def __enter__(self) -> _Bar:
        if self._is_wanted:
            self._bar = tqdm_bar(self._end - self._begin, "step" if self._counts_steps() else "time")
            self.show()
        self._left_at = clock.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_wanted:
            return
        self.show(is_last=True)
        if self._bar is not None:
            self._bar.close()
        else:
            print(file=sys.stderr)

    def piece(self, left: int) -> int:
        """How many steps to do before `show`: whole sweeps, so that no time is lost by the cuts."""
        if not self._is_wanted:
            return left
        now = clock.perf_counter()
        factor = self._PATIENCE / max(now - self._left_at, 1e-9)
        self._left_at = now
        self._piece = max(16, int(self._piece * min(max(factor, 0.25), 4.0)) // 16 * 16)
        return min(left, self._piece)

    def show(self, is_last: bool = False) -> None:
        if not self._is_wanted:
            return
        done = self._progress.position - self._begin
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
            return
        now = clock.perf_counter()
        if is_last or now - self._shown_at > self._PATIENCE:
            self._shown_at = now
            whole = self._end - self._begin
            unit = "steps" if self._counts_steps() else "time units"
            percent = 100.0 if whole == 0 else 100.0 * done / whole
            print(f"\r{done:.15g} of {whole:.15g} {unit}, {percent:.0f} %", end="", file=sys.stderr, flush=True)

    def _counts_steps(self) -> bool:
        return isinstance(self._progress, _StepProgress)


def _copied(array: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    copy = np.array(array, order="C")
    if copy.dtype == object:
        raise TypeError(f"{name} must be an array of numbers, but is of type {type(array).__name__}")
    return copy


def _check_stable(stepper: _core.Stepper, model: _core.Model) -> None:
    most = _core.max_stable_dt(stepper, model)
    if stepper.dt > most:
        raise ValueError(
            f"dt = {stepper.dt} is beyond the stable time step {most} of this model "
            "(check_stability=False lets it pass)"
        )


def _continued(method: Any, next_dt: float) -> _core.DormandPrince54:
    if not next_dt > 0:
        continued: _core.DormandPrince54 = method
        return continued
    return _core.DormandPrince54(
        relative_tolerance=method.relative_tolerance,
        absolute_tolerance=method.absolute_tolerance,
        initial_dt=next_dt,
        max_dt=method.max_dt,
        max_steps=method.max_steps,
    )
