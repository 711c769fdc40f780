#!/usr/bin/env python3
"""Cells with inertia: kuramoto-simulate against NumPy, its temperature, and runs that go on with their velocities.

Usage: inertia_test.py <kuramoto-simulate>
"""

import itertools
import json
import pathlib
import subprocess

import numpy as np

import records
import support
from support import close, fields, final, good, refused, run

CHECKPOINT = ("--checkpoint", "run.checkpoint")
LATTICE = ("--rows", 14, "--cols", 23)


def some_fields():
    """Phases, frequencies and everything else that may be a field, also as files."""
    theta, omega = fields(14, 23)
    random = np.random.default_rng(3)
    found = {
        "mass": random.uniform(0.5, 2, (14, 23)),
        "damping": random.uniform(0, 1, (14, 23)),
        "velocity": random.normal(0, 1, (14, 23)),
        "east": random.uniform(0, 1.5, (14, 23)),
        "south": random.uniform(0, 1.5, (14, 23)),
        "mask": (random.integers(0, 4, (14, 23)) != 0).astype(float),
    }
    for name, field in found.items():
        np.save(f"{name}.npy", field)
    return {"theta": theta, "omega": omega, **found}


def verlet(theta, velocity, rate, mass, damping, steps, dt):
    """Velocity Verlet with damping."""
    for _ in range(steps):
        velocity = velocity + dt / 2 / mass * rate(theta)
        theta = theta + dt / 2 * velocity
        velocity = np.exp(-damping * dt / mass) * velocity
        theta = theta + dt / 2 * velocity
        velocity = velocity + dt / 2 / mass * rate(theta)
    return theta, velocity


def rate_on_torus(omega, K=1.5, f=np.sin, east=1.0, south=1.0, mean=0.0):
    def rate(theta):
        total = omega + mean * (np.mean(np.exp(1j * theta)) * np.exp(-1j * theta)).imag
        for axis, strength in ((1, east), (0, south)):
            flux = K * strength * f(np.roll(theta, -1, axis) - theta)
            total = total + flux - np.roll(flux, 1, axis)
        return total

    return rate


# What it computes.


def test_velocity_verlet_agrees_with_numpy():
    of = some_fields()
    theta, omega = of["theta"], of["omega"]
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--velocity", "velocity.npy", "--boundary", "periodic")
    bonds = ("--bonds-east", "east.npy", "--bonds-south", "south.npy")
    plain = rate_on_torus(omega)
    for how, rate, mass, damping in (
        (("--inertia", 2, "--damping", 0.3), plain, 2, 0.3),
        (("--inertia", 2, "--damping", 0, "--stepper", "velocity-verlet"), plain, 2, 0),
        (("--inertia", "mass.npy", "--damping", 0.3), plain, of["mass"], 0.3),
        (("--inertia", 2, "--damping", "damping.npy", "--noise", 0), plain, 2, of["damping"]),
        (("--inertia", "mass.npy", "--damping", "damping.npy", "--coupling", "linear"), rate_on_torus(omega, f=lambda d: d), of["mass"], of["damping"]),
        (("--inertia", 1, "--damping", 1, *bonds), rate_on_torus(omega, east=of["east"], south=of["south"]), 1, 1),
        (("--inertia", 1, "--damping", 1, "--mean-field", 0.8), rate_on_torus(omega, mean=0.8), 1, 1),
        (("--inertia", 1, "--damping", "damping.npy", "--mean-field", 0.8, "-K", 0), rate_on_torus(omega, K=0, mean=0.8), 1, of["damping"]),
        (("--inertia", 1, "--damping", 1, "--coupling", "harmonics:1,-.5"), rate_on_torus(omega, f=lambda d: np.sin(d) - np.sin(2 * d) / 2), 1, 1),
    ):
        K = () if "-K" in how else ("-K", 1.5)
        expected = verlet(theta, of["velocity"], rate, mass, damping, 25, 0.1)
        for policy in ("serial", "fused", "openmp"):
            found = final(*files, *how, *K, "--steps", 25, "--policy", policy, "--save-velocity", "v.npy")
            close(found, expected[0], 1e-10)
            close(np.load("v.npy"), expected[1], 1e-10)


