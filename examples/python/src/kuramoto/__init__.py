"""Oscillators on a lattice, dθ/dt = ω + K ∇·sin(∇θ), on arrays of NumPy in place."""

from __future__ import annotations

from . import _core
from ._core import *  # noqa: F403
from ._core import __version__
from .compiling import compile_coupling, include_folder

__all__ = [name for name in vars(_core) if not name.startswith("_")]
__all__ += ["__version__", "compile_coupling", "include_folder"]
