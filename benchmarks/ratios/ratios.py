"""How fast the library is, as ratios: against loops written by hand, NumPy, SLEEF, and the limits of this machine.

Prints one line per ratio: its value, its bound and whether the bound holds.

Exit status: 0 if every bound that applies here holds, 1 if one is missed, 2 if the comparison could not be made.

Every ratio comes from pairs of timings taken in turns, A B, B A, A B, ..., so that a change of the clock or a busy
neighbour touches both. The figure is the median of the ratios of the pairs, with its quartiles. Every timing is long
enough (20 ms) for the timer and the call to be nothing.

    cmake --workflow --preset ratios                             build what is compared, and run this
    python3 benchmarks/ratios/ratios.py build/ratios/benchmarks/ratios/contestants.json --only 1,4
"""

import argparse
import ctypes
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Callable, List, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import verdict  # noqa: E402
from verdict import Failure  # noqa: E402

with verdict.failures_are_no_verdict():
    import numpy

SHORTEST = 0.02  # seconds a timing has to take
FUSED_STEPS = 32  # the fewest steps a call of advance gets: fewer leave no time steps to fuse
FUSED_STEPS_HUGE = 16  # the same for a lattice of HUGE cells, for the sake of time
HUGE = 10**8
SINES = 1024  # arguments of the sine kernels: with the results, at most 16 KiB, which is in every first-level cache
TYPES = ("f32", "f64")
BYTES = {"f32": 4, "f64": 8}
NUMPY_TYPE = {"f32": numpy.float32, "f64": numpy.float64}


# --- what is timed --------------------------------------------------------------------------------------------------


@dataclass
class Timed:
    """Something to be timed: run(count) does `count` portions of the work, each of so many units (cells, bytes)."""

    run: Callable[[int], None]
    units: float
    count: int = 1

    def seconds(self):
        start = time.perf_counter()
        self.run(self.count)
        return time.perf_counter() - start

    def nanoseconds_per_unit(self):
        return self.seconds() / (self.count * self.units) * 1e9

    def warm_up(self):
        """Touches the memory, and finds a count that takes long enough."""
        self.seconds()
        while (elapsed := self.seconds()) < SHORTEST:
            self.count = int(self.count * min(10.0, 1.3 * SHORTEST / elapsed)) + 1


@dataclass
class Line:
    """One line of the table."""

    name: str
    what: str
    must: Optional[float] = None  # without a bound the line is shown and not judged
    goal: Optional[float] = None
    at_least: bool = False  # the bound is from below
    everywhere: bool = False  # the bound does not depend on the multiply-add pipes
    ratios: List[float] = field(default_factory=list)  # one a pair
    nanoseconds: Optional[tuple] = None  # the medians of what was divided by what
    unmeasured: str = ""  # why there are no ratios

    def holds(self):
        median = numpy.median(self.ratios)
        return median >= self.must if self.at_least else median <= self.must

    def verdict(self, has_two_pipes):
        if self.unmeasured:
            return "not measured: " + self.unmeasured
        if self.must is None:
            return "for information"
        if has_two_pipes or self.everywhere:
            return "holds" if self.holds() else "MISSED"
        return "not applicable (would hold)" if self.holds() else "not applicable (would miss)"

    def text(self, has_two_pipes):
        median = spread = nanoseconds = must = goal = ""
        if self.ratios:
            median = f"{numpy.median(self.ratios):.3f}"
            if len(self.ratios) > 1:
                lower, upper = numpy.percentile(self.ratios, [25, 75])
                spread = f"{lower:.3f} … {upper:.3f}"
        if self.nanoseconds:
            nanoseconds = "{:.3f} / {:.3f}".format(*self.nanoseconds)
        if self.must is not None:
            must = ("≥ " if self.at_least else "≤ ") + f"{self.must:g}"
        if self.goal is not None:
            goal = f"{self.goal:g}"
        return (
            f"{self.name:<4} {self.what:<62} {median:>7}  {spread:<17} {nanoseconds:<17} "
            f"{must:<7} {goal:<5} {self.verdict(has_two_pipes)}"
        )


