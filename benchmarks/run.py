#!/usr/bin/env python3
"""Runs a representative part of the suite, writes what it found, and draws it. At most ten minutes on two cores, and
fifteen with --bounds.

Usage: run.py <kuramoto-benchmarks> <folder> [--tour <folder>] [--quick] [--only <pattern>] [--rounds <number>]
       run.py <kuramoto-benchmarks> <folder> --bounds [--rounds <number>]
       run.py <kuramoto-benchmarks> <folder> --draw [--document]

Leaves results.json (the format of Google Benchmark; compare.py compares two of them), tables.md, and a plot a question,
each as SVG and PNG, in the folder. A loop in Python and, where this Python has it, NumPy run the same cases as rivals;
matplotlib, where it is there, draws. --tour names the folder with the programs of the tour, which are then timed too;
--quick runs a few cases for a moment each, to see that all of it works; --only runs the cases whose name begins like
that, and prints the tables that have something in them. --bounds runs what bounds.py compares, each pair in one process
in turns, and leaves results.json alone. --rounds asks for another number of rounds than five, or three with --bounds.
--draw draws the results that are there, and --document puts their tables and plots into the documentation.

Exit status: 0 if all files are written, 2 if not.
"""

import argparse
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import bounds
import python_rivals
import tables
import tour
import verdict
from arguments import positive, regular_expression
from found import DTYPES, Found
from results_file import read_results
from verdict import Failure

ROOT = pathlib.Path(__file__).resolve().parents[1]

BUDGET = 480.0  # seconds, then the rounds end; what the first one has not reached by then is left out, and said
BUDGET_OF_BOUNDS = 1000.0  # the same with --bounds


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
        return "linear" not in name or N < 10000
    if axis in ("advance", "apply"):  # of the large ones, those that `size` has not
        wanted = r"/(sine|two-harmonics|lagged)/[^/]*/512$|^apply/.*/sine/[^/]*/4000$"
        return bool(re.search(wanted, name.removesuffix("/real_time"))) and "naive" not in name
    if axis == "physics":
        return "N:10000" not in name or "float32" in name
    if axis == "rivals":
        return "O3" not in name or name.endswith("N:1000")
    if axis in ("shapes", "compilers"):  # for bounds.py
        return False
    return True


def is_quick(name):
    """A few cases of every question."""
    parts = r"fusion/\w+/(depth:1|depth:16|passes)/float32/|limits/|sine/|N:64/|T:10/|strong/N:512"
    return bool(re.search(parts, name)) and not re.search("by-hand-naive|N:10000", name)


def question(name):
    """What a case belongs to: the first part of its name; `apply` and `advance` belong to one question."""
    axis = name.split("/")[0]
    return "operators" if axis in ("advance", "apply") else axis


def precision(name):
    """float32, float64, or nothing, of what has none."""
    return next((dtype for dtype in DTYPES if dtype in name.split("/")), "")


def cells_along(name):
    """N of a large lattice, to draw or to copy which takes longer than to advance it; 0 of the others."""
    numbers = [int(number) for number in re.findall(r"\d+", name.removesuffix("/real_time"))]
    return max((number for number in numbers if number >= 2000), default=0)


def cases_of(program):
    """All names; those of one large lattice side by side, and the many sizes last, which are what may be left out."""
    done = subprocess.run([program, "--benchmark_list_tests"], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split(), key=lambda name: (name.startswith("size/"), "size/T" in name, cells_along(name)))


def batches(names):
    """What is run in one process, in turns: at most sixteen cases of one question and precision; and the large lattices
    of one size apart, those of physics beside the small ones that they are compared with."""
    for (axis, N), group in itertools.groupby(names, lambda name: (question(name), cells_along(name))):
        for _, of_one in itertools.groupby(sorted(group, key=precision), precision):
            of_one = list(of_one)
            if axis == "physics" and N:
                of_one += [name.replace(f"N:{N}", "N:512") for name in of_one]
            for first in range(0, len(of_one), 16):
                yield of_one[first : first + 16]


