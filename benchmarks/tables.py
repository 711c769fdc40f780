"""The tables that run.py makes of the results of the suite, and their place in the documentation."""

import math
import re

from found import DTYPES, SOLVERS

# What the README shows: the label and the solver.
SUMMARY = (
    ("the loop one writes first, in Python: one cell at a time, four sines", "Python"),
    ("the same loop in C++, `-O3`", "by-hand-naive"),
    ("NumPy", "NumPy"),
    ("one loop that vectorises, `-Ofast -march=native`", "by-hand-Ofast"),
    ("the same with one sine per bond (two per cell), by hand", "by-hand-Ofast-two-sines"),
    ("`Fused`, one thread, plain `-O2`", "Fused"),
    ("`OpenMP`, all threads, plain `-O2`", "OpenMP"),
)

# Quotients of two cases: what is counted, the case above and the case below. All are rates; those of times are the
# other way round.
RATIOS = (
    (
        "filling 4000 × 4000 cells: wrong order ÷ along the rows",
        "bytes", "layout/fill-cell-by-cell/{dtype}", "layout/fill-wrong-order/{dtype}",
    ),
    (
        "N = 4000, one loop, libm's sine: wrong order ÷ along the rows",
        "cell-steps", "layout/by-hand-along-rows/{dtype}", "layout/by-hand-wrong-order/{dtype}",
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
        "N = 512: one step per pass ÷ sixteen",
        "cell-steps", "fusion/kuramoto/depth:16/{dtype}/N:512", "fusion/kuramoto/depth:1/{dtype}/N:512",
    ),
    (
        "N = 3000: one step per pass ÷ sixteen",
        "cell-steps", "fusion/kuramoto/depth:16/{dtype}/N:3000", "fusion/kuramoto/depth:1/{dtype}/N:3000",
    ),
    (
        "N = 512, in cache: the best loop by hand ÷ `Fused`",
        "cell-steps", "rivals/advance/Fused/{dtype}/N:512", "rivals/advance/by-hand-Ofast-two-sines/{dtype}/N:512",
    ),
    (
        "N = 4000, in memory: the best loop by hand ÷ `Fused`",
        "cell-steps", "size/N:4000/Fused/{dtype}", "size/N:4000/by-hand-Ofast-two-sines/{dtype}",
    ),
    (
        "N = 1000: one loop with four of libm's sines per cell ÷ NumPy with two sines per cell",
        "cell-steps", "size/N:1000/NumPy/{dtype}", "rivals/advance/by-hand-O3/{dtype}/N:1000",
    ),
    (
        "N = 4000: one thread ÷ all",
        "cell-steps", "threads/strong/N:4000/{dtype}/threads:{most}", "threads/strong/N:4000/{dtype}/threads:1",
    ),
)


# What edges, couplings, steppers and observables cost: the case, its sines per cell, and the values that a cell moves
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
    ("noise, EulerMaruyama", "EulerMaruyama/sine/zero-flux", None, None),
    ("noise, LeimkuhlerMatthews", "LeimkuhlerMatthews/sine/zero-flux", None, None),
    ("Heun", "Heun/sine/zero-flux", 4, 3 / 8),
    ("RungeKutta4", "RungeKutta4/sine/zero-flux", 8, 3 / 4),
    ("inertia, VelocityVerlet", "VelocityVerlet/sine/zero-flux", 2, 5 / 16),
    ("inertia and noise, BAOAB", "BAOAB/sine/zero-flux", None, None),
    ("mean-field coupling alone", "mean-field/alone", 3, 4),
    ("mean-field and lattice", "mean-field/lattice", 5, 7),
    ("order parameter", "look/order-parameter", 1.5, 1),
    ("vortices", "look/vortices", 0, 1),
    ("energy", "look/energy", 2, 1),
)

STEPPERS = ("Euler", "EulerMaruyama", "LeimkuhlerMatthews", "Heun", "RungeKutta4", "VelocityVerlet", "BAOAB")


def table(title, columns, rows):
    """A table in Markdown of (label, figures), as text: without the rows and the columns that have none, and empty
    without rows."""

    def text(figure):
        return "" if math.isnan(figure) else f"{figure:.3g}"

    rows = [(label, figures) for label, figures in rows if not all(map(math.isnan, figures))]
    kept = [k for k in range(len(columns)) if not all(math.isnan(figures[k]) for _, figures in rows)]
    lines = [[title] + [columns[k] for k in kept], ["---"] * (1 + len(kept))]
    lines += [[label] + [text(figures[k]) for k in kept] for label, figures in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) if rows else ""


