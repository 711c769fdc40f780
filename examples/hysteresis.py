#!/usr/bin/env python3
"""The hysteresis of mean-field oscillators with inertia: the order parameter as the coupling goes up and down again.

Draws what the example hysteresis prints. Needs NumPy and Matplotlib.

Exit status: 0 if the picture is written, 2 if not.
"""

import argparse
import csv
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "benchmarks"))
import verdict  # noqa: E402

with verdict.failures_are_no_verdict():
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt  # after the choice of a canvas without a screen

INCOHERENCE_ENDS = 6  # 2 (1 + m) for m = 2 and Lorentzian frequencies of half width 1
SYNCHRONY_ENDS = 2.573  # from the stationary states of Tanaka, Lichtenberg & Oishi: docs/validation.md


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the example hysteresis")
    parser.add_argument("picture", help="the picture to write, for example hysteresis.png")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    printed = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = list(csv.DictReader(printed.splitlines()))
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for direction, style, label in (("up", "^-", "K goes up"), ("down", "v-", "K goes down")):
        points = [(float(row["K"]), float(row["r"])) for row in rows if row["direction"] == direction]
        axes.plot(*zip(*points), style, markersize=5, label=label)
    axes.axvline(INCOHERENCE_ENDS, color="0.5", linestyle="--", label="theory: incoherence becomes unstable")
    axes.axvline(SYNCHRONY_ENDS, color="0.5", linestyle=":", label="theory: the last synchronous state")
    axes.set_xlabel("coupling strength K")
    axes.set_ylabel("order parameter r")
    axes.set_ylim(0, 1)
    axes.grid(color="0.9")
    axes.legend(loc="upper right", fontsize=9, ncols=2)
    axes.set_title("16384 oscillators with m = 2, γ = 1 and Lorentzian ω of half width 1", fontsize=10)
    figure.savefig(arguments.picture, dpi=100)


if __name__ == "__main__":
    verdict.end(main)
