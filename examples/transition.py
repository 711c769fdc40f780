#!/usr/bin/env python3
"""The transition of Kosterlitz and Thouless: order, energy and vortices of a lattice with noise, against its strength.

Runs kuramoto-simulate once per strength D, on a torus of 64 x 64 cells with K = 1 and equal initial phases. Takes the
means over the second half of the time. Needs NumPy and Matplotlib.

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

CELLS = 64
STRENGTHS = np.concatenate([np.arange(0.1, 0.75, 0.1), np.arange(0.75, 1.25, 0.05), np.arange(1.3, 1.85, 0.1)])
TRANSITION = 0.8929  # of the infinite lattice, in units of K: M. Hasenbusch, J. Phys. A 38 (2005) 5869


def means(program, strength, table):
    """r, energy a cell and vortices a cell."""
    model = ["-N", str(CELLS), "-K", "1", "--noise", f"{strength:.2f}", "--boundary", "periodic", "--omega", "0"]
    time = ["--initial", "equal", "--dt", "0.05", "-T", "2000", "--every", "100"]
    observed = ["--observe", table, "--observables", "r,energy,vortices", "--quiet"]
    subprocess.run([program, *model, *time, *observed], check=True)
    rows = np.loadtxt(table, delimiter=",", skiprows=1)[:, 2:]
    return np.mean(rows[len(rows) // 2 :], axis=0) / [1, CELLS**2, CELLS**2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="kuramoto-simulate")
    parser.add_argument("picture", help="the picture to write, for example transition.png")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    with tempfile.TemporaryDirectory() as folder:
        table = str(pathlib.Path(folder) / "table.csv")
        found = np.array([means(program, strength, table) for strength in STRENGTHS])
    figure, panels = plt.subplots(3, 1, sharex=True, figsize=(7, 8), layout="constrained")
    labels = ("order parameter r", "energy / (K cells)", "vortices / cells")
    for panel, label, values in zip(panels, labels, found.T):
        panel.plot(STRENGTHS, values, "o-", markersize=4)
        panel.axvline(TRANSITION, color="0.6", linestyle="--")
        panel.set_ylabel(label)
        panel.grid(color="0.9")
    panels[0].set_title(f"{CELLS} × {CELLS} cells on a torus; dashed: the transition of the infinite lattice", fontsize=10)
    panels[-1].set_xlabel("strength of the noise D / K")
    figure.savefig(arguments.picture, dpi=100)


if __name__ == "__main__":
    verdict.end(main)
