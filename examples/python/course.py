# %% [markdown]
# # The course, replayed
#
# The library grew out of a course on fast numerical Python: *Build You a NumPy*, A. Srinivasan, FASRC, April 2022
# (https://github.com/asrvsn/numpy-talk). Its notebook takes one equation, the Kuramoto model on a lattice,
#
# $$\frac{\partial\theta}{\partial t} = \omega + K\,\nabla\cdot\sin(\nabla\theta),$$
#
# with zero flux at the edges and Euler's method, and makes it fast: from a loop in Python to NumPy, to C++, to float32
# and to threads. This page goes the same way, with solvers written anew and the library beside them. It measures
# everything on the machine where it runs, and says where the result differs from that of the notes.
#
# To run this page as a program: `python3 course.py`, or `python3 course.py --quick` for a small version in seconds.
# The times of the small version are too short to mean anything. `python3 make_notebook.py --execute` makes a notebook
# of this page.

# %%
from __future__ import annotations

import importlib.util
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

import kuramoto

Array = npt.NDArray[Any]
QUICK = "--quick" in sys.argv or os.environ.get("KURAMOTO_QUICK", "") not in ("", "0")
HAS_NUMBA = importlib.util.find_spec("numba") is not None and not QUICK
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

print(f"kuramoto {kuramoto.__version__}, NumPy {np.__version__}, Python {platform.python_version()}, {CORES} cores")
if QUICK:
    print("Quick version: the runs are too short for the times and ratios below to mean anything.")

# %% [markdown]
# ## A solver without its right-hand side
#
# The interface is that of the course: `N`, `T`, `K`, `dtype`, `record`, `profile`; `integrate()` and `play_video()`. A
# solver adds `dudt`, the right-hand side.
#
# The notes draw the first phases from $[0, 2\pi)$. They do not show how they draw ω; here it is normal, with the
# standard deviation ½. The library fills both in: the same seed gives the same lattice in both precisions and on
# every machine.


# %%
@dataclass
class KuramotoSolver:
    """Euler's method for the phases of N × N oscillators.

    Parameters
    ----------
    N : int
        Rows and columns of the lattice.
    T : float
        How much time to integrate.
    K : float
        Coupling strength.
    dtype : dtype
        Precision: numpy.float64 or numpy.float32.
    record : bool
        Whether to keep all states, for play_video.
    profile : bool
        Whether to say where the time goes: line by line if line_profiler is installed, else per evaluation.
    seed : int
        Of the first phases and the natural frequencies.
    """

    N: int = 100
    T: float = 10.0
    K: float = 2.0
    dtype: Any = np.float64
    record: bool = False
    profile: bool = False
    seed: int = 1
    states: list[Array] = field(default_factory=list, init=False, repr=False)
    dt: ClassVar[float] = 0.1
    is_quiet: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self.theta = np.empty((self.N, self.N), self.dtype)
        self.omega = np.empty_like(self.theta)
        kuramoto.uniform_phases(self.theta, self.seed)
        kuramoto.normal_frequencies(self.omega, 0.0, 0.5, self.seed)

    @property
    def steps(self) -> int:
        """Number of time steps."""
        return round(self.T / self.dt)

    def dudt(self, u: Array) -> Array:
        """The right-hand side at the phases u."""
        raise NotImplementedError

    def integrate(self) -> Array:
        """The phases at the time T."""
        report = _profiled(self) if self.profile else None
        self._keep()
        for _ in range(self.steps):
            self.theta += self.dtype(self.dt) * self.dudt(self.theta)  # a product with a float64 would be a float64
            self._keep()
        if report is not None:
            report()
        return self.theta

    def play_video(self, every: int = 1) -> Any:
        """An animation of the recorded states. Keep it in a variable."""
        if not self.states:
            raise ValueError("nothing was recorded: pass record=True, and call integrate() first")
        return kuramoto.animate(self.states, every=every)

    def _keep(self) -> None:
        if self.record:
            self.states.append(self.theta.copy())