def progress(text):
    print(text, file=sys.stderr, flush=True)


# --- the contestants ------------------------------------------------------------------------------------------------


class Request(ctypes.Structure):
    """As in library.cpp."""

    _fields_ = [
        ("rows", ctypes.c_int64),
        ("cols", ctypes.c_int64),
        ("isa", ctypes.c_char_p),
        ("threads", ctypes.c_int),
        ("is_double", ctypes.c_int),
        ("is_linear", ctypes.c_int),
        ("is_column_major", ctypes.c_int),
        ("omega_is_number", ctypes.c_int),
    ]


def load(path, **functions):
    """A shared module; functions: name = (result type, argument types...)."""
    module = ctypes.CDLL(path)
    for name, (result, *arguments) in functions.items():
        function = getattr(module, name)
        function.restype = result
        function.argtypes = arguments
    return module


def load_library(path):
    return load(
        path,
        lattice_create=(ctypes.c_void_p, ctypes.POINTER(Request)),
        lattice_advance=(None, ctypes.c_void_p, ctypes.c_int64),
        lattice_apply=(None, ctypes.c_void_p, ctypes.c_int64),
        lattice_theta=(ctypes.c_void_p, ctypes.c_void_p),
        lattice_omega=(ctypes.c_void_p, ctypes.c_void_p),
        lattice_destroy=(None, ctypes.c_void_p),
        lattice_coupling_strength=(ctypes.c_double,),
        lattice_time_step=(ctypes.c_double,),
        lattice_isa=(ctypes.c_char_p,),
        lattice_compiler=(ctypes.c_char_p,),
    )


def load_twin(path):
    return load(
        path,
        twin_create=(ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p,
                     ctypes.c_void_p, ctypes.c_double, ctypes.c_double, ctypes.c_int),
        twin_advance=(None, ctypes.c_void_p, ctypes.c_int64),
        twin_theta=(ctypes.c_void_p, ctypes.c_void_p),
        twin_destroy=(None, ctypes.c_void_p),
    )


def load_machine(path):
    return load(
        path,
        triad_create=(ctypes.c_void_p, ctypes.c_int64, ctypes.c_int),
        triad_run=(None, ctypes.c_void_p, ctypes.c_int64),
        triad_destroy=(None, ctypes.c_void_p),
        machine_additions=(ctypes.c_int64, ctypes.c_int64),
        machine_has_avx512=(ctypes.c_int,),
        machine_multiply_adds=(None, ctypes.c_int64),
    )


def load_sine(path):
    return load(
        path,
        sine_fill=(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t,
                   ctypes.c_int64),
    )


def load_sleef(path):
    return load(
        path,
        sleef_sine=(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64),
        sleef_isa=(ctypes.c_char_p,),
    )


def cells_at(address, precision, rows, cols):
    """The row-major cells at an address as an array; nothing is copied."""
    pointer = ctypes.cast(address, ctypes.POINTER(ctypes.c_float if precision == "f32" else ctypes.c_double))
    return numpy.ctypeslib.as_array(pointer, shape=(rows, cols))


class Lattice:
    """A lattice of the library."""

    def __init__(self, library, precision, rows, cols=None, *, threads=1, isa="automatic", linear=False,
                 column_major=False, omega_is_number=False):
        self.library, self.precision = library, precision
        self.rows, self.cols = rows, rows if cols is None else cols
        self.request = Request(self.rows, self.cols, isa.encode(), threads, precision == "f64", linear, column_major,
                               omega_is_number)
        self.handle = library.lattice_create(self.request)
        if not self.handle:
            raise Failure(f"the library cannot make a lattice of {self.rows} x {self.cols} cells")

    def close(self):
        self.library.lattice_destroy(self.handle)

    def advance(self, steps):
        self.library.lattice_advance(self.handle, steps)

    def apply(self, times):
        self.library.lattice_apply(self.handle, times)

    def theta(self):
        return cells_at(self.library.lattice_theta(self.handle), self.precision, self.rows, self.cols)

    def omega(self):
        return cells_at(self.library.lattice_omega(self.handle), self.precision, self.rows, self.cols)

    def timed_advance(self):
        cells = self.rows * self.cols
        return Timed(self.advance, cells, FUSED_STEPS if cells < HUGE else FUSED_STEPS_HUGE)

    def timed_apply(self):
        return Timed(self.apply, self.rows * self.cols)


