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


def run_python(number, is_quick_run, progress):
    """The loop that one writes first, in Python: where the course begins. It is slow, and has three rounds."""

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
            advance(theta, omega, N, 1)
        done = timed(name, number, N * N * steps, lambda: advance(theta, omega, N, steps))
        results.append(done | {"python": platform.python_version()})
    return results


def run_numpy(number, is_quick_run, progress):
    """The formula as one writes it in NumPy: differences of the whole array, their sines, and what they do to a cell."""
    try:
        import numpy as np
    except ImportError:
        if number == 0:
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
            progress.show(number, name)
            theta = draw.uniform(0, 2 * np.pi, (n, n)).astype(dtype)
            omega = draw.normal(0, 0.5, (n, n)).astype(dtype)
            advance(theta, omega, 1)
            done = timed(name, number, n * n * steps, lambda: advance(theta, omega, steps))
            results.append(done | {"numpy": np.__version__})
    return results
