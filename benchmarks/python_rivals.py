"""Rivals of the suite that are written in Python, timed in the same run."""

import math
import platform
import random
import sys
import time

from found import result


def timed(name, number, cell_steps, advance):
    """The result of `advance`, which does so many cell-steps."""
    start = time.perf_counter()
    advance()
    return result(name, number, time.perf_counter() - start, cell_steps)


def advance_python(theta, omega, N, steps):
    """The loop that one writes first."""
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


def run_python(number, is_quick_run, progress):
    """The loop that one writes first, in Python. It is slow, and has three rounds."""
    if number >= 3:
        return []
    results = []
    draw = random.Random(1)
    for N in (16,) if is_quick_run else (16, 100, 1000):
        name = f"size/N:{N}/Python/float64"
        progress.show(number, name)
        theta = [[draw.uniform(0, 2 * math.pi) for _ in range(N)] for _ in range(N)]
        omega = [[draw.gauss(0, 0.5) for _ in range(N)] for _ in range(N)]
        steps = max(1, int(1e5 / N**2))
        if steps > 1:
            advance_python(theta, omega, N, 1)
        done = timed(name, number, N * N * steps, lambda: advance_python(theta, omega, N, steps))
        results.append(done | {"python": platform.python_version()})
    return results


def advance_numpy(np, theta, omega, steps, band=2**17):
    """The fastest form in NumPy that we know: bands of rows that stay in the second-level cache (`band`: bytes), and no
    temporary array. Whole arrays with temporaries took up to six times as long at N = 1000: glibc may return a large
    array to the system when it is freed, and the next one then costs a page fault for every 4 KiB."""
    rows, cols = theta.shape
    dt = theta.dtype.type(0.1)
    height = min(rows, max(1, band // (cols * theta.itemsize)))
    rate, south = np.empty((height, cols), theta.dtype), np.empty((height, cols), theta.dtype)
    east, above = np.empty((height, cols - 1), theta.dtype), np.empty(cols, theta.dtype)
    for _ in range(steps):
        above[:] = 0
        for first in range(0, rows, height):
            here = theta[first : first + height]
            size = len(here)
            below = theta[first + 1 : first + size + 1]  # none of the last row
            rates, flux_east, flux_south = rate[:size], east[:size], south[: len(below)]
            np.subtract(here[:, 1:], here[:, :-1], out=flux_east)
            np.sin(flux_east, out=flux_east)
            np.subtract(below, here[: len(below)], out=flux_south)
            np.sin(flux_south, out=flux_south)
            np.copyto(rates, omega[first : first + size])
            rates[:, :-1] += flux_east
            rates[:, 1:] -= flux_east
            rates[: len(below)] += flux_south
            rates[1:] -= flux_south[: size - 1]
            rates[0] -= above
            above[:] = flux_south[-1] if len(below) == size else 0
            rates *= dt
            here += rates


def run_numpy(number, progress, sizes=(16, 64, 100, 400, 1000, 4000), times=(10, 100)):
    """The rival of the suite that is NumPy: lattices of these sizes, and these simulated times at N = 100."""
    try:
        import numpy as np
    except ImportError:
        if number == 0:
            print("no NumPy in this Python: that rival is left out", file=sys.stderr)
        return []
    results = []
    draw = np.random.default_rng(1)
    cases = [(f"N:{n}", n, max(1, int(2e6 / n**2))) for n in sizes] + [(f"T:{T}", 100, 10 * T) for T in times]
    for what, n, steps in cases:
        for dtype in ("float32", "float64"):
            name = f"size/{what}/NumPy/{dtype}"
            progress.show(number, name)
            theta = draw.uniform(0, 2 * np.pi, (n, n)).astype(dtype)
            omega = draw.normal(0, 0.5, (n, n)).astype(dtype)
            advance_numpy(np, theta, omega, 1)
            done = timed(name, number, n * n * steps, lambda: advance_numpy(np, theta, omega, steps))
            results.append(done | {"numpy": np.__version__})
    return results