def test_mask_with_inertia():
    of = some_fields()
    there = of["mask"] != 0
    inner = (there & np.roll(there, -1, 1), there & np.roll(there, -1, 0))
    files = ("--theta", "theta.npy", "--mask", "mask.npy", "--boundary", "periodic", "-K", 1.5, "--velocity", "velocity.npy")
    rate = rate_on_torus(np.where(there, of["omega"], 0), east=inner[0], south=inner[1])
    expected = verlet(of["theta"], np.where(there, of["velocity"], 0), rate, 2, 0.3, 25, 0.1)
    how = ("--omega", "omega.npy", "--inertia", 2, "--damping", 0.3, "--steps", 25)
    found = final(*files, *how, "--save-velocity", "v.npy")
    close(found, expected[0], 1e-10)
    close(np.load("v.npy"), expected[1], 1e-10)
    np.save("mass.npy", np.where(there, 2, np.nan))
    np.save("damping.npy", np.where(there, 0.3, -1))
    same = ("--inertia", "mass.npy", "--damping", "damping.npy")
    close(final(*files, "--omega", "omega.npy", *same, "--steps", 25), found, 1e-12)
    for dampings in ((0.3,), ("damping.npy",)):
        noisy = final(*files, "--omega", 0.5, "--inertia", 2, "--damping", *dampings, "--temperature", 0.2)
        assert (noisy[~there] == of["theta"][~there]).all() and (noisy[there] != of["theta"][there]).all()
    good(*files, *how, "--observe", "t.csv", "--observables", "temperature,frequency,frequency_deviation")
    rows = np.loadtxt("t.csv", delimiter=",", skiprows=1)
    v = of["velocity"][there]
    close(rows[0, 2:], np.array([2 * np.mean(v**2), v.mean(), v.std()]), 1e-12)


def test_temperature():
    """Free cells have the temperature at any step. Those of a lattice have that of BAOAB: a little less."""
    free = ("-N", 200, "-K", 0, "--omega", 0, "--inertia", 2, "--damping", 0.7, "--temperature", 0.3)
    seen = ("--observe", "t.csv", "--observables", "temperature")
    good(*free, "--dt", 0.5, "-T", 50, *seen, "--save-velocity", "v.npy")
    v = np.load("v.npy")
    assert abs(2 * v.var() / 0.3 - 1) < 6 * 2**0.5 / 200, v.var()
    assert np.array_equal(v, np.load("v.npy"))
    close(np.loadtxt("t.csv", delimiter=",", skiprows=1)[-1, 2], 2 * np.mean(v**2), 1e-12)
    lattice = ("-N", 64, "-K", 1, "--boundary", "periodic", "--omega", 0, "--initial", "equal", "--temperature", 0.1)
    good(*lattice, "--inertia", 1, "--damping", 1, "--dt", 0.2, "-T", 400, "--every", 10, "--observe", "t.csv", "--observables", "energy,temperature")
    rows = np.loadtxt("t.csv", delimiter=",", skiprows=1)[60:]
    bond = 1 + rows[:, 2].mean() / (2 * 64**2)
    assert abs(bond - 0.0253) < 0.0005, bond
    assert abs(rows[:, 3].mean() / 0.1 - (1 - 0.04)) < 0.01, "the mean of 1 - dt^2 k / 4 m"
    for how in (("serial",), ("fused",), ("openmp", "--threads", 3)):
        assert np.array_equal(final(*free, "--policy", *how, "--steps", 9), final(*free, "--steps", 9)), how


def test_colours_and_plots():
    some_fields()
    how = ("--theta", "theta.npy", "--inertia", 1, "--damping", 0.5, "--temperature", 0.2, "--steps", 9)
    for colour in ("frequency", "effective", "local", "sine"):
        good(*how, "--colour", colour, "--picture", "x.png")
    good(*how, "--plot", "x.png", "--observables", "temperature,r", "--profile")


def test_velocities_on_a_stream():
    how = (*LATTICE, "--inertia", 1, "--damping", 0.5, "--quiet", "--save-velocity")
    good(*how, "v.npy")
    done = subprocess.run([support.PROGRAM, *map(str, how), "-"], capture_output=True, check=True)
    assert done.stdout == pathlib.Path("v.npy").read_bytes()


# Runs that go on.


