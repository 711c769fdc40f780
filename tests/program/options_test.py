#!/usr/bin/env python3
"""Runs kuramoto-simulate: its results against NumPy, its pictures, and everything that may be wrong on a command line.

Usage: options_test.py <kuramoto-simulate>
"""

import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess

import numpy as np

import support
from support import PROGRAM, close, fields, final, good, order_parameter, pixels, reference, refused, run, snapshot

OPTIONS = (
    "-N --rows --cols --theta --initial --frequencies --omega --mask --bonds-east --bonds-south --seed -K --coupling --lag --mean-field --inertia --damping --velocity --boundary --stepper --noise --temperature -T --dt --steps --allow-unstable --dtype --policy --threads "
    "--save --save-velocity --picture --video --plot --observe --record --observables --every --fps --seconds --colour --scale --no-legend "
    "--sweep --checkpoint --checkpoint-every --resume --quiet --profile --help"
).split()
FLAGS = "--allow-unstable --no-legend --quiet --profile --help".split()


# What it computes.


def test_help_names_every_option():
    done = run("--help")
    assert done.returncode == 0 and done.stderr == ""
    for option in OPTIONS:
        lines = [line for line in done.stdout.splitlines() if option in line.replace(",", " ").split()]
        assert lines, option
    assert " ".join(done.stdout.split()).count("[default: ") == len(OPTIONS) - 1, "every option but --help states its default"


def test_help_fits_a_terminal():
    lines = run("--help").stdout.splitlines()
    assert all(len(line) <= 80 and line.isascii() and line.isprintable() for line in lines), lines


def test_spellings_of_short_options():
    expected = final("-N", 9, "-K", -2, "-T", 0.5).tobytes()
    assert expected != final("-N", 9, "-K", 2, "-T", 0.5).tobytes()
    for spelling in ("-N=9 -K=-2 -T=0.5", "-N9 -K-2 -T0.5", "-N9 -K -2 -T=.5", "-T=5e-1 -K-2.0 -N=9"):
        assert final(*spelling.split()).tobytes() == expected, spelling
    for bad in ("-K=", "-K==2", "-N=-9", "-T=-1"):
        refused(bad, names=[bad[:2]])


def test_version():
    done = run("--version")
    assert done.returncode == 0 and done.stdout.strip().count(".") == 2, done


def test_run_of_the_course():
    summary = good("-N", 100, "-K", 2, "-T", 10)
    assert summary["grid"] == "100 x 100 cells, float64", summary
    assert summary["steps"] == "100 of dt = 0.1" and float(summary["time"]) == 10, summary
    assert float(summary["cell-steps/s"]) > 0 and float(summary["seconds"].split()[0]) > 0, summary
    assert 0 < float(summary["r"]) < 1, summary
    assert good()["r"] == summary["r"], "they are the defaults"


def test_float64_agrees_with_numpy():
    theta, omega = fields(100, 100)
    expected = reference(theta, omega, 100)
    files = ("--theta", "theta.npy", "--omega", "omega.npy")
    for policy in ("serial", "fused", "openmp"):
        settings = ("-N", 100, "-K", 2, "-T", 10, "--dtype", "float64", "--policy", policy)
        r = float(good(*settings, *files, "--save", "x.npy")["r"])
        result = np.load("x.npy")
        assert result.dtype == np.float64
        close(result, expected, 1e-10)
        close(np.array(r), np.array(order_parameter(expected)), 1e-8)


def test_float32_agrees_with_numpy():
    theta, omega = fields(37, 61, "float32")
    expected = reference(theta, omega, 20)
    for policy in ("serial", "fused", "openmp"):
        result = final("--theta", "theta.npy", "--omega", "omega.npy", "--steps", 20, "--policy", policy)
        assert result.dtype == np.float32, "the precision is that of the file"
        close(result, expected, 1e-3)


def test_edges_and_steppers_agree_with_numpy():
    theta, omega = fields(19, 30)
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "-K", 1.5, "--dt", 0.0625, "--steps", 40)

    def rate(theta, west=None):
        """The torus; with `west`, a phase beyond column 0 and a flux of -0.5 beyond the last."""
        total = omega.copy()
        for axis in (0, 1):
            for shift in (1, -1):
                total += 1.5 * np.sin(np.roll(theta, shift, axis) - theta)
        if west is not None:
            total[:, 0] += 1.5 * (np.sin(west - theta[:, 0]) - np.sin(theta[:, -1] - theta[:, 0]))
            total[:, -1] += 1.5 * (-0.5 - np.sin(theta[:, 0] - theta[:, -1]))
        return total

    def advanced(theta, stepper, **edges):
        dt = 0.0625
        for _ in range(40):
            k1 = rate(theta, **edges)
            if stepper == "euler":
                theta = theta + dt * k1
            elif stepper == "heun":
                theta = theta + dt / 2 * (k1 + rate(theta + dt * k1, **edges))
            else:
                k2 = rate(theta + dt / 2 * k1, **edges)
                k3 = rate(theta + dt / 2 * k2, **edges)
                theta = theta + dt / 6 * (k1 + 2 * k2 + 2 * k3 + rate(theta + dt * k3, **edges))
        return theta

    mixed = "north=periodic,south=periodic,west=phase:0.75,east=flux:-0.5"
    for stepper in ("euler", "heun", "rk4"):
        for policy in ("serial", "fused", "openmp"):
            how = (*files, "--stepper", stepper, "--policy", policy, "--boundary")
            close(final(*how, "periodic"), advanced(theta, stepper), 1e-11)
            close(final(*how, mixed), advanced(theta, stepper, west=0.75), 1e-11)


