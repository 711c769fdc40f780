#!/usr/bin/env python3
"""Tests benchmarks/compare.py: the probabilities, the output for known results, and the exit status. Where there is
nothing to compare, the status is 2, never that of "slower".

Usage: compare_test.py <root of the sources>
"""

import itertools
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(sys.argv[1]).resolve() / "benchmarks" / "compare.py"
sys.path.insert(0, str(SCRIPT.parent))
import compare  # noqa: E402


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


def test_probabilities_with_ties_are_those_of_all_orders():
    """Against counting all choices of the values whose U is at least as far from its mean."""

    def distance(chosen, rest):
        pairs = sum((b < a) + 0.5 * (b == a) for a in chosen for b in rest)
        return abs(pairs - len(chosen) * len(rest) / 2)

    draw = random.Random(1)
    for first, second in ((3, 3), (2, 5), (4, 3), (1, 6)):
        values = [draw.randrange(4) for _ in range(first + second)]
        places = range(len(values))
        ways = [(set(chosen), set(places) - set(chosen)) for chosen in itertools.combinations(places, first)]
        distances = [distance([values[k] for k in a], [values[k] for k in b]) for a, b in ways]
        mine = distance(values[:first], values[first:])
        expected = sum(other >= mine for other in distances) / len(distances)
        assert abs(compare.probability(values[:first], values[first:]) - expected) < 1e-12, values