def test_resumed_runs_have_the_same_bits():
    some_fields()
    inertia = (("--inertia", 2), ("--inertia", "mass.npy")), (("--damping", 0.3), ("--damping", "damping.npy"))
    additions = ((), ("--mask", "mask.npy"), ("--mean-field", 0.5), ("--bonds-east", "east.npy"))
    noises = ((), ("--temperature", 0.2, "--seed", 7))
    for mass, damping, addition, noise in itertools.product(*inertia, additions, noises):
        model = (*mass, *damping, *addition, *noise, "--dt", 0.05)
        how = (*LATTICE, *model, "--velocity", "velocity.npy", "--policy", "fused")
        expected = (final(*how, "--steps", 40, "--save-velocity", "v.npy").tobytes(), np.load("v.npy").tobytes())
        good(*how, "--steps", 17, *CHECKPOINT)
        for options in ((), model):
            found = final(*options, "--resume", "run.checkpoint", "--steps", 40, "--save-velocity", "v.npy", "--policy", "fused")
            assert (found.tobytes(), np.load("v.npy").tobytes()) == expected, (model, options)


def test_records_and_resume_with_inertia():
    some_fields()
    how = (*LATTICE, "--inertia", "mass.npy", "--damping", 0.25, "--noise", 0.1, "--every", 10)
    good(*how, "--steps", 60, "--record", "whole.npy")
    good(*how, "--steps", 25, "--record", "r.npy", *CHECKPOINT)
    good("--resume", "run.checkpoint", "--steps", 60, "--every", 10, "--record", "r.npy")
    for name in ("npy", "times.npy", "json"):
        assert pathlib.Path(f"r.{name}").read_bytes() == pathlib.Path(f"whole.{name}").read_bytes(), name
    said = json.loads(pathlib.Path("r.json").read_text())
    assert (said["inertia"], said["damping"], said["velocity"], said["stepper"]) == ("mass.npy", 0.25, 0, "baoab"), said


def test_resumed_runs_that_are_refused():
    some_fields()
    np.save("other.npy", np.ones((14, 23)))
    resume = ("--resume", "run.checkpoint", "--steps", 6)
    good(*LATTICE, "--inertia", 2, "--damping", "damping.npy", "--steps", 3, *CHECKPOINT)
    for option, value, has in (
        ("--inertia", 1, "2"),
        ("--inertia", "mass.npy", "2"),
        ("--damping", 1, "a field"),
        ("--damping", "other.npy", "another one"),
        ("--stepper", "euler", "velocity-verlet"),
        ("--noise", 1, "0"),
    ):
        refused(*resume, option, value, names=(f"{option} {value}: the run of --resume run.checkpoint has {has}",))
    refused(*resume, "--velocity", "velocity.npy", names=("--velocity velocity.npy and --resume run.checkpoint exclude",))
    good(*resume, "--inertia", 2, "--save-velocity", "v.npy", "--observe", "t.csv", "--observables", "temperature")
    good(*LATTICE, "--steps", 3, *CHECKPOINT)
    for option, value in (("--inertia", 1), ("--damping", 1)):
        refused(*resume, option, value, names=(f"{option} {value}: the run of --resume run.checkpoint has none",))
    refused(*resume, "--save-velocity", "w.npy", names=("--save-velocity w.npy: the run has no --inertia",))
    refused(*resume, "--observables", "temperature", names=("--observables temperature: needs --inertia",))


def test_records_of_other_programs():
    """Checkpoints whose records do not fit together."""
    good("-N", 6, "--inertia", 1, "--damping", 1, "--noise", 0.5, "--steps", 3, *CHECKPOINT)
    start, cells = records.read("run.checkpoint")
    assert {"velocity", "mass", "damping"} <= set(start), sorted(start)
    for name, value, reason in (
        ("mass", records.number(0), "'mass' must be positive"),
        ("damping", records.number(-1), "'damping' must not be negative"),
        ("stepper", records.text("euler"), "the 'stepper' must be one for the 'velocity'"),
        ("stepper", records.text("velocity-verlet"), "the 'stepper' has no 'noise'"),
        ("mass", None, "it has no record 'mass'"),
    ):
        found = {**start, name: value}
        records.write("other.checkpoint", {name: record for name, record in found.items() if record}, cells)
        refused("--resume", "other.checkpoint", "--steps", 6, names=("other.checkpoint", reason))


# What may be wrong.


