#!/usr/bin/env python3
"""Runs a representative part of the suite, writes what it found, and draws it: at most ten minutes on two cores.

Usage: run.py <kuramoto-benchmarks> <folder> [--quick|--draw]

Leaves results.json (the format of Google Benchmark; compare.py compares two of them), tables.md, and a plot a question,
each as SVG and PNG, in the folder. NumPy, where this Python has it, runs the same cases as the rivals; matplotlib, where it
is there, draws. --quick runs a few cases for a moment each, to see that all of it works; --draw draws the results that are there.
"""

import argparse
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

BUDGET = 480.0  # seconds; what is left when it is spent is left out, and said


# --- what is run ----------------------------------------------------------------------------------------------------


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
    if axis in ("advance", "apply"):
        return bool(re.search(r"/(sine|two-harmonics|lagged)/.*/(512|4000)(/real_time)?$", name)) and "naive" not in name
    if axis == "rivals":
        return "O3" not in name or name.endswith("N:1000")
    return True


def is_quick(name):
    """A few cases of every question."""
    parts = ("depth:1/float32/N:512", "depth:16/float32/N:512", "passes/float32/N:512", "limits/", "sine/", "N:64/")
    return any(part in name for part in (*parts, "T:10/", "strong/N:512")) and "by-hand-naive" not in name


def cases_of(program):
    """All names; the many sizes last, which are what may be left out."""
    done = subprocess.run([program, "--benchmark_list_tests"], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split(), key=lambda name: (name.startswith("size/"), "size/T" in name))


def batches(names, size):
    return [names[first : first + size] for first in range(0, len(names), size)]


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
    environment = {**os.environ, "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "active")}
    for batch in batches(names, 12):
        progress.show(done, len(names), batch[0])
        if progress.elapsed() > BUDGET:
            left_out += batch
            continue
        output = folder / "batch.json"  # the names hold nothing that a regular expression would take for more
        pattern = "^(" + "|".join(batch) + ")$"
        command = [program, f"--benchmark_filter={pattern}", f"--benchmark_out={output}"]
        command += ["--benchmark_out_format=json", f"--benchmark_repetitions={repetitions}"]
        command += [f"--benchmark_min_time={min_time}", "--benchmark_enable_random_interleaving=true"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=True)
        found = json.loads(output.read_text(encoding="utf-8"))
        output.unlink()
        context = context or found["context"]
        results += [result for result in found["benchmarks"] if result["run_type"] == "iteration"]
        done += len(batch)
    return context, results, left_out


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
    random = np.random.default_rng(1)
    cases = [(f"N:{n}", n, max(1, int(2e6 / n**2))) for n in (16, 64, 100, 400, 1000, 4000)]
    cases += [(f"T:{T}", 100, 10 * T) for T in (10, 100)]
    for what, n, steps in cases[2:3] if is_quick_run else cases:
        for dtype in ("float32", "float64"):
            name = f"size/{what}/NumPy/{dtype}"
            progress.show(99, 100, name)
            theta = random.uniform(0, 2 * np.pi, (n, n)).astype(dtype)
            omega = random.normal(0, 0.5, (n, n)).astype(dtype)
            advance(theta, omega, 1)
            for repetition in range(repetitions):
                start = time.perf_counter()
                advance(theta, omega, steps)
                seconds = time.perf_counter() - start
                results.append(
                    {"name": name, "run_name": name, "run_type": "iteration", "repetition_index": repetition}
                    | {"iterations": 1, "real_time": 1e3 * seconds, "cpu_time": 1e3 * seconds, "time_unit": "ms"}
                    | {"cell-steps": n * n * steps / seconds, "numpy": np.__version__}
                )
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


# --- what is drawn --------------------------------------------------------------------------------------------------


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


MARKERS = "osv^D*XPh<>"
DASHES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2, 2, 2))]
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f7f7f", "#882255"]


