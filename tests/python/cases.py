"""Random lattices for the tests: shapes, layouts in memory, precisions and options, for library and reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

import kuramoto
import reference

Array = npt.NDArray[Any]

LAYOUTS = ("rows", "columns", "gaps", "backwards", "both")
SENTINEL = 1234.5

# Thin, odd, empty, wider than a vector register, and as wide as several.
shapes = st.one_of(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([(0, 0), (0, 5), (5, 0), (1, 1), (1, 40), (40, 1), (2, 2), (3, 33), (17, 5)]),
)
precisions = st.sampled_from([np.float32, np.float64])
layouts = st.sampled_from(LAYOUTS)
seeds = st.integers(0, 2**32 - 1)


@dataclass
class Placed:
    """An array in some layout, and the memory in which it lies."""

    array: Array
    memory: Array

    def gaps_are_untouched(self) -> bool:
        """Whether the memory beside the cells is as it was."""
        kept = self.array.copy()
        self.array[...] = SENTINEL
        is_untouched = bool(np.all(self.memory == self.memory.dtype.type(SENTINEL)))
        self.array[...] = kept
        return is_untouched


def placed(numbers: Array, layout: str) -> Placed:
    """The same numbers in another layout."""
    rows, cols = numbers.shape
    memory: Array
    if layout == "rows":
        memory = np.full((rows, cols), SENTINEL, numbers.dtype)
        array = memory
    elif layout == "columns":
        memory = np.full((cols, rows), SENTINEL, numbers.dtype)
        array = memory.T
    elif layout == "gaps":
        memory = np.full((2 * rows + 1, 3 * cols + 2), SENTINEL, numbers.dtype)
        array = memory[1 : 2 * rows + 1 : 2, 2 : 3 * cols + 2 : 3]
    elif layout == "backwards":
        memory = np.full((rows, cols), SENTINEL, numbers.dtype)
        array = memory[::-1, ::-1]
    else:
        memory = np.full((2 * cols + 2, rows + 3), SENTINEL, numbers.dtype)
        array = memory[1 : 2 * cols + 1 : 2, 2 : rows + 2].T[::-1, :]
    array[...] = numbers
    assert array.shape == numbers.shape
    return Placed(array, memory)


@dataclass
class Case:
    """A model of the library, the same one of the reference, and phases."""

    model: kuramoto.Model
    same: reference.Model
    theta: Placed
    velocity: Placed
    mask: Optional[Array]
    boundary: Any
    scale: float  # of the rounding errors of a rate, in units of the precision

    @property
    def precision(self) -> float:
        """The distance from 1 to the next number."""
        return float(np.finfo(self.theta.array.dtype).eps)

    @property
    def tolerance(self) -> float:
        """What a rate may be off."""
        return 8 * self.precision * self.scale


_SLOPES = {"sine": 1.0, "linear": 1.0, "sakaguchi": 1.0, "harmonics": 3.0}


def _coupling(kind: str, rng: np.random.Generator) -> tuple[Any, reference.Coupling]:
    if kind == "sakaguchi":
        lag = rng.uniform(-2, 2)
        return kuramoto.SakaguchiSine(lag), reference.sakaguchi(lag)
    if kind == "harmonics":
        a = rng.uniform(-0.3, 0.3, rng.integers(1, 5)).tolist()
        return kuramoto.Harmonics(a), reference.harmonics(a)
    if kind == "linear":
        return ("linear" if rng.random() < 0.5 else kuramoto.Linear()), reference.linear
    return ("sine" if rng.random() < 0.5 else kuramoto.Sine()), reference.sine


def _side(kind: str, cells: int, rng: np.random.Generator) -> tuple[Any, reference.Side]:
    if kind in ("zero_flux", "periodic"):
        return kind, reference.Side(kind)
    values = rng.uniform(-3, 3, cells).tolist() if rng.random() < 0.5 else rng.uniform(-3, 3)
    make = kuramoto.fixed_phase if kind == "fixed_phase" else kuramoto.fixed_flux
    return make(values), reference.Side(kind, values)


def boundary_of(
    kinds: tuple[str, str, str, str], shape: tuple[int, int], rng: np.random.Generator
) -> tuple[Any, reference.Boundary]:
    """The same boundary for the library and for the reference."""
    rows, cols = shape
    ours, theirs = {}, {}
    for name, kind, cells in zip(("north", "south", "west", "east"), kinds, (cols, cols, rows, rows)):
        ours[name], theirs[name] = _side(kind, cells, rng)
    if len(set(kinds)) == 1 and kinds[0] in ("zero_flux", "periodic") and rng.random() < 0.5:
        return kinds[0], reference.Boundary(**theirs)
    return ours, reference.Boundary(**theirs)


_open_sides = st.sampled_from(["zero_flux", "fixed_phase", "fixed_flux"])
_pairs = st.one_of(st.just(("periodic", "periodic")), st.tuples(_open_sides, _open_sides))
boundaries = st.tuples(_pairs, _pairs).map(lambda pairs: (*pairs[0], *pairs[1]))


@st.composite
def lattices(
    draw: st.DrawFn,
    couplings: tuple[str, ...] = ("sine", "linear", "sakaguchi", "harmonics"),
    has_mean_field: bool = True,
    has_inertia: bool = False,
) -> Case:
    """Models with a lattice, of all options together, in all layouts."""
    shape = draw(shapes)
    precision = draw(precisions)
    rng = np.random.default_rng(draw(seeds))

    def field(low: float, high: float) -> Array:
        return placed(rng.uniform(low, high, shape).astype(precision), draw(layouts)).array

    K = rng.uniform(-1.0, 2.0)
    kind = draw(st.sampled_from(couplings))
    coupling, same_coupling = _coupling(kind, rng)
    boundary, same_boundary = boundary_of(draw(boundaries), shape, rng)
    omega: Any = field(-1, 1) if draw(st.booleans()) else rng.uniform(-1, 1)
    same = reference.Model(K=K, coupling=same_coupling, omega=omega, boundary=same_boundary)
    options: dict[str, Any] = {}
    if draw(st.booleans()):
        same.east, same.south = field(-1, 2), field(0, 1)
        options["bonds"] = (same.east, same.south)
    mask: Optional[Array] = None
    extra = draw(st.sampled_from(["none", "mask", "mean field"]))
    if extra == "mask":
        there = rng.random(shape) < 0.7
        mask = there if draw(st.booleans()) else placed(there.astype(precision), draw(layouts)).array
        same.mask = options["mask"] = mask
    elif extra == "mean field" and has_mean_field:
        same.mean_field = (rng.uniform(-2, 2), rng.uniform(-2, 2))
        options["mean_field"] = kuramoto.MeanField(*same.mean_field)
    if has_inertia:
        same.mass = field(0.5, 2) if draw(st.booleans()) else rng.uniform(0.5, 2)
        same.damping = field(0, 1) if draw(st.booleans()) else rng.uniform(0, 1)
        options["inertia"] = kuramoto.Inertia(same.mass, same.damping)
    model = kuramoto.Model(K=K, omega=omega, coupling=coupling, boundary=boundary, **options)
    phases = placed(rng.uniform(-6, 6, shape).astype(precision), draw(layouts))
    velocity = placed(rng.uniform(-1, 1, shape).astype(precision), draw(layouts))
    largest_strength = 4 * (2.0 if "bonds" in options else 1.0)
    scale = 1 + abs(K) * largest_strength * (1 + 12 * _SLOPES[kind])
    if same.mean_field is not None:
        scale += 12 * abs(same.mean_field[0])
    return Case(model, same, phases, velocity, mask, boundary, scale)


policies = st.sampled_from(
    [
        kuramoto.Fused(),
        kuramoto.Fused(depth=3),
        kuramoto.OpenMP(threads=2, min_cells_per_thread=1),
        kuramoto.Threads(threads=2, min_cells_per_thread=1),
        kuramoto.OpenMP(threads=3, depth=2, min_cells_per_thread=1),
        kuramoto.Fused(isa="baseline"),
    ]
)
