#!/usr/bin/env python3
"""Runs a representative part of the suite, writes what it found, and draws it: at most ten minutes on two cores.

Usage: run.py <kuramoto-benchmarks> <folder> [--quick|--draw] [--only <pattern>] [--repetitions <number>]

Leaves results.json (the format of Google Benchmark; compare.py compares two of them), tables.md, and a plot a question,
each as SVG and PNG, in the folder. A loop in Python and, where this Python has it, NumPy run the same cases as rivals;
matplotlib, where it is there, draws. --quick runs a few cases for a moment each, to see that all of it works; --draw
draws the results that are there; --only runs the cases whose name begins like that, and prints the tables that have
something in them.
"""

import argparse
import itertools
import json
import math
import pathlib
import platform
import random
import re
import subprocess
import sys
import time

import figures

BUDGET = 500.0  # seconds; what is left when it is spent is left out, and said


def is_wanted(name):
    """Whether a case is in the representative set: all questions, and of the sizes those that end soon."""
    axis = name.split("/")[0]
    if axis == "size":
        N = int(re.search(r"N:(\d+)", name + "N:0").group(1))
        T = int(re.search(r"T:(\d+)", name + "T:0").group(1))
        if N in (32, 200, 2000) or T in (30, 300):
            return False  # the others show it
        if "naive" in name or "by-hand-passes" in name:
            return N <= 1000 and T <= 10
        if "by-hand" in name or "Serial" in name:
            return N <= 4000 and T <= 100
        return True
    if axis in ("advance", "apply"):  # of the large ones, those that `size` has not
        wanted = r"/(sine|two-harmonics|lagged)/[^/]*/512$|^apply/.*/sine/[^/]*/4000$"
        return bool(re.search(wanted, name.removesuffix("/real_time"))) and "naive" not in name
    if axis == "physics":
        return "N:10000" not in name or "float32" in name
    if axis == "rivals":
        return "O3" not in name or name.endswith("N:1000")
    return True


def is_quick(name):
    """A few cases of every question."""
    parts = ("depth:1/float32/N:512", "depth:16/float32/N:512", "passes/float32/N:512", "limits/", "sine/", "N:64/")
    return any(part in name for part in (*parts, "T:10/", "strong/N:512")) and not re.search("by-hand-naive|N:10000", name)


def question(name):
    """What a case belongs to: the first part of its name, but that `apply` and `advance` are of one question."""
    axis = name.split("/")[0]
    return "operators" if axis in ("advance", "apply") else axis


def cells_along(name):
    """N of a large lattice, to draw or to copy which takes longer than to advance it; 0 of the others."""
    numbers = [int(number) for number in re.findall(r"\d+", name.removesuffix("/real_time"))]
    return max((number for number in numbers if number >= 2000), default=0)


def cases_of(program):
    """All names; those of one large lattice side by side, and the many sizes last, which are what may be left out."""
    done = subprocess.run([program, "--benchmark_list_tests"], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split(), key=lambda name: (name.startswith("size/"), "size/T" in name, cells_along(name)))


def batches(names, repetitions):
    """(names, repetitions) of what is run in one process, in turns: at most sixteen cases of one question, as many as
    physics has of a precision; and the large lattices of one size apart, three times each."""
    for (_, cells), group in itertools.groupby(names, lambda name: (question(name), cells_along(name))):
        group = list(group)
        for first in range(0, len(group), 16):
            yield group[first : first + 16], min(repetitions, 3) if cells else repetitions


