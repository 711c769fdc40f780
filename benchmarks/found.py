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


def result(name, repetition, seconds, cell_steps):
    """What Google Benchmark would write of a case that it did not run itself."""
    milliseconds = 1e3 * seconds
    return {
        "name": name, "run_name": name, "run_type": "iteration", "repetition_index": repetition, "iterations": 1,
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

    def matching(self, pattern):
        """(match, name) of the cases whose whole name matches."""
        return [(match, name) for name in self.values if (match := re.fullmatch(pattern, name))]
