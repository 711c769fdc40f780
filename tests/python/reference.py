"""What the library computes, written in plain NumPy and long double, as the definitions read.

Nothing here is fast, and nothing is shared with the library: an error in one is not in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

Real = np.longdouble
Array = npt.NDArray[Any]
Coupling = Callable[[Array], Array]

PI = Real("3.14159265358979323846264338327950288")


# Couplings


def sine(difference: Array) -> Array:
    """f(d) = sin d."""
    flux: Array = np.sin(difference)
    return flux


def linear(difference: Array) -> Array:
    """f(d) = d."""
    return difference


def sakaguchi(lag: float) -> Coupling:
    """f(d) = sin(d − α)."""
    return lambda difference: sine(difference - Real(lag))


def harmonics(a: Sequence[float]) -> Coupling:
    """f(d) = Σ aₖ sin kd."""

    def sum_of(difference: Array) -> Array:
        total = np.zeros_like(difference)
        for k, factor in enumerate(a, start=1):
            total = total + Real(factor) * np.sin(k * difference)
        return total

    return sum_of


# Boundaries


@dataclass
class Side:
    """What lies beyond one side: zero_flux, periodic, fixed_phase or fixed_flux, with numbers along it."""

    kind: str = "zero_flux"
    values: Union[float, Sequence[float]] = 0.0

    def along(self, cells: int, precision: Any) -> Array:
        """The numbers in the precision of the cells: the library rounds them to it."""
        return np.broadcast_to(np.asarray(self.values, dtype=precision), (cells,)).astype(Real)


@dataclass
class Boundary:
    """The four sides."""

    north: Side = field(default_factory=Side)
    south: Side = field(default_factory=Side)
    west: Side = field(default_factory=Side)
    east: Side = field(default_factory=Side)

    @staticmethod
    def of(kind: str) -> Boundary:
        """The same kind on all sides."""
        return Boundary(Side(kind), Side(kind), Side(kind), Side(kind))


# The model


@dataclass
class Model:
    """ω + K Σ_j w_ij f(θ_j − θ_i) + (K_m/N) Σ_j sin(θ_j − θ_i − α); with a mass and a damping, of second order."""

    K: float = 1.0
    coupling: Optional[Coupling] = sine
    omega: Union[float, Array] = 0.0
    boundary: Boundary = field(default_factory=Boundary)
    east: Optional[Array] = None
    south: Optional[Array] = None
    mask: Optional[Array] = None
    mean_field: Optional[tuple[float, float]] = None
    mass: Union[float, Array] = 1.0
    damping: Union[float, Array] = 0.0

    def strengths(self, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Of the bonds to the east and to the south, those of missing cells removed."""
        east = np.ones(shape, Real) if self.east is None else self.east.astype(Real)
        south = np.ones(shape, Real) if self.south is None else self.south.astype(Real)
        if self.mask is not None:
            there = np.asarray(self.mask) != 0
            east = np.where(there & np.roll(there, -1, axis=1), east, Real(0))
            south = np.where(there & np.roll(there, -1, axis=0), south, Real(0))
        return east, south


def rate(model: Model, theta: Array, precision: Any = None) -> Array:
    """dθ/dt without noise. What is given along the edges is rounded to the precision: that of theta if not given."""
    phases = theta.astype(Real)
    rates = np.zeros(phases.shape, Real) + np.asarray(model.omega, dtype=Real)
    if model.coupling is not None:
        rates = rates + Real(model.K) * _lattice_sum(model, phases, precision or theta.dtype)
    if model.mean_field is not None and phases.size > 0:
        strength, lag = (Real(number) for number in model.mean_field)
        real, imaginary = np.cos(phases).mean(), np.sin(phases).mean()
        # Im(e^{−iα} z e^{−iθ}), z = mean of e^{iθ}
        turned = phases + lag
        rates = rates + strength * (imaginary * np.cos(turned) - real * np.sin(turned))
    return rates


