#!/usr/bin/env python3
"""Noise and bonds that differ between cells: kuramoto-simulate against NumPy, and the files that it refuses.

Usage: fields_test.py <kuramoto-simulate>
"""

import numpy as np

import support
from support import close, fields, final, good, refused

CHECKPOINT = ("--checkpoint", "run.checkpoint")


def strengths(rows, cols, seed=2):
    """Random strengths of bonds, some of them 0, also as east.npy and south.npy."""
    random = np.random.default_rng(seed)
    east, south = (random.integers(-1, 3, (rows, cols)) * random.uniform(0.5, 1, (rows, cols)) for _ in range(2))
    np.save("east.npy", east)
    np.save("south.npy", south)
    return east, south


def pull(theta, east, south, f=np.sin):
    """The sum over the bonds of each cell, on a torus."""
    total = np.zeros_like(theta)
    for axis, strength in ((1, east), (0, south)):
        flux = strength * f(np.roll(theta, -1, axis) - theta)
        total += flux - np.roll(flux, 1, axis)
    return total


def test_bonds_agree_with_numpy():
    theta, omega = fields(14, 23)
    east, south = strengths(14, 23)
    there = np.random.default_rng(4).integers(0, 4, (14, 23)) != 0
    np.save("mask.npy", there.astype(float))
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--dt", 0.05, "--steps", 20, "--boundary", "periodic")
    bonds = ("--bonds-east", "east.npy", "--bonds-south", "south.npy")
    one = np.ones_like(east)
    inner = (there & np.roll(there, -1, 1), there & np.roll(there, -1, 0))
    for how, e, s, moves in (
        (bonds, east, south, 1),
        (bonds[:2], east, one, 1),
        (bonds[2:], one, south, 1),
        ((*bonds, "--mask", "mask.npy"), east * inner[0], south * inner[1], there),
        (("--mean-field", 0.75, *bonds), east, south, 1),
    ):
        for flux, coupling in ((np.sin, ()), (lambda d: d, ("--coupling", "linear"))):
            expected = theta
            mean = 0.75 if "--mean-field" in how else 0
            for _ in range(20):
                force = omega + 1.5 * pull(expected, e, s, flux)
                force = force + mean * (np.mean(np.exp(1j * expected)) * np.exp(-1j * expected)).imag
                expected = expected + 0.05 * moves * force
            for policy in ("serial", "fused", "openmp"):
                close(final(*files, *how, *coupling, "-K", 1.5, "--policy", policy), expected, 1e-11)


def test_bonds_of_one_change_nothing():
    fields(14, 23)
    np.save("ones.npy", np.ones((14, 23)))
    bonds = ("--bonds-east", "ones.npy", "--bonds-south", "ones.npy")
    for model in ((), ("--noise", 0.2), ("--lag", 0.3), ("--coupling", "harmonics:1,-.5"), ("--mean-field", 1, "-K", 1)):
        files = ("--theta", "theta.npy", "--dt", 0.05, "--steps", 30, *model)
        for policy in ("serial", "fused"):
            assert np.array_equal(final(*files, "--policy", policy), final(*files, *bonds, "--policy", policy)), model


def test_bonds_in_the_energy_and_the_stable_step():
    theta, _ = fields(14, 23)
    east, south = strengths(14, 23)
    bonds = ("--bonds-east", "east.npy", "--bonds-south", "south.npy")
    files = ("--theta", "theta.npy", "--boundary", "periodic", "-K", 1.5, "--dt", 0.01, "--steps", 1)
    good(*files, *bonds, "--observe", "t.csv", "--observables", "energy")
    energy = np.sum(east * np.cos(np.roll(theta, -1, 1) - theta)) + np.sum(south * np.cos(np.roll(theta, -1, 0) - theta))
    close(np.loadtxt("t.csv", delimiter=",", skiprows=1)[0, 2], np.array(-1.5 * energy), 1e-9)
    np.save("east.npy", 3 * np.ones((14, 23)))
    refused("--theta", "theta.npy", "-K", 1, "--bonds-east", "east.npy", "--dt", 0.13, "--steps", 1, names=("stable time step 0.125",))
    good("--theta", "theta.npy", "-K", 1, "--bonds-east", "east.npy", "--dt", 0.125, "-T", 1)


