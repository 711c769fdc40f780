#!/usr/bin/env python3
"""Tests benchmarks/plots.py: every point of every plot lies within the axes, however fast the machine is.

Usage: plots_test.py <root of the sources>. Needs matplotlib.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(sys.argv[1]).resolve() / "benchmarks"))
import found  # noqa: E402
import plots  # noqa: E402

CONTEXT = {name: "x" for name in ("processor", "threads", "instruction set", "caches_text", "compiler", "flags", "commit", "date")}


def results(speed):
    """Of a machine that is so many times as fast as one on which the fastest solver takes 0.2 ns."""
    rows = []

    def add(name, nanoseconds, **counters):
        of_one = found.result(name, 0, 1e-9 * nanoseconds * 1e6 / speed, 1e6)
        rows.append(of_one | {what: value * speed for what, value in counters.items()})

    for number, dtype in enumerate(found.DTYPES, 1):
        for index, solver in enumerate(found.SOLVERS):
            for N in (16, 1000, 10000):
                add(f"size/N:{N}/{solver}/{dtype}", number * 754 / 2.5**index + 1.0 / N)
            for T in (10, 1000):
                add(f"size/T:{T}/{solver}/{dtype}", number * 754 / 2.5**index * T)
        for n in (512, 3000):
            add(f"fusion/kuramoto/passes/{dtype}/N:{n}", 3.0 * number)
            for depth in (1, 4, 64):
                add(f"fusion/kuramoto/depth:{depth}/{dtype}/N:{n}", number * (1 + 1 / depth))
                rows[-1] |= {"bytes_per_cell": 12.0 * number / depth, "multiply_adds_a_cell": 22.0}
        add(f"limits/multiply-adds/{dtype}/threads:1", 1, **{"multiply-adds": 8e10 / number})
        for threads in (1, 2):
            for what in ("strong/N:512", "strong/N:4000", "weak/N:1000-a-thread"):
                add(f"threads/{what}/{dtype}/threads:{threads}", number / threads)
        for index, sine in enumerate(("kuramoto", "libm")):
            add(f"rivals/sine/{sine}/{dtype}", 1, sines=1e9 / 20**index)
            rows[-1] |= {"largest_error_ulp": 1.6}
    add("limits/triad/threads:1", 1, bytes=1.3e10)
    return rows


class Kept(plots.Plots):
    """Checks each figure before it is drawn."""

    def save(self, figure, name, bottom=0.06):
        for axes in figure.axes:
            (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
            points = [point for line in axes.lines for point in line.get_xydata()]
            assert points, name
            for x, y in points:
                assert left <= x <= right and low <= y <= high, (name, x, y, axes.get_xlim(), axes.get_ylim())
            if name == "time-against-N":  # and the axes are not much wider than the curves
                highest = max(y for _, y in points)
                assert high < 3 * highest and left > 10, (name, high, left)
        if name == "time-against-N":
            lowest = min(y for axes in figure.axes for line in axes.lines for _, y in line.get_xydata())
            assert figure.axes[0].get_ylim()[0] > lowest / 2, name
        super().save(figure, name, bottom)


def test_every_point_is_in_the_picture():
    for speed in (0.1, 1.0, 10.0):
        with tempfile.TemporaryDirectory() as folder:
            drawn = Kept(pathlib.Path(folder), found.Found(results(speed)), CONTEXT).all()
            assert len(drawn) == 6, drawn


if __name__ == "__main__":
    test_every_point_is_in_the_picture()
    print("passed  test_every_point_is_in_the_picture")