def test_lag_agrees_with_numpy():
    theta, omega = fields(19, 30)
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--steps", 40, "--boundary", "periodic", "-K", 1.5)
    expected = theta
    for _ in range(40):
        turns = (np.roll(expected, shift, axis) - expected for axis in (0, 1) for shift in (1, -1))
        expected = expected + 0.1 * (omega + 1.5 * sum(np.sin(turn - 0.4) for turn in turns))
    for policy in ("serial", "fused", "openmp"):
        close(final(*files, "--lag", 0.4, "--policy", policy), expected, 1e-11)


def test_mean_field_coupling_agrees_with_numpy():
    theta, omega = fields(14, 23)
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--mean-field", -1.5, "--lag", 0.25, "--steps", 40)

    def rate(theta, K):
        pull = -1.5 * np.mean(np.exp(1j * theta)) * np.exp(-0.25j) * np.exp(-1j * theta)
        forward = lambda d: np.sin(d - 0.25)
        total = omega + pull.imag
        for f, axis in ((forward, 0), (forward, 1)):
            to_the_next = f(np.diff(theta, axis=axis))
            to_the_last = f(-np.diff(theta, axis=axis))
            pad = [(0, 0), (0, 0)]
            pad[axis] = (0, 1)
            total = total + K * np.pad(to_the_next, pad)
            pad[axis] = (1, 0)
            total = total + K * np.pad(to_the_last, pad)
        return total

    def advanced(theta, stepper, K, dt=0.0625):
        for _ in range(40):
            first = rate(theta, K)
            if stepper == "euler":
                theta = theta + dt * first
                continue
            second = rate(theta + dt * first, K)
            theta = theta + dt / 2 * (first + second)
        return theta

    for stepper in ("euler", "heun"):
        for policy in ("serial", "fused", "openmp"):
            for K in (0, 0.75):
                how = ("--stepper", stepper, "--policy", policy, "-K", K, "--dt", 0.0625)
                close(final(*files, *how), advanced(theta, stepper, K), 1e-11)
    one = ("--theta", "theta.npy", "--omega", 0.5, "-K", 0)
    close(final(*one, "--mean-field", 0), theta + 5, 1e-12)


def test_mean_field_coupling_that_is_refused():
    fields(14, 23)
    refused("--mean-field", 1, "--mask", "theta.npy", names=("--mean-field 1 and --mask theta.npy exclude",))
    refused("--mean-field", 1, "--observe", "x.csv", "--observables", "energy", names=("--observables energy",))
    refused("--mean-field", 5, "--steps", 1, names=("stable time step 0.0952", "--mean-field 5"))
    refused("--mean-field", 1e39, "--dtype", "float32", names=("--mean-field 1e+39",))
    good("--mean-field", 19, "-K", 0, "--steps", 1)
    good("--mean-field", 4, "--steps", 1)
    refused("--mean-field", 21, "-K", 0, "--steps", 1, names=("stable time step 0.0952",))


def test_noise_has_its_strength():
    """Cells that do not feel each other diffuse: a variance of 2 D t, the same at any threads."""
    fields(200, 200, seed=3)
    np.save("zero.npy", np.zeros((200, 200)))
    walk = ("--theta", "zero.npy", "--omega", 0, "-K", 0, "--noise", 0.3)
    theta = final(*walk, "--seed", 5)
    error = 6 * 2**0.5 / 200  # of a variance of 40 000 normal numbers, six deviations
    assert abs(theta.var() / 6 - 1) < error and abs(theta.mean()) < 6 * 6**0.5 / 200, (theta.var(), theta.mean())
    assert abs(np.mean(theta[:, 1:] * theta[:, :-1])) / 6 < 6 / 200, "neighbours are independent"
    for how in (("serial",), ("fused",), ("openmp", "--threads", 3), ("threads", "--threads", 3)):
        assert np.array_equal(final(*walk, "--seed", 5, "--policy", *how), theta), how
    assert not np.array_equal(final(*walk, "--seed", 6), theta)
    assert np.array_equal(final(*walk[:-1], 0, "--boundary", "periodic"), np.zeros((200, 200)))
    refused("--noise", 0.5, "--stepper", "heun", names=("--noise 0.5: --stepper heun has no noise", "euler-maruyama have"))
    refused("--noise", 1e39, "--dtype", "float32", names=("--noise 1e+39: out of the range of float32",))


def test_temperature_is_noise():
    """Leimkuhler-Matthews unless another stepper with noise is asked for, and one line for each doubtful choice."""
    model = ("-N", 20, "-K", 1, "--seed", 3, "--steps", 7)
    noisy = final(*model, "--noise", 0.3)
    for same in (("--temperature", 0.3), ("--noise", 0.3, "--stepper", "leimkuhler-matthews")):
        assert np.array_equal(final(*model, *same), noisy), same
    assert not np.array_equal(final(*model, "--noise", 0.3, "--stepper", "euler-maruyama"), noisy)
    still = final(*model, "--stepper", "euler")
    assert np.array_equal(final(*model, "--stepper", "leimkuhler-matthews", "--temperature", 0), still)
    refused("--temperature", 1, "--noise", 1, names=("--noise and --temperature exclude each other",))
    refused("--stepper", "euler-maruyama", names=("--stepper euler-maruyama needs --noise",))
    for doubtful, said in (
        (("--noise", 0.3, "--stepper", "euler-maruyama"), "a temperature that is 67 % too high at --dt 0.1"),
        (("--noise", 0.3, "--stepper", "euler-maruyama", "--dt", 0.25), "has no equilibrium at --dt 0.25"),
        (("--dt", 0.3, "--allow-unstable"), "--dt 0.3 is beyond the stable time step 0.25"),
    ):
        lines = run(*model, *doubtful).stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("kuramoto-simulate: warning: ") and said in lines[0], lines
        assert run(*model, *doubtful, "--quiet").stderr == "", doubtful
    assert run(*model, "--noise", 0.3).stderr == ""
    assert run(*model, "--noise", 0.3, "--stepper", "euler-maruyama", "--dt", 0.001).stderr == ""
    refused("--temperature", 0.5, "--stepper", "rk4", names=("--temperature 0.5: --stepper rk4 has no noise",))


