#!/usr/bin/env python3
"""Measures the Python module beside what it is compared with, and prints tables in Markdown.

Usage: module.py [--quick]

The folder of the module and that of `twins` have to be on PYTHONPATH: `cmake --build --preset bench --target
python_bench` sees to it. Each time is the median of several rounds, in which all solvers take turns.
"""

import argparse
import statistics
import subprocess
import sys
import time

import numpy as np

import kuramoto
import twins

try:
    import numba
except ImportError:
    numba = None

K, DT = 2.0, 0.1


def lattice(n, dtype):
    """Phases and frequencies, the same in every run."""
    theta, omega = np.empty((n, n), dtype), np.empty((n, n), dtype)
    kuramoto.uniform_phases(theta, 1)
    kuramoto.normal_frequencies(omega, 0.0, 0.5, 2)
    return theta, omega


def numpy_steps(theta, omega, steps):
    """The course's formulation: differences of the whole array, and a sine of each."""
    for _ in range(steps):
        down = np.sin(theta[1:] - theta[:-1])
        right = np.sin(theta[:, 1:] - theta[:, :-1])
        rate = omega.copy()
        rate[:-1] += theta.dtype.type(K) * down
        rate[1:] -= theta.dtype.type(K) * down
        rate[:, :-1] += theta.dtype.type(K) * right
        rate[:, 1:] -= theta.dtype.type(K) * right
        theta += theta.dtype.type(DT) * rate


def numba_steps():
    """A loop over the cells, compiled by Numba; nothing if Numba is not installed."""
    if numba is None:
        return None

    @numba.njit(fastmath=True)
    def steps_of(theta, omega, coupling, dt, steps):
        rows, cols = theta.shape
        following = np.empty_like(theta)
        for _ in range(steps):
            for i in range(rows):
                for j in range(cols):
                    total = theta[i, j] * 0
                    if i > 0:
                        total += np.sin(theta[i - 1, j] - theta[i, j])
                    if i + 1 < rows:
                        total += np.sin(theta[i + 1, j] - theta[i, j])
                    if j > 0:
                        total += np.sin(theta[i, j - 1] - theta[i, j])
                    if j + 1 < cols:
                        total += np.sin(theta[i, j + 1] - theta[i, j])
                    following[i, j] = theta[i, j] + dt * (omega[i, j] + coupling * total)
            theta[:] = following

    return lambda theta, omega, steps: steps_of(theta, omega, theta.dtype.type(K), theta.dtype.type(DT), steps)


def module_steps(threads):
    """The module on so many threads."""
    policy = kuramoto.OpenMP(threads=threads)

    def steps_of(theta, omega, steps):
        kuramoto.advance(kuramoto.Model(K=K, omega=omega), theta, steps, kuramoto.Euler(dt=DT), policy=policy)

    return steps_of


def loop_steps(theta, omega, steps):
    twins.advance_by_loop(theta, omega, K, DT, steps)


def solvers():
    """Names and functions."""
    found = {"NumPy": numpy_steps, "Numba": numba_steps(), "scalar loop in C++": loop_steps,
             "module, 1 thread": module_steps(1), "module, 2 threads": module_steps(2)}
    return {name: solver for name, solver in found.items() if solver}


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def check_agreement(found):
    """Each solver computes the lattice that the others do."""
    for dtype, most in ((np.float32, 1e-4), (np.float64, 1e-12)):
        ends = {}
        for name, solver in found.items():
            theta, omega = lattice(37, dtype)
            solver(theta, omega, 20)
            ends[name] = theta
        for name, end in ends.items():
            worst = np.max(np.abs(end - ends["NumPy"]))
            if not worst < most:
                sys.exit(f"module.py: {name} in {np.dtype(dtype)} differs from NumPy by {worst}")


def compare(found, sizes, rounds):
    """ns per cell-step of each solver at each size, as a table."""
    head = [f"N = {n}, {steps} steps, {np.dtype(dtype)}" for n, steps in sizes for dtype in (np.float32, np.float64)]
    print("| ns per cell-step | " + " | ".join(head) + " |")
    print("| --- |" + " --- |" * len(head))
    times = {name: [] for name in found}
    for n, steps in sizes:
        for dtype in (np.float32, np.float64):
            measured = {name: [] for name in found}
            for _ in range(rounds):
                for name, solver in found.items():
                    theta, omega = lattice(n, dtype)
                    measured[name].append(seconds(lambda: solver(theta, omega, steps)))
            for name in found:
                times[name].append(statistics.median(measured[name]) / (n * n * steps) * 1e9)
    for name, row in times.items():
        print(f"| {name} | " + " | ".join(f"{value:.3g}" for value in row) + " |")


def cost_of_a_call(rounds):
    """Microseconds of a call on 2 x 2 cells beyond those of a call that does nothing."""
    theta = np.zeros((2, 2), np.float32)
    model, stepper, policy = kuramoto.Model(K=K), kuramoto.Euler(dt=DT), kuramoto.Fused()
    calls = 20_000

    def of(function):
        begin = time.perf_counter()
        for _ in range(calls):
            function(model, theta, 1, stepper, policy=policy)
        return (time.perf_counter() - begin) / calls * 1e6

    pairs = [(of(kuramoto.advance), of(twins.nothing)) for _ in range(rounds)]
    return statistics.median(advance - nothing for advance, nothing in pairs)


def ratio_to_cpp(n, steps, rounds):
    """The time of a call of the module divided by that of the call in C++, in turns."""
    theta, omega = lattice(n, np.float32)
    model, stepper, policy = kuramoto.Model(K=K, omega=omega), kuramoto.Euler(dt=DT), kuramoto.OpenMP(threads=1)
    ratios = []
    for _ in range(rounds):
        module = seconds(lambda: kuramoto.advance(model, theta, steps, stepper, policy=policy))
        ratios.append(module / twins.seconds_in_cpp(theta, omega, K, DT, steps, 1))
    return statistics.median(ratios)


MEMORY = """
import re, numpy as np, kuramoto

def peak():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read()).group(1)) * 1024

n = {n}
before = peak()
theta, omega = np.ones((n, n), np.float32), np.ones((n, n), np.float32)
kuramoto.advance(kuramoto.Model(K=2.0, omega=omega), theta, 16, kuramoto.Euler(dt=0.1))
print((peak() - before) / (theta.nbytes + omega.nbytes))
"""


def peak_memory(n):
    """Peak memory of a run divided by the bytes of theta and omega, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEMORY.format(n=n)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small part of it, to see that it works")
    quick = parser.parse_args().quick
    found = solvers()
    check_agreement(found)
    sizes = [(20, 10)] if quick else [(100, 100), (100, 1000), (100, 10000), (1000, 20)]
    compare(found, sizes, 1 if quick else 5)
    print()
    print("| | measured |")
    print("| --- | --- |")
    n = 200 if quick else 4000
    print(f"| advance of {n} × {n} float32, 16 steps, ÷ the call in C++ | {ratio_to_cpp(n, 16, 3 if quick else 15):.3f} |")
    print(f"| a call on 2 × 2 cells, beyond a call that does nothing | {cost_of_a_call(1 if quick else 7):.2f} µs |")
    print(f"| peak memory ÷ (θ + ω), {n} × {n} | {peak_memory(n):.3f} |")


main()