class Progress:
    """A line on the terminal that is renewed; elsewhere a line a batch."""

    def __init__(self):
        self.start = time.monotonic()

    def elapsed(self):
        return time.monotonic() - self.start

    def show(self, done, of, what):
        line = f"{100 * done // max(of, 1):3d} %  {self.elapsed():4.0f} s  {what}"
        if sys.stderr.isatty():
            print(f"\r{line[:78]}\033[K", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def clear(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def run_suite(program, names, repetitions, min_time, folder, progress):
    """The results of the cases, several repetitions each, taken in turns within a batch."""
    context, results, left_out = {}, [], []
    done = 0
    for batch, times in batches(names, repetitions):
        progress.show(done, len(names), batch[0])
        if progress.elapsed() > BUDGET:
            left_out += batch
            continue
        output = folder / "batch.json"  # the names hold nothing that a regular expression would take for more
        pattern = "^(" + "|".join(batch) + ")$"
        command = [program, f"--benchmark_filter={pattern}", f"--benchmark_out={output}"]
        command += ["--benchmark_out_format=json", f"--benchmark_repetitions={times}"]
        command += [f"--benchmark_min_time={min_time}", "--benchmark_enable_random_interleaving=true"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        found = json.loads(output.read_text(encoding="utf-8"))
        output.unlink()
        context = context or found["context"]
        results += [result for result in found["benchmarks"] if result["run_type"] == "iteration"]
        done += len(batch)
    return context, results, left_out


def repeated(name, repetitions, cell_steps, more, advance):
    """Results of `advance` in the format of the suite."""
    results = []
    for repetition in range(repetitions):
        start = time.perf_counter()
        advance()
        seconds = time.perf_counter() - start
        results.append(
            {"name": name, "run_name": name, "run_type": "iteration", "repetition_index": repetition}
            | {"iterations": 1, "real_time": 1e3 * seconds, "cpu_time": 1e3 * seconds, "time_unit": "ms"}
            | {"cell-steps": cell_steps / seconds}
            | more
        )
    return results


def run_python(repetitions, is_quick_run, progress):
    """The loop that one writes first, in Python: where the course begins."""

    def advance(theta, omega, N, steps):
        for _ in range(steps):
            rates = []
            for i in range(N):
                for j in range(N):
                    here = theta[i][j]
                    rate = omega[i][j]
                    if i > 0:
                        rate += math.sin(theta[i - 1][j] - here)
                    if i < N - 1:
                        rate += math.sin(theta[i + 1][j] - here)
                    if j > 0:
                        rate += math.sin(theta[i][j - 1] - here)
                    if j < N - 1:
                        rate += math.sin(theta[i][j + 1] - here)
                    rates.append(rate)
            for i in range(N):
                for j in range(N):
                    theta[i][j] += 0.1 * rates[i * N + j]

    results = []
    draw = random.Random(1)
    for N in (16,) if is_quick_run else (16, 100, 1000):
        name = f"size/N:{N}/Python/float64"
        progress.show(99, 100, name)
        theta = [[draw.uniform(0, 2 * math.pi) for _ in range(N)] for _ in range(N)]
        omega = [[draw.gauss(0, 0.5) for _ in range(N)] for _ in range(N)]
        steps = max(1, int(1e5 / N**2))
        if steps > 1:
            advance(theta, omega, N, 1)
        more = {"python": platform.python_version()}
        cell_steps = N * N * steps
        results += repeated(name, min(repetitions, 3), cell_steps, more, lambda: advance(theta, omega, N, steps))
    return results


def run_numpy(repetitions, is_quick_run, progress):
    """The formula as one writes it in NumPy: differences of the whole array, their sines, and what they do to a cell."""
    try:
        import numpy as np
    except ImportError:
        print("no NumPy in this Python: that rival is left out", file=sys.stderr)
        return []

    def advance(theta, omega, steps):
        for _ in range(steps):
            rate = omega.copy()
            flux = np.sin(np.diff(theta, axis=1))
            rate[:, :-1] += flux
            rate[:, 1:] -= flux
            flux = np.sin(np.diff(theta, axis=0))
            rate[:-1, :] += flux
            rate[1:, :] -= flux
            theta += theta.dtype.type(0.1) * rate

    results = []
    draw = np.random.default_rng(1)
    cases = [(f"N:{n}", n, max(1, int(2e6 / n**2))) for n in (16, 64, 100, 400, 1000, 4000)]
    cases += [(f"T:{T}", 100, 10 * T) for T in (10, 100)]
    for what, n, steps in cases[2:3] if is_quick_run else cases:
        for dtype in ("float32", "float64"):
            name = f"size/{what}/NumPy/{dtype}"
            progress.show(99, 100, name)
            theta = draw.uniform(0, 2 * np.pi, (n, n)).astype(dtype)
            omega = draw.normal(0, 0.5, (n, n)).astype(dtype)
            advance(theta, omega, 1)
            more = {"numpy": np.__version__}
            results += repeated(name, repetitions, n * n * steps, more, lambda: advance(theta, omega, steps))
    return results


def machine(context):
    """What the captions say of the machine."""
    model = "unknown processor"
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = re.search(r"^model name\s*: (.*)$", text, flags=re.M).group(1)
    except (OSError, AttributeError):
        pass
    commit = subprocess.run(
        ["git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()
    caches = ", ".join(
        f"L{cache['level']} {cache['size'] // 1024} KiB" for cache in context["caches"] if cache["type"] != "Instruction"
    )
    return {
        "processor": model,
        "caches_text": caches,
        "commit": commit or "unknown",
        "date": time.strftime("%Y-%m-%d"),
    }


def draw(folder, results, context, are_all=True):
    found = figures.Found(results)
    text = figures.tables(found, context)
    (folder / "tables.md").write_text(text, encoding="utf-8")
    print(text)
    if not are_all:
        return
    try:
        figures.Plots(folder, found, context).all()
        print(f"plots in {folder}: {', '.join(sorted(path.stem for path in folder.glob('*.svg')))}")
    except ImportError:
        print("no matplotlib in this Python (Debian: python3-matplotlib): nothing was drawn")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--repetitions", type=int)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    target = arguments.folder / "results.json"
    if arguments.draw:
        found = json.loads(target.read_text(encoding="utf-8"))
        return draw(arguments.folder, found["benchmarks"], found["context"])
    program = str(arguments.program.resolve())
    names = [name for name in cases_of(program) if is_wanted(name) and (not arguments.quick or is_quick(name))]
    names = [name for name in names if re.match(arguments.only, name)]
    if not names:
        sys.exit(f"--only {arguments.only}: no case has such a name")
    repetitions, min_time = (2, 0.001) if arguments.quick else (5, 0.02)
    repetitions = arguments.repetitions or repetitions
    progress = Progress()
    context, results, left_out = run_suite(program, names, repetitions, min_time, arguments.folder, progress)
    if not arguments.only:
        results += run_python(repetitions, arguments.quick, progress)
        results += run_numpy(repetitions, arguments.quick, progress)
    progress.clear()
    context |= machine(context)
    target.write_text(json.dumps({"context": context, "benchmarks": results}, indent=1), encoding="utf-8")
    if left_out:
        print(f"{len(left_out)} cases were left out after {BUDGET:.0f} s, from {left_out[0]} on")
    print(f"{len(names) - len(left_out)} cases in {progress.elapsed():.0f} s; the results are {target}")
    draw(arguments.folder, results, context, are_all=not arguments.only)


if __name__ == "__main__":
    main()