def test_frequencies_by_name():
    def frequencies(name, *arguments):
        walk = ("-K", 0, "--dt", 1, "--steps", 1, "--initial", "equal", *arguments)
        return final(*walk, "--rows", 100, "--cols", 101, "--frequencies", name)

    middle = np.hypot(*(np.indices((100, 101)) - np.array([49.5, 50])[:, None, None]))
    exact = {
        "gradient:-1,3": np.linspace(-1, 3, 101) * np.ones((100, 1)),
        "halves:2,5": np.where(np.arange(101) < 51, 2, 5) * np.ones((100, 1)),
        "checkerboard:2,5": np.where(np.indices((100, 101)).sum(axis=0) % 2 == 0, 2, 5),
        "defect:7,2,-1": np.where(middle <= 7, 2, -1),
    }
    for name, expected in exact.items():
        close(frequencies(name), expected, 1e-14)
    uniform = frequencies("uniform:1,2")
    assert 1 <= uniform.min() < 1.001 and 1.999 < uniform.max() <= 2
    assert abs(np.median(frequencies("lorentzian:3,0.5")) - 3) < 0.04, "six deviations"
    quarter = frequencies("lorentzian:3,0.5,2") - 3
    assert np.abs(quarter).max() <= 2 and abs(np.mean(np.abs(quarter) < 0.5) - np.arctan(1) / np.arctan(4)) < 0.03
    mixed = frequencies("mixed:1,4,0.25")
    assert set(np.unique(mixed)) == {1, 4} and abs(np.mean(mixed == 4) - 0.25) < 0.026
    normal = frequencies("normal:1,2")
    close(np.array([normal.mean(), normal.std()]), np.array([1, 2]), 0.12)
    assert not np.array_equal(frequencies("normal:1,2", "--seed", 9), normal)
    assert np.array_equal(final("-N", 9, "--frequencies", "normal"), final("-N", 9)), "it is the default"
    refused("--frequencies", "uniform:2,1", names=("--frequencies uniform:2,1: low must not be above high",))
    refused("--frequencies", "mixed:1,2,3", names=("--frequencies mixed:1,2,3: share must be at most 1",))
    refused("--frequencies", "normal", "--omega", 1, names=("--frequencies normal:0,1 and --omega 1 exclude",))


def test_harmonics_agree_with_numpy():
    theta, omega = fields(20, 31)
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--dt", 0.04, "--steps", 60)
    flux = lambda d: 0.5 * np.sin(d) - 0.75 * np.sin(2 * d) + 0.25 * np.sin(3 * d)
    for policy in ("serial", "fused", "openmp"):
        how = (*files, "--policy", policy, "--coupling")
        expected = reference(theta, omega, 60, dt=0.04, f=flux)
        close(final(*how, "harmonics:0.5,-0.75,0.25"), expected, 1e-10)
        close(final(*how, "harmonics:0.5"), reference(theta, omega, 60, dt=0.04, f=lambda d: 0.5 * np.sin(d)), 1e-11)
    refused("--coupling", "harmonics:1,1", names=("--dt 0.1: beyond the stable time step 0.041", "harmonics:1,1,0"))
    refused("--coupling", "harmonics:1,0.1", "--lag", 1, names=("--lag 1 and --coupling harmonics:1,0.1,0 exclude",))
    refused("--coupling", "harmonics:1,0.1", "--observables", "energy", names=("--observables energy",))


def test_mask_agrees_with_numpy():
    theta, omega = fields(19, 30)
    mask = np.random.default_rng(4).integers(0, 4, (19, 30)).astype(float)
    mask[3:9, 5:20] = 0
    np.save("mask.npy", mask)
    there = mask != 0
    files = ("--theta", "theta.npy", "--mask", "mask.npy", "--boundary", "periodic", "-K", 1.5)
    expected = theta
    for _ in range(100):
        pull = np.zeros_like(theta)
        for axis in (0, 1):
            for shift in (1, -1):
                bond = there & np.roll(there, shift, axis)
                pull += np.where(bond, np.sin(np.roll(expected, shift, axis) - expected), 0)
        expected = np.where(there, expected + 0.1 * (omega + 1.5 * pull), theta)
    for policy in ("serial", "fused", "openmp"):
        close(final(*files, "--omega", "omega.npy", "--policy", policy), expected, 1e-11)
    summary = good(*files, "--omega", "omega.npy", "--observe", "t.csv", "--observables", "r,psi,frequency,frequency_deviation")
    close(np.array(float(summary["r"])), np.array(order_parameter(expected[there])), 1e-8)
    first = np.loadtxt("t.csv", delimiter=",", skiprows=1)[0]
    rates = (final(*files, "--omega", "omega.npy", "--steps", 1) - theta)[there] / 0.1
    mean = np.mean(np.exp(1j * theta[there]))
    close(first[2:], np.array([abs(mean), np.angle(mean), rates.mean(), rates.std()]), 1e-9)
    still = final(*files, "--omega", 0.5, "--noise", 0.25)
    assert (still[~there] == theta[~there]).all() and (still[there] != theta[there]).all()
    close(final(*files, "--omega", 0.5, "--steps", 1)[there] - 0.05, final(*files, "--omega", 0, "--steps", 1)[there], 1e-14)
    np.save("all.npy", np.ones((19, 30)))
    whole = ("--theta", "theta.npy", "--noise", 0.25)
    assert np.array_equal(final(*whole, "--mask", "all.npy"), final(*whole))


