#!/usr/bin/env python3
"""Observables of kuramoto-simulate against NumPy's formulas.

Usage: observables_test.py <kuramoto-simulate>
"""

import pathlib

import numpy as np

import support
from support import close, fields, good, refused, size_of_picture

MANY = "r,psi,daido:2,daido:3,frequency,frequency_deviation,energy,helicity,vortices,local,length,cluster,roughness,skewness,kurtosis"


def table(*arguments):
    good(*arguments, "--observe", "t.csv", "--observables", MANY)
    return np.genfromtxt("t.csv", delimiter=",", names=True)


def expected(theta, there, K, T, east=1.0, south=1.0):
    """What NumPy finds for the present cells of a torus."""
    of = theta[there]
    d = of - of.mean()
    sums = []
    for axis, strength in ((0, south), (1, east)):
        bonds = strength * (there & np.roll(there, -1, axis))
        difference = np.roll(theta, -1, axis) - theta
        C, S = np.sum(bonds * np.cos(difference)), np.sum(bonds * np.sin(difference))
        sums.append(K / of.size * (C - K / T * S**2))
    return {
        "daido2": abs(np.mean(np.exp(2j * of))),
        "daido3": abs(np.mean(np.exp(3j * of))),
        "roughness": of.std(),
        "skewness": np.mean(d**3) / of.var() ** 1.5,
        "kurtosis": np.mean(d**4) / of.var() ** 2 - 3,
        "helicity_rows": sums[0],
        "helicity_cols": sums[1],
    }


def test_observables_agree_with_numpy():
    rng = np.random.default_rng(5)
    east, south = rng.uniform(0.5, 2, (2, 12, 17))
    there = rng.integers(0, 4, (12, 17)) != 0
    for name, field in (("east", east), ("south", south), ("mask", there.astype(float))):
        np.save(f"{name}.npy", field)
    bonds = ("--bonds-east", "east.npy", "--bonds-south", "south.npy")
    mask = ("--mask", "mask.npy")
    whole = np.full((12, 17), True)
    for how, present, e, s in (((), whole, 1, 1), (bonds, whole, east, south), ((*mask, *bonds), there, east, south), (mask, there, 1, 1)):
        lattice = ("--rows", 12, "--cols", 17, "-K", 0.75, "--boundary", "periodic", "--omega", 0, "--temperature", 0.4)
        lattice = (*lattice, "--initial", "normal:1,0.5", "--dt", 0.05, "--steps", 30, "--every", 10, "--record", "r.npy")
        rows = table(*lattice, *how)
        frames = np.load("r.npy")
        assert len(rows) == len(frames) == 4
        for row, theta in zip(rows, frames):
            for name, value in expected(theta, present, 0.75, 0.4, e, s).items():
                assert abs(row[name] - value) < 1e-9 * max(1, abs(value)), (how, name, row[name], value)


def test_columns():
    header = lambda: pathlib.Path("t.csv").read_text().splitlines()[0]
    table("-N", 9, "--omega", 0, "--noise", 0.1)
    assert header() == "step,time," + MANY.replace("helicity", "helicity_rows,helicity_cols")
    good("-N", 9, "--observe", "t.csv", "--observables", "daido:01")
    assert header() == "step,time,daido:1"
    good("-N", 9, "--omega", 0, "--noise", 0.1, "--plot", "p.png", "--observables", "helicity,daido:2")
    assert size_of_picture("p.png") == (570 + 2 * 440, 1200), "two panels for the helicity modulus"
    for bad in ("daido", "daido:", "daido:M", "daido:0", "daido:-1", "daido:1.5", "daido:67108865", "spread"):
        refused("--observables", f"r,{bad}", names=(f"--observables r,{bad}: must be one of r|psi|daido:M|",))
    refused("--observables", "daido:2,daido:02", names=("daido:2 is given twice",))


def test_phases_are_not_wrapped():
    """A wave that winds 40 times is rough, whatever its order parameter is."""
    theta = 80 * np.pi * np.arange(200) / 200 * np.ones((3, 1))
    np.save("theta.npy", theta)
    good("--theta", "theta.npy", "--omega", 7, "-T", 20, "--boundary", "periodic", "--observe", "t.csv", "--observables", "roughness")
    rows = np.loadtxt("t.csv", delimiter=",", skiprows=1)
    close(rows[0, 2], theta.std(), 1e-9)


def test_helicity_that_is_refused():
    fields(6, 8)
    np.save("D.npy", np.ones((6, 8)))
    helicity = ("--observables", "helicity", "--omega", 0)
    for how, what in (
        (("--observables", "helicity", "--noise", 1), "needs --omega 0"),
        (("--observables", "helicity", "--omega", 1, "--noise", 1), "needs --omega 0"),
        (helicity, "needs --temperature T, one positive number"),
        ((*helicity, "--noise", 0), "needs --temperature T"),
        ((*helicity, "--noise", "D.npy"), "needs --temperature T"),
        ((*helicity, "--noise", 1, "--lag", 0.1), "only --coupling sine"),
        ((*helicity, "--noise", 1, "--coupling", "linear"), "only --coupling sine"),
        ((*helicity, "--noise", 1, "--mean-field", 1, "-K", 1), "without mean-field coupling"),
    ):
        refused(*how, "--observe", "t.csv", names=("--observables helicity: ", what))


def test_helicity_of_the_xy_model():
    """At T = 0.5 the modulus is 0.84 (docs/observables.md), along both axes."""
    lattice = ("-N", 16, "-K", 1, "--boundary", "periodic", "--omega", 0, "--initial", "equal", "--temperature", 0.5)
    good(*lattice, "--dt", 0.1, "-T", 4000, "--every", 20, "--observe", "t.csv", "--observables", "helicity")
    rows = np.genfromtxt("t.csv", delimiter=",", names=True)[200:]
    for axis in ("rows", "cols"):
        assert abs(rows[f"helicity_{axis}"].mean() - 0.84) < 0.04, rows[f"helicity_{axis}"].mean()


if __name__ == "__main__":
    support.main(globals())
