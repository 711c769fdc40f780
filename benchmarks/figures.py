"""What run.py makes of the results of the suite: plots, and tables in Markdown."""

import math
import re
import statistics


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


DTYPES = ("float32", "float64")

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

    def plain(self, axis):
        """Ticks of a logarithmic axis at 1, 2 and 5 of every decade, as plain numbers."""
        axis.set_major_locator(self.plt.LogLocator(subs=(1, 2, 5)))
        axis.set_minor_locator(self.plt.NullLocator())
        axis.set_major_formatter(self.plt.FuncFormatter(lambda value, _: f"{value:g}"))

    def save(self, figure, name, bottom=0.06):
        figure.text(0.01, 0.005, self.caption, fontsize=8, color="0.3", va="bottom")
        figure.tight_layout(rect=(0, bottom, 1, 1))
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
            self.plain(panel.xaxis)
            self.plain(panel.yaxis)
        panels[0].set_ylabel(y_label)
        figure.suptitle(title)
        handles, labels = panels[1].get_legend_handles_labels()  # the loop in Python has no float32
        figure.legend(handles, labels, loc="lower center", ncol=3, bbox_to_anchor=(0.5, 0.06), fontsize=10)
        self.save(figure, name, bottom=0.2)

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
        axes.set_ylim(bottom=0.2)
        self.plain(axes.yaxis)
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
            sweeps = (("strong/N:512", "N = 512"), ("strong/N:4000", "N = 4000"), ("weak/N:1000-a-thread", "weak"))
            for what, label in sweeps:
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
        axes.set_xticks(range(1, most + 1) if most <= 16 else [2**k for k in range(most.bit_length())])
        axes.set_xlabel("threads")
        axes.set_ylabel("cell-steps a second, as a multiple of one thread's")
        axes.set_title("Threads: the same lattice (N), and a thousand rows a thread (weak)")
        axes.legend()
        self.save(figure, "threads")

    def sines(self):
        figure, panels = self.plt.subplots(1, 2, figsize=(12, 6))
        for panel, dtype in zip(panels, ("float32", "float64")):
            rivals = sorted(self.found.matching(rf"rivals/sine/(.*)/{dtype}"), key=lambda case: case[1])
            for index, (match, name) in enumerate(rivals):
                cost = 1e9 / self.found.median(name, "sines")
                look = style(index) | {"linestyle": "none", "markersize": 10}
                panel.loglog([cost], [self.found.median(name, "largest_error_ulp")], label=match.group(1), **look)
            panel.set_title(dtype)
            panel.set_xlabel("time a sine, ns (in the first-level cache)")
            panel.set_ylabel("largest error over a million arguments, ULP")
            self.plain(panel.xaxis)
            self.plain(panel.yaxis)
            panel.legend()
        figure.suptitle("Accuracy against cost of vector sines, |x| ≤ 2π")
        self.save(figure, "sines")

    def roofline(self):
        figure, axes = self.plt.subplots(figsize=(9, 6.5))
        index = 0
        for dtype in ("float32", "float64"):
            peak = self.found.median(f"limits/multiply-adds/{dtype}/threads:1", "multiply-adds")
            band = self.found.median("limits/triad/threads:1", "bytes")
            xs = [0.25, peak / band, 512]  # the ridge is where both limits meet
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
            label = f"sine lattice, N = 3000, depth 1 … 64, {dtype}"
            axes.loglog([p[0] for p in points], [p[1] for p in points], label=label, **style(index))
            for intensity, rate, depth in points:
                axes.annotate(depth, (intensity, rate), textcoords="offset points", xytext=(0, -16), ha="center", fontsize=9)
            index += 1
        self.plain(axes.xaxis)
        self.plain(axes.yaxis)
        axes.set_xlabel("multiply-adds a byte moved")
        axes.set_ylabel("10⁹ multiply-adds a second")
        axes.set_title("Roofline: from the memory's bound to the processor's")
        axes.legend()
        self.save(figure, "roofline")

    def all(self):
        for draw in (self.sizes, self.fusion, self.roofline, self.threads, self.sines):
            draw()


# Quotients of two cases: what is counted, the case above and the case below. All are rates; those of times are the
# other way round.
RATIOS = (
    (
        "filling 4000 × 4000 cells: wrong order ÷ along the rows",
        "bytes", "layout/fill-cell-by-cell/{dtype}", "layout/fill-wrong-order/{dtype}",
    ),
    (
        "libm's sine, N = 512: array passes ÷ one pass",
        "cell-steps", "fusion/libm/depth:1/{dtype}/N:512", "fusion/libm/passes/{dtype}/N:512",
    ),
    (
        "the library's sine, N = 512: array passes ÷ one pass",
        "cell-steps", "fusion/kuramoto/depth:1/{dtype}/N:512", "fusion/kuramoto/passes/{dtype}/N:512",
    ),
    (
        "N = 3000: one step a pass ÷ sixteen",
        "cell-steps", "fusion/kuramoto/depth:16/{dtype}/N:3000", "fusion/kuramoto/depth:1/{dtype}/N:3000",
    ),
    (
        "N = 1000: one loop, libm's sine ÷ NumPy",
        "cell-steps", "size/N:1000/NumPy/{dtype}", "rivals/advance/by-hand-O3/{dtype}/N:1000",
    ),
    (
        "N = 4000: one thread ÷ all",
        "cell-steps", "threads/strong/N:4000/{dtype}/threads:{most}", "threads/strong/N:4000/{dtype}/threads:1",
    ),
)


