#!/usr/bin/env python3
"""Sweeps with kuramoto-simulate: each row has the numbers of the run alone, and what cannot be swept is refused.

Usage: sweep_test.py <kuramoto-simulate>
"""

import itertools
import os
import pathlib
import random
import resource
import signal
import subprocess
import time

import numpy as np

import support
from support import PROGRAM, complaints, fields, on_terminal, refused, run, snapshot, started, until

OPTION = {"K": "-K", "D": "--noise", "seed": "--seed", "omega": "--omega", "lag": "--lag", "mean-field": "--mean-field",
          "inertia": "--inertia", "damping": "--damping", "dt": "--dt", "spread": "--frequencies"}


def words_of(names, values):
    """The options of a member."""
    for name, value in zip(names, values):
        yield OPTION[name]
        yield f"normal:0,{value}" if name == "spread" else value


def rows_alone(arguments, observables):
    """The rows that a run alone writes: step, time and observables, as text."""
    done = run(*arguments, "--observe", "-", "--observables", observables, "--quiet")
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.splitlines()[1:]


def swept(arguments, sweep, observables="r", every=None):
    """The table of a sweep: the head, and the rows as text."""
    watching = () if every is None else ("--every", every)
    done = run(*arguments, *watching, "--sweep", sweep, "--observables", observables, "--quiet")
    assert done.returncode == 0 and not done.stderr, (arguments, sweep, done.stderr)
    head, *rows = done.stdout.splitlines()
    return head, rows


def check_sweep(arguments, values, steps, observables="r", every=None, sweep=None):
    """Each member has the rows of its run alone. `values`: of each name, as the option takes them."""
    text = sweep or ",".join(f"{name}={','.join(map(str, of))}" for name, of in values.items())
    head, rows = swept(arguments, text, observables, every)
    expected = []
    for member in itertools.product(*values.values()):
        alone = rows_alone((*arguments, *words_of(values, member), "--every", every or max(steps, 1)), observables)
        before = ",".join(str(value).removesuffix(".0") for value in member)
        expected += [f"{before},{row}" for row in (alone if every else alone[-1:])]
    assert rows == expected, (arguments, text, rows, expected)
    assert head.startswith(",".join(values) + ",step,time,"), head


# The numbers of the table.


def test_a_row_is_a_run():
    check_sweep(("-N", 7, "--steps", 12), {"K": (0.5, 1, 2), "seed": (3, 4)}, 12, "r,psi,frequency,vortices")
    check_sweep(("-N", 7, "--steps", 12), {"K": (0.5, 1, 1.5), "seed": (3, 4)}, 12, sweep="K=0.5:1.5:3,seed=3:4")
    check_sweep(("-N", 7, "--steps", 12), {"seed": (18446744073709551614, 18446744073709551615)}, 12,
                sweep="seed=18446744073709551614:18446744073709551615")
    check_sweep(("-N", 7, "--steps", 12), {"K": (-1.5, 1, 2, 1e-05)}, 12, sweep="K=-1.5,1:2:2,1e-5")
    check_sweep(("-N", 7, "--steps", 12), {"K": (0.75,)}, 12)
    check_sweep(("-N", 7, "--steps", 0), {"K": (0.75, 1)}, 0)
    assert run("-N", 4, "--sweep=K=1,2", "-T", 1, "--quiet").stdout == run("-N", 4, "-T", 1, "--sweep", "K=1,2").stdout


def test_ends_and_spacing_of_a_range():
    _, rows = swept(("-N", 2, "--steps", 1), "K=0.5:2.0:16")
    assert [row.split(",")[0] for row in rows] == [f"{0.5 + 0.1 * k:.2g}" for k in range(16)], rows
    _, rows = swept(("-N", 2, "--steps", 1), "K=0.1:1:10")
    assert [row.split(",")[0] for row in rows] == [f"{0.1 * k:.2g}" for k in range(1, 11)], rows
    _, rows = swept(("-N", 2, "--steps", 1), "K=0.1:1.6:16")
    assert [row.split(",")[0] for row in rows] == [f"{0.1 * k:.2g}" for k in range(1, 17)], rows
    _, rows = swept(("-N", 2, "--steps", 1), "K=0.12345678901234567:1:3")
    assert [row.split(",")[0] for row in rows] == [repr(0.12345678901234567), "0.561728394506173", "1"], rows
    _, rows = swept(("-N", 2, "--steps", 1), "lag=-1e-300:1e6:5,omega=0:1e308:5", every=1)
    assert len(rows) == 50 and "7.5e+307" in rows[-3], rows
    _, rows = swept(("-N", 2, "--steps", 1), "K=2:2:1")
    assert [row.split(",")[0] for row in rows] == ["2"], rows


