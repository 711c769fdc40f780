#!/usr/bin/env python3
"""The helicity modulus of the XY model against the temperature, and where it crosses the line 2T/pi.

Runs kuramoto-simulate once per temperature and size, on a torus with K = 1 and equal initial phases. Leaves out the
first fifth of the time, and takes the mean over the rest and over both axes. Needs NumPy and Matplotlib.

Exit status: 0 if the picture is written, 2 if not.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "benchmarks"))
import verdict  # noqa: E402

with verdict.failures_are_no_verdict():
    import matplotlib
    import numpy as np

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # after the choice of a canvas without a screen

SIZES = (16, 32, 64)
TEMPERATURES = np.concatenate([np.arange(0.1, 0.75, 0.1), np.arange(0.75, 1.21, 0.05), np.arange(1.3, 1.45, 0.1)])
TRANSITION = 0.8929  # of the infinite lattice, in units of K: M. Hasenbusch, J. Phys. A 38 (2005) 5869


def helicity(program, size, temperature, table):
    """The mean over time and both axes."""
    model = ["-N", str(size), "-K", "1", "--temperature", f"{temperature:.2f}", "--boundary", "periodic", "--omega", "0"]
    time = ["--initial", "equal", "--dt", "0.2", "-T", "40000", "--every", "25"]
    observed = ["--observe", table, "--observables", "helicity", "--quiet"]
    subprocess.run([program, *model, *time, *observed], check=True)
    rows = np.loadtxt(table, delimiter=",", skiprows=1)[:, -2:]
    return np.mean(rows[len(rows) // 5 :])


def crossing(values):
    """The temperature at which the modulus is 2T/pi, by linear interpolation; the first one."""
    excess = np.array(values) - 2 * TEMPERATURES / np.pi
    after = int(np.argmax(excess < 0))
    share = excess[after - 1] / (excess[after - 1] - excess[after])
    return TEMPERATURES[after - 1] + share * (TEMPERATURES[after] - TEMPERATURES[after - 1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="kuramoto-simulate")
    parser.add_argument("picture", help="the picture to write, for example helicity.png")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    with tempfile.TemporaryDirectory() as folder:
        table = str(pathlib.Path(folder) / "table.csv")
        for size, style in zip(SIZES, ("o-", "s-", "^-")):
            found = [helicity(program, size, temperature, table) for temperature in TEMPERATURES]
            axes.plot(TEMPERATURES, found, style, markersize=4, label=f"{size} × {size} cells")
            print(f"{size} x {size}: the modulus is 2T/pi at T = {crossing(found):.3f} K", flush=True)
    axes.plot(TEMPERATURES, 2 * TEMPERATURES / np.pi, color="0.3", label="2T/π")
    axes.axvline(TRANSITION, color="0.6", linestyle="--", label="transition of the infinite lattice")
    axes.set_xlabel("temperature T / K")
    axes.set_ylabel("helicity modulus Υ / K")
    axes.set_ylim(-0.05, 1)
    axes.grid(color="0.9")
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(0.01, 0.54))
    figure.savefig(arguments.picture, dpi=100)


if __name__ == "__main__":
    verdict.end(main)
