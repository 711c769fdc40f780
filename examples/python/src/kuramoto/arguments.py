"""Checks of integer arguments, and read-only views of arrays."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_STEPS = 2**63 - 1


def checked_count(count: Any, name: str) -> int:
    try:
        checked = operator.index(count)
    except TypeError:
        raise TypeError(f"{name} must be an integer, but is of type {type(count).__name__}") from None
    if not 0 <= checked <= MOST_STEPS:
        raise ValueError(f"{name} must not be negative or above 2^63 - 1, but is {checked}")
    return int(checked)


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view. Unlike one with the flag cleared, it cannot be made writable again."""
    buffer: Any = array  # NumPy's stubs do not say that an array is a buffer
    view: Any = memoryview(buffer).toreadonly()
    return np.asarray(view)