def test_observables_leave_out_removed_cells():
    """Every one of them, against NumPy, on a torus."""
    theta, omega = fields(19, 30)
    there = np.random.default_rng(4).integers(0, 4, (19, 30)) != 0
    there[3:9, 5:20] = False
    np.save("mask.npy", there.astype(float))
    np.save("fast.npy", 30 * omega)
    files = ("--theta", "theta.npy", "--omega", "fast.npy", "--mask", "mask.npy", "--boundary", "periodic", "-K", 1.5)
    good(*files, "--steps", 1, "--observe", "t.csv", "--observables", "energy,vortices,local,length,cluster")
    rows = np.loadtxt("t.csv", delimiter=",", skiprows=1)[:, 2:]

    def pairs(distance, axis):
        """cos d of the pairs of two cells that are there."""
        both = there & np.roll(there, -distance, axis)
        return np.cos(np.roll(theta, -distance, axis) - theta)[both]

    energy = -1.5 * (pairs(1, 0).sum() + pairs(1, 1).sum())

    corners = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    around = np.array([np.roll(theta, (-i, -j), (0, 1)) for i, j in corners])
    turns = np.diff(around, axis=0)
    charge = np.rint(np.sum(turns - 2 * np.pi * np.rint(turns / (2 * np.pi)), axis=0) / (2 * np.pi))
    whole = np.all([np.roll(there, (-i, -j), (0, 1)) for i, j in corners], axis=0)
    vortices = np.abs(charge[whole]).sum()

    def window(values):
        return sum(np.roll(values, (i, j), (0, 1)) for i in range(-2, 3) for j in range(-2, 3))

    local = np.abs(window(np.where(there, np.exp(1j * theta), 0)))[there] / window(there.astype(float))[there]

    correlation = [np.concatenate([pairs(d, 0), pairs(d, 1)]).mean() for d in range(10)]
    level = 1 / np.e
    below = next(d for d, c in enumerate(correlation) if c <= level)
    length = below - 1 + (correlation[below - 1] - level) / (correlation[below - 1] - correlation[below])

    turned = final(*files, "--steps", 1) - theta
    left = set(zip(*np.nonzero(there)))
    sizes = []
    while left:
        queue, size = [left.pop()], 0
        while queue:
            i, j = queue.pop()
            size += 1
            for cell in ((i + 1) % 19, j), ((i - 1) % 19, j), (i, (j + 1) % 30), (i, (j - 1) % 30):
                if cell in left and abs(turned[cell] - turned[i, j]) <= np.pi:
                    left.remove(cell)
                    queue.append(cell)
        sizes.append(size)
    assert 3 < len(sizes) < there.sum()

    close(rows[0, :4], np.array([energy, vortices, local.mean(), length]), 1e-9)
    close(rows[1, 4], np.array(max(sizes) / there.sum()), 1e-9)


def test_missing_cells_are_grey_and_have_no_vortices():
    mask = np.ones((20, 20))
    mask[8:12, 8:12] = 0
    np.save("mask.npy", mask)
    vortex = ("-N", 20, "--steps", 0, "--initial", "vortex", "--observe", "t.csv", "--observables", "vortices")
    for hidden, count in (((), 1), (("--mask", "mask.npy"), 0)):
        good(*vortex, *hidden, "--picture", "x.png", "--scale", 1, "--no-legend")
        assert np.loadtxt("t.csv", delimiter=",", skiprows=1)[2] == count
    assert ((pixels("x.png") == 128).all(axis=2) == (mask == 0)).all()
    good(*vortex, "--mask", "mask.npy", "--colour", "local", "--picture", "x.png", "--scale", 1, "--no-legend")
    assert ((pixels("x.png") == 128).all(axis=2) == (mask == 0)).all()
    refused("--mask", "mask.npy", "-N", 21, names=("-N 21", "--mask mask.npy has 20 x 20 cells"))
    refused("--mask", "mask.npy", "--dtype", "float32", names=("--mask mask.npy: it holds float64",))
    np.save("zero.npy", np.zeros((20, 20)))
    assert good("--mask", "zero.npy", "--steps", 3)["r"] == "0.000000000"