def _profiled(solver: KuramotoSolver) -> Callable[[], None]:
    """Measures `dudt` of a solver from now on; what it returns prints the result."""
    if importlib.util.find_spec("line_profiler") is not None:
        profiler = importlib.import_module("line_profiler").LineProfiler()
        vars(solver)["dudt"] = profiler(solver.dudt)
        stop: Callable[[], None] = profiler.print_stats
        return stop
    taken: list[float] = []
    dudt = solver.dudt

    def timed(u: Array) -> Array:
        begin = time.perf_counter()
        rates = dudt(u)
        taken.append(time.perf_counter() - begin)
        return rates

    vars(solver)["dudt"] = timed
    cells = solver.N**2

    def report() -> None:
        each = sum(taken) / len(taken)
        print(
            f"{type(solver).__name__}: {len(taken)} evaluations of dudt, {sum(taken):.3g} s in all, "
            f"{1e6 * each:.3g} µs each, {1e9 * each / cells:.3g} ns per cell"
        )

    return report


# %% [markdown]
# ## The loop that one writes first
#
# Four neighbours, those beyond the edge left out.


# %%
class NaiveSolver(KuramotoSolver):
    """A loop over the cells in Python."""

    def dudt(self, u: Array) -> Array:
        rates = self.omega.copy()
        for i in range(self.N):
            for j in range(self.N):
                for row, col in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                    if 0 <= row < self.N and 0 <= col < self.N:
                        rates[i, j] += self.K * np.sin(u[row, col] - u[i, j])
        return rates


naive = NaiveSolver(N=16 if QUICK else 100, T=1 if QUICK else 10, profile=True, record=True)
_ = naive.integrate()

# %% [markdown]
# The video shows domains of equal phase that grow, and vortices between them: points around which all colours appear
# once. They meet and vanish in pairs. The colours have one lightness, so that no phase looks like a ridge.


# %%
def show(animation: Any) -> Any:
    """The animation as a page for a notebook; itself in a program."""
    if "ipykernel" not in sys.modules:
        plt.show()
        animation._draw_was_started = True  # otherwise matplotlib warns where there is no screen
        return animation
    from IPython.display import HTML

    page = HTML(animation.to_jshtml(fps=20, default_mode="once"))
    plt.close(animation._fig)
    return page


show(naive.play_video(every=2))

# %% [markdown]
# ## The same in NumPy
#
# Whole arrays instead of cells, as the notes compute it: four sines per cell, two of them of a difference and two of
# the same difference with the other sign.


# %%
class NumpySolver(KuramotoSolver):
    """Array passes; every bond has its sine taken twice, as in the notes."""

    def dudt(self, u: Array) -> Array:
        rates = self.omega.copy()
        for axis in (0, 1):
            difference = np.diff(u, axis=axis)
            first, second = _ends(rates, axis)
            first += self.K * np.sin(difference)
            second += self.K * np.sin(-difference)
        return rates


def _ends(rates: Array, axis: int) -> tuple[Array, Array]:
    """Views of all cells but the last, and of all but the first, along an axis."""
    if axis == 0:
        return rates[:-1, :], rates[1:, :]
    return rates[:, :-1], rates[:, 1:]


_ = NumpySolver(N=naive.N, T=naive.T, profile=True).integrate()

# %% [markdown]
# The notes call this more than 100 times faster, from 5 s to 0.3 s. Their own profile says 5.8 s and 0.033 s: the
# factor is 180.
#
# They ask how many loops there are in this code, and answer: six. NumPy runs one loop per *operation*: a copy, two
# differences, two changes of sign, and for each of the four sums a sine, a product and an addition. These are 17
# passes over memory, 12 of them into a temporary array.
#
# A sine is odd, $\sin(-d) = -\sin d$. So one sine per bond is enough, two per cell instead of four. The notes come
# close to this when they use the symmetry of the difference.


# %%
class NumpyBondSolver(KuramotoSolver):
    """Array passes with one sine per bond."""

    def dudt(self, u: Array) -> Array:
        rates = self.omega.copy()
        for axis in (0, 1):
            flux = np.diff(u, axis=axis)
            np.sin(flux, out=flux)
            flux *= self.K
            first, second = _ends(rates, axis)
            first += flux
            second -= flux
        return rates


