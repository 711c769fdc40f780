"""The results of the suite by the names of its cases, which the tables and the plots are made of."""

import math
import re
import statistics

DTYPES = ("float32", "float64")

SOLVERS = {
    "Python": "a loop in Python",
    "by-hand-naive": "naive loop, libm, -O3",
    "by-hand-passes": "array passes, libm, -O3",
    "NumPy": "NumPy",
    "by-hand-Ofast": "one pass, -Ofast -march=native",
    "by-hand-Ofast-two-sines": "the same, two sines a cell",
    "Serial": "kuramoto Serial",
    "Fused": "kuramoto Fused",
    "OpenMP": "kuramoto OpenMP",
    "Fused-linear": "kuramoto Fused, linear",
}


def result(name, number, seconds, cell_steps):
    """What Google Benchmark would write of a case that it did not run itself, and the round."""
    milliseconds = 1e3 * seconds
    return {
        "name": name, "run_name": name, "run_type": "iteration", "iterations": 1, "round": number,
        "real_time": milliseconds, "cpu_time": milliseconds, "time_unit": "ms", "cell-steps": cell_steps / seconds,
    }


class Found:
    """The results by name: medians over the repetitions."""

    def __init__(self, results):
        self.values = {}
        for result in results:
            self.values.setdefault(result["run_name"].removesuffix("/real_time"), []).append(result)

    def median(self, name, what):
        values = [result[what] for result in self.values.get(name, []) if what in result]
        return statistics.median(values) if values else math.nan

    def nanoseconds(self, name):
        """Of a cell-step."""
        return 1e9 / self.median(name, "cell-steps")

    def ratio(self, first, second, what, other=None):
        """Of `what` of one case to the same, or to `other`, of another one: the median over the batches in which both
        had a turn within seconds; or, if there is none, over the rounds."""

        def medians(name, what, occasion):
            values = {}
            for result in self.values.get(name, []):
                if what in result:
                    values.setdefault(result.get(occasion), []).append(result[what])
            values.pop(None, None)
            return {number: statistics.median(of_number) for number, of_number in values.items()}

        for occasion in ("batch", "round"):
            above, below = medians(first, what, occasion), medians(second, other or what, occasion)
            if ratios := [above[number] / below[number] for number in above if number in below]:
                return statistics.median(ratios)
        return math.nan

    def beside(self, name, reference, what):
        """`what` of a case, as its ratio to the reference times the reference's: for curves, whose shape counts."""
        return self.ratio(name, reference, what) * self.median(reference, what)

    def spread(self, name, what):
        """The largest value of a case over the smallest."""
        values = [result[what] for result in self.values.get(name, []) if what in result]
        return max(values) / min(values) if values else math.nan

    def fused_multiply_adds(self, depth, dtype):
        """A second, on one thread, of the sine lattice that is not in the caches, with so many steps a pass."""
        name = f"fusion/kuramoto/depth:{{}}/{dtype}/N:3000"
        one, case = name.format(1), name.format(depth)
        return self.median(case, "multiply_adds_a_cell") * self.beside(case, one, "cell-steps")

    def matching(self, pattern):
        """(match, name) of the cases whose whole name matches."""
        return [(match, name) for name in self.values if (match := re.fullmatch(pattern, name))]
