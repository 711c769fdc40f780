#!/usr/bin/env python3
"""Tests benchmarks/compare.py: the probabilities, and what it says of results that are known.

Usage: compare_test.py <root of the sources>
"""

import importlib.util
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(sys.argv[1]).resolve() / "benchmarks" / "compare.py"
spec = importlib.util.spec_from_file_location("compare", SCRIPT)
compare = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare)


def test_probabilities_are_those_of_all_orders():
    """Against counting: of all ways to choose which of the numbers come first, how many are as extreme?"""
    for sizes in ((3, 3), (4, 2), (5, 5), (1, 6)):
        numbers = range(sum(sizes))
        below = []
        for chosen in itertools.combinations(numbers, sizes[0]):
            rest = [n for n in numbers if n not in chosen]
            below.append(sum(a < b for a in chosen for b in rest))
        pairs = sizes[0] * sizes[1]
        for chosen in list(itertools.combinations(numbers, sizes[0]))[:: 1 + len(below) // 40]:
            rest = [n for n in numbers if n not in chosen]
            mine = sum(a < b for a in chosen for b in rest)
            extreme = min(mine, pairs - mine)
            expected = min(1.0, 2 * sum(b <= extreme for b in below) / len(below))
            assert abs(compare.probability(chosen, rest) - expected) < 1e-12, (chosen, rest)


def test_published_value():
    """Five against five without overlap: 2 / 252."""
    assert abs(compare.probability([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) - 2 / 252) < 1e-12
    assert compare.probability([1, 1, 1], [1, 1, 1]) == 1


def results(cases, **context):
    return json.dumps({
        "context": context,
        "benchmarks": [
            {"name": name, "run_name": name, "run_type": "iteration", "real_time": time, "time_unit": "ms"}
            for name, times in cases.items()
            for time in times
        ] + [{"name": "a_mean", "run_name": "a", "run_type": "aggregate", "real_time": 99, "time_unit": "ms"}],
    })  # fmt: skip


def run(before, after, *options):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in ("before.json", "after.json")]
        for path, text in zip(paths, (before, after)):
            path.write_text(text, encoding="utf-8")
        command = [sys.executable, str(SCRIPT), *map(str, paths), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)


STEADY = [10.0, 10.1, 9.9, 10.05, 9.95]


def test_the_same():
    done = run(results({"a": STEADY}), results({"a": STEADY[::-1]}))
    assert done.returncode == 0 and "1 the same" in done.stdout, done


def test_slower_and_faster():
    slower = [1.2 * t for t in STEADY]
    done = run(results({"a": STEADY, "b": slower}), results({"a": slower, "b": STEADY}))
    assert done.returncode == 1 and "1 slower, 1 faster" in done.stdout, done
    assert "a    +20.0 %  p = 0.008  SLOWER" in done.stdout, done
    done = run(results({"a": STEADY}), results({"a": slower}), "--threshold", "25")
    assert done.returncode == 0, done
    done = run(results({"a": STEADY, "b": STEADY}), results({"a": slower, "b": STEADY}), "--filter", "^b$")
    assert done.returncode == 0 and "1 cases" in done.stdout, done


def test_noise_is_no_change():
    noisy = [9.0, 14.0, 9.5, 13.0, 12.0]
    done = run(results({"a": [9.2, 13.5, 8.8, 9.1, 12.5]}), results({"a": noisy}))
    assert done.returncode == 0, done


def test_notes():
    done = run(results({"a": [1, 2]}, compiler="X"), results({"a": [8, 9]}, compiler="Y"))
    assert "compiler was X, and is Y" in done.stdout and "of 1 cases there are too few repetitions" in done.stdout and done.returncode == 0, done


def test_turns_of_one_round_are_one_repetition():
    """Three turns in each of two rounds are not six repetitions, with which the same difference would tell."""

    def of(rounds):
        found = json.loads(results({"a": STEADY + [10.0]}))
        for k, result in enumerate(found["benchmarks"]):
            result["real_time"] += 5.0 * (rounds == "after")
            result["round"] = k % 2
        return json.dumps(found)

    done = run(of("before"), of("after"))
    assert done.returncode == 0 and "too few repetitions" in done.stdout and "1 the same" in done.stdout, done


def test_nothing_to_compare():
    for before, after in ((results({"a": STEADY}), results({"b": STEADY})), ("{}", results({})), ("x", "y")):
        done = run(before, after)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed ", name)