_ = NumpyBondSolver(N=naive.N, T=naive.T, profile=True).integrate()

# %% [markdown]
# ## The library
#
# In the notes, C++ computes the right-hand side, and Python adds it up: one call and several arrays per step. The
# first solver below does the same with `kuramoto.rate`. The second leaves the whole run to `kuramoto.advance`, which
# works on θ where it lies. It can then do several steps while a part of the lattice is in the cache (temporal
# blocking).


# %%
class RateSolver(KuramotoSolver):
    """The right-hand side from the library, the steps from NumPy."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.model = kuramoto.Model(K=self.K, omega=self.omega)

    def dudt(self, u: Array) -> Array:
        rates: Array = kuramoto.rate(self.model, u, policy=kuramoto.Fused())
        return rates


@dataclass
class LibrarySolver(KuramotoSolver):
    """The library's run, in place. threads: how many; coupling: "sine" or "linear"."""

    threads: int = 1
    coupling: str = "sine"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.model = kuramoto.Model(K=self.K, omega=self.omega, coupling=self.coupling)

    def integrate(self) -> Array:
        # At K = 2 and dt = 0.1, the course's choice, the step is within the stable one, 1/8.
        stepper = kuramoto.Euler(self.dt)
        policy = kuramoto.OpenMP(threads=self.threads)
        if not self.record:
            kuramoto.advance(self.model, self.theta, self.steps, stepper, policy=policy)
            return self.theta
        simulation = kuramoto.Simulation(self.model, self.theta, stepper, policy=policy)
        self.states = [frame.theta for frame in simulation.frames(self.steps)]
        return self.states[-1]


# %% [markdown]
# The notes' own C++ is the loop of `NaiveSolver`, compiled. Where Numba is installed, it stands in for that loop here:
# the same order of operations, and libm's sine, one number at a time.

# %%
SOLVERS: dict[str, Callable[..., KuramotoSolver]] = {
    "NumPy, 4 sines": NumpySolver,
    "NumPy, 2 sines": NumpyBondSolver,
    "rate": RateSolver,
    "advance": LibrarySolver,
}

if HAS_NUMBA:
    import numba

    @numba.njit  # type: ignore[misc]
    def _add_sines(u: Array, rates: Array, K: float) -> None:
        rows, cols = u.shape
        for i in range(rows):
            for j in range(cols):
                here = u[i, j]
                if i > 0:
                    rates[i, j] += K * math.sin(u[i - 1, j] - here)
                if i + 1 < rows:
                    rates[i, j] += K * math.sin(u[i + 1, j] - here)
                if j > 0:
                    rates[i, j] += K * math.sin(u[i, j - 1] - here)
                if j + 1 < cols:
                    rates[i, j] += K * math.sin(u[i, j + 1] - here)

    class LoopSolver(KuramotoSolver):
        """The naive loop, compiled by Numba."""

        def dudt(self, u: Array) -> Array:
            rates = self.omega.copy()
            _add_sines(u, rates, self.dtype(self.K))
            return rates

    LoopSolver(N=4, T=0.1).integrate()  # compiles
    LoopSolver(N=4, T=0.1, dtype=np.float32).integrate()
    SOLVERS["loop, Numba"] = LoopSolver

# %% [markdown]
# ## They agree
#
# All solvers do the same arithmetic in another order. Rounding errors grow where neighbours move apart, so that
# the comparison is after a short time.

# %%
expected = NaiveSolver(N=16, T=1.0).integrate()
for name, solver in SOLVERS.items():
    difference = float(np.abs(solver(N=16, T=1.0).integrate() - expected).max())
    print(f"{name:>15}: at most {difference:.1e} rad from the loop in Python")
    assert difference < 1e-12

# %% [markdown]
# ## Time against T
#
# The notes plot the time of a run of N = 100 against T. Each point here is the best of some runs.


# %%
def seconds(make: Callable[[], KuramotoSolver], rounds: int = 1 if QUICK else 3) -> float:
    """The shortest time of `integrate`. Fewer rounds of what takes long."""
    best = math.inf
    for _ in range(rounds):
        solver = make()
        begin = time.perf_counter()
        solver.integrate()
        best = min(best, time.perf_counter() - begin)
        if best > 1.0:
            break
    return best