def style(index):
    """Told apart by colour, by marker and by dashes, so also in grey."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": DASHES[index % len(DASHES)],
        "markersize": 6,
    }


SOLVERS = {
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


class Plots:
    """Draws into a folder; every plot says which machine it is of."""

    def __init__(self, folder, found, context):
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot

        self.plt = matplotlib.pyplot
        self.plt.rcParams.update({"font.size": 12, "axes.grid": True, "grid.color": "0.9", "svg.hashsalt": "kuramoto"})
        self.folder, self.found = folder, found
        self.caption = (
            f"{context['processor']}, {context['threads']} threads, {context['instruction set']}; "
            f"{context['caches_text']}\n{context['compiler']}, {context['flags']}; {context['commit']}, {context['date']}"
        )

    def save(self, figure, name):
        figure.text(0.01, 0.005, self.caption, fontsize=8, color="0.3", va="bottom")
        figure.tight_layout(rect=(0, 0.06, 1, 1))
        for suffix in ("svg", "png"):
            figure.savefig(self.folder / f"{name}.{suffix}", dpi=100)
        self.plt.close(figure)

    def over(self, letter, name, title, x_label, y_label, value):
        """A curve a solver over N or T, a panel a precision."""
        figure, panels = self.plt.subplots(1, 2, figsize=(13, 7), sharey=True)
        for panel, dtype in zip(panels, ("float32", "float64")):
            for index, (solver, label) in enumerate(SOLVERS.items()):
                points = sorted(
                    (int(match.group(1)), value(name_of_case))
                    for match, name_of_case in self.found.matching(rf"size/{letter}:(\d+)/{solver}/{dtype}")
                )
                if points:
                    panel.loglog(*zip(*points), label=label, **style(index))
            panel.set_title(dtype)
            panel.set_xlabel(x_label)
        panels[0].set_ylabel(y_label)
        figure.suptitle(title)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="lower center", ncol=3, bbox_to_anchor=(0.5, 0.06), fontsize=10)
        figure.text(0.01, 0.005, self.caption, fontsize=8, color="0.3", va="bottom")
        figure.tight_layout(rect=(0, 0.2, 1, 1))
        for suffix in ("svg", "png"):
            figure.savefig(self.folder / f"{name}.{suffix}", dpi=100)
        self.plt.close(figure)

    def sizes(self):
        self.over(
            "N", "time-against-N", "Cost of a cell-step (Euler, sine lattice)", "N, cells along a side of the lattice",
            "time a cell-step, ns", self.found.nanoseconds,
        )
        self.over(
            "T", "time-against-T", "Time to simulate T at N = 100, dt = 0.1", "T, simulated time",
            "time, s", lambda name: self.found.median(name, "real_time") / 1e3,
        )

    def fusion(self):
        figure, axes = self.plt.subplots(figsize=(9, 6))
        index = 0
        for dtype in ("float32", "float64"):
            for n in (512, 3000):
                points = sorted(
                    (int(match.group(1)), self.found.nanoseconds(name))
                    for match, name in self.found.matching(rf"fusion/kuramoto/depth:(\d+)/{dtype}/N:{n}")
                )
                passes = self.found.nanoseconds(f"fusion/kuramoto/passes/{dtype}/N:{n}")
                if not points:
                    continue
                axes.loglog(*zip(*points), base=2, label=f"{dtype}, N = {n}; array passes: {passes:.2g} ns", **style(index))
                index += 1
        axes.set_yscale("log", base=10)
        axes.yaxis.set_major_formatter(self.plt.FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(self.plt.FormatStrFormatter("%g"))
        axes.xaxis.set_major_formatter(self.plt.FormatStrFormatter("%d"))
        axes.set_xlabel("depth: time steps in one pass over memory")
        axes.set_ylabel("time a cell-step, ns")
        axes.set_title("Fusing time, one thread, the library's sine")
        axes.legend()
        self.save(figure, "fusion-depth")

    def threads(self):
        figure, axes = self.plt.subplots(figsize=(9, 6))
        index = 0
        most = 1
        for dtype in ("float32", "float64"):
            for what, label in (("strong/N:512", "N = 512"), ("strong/N:4000", "N = 4000"), ("weak/N:1000-a-thread", "weak")):
                points = sorted(
                    (int(match.group(1)), self.found.median(name, "cell-steps"))
                    for match, name in self.found.matching(rf"threads/{what}/{dtype}/threads:(\d+)")
                )
                if not points:
                    continue
                one = points[0][1]
                most = max(most, points[-1][0])
                axes.plot(*zip(*((t, rate / one) for t, rate in points)), label=f"{label}, {dtype}", **style(index))
                index += 1
        axes.plot([1, most], [1, most], color="0.6", linewidth=1, label="ideal")
        axes.set_xlabel("threads")
        axes.set_ylabel("cell-steps a second, as a multiple of one thread's")
        axes.set_title("Threads: the same lattice (N), and a thousand rows a thread (weak)")
        axes.legend()
        self.save(figure, "threads")

    def sines(self):
        figure, panels = self.plt.subplots(1, 2, figsize=(12, 6))
        for panel, dtype in zip(panels, ("float32", "float64")):
            for index, (match, name) in enumerate(sorted(self.found.matching(rf"rivals/sine/(.*)/{dtype}"), key=lambda m: m[1])):
                cost = 1e9 / self.found.median(name, "sines")
                look = style(index) | {"linestyle": "none", "markersize": 10}
                panel.loglog([cost], [self.found.median(name, "largest_error_ulp")], label=match.group(1), **look)
            panel.set_title(dtype)
            panel.set_xlabel("time a sine, ns (in the first-level cache)")
            panel.set_ylabel("largest error over a million arguments, ULP")
            panel.yaxis.set_major_formatter(self.plt.FormatStrFormatter("%g"))
            panel.yaxis.set_minor_formatter(self.plt.FormatStrFormatter("%g"))
            panel.legend()
        figure.suptitle("Accuracy against cost of vector sines, |x| ≤ 2π")
        self.save(figure, "sines")

    def roofline(self):
        figure, axes = self.plt.subplots(figsize=(9, 6.5))
        index = 0
        for dtype in ("float32", "float64"):
            peak = self.found.median(f"limits/multiply-adds/{dtype}/threads:1", "multiply-adds")
            band = self.found.median("limits/triad/threads:1", "bytes")
            xs = [2.0**k for k in range(-3, 10)]
            axes.loglog(
                xs, [min(peak, band * x) / 1e9 for x in xs], color="0.2" if dtype == "float32" else "0.6",
                linestyle="-" if dtype == "float32" else "--", label=f"limits of one thread, {dtype}",
            )
            points = []
            for match, name in self.found.matching(rf"fusion/kuramoto/depth:(\d+)/{dtype}/N:3000"):
                adds = self.found.median(name, "multiply_adds_a_cell")
                if not self.found.median(name, "bytes_a_cell") > 0:
                    continue  # in the cache
                intensity = adds / self.found.median(name, "bytes_a_cell")
                rate = adds * self.found.median(name, "cell-steps") / 1e9
                points.append((intensity, rate, match.group(1)))
            points.sort()
            if not points:
                continue
            look = style(index)
            axes.loglog([p[0] for p in points], [p[1] for p in points], label=f"sine lattice, N = 3000, depth 1 … 64, {dtype}", **look)
            for intensity, rate, depth in points:
                axes.annotate(depth, (intensity, rate), textcoords="offset points", xytext=(0, -16), ha="center", fontsize=9)
            index += 1
        axes.set_xlabel("multiply-adds a byte moved")
        axes.set_ylabel("10⁹ multiply-adds a second")
        axes.set_title("Roofline: fusing time moves the work from the memory's bound to the processor's")
        axes.legend()
        self.save(figure, "roofline")

    def all(self):
        for draw in (self.sizes, self.fusion, self.roofline, self.threads, self.sines):
            draw()


def tables(found, context):
    """The figures as Markdown: what docs/performance.md shows."""

    def row(label, *figures):
        return f"| {label} | " + " | ".join("" if math.isnan(f) else f"{f:.3g}" for f in figures) + " |"

    lines = [
        f"{context['processor']}, {context['caches_text']}, {context['threads']} threads, {context['instruction set']}; "
        f"{context['compiler']}, {context['flags']}; {context['date']}.",
        "",
        "| ns a cell-step | float32, N = 1000 | float32, N = 4000 | float64, N = 1000 | float64, N = 4000 |",
        "|---|---|---|---|---|",
    ]
    for solver, label in SOLVERS.items():
        cases = [(n, dtype) for dtype in ("float32", "float64") for n in (1000, 4000)]
        figures = [found.nanoseconds(f"size/N:{n}/{solver}/{dtype}") for n, dtype in cases]
        if not all(map(math.isnan, figures)):
            lines.append(row(label, *figures))
    lines += ["", "| a sine | float32, ns | ULP | float64, ns | ULP |", "|---|---|---|---|---|"]
    for rival in ("kuramoto", "SLEEF-u35", "SLEEF-u10", "libmvec", "libm"):
        figures = []
        for dtype in ("float32", "float64"):
            name = f"rivals/sine/{rival}/{dtype}"
            figures += [1e9 / found.median(name, "sines"), found.median(name, "largest_error_ulp")]
        if not all(map(math.isnan, figures)):
            lines.append(row(rival, *figures))
    lines += ["", "| limits | 1 thread | all threads |", "|---|---|---|"]
    most = context["threads"]
    for label, name, what in (
        ("triad, GB/s", "limits/triad/threads:{}", "bytes"),
        ("multiply-adds, float32, 10⁹/s", "limits/multiply-adds/float32/threads:{}", "multiply-adds"),
        ("multiply-adds, float64, 10⁹/s", "limits/multiply-adds/float64/threads:{}", "multiply-adds"),
    ):
        lines.append(row(label, *(found.median(name.format(threads), what) / 1e9 for threads in (1, most))))
    return "\n".join(lines) + "\n"


def draw(folder, results, context):
    found = Found(results)
    text = tables(found, context)
    (folder / "tables.md").write_text(text, encoding="utf-8")
    print(text)
    try:
        Plots(folder, found, context).all()
        print(f"plots in {folder}: {', '.join(sorted(path.stem for path in folder.glob('*.svg')))}")
    except ImportError:
        print("no matplotlib in this Python (Debian: python3-matplotlib): nothing was drawn")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--draw", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    target = arguments.folder / "results.json"
    if arguments.draw:
        found = json.loads(target.read_text(encoding="utf-8"))
        return draw(arguments.folder, found["benchmarks"], found["context"])
    program = str(arguments.program.resolve())
    names = [name for name in cases_of(program) if is_wanted(name) and (not arguments.quick or is_quick(name))]
    repetitions, min_time = (2, 0.001) if arguments.quick else (3, 0.02)
    progress = Progress()
    context, results, left_out = run_suite(program, names, repetitions, min_time, arguments.folder, progress)
    results += run_numpy(repetitions, arguments.quick, progress)
    progress.clear()
    context |= machine(context)
    target.write_text(json.dumps({"context": context, "benchmarks": results}, indent=1), encoding="utf-8")
    if left_out:
        print(f"{len(left_out)} cases were left out after {BUDGET:.0f} s, from {left_out[0]} on")
    print(f"{len(names) - len(left_out)} cases in {progress.elapsed():.0f} s; the results are {target}")
    draw(arguments.folder, results, context)


if __name__ == "__main__":
    main()