def _lattice_sum(model: Model, phases: Array, precision: Any) -> Array:
    rows, cols = phases.shape
    total = np.zeros(phases.shape, Real)
    if phases.size == 0:
        return total
    assert model.coupling is not None
    f = model.coupling
    east, south = model.strengths((rows, cols))

    def add_bond(a: tuple[int, int], b: tuple[int, int], strength: Any) -> None:
        if strength == 0:
            return  # a bond that does not exist, whatever phases are beside it
        difference = np.asarray(phases[b] - phases[a])
        total[a] += strength * f(difference)
        total[b] += strength * f(-difference)

    for i in range(rows):
        for j in range(cols):
            if j + 1 < cols:
                add_bond((i, j), (i, j + 1), east[i, j])
            if i + 1 < rows:
                add_bond((i, j), (i + 1, j), south[i, j])
    sides = model.boundary
    if sides.west.kind == "periodic":
        for i in range(rows):
            add_bond((i, cols - 1), (i, 0), east[i, cols - 1])
    if sides.north.kind == "periodic":
        for j in range(cols):
            add_bond((rows - 1, j), (0, j), south[rows - 1, j])
    for _, side, cells, _ in _edges(sides):
        length = phases[cells].size
        if side.kind == "fixed_phase":
            total[cells] += f(side.along(length, precision) - phases[cells])
        elif side.kind == "fixed_flux":
            total[cells] += side.along(length, precision)
    return total


# Steps


def euler(model: Model, theta: Array, dt: float, steps: int) -> Array:
    """θ ← θ + dt · rate(θ)."""
    phases = theta.astype(Real)
    for _ in range(steps):
        phases = phases + Real(dt) * rate(model, phases, theta.dtype)
    return phases


def heun(model: Model, theta: Array, dt: float, steps: int) -> Array:
    """The mean of the rates here and after a step of Euler's."""
    phases, h = theta.astype(Real), Real(dt)
    for _ in range(steps):
        first = rate(model, phases, theta.dtype)
        second = rate(model, phases + h * first, theta.dtype)
        phases = phases + h / 2 * (first + second)
    return phases


def runge_kutta4(model: Model, theta: Array, dt: float, steps: int) -> Array:
    """The classical method of fourth order."""
    phases, h = theta.astype(Real), Real(dt)
    for _ in range(steps):
        first = rate(model, phases, theta.dtype)
        second = rate(model, phases + h / 2 * first, theta.dtype)
        third = rate(model, phases + h / 2 * second, theta.dtype)
        fourth = rate(model, phases + h * third, theta.dtype)
        phases = phases + h / 6 * (first + 2 * second + 2 * third + fourth)
    return phases


def velocity_verlet(model: Model, theta: Array, velocity: Array, dt: float, steps: int) -> tuple[Array, Array]:
    """Half a kick, half a drift, damping, half a drift, half a kick."""
    phases, velocities, h = theta.astype(Real), velocity.astype(Real), Real(dt)
    mass, damping = np.asarray(model.mass, dtype=Real), np.asarray(model.damping, dtype=Real)
    for _ in range(steps):
        velocities = velocities + h / (2 * mass) * rate(model, phases, theta.dtype)
        phases = phases + h / 2 * velocities
        velocities = np.exp(-damping * h / mass) * velocities
        phases = phases + h / 2 * velocities
        velocities = velocities + h / (2 * mass) * rate(model, phases, theta.dtype)
    return phases, velocities


# Observables


def _present(theta: Array, mask: Optional[Array]) -> Array:
    there: Array = np.ones(theta.shape, bool) if mask is None else np.asarray(mask) != 0
    return there


def daido_moment(theta: Array, m: int, mask: Optional[Array] = None) -> tuple[Any, Any]:
    """r and ψ of the mean of e^{imθ}; m = 1 is the order parameter."""
    phases = theta.astype(Real)[_present(theta, mask)] * m
    if phases.size == 0:
        return Real(0), Real(0)
    real, imaginary = np.cos(phases).mean(), np.sin(phases).mean()
    return np.hypot(real, imaginary), np.arctan2(imaginary, real)


def order_parameter(theta: Array, mask: Optional[Array] = None) -> tuple[Any, Any]:
    """r and ψ of the mean of e^{iθ}."""
    return daido_moment(theta, 1, mask)


def phase_moments(theta: Array, mask: Optional[Array] = None) -> tuple[Any, Any, Any, Any]:
    """Mean, variance, skewness and excess kurtosis."""
    phases = theta.astype(Real)[_present(theta, mask)]
    none = Real("nan")
    if phases.size == 0:
        return Real(0), Real(0), none, none
    if np.all(phases == phases[0]):
        return phases[0], Real(0), none, none
    apart = phases - phases.mean()
    variance = (apart**2).mean()
    return phases.mean(), variance, (apart**3).mean() / variance ** Real(1.5), (apart**4).mean() / variance**2 - 3