def test_initial_patterns():
    lattice = ("--rows", 20, "--cols", 30, "--steps", 0)

    def winding(theta):
        """Turns round the whole lattice, along its edges."""
        edge = np.concatenate([theta[0], theta[1:, -1], theta[-1, -2::-1], theta[-2:0:-1, 0], theta[0, :1]])
        turns = np.diff(edge)
        return round(float(np.sum(turns - 2 * np.pi * np.round(turns / (2 * np.pi)))) / (2 * np.pi))

    assert np.all(final(*lattice, "--initial", "equal:1.25") == 1.25)
    twisted = final(*lattice, "--initial", "twisted:0,3")
    close(np.exp(1j * twisted), np.exp(2j * np.pi * 3 * np.arange(30) / 30) * np.ones((20, 1)), 1e-14)
    assert winding(final(*lattice, "--initial", "vortex")) == 1
    assert winding(final(*lattice, "--initial", "vortex:-2")) == -2
    assert winding(final(*lattice, "--initial", "pair:8")) == 0
    assert winding(final(*lattice, "--initial", "spiral:12")) == 1
    assert winding(final(*lattice, "--initial", "target:12")) == 0
    assert np.array_equal(final(*lattice, "--initial", "random"), final(*lattice))
    assert winding(final(*lattice, "--initial", "spiral:12,-2")) == -2
    twisted = final(*lattice, "--initial", "twisted:2,0")
    close(np.exp(1j * twisted), np.exp(2j * np.pi * 2 * np.arange(20)[:, None] / 20) * np.ones((1, 30)), 1e-14)
    close(final(*lattice, "--initial", "wave:-0.5,0.25"), 0.25 * np.arange(30) - 0.5 * np.arange(20)[:, None], 1e-14)
    normal = final("-N", 200, "--steps", 0, "--initial", "normal:2,0.25")
    close(np.array([normal.mean(), normal.std()]), np.array([2, 0.25]), 0.008)
    for bad in ("spin", "vortex:0.5", "spiral:0", "spiral:5,0.5", "random:3", "target:x", "twisted:1,2,3", "equal:"):
        refused(*lattice, "--initial", bad, names=(f"--initial {bad}: must be",))
    fields(20, 30)
    refused("--theta", "theta.npy", "--initial", "vortex", names=("--initial and --theta theta.npy exclude",))
    refused("--lag", 0.5, "--coupling", "linear", names=("--lag 0.5 and --coupling linear exclude",))


def test_edges_and_steppers_that_cannot_be():
    refused("--boundary", "open", names=("--boundary open: must be zero, periodic, phase:NUMBER or flux:NUMBER",))
    refused("--boundary", "north=periodic", names=("if north or south is periodic, both must be",))
    refused("--boundary", "up=zero", names=("'up' is not one of north|south|west|east",))
    refused("--boundary", "east=flux:x", names=("'east=flux:x' must be SIDE=KIND",))
    refused("--boundary", "east=zero,east=zero", names=("east is given twice",))
    refused("--stepper", "rk5", names=("--stepper rk5: must be one of euler|heun|rk4",))
    refused("--stepper", "heun", "--dt", 0.13, "--steps", 3, names=("beyond the stable time step 0.125",))
    refused("--stepper", "rk4", "--dt", 0.175, "--steps", 3, names=("beyond the stable time step 0.174",))
    good("--stepper", "rk4", "--dt", 0.17, "--steps", 3)


def test_linear_coupling_and_other_numbers():
    theta, omega = fields(20, 31)
    expected = reference(theta, omega, 50, K=-1.5, dt=0.0625, f=lambda d: d)
    how = ("--coupling", "linear", "-K", -1.5, "--dt", 0.0625, "--steps", 50)
    for policy in ("serial", "fused", "openmp"):
        result = final("--theta", "theta.npy", "--omega", "omega.npy", *how, "--policy", policy)
        close(result / np.max(np.abs(expected)), expected / np.max(np.abs(expected)), 1e-12)


def test_one_frequency_for_all():
    theta, _ = fields(12, 17)
    for omega in ("0", "0.75", "-1e-1"):
        close(final("--theta", "theta.npy", "--omega", omega), reference(theta, float(omega), 100), 1e-10)


def test_fortran_order():
    theta, _ = fields(12, 17)
    np.save("fortran.npy", np.asfortranarray(theta))
    close(final("--theta", "fortran.npy", "--omega", 0), reference(theta, 0, 100), 1e-10)


def test_shape_and_precision_come_from_a_file():
    fields(5, 9, "float32")
    assert final("--theta", "theta.npy", "--steps", 1).shape == (5, 9)
    result = final("--omega", "omega.npy", "--steps", 1)
    assert result.shape == (5, 9) and result.dtype == np.float32
    assert final("--rows", 7, "--cols", 3, "--steps", 1).shape == (7, 3)
    assert final("--rows", 7, "--steps", 1).shape == (7, 100)
    assert final("-N", 4, "--dtype", "float32").dtype == np.float32


def test_same_seed_same_bits():
    for dtype in ("float32", "float64"):
        base = ("--rows", 173, "--cols", 94, "--dtype", dtype, "--seed", 7)
        expected = final(*base, "--policy", "fused").tobytes()
        for threads in (0, 1, 2, 3, 5):
            assert final(*base, "--policy", "openmp", "--threads", threads).tobytes() == expected, threads
        assert final(*base[:-1], 8, "--policy", "fused").tobytes() != expected


def test_default_fields():
    theta = final("-N", 200, "--steps", 0)
    assert theta.min() >= 0 and theta.max() < 2 * np.pi
    close(np.array([theta.mean(), theta.std()]), np.array([np.pi, 2 * np.pi / 12**0.5]), 0.05)
    omega = final("-N", 200, "-K", 0, "--steps", 1, "--dt", 1) - theta
    close(np.array([omega.mean(), omega.std()]), np.array([0, 1]), 0.03)
    assert abs(np.corrcoef(theta.ravel(), omega.ravel())[0, 1]) < 0.03, "theta and omega are independent"