def test_rows_of_frames():
    check_sweep(("-N", 6, "--steps", 23), {"seed": (1, 2, 3), "K": (1, 2)}, 23, "r,cluster,frequency", every=5)
    arguments = ("-N", 6, "--steps", 40, "--seconds", 0.2)
    _, rows = swept(arguments, "K=1,2")
    assert [row.split(",")[1] for row in rows] == ["0", "8", "16", "24", "32", "40"] * 2, rows
    # The number of steps of a member follows from its dt.
    check_sweep(("-N", 6, "-T", 2, "-K", 1), {"dt": (0.1, 0.05, 0.2), "seed": (1, 2)}, 40)
    _, rows = swept(("-N", 6, "-T", 2, "-K", 1), "dt=0.1,0.05,0.2", every=10)
    assert [row.split(",")[1] for row in rows] == "0 10 20 0 10 20 30 40 0 10".split(), rows


def test_every_name():
    arguments = ("-N", 5, "--steps", 9, "--dt", 0.05)
    for name, values in (("spread", (0.1, 0.5)), ("omega", (0, 0.25)), ("lag", (0, 0.25, 0.5)), ("D", (0, 0.5)),
                         ("mean-field", (0, 0.5, -1))):
        check_sweep(arguments, {name: values, "K": (0, 1)} if name == "lag" else {name: values, "seed": range(1, 12)}, 9)
    check_sweep(arguments, {"mean-field": (0, 1), "K": (0, 1), "seed": (1, 2, 3)}, 9)
    check_sweep((*arguments, "--noise", 0.1), {"inertia": (1, 2), "damping": (0, 0.5), "seed": (1, 2, 3)}, 9,
                "r,frequency,temperature")
    _, rows = swept((*arguments, "--frequencies", "lorentzian:1,5"), "spread=0.5,1")
    expected = [rows_alone((*arguments, "--frequencies", f"lorentzian:1,{width}"), "r")[-1] for width in (0.5, 1)]
    assert rows == [f"0.5,{expected[0]}", f"1,{expected[1]}"], rows


def test_drawn_sweeps():
    draw = random.Random(1)
    for _ in range(40):
        steps = draw.randint(1, 40)
        shape = draw.choice((("-N", draw.randint(1, 9)), ("--rows", draw.randint(1, 5), "--cols", draw.randint(1, 40))))
        arguments = [*shape, "--steps", steps, "--dt", draw.choice((0.05, 0.03125)),
                     "--dtype", draw.choice(("float32", "float64")),
                     "--boundary", draw.choice(("zero", "periodic", "phase:0.5", "north=flux:1,south=phase:2"))]
        arguments += draw.choice((("--threads", 1), ("--threads", 2), ("--policy", "fused"), ("--policy", "serial")))
        arguments += draw.choice(((), ("--initial", "normal:0,1"), ("--initial", "twisted")))
        arguments += draw.choice(((), (), ("--coupling", "linear"), ("--coupling", "harmonics:1,0.5"), ("--lag", 0.25)))
        values = {"K": [round(draw.uniform(-2, 2), 3) for _ in range(draw.randint(1, 3))]}
        values["seed"] = range(1, 1 + draw.randint(1, 8))
        observables = "r,psi,frequency,frequency_deviation,roughness"
        kind = draw.choice(("plain", "noise", "inertia"))
        if kind == "plain":
            arguments += ("--stepper", draw.choice(("euler", "heun", "rk4")))
            values[draw.choice(("spread", "omega"))] = (0.25, 1)
        elif kind == "noise":
            arguments += ("--stepper", draw.choice(("euler-maruyama", "leimkuhler-matthews")))
            values["D"] = (0.125, 0.5)
        else:
            arguments += ("--inertia", 1.5, "--damping", draw.choice((0, 0.5)))
            arguments += draw.choice(((), ("--noise", 0.25)))
            observables += ",temperature"
        check_sweep(arguments, values, steps, observables, every=draw.choice((None, None, 7)))


def test_fields_from_files():
    for dtype in ("float32", "float64"):
        fields(6, 9, dtype)
        east = np.random.default_rng(2).uniform(0, 1, (6, 9)).astype(dtype)
        mask = (np.random.default_rng(3).uniform(0, 1, (6, 9)) < 0.8).astype(dtype)
        np.save("east.npy", east)
        np.save("mask.npy", mask)
        files = ("--theta", "theta.npy", "--omega", "omega.npy")
        check_sweep((*files, "--steps", 9), {"K": (0.5, 1, 2)}, 9, "r,energy")
        check_sweep((*files, "--steps", 9, "--mask", "mask.npy"), {"K": (0.5, 1), "seed": range(1, 10), "D": (0, 0.5)}, 9)
        check_sweep((*files, "--steps", 9, "--bonds-east", "east.npy"), {"K": [k / 8 for k in range(1, 20)]}, 9)