def summary_rows(found):
    for label, solver in SUMMARY:
        yield label, [found.nanoseconds(f"size/N:1000/{solver}/{dtype}") for dtype in DTYPES]


def tour_rows(found):
    steps = found.matching("tour/(.*)")
    for match, name in steps:
        first = steps[0][1]
        yield match.group(1), [1e9 / found.beside(name, first, "cell-steps"), found.ratio(name, first, "cell-steps")]


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
        yield label, [found.ratio(first, second, what) for first, second in names]
    shares = []
    for dtype in DTYPES:  # the limit is the processor's, and not that of one moment: all rounds are asked
        limit = found.median(f"limits/multiply-adds/{dtype}/threads:1", "multiply-adds")
        shares.append(found.fused_multiply_adds(16, dtype) / limit)
    yield "N = 3000, sixteen steps per pass: multiply-adds ÷ their limit", shares
    rounds = [found.spread(f"size/N:1000/Fused/{dtype}", "cell-steps") for dtype in DTYPES]
    yield "N = 1000, `Fused`: the slowest round ÷ the fastest", rounds


def physics_rows(found):
    for label, name, sines, values in PHYSICS:
        figures = []
        for dtype, size in zip(DTYPES, (4, 8)):
            euler = f"physics/Euler/sine/zero-flux/{dtype}/N:512"
            alone = math.nan
            if sines is not None:
                of = "float64" if name.startswith("look/") else dtype  # observables are in double
                computing = sines * found.ratio(euler, f"rivals/sine/kuramoto/{of}", "cell-steps", "sines")
                moving = values * size * found.ratio(euler, "limits/triad/threads:1", "cell-steps", "bytes")
                alone = max(computing, moving) if math.isfinite(computing + moving) else math.nan
            case = f"physics/{name}/{dtype}/N:512"
            figures += [found.ratio(euler, case, "cell-steps"), alone]
        yield label, figures


def growth_rows(found):
    for stepper in STEPPERS:
        name = f"physics/{stepper}/sine/zero-flux/{{}}/N:{{}}"
        cases = [(name.format(dtype, 10000), name.format(dtype, 512)) for dtype in DTYPES]
        yield stepper, [found.ratio(small, large, "cell-steps") for large, small in cases]


def tables(found, context):
    """The tables by name, in Markdown. Those of which nothing was run are empty."""
    sizes = [f"{dtype}, N = {n}" for dtype in DTYPES for n in (1000, 4000)]
    threads = context["threads"]
    alone = "sines and bytes alone"
    return {
        "machine": f"{context['processor']}, {context['caches_text']}, {threads} threads, "
        f"{context['instruction set']}; {context['compiler']}, {context['flags']}; {context['commit']}, "
        f"{context['date']}.",
        "summary": table("", DTYPES, summary_rows(found)),
        "solvers": table("ns per cell-step", sizes, solver_rows(found)),
        "sines": table("one sine", ("float32, ns", "ULP", "float64, ns", "ULP"), sine_rows(found)),
        "limits": table("limits", ("1 thread", "all threads"), limit_rows(found, threads)),
        "ratios": table("ratios", DTYPES, ratio_rows(found, threads)),
        "physics": table("times Euler, N = 512", ("float32", alone, "float64", alone), physics_rows(found)),
        "growth": table("N = 10 000 ÷ N = 512", DTYPES, growth_rows(found)),
        "tour": table("step", ("ns per cell-step", "times as fast as step 1"), tour_rows(found)),
        "profile": table("function", ("% of the time",), context.get("profile", [])),
    }


def filled(page, named):
    """The text of a page of the documentation with the tables in their places: between the lines <!-- figures: name -->
    and <!-- end -->."""

    def fill(place):
        if not named.get(place.group(2)):
            raise ValueError(f"{page}: this run has nothing for the place {place.group(2)}")
        return place.group(1) + named[place.group(2)] + place.group(3)

    text = page.read_text(encoding="utf-8")
    return re.sub(r"(<!-- figures: (\w+) -->\n).*?(\n<!-- end -->)", fill, text, flags=re.S)