def test_combinations_that_are_refused():
    some_fields()
    inertia = ("--inertia", 1, "--damping", 0.5)
    for how, said in (
        (("--inertia", 1), "--inertia 1 needs --damping, which may be 0"),
        (("--damping", 1), "--damping 1 needs --inertia"),
        (("--velocity", "velocity.npy"), "--velocity velocity.npy needs --inertia"),
        (("--save-velocity", "v.npy"), "--save-velocity v.npy needs --inertia"),
        (("--stepper", "velocity-verlet"), "--stepper velocity-verlet needs --inertia"),
        (("--stepper", "baoab", "--noise", 1), "--stepper baoab needs --inertia"),
        ((*inertia, "--stepper", "baoab"), "--stepper baoab needs --noise"),
        ((*inertia, "--stepper", "velocity-verlet", "--noise", 0.3), "--noise 0.3: --stepper velocity-verlet has no noise; baoab has"),
        ((*inertia, "--noise", "mass.npy"), "--noise mass.npy: with --inertia the temperature is one number"),
        (("--observables", "temperature"), "--observables temperature: needs --inertia"),
    ):
        refused(*how, names=(said,))
    for stepper in ("euler", "heun", "rk4", "leimkuhler-matthews", "euler-maruyama"):
        refused(*inertia, "--noise", 1, "--stepper", stepper, names=(f"--inertia 1: --stepper {stepper} has no inertia; velocity-verlet and baoab",))
    for bad in ("0", "-1", "nan", "inf", "1e400"):
        refused("--inertia", bad, "--damping", 1, names=(f"--inertia {bad}: must be a positive number, or a file",))
        if bad != "0":
            refused("--inertia", 1, "--damping", bad, names=(f"--damping {bad}: must be a finite number that is not negative, or a file",))
    for value in (0, -0.5, np.nan, np.inf):
        field = np.ones((14, 23))
        field[2, 5] = value
        np.save("bad.npy", field)
        refused("--inertia", "bad.npy", "--damping", 1, names=("--inertia bad.npy: row 2, column 5 is", "which is not a positive number"))
        if value != 0:
            refused("--inertia", 1, "--damping", "bad.npy", names=("--damping bad.npy: row 2, column 5 is",))
    refused("--inertia", 1e39, "--damping", 1, "--dtype", "float32", names=("--inertia 1e+39: out of the range of float32",))
    refused("--save-velocity", "v.npy", "--save", "v.npy", *inertia, names=("--save v.npy and --save-velocity v.npy are the same file",))


def test_stable_step():
    inertia = ("--damping", 0.5, "--steps", 1)
    refused("-K", 2, "--inertia", 1, *inertia, "--dt", 0.51, names=("stable time step 0.5 ", "--inertia 1", "--stepper velocity-verlet"))
    good("-K", 2, "--inertia", 1, *inertia, "--dt", 0.49)
    mass = np.ones((6, 8))
    mass[2, 3] = 0.25
    np.save("mass.npy", mass)
    refused("-K", 2, "--inertia", "mass.npy", *inertia, "--dt", 0.26, names=("stable time step 0.25 ", "--inertia FILE.npy"))
    there = np.ones((6, 8))
    there[2, 3] = 0
    np.save("mask.npy", there)
    good("-K", 2, "--inertia", "mass.npy", "--mask", "mask.npy", *inertia, "--dt", 0.4)


def test_warnings():
    model = ("-N", 8, "-K", 1, "--steps", 3, "--inertia", 1)
    np.save("zero.npy", np.zeros((8, 8)))
    for how, said in (
        (("--damping", 0, "--noise", 0.3), "--noise 0.3 has no effect with --damping 0"),
        (("--damping", "zero.npy", "--noise", 0.3), "--noise 0.3 has no effect with --damping 0"),
        (("--damping", 10), "free cells turn 8.2 % too fast at --dt 0.1"),
        (("--damping", 10, "--omega", 0, "--boundary", "west=flux:1"), "free cells turn 8.2 % too fast at --dt 0.1"),
        (("--damping", 1, "--dt", 0.8, "--allow-unstable"), "--dt 0.8 is beyond the stable time step 0.7071"),
    ):
        lines = run(*model, *how).stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("kuramoto-simulate: warning: ") and said in lines[0], lines
        assert run(*model, *how, "--quiet").stderr == "", how
    for how in (("--damping", 0), ("--damping", 1, "--noise", 0.3), ("--damping", 10, "--omega", 0)):
        assert run(*model, *how).stderr == "", how


if __name__ == "__main__":
    support.main(globals())
