"""advance_observed: an ensemble whose members are observed from time to time, and can be stopped one by one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from . import _core
from .arguments import checked_count, read_only
from .progress import StepBar


def advance_observed(
    theta: _core.Ensemble,
    models: Union[_core.Model, Iterable[_core.Model]],
    steps: int,
    steppers: Union[_core.Stepper, Iterable[_core.Stepper]],
    observer: Callable[..., object],
    *,
    every: int = 1,
    policy: Optional[_core.Policy] = None,
    velocity: Optional[_core.Ensemble] = None,
    first_step: Optional[int] = None,
    progress: Union[bool, Callable[[int], object], None] = None,
) -> npt.NDArray[np.int64]:
    """Advances all members of an ensemble in place, and calls an observer for each, which can stop it.

    Parameters
    ----------
    theta : Ensemble
        Phases, rad.
    models, steppers : Model or iterable of Model, Stepper or iterable of Stepper
        As in `Ensemble.advance`.
    steps : int
        Largest number of steps per member. Not negative.
    observer : callable
        Called as observer(k, step, phases) for member k before the first step, every `every` steps and
        after the last; with inertia as observer(k, step, phases, velocities). step is first_step (0 if
        not given) plus the steps that member k has advanced. The arrays are read-only views, which
        change as the run goes on. If the observer returns False, or another false value except None,
        member k stops there; the others go on.
    every : int, optional
        Number of steps between observations; at least 1.
    policy : Policy, optional
        Who does the work. OpenMP() if not given.
    velocity : Ensemble, optional
        With inertia: velocities, rad / time; in place.
    first_step : int, optional
        Number of the first step in the whole run. Required by steppers with noise.
    progress : bool or callable, optional
        As in `advance`. It counts steps of the run, not of members.

    Returns
    -------
    array of int64
        The number of steps that each member has advanced.

    Raises
    ------
    TypeError, ValueError
        As `Ensemble.advance`, before anything is observed or written.
    Interrupted
        After Ctrl-C while members advance; steps_done is the number of steps of the members that had
        not stopped.
    Any exception of the observer, KeyboardInterrupt too
        Passed on. The members are as the observer saw them.

    Notes
    -----
    Each member gets the bits of one call of `advance` with as many steps as it has advanced.

    Per `every` steps, the cost is that of one call of `Ensemble.advance`, and of one call of the
    observer per member that has not stopped. Members that are advanced side by side cost nothing once
    all of their group have stopped.

    Examples
    --------
    >>> def is_disordered(k, step, phases):
    ...     return kuramoto.order_parameter(phases).r < 0.9
    >>> steps = kuramoto.advance_observed(theta, models, 10_000, steppers, is_disordered, every=50)
    """
    if not callable(observer):
        raise TypeError(f"observer must be callable, but is of type {type(observer).__name__}")
    steps, every = checked_count(steps, "steps"), checked_count(every, "every")
    if every < 1:
        raise ValueError(f"every must be at least 1, but is {every}")
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise TypeError(f"progress must be True, False, None or callable, but is of type {type(progress).__name__}")
    run = _Run(theta, models, steppers, _core.OpenMP() if policy is None else policy, velocity, first_step)
    run.check(steps)
    bar = StepBar(steps) if progress is True else None
    try:
        goes_on = run.observe(observer)
        while goes_on and run.at < steps:
            run.advance(min(every, steps - run.at), progress if bar is None else bar)
            goes_on = run.observe(observer)
    finally:
        if bar is not None:
            bar.close()
    return run.done


class _Run:
    """How far the members are, and which of them go on."""

    def __init__(
        self,
        theta: _core.Ensemble,
        models: Union[_core.Model, Iterable[_core.Model]],
        steppers: Union[_core.Stepper, Iterable[_core.Stepper]],
        policy: _core.Policy,
        velocity: Optional[_core.Ensemble],
        first_step: Optional[int],
    ) -> None:
        if not isinstance(theta, _core.Ensemble):
            raise TypeError(f"theta must be an Ensemble, but is of type {type(theta).__name__}")
        self._theta = theta
        self._velocity = velocity
        self._first_step = first_step
        self._models = _for_many_calls(models, len(theta))
        self._steppers = _for_many_calls(steppers, len(theta))
        self._policy = policy
        self._runs = np.ones(len(theta), np.bool_)
        self.done = np.zeros(len(theta), np.int64)
        self.at = 0

    @property
    def _step(self) -> int:
        return self.at + (0 if self._first_step is None else self._first_step)

    def check(self, steps: int) -> None:
        """Raises what the run would raise."""
        self._advance(steps, self._first_step, None, members=np.zeros_like(self._runs))
        if self._first_step is not None:
            self._first_step = checked_count(self._first_step, "first_step")
            checked_count(self._first_step + steps, "first_step + steps")

    def observe(self, observer: Callable[..., object]) -> bool:
        """Whether any member goes on."""
        for k in np.flatnonzero(self._runs):
            arrays = [read_only(of[k]) for of in (self._theta, self._velocity) if of is not None]
            answer = observer(int(k), self._step, *arrays)
            self._runs[k] = answer is None or bool(answer)
        return bool(self._runs.any())

    def advance(self, steps: int, progress: Any) -> None:
        first = None if self._first_step is None else self._step
        try:
            self._advance(steps, first, progress, self._runs)
        except BaseException as error:
            done = getattr(error, "steps_done", None)
            if isinstance(done, int):
                setattr(error, "steps_done", self.at + done)
                if isinstance(error, _core.Interrupted):
                    error.args = (f"stopped after {self.at + done} steps",)
            raise
        self.done[self._runs] += steps
        self.at += steps

    def _advance(self, steps: int, first_step: Optional[int], progress: Any, members: npt.NDArray[np.bool_]) -> None:
        self._theta.advance(
            self._models,
            steps,
            self._steppers,
            policy=self._policy,
            velocity=self._velocity,
            first_step=first_step,
            progress=progress,
            members=members,
        )


def _for_many_calls(given: Any, members: int) -> Any:
    """One as it is, an iterable as a list: if it has more than one per member, with one too many."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return given
    return list(itertools.islice(given, members + 1))