def test_many_repetitions():
    """Expected values: SciPy 1.10.1, mannwhitneyu(..., method="asymptotic"), with ties and without."""
    for first, second, step, expected in (
        (21, 25, 1, 0.8512776069819346), (40, 60, 7, 0.824172836933696), (1000, 900, 50, 0.4154101192567461),
        (10000, 10000, 1, 0.018415757270567278),
    ):  # fmt: skip
        before = [k * 37 % 101 // step for k in range(first)]
        after = [(k * 53 + 7) % 103 // step for k in range(second)]
        p = compare.probability(before, after)
        assert abs(p - expected) < 1e-12, (first, second, step, p)
    assert compare.probability([3.0] * 100, [3.0] * 100) == 1


def test_one_against_many_is_exact():
    for many in (3, 400, 5000):
        for place, beyond in ((0, 1), (many, 1), (many // 2, None)):
            others = [number for number in range(many + 1) if number != place]
            expected = 2 * beyond / (many + 1) if beyond else 1
            for before, after in (([place], others), (others, [place])):
                found = compare.probability(before, after)
                assert abs(found - expected) <= 2 / (many + 1) * (beyond is None) + 1e-15, (many, place, found)


def test_exact_and_approximate_probabilities_agree():
    """At the largest number of pairs of the exact test, for every U."""
    sizes = (1,) * 40
    for twice in range(0, 2 * 400 + 1, 2):
        difference = compare.exact_probability(twice, sizes, 20, 20) - compare.normal_probability(twice, sizes, 20, 20)
        assert abs(difference) < 0.005, (twice, difference)
    assert compare.EXACT_PAIRS == 20 * 20


def results(cases, unit="ms", **context):
    return json.dumps({
        "context": context,
        "benchmarks": [
            {"name": name, "run_name": name, "run_type": "iteration", "real_time": time, "time_unit": unit}
            for name, times in cases.items()
            for time in times
        ] + [{"name": "a_mean", "run_name": "a", "run_type": "aggregate", "real_time": 99, "time_unit": "ms"}],
    })  # fmt: skip


def run(before, after, *options):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in ("before.json", "after.json")]
        for path, text in zip(paths, (before, after)):
            path.write_text(text, encoding="utf-8", errors="surrogateescape")
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


def fails(before, after, *names, options=()):
    """Expects status 2, no comparison, and one line that contains these names."""
    done = run(before, after, *options)
    assert done.returncode == 2 and " cases: " not in done.stdout, done
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), done
    for name in names:
        assert name in done.stderr, (name, done)


def test_any_number_of_repetitions():
    for number in (10, 30, 100, 600, 10000):
        steady = [100 * (1 + 0.001 * (k * 37 % 101)) for k in range(number)]
        done = run(results({"a": steady, "b": steady}), results({"a": steady[::-1], "b": [1.1 * t for t in steady]}))
        assert done.returncode == 1 and "1 slower, 0 faster, 1 the same" in done.stdout, done
        assert "too few" not in done.stdout, done


def test_different_numbers_of_repetitions():
    done = run(results({"a": STEADY}), results({"a": [1.2 * t for t in 40 * STEADY]}))
    assert done.returncode == 1 and "1 slower" in done.stdout, done


def test_times_of_zero():
    zero = 9 * [0.0]
    positive = [1.0 + k for k in range(9)]
    done = run(results({"a": zero, "b": positive, "c": zero}), results({"a": positive, "b": zero, "c": zero}))
    assert done.returncode == 1 and "1 slower, 1 faster, 1 the same" in done.stdout, done
    assert "+inf %" in done.stdout and "-100.0 %" in done.stdout, done


def test_units_of_time():
    for unit, factor in (("ns", 1e6), ("us", 1e3), ("ms", 1), ("s", 1e-3)):
        done = run(results({"a": STEADY}), results({"a": [factor * t for t in STEADY]}, unit=unit))
        assert done.returncode == 0 and "1 the same" in done.stdout, (unit, done)


def test_missing_and_renamed_cases_are_named():
    done = run(results({"a": STEADY, "old": STEADY}), results({"a": STEADY, "new": STEADY, "newer": STEADY}))
    assert done.returncode == 0 and "1 cases: 0 slower" in done.stdout, done
    assert "1 cases are in" in done.stdout and "before.json alone, as old\n" in done.stdout, done
    assert "2 cases are in" in done.stdout and "after.json alone, as new\n" in done.stdout, done


def test_cases_with_errors_are_named():
    for error in ({"error_occurred": True, "error_message": "no memory"}, {"skipped": True}):
        found = json.loads(results({"a": STEADY, "b": STEADY}))
        for result in found["benchmarks"]:
            if result["name"] == "b":
                result |= error | {"real_time": float("nan")}
        done = run(results({"a": STEADY, "b": STEADY}), json.dumps(found))
        assert done.returncode == 0 and "1 cases: 0 slower" in done.stdout, done
        assert "after.json has no time of 1 cases, as of b" in done.stdout, done
        assert "before.json alone, as b" in done.stdout, done


def test_names_in_any_alphabet():
    os.environ["PYTHONIOENCODING"] = "ascii"
    try:
        cases = {"θ \ud800": STEADY}
        done = run(results(cases), results({name: [1.2 * t for t in times] for name, times in cases.items()}))
    finally:
        del os.environ["PYTHONIOENCODING"]
    assert done.returncode == 1 and "\\u03b8" in done.stdout, done


def test_files_of_another_kind():
    good = results({"a": STEADY})
    for bad in (
        "", "x", "[]", "1", "null", good[: len(good) // 2], "\udcff", 100000 * "[", '{"benchmarks": 1}',
        '{"benchmarks": {"a": 1}}', '{"benchmarks": ["a"]}', '{"benchmarks": [{}]}',
        '{"context": [], "benchmarks": []}', good.replace('"ms"', '"min"'), good.replace('"ms"', "[]"),
        good.replace("10.1", '"10.1"'), good.replace("10.1", "null"), good.replace("10.1", "true"),
        good.replace("10.1", "NaN"), good.replace("10.1", "Infinity"), good.replace("10.1", "-10.1"),
        good.replace("10.1", "1e999"), good.replace("10.1", "1" + 400 * "0"), good.replace("10.1", "1" + 5000 * "0"),
        good.replace('"run_name": "a"', '"run_name": 7'), good.replace('"run_name": "a"', '"run_name": {}'),
    ):  # fmt: skip
        fails(bad, good, "before.json")
    fails(good, "x", "after.json")


def test_aggregates_alone():
    aggregates = results({})  # the mean of a case that is not there
    fails(results({"a": STEADY}), aggregates, "after.json", "aggregates")


def test_files_that_cannot_be_read():
    with tempfile.TemporaryDirectory() as folder:
        good = pathlib.Path(folder) / "good.json"
        good.write_text(results({"a": STEADY}), encoding="utf-8")
        closed = pathlib.Path(folder) / "closed.json"
        closed.write_text(results({"a": STEADY}), encoding="utf-8")
        closed.chmod(0)
        bad = [folder, f"{folder}/missing.json", f"{good}/x"] + ([] if os.geteuid() == 0 else [closed])
        for path in bad:
            for paths in ((path, good), (good, path)):
                command = [sys.executable, str(SCRIPT), *map(str, paths)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                assert done.returncode == 2 and str(path) in done.stderr and done.stderr.count("\n") == 1, done


def test_options_that_cannot_be():
    good = results({"a": STEADY})
    for options in (
        ("--filter", "("), ("--threshold", "nan"), ("--threshold", "-1"), ("--threshold", "inf"), ("--threshold", "x"),
        ("--alpha", "1"), ("--alpha", "nan"), ("--other",), ("third.json",),
    ):  # fmt: skip
        done = run(good, good, *options)
        assert done.returncode == 2 and "Traceback" not in done.stderr, (options, done)


def test_output_that_nobody_reads():
    """A pipe without a reader (`| head`) and a full disk: not the status of "slower", and no traceback."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "results.json"
        path.write_text(results({"a": STEADY}), encoding="utf-8")
        command = [sys.executable, str(SCRIPT), str(path), str(path)]
        for unbuffered in ("", "1"):
            environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
            reader, writer = os.pipe()
            os.close(reader)
            with open("/dev/full", "w", encoding="utf-8") as full:
                for output in (writer, full):
                    done = subprocess.run(
                        command, env=environment, stdout=output, stderr=subprocess.PIPE, text=True, check=False
                    )
                    assert done.returncode == 2 and done.stderr.count("\n") == 1, done
            os.close(writer)


def test_interrupted():
    """The script ends by the signal, while it waits for a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/before.json"
        os.mkfifo(path)
        with subprocess.Popen(
            [sys.executable, str(SCRIPT), path, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:  # fmt: skip
            with open(path, "w", encoding="utf-8"):  # once the script has opened it, too
                process.send_signal(signal.SIGINT)
                output, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT and output == "" and "Traceback" not in errors, (process, errors)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed ", name)
