#!/usr/bin/env python3
"""Tests benchmarks/tables.py: what a table leaves out, and that the documentation gets the figures and nothing else;
that what they compare runs in one batch, and that run.py writes them where there is nothing to draw with.

Usage: tables_test.py <root of the sources>
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

BENCHMARKS = pathlib.Path(sys.argv[1]).resolve() / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import found  # noqa: E402
import run  # noqa: E402
import tables  # noqa: E402

CONTEXT = {
    "processor": "a processor", "caches_text": "L1 1 KiB", "threads": 2, "instruction set": "sse2", "compiler": "GNU",
    "flags": "-O2", "commit": "abc", "date": "2000-01-01",
}


def test_table_without_figures():
    assert tables.table("what", ("a", "b"), [("row", [math.nan, math.nan])]) == ""
    assert tables.table("what", ("a", "b"), []) == ""


def test_rows_and_columns_without_figures_are_left_out():
    rows = [("x", [1.0, math.nan, math.nan]), ("y", [math.nan] * 3), ("z", [2.5, math.nan, 1234.5])]
    text = tables.table("what", ("a", "b", "c"), rows)
    assert text == "| what | a | c |\n| --- | --- | --- |\n| x | 1 |  |\n| z | 2.5 | 1.23e+03 |", text


def test_tables_of_a_run():
    """Medians, as nanoseconds per cell-step and as multiples of the first step."""
    results = []
    for turn, seconds in enumerate((5.0, 1.0, 2.0)):
        results.append(found.result("tour/1 loop", turn, seconds, 1e9))
        results.append(found.result("tour/2 faster", turn, seconds / 8, 1e9))
        results.append(found.result("size/N:1000/NumPy/float64", turn, 3 * seconds, 1e9))
    named = tables.tables(found.Found(results), CONTEXT)
    assert named["tour"].splitlines()[2:] == ["| 1 loop | 2 | 1 |", "| 2 faster | 0.25 | 8 |"], named["tour"]
    assert named["summary"].splitlines() == ["|  | float64 |", "| --- | --- |", "| NumPy | 6 |"], named["summary"]
    assert named["sines"] == "" and named["profile"] == ""
    assert named["machine"].startswith("a processor, L1 1 KiB, 2 threads, sse2; GNU, -O2; abc, 2000-01-01")


def test_ratios_are_those_of_the_same_round():
    """A machine that gets slower from round to round is not in them; a case with fewer rounds has those it has."""
    results = []
    for turn, slowness in enumerate((1.0, 8.0, 64.0)):
        results.append(found.result("slow", turn, 3 * slowness, 1e9))
        if turn < 2:
            results += [found.result("fast", turn, seconds * slowness, 1e9) for seconds in (1.0, 1.0, 100.0)]
    both = found.Found(results)
    assert abs(both.ratio("fast", "slow", "cell-steps") - 3) < 1e-12
    assert abs(both.ratio("slow", "fast", "cell-steps") - 1 / 3) < 1e-12
    assert math.isnan(both.ratio("fast", "other", "cell-steps"))
    of_rate_to_time = found.Found([found.result("a", 0, 2.0, 6.0), found.result("b", 0, 4.0, 8.0)])
    assert abs(of_rate_to_time.ratio("a", "b", "cell-steps", "real_time") - 3 / 4000) < 1e-12


def test_ratios_are_those_of_the_same_batch_where_there_is_one():
    """What was seconds apart counts, and what was minutes apart in the same round does not."""

    def of_batch(name, number, batch, seconds):
        return found.result(name, number, seconds, 1e9) | {"batch": batch}

    results = []
    for turn, slowness in enumerate((1.0, 8.0)):
        results += [of_batch("large", turn, f"b{turn}", 3 * slowness), of_batch("small", turn, f"b{turn}", 2 * slowness)]
        results += [of_batch("small", turn, f"a{turn}", 5.0), of_batch("other", turn, f"a{turn}", 10.0)]
    both = found.Found(results)
    assert both.ratio("small", "large", "cell-steps") == 1.5
    assert both.ratio("small", "other", "cell-steps") == 2
    rounds = [10 / 3, 10 / 24]  # of what never shared a batch
    assert abs(both.ratio("large", "other", "cell-steps") - sum(rounds) / 2) < 1e-12


def test_how_much_the_rounds_differ():
    results = []
    for turn, seconds in enumerate(((3.0,), (2.0,), (5.0, 1.0, 5.0))):
        results += [found.result("size/N:1000/Fused/float32", turn, of_one, 1e9) for of_one in seconds]
    named = tables.tables(found.Found(results), CONTEXT)
    assert named["ratios"].splitlines()[2] == "| N = 1000, `Fused`: the slowest round ÷ the fastest | 2.5 |", named


def test_a_limit_is_that_of_all_rounds():
    """One slow moment of the limit is not in the share of it, though the large lattice was in that round, too."""
    results = []
    for turn, limit in enumerate((100.0, 100.0, 10.0)):
        results.append({"run_name": "limits/multiply-adds/float32/threads:1", "round": turn, "multiply-adds": limit})
        for depth, rate in (("1", 2.0), ("16", 4.0)):
            of_depth = {"run_name": f"fusion/kuramoto/depth:{depth}/float32/N:3000", "multiply_adds_a_cell": 11.0}
            results += [of_depth | {"round": turn, "cell-steps": rate}] if turn != 1 else []
    assert found.Found(results).fused_multiply_adds(16, "float32") == 44.0
    text = tables.tables(found.Found(results), CONTEXT)["ratios"]
    assert "multiply-adds ÷ their limit | 0.44 |" in text, text


def test_what_is_compared_is_of_one_batch():
    """Every ratio of the tables except the one with NumPy, and large lattices of physics beside small ones."""
    pairs = []
    for _, _, *cases in tables.RATIOS:
        pairs += [[case.format(dtype=dtype, most=2) for case in cases] for dtype in found.DTYPES]
    for name in (f"physics/{case}/float32/N:{{}}" for case in ("Euler/sine/zero-flux", "Heun/sine/zero-flux")):
        pairs += [[name.format(512), name.format(10000)]]
    pairs = [pair for pair in pairs if "NumPy" not in pair[0]]
    others = [f"layout/{number}/{dtype}" for number in range(7) for dtype in found.DTYPES]
    names = sorted({name for pair in pairs for name in pair}.union(others), key=lambda name: (run.cells_along(name), name))
    batches = list(run.batches(names))
    for pair in pairs:
        assert any(set(pair) <= set(batch) for batch in batches), (pair, batches)
    assert {name for batch in batches for name in batch} == set(names)


def filled(text, named):
    with tempfile.TemporaryDirectory() as work:
        page = pathlib.Path(work) / "page.md"
        page.write_text(text, encoding="utf-8")
        return tables.filled(page, named)


def test_places_are_filled():
    text = "of θ\n<!-- figures: one -->\nx\n<!-- end -->\nand\n\n<!-- figures: two -->\nold\nlines\n<!-- end -->\nend"
    wanted = text.replace("\nx\n", "\n| 1 |\n| \\1 |\n").replace("old\nlines", "| 2 |")
    named = {"one": "| 1 |\n| \\1 |", "two": "| 2 |"}
    assert filled(text, named) == wanted
    assert filled(wanted, named) == wanted  # and filled again


def test_a_run_without_the_figures():
    text = "<!-- figures: one -->\nold\n<!-- end -->\n<!-- figures: two -->\nold\n<!-- end -->\n"
    for named in ({"one": "new", "two": ""}, {"one": "new"}):
        try:
            filled(text, named)
        except ValueError as error:
            assert "page.md" in str(error) and "two" in str(error), error
        else:
            raise AssertionError("was filled without figures")


def test_without_matplotlib():
    """The tables are written all the same, and one line says what is missing."""
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        missing = "raise ImportError('not to be had')\n"
        (folder / "matplotlib.py").write_text(missing, encoding="utf-8")  # found before one that is installed
        results = {"context": CONTEXT, "benchmarks": [found.result("tour/1 loop", 0, 2.0, 1e9)]}
        (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, BENCHMARKS / "run.py", "no-program", folder, "--draw"],
            env=os.environ | {"PYTHONPATH": work}, capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "no matplotlib (not to be had; Debian: python3-matplotlib)" in done.stdout, done.stdout
        assert "| 1 loop | 2 | 1 |" in (folder / "tables.md").read_text(encoding="utf-8")
        assert not list(folder.glob("*.png"))


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed ", name)