def test_noise_of_each_cell():
    """Cells that do not feel each other: a variance of 2 D t where D is."""
    D = np.where(np.arange(200) < 100, 0.1, 0.4) * np.ones((200, 1))
    D[:50] = 0
    np.save("D.npy", D)
    for option in ("--noise", "--temperature"):
        walk = ("-N", 200, "--initial", "equal", "--omega", 0, "-K", 0, option, "D.npy", "-T", 5, "--dt", 0.1)
        theta = final(*walk)
        assert (theta[:50] == 0).all()
        for half, d in ((theta[50:, :100], 0.1), (theta[50:, 100:], 0.4)):
            assert abs(half.var() / (10 * d) - 1) < 6 * 2**0.5 / 15000**0.5, (half.var(), d)
    np.save("D.npy", np.full((200, 200), 0.3))
    lattice = ("-N", 200, "--steps", 7, "--noise")
    for stepper in ("leimkuhler-matthews", "euler-maruyama"):
        assert np.array_equal(final(*lattice, "D.npy", "--stepper", stepper), final(*lattice, 0.3, "--stepper", stepper))
    assert np.array_equal(final(*lattice, "D.npy", "--mean-field", 2, "-K", 0), final(*lattice, 0.3, "--mean-field", 2, "-K", 0))


def test_mask_of_noise():
    theta, _ = fields(14, 23)
    there = theta > 2
    np.save("mask.npy", there.astype(float))
    np.save("D.npy", np.where(there, 0.3, np.nan))
    files = ("--theta", "theta.npy", "--mask", "mask.npy", "--steps", 9)
    noisy = final(*files, "--noise", "D.npy")
    assert np.array_equal(noisy, final(*files, "--noise", 0.3)) and (noisy[~there] == theta[~there]).all()


def test_resumed_runs_have_their_fields():
    fields(14, 23, seed=3)
    strengths(14, 23)
    np.save("D.npy", np.random.default_rng(1).uniform(0, 0.3, (14, 23)))
    np.save("mask.npy", (np.indices((14, 23)).sum(axis=0) % 7 > 1).astype(float))
    np.save("other.npy", np.ones((14, 23)))
    bonds = ("--bonds-east", "east.npy")
    for model in (bonds, ("--noise", "D.npy"), (*bonds, "--bonds-south", "south.npy", "--noise", "D.npy", "--mask", "mask.npy")):
        how = ("--rows", 14, "--cols", 23, "--dt", 0.05, *model)
        expected = final(*how, "--steps", 40).tobytes()
        good(*how, "--steps", 17, *CHECKPOINT)
        for options in ((), model):
            assert final(*options, "--resume", "run.checkpoint", "--steps", 40).tobytes() == expected, (model, options)
        for option in ("--bonds-east", "--noise"):
            if option in model:
                said = (f"{option} other.npy: the run of --resume run.checkpoint has another one",)
                refused(option, "other.npy", "--resume", "run.checkpoint", names=said)
    good("-N", 14, "--noise", 0.5, "--steps", 3, *CHECKPOINT)
    resume = ("--resume", "run.checkpoint", "--steps", 5)
    refused(*resume, "--noise", "D.npy", names=("--noise D.npy: the run of --resume run.checkpoint has 0.5",))
    refused(*resume, "--bonds-east", "east.npy", names=("--bonds-east east.npy: the run of --resume run.checkpoint has none",))


def test_fields_that_are_refused():
    fields(6, 8)
    for value in (-0.5, np.nan, np.inf):
        bad = np.ones((6, 8))
        bad[2, 5] = value
        np.save("bad.npy", bad)
        refused("--noise", "bad.npy", names=("--noise bad.npy: row 2, column 5 is", "which is not a finite number that is not negative"))
        refused("--temperature", "bad.npy", names=("--temperature bad.npy: row 2, column 5",))
        if value != -0.5:
            refused("--bonds-south", "bad.npy", names=("--bonds-south bad.npy: row 2, column 5 is", "which is not finite"))
    np.save("other.npy", np.ones((8, 6)))
    np.save("single.npy", np.ones((6, 8), "float32"))
    theta = ("--theta", "theta.npy")
    for option in ("--bonds-east", "--bonds-south", "--noise"):
        refused(*theta, option, "other.npy", names=(f"{option} other.npy: it has 8 x 6 cells", "--theta theta.npy has 6 x 8"))
        refused(*theta, option, "single.npy", names=(f"{option} single.npy: it holds float32",))
        refused(option, "missing.npy", names=(f"{option}: cannot", "missing.npy"))


if __name__ == "__main__":
    support.main(globals())