# What edges, couplings, steppers and observables cost: the case, its sines a cell, and the values that a cell moves
# between memory and the processor; sixteen stages that are fused into one pass share a move. The sine and the cosine
# of one number count as a sine and a half. None: there is no such count.
PHYSICS = (
    ("Euler, sine, zero flux", "Euler/sine/zero-flux", 2, 3 / 16),
    ("periodic edges", "Euler/sine/torus", 2, 3 / 8),
    ("given phases and fluxes along the edges", "Euler/sine/mixed-edges", 2, 3 / 16),
    ("phase lag", "Euler/lag/zero-flux", 3, 3 / 16),
    ("two harmonics", "Euler/two-harmonics/zero-flux", 3, 3 / 16),
    ("a strength for each bond", "Euler/sine/strengths", 2, 5 / 16),
    ("a mask", "Euler/sine/mask", 2, 5 / 16),
    ("noise", "EulerMaruyama/sine/zero-flux", None, None),
    ("Heun", "Heun/sine/zero-flux", 4, 3 / 8),
    ("RungeKutta4", "RungeKutta4/sine/zero-flux", 8, 3 / 4),
    ("all-to-all coupling alone", "all-to-all/alone", 3, 4),
    ("all-to-all and lattice", "all-to-all/lattice", 5, 7),
    ("inertia", "inertia", 2, 8),
    ("order parameter", "look/order-parameter", 1.5, 1),
    ("vortices", "look/vortices", 0, 1),
    ("energy", "look/energy", 2, 1),
)

STEPPERS = ("Euler", "EulerMaruyama", "Heun", "RungeKutta4")


def table(title, columns, rows):
    """A table in Markdown of (label, figures): without the rows that have none, and nothing without rows."""

    def text(figure):
        return "" if math.isnan(figure) else f"{figure:.3g}"

    rows = [(label, figures) for label, figures in rows if not all(map(math.isnan, figures))]
    lines = [f"| {label} | " + " | ".join(map(text, figures)) + " |" for label, figures in rows]
    if not lines:
        return []
    return ["", "| " + " | ".join((title, *columns)) + " |", "|---" * (len(columns) + 1) + "|", *lines]


def solver_rows(found):
    for solver, label in SOLVERS.items():
        cases = [(n, dtype) for dtype in DTYPES for n in (1000, 4000)]
        yield label, [found.nanoseconds(f"size/N:{n}/{solver}/{dtype}") for n, dtype in cases]


def sine_rows(found):
    for rival in ("kuramoto", "SLEEF-u35", "SLEEF-u10", "libmvec", "libm"):
        figures = []
        for dtype in DTYPES:
            name = f"rivals/sine/{rival}/{dtype}"
            figures += [1e9 / found.median(name, "sines"), found.median(name, "largest_error_ulp")]
        yield rival, figures


def limit_rows(found, most):
    for label, name, what in (
        ("triad, GB/s", "limits/triad/threads:{}", "bytes"),
        ("multiply-adds, float32, 10⁹/s", "limits/multiply-adds/float32/threads:{}", "multiply-adds"),
        ("multiply-adds, float64, 10⁹/s", "limits/multiply-adds/float64/threads:{}", "multiply-adds"),
    ):
        yield label, [found.median(name.format(threads), what) / 1e9 for threads in (1, most)]


def ratio_rows(found, most):
    for label, what, first, second in RATIOS:
        names = [(first.format(dtype=dtype, most=most), second.format(dtype=dtype, most=most)) for dtype in DTYPES]
        yield label, [found.median(a, what) / found.median(b, what) for a, b in names]
    shares = [found.median(f"precision/Fused/sine/{dtype}", "share_of_bound") for dtype in DTYPES]
    yield "share of the bound, Fused, N = 1000", shares


def physics_rows(found):
    for label, name, sines, values in PHYSICS:
        figures = []
        for dtype, size in zip(DTYPES, (4, 8)):
            euler = found.nanoseconds(f"physics/Euler/sine/zero-flux/{dtype}/N:512")
            alone = math.nan
            if sines is not None:
                of = "float64" if name.startswith("look/") else dtype  # observables are in double
                computing = sines * 1e9 / found.median(f"rivals/sine/kuramoto/{of}", "sines")
                moving = values * size * 1e9 / found.median("limits/triad/threads:1", "bytes")
                alone = max(computing, moving)
            figures += [found.nanoseconds(f"physics/{name}/{dtype}/N:512") / euler, alone / euler]
        yield label, figures


def growth_rows(found):
    for stepper in STEPPERS:
        name = f"physics/{stepper}/sine/zero-flux/{{}}/N:{{}}"
        cases = [(name.format(dtype, 10000), name.format(dtype, 512)) for dtype in DTYPES]
        yield stepper, [found.nanoseconds(large) / found.nanoseconds(small) for large, small in cases]


def tables(found, context):
    """The figures as Markdown: what docs/performance.md and docs/physics.md show."""
    sizes = [f"{dtype}, N = {n}" for dtype in DTYPES for n in (1000, 4000)]
    threads = context["threads"]
    lines = [
        f"{context['processor']}, {context['caches_text']}, {threads} threads, {context['instruction set']}; "
        f"{context['compiler']}, {context['flags']}; {context['date']}."
    ]
    lines += table("ns a cell-step", sizes, solver_rows(found))
    lines += table("a sine", ("float32, ns", "ULP", "float64, ns", "ULP"), sine_rows(found))
    lines += table("limits", ("1 thread", "all threads"), limit_rows(found, threads))
    lines += table("ratios", DTYPES, ratio_rows(found, threads))
    alone = "sines and bytes alone"
    lines += table("times Euler, N = 512", ("float32", alone, "float64", alone), physics_rows(found))
    lines += table("N = 10 000 ÷ N = 512", DTYPES, growth_rows(found))
    return "\n".join(lines) + "\n"
