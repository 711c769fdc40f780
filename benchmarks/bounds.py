#!/usr/bin/env python3
"""Checks the speed that the library promises: a table of ratios between two cases of the suite, each with its bound.

Usage: bounds.py <results.json>

`cmake --workflow --preset bounds` runs the cases of the table, each pair in one process in turns, and then this script.
It reads any results of run.py, and says which ratios they lack. A bound on arithmetic counts where the processor starts
two 512-bit multiply-adds per cycle; elsewhere its ratio is shown and not judged.

Exit status: 0 if every bound that applies holds, 1 if one is missed, 2 if there are no results.
"""

import argparse
import math
from dataclasses import dataclass

import verdict
from found import DTYPES, Found
from results_file import read_results

SIZE = {"float32": 4, "float64": 8}
TWO_PIPES = 1.6  # multiply-adds of 512 bits per cycle, from which on there are two pipes


@dataclass(frozen=True)
class Bound:
    """A ratio of times per cell: of `above`, as a multiple of that of `below`. Of several cases the fastest counts.
    With a `counter` it is the value of this counter of `above`. The bounds are those of float32 and float64."""

    row: str
    what: str
    above: tuple
    below: tuple = ()
    at_least: tuple = ()
    at_most: tuple = ()
    counter: str = ""
    source: str = "design"  # where the bound is from
    needs_two_pipes: bool = True


LOOPS = tuple(f"rivals/advance/by-hand-Ofast{kind}/{{dtype}}" for kind in ("", "-two-sines"))
LOOPS_ON_THREADS = tuple(f"rivals/advance/by-hand-Ofast{kind}-threads/{{dtype}}/N:4000" for kind in ("", "-two-sines"))
FUSED = "advance/Fused/sine/{dtype}/"
ENSEMBLE = "ensemble/1024x{}x{}/{{dtype}}/threads:{}"
ON_THREADS = "threads/strong/N:{}/{{dtype}}/threads:{}"
APART = "threads/apart/N:{}/{{dtype}}/threads:{}"
SLEEF = ("rivals/sine/SLEEF-u35/{dtype}",)
TRIAD = ("limits/triad/threads:1",)
SQUARE = ("shapes/4000x4000/{dtype}",)
COMPILERS = ("g++-12", "clang++-14", "clang++-19")
PLAIN = tuple(f"compilers/{compiler}-O2/{{dtype}}" for compiler in COMPILERS)