class Twin:
    """A loop written by hand, which starts from the phases and frequencies of a lattice."""

    def __init__(self, module, lattice, sines, threads=1):
        library = lattice.library
        self.module, self.precision = module, lattice.precision
        self.rows, self.cols = lattice.rows, lattice.cols
        self.handle = module.twin_create(
            lattice.precision == "f64", sines, self.rows, self.cols, library.lattice_theta(lattice.handle),
            library.lattice_omega(lattice.handle), library.lattice_coupling_strength(), library.lattice_time_step(),
            threads)

    def close(self):
        self.module.twin_destroy(self.handle)

    def advance(self, steps):
        self.module.twin_advance(self.handle, steps)

    def theta(self):
        return cells_at(self.module.twin_theta(self.handle), self.precision, self.rows, self.cols)

    def timed_advance(self):
        return Timed(self.advance, self.rows * self.cols)


class NumpyLattice:
    """What one writes in Python: the sine of the differences along each direction, added to both cells of a bond.

    Every expression makes a new array, as NumPy does. What that costs depends on the C library's memory allocation and
    so varies from run to run more than arithmetic does.
    """

    def __init__(self, lattice):
        self.phases = lattice.theta().copy()
        self.frequencies = lattice.omega().copy()
        self.K = lattice.library.lattice_coupling_strength()
        self.dt = lattice.library.lattice_time_step()

    def advance(self, steps):
        theta = self.phases
        for _ in range(steps):
            rate = self.frequencies.copy()
            down = self.K * numpy.sin(theta[1:] - theta[:-1])
            rate[:-1] += down
            rate[1:] -= down
            right = self.K * numpy.sin(theta[:, 1:] - theta[:, :-1])
            rate[:, :-1] += right
            rate[:, 1:] -= right
            theta += self.dt * rate

    def theta(self):
        return self.phases

    def timed_advance(self):
        return Timed(self.advance, self.phases.size)


class Triad:
    """a = b + s c over three arrays of 128 MiB."""

    size = 128 * 2**20 // 8

    def __init__(self, module, threads):
        self.module = module
        self.handle = module.triad_create(self.size, threads)

    def close(self):
        self.module.triad_destroy(self.handle)

    def timed(self, bytes_per_unit):
        return Timed(lambda times: self.module.triad_run(self.handle, times), 3 * 8 * self.size / bytes_per_unit)


class SineArguments:
    """Arguments within ±2π for the sine kernels, and a place for the results.

    Both start at a cache line, and half a page apart modulo the page of 4 KiB: where results lie a whole number of pages
    behind the arguments, processors take a store for one to the place of a later load and wait.
    """

    def __init__(self, precision):
        memory = numpy.zeros(2 * SINES * 8 + 4096, numpy.uint8)
        start = -memory.ctypes.data % 64
        size = SINES * BYTES[precision]
        gap = SINES * 8 + 2048
        self.x = memory[start : start + size].view(NUMPY_TYPE[precision])
        self.y = memory[start + gap : start + gap + size].view(NUMPY_TYPE[precision])
        self.x[:] = numpy.random.default_rng(1).uniform(-2 * numpy.pi, 2 * numpy.pi, SINES)
        self.is_double = precision == "f64"

    def library(self, module, isa):
        def run(times):
            module.sine_fill(isa.encode(), self.is_double, self.x.ctypes.data, self.y.ctypes.data, SINES, times)

        return Timed(run, SINES)

    def sleef(self, module, sines_per_unit=1):
        def run(times):
            module.sleef_sine(self.is_double, self.x.ctypes.data, self.y.ctypes.data, SINES, times)

        return Timed(run, SINES / sines_per_unit)