def test_zero_steps_change_nothing():
    theta, _ = fields(6, 7)
    for none in (("--steps", 0), ("-T", 0)):
        assert final("--theta", "theta.npy", *none).tobytes() == theta.tobytes()


def test_thin_and_empty_lattices():
    for rows, cols in ((1, 1), (1, 40), (40, 1), (0, 5), (5, 0), (0, 0)):
        for policy in ("serial", "fused", "openmp"):
            assert final("--rows", rows, "--cols", cols, "--policy", policy).shape == (rows, cols)


def test_unstable_step_when_allowed():
    theta, _ = fields(10, 10)
    result = final("--theta", "theta.npy", "--omega", 0, "--dt", 0.2, "--steps", 3, "--allow-unstable")
    close(result, reference(theta, 0, 3, dt=0.2), 1e-12)
    good("--dt", 0.125, "--steps", 1)


def test_whole_number_of_steps():
    for T, dt, steps in (("0.3", "0.1", 3), ("7", "0.007", 1000), ("1e-1", "1e-1", 1), ("100", "0.01", 10000)):
        assert good("-N", 3, "-T", T, "--dt", dt)["steps"].split()[0] == str(steps)


def test_input_may_be_the_output():
    theta, _ = fields(8, 8)
    good("--theta", "theta.npy", "--omega", 0, "--steps", 4, "--save", "theta.npy")
    close(np.load("theta.npy"), reference(theta, 0, 4), 1e-12)


def test_outputs_replace_files_and_follow_links():
    os.mkdir("elsewhere")
    pathlib.Path("elsewhere/x.npy").write_text("old")
    os.symlink("elsewhere/x.npy", "x.npy")
    os.symlink("elsewhere/new.png", "x.png")
    good("-N", 5, "--save", "x.npy", "--picture", "x.png", "--scale", 1, "--no-legend")
    assert os.path.islink("x.npy") and os.path.islink("x.png")
    assert np.load("elsewhere/x.npy").shape == (5, 5) and pixels("elsewhere/new.png").shape == (5, 5, 3)
    assert sorted(os.listdir("elsewhere")) == ["new.png", "x.npy"]
    for name in ("elsewhere/x.npy", "elsewhere/new.png"):
        os.chmod(name, 0o640)
    good("-N", 6, "--save", "x.npy", "--picture", "x.png", "--scale", 1, "--no-legend")
    assert pixels("x.png").shape == (6, 6, 3)
    for name in ("elsewhere/x.npy", "elsewhere/new.png"):
        assert os.stat(name).st_mode & 0o777 == 0o640, "a replaced file keeps its permissions"


# Pictures.


def picture_of(theta):
    np.save("phases.npy", theta)
    good("--theta", "phases.npy", "--steps", 0, "--picture", "picture.png", "--scale", 1, "--no-legend")
    return pixels("picture.png")


def test_picture_is_cyclic():
    for dtype in ("float32", "float64"):
        turns = np.array([[0, 1, -1, 2, 50], [0.25, 1.25, -0.75, 2.25, 50.25], [0.5, -0.5, 1.5, 2.5, 50.5]])
        colours = picture_of((2 * np.pi * turns).astype(dtype))
        assert colours.shape == (3, 5, 3)
        assert (np.abs(colours - colours[:, :1]) <= 1).all(), colours
        assert (colours[0, 1] == colours[0, 0]).all(), "0 and 2 pi"
        assert np.abs(colours[0, 0] - colours[2, 0]).max() > 80, "opposite phases look different"


def test_picture_has_even_steps_and_lightness():
    colours = picture_of(np.linspace(0, 2 * np.pi, 513).reshape(1, 513))[0]
    assert (colours[0] == colours[-1]).all()
    assert np.abs(np.diff(colours, axis=0)).max() <= 8, "no jump, also where the circle closes"
    linear = np.where(colours <= 10, colours / 255 / 12.92, ((colours / 255 + 0.055) / 1.055) ** 2.4)
    to_cone = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
    to_cone.append([0.0883024619, 0.2817188376, 0.6299787005])
    lightness = np.cbrt(linear @ np.transpose(to_cone)) @ [0.2104542553, 0.7936177850, -0.0040720468]
    assert lightness.max() - lightness.min() < 0.01, (lightness.min(), lightness.max())


def test_picture_has_rows_from_the_top():
    theta = np.zeros((4, 6))
    theta[1, 5] = np.pi
    colours = picture_of(theta)
    different = np.argwhere((colours != colours[0, 0]).any(axis=2))
    assert different.tolist() == [[1, 5]], different


def test_picture_of_phases_that_are_no_numbers():
    colours = picture_of(np.array([[np.nan, np.inf, -np.inf, 1e300]]))[0]
    assert (colours[:3] == 128).all() and (colours[3] != colours[0]).any()


# What may be wrong.


OUTPUTS = ("--save", "save.npy", "--picture", "picture.png")


