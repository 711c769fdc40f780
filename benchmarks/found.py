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
    "by-hand-Ofast-two-sines": "the same, two sines per cell",
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
        """Of one cell-step."""
        return 1e9 / self.median(name, "cell-steps")

    def batches(self, name, what):
        """The median of every batch, which is of cases that ran seconds apart. What did not run in one has none."""
        return self.medians(name, what, lambda result: result.get("batch"))

    def rounds(self, name, what):
        """The median of every round."""
        return self.medians(name, what, lambda result: result.get("round", 0))

    def medians(self, name, what, occasion):
        """By what `occasion` says of a result, without those of which it says None."""
        values = {}
        for result in self.values.get(name, []):
            if what in result and occasion(result) is not None:
                values.setdefault(occasion(result), []).append(result[what])
        return {key: statistics.median(of_key) for key, of_key in values.items()}

    def ratio(self, first, second, what, other=None):
        """Of `what` of one case to the same, or to `other`, of another one: the median over the batches in which both
        had a turn within seconds; or, if there is not even one, over the rounds."""
        for medians in (self.batches, self.rounds):
            above, below = medians(first, what), medians(second, other or what)
            if ratios := [above[number] / below[number] for number in above if number in below]:
                return statistics.median(ratios)
        return math.nan

    def beside(self, name, reference, what):
        """`what` of a case, as its ratio to the reference times the reference's: for curves, whose shape counts."""
        return self.ratio(name, reference, what) * self.median(reference, what)

    def spread(self, name, what):
        """The largest value of a round over the smallest."""
        values = self.rounds(name, what).values()
        return max(values) / min(values) if values else math.nan

    def fused_multiply_adds(self, depth, dtype):
        """A second, on one thread, of the sine lattice that is not in the caches, with so many steps per pass."""
        name = f"fusion/kuramoto/depth:{{}}/{dtype}/N:3000"
        one, case = name.format(1), name.format(depth)
        return self.median(case, "multiply_adds_a_cell") * self.beside(case, one, "cell-steps")

    def matching(self, pattern):
        """(match, name) of the cases whose whole name matches."""
        return [(match, name) for name in self.values if (match := re.fullmatch(pattern, name))]