def phase_statistics(theta: Array, mask: Optional[Array] = None) -> tuple[Any, Any, Any, Any]:
    """Mean, standard deviation, least and greatest."""
    phases = theta.astype(Real)[_present(theta, mask)]
    if phases.size == 0:
        return Real(0), Real(0), Real(0), Real(0)
    return phases.mean(), np.sqrt(((phases - phases.mean()) ** 2).mean()), phases.min(), phases.max()


@dataclass
class Bond:
    """Two phases, the axis from the first to the second, and a strength."""

    axis: str
    first: Any
    second: Any
    strength: Any


def bonds(model: Model, theta: Array, mask: Optional[Array] = None) -> list[Bond]:
    """All bonds of present cells that exist, those to fixed phases included."""
    rows, cols = theta.shape
    phases, there = theta.astype(Real), _present(theta, mask)
    east, south = model.strengths((rows, cols))
    sides = model.boundary
    found = []
    for i in range(rows):
        for j in range(cols):
            right, below = (i, (j + 1) % cols), ((i + 1) % rows, j)
            if (j + 1 < cols or sides.west.kind == "periodic") and there[i, j] and there[right]:
                found.append(Bond("cols", phases[i, j], phases[right], east[i, j]))
            if (i + 1 < rows or sides.north.kind == "periodic") and there[i, j] and there[below]:
                found.append(Bond("rows", phases[i, j], phases[below], south[i, j]))
    for axis, side, cells, is_low in _edges(sides):
        if side.kind != "fixed_phase" or theta.size == 0:
            continue
        given = np.broadcast_to(np.asarray(side.values, dtype=Real), phases[cells].shape)
        for here, beyond, is_there in zip(phases[cells], given, there[cells]):
            if is_there:
                first, second = (beyond, here) if is_low else (here, beyond)
                found.append(Bond(axis, first, second, Real(1)))
    return [bond for bond in found if bond.strength != 0]


def _edges(sides: Boundary) -> list[tuple[str, Side, Any, bool]]:
    return [
        ("rows", sides.north, np.s_[0, :], True),
        ("rows", sides.south, np.s_[-1, :], False),
        ("cols", sides.west, np.s_[:, 0], True),
        ("cols", sides.east, np.s_[:, -1], False),
    ]


def energy(model: Model, theta: Array, mask: Optional[Array] = None) -> Any:
    """−K Σ w cos(θ_b − θ_a) over the bonds, and −K q θ for each given flux q."""
    total = Real(0)
    for bond in bonds(model, theta, mask):
        total += bond.strength * np.cos(bond.second - bond.first)
    there = _present(theta, mask)
    for _, side, cells, _ in _edges(model.boundary):
        if side.kind == "fixed_flux" and theta.size > 0:
            total += (np.asarray(side.values, dtype=Real) * theta.astype(Real)[cells] * there[cells]).sum()
    return -Real(model.K) * total


def helicity_sums(model: Model, theta: Array, mask: Optional[Array] = None) -> dict[str, tuple[Any, Any]]:
    """Σ w cos and Σ w sin of the differences along each axis."""
    sums = {"rows": (Real(0), Real(0)), "cols": (Real(0), Real(0))}
    for bond in bonds(model, theta, mask):
        cosines, sines = sums[bond.axis]
        difference = bond.second - bond.first
        sums[bond.axis] = (
            cosines + bond.strength * np.cos(difference),
            sines + bond.strength * np.sin(difference),
        )
    return sums


def local_order_parameter(
    boundary: Boundary, theta: Array, half_width: int, mask: Optional[Array] = None
) -> Array:
    """|mean of e^{iθ}| over the present cells of the window around each cell; NaN for missing cells."""
    rows, cols = theta.shape
    there = _present(theta, mask)
    phases = theta.astype(Real)
    r = np.full(theta.shape, Real("nan"))
    for i in range(rows):
        in_rows = _window(i, half_width, rows, boundary.north.kind == "periodic")
        for j in range(cols):
            if not there[i, j]:
                continue
            window = np.ix_(in_rows, _window(j, half_width, cols, boundary.west.kind == "periodic"))
            inside = phases[window][there[window]]
            r[i, j] = np.hypot(np.cos(inside).mean(), np.sin(inside).mean())
    return r