def test_large_members_are_runs():
    check_sweep(("-N", 150, "--steps", 5), {"seed": range(1, 10)}, 5)


# Where the table goes, and what is said.


def test_outputs():
    arguments = ("-N", 6, "--steps", 3, "--sweep", "K=0.5:2:4,seed=1:5")
    done = run(*arguments, "--observe", "r.csv")
    assert done.returncode == 0 and not done.stderr, done
    summary = support.summary_of(done.stdout)
    assert summary["members"] == "20" and summary["rows"] == "20" and summary["steps"] == "60 of all members", summary
    table = pathlib.Path("r.csv").read_text()
    assert os.listdir() == ["r.csv"] and len(table.splitlines()) == 21
    done = run(*arguments)
    assert done.stdout == table and "members       20" in done.stderr, done
    done = run(*arguments, "--observe", "-", "--quiet")
    assert done.stdout == table and not done.stderr, done
    shown, code = on_terminal(*arguments, "--observe", "r.csv", "--quiet")
    assert code == 0 and not shown and pathlib.Path("r.csv").read_text() == table


def test_a_failed_write_leaves_the_old_file():
    pathlib.Path("r.csv").write_text("old")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    done = run("-N", 4, "--steps", 1, "--sweep", "seed=1:50", "--observe", "r.csv", preexec_fn=limit)
    assert done.returncode == 1 and "r.csv" in done.stderr, done
    assert os.listdir() == ["r.csv"] and pathlib.Path("r.csv").read_text() == "old"