Curves = dict[str, list[float]]


def measured(make: dict[str, Callable[[float], KuramotoSolver]], places: Sequence[float]) -> Curves:
    """The times of each solver at each place."""
    curves: Curves = {name: [] for name in make}
    for place in places:  # all solvers in turn, so that a busy machine slows all of them
        for name, solver in make.items():
            curves[name].append(seconds(lambda: solver(place)))
    return curves


def plotted(curves: Curves, places: Sequence[float], x: str, title: str) -> None:
    """A plot on logarithmic axes, and the numbers at the last place."""
    _, axes = plt.subplots(layout="constrained")
    for name, times in curves.items():
        axes.loglog(places, times, marker="o", label=name)
    axes.set_xlabel(x)
    axes.set_ylabel("time, s")
    axes.set_title(title)
    axes.grid(True, alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))  # beside the curves, which fill the plot
    plt.show()
    slowest = max(times[-1] for times in curves.values())
    for name, times in curves.items():
        ratio = slowest / times[-1]
        print(f"{name:>27}: {times[-1]:9.4g} s at {x} = {places[-1]}, {ratio:6.1f} × as fast as the slowest")


def at(N: int, make: Callable[..., KuramotoSolver], **options: Any) -> Callable[[float], KuramotoSolver]:
    """A solver of this size, as a function of T."""
    return lambda T: make(N=N, T=T, **options)


SIZE = 24 if QUICK else 100
TIMES = [1, 2] if QUICK else [10, 22, 46, 100, 215, 464, 1000]
curves = measured({name: at(SIZE, solver) for name, solver in SOLVERS.items()}, TIMES)
plotted(curves, TIMES, "T", f"N = {SIZE}, float64, one thread")

# %% [markdown]
# **The notes:** C++ is 1.35 times as fast as NumPy at T = 1000 (1.89 s and 2.54 s), and takes 69 % of its time in
# libm's sine.
#
# **Here:** the library is faster by a much larger factor. Four things differ from the notes' loop.
#
# 1. The library's sine works on all lanes of a vector register. libm's works on one number at a time.
# 2. One sine per bond, two per cell instead of four.
# 3. No `if` per cell: edges are treated per row.
# 4. `advance` does several steps per pass over memory, and makes no array. Compare it with `rate`, which does neither.
#
# NumPy is faster today, too: on CPUs with AVX-512, its sine is a vector sine since version 1.22. On such a machine
# NumPy takes less time than the compiled loop, where the notes found the opposite.

# %% [markdown]
# ## Without the sine
#
# The notes replace sin d by d, *just for fun*, to see what the sine costs. This is a different equation: diffusion.

# %%
linear = {
    "NumPy, 4 sines": at(SIZE, NumpySolver),
    "advance": at(SIZE, LibrarySolver),
    "advance, linear": at(SIZE, LibrarySolver, coupling="linear"),
}
curves = measured(linear, TIMES)
plotted(curves, TIMES, "T", f"The price of the sine, N = {SIZE}, float64, one thread")
SINE_COSTS = curves["advance"][-1] / curves["advance, linear"][-1]
print(f"the sine lattice takes {SINE_COSTS:.1f} times the time of the linear one")

# %% [markdown]
# **The notes:** 1.89 s with the sine, 0.215 s without: 8.8 times.
#
# **Here:** the ratio is smaller. The lesson of the notes, that the best optimisation is to have less to compute, is
# right. But the sine was dear because it was computed four times per cell and one number at a time. What
# remains is a price that a model with a sine can pay.

# %% [markdown]
# ## float32

# %%
single = {
    "NumPy, 4 sines": at(SIZE, NumpySolver),
    "NumPy, 4 sines, float32": at(SIZE, NumpySolver, dtype=np.float32),
    "advance": at(SIZE, LibrarySolver),
    "advance, float32": at(SIZE, LibrarySolver, dtype=np.float32),
}
if HAS_NUMBA:
    single["loop, Numba"] = at(SIZE, SOLVERS["loop, Numba"])
    single["loop, Numba, float32"] = at(SIZE, SOLVERS["loop, Numba"], dtype=np.float32)
