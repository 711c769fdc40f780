#!/usr/bin/env python3
"""Tests benchmarks/bounds.py on results that are made up: ratios, bounds from both sides, what is missing, and the exit
status; and that every case of the table that comes from the suite's own program has its place in a batch.

Usage: bounds_test.py <root of the sources>
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

BENCHMARKS = pathlib.Path(sys.argv[1]).resolve() / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import bounds  # noqa: E402
import found  # noqa: E402
import python_rivals  # noqa: E402


def rate(name, counter, value, number=0):
    return {"run_name": name, "round": number, "batch": f"b{number}", counter: value}


def bound_of(row, what):
    return next(bound for bound in bounds.BOUNDS if bound.row == row and what in bound.what)


def figure(bound, results, dtype):
    _, above, below = next(case for case in bounds.cases(bound, 2) if case[0] == dtype)
    return bounds.value(found.Found(results), bound, dtype, above, below)


def test_the_fastest_of_several_counts():
    results = [rate("rivals/advance/by-hand-Ofast/float32/N:512", "cell-steps", 2.0)]
    results += [rate("rivals/advance/by-hand-Ofast-two-sines/float32/N:512", "cell-steps", 5.0)]
    results += [rate("rivals/advance/Fused/float32/N:512", "cell-steps", 10.0)]
    assert figure(bound_of("1", "N = 512"), results, "float32") == 2
    assert figure(bound_of("1", "N = 512"), results[1:], "float32") == 2
    assert figure(bound_of("1", "N = 512"), results[:1] + results[2:], "float32") == 5
    assert math.isnan(figure(bound_of("1", "N = 512"), results, "float64"))
    variants = [rate(f"compilers/{compiler}-O2/float64", "cell-steps", speed)
                for compiler, speed in (("g++-12", 3.0), ("clang++-14", 6.0))]
    assert figure(bound_of("8", "g++-12 ÷ the fastest"), variants, "float64") == 2
    assert figure(bound_of("8", "clang++-14 ÷ the fastest"), variants, "float64") == 1


def test_units():
    """Two sines per cell-step, and three values that move."""
    sleef = [rate("rivals/sine/SLEEF-u35/float32", "sines", 8.0), rate("rivals/sine/kuramoto/float32", "sines", 16.0)]
    cell = [rate("advance/Fused/sine/float32/512", "cell-steps", 2.0)]
    assert figure(bound_of("4", "SLEEF"), sleef + cell, "float32") == 2
    assert figure(bound_of("9", "SLEEF"), sleef, "float32") == 0.5
    moved = [rate("limits/triad/threads:1", "bytes", 48.0), rate("apply/Fused/sine/float64/4000", "cell-steps", 1.0)]
    assert figure(bound_of("11", "apply"), moved, "float64") == 2
    moved = [rate("limits/triad/threads:1", "bytes", 12.0), rate("size/N:4000/Fused-linear/float32", "cell-steps", 3.0)]
    assert figure(bound_of("10", "linear"), moved, "float32") == 3


def test_verdicts():
    for value, least, most, applies, said in (
        (2.0, 2, None, True, "holds"), (1.9, 2, None, True, "MISSED"), (2.0, None, 2, True, "holds"),
        (2.1, None, 2, True, "MISSED"), (2.1, None, 2, False, "not applicable (would miss)"),
        (1.0, None, 2, False, "not applicable (would hold)"), (1.0, None, None, True, "for information"),
        (math.nan, None, 2, True, "not measured"),
    ):  # fmt: skip
        assert bounds.judge(value, least, most, applies) == said, (value, said)


def test_every_bound_has_a_direction_and_a_batch():
    for bound in bounds.BOUNDS:
        assert not (bound.at_least and bound.at_most) and bool(bound.counter) != bool(bound.below), bound
        assert len(bound.at_least or bound.at_most or (1, 1)) == len(found.DTYPES), bound
    assert {bound.row for bound in bounds.BOUNDS} == {str(row) for row in range(1, 20)}
    of_all = [name for bound in bounds.BOUNDS for _, *sides in bounds.cases(bound, 2) for side in sides for name in side]
    suffix = {name: name + "/real_time" if "threads" in name else name for name in of_all}
    batches = bounds.batches([*suffix.values(), "limits/triad/threads:2/real_time", "other"])
    assert {name for batch in batches for name in batch} == set(suffix.values())
    assert [suffix["shapes/one-frequency/float64"], suffix["shapes/4000x4000/float64"]] in batches


def run(results):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "results.json"
        path.write_text(json.dumps({"context": {"threads": 2}, "benchmarks": results}), encoding="utf-8")
        command = [sys.executable, BENCHMARKS / "bounds.py", path]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def test_exit_status():
    """Bounds on memory count on every machine, those on arithmetic where there are two pipes."""
    results = [rate("shapes/peak-memory/float32", "peak_memory", 1.01)]
    done = run(results)
    assert done.returncode == 0 and "1.010  ≤ 1.03" in done.stdout, done
    done = run([rate("shapes/peak-memory/float32", "peak_memory", 1.5)])
    assert done.returncode == 1 and "1 missed" in done.stdout, done
    slow = [rate("shapes/4000x4000/float32", "cell-steps", 4.0)]
    slow += [rate("shapes/4000x4000-column-major/float32", "cell-steps", 2.0)]
    machine = [rate("limits/clock", "cycles", 1.0)]
    pipe = {"lanes": 16} | rate("limits/multiply-adds/float32/threads:1", "multiply-adds", 16.0)
    assert run(slow).returncode == 0
    done = run(slow + machine + [pipe])
    assert done.returncode == 0 and "would miss" in done.stdout, done
    done = run(slow + machine + [pipe | {"multiply-adds": 32.0}])
    assert done.returncode == 1 and "MISSED" in done.stdout and "1 missed" in done.stdout, done


def test_numpy_computes_the_same_as_the_loop():
    try:
        import numpy as np
    except ImportError:
        return print("no NumPy: its rival is not tested")
    draw = np.random.default_rng(1)
    for N in (1, 2, 5, 13):
        theta, omega = draw.uniform(0, 6, (N, N)), draw.normal(0, 1, (N, N))
        wanted = theta.tolist()
        python_rivals.advance_python(wanted, omega.tolist(), N, 3)
        for rows in (1, 2, 5, 100):
            phases = theta.copy()
            python_rivals.advance_numpy(np, phases, omega, 3, band=8 * N * rows)
            assert np.abs(phases - np.array(wanted)).max() < 1e-12, (N, rows)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed ", name)
