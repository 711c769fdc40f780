"""StepBar: the progress of a run, on stderr."""

from __future__ import annotations

import importlib
import sys
from typing import Any


class StepBar:
    """A bar for a number of steps, or of another unit: that of tqdm if it is installed, otherwise a plain line.

    Call it with the number of steps since it was called last.
    """

    def __init__(self, steps: int, unit: str = "step") -> None:
        self._steps = steps
        self._unit = unit
        self._done = 0
        self._bar = tqdm_bar(steps, unit)

    def __call__(self, steps: int) -> None:
        self._done += steps
        if self._bar is not None:
            self._bar.update(steps)
            if self._done >= self._steps:
                self._bar.close()
            return
        percent = 100 if self._steps == 0 else 100 * self._done // self._steps
        end = "\n" if self._done >= self._steps else ""
        print(f"\r{self._done} of {self._steps} {self._unit}s, {percent} %", end=end, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Ends the bar of a run that stopped early."""
        if self._bar is not None:
            self._bar.close()
        elif 0 < self._done < self._steps:
            print(file=sys.stderr)


def tqdm_bar(total: float, unit: str) -> Any:
    """The bar of tqdm; None if it is not installed."""
    try:
        module: Any = importlib.import_module("tqdm.auto")
    except ImportError:
        return None
    return module.tqdm(total=total, unit=unit, file=sys.stderr)