curves = measured(single, TIMES)
plotted(curves, TIMES, "T", f"float64 and float32, N = {SIZE}, one thread")

# %% [markdown]
# **The notes:** float32 takes 0.88 of the time of float64 (1.66 s and 1.89 s): "a moderate improvement".
#
# **Here:** all solvers gain more, and the library takes less than half the time. A register holds twice as many floats
# as doubles, and a sine of 24 bits needs fewer terms than one of 53. Even the compiled loop gains, from the latter. The
# notes' loop calls `sin` without `std::`, which in C++ can be the sine of double for a float, too. That would explain
# its small gain; we have not compiled it.
#
# float32 is not free: at phases of 10⁵ rad, neighbouring floats are 0.008 rad apart. `kuramoto.wrap` keeps phases small
# in long runs.

# %% [markdown]
# ## Threads

# %%
THREADS = sorted({1, 2, CORES})
threaded = {
    f"advance, {count} thread{'s' if count > 1 else ''}": at(SIZE, LibrarySolver, threads=count) for count in THREADS
}
curves = measured(threaded, TIMES)
plotted(curves, TIMES, "T", f"Threads, N = {SIZE}, float64")

# %% [markdown]
# **The notes:** two cores take 0.58 of the time of one (3.11 s and 5.36 s, on a laptop).
#
# **Here:** at N = 100 a step takes some 15 µs on one thread, where it took the notes 500 µs. Threads have to wait
# for each other, and this time is now a larger part of a step. The library lets them wait once per several steps, and
# gives each thread at least 4096 cells: so there are at most two at N = 100. The gain is larger on larger lattices, as
# the next plot shows. If other programs use the cores, two threads can take longer than one. The result has the
# same bits for any number of threads.
#
# The notes say that threads *cannot be done by NumPy or within Python*. That the lock of the interpreter is released
# matters here, too: while the library computes, other Python threads run.

# %% [markdown]
# ## Time against N

# %%
SIZES = [8, 24] if QUICK else [16, 32, 64, 128, 256, 512, 1024]
DURATION = 1.0 if QUICK else 10.0


def until(make: Callable[..., KuramotoSolver], **options: Any) -> Callable[[float], KuramotoSolver]:
    """A solver of this duration, as a function of N."""
    return lambda N: make(N=int(N), T=DURATION, **options)


sized = {name: until(solver) for name, solver in SOLVERS.items()}
sized["advance, linear"] = until(LibrarySolver, coupling="linear")
sized["advance, float32"] = until(LibrarySolver, dtype=np.float32)
sized[f"advance, {CORES} threads"] = until(LibrarySolver, threads=CORES)
sized[f"advance, float32, {CORES} threads"] = until(LibrarySolver, dtype=np.float32, threads=CORES)
curves = measured(sized, SIZES)
plotted(curves, SIZES, "N", f"T = {DURATION:g}")

# %% [markdown]
# The time is quadratic in N, as the notes say, for lattices that are large enough. For small ones, the calls
# themselves take the time: one of NumPy takes about a microsecond, and a step makes at least 17 of them.
# NumPy's arrays leave the cache as N grows; the library's sweeps do not depend on it.

# %% [markdown]
# ## A larger lattice
#
# The notes show N = 500 as what NumPy makes possible. Here it is with the library, in float32. Random phases begin
# with a vortex in every third square of four cells. Most of them meet one of the other sense and vanish.

# %%
large = LibrarySolver(N=48 if QUICK else 500, T=4 if QUICK else 20, dtype=np.float32, record=True, threads=CORES)
_ = large.integrate()
for phases in (large.states[0], large.states[-1]):
    order = kuramoto.order_parameter(phases)
    count = kuramoto.count_vortices(large.model, phases)
    print(f"r = {order.r:.3f}; {count.positive} vortices of charge 1 and {count.negative} of charge −1")
show(large.play_video(every=10))

# %% [markdown]
# ## Parting thought
#
# The notes end with: *have the computer do as little work as possible*. The library is that sentence applied: half
# the sines, no temporary arrays, one pass over memory for several steps. None of it changes the equation.