# design: what the design set out to reach. measured: what was reached, with room for noise. docs: what a page claims.
BOUNDS = (
    Bound("1", "best loop by hand ÷ Fused, N = 512", tuple(f"{loop}/N:512" for loop in LOOPS),
          ("rivals/advance/Fused/{dtype}/N:512",),
          at_least=(1.6, 1.6), source="measured"),
    Bound("1", "best loop by hand ÷ Fused, N = 4000", tuple(f"{loop}/N:4000" for loop in LOOPS),
          ("rivals/advance/Fused/{dtype}/N:4000",),
          at_least=(4.3, 3)),
    Bound("2", "best loop by hand ÷ OpenMP, all threads, N = 4000", LOOPS_ON_THREADS,
          (ON_THREADS.format(4000, "{most}"),),
          at_least=(4, 3)),
    Bound("3", "NumPy ÷ Fused, N = 1000", ("size/N:1000/NumPy/{dtype}",), ("size/N:1000/Fused/{dtype}",)),
    Bound("4", "cell-step, N = 512 ÷ two sines of SLEEF u35", (FUSED + "512",), SLEEF, at_most=(0.95, 1)),
    Bound("5", "Fused, N = 10 000 ÷ N = 512", ("size/N:10000/Fused/{dtype}",), (FUSED + "512",), at_most=(1.15, 1.15)),
    Bound("5", "OpenMP, N = 10 000 ÷ N = 512", ("size/N:10000/OpenMP/{dtype}",), (ON_THREADS.format(512, "{most}"),),
          at_most=(1.15, 1.15)),
    Bound("6", "Fused, N = 100 ÷ N = 512", (FUSED + "100",), (FUSED + "512",), at_most=(1.25, 1.25)),
    *(
        Bound("7", f"1 thread ÷ 2 threads, N = {N}", (ON_THREADS.format(N, 1),), (ON_THREADS.format(N, 2),),
              at_least=(1.85, 1.85))
        for N in (512, 4000)
    ),
    *(
        Bound("7", f"Threads: {what}, 1 thread ÷ 2 threads, N = {N}", (f"threads/{case}/N:{N}/{{dtype}}/threads:1",),
              (f"threads/{case}/N:{N}/{{dtype}}/threads:2",), at_least=(least, least))
        for what, case, N, least in (("lattice", "strong-own", 512, 1.85), ("lattice", "strong-own", 4000, 1.85),
                                     ("mean field", "mean-field-own", 1000, 1.7))
    ),
    # For comparison, without a bound: one lattice on one thread, and its halves on two threads, as lattices of their own.
    # If the first ratio is low, it is the machine that limits the others.
    *(
        Bound("7", f"independent lattices, 1 thread ÷ 2 threads, N = {N}", (APART.format(N, 1),), (APART.format(N, 2),))
        for N in (512, 4000)
    ),
    *(
        Bound("7", f"Threads ÷ two independent halves, N = {N}", (f"threads/strong-own/N:{N}/{{dtype}}/threads:2",),
              (APART.format(N, 2),))
        for N in (512, 4000)
    ),
    *(
        Bound("8", f"{compiler}, -O2 ÷ -O3 -march=native, N = 512", (f"compilers/{compiler}-O2/{{dtype}}",),
              (f"compilers/{compiler}-O3-march=native/{{dtype}}",), at_most=(1.1, 1.1))
        for compiler in COMPILERS
    ),
    *(
        Bound("8", f"{compiler} ÷ the fastest compiler, -O2, N = 512", (f"compilers/{compiler}-O2/{{dtype}}",), PLAIN,
              at_most=(1.15, 1.15))
        for compiler in COMPILERS
    ),
    Bound("9", "sine ÷ SLEEF u35, first-level cache", ("rivals/sine/kuramoto/{dtype}",), SLEEF, at_most=(0.8, 0.9)),
    Bound("9", "largest error of the sine, ULP", ("rivals/sine/kuramoto/{dtype}",), at_most=(1.8, 1.8),
          counter="largest_error_ulp", source="docs/numerics.md", needs_two_pipes=False),
    Bound("10", "streaming bound ÷ linear operator, N = 4000", TRIAD, ("size/N:4000/Fused-linear/{dtype}",),
          at_least=(1.8, 1.8)),
    Bound("11", "apply ÷ streaming bound, N = 4000", ("apply/Fused/sine/{dtype}/4000",), TRIAD, at_most=(1.4, 1.4)),
    Bound("12", "peak memory ÷ the two fields of 800 MB", ("shapes/peak-memory/{dtype}",), at_most=(1.03, 1.03),
          counter="peak_memory", needs_two_pipes=False),
    Bound("13", "10 × 10 000 000 ÷ 4000 × 4000", ("shapes/10x10000000/{dtype}",), SQUARE, at_most=(2, 2)),
    Bound("13", "10 000 000 × 10 ÷ 4000 × 4000", ("shapes/10000000x10/{dtype}",), SQUARE, at_most=(4, 4)),
    Bound("13", "column-major ÷ row-major, N = 4000", ("shapes/4000x4000-column-major/{dtype}",), SQUARE,
          at_most=(1.1, 1.1)),
    *(
        Bound("15", f"chosen at run time ÷ templates, N = {N}", (f"runtime/choices/{{dtype}}/{N}",),
              (f"runtime/templates/{{dtype}}/{N}",), at_most=(1.02, 1.02), source="measured", needs_two_pipes=False)
        for N in (100, 512)
    ),
    *(
        Bound("16", f"1024 lattices of {N} × {N} ÷ one of 512 × 512", (ENSEMBLE.format(N, N, 1),), (FUSED + "512",),
              at_most=(1.2, 1.2), needs_two_pipes=False)
        for N in (16, 32)
    ),
    *(
        Bound("16", f"1024 lattices of {N} × {N}, 1 thread ÷ 2 threads", (ENSEMBLE.format(N, N, 1),),
              (ENSEMBLE.format(N, N, 2),), at_least=(1.9, 1.9))
        for N in (16, 32)
    ),
    *(
        Bound("17", f"periodic lattice, N = {N} ÷ N = 512", (f"size/N:{N}/Fused-torus/{{dtype}}",),
              ("size/N:512/Fused-torus/{dtype}",), at_most=(most, most), needs_two_pipes=False)
        for N, most in ((16, 4), (32, 2.2), (64, 1.5))
    ),
    *(
        Bound("18", f"Fused ÷ the loop by hand with two sines, N = {N}", (f"size/N:{N}/Fused/{{dtype}}",),
              (f"size/N:{N}/by-hand-Ofast-two-sines/{{dtype}}",), at_most=(0.95, 0.95), needs_two_pipes=False)
        for N in (16, 32, 64)
    ),
    *(
        Bound("19", f"{what}, N = {N}, with a busy process: Threads ÷ Fused", (f"busy/{what}/Threads/N:{N}/{{dtype}}",),
              (f"busy/{what}/Fused/N:{N}/{{dtype}}",), at_most=(1, 1), needs_two_pipes=False)
        for what, N in (("lattice", 512), ("lattice", 4000), ("mean-field", 300))
    ),
    Bound("14", "ω as one number ÷ ω as a field, N = 4000", ("shapes/one-frequency/{dtype}",), SQUARE),
)