def _window(centre: int, half_width: int, cells: int, is_periodic: bool) -> list[int]:
    around = range(centre - half_width, centre + half_width + 1)
    if is_periodic:
        return sorted({k % cells for k in around})
    return [k for k in around if 0 <= k < cells]


def correlation(
    boundary: Boundary, theta: Array, distances: int, pairs: str = "both", mask: Optional[Array] = None
) -> Array:
    """The mean of cos(θ_b − θ_a) over the pairs of present cells at each distance; 0 without pairs."""
    there = _present(theta, mask)
    phases = theta.astype(Real)
    result = np.zeros(distances, Real)
    for distance in range(distances):
        cosines: list[Any] = []
        for axis, name, side in ((0, "rows", boundary.north), (1, "cols", boundary.west)):
            if pairs not in (name, "both"):
                continue
            cells = theta.shape[axis]
            for k in range(cells):
                other = k + distance
                if other >= cells and side.kind != "periodic":
                    continue
                a, b = np.take(phases, k, axis), np.take(phases, other % cells, axis)
                both = np.take(there, k, axis) & np.take(there, other % cells, axis)
                cosines.extend(np.cos(b - a)[both])
        result[distance] = np.mean(cosines) if cosines else Real(0)
    return result


def correlation_length(numbers: Sequence[float]) -> float:
    """Where a correlation function first falls to C(0)/e, on straight lines between its numbers."""
    if len(numbers) == 0 or numbers[0] <= 0:
        return 0.0
    level = float(numbers[0]) / np.e
    for d in range(1, len(numbers)):
        if numbers[d] <= level:
            return float(d - 1 + (numbers[d - 1] - level) / (numbers[d - 1] - numbers[d]))
    return float("inf")


def vortices(boundary: Boundary, theta: Array, mask: Optional[Array] = None) -> list[tuple[float, float, int]]:
    """Row, column and charge of each vortex, row by row. Charges are clockwise turns around a plaquette."""
    rows, cols = theta.shape
    there = _present(theta, mask)
    phases = theta.astype(Real)
    found: list[tuple[float, float, int]] = []
    if theta.size == 0:
        return found
    for i in range(rows if boundary.north.kind == "periodic" else rows - 1):
        for j in range(cols if boundary.west.kind == "periodic" else cols - 1):
            below, right = (i + 1) % rows, (j + 1) % cols
            corners = [(i, j), (i, right), (below, right), (below, j)]
            if not all(there[corner] for corner in corners):
                continue
            turns = 0
            for a, b in zip(corners, corners[1:] + corners[:1]):
                turns -= int(np.rint((phases[b] - phases[a]) / (2 * PI)))
            if turns != 0:
                found.append((i + 0.5, j + 0.5, turns))
    return found


def frequency_clusters(
    boundary: Boundary, frequencies: Array, tolerance: float, mask: Optional[Array] = None
) -> Array:
    """A label for each cell, in the order of the first cells of the clusters; −1 where a cell is missing."""
    rows, cols = frequencies.shape
    there = _present(frequencies, mask)
    numbers = frequencies.astype(np.float64)
    labels = np.full((rows, cols), -1, np.int64)
    count = 0
    for i in range(rows):
        for j in range(cols):
            if not there[i, j] or labels[i, j] >= 0:
                continue
            labels[i, j] = count
            waiting = [(i, j)]
            while waiting:
                here = waiting.pop()
                for cell in _neighbours(here, (rows, cols), boundary):
                    if there[cell] and labels[cell] < 0 and abs(numbers[cell] - numbers[here]) <= tolerance:
                        labels[cell] = count
                        waiting.append(cell)
            count += 1
    return labels


def _neighbours(cell: tuple[int, int], shape: tuple[int, int], boundary: Boundary) -> list[tuple[int, int]]:
    rows, cols = shape
    found = []
    for i, j in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        row, col = cell[0] + i, cell[1] + j
        if not 0 <= row < rows:
            if boundary.north.kind != "periodic":
                continue
            row %= rows
        if not 0 <= col < cols:
            if boundary.west.kind != "periodic":
                continue
            col %= cols
        found.append((row, col))
    return found


def kinetic_temperature(mass: Union[float, Array], velocity: Array, mask: Optional[Array] = None) -> Any:
    """The mean of m v² over the present cells."""
    there = _present(velocity, mask)
    if not there.any():
        return Real(0)
    masses = np.broadcast_to(np.asarray(mass, dtype=Real), velocity.shape)
    return (masses * velocity.astype(Real) ** 2)[there].mean()