class Progress:
    """A line on the terminal that is renewed; elsewhere a line a batch."""

    def __init__(self, rounds):
        self.start = time.monotonic()
        self.rounds = rounds

    def elapsed(self):
        return time.monotonic() - self.start

    def show(self, number, what):
        line = f"round {number + 1} of {self.rounds}  {self.elapsed():4.0f} s  {what}"
        if sys.stderr.isatty():
            print(f"\r{line[:78]}\033[K", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def clear(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def run_batch(program, batch, repetitions, min_time, folder):
    """The context and the results of some cases."""
    output = folder / "batch.json"
    # Of what a regular expression takes for more, the names hold the plus signs of compilers alone.
    pattern = "^(" + "|".join(name.replace("+", "[+]") for name in batch) + ")$"
    command = [program, f"--benchmark_filter={pattern}", f"--benchmark_out={output}"]
    command += ["--benchmark_out_format=json", f"--benchmark_repetitions={repetitions}"]
    command += [f"--benchmark_min_time={min_time}", "--benchmark_enable_random_interleaving=true"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{program} exited with {done.returncode} at one of {', '.join(batch)}:\n{done.stderr}")
    context, found = read_results(output)
    output.unlink()
    return context, [result for result in found if result["run_type"] == "iteration"]


def turns(batch, number):
    """How often a batch runs in the round of this number. Large lattices take most of the time, and are in three of
    five rounds, so that one slow moment is not their median; the last round is not one of them, because the budget may
    cut it. Physics is asked for differences of a few percent."""
    if cells_along(batch[0]):
        return 1 if number in (0, 2, 3) else 0
    if question(batch[0]) == "layout":
        return 1 if number < 3 else 0
    return 3 if question(batch[0]) == "physics" else 1


def turns_of_bound(batch):
    """How often a batch of bounds.py runs per round, and the least time of one repetition in seconds. The cases alternate
    often, because neighbours slow a virtual machine down for parts of a second. The largest lattices take seconds per
    repetition, so they run once, and the small lattice beside them runs for half a second."""
    N = max(map(cells_along, batch))
    if N >= 10000 or "peak-memory" in batch[0]:
        return 1, 0.5
    return (4 if N else 9), 0.02


def run_round(number, program, planned, folder, progress, budget):
    """The context and the results, without those cases for which there was no time."""
    context, results = {}, []
    for index, (batch, repetitions, min_time) in enumerate(planned):
        if repetitions == 0:
            continue
        progress.show(number, batch[0])
        if progress.elapsed() > budget:
            break
        context, found = run_batch(program, batch, repetitions, min_time, folder)
        results += [result | {"round": number, "batch": f"{index} in round {number}"} for result in found]
    return context, results


def measure(arguments, names):
    """The context and all results. Round after round, so that a machine that others slow down for a minute does so for
    all cases alike."""
    program = str(arguments.program.resolve())
    min_time = 0.001 if arguments.quick else 0.02
    budget = BUDGET_OF_BOUNDS if arguments.bounds else BUDGET
    rounds = arguments.rounds or (2 if arguments.quick else 3 if arguments.bounds else 5)
    progress = Progress(rounds)
    context, results = {}, []
    for number in range(rounds):
        if arguments.bounds:
            planned = [(batch, *turns_of_bound(batch)) for batch in bounds.batches(names)]
        else:
            planned = [(batch, turns(batch, number), min_time) for batch in batches(names)]
        of_round, found = run_round(number, program, planned, arguments.folder, progress, budget)
        context = context or of_round
        results += found
        if progress.elapsed() > budget:
            break
        if arguments.bounds:
            results += python_rivals.run_numpy(number, progress, sizes=(1000,), times=())
        elif not arguments.only:
            results += python_rivals.run_python(number, arguments.quick, progress)
            results += python_rivals.run_numpy(number, progress, **({"sizes": (100,), "times": ()} if arguments.quick else {}))
        if arguments.tour:
            results += tour.run_tour(arguments.tour, number, arguments.quick, progress)
    progress.clear()
    done = {result["run_name"] for result in results}
    left_out = [name for name in names if name not in done]
    if left_out:
        print(f"{len(left_out)} cases were left out after {budget:.0f} s, from {left_out[0]} on")
    cut = f", the last one up to {budget:.0f} s" if progress.elapsed() > budget else ""
    print(f"{len(names) - len(left_out)} cases in {number + 1} rounds{cut} and {progress.elapsed():.0f} s")
    is_whole = not (arguments.quick or arguments.only or arguments.bounds or left_out)
    return context | machine(context) | {"is_whole": is_whole}, results


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
    """Writes the tables, and the plots if all of them are wanted; the tables by name, and the names of the plots."""
    found = Found(results)
    named = tables.tables(found, context)
    text = "\n\n".join(filter(None, named.values())) + "\n"
    (folder / "tables.md").write_text(text, encoding="utf-8")
    print(text)
    if not are_all:
        return named, []
    try:
        import matplotlib.pyplot  # noqa: F401
    except ImportError as error:
        print(f"this Python has no matplotlib ({error}; Debian: python3-matplotlib): nothing was drawn")
        return named, []
    from plots import Plots

    drawn = Plots(folder, found, context).all()
    print(f"plots in {folder}: {', '.join(drawn)}")
    return named, drawn


def document(folder, context, named, drawn):
    """Puts every figure of the suite that the documentation shows there, all of them from this one run."""
    pages = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    if not context.get("is_whole", True):
        raise Failure("the documentation shows whole runs, and this one was --quick, --only, or out of time in its first round")
    if len(drawn) < 6:
        raise Failure(f"the documentation needs six plots, and these are: {', '.join(drawn)}")
    try:
        texts = [tables.filled(page, named) for page in pages]
    except ValueError as error:
        raise Failure(str(error)) from error
    for page, text in zip(pages, texts):
        page.write_text(text, encoding="utf-8")
    for name in drawn:
        shutil.copy(folder / f"{name}.png", ROOT / "docs" / "pictures")


def wanted(arguments):
    """The names of the cases that these arguments ask for."""
    names = cases_of(arguments.program.resolve())
    if arguments.bounds:
        return list(dict.fromkeys(itertools.chain(*bounds.batches(names))))
    names = [name for name in names if is_wanted(name) and re.match(arguments.only, name)]
    return [name for name in names if not arguments.quick or is_quick(name)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tour", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--bounds", action="store_true")
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--document", action="store_true")
    parser.add_argument("--only", type=regular_expression, default="")
    parser.add_argument("--rounds", type=positive)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    target = arguments.folder / "results.json"
    if arguments.draw:
        context, results = read_results(target)
        named, drawn = draw(arguments.folder, results, context)
        if arguments.document:
            document(arguments.folder, context, named, drawn)
        return
    if arguments.document:
        raise Failure("--document goes with --draw: look at a run before it is in the documentation")
    names = wanted(arguments)
    if not names:
        raise Failure(f"--only {arguments.only}: no case has such a name")
    if arguments.tour:
        tour.programs_in(arguments.tour)  # now, and not after a round
    context, results = measure(arguments, names)
    context["profile"] = tour.profile(arguments.tour) if arguments.tour else []
    target.write_text(json.dumps({"context": context, "benchmarks": results}, indent=1), encoding="utf-8")
    print(f"the results are {target}")
    if arguments.bounds:
        return
    draw(arguments.folder, results, context, are_all=not arguments.only)


if __name__ == "__main__":
    verdict.end(main)