# --- the machine ----------------------------------------------------------------------------------------------------


def processor_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def caches():
    found = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text(encoding="utf-8").strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found) or "unknown"


def clock_and_multiply_adds(machine, pairs):
    """The clock in GHz, and how many 512-bit multiply-adds start in a cycle (0: there are none)."""
    additions = Timed(machine.machine_additions, 64)
    additions.warm_up()
    if not machine.machine_has_avx512():
        return 1.0 / numpy.median([additions.nanoseconds_per_unit() for _ in range(pairs)]), 0.0
    multiply_adds = Timed(machine.machine_multiply_adds, 16)
    multiply_adds.warm_up()
    measured = [(additions.nanoseconds_per_unit(), multiply_adds.nanoseconds_per_unit()) for _ in range(pairs)]
    return 1.0 / numpy.median([a for a, _ in measured]), numpy.median([a / m for a, m in measured])


# --- the rows -------------------------------------------------------------------------------------------------------


class Rows:
    """The rows of the table, each a method that yields its lines."""

    def __init__(self, contestants, options):
        self.options = options
        self.processors = len(os.sched_getaffinity(0))
        self.library = load_library(contestants["library"])
        self.twin = load_twin(contestants["twin"])
        self.machine = load_machine(contestants["machine"])
        self.sine = load_sine(contestants["sine"])
        self.sine_accuracy = contestants["sine_accuracy"]
        self.sleef = load_sleef(contestants["sleef"]) if contestants["sleef"] else None
        self.sleef_isa = self.sleef.sleef_isa().decode() if self.sleef else None
        self.compilers = contestants["compilers"]
        for compiler in self.compilers:
            compiler["modules"] = [load_library(path) for path in (compiler["plain"], compiler["native"]) if path]

    # How a line is measured.

    def compare(self, line, a, b):
        """Fills the line with a ÷ b."""
        a.warm_up()
        b.warm_up()
        pairs = []
        for k in range(self.options.pairs):
            if k % 2 == 0:
                first = a.nanoseconds_per_unit()
                pairs.append((first, b.nanoseconds_per_unit()))
            else:
                second = b.nanoseconds_per_unit()
                pairs.append((a.nanoseconds_per_unit(), second))
        return self.fill(line, pairs)

    @staticmethod
    def fill(line, pairs):
        line.ratios = [a / b for a, b in pairs]
        line.nanoseconds = tuple(numpy.median(pairs, axis=0))
        return line

    def lattice(self, stack, precision, rows, cols=None, **arguments):
        return stack.enter_context(closing(Lattice(self.library, precision, rows, cols, **arguments)))

    def lacks(self, threads):
        return f"needs {threads} processors" if self.processors < threads else ""

    # The rows of the table.

    def twins(self, names, precision, threads, must, goal):
        """The faster of the two loops is judged, the other one shown."""
        lines = []
        for name, sines in zip(names, (2, 4)):
            text = f"hand-written loop, {sines} sines ÷ library, {precision}, N = 4000, {plural(threads, 'thread')}"
            line = Line(name, text, at_least=True, unmeasured=self.lacks(threads))
            lines.append(line)
            if not line.unmeasured:
                with ExitStack() as stack:
                    lattice = self.lattice(stack, precision, 4000, threads=threads)
                    twin = stack.enter_context(closing(Twin(self.twin, lattice, sines, threads)))
                    self.compare(line, twin.timed_advance(), lattice.timed_advance())
        faster = min(lines, key=lambda line: line.nanoseconds or (0.0, 0.0))
        faster.must, faster.goal = must, goal
        return lines

    def row_1(self):
        """hand-written -Ofast loop ÷ library, 1 thread"""
        yield from self.twins(("1a", "1b"), "f32", 1, 4.3, 5)
        yield from self.twins(("1c", "1d"), "f64", 1, 3, 3.5)

    def row_2(self):
        """the same with 2 threads each"""
        yield from self.twins(("2a", "2b"), "f32", 2, 4, 5)
        yield from self.twins(("2c", "2d"), "f64", 2, 3, 3.5)

    def row_3(self):
        """NumPy ÷ library"""
        for name, precision, must, goal in (("3a", "f32", 33, 45), ("3b", "f64", 17, 22)):
            with ExitStack() as stack:
                lattice = self.lattice(stack, precision, 1000)
                text = f"NumPy {numpy.__version__} ÷ library, {precision}, N = 1000, 1 thread"
                line = Line(name, text, must, goal, at_least=True)
                yield self.compare(line, NumpyLattice(lattice).timed_advance(), lattice.timed_advance())

    def row_4(self):
        """whole Euler cell-step in cache ÷ two sines of SLEEF"""
        for name, precision, must, goal in (("4a", "f32", 0.95, 0.8), ("4b", "f64", 1, 0.85)):
            line = Line(name, f"cell-step, N = 512 ÷ two sines of SLEEF u35, {precision}", must, goal,
                        unmeasured=self.lacks_sleef())
            if not line.unmeasured:
                line.what += f", {self.sleef_isa}"
                with ExitStack() as stack:
                    lattice = self.lattice(stack, precision, 512, isa=self.sleef_isa)
                    sleef = SineArguments(precision).sleef(self.sleef, sines_per_unit=2)
                    self.compare(line, lattice.timed_advance(), sleef)
            yield line

    def row_5(self):
        """N = 10 000 ÷ N = 512"""
        yield from self.sizes("5", 10000, 512, (1, 2), 1.15, 1.05)

    def row_6(self):
        """N = 100 ÷ N = 512"""
        yield from self.sizes("6", 100, 512, (1,), 1.25, 1.15)

    def sizes(self, row, n, other, thread_counts, must, goal):
        for part, (threads, precision) in zip("abcd", ((t, p) for t in thread_counts for p in TYPES)):
            line = Line(row + part, f"N = {n} ÷ N = {other}, {precision}, {plural(threads, 'thread')}", must, goal,
                        unmeasured=self.lacks(threads))
            if not line.unmeasured:
                with ExitStack() as stack:
                    a = self.lattice(stack, precision, n, threads=threads)
                    b = self.lattice(stack, precision, other, threads=threads)
                    self.compare(line, a.timed_advance(), b.timed_advance())
            yield line

    def row_7(self):
        """1 thread ÷ 2 threads"""
        for part, (n, precision) in zip("abcd", ((n, p) for n in (512, 4000) for p in TYPES)):
            line = Line("7" + part, f"1 thread ÷ 2 threads, {precision}, N = {n}", 1.85, 1.95, at_least=True,
                        unmeasured=self.lacks(2))
            if not line.unmeasured:
                with ExitStack() as stack:
                    one = self.lattice(stack, precision, n)
                    two = self.lattice(stack, precision, n, threads=2)
                    self.compare(line, one.timed_advance(), two.timed_advance())
            yield line

    def row_8(self):
        """plain -O2 ÷ -O3 -march=native, compiler by compiler; slowest ÷ fastest compiler"""
        # All modules take turns in every round, so that each may be divided by each.
        rounds = {precision: self.time_compilers(precision) for precision in TYPES}
        part = iter("abcdefghijklmnopqrstuvwxyz")
        for k, compiler in enumerate(self.compilers):
            for precision in TYPES:
                line = Line("8" + next(part), f"-O2 ÷ -O3 -march=native, {compiler['name']}, {precision}, N = 512", 1.1,
                            1.03)
                if compiler["modules"]:
                    self.fill(line, [(times[k][0], times[k][1]) for times in rounds[precision]])
                else:
                    line.unmeasured = f"needs {compiler['name']}"
                yield line
        present = [k for k, compiler in enumerate(self.compilers) if compiler["modules"]]
        for precision in TYPES:
            line = Line("8" + next(part), f"slowest ÷ fastest at -O2, {precision}, N = 512", 1.15, 1.05)
            if len(present) > 1:
                cost = {k: numpy.median([times[k][0] for times in rounds[precision]]) for k in present}
                slowest, fastest = max(present, key=cost.get), min(present, key=cost.get)
                names = f"{self.compilers[slowest]['name']} ÷ {self.compilers[fastest]['name']}"
                line.what = line.what.replace("slowest ÷ fastest", f"slowest ÷ fastest ({names})")
                self.fill(line, [(times[slowest][0], times[fastest][0]) for times in rounds[precision]])
            else:
                line.unmeasured = "needs two compilers"
            yield line

    def time_compilers(self, precision):
        """For every round, for every compiler, the cost of a cell-step of each of its modules."""
        with ExitStack() as stack:
            contestants = []
            for compiler in self.compilers:
                lattices = [stack.enter_context(closing(Lattice(module, precision, 512)))
                            for module in compiler["modules"]]
                contestants.append([lattice.timed_advance() for lattice in lattices])
            for timed in sum(contestants, []):
                timed.warm_up()
            return [[[timed.nanoseconds_per_unit() for timed in modules] for modules in contestants]
                    for _ in range(self.options.pairs)]

    def row_9(self):
        """sine kernel ÷ SLEEF in the first-level cache; largest error of the sine in ULP"""
        for name, precision, must, goal in (("9a", "f32", 0.8, 0.65), ("9b", "f64", 0.9, 0.7)):
            line = Line(name, f"sine ÷ SLEEF u35 in L1, {precision}", must, goal, unmeasured=self.lacks_sleef())
            if not line.unmeasured:
                line.what += f", {self.sleef_isa}"
                arguments = SineArguments(precision)
                self.compare(line, arguments.library(self.sine, self.sleef_isa), arguments.sleef(self.sleef))
            yield line
        stride = self.options.float_stride
        which = "every float" if stride == 1 else f"one float in {stride}"
        line = Line("9c", f"largest error of the sine in ULP, {which}", 1.8, everywhere=True)
        line.ratios = [self.largest_error("--floats", stride, "--doubles", 0)]
        yield line
        samples = self.options.doubles
        line = Line("9d", f"largest error of the sine in ULP, {samples:.0e} random f64 to 2^20", 1.8, everywhere=True)
        line.ratios = [self.largest_error("--floats", 0, "--doubles", samples // 4)]
        yield line

    def largest_error(self, *options):
        """The largest error of the sine that the program sine_accuracy finds over every float, or over random doubles.

        Doubles beside multiples of π/2, which random ones do not hit, are larger; docs/numerics.md has them.
        """
        command = [self.sine_accuracy, "--isa", self.library.lattice_isa().decode(), "--function", "sin"]
        output = subprocess.run(command + [str(option) for option in options], check=True, text=True,
                                stdout=subprocess.PIPE).stdout
        lines = [line for line in output.splitlines() if "beside multiples" not in line]
        return max(float(re.search(r"([0-9.]+|inf) ULP", line)[1]) for line in lines)

    def lacks_sleef(self):
        if not self.sleef:
            return "needs SLEEF (libsleef-dev)"
        if self.library.lattice_isa() == b"baseline":
            return "needs AVX2"
        return ""

    def row_10(self):
        """linear Laplacian, streaming bound ÷ time"""
        for name, precision in zip(("10a", "10b"), TYPES):
            with ExitStack() as stack:
                triad = stack.enter_context(closing(Triad(self.machine, 1)))
                lattice = self.lattice(stack, precision, 4000, linear=True)
                line = Line(name, f"streaming bound ÷ linear Laplacian, {precision}, N = 4000, 1 thread", 1.8, 3, True)
                yield self.compare(line, triad.timed(3 * BYTES[precision]), lattice.timed_advance())

    def row_11(self):
        """apply, time ÷ streaming bound"""
        for name, precision in zip(("11a", "11b"), TYPES):
            with ExitStack() as stack:
                triad = stack.enter_context(closing(Triad(self.machine, 1)))
                lattice = self.lattice(stack, precision, 4000)
                line = Line(name, f"apply ÷ streaming bound, {precision}, N = 4000, 1 thread", 1.4, 1.15)
                yield self.compare(line, lattice.timed_apply(), triad.timed(3 * BYTES[precision]))

    def row_12(self):
        """peak memory of advance ÷ its two fields"""
        line = Line("12", "peak memory of advance ÷ (θ + ω), f32, N = 10000", 1.03, 1.01, everywhere=True)
        command = [sys.executable, __file__, self.options.contestants, "--peak-memory"]
        line.ratios = [float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)]
        yield line

    def row_13(self):
        """long grids and column-major ones ÷ the square row-major one, cost a cell"""
        shapes = (
            (10, 10_000_000, False, "10 x 10 000 000", 2, 1.2),
            (10_000_000, 10, False, "10 000 000 x 10", 4, 2),
            (4000, 4000, True, "column-major 4000 x 4000", 1.1, 1.02),
        )
        part = iter("abcdef")
        for rows, cols, column_major, text, must, goal in shapes:
            for precision in TYPES:
                with ExitStack() as stack:
                    a = self.lattice(stack, precision, rows, cols, column_major=column_major)
                    square = self.lattice(stack, precision, 4000)
                    line = Line("13" + next(part), f"{text} ÷ 4000 x 4000, {precision}, 1 thread", must, goal)
                    yield self.compare(line, a.timed_advance(), square.timed_advance())

    def row_14(self):
        """ω as one number ÷ ω as a field, for information"""
        for name, precision in zip(("14a", "14b"), TYPES):
            with ExitStack() as stack:
                number = self.lattice(stack, precision, 4000, omega_is_number=True)
                field_of_numbers = self.lattice(stack, precision, 4000)
                line = Line(name, f"ω as one number ÷ as a field, {precision}, N = 4000, 1 thread")
                yield self.compare(line, number.timed_advance(), field_of_numbers.timed_advance())

    # Before anything is timed.

    def check_agreement(self):
        """All contestants have to compute the same thing, to rounding."""
        rows, cols, steps = 61, 150, 20
        for precision, tolerance in zip(TYPES, (1e-4, 1e-12)):
            with ExitStack() as stack:
                lattice = self.lattice(stack, precision, rows, cols)
                others = {"NumPy": NumpyLattice(lattice)}
                for sines in (2, 4):
                    for threads in (1, 2):
                        twin = Twin(self.twin, lattice, sines, threads)
                        others[f"the loop with {sines} sines, threads: {threads}"] = stack.enter_context(closing(twin))
                others["the library, threads: 2"] = self.lattice(stack, precision, rows, cols, threads=2)
                for compiler in self.compilers:
                    for module in compiler["modules"]:
                        other = Lattice(module, precision, rows, cols)
                        others[f"{compiler['name']}, {module._name}"] = stack.enter_context(closing(other))
                lattice.advance(steps)
                for name, other in others.items():
                    other.advance(steps)
                    difference = numpy.abs(other.theta() - lattice.theta()).max()
                    if not difference < tolerance:
                        raise Failure(f"{name} differs from the library by {difference:g} ({precision})")


def plural(count, noun):
    return f"{count} {noun}" + ("" if count == 1 else "s")


def peak_memory(library):
    """Peak memory of making two fields of N = 10 000 f32 and advancing them, in units of the two fields.

    For a process of its own, in which nothing else has been as large.
    """

    def status(key):
        for line in pathlib.Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024
        raise Failure(f"/proc/self/status has no {key}")

    n = 10000
    before = status("VmRSS")
    with closing(Lattice(library, "f32", n)) as lattice:
        lattice.advance(16)
    return (status("VmHWM") - before) / (2 * n * n * BYTES["f32"])


def header(rows, contestants, clock, multiply_adds, has_two_pipes):
    yield f"{processor_name()}, {plural(rows.processors, 'processor')}, {caches()}; {datetime.date.today()}"
    yield f"library: {rows.library.lattice_compiler().decode().strip()}, {contestants['library_flags']}; " \
          f"{rows.library.lattice_isa().decode()} chosen at run time"
    yield f"hand-written loop: the same compiler, {contestants['twin_flags']}"
    for compiler in rows.compilers:
        found = "not found, not measured"
        if compiler["modules"]:
            found = compiler["modules"][0].lattice_compiler().decode().strip()
        yield f"{compiler['name']}: {found}"
    yield f"SLEEF u35: {rows.sleef_isa}" if rows.sleef else "SLEEF: not found, not measured"
    bandwidths = []
    for threads in (1, 2):
        if rows.processors >= threads:
            with closing(Triad(rows.machine, threads)) as triad:
                timed = triad.timed(bytes_per_unit=1)
                timed.warm_up()
                cost = numpy.median([timed.nanoseconds_per_unit() for _ in range(rows.options.pairs)])
                bandwidths.append(f"{1 / cost:.1f} GB/s with {plural(threads, 'thread')}")
    yield f"triad: {', '.join(bandwidths)}"
    judged = "two pipes, so every row is judged" if has_two_pipes else \
             "not two pipes, so only memory and accuracy are judged"
    yield f"{multiply_adds:.2f} 512-bit multiply-adds a cycle at {clock:.2f} GHz (1.6 is the threshold): {judged}"


def numbers(text):
    """An argument type for argparse: whole numbers, separated by commas."""
    return [int(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contestants", help="contestants.json, which the build writes")
    parser.add_argument("--only", type=numbers, metavar="1,4,9", help="these rows only")
    parser.add_argument("--list", action="store_true", help="say what the rows are")
    parser.add_argument("--pairs", type=int, default=11, help="pairs of timings a ratio (default: 11)")
    parser.add_argument("--float-stride", type=int, default=1, help="row 9: one float in so many (default: every one)")
    parser.add_argument("--doubles", type=int, default=10**8, help="row 9: random float64 (default: 10^8)")
    parser.add_argument("--peak-memory", action="store_true", help=argparse.SUPPRESS)  # row 12 calls this program
    options = parser.parse_args()

    row_numbers = range(1, 15)
    if options.list:
        for number in row_numbers:
            print(f"{number:>2}  {getattr(Rows, f'row_{number}').__doc__}")
        return 0
    contestants = json.loads(pathlib.Path(options.contestants).read_text(encoding="utf-8"))
    if options.peak_memory:
        print(peak_memory(load_library(contestants["library"])))
        return 0
    wanted = options.only or list(row_numbers)
    if not set(wanted) <= set(row_numbers) or options.pairs < 1 or options.float_stride < 1 or options.doubles < 1:
        parser.error("there are rows 1 to 14, and every number is at least 1")

    start = time.monotonic()
    rows = Rows(contestants, options)
    progress("do all contestants compute the same?")
    rows.check_agreement()
    progress("the limits of this machine")
    clock, multiply_adds = clock_and_multiply_adds(rows.machine, options.pairs)
    has_two_pipes = bool(multiply_adds >= 1.6)
    for text in header(rows, contestants, clock, multiply_adds, has_two_pipes):
        print(text)
    print(f"\n{'':<4} {'ratio':<62} {'median':>7}  {'quartiles':<17} {'ns':<17} {'must':<7} {'goal':<5}", flush=True)
    missed = []
    for number in wanted:
        row = getattr(rows, f"row_{number}")
        progress(f"row {number}: {row.__doc__} ({time.monotonic() - start:.0f} s)")
        for line in row():
            print(line.text(has_two_pipes), flush=True)
            if line.verdict(has_two_pipes) == "MISSED":
                missed.append(line.name)
    progress(f"done ({time.monotonic() - start:.0f} s)")
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nNothing that applies here is missed.")
    return verdict.AGAINST if missed else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
