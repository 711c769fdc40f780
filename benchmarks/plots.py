"""The plots that run.py draws of the results of the suite."""

import math

import matplotlib.pyplot as plt

from found import SOLVERS

plt.switch_backend("Agg")  # no window, wherever it runs

MARKERS = "osv^D*XPh<>"
DASHES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (8, 2, 2, 2))]
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7f7f7f", "#882255", "#b8a000"]


def style(index):
    """Told apart by colour, by marker and by dashes, so also in grey."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": DASHES[index % len(DASHES)],
        "markersize": 6,
    }


def padded(values, factor=1.25):
    """Limits of a logarithmic axis around these values."""
    values = [value for value in values if math.isfinite(value) and value > 0]
    return (min(values) / factor, max(values) * factor) if values else (1, 10)


class Plots:
    """Draws into a folder; every plot says which machine it is of."""

    def __init__(self, folder, found, context):
        plt.rcParams.update({"font.size": 12, "axes.grid": True, "grid.color": "0.9", "svg.hashsalt": "kuramoto"})
        self.folder, self.found, self.drawn = folder, found, []
        self.caption = (
            f"{context['processor']}, {context['threads']} threads, {context['instruction set']}; "
            f"{context['caches_text']}\n{context['compiler']}, {context['flags']}; {context['commit']}, {context['date']}"
        )

    def plain(self, axis, subs=(1, 2, 5)):
        """Ticks of a logarithmic axis at these multiples of every power of ten, as plain numbers."""
        axis.set_major_locator(plt.LogLocator(subs=subs))
        axis.set_minor_locator(plt.NullLocator())
        axis.set_major_formatter(plt.FuncFormatter(lambda value, _: f"{value:g}"))

    def save(self, figure, name, bottom=0.06):
        figure.text(0.01, 0.005, self.caption, fontsize=8, color="0.3", va="bottom")
        figure.tight_layout(rect=(0, bottom, 1, 1))
        for suffix in ("svg", "png"):
            figure.savefig(self.folder / f"{name}.{suffix}", dpi=100)
        plt.close(figure)
        self.drawn.append(name)

    def over(self, letter, name, title, x_label, y_label, value):
        """A curve a solver over N or T, a panel a precision."""
        figure, panels = plt.subplots(1, 2, figsize=(13, 7), sharey=True)
        curves = []
        for panel, dtype in zip(panels, ("float32", "float64")):
            for index, (solver, label) in enumerate(SOLVERS.items()):
                points = sorted(
                    (int(match.group(1)), value(name_of_case))
                    for match, name_of_case in self.found.matching(rf"size/{letter}:(\d+)/{solver}/{dtype}")
                )
                if points:
                    panel.loglog(*zip(*points), label=label, **style(index))
                    curves += points
            panel.set_title(dtype)
            panel.set_xlabel(x_label)
            self.plain(panel.xaxis)
            self.plain(panel.yaxis)
        panels[0].set_ylabel(y_label)
        for panel in panels:
            panel.set_xlim(padded([x for x, _ in curves]))
            panel.set_ylim(padded([y for _, y in curves]))
        figure.suptitle(title)
        handles, labels = panels[1].get_legend_handles_labels()  # the loop in Python has no float32
        figure.legend(handles, labels, loc="lower center", ncol=3, bbox_to_anchor=(0.5, 0.06), fontsize=10)
        self.save(figure, name, bottom=0.2)

    def sizes(self):
        self.over(
            "N", "time-against-N", "Cost per cell-step (Euler, sine lattice)", "N, cells along a side of the lattice",
            "time per cell-step, ns", self.found.nanoseconds,
        )
        self.over(
            "T", "time-against-T", "Time to simulate T at N = 100, dt = 0.1", "T, simulated time",
            "time, s", lambda name: self.found.median(name, "real_time") / 1e3,
        )

    def fusion(self):
        figure, axes = plt.subplots(figsize=(9, 6))
        array_passes = 0.5  # where they stand on the axis of the depths: left of one step in one pass
        ticks = {array_passes: "array passes"}
        index = 0
        for dtype in ("float32", "float64"):
            for n in (512, 3000):
                one = f"fusion/kuramoto/depth:1/{dtype}/N:{n}"
                cases = [(array_passes, f"fusion/kuramoto/passes/{dtype}/N:{n}")]
                cases += sorted(
                    (int(match.group(1)), name)
                    for match, name in self.found.matching(rf"fusion/kuramoto/depth:(\d+)/{dtype}/N:{n}")
                )
                points = [(depth, 1e9 / self.found.beside(name, one, "cell-steps")) for depth, name in cases]
                points = [(depth, time) for depth, time in points if not math.isnan(time)]
                if not points:
                    continue
                ticks |= {depth: str(depth) for depth, _ in points if depth >= 1}
                axes.loglog(*zip(*points), base=2, label=f"{dtype}, N = {n}", **style(index))
                index += 1
        axes.set_yscale("log", base=10)
        self.plain(axes.yaxis, subs=(1, 1.5, 2, 3, 5, 7))
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.xaxis.set_minor_locator(plt.NullLocator())
        axes.set_xlabel("depth: time steps in one fused pass over memory")
        axes.set_ylabel("time per cell-step, ns")
        axes.set_title("Fusing the passes of a step, then steps: one thread, the library's sine")
        axes.legend()
        self.save(figure, "fusion-depth")

    def threads(self):
        figure, axes = plt.subplots(figsize=(9, 6))
        index = 0
        most = 1
        for dtype in ("float32", "float64"):
            sweeps = (("strong/N:512", "N = 512"), ("strong/N:4000", "N = 4000"), ("weak/N:1000-a-thread", "weak"))
            for what, label in sweeps:
                points = sorted(
                    (int(match.group(1)), self.found.ratio(name, f"threads/{what}/{dtype}/threads:1", "cell-steps"))
                    for match, name in self.found.matching(rf"threads/{what}/{dtype}/threads:(\d+)")
                )
                if not points:
                    continue
                most = max(most, points[-1][0])
                axes.plot(*zip(*points), label=f"{label}, {dtype}", **style(index))
                index += 1
        axes.plot([1, most], [1, most], color="0.6", linewidth=1, label="ideal")
        axes.set_xticks(range(1, most + 1) if most <= 16 else sorted({2**k for k in range(most.bit_length())} | {most}))
        axes.set_xlabel("threads")
        axes.set_ylabel("cell-steps per second, as a multiple of one thread's")
        axes.set_title("Threads: the same lattice (N), and a thousand rows per thread (weak)")
        axes.legend()
        self.save(figure, "threads")

    def sines(self):
        figure, panels = plt.subplots(1, 2, figsize=(12, 6))
        for panel, dtype in zip(panels, ("float32", "float64")):
            rivals = sorted(self.found.matching(rf"rivals/sine/(.*)/{dtype}"), key=lambda case: case[1])
            for index, (match, name) in enumerate(rivals):
                cost = 1e9 / self.found.median(name, "sines")
                look = style(index) | {"linestyle": "none", "markersize": 10}
                panel.loglog([cost], [self.found.median(name, "largest_error_ulp")], label=match.group(1), **look)
            panel.set_title(dtype)
            panel.set_xlabel("time per sine, ns (in the first-level cache)")
            panel.set_ylabel("largest error over a million arguments, ULP")
            self.plain(panel.xaxis)
            self.plain(panel.yaxis)
            panel.legend()
        figure.suptitle("Accuracy against cost of vector sines, |x| ≤ 2π")
        self.save(figure, "sines")

    def roofline(self):
        figure, axes = plt.subplots(figsize=(9, 6.5))
        index = 0
        for dtype in ("float32", "float64"):
            peak = self.found.median(f"limits/multiply-adds/{dtype}/threads:1", "multiply-adds")
            band = self.found.median("limits/triad/threads:1", "bytes")
            points = []
            for match, name in self.found.matching(rf"fusion/kuramoto/depth:(\d+)/{dtype}/N:3000"):
                moved = self.found.median(name, "bytes_per_cell")
                if not moved > 0:
                    continue  # in the cache
                rate = self.found.fused_multiply_adds(match.group(1), dtype) / 1e9
                points.append((self.found.median(name, "multiply_adds_a_cell") / moved, rate, match.group(1)))
            points.sort()
            if not points:
                continue
            ridge = peak / band  # where both limits meet
            left, right = padded([point[0] for point in points] + [ridge], 2)
            xs = [left, ridge, right]
            axes.loglog(
                xs, [min(peak, band * x) / 1e9 for x in xs], color="0.2" if dtype == "float32" else "0.6",
                linestyle="-" if dtype == "float32" else "--", label=f"limits of one thread, {dtype}: {peak / 1e9:.3g}",
            )
            label = f"sine lattice, N = 3000, depth 1 … 64, {dtype}"
            axes.loglog([p[0] for p in points], [p[1] for p in points], label=label, **style(index))
            for intensity, rate, depth in points:
                axes.annotate(depth, (intensity, rate), textcoords="offset points", xytext=(0, -16), ha="center", fontsize=9)
            index += 1
        self.plain(axes.xaxis)
        self.plain(axes.yaxis)
        axes.set_xlabel("multiply-adds per byte moved")
        axes.set_ylabel("10⁹ multiply-adds per second")
        axes.set_title("Roofline: from the memory's bound to the processor's")
        axes.legend()
        self.save(figure, "roofline")

    def all(self):
        """Draws what the results have, and returns the names of the plots."""
        needs = (
            (self.sizes, "size/N:.*", "size/T:.*"),
            (self.fusion, "fusion/kuramoto/depth:1/.*"),
            (self.roofline, "fusion/kuramoto/depth:1/.*/N:3000", "limits/.*"),
            (self.threads, "threads/.*"),
            (self.sines, "rivals/sine/.*"),
        )
        for draw, *patterns in needs:
            if all(self.found.matching(pattern) for pattern in patterns):
                draw()
        return self.drawn