def cases(bound, most):
    """What is compared, for each precision: (dtype, cases above, cases below)."""
    for dtype in DTYPES:
        yield dtype, *([name.format(dtype=dtype, most=most) for name in side] for side in (bound.above, bound.below))


def batches(names):
    """The names in the suite of what is compared, a list for each comparison. What the suite lacks is left out."""
    known = {name.removesuffix("/real_time"): name for name in names}
    most = max((int(name.rpartition(":")[2]) for name in known if name.startswith("limits/triad/")), default=1)
    found = [["limits/clock", "limits/multiply-adds/float32/threads:1"]]
    for bound in BOUNDS:
        found += [list(dict.fromkeys([*above, *below])) for _, above, below in cases(bound, most)]
    there = [[known[name] for name in batch if name in known] for batch in found]
    return [batch for k, batch in enumerate(there) if batch and batch not in there[:k]]


def work(name, other, dtype):
    """The counter of a case, and how many of its units make a cell of the other case: the two sines of a cell-step,
    or the three values that move."""
    if name.startswith("rivals/sine/"):
        return "sines", 1 if other.startswith("rivals/sine/") else 2
    return ("bytes", 3 * SIZE[dtype]) if name.startswith("limits/triad/") else ("cell-steps", 1)


def value(found, bound, dtype, above, below):
    """The ratio, or the value of the counter; not a number if the results lack it."""
    if bound.counter:
        return found.median(above[0], bound.counter)

    def ratio(first, second):
        (what, of_first), (other, of_second) = work(first, second, dtype), work(second, first, dtype)
        return found.ratio(second, first, other, what) * of_first / of_second

    # The fastest of each side, by what they cost within the same batches.
    quotients = [max((q for second in below if not math.isnan(q := ratio(first, second))), default=math.nan)
                 for first in above]
    return min((quotient for quotient in quotients if not math.isnan(quotient)), default=math.nan)


def judge(figure, at_least, at_most, applies):
    """What the table says of a figure."""
    if math.isnan(figure):
        return "not measured"
    if at_least is None and at_most is None:
        return "for information"
    holds = figure >= at_least if at_most is None else figure <= at_most
    if applies:
        return "holds" if holds else "MISSED"
    return "not applicable (would hold)" if holds else "not applicable (would miss)"


def lines(found, most, has_two_pipes):
    """(row, what, dtype, figure, its bound as text, verdict, source)"""
    for bound in BOUNDS:
        for k, (dtype, above, below) in enumerate(cases(bound, most)):
            least, largest = (side[k] if side else None for side in (bound.at_least, bound.at_most))
            figure = value(found, bound, dtype, above, below)
            text = f"≥ {least:g}" if least is not None else f"≤ {largest:g}" if largest is not None else ""
            said = judge(figure, least, largest, has_two_pipes or not bound.needs_two_pipes)
            yield bound.row, bound.what, dtype, figure, text, said, bound.source if text else ""


def pipes(found):
    """512-bit multiply-adds per cycle; not a number if they were not measured."""
    name = "limits/multiply-adds/float32/threads:1"
    lanes = found.median(name, "lanes")
    return found.ratio(name, "limits/clock", "multiply-adds", "cycles") / lanes * (lanes == 16)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results")
    context, results = read_results(parser.parse_args().results)
    found = Found(results)
    multiply_adds = pipes(found)
    has_two_pipes = multiply_adds >= TWO_PIPES
    judged = "every bound applies" if has_two_pipes else "only bounds on memory and accuracy apply"
    print(f"{context.get('processor')}, {context.get('compiler')}, {context.get('flags')}; {context.get('date')}")
    print(f"{multiply_adds:.2f} multiply-adds of 512 bits per cycle (two pipes: at least {TWO_PIPES}): {judged}\n")
    missed = 0
    for row, what, dtype, figure, bound, said, source in lines(found, context.get("threads", 1), has_two_pipes):
        missed += said == "MISSED"
        text = "" if math.isnan(figure) else f"{figure:.3f}"
        print(f"{row:>2}  {what:<54} {dtype}  {text:>7}  {bound:<7} {source:<16}  {said}")
    print(f"\n{missed} missed" if missed else "\nNo bound that applies is missed.")
    return verdict.AGAINST if missed else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