def test_bad_values():
    pathlib.Path("save.npy").write_text("precious")
    numbers = ["abc", "1x", "0x10", "1e999", "nan", "inf", ""]
    bad = {
        "-N": ["-1", "2.5", "99999999999999999999", *numbers],
        "--rows": ["-1", "1e3", *numbers],
        "--cols": ["-7", *numbers],
        "-K": numbers,
        "-T": ["-1", "0.25", "1e+300", *numbers],
        "--dt": ["0", "-0.1", "0.2", *numbers],
        "--steps": ["-1", "1.5", "99999999999999999999", *numbers],
        "--dtype": ["float16", "Float32", "float32|float64", "float", ""],
        "--policy": ["cuda", "", "|"],
        "--threads": ["-1", "2000", "1.5", *numbers],
        "--coupling": ["cosine", "harmonics:", "harmonics:1,", "harmonics:1,2,3,4", "harmonics:x", "sine:1", ""],
        "--frequencies": ["cauchy", "normal:", "normal:0,1,2", "mixed:x", "gradient:1,nan", ""],
        "--noise": ["-1", "-1e-9", *numbers],
        "--temperature": ["-1", *numbers],
        "--mean-field": numbers,
        "--seed": ["-1", "1.5", "18446744073709551616", *numbers],
        "--video": ["", "x.avi", "mp4", "x.MP4"],
        "--plot": ["", "x.pdf", "png"],
        "--observables": ["", "r,", ",r", "r,r", "phase", "r|psi"],
        "--every": ["0", "-1", "1.5", *numbers],
        "--fps": ["0", "-30", "1e9", *numbers],
        "--seconds": ["0", "-1", "1e300", *numbers],
        "--colour": ["hue", ""],
        "--scale": ["0", "-1", "1/0", "2/3", "1001", "1/", *numbers],
        "--checkpoint-every": ["0", "-5", "s", "-1s", "infs", "1m", *numbers],
        "--resume": ["", "missing", ".", "save.npy", "/dev/null"],
        "--theta": ["", "missing.npy", ".", "save.npy", "/dev/null"],
        "--mask": ["", "missing.npy", ".", "save.npy", "/dev/null"],
        "--omega": ["", "missing.npy", ".", "save.npy", "nan", "inf", "-1e999"],
    }
    for option, values in bad.items():
        for value in values:
            is_long = option.startswith("--")
            joined = [[f"{option}{value}"]] if value and not is_long else []
            for given in ([f"{option}={value}"], *joined, [option, value]):
                refused(*given, *OUTPUTS, names=[option, value])
    refused("-N", 10, "--dt", "1e-60", "--steps", 1, "--dtype", "float32", *OUTPUTS, names=["--dt", "1e-60"])
    refused("-K", "1e60", "--dt", "1e-62", "--steps", 1, "--dtype", "float32", *OUTPUTS, names=["-K", "1e+60"])
    refused("--omega", "1e60", "--dtype", "float32", *OUTPUTS, names=["--omega", "1e+60"])
    refused("-N", 4000000000, *OUTPUTS, names=["4000000000"])
    refused("-N", 1000000, *OUTPUTS, "--dtype", "float64", "--scale", 1, names=["1000000"])


def test_not_enough_memory():
    overcommit = pathlib.Path("/proc/sys/vm/overcommit_memory")
    if not overcommit.exists() or overcommit.read_text().strip() == "1":
        return  # the system promises what it does not have
    done = run("-N", 1000000, "--steps", 0, "--save", "x.npy")  # 8 terabytes
    assert done.returncode == 2 and os.listdir() == [], done
    line = done.stderr.splitlines()[-1]  # sanitizers add lines of their own
    assert line == "kuramoto-simulate: -N 1000000: there is not enough memory for its cells", done


def test_unstable_step_is_refused():
    refused("--dt", 0.13, "--steps", 1, *OUTPUTS, names=["--dt 0.13", "0.125"])
    refused("-K", -25, *OUTPUTS, names=["--dt 0.1", "0.01", "-K -25"])


def test_bad_combinations():
    refused("-N", 5, "--rows", 6, *OUTPUTS, names=["-N 5", "--rows 6"])
    refused("-N", 5, "--cols", 6, *OUTPUTS, names=["-N 5", "--cols 6"])
    refused("-T", 10, "--steps", 100, *OUTPUTS, names=["-T 10", "--steps 100"])
    refused("-T", 10, "--dt", "0.03", *OUTPUTS, names=["-T 10", "--dt 0.03"])
    refused("-N", 5, "-N", 6, *OUTPUTS, names=["-N", "5", "6"])
    for policy in ("serial", "fused"):
        refused("--threads", 2, "--policy", policy, *OUTPUTS, names=["--threads 2", "--policy " + policy])
    for number in ("1e400", "-1e999", "1e-400"):
        refused("--omega", number, *OUTPUTS, names=["--omega " + number, "finite"])
    refused("--save", "same", "--picture", "./same", names=["--save same", "--picture ./same"])
    for option, value in (("--every", 5), ("--seconds", 5), ("--fps", 5), ("--checkpoint-every", 5)):
        refused(option, value, *OUTPUTS, names=[f"{option} {value} needs --"])
    refused("--every", 5, "--seconds", 1, "--record", "r.npy", *OUTPUTS, names=["--every 5", "--seconds 1"])
    refused("--seconds", 5, "--record", "r.npy", *OUTPUTS, names=["--seconds 5", "150 frames", "100 steps"])
    refused("--record", "save.npy", *OUTPUTS, names=["--record save.npy", "--save save.npy"])
    refused("--record", "r.npy", "--observe", "r.json", names=["--observe r.json and --record r.json are the same"])
    refused("--record", "r.npy", "--save", "r.times.npy", names=["--save r.times.npy", "--record r.times.npy are the same"])
    refused("-N", 2000, "--steps", 10**6, "--every", 1, "--record", "r.npy", *OUTPUTS, names=["--record r.npy", "GB"])
    refused("-N", 2000, "--scale", 10, "--video", "x.mp4", *OUTPUTS, names=["--video x.mp4", "20000"])
    refused("--rows", 0, *OUTPUTS, names=["--picture picture.png", "0 x 100"])
    refused("--rows", 1, "--cols", 1000001, "--scale", 1, "--no-legend", *OUTPUTS, names=["--picture picture.png", "1000001"])


