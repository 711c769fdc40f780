"""Oscillators on a lattice, dθ/dt = ω + K ∇·sin(∇θ), on arrays of NumPy in place.

Model describes the right-hand side, a stepper the time step, a policy who does the work. advance, integrate and
rate compute; the other functions look at phases or fill arrays. Simulation keeps track of a run. Ensemble holds many small lattices.
"""

from __future__ import annotations

from . import _core
from ._core import *  # noqa: F403
from ._core import __version__
from .compiling import compile_coupling, include_folder
from .observed import advance_observed
from .plotting import animate, plot_phases
from .simulation import Frame, RunReport, Simulation

__all__ = [name for name in vars(_core) if not name.startswith("_")]
__all__ += ["__version__", "advance_observed", "compile_coupling", "include_folder", "animate", "plot_phases"]
__all__ += ["Frame", "RunReport", "Simulation"]