def test_a_signal_keeps_the_rows_so_far():
    process = started("-N", 40, "-K", 8, "--allow-unstable", "-T", 1e9, "--sweep", "seed=1,2", "--every", 10,
                      "--observe", "r.csv", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "warning" in process.stderr.readline(), "said after the signals are watched"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "stopped; the table has" in errors, errors
    rows = pathlib.Path("r.csv").read_text().splitlines()[1:]
    steps = [[int(row.split(",")[1]) for row in rows if row.startswith(f"{seed},")] for seed in (1, 2)]
    assert steps[0] == steps[1] == [10 * k for k in range(len(rows) // 2)] and len(steps[0]) > 1, steps


def test_warnings_name_members():
    done = run("-N", 4, "--steps", 2, "--sweep", "K=2,4,8", "--allow-unstable", "--quiet")
    assert done.returncode == 0 and not done.stderr, done
    done = run("-N", 4, "--steps", 2, "--sweep", "K=1,8", "--allow-unstable", "--observe", "r.csv")
    assert done.returncode == 0 and "warning: --sweep K=8: --dt 0.1 is beyond" in done.stderr, done
    done = run("-N", 4, "--steps", 2, "--sweep", "seed=1:3", "-K", 8, "--allow-unstable", "--observe", "r.csv")
    assert "warning: --sweep seed=1 and 2 others: --dt 0.1" in done.stderr, done


# What is refused.


def test_bad_ranges():
    for sweep, names in (
        ("K=1:2", ("'1:2'", "A:B:N")),
        ("K=1:2:3:4", ("'1:2:3:4'", "A:B:N")),
        ("K=1:2:0", ("'1:2:0'", "empty")),
        ("K=1:2:-3", ("'1:2:-3'",)),
        ("K=1:2:2.5", ("'1:2:2.5'",)),
        ("K=1:2:1", ("'1:2:1'", "at least 2")),
        ("K=2:1:4", ("'2:1:4'", "less than")),
        ("K=1:1:2", ("'1:1:2'", "less than")),
        ("K=1:1.0000000000000002:3", ("value 1 twice",)),
        ("K=-1e308:1e308:3", ("too wide",)),
        ("K=nan", ("'nan'",)),
        ("K=0:inf:3", ("'0:inf:3'",)),
        ("K=1e400", ("'1e400'",)),
        ("K=x", ("'x'",)),
        ("K=", ("''",)),
        ("K=1,", ("''",)),
        ("K=1,,2", ("''",)),
        ("K", ("'K'", "NAME=RANGE")),
        ("1,K=2", ("'1'", "NAME=RANGE")),
        ("=1", ("''", "K|D|seed")),
        ("rows=1:3", ("'rows'", "K|D|seed")),
        ("k=1", ("'k'",)),
        ("K=1,K=2", ("K is given twice",)),
        ("K=1,2,1", ("K has the value 1 twice",)),
        ("K=0,-0", ("twice",)),
        ("seed=3:1", ("'3:1'", "empty")),
        ("seed=1.5", ("'1.5'", "whole")),
        ("seed=1:2.5", ("'1:2.5'", "whole")),
        ("seed=1:3:2", ("'1:3:2'", "whole")),
        ("seed=-1:3", ("'-1:3'", "whole")),
        ("seed=18446744073709551616", ("whole",)),
        ("seed=0:18446744073709551615", ("more than 1000000 members",)),
        ("K=0:1:18446744073709551615", ("more than 1000000 members",)),
        ("K=0:1:1001,seed=1:1000", ("more than 1000000 members",)),
        ("K=0:1:1000,D=0:1:1000,seed=1:1000000,dt=1:2:1000000", ("more than 1000000 members",)),
    ):
        refused("-N", 4, "--sweep", sweep, "--observe", "r.csv", names=("--sweep " + sweep, *names))
    refused("-N", 4, "--sweep", "", names=("--sweep", "empty"))
    refused("-N", 4, "--sweep", "K=1", "--sweep", "seed=1", names=("--sweep is given more than once",))


def test_bad_members():
    pathlib.Path("r.csv").write_text("old")
    for arguments, sweep, names in (
        (("-K", 4), "dt=0.05,0.5", ("--sweep dt=0.5:", "beyond the stable time step", "-K 4")),
        ((), "seed=1:2,K=1,4", ("--sweep seed=1,K=4:", "--dt 0.1: beyond")),
        ((), "dt=0.1,0.3", ("--sweep dt=0.3:", "not a whole number of steps")),
        ((), "dt=0.1,0", ("--sweep dt=0:", "--dt 0", "positive")),
        ((), "D=0.5,-1", ("--sweep D=-1:", "--noise -1", "not negative")),
        ((), "lag=1,2e6", ("--sweep lag=2e+06:", "--lag")),
        (("--coupling", "linear"), "lag=0,1", ("--sweep lag=1:", "--lag 1", "linear")),
        (("--stepper", "euler"), "D=0,0.5", ("--sweep D=0.5:", "euler has no noise")),
        (("--stepper", "heun"), "K=1,2,4", ("--sweep K=4:", "heun")),
        ((), "inertia=1", ("--sweep inertia=1:", "--damping")),
        ((), "damping=1", ("--sweep damping=1:", "--inertia")),
        (("--damping", 0), "inertia=1,0", ("--sweep inertia=0:", "--inertia 0")),
        (("-K", 1), "K=1,2", ("--sweep K=1:", "-K is given more than once: 1, 1")),
        (("--temperature", 1), "D=1", ("--sweep D=1:", "--temperature")),
        (("--omega", 0), "spread=1", ("--sweep spread=1:", "--omega 0")),
        (("--frequencies", "uniform:0,1"), "spread=1", ("--sweep spread=1:", "uniform:0,1", "spread")),
        ((), "spread=1,-1", ("--sweep spread=-1:", "normal:0,-1")),
        (("--dtype", "float32"), "K=1,1e300", ("--sweep K=1e+300:", "float32")),
        (("--mean-field", 1, "--observables", "energy"), "seed=1:3", ("--sweep seed=1:", "energy")),
        (("--theta", "missing.npy"), "K=1,2", ("--sweep K=1:", "missing.npy")),
        (("--seconds", 10), "seed=1,2", ("--sweep seed=1:", "--seconds 10")),
        (("--fps", 10), "seed=1,2", ("--sweep seed=1:", "--fps 10 needs --video")),
    ):
        refused("-N", 4, *arguments, "--sweep", sweep, "--observe", "r.csv", names=names)


def test_what_a_sweep_does_not_write():
    for option, value in (("--save", "a.npy"), ("--save-velocity", "a.npy"), ("--picture", "a.png"),
                          ("--video", "a.mp4"), ("--plot", "a.png"), ("--record", "a.npy"), ("--checkpoint", "a"),
                          ("--resume", "a")):
        refused("-N", 4, "--sweep", "K=1,2", option, value, names=(f"--sweep K=1,2 and {option} {value} exclude",))
    refused("-N", 4, "--sweep", "K=1,2", "--profile", names=("--profile",))
    refused("-N", 4, "--sweep", "K=1,2", "--observe", "nowhere/r.csv", names=("--observe nowhere/r.csv",))


if __name__ == "__main__":
    support.main(globals())