def test_bad_command_lines():
    refused("--frequency", 5, *OUTPUTS, names=["--frequency"])
    refused("positional", *OUTPUTS, names=["positional"])
    refused("--two\nlines", *OUTPUTS, names=["--two?lines"])
    refused("--the", "theta.npy", *OUTPUTS, names=["--the"])
    for option in OPTIONS:
        if option not in FLAGS:
            refused(*OUTPUTS[: 0 if option in OUTPUTS else None], option, names=[option])


def test_files_that_disagree():
    fields(6, 8)
    np.save("single.npy", np.zeros((6, 8), "float32"))
    np.save("other.npy", np.zeros((8, 6)))
    theta = ("--theta", "theta.npy")
    refused(*theta, "-N", 6, *OUTPUTS, names=["-N 6", "theta.npy", "6 x 8"])
    refused(*theta, "--rows", 7, *OUTPUTS, names=["--rows 7", "theta.npy", "6 x 8"])
    refused(*theta, "--cols", 7, *OUTPUTS, names=["--cols 7", "theta.npy", "6 x 8"])
    refused(*theta, "--dtype", "float32", *OUTPUTS, names=["--theta theta.npy", "float64", "--dtype float32"])
    refused(*theta, "--omega", "single.npy", *OUTPUTS, names=["--omega single.npy", "float32", "theta.npy"])
    refused(*theta, "--omega", "other.npy", *OUTPUTS, names=["--omega other.npy", "8 x 6", "6 x 8"])
    refused("--omega", "other.npy", "--rows", 9, *OUTPUTS, names=["--rows 9", "--omega other.npy"])
    good(*theta, "--rows", 6, "--cols", 8, "--dtype", "float64", "--steps", 1)


def test_files_that_are_not_what_they_say():
    fields(6, 8)
    data = pathlib.Path("theta.npy").read_bytes()
    damaged = {"cut": data[:-1], "long": data + b"x", "header": data[:20], "magic": b"X" + data[1:], "empty": b""}
    for name, content in damaged.items():
        pathlib.Path(name).write_bytes(content)
    np.save("whole.npy", np.zeros((3, 3), int))
    np.save("flat.npy", np.zeros(9))
    for name in (*damaged, "whole.npy", "flat.npy"):
        for option in ("--theta", "--omega"):
            refused(option, name, *OUTPUTS, names=[option, name])


def test_outputs_where_the_folder_is_gone():
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"'
    words = ("-N", "9", "--save", "s.npy", "--observe", "t.csv")
    done = subprocess.run(["bash", "-c", script, support.PROGRAM, *words], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if line.startswith("kuramoto-simulate: ")]
    assert done.returncode == 2 and len(told) == 1 and "--save" in told[0] and "s.npy" in told[0], done


def test_bad_outputs():
    os.mkdir("folder")
    pathlib.Path("file").write_text("precious")
    os.symlink("loop", "loop")
    os.symlink("missing/x", "dangling")
    os.mkfifo("pipe")
    socket.socket(socket.AF_UNIX).bind("socket")
    special = ("pipe", "socket", "/dev/null", "/dev/full")
    nowhere = ("/proc/x", "/proc/self/fd/x", "/proc/self/fd/999")  # where the superuser cannot create a file either
    for option in ("--save", "--picture", "--record", "--checkpoint", "--observe"):
        for name in ("folder", "folder/", "new/", "missing/x", "file/x", "loop", "dangling", *special, *nowhere, "x" * 300, ""):
            refused(option, name, names=[option, name])
    if os.geteuid() == 0:
        os.mkdir("shared")
        pathlib.Path("shared/x").write_text("precious")
        os.chmod(".", 0o755), os.chmod("shared", 0o1777), os.chmod("shared/x", 0o666)
        try:
            done = run("--save", "shared/x", user=65534, group=65534, extra_groups=[])
            assert done.returncode == 2 and "--save shared/x: it belongs to another user" in done.stderr, done
        except PermissionError:
            print("        another user cannot start the program: not tried")
    for option in ("--record", "--observe"):
        refused(option, "x" * 254, names=[option, "its name is too long"])
    if os.geteuid() != 0:  # the superuser may write everywhere
        os.chmod("file", 0o444)
        os.mkdir("closed", 0o555)
        for option in ("--save", "--picture"):
            refused(option, "file", names=[option, "file"])
            refused(option, "closed/x", names=[option, "closed/x"])


def test_failure_while_writing():
    """A file that may not grow: exit code 1, one line, the old file is whole and nothing is left over."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    for option in ("--save", "--picture"):
        pathlib.Path("old").write_text("precious")
        before = snapshot()
        done = run("-N", 300, "--steps", 1, option, "old", preexec_fn=limit, restore_signals=False)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and "old" in done.stderr, done
        assert snapshot() == before, option


def test_summary_that_cannot_be_written():
    if not os.path.exists("/dev/full"):
        return
    commands = [[PROGRAM, "-N", "5"], [PROGRAM, "-N", "5", "--sweep", "seed=1:2", "--observe", "table.csv"]]
    if shutil.which("stdbuf"):  # each line on its own: the last write is then not the one that fails
        commands += [["stdbuf", "-oL", *command] for command in commands]
    for command in commands:
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done


if __name__ == "__main__":
    support.main(globals())
