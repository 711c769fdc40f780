#!/usr/bin/env python3
"""kuramoto-simulate-mpi writes the files of kuramoto-simulate, byte for byte; stops, resumes and fails as one program.

Usage: program_test.py <kuramoto-simulate> <kuramoto-simulate-mpi> <mpirun> <number of processes>
"""

import os
import pathlib
import signal
import subprocess

import numpy as np

import programs
from programs import MANY, MPIRUN, RANKS, command, complaints, contents, ended, good, processes_of, run, until

OBSERVED = ("--observe", "t.csv", "--every", 3)
ALL_OUTPUTS = ("--save", "s.npy", "--record", "r.npy", "--checkpoint", "c", "--plot", "p.svg", "--picture", "p.png", *OBSERVED)


def in_folder(name, *arguments, ranks):
    """The files that a run writes, and its summary. Its input files are in the folder above."""
    os.mkdir(name), os.chdir(name)
    summary = good(*arguments, ranks=ranks)
    os.chdir("..")
    summary.pop("seconds"), summary.pop("cell-steps/s"), summary.pop("processes", None)
    return contents(name), summary


def are_same(*arguments):
    """Runs both programs; all files must be the same, and the summary."""
    number = len(list(pathlib.Path(".").glob("one*")))
    expected, said = in_folder(f"one{number}", *arguments, ranks=0)
    found, told = in_folder(f"many{number}", *arguments, ranks=RANKS)
    assert list(expected) and sorted(found) == sorted(expected), (arguments, sorted(found))
    for name, content in expected.items():
        assert found[name] == content, f"{arguments}: {name} differs"
    assert said == told, (arguments, said, told)


def fields(rows, cols, dtype="float64"):
    """Files with phases, frequencies, a mask, strengths, noise, masses, dampings and velocities."""
    random = np.random.default_rng(rows * cols)
    made = {
        "theta": random.uniform(-9, 9, (rows, cols)),
        "omega": random.normal(0, 1, (rows, cols)),
        "mask": (random.random((rows, cols)) > 0.2),
        "east": random.uniform(-0.25, 1.25, (rows, cols)),
        "south": random.uniform(0, 1.25, (rows, cols)),
        "noise": random.random((rows, cols)),
        "mass": random.uniform(1, 2, (rows, cols)),
        "damping": random.random((rows, cols)),
        "velocity": random.normal(0, 1, (rows, cols)),
    }
    for name, field in made.items():
        np.save(f"{name}.npy", field.astype(dtype))


def test_models():
    fields(23, 31)
    files = ("--theta", "../theta.npy", "--omega", "../omega.npy")
    bonds = ("--bonds-east", "../east.npy", "--bonds-south", "../south.npy")
    size = ("--rows", 23, "--cols", 31, "--steps", 10)
    for model in (
        size,
        (*size, "--dtype", "float32", "--boundary", "periodic", "--noise", 0.3, "--initial", "vortex"),
        (*size, "--mean-field", 0.5, "--stepper", "heun", "--coupling", "harmonics:1,0.25", "--dt", 0.0625),
        (*size, "--boundary", "west=periodic,east=periodic,north=phase:1,south=flux:0.5", "--stepper", "rk4"),
        (*size, "--coupling", "linear", "--inertia", 1.5, "--damping", 0.25, "--noise", 0.1, "--save-velocity", "v.npy"),
        ("--steps", 10, *files, "--mask", "../mask.npy", "--noise", "../noise.npy", "--boundary", "periodic"),
        ("--steps", 10, *files, *bonds, "--boundary", "periodic", "--lag", 0.2),
        ("--steps", 10, *files, *bonds, "--mask", "../mask.npy", "--inertia", "../mass.npy", "--damping", "../damping.npy",
         "--velocity", "../velocity.npy", "--save-velocity", "v.npy", "--boundary", "north=periodic,south=periodic"),
    ):
        are_same(*model, *ALL_OUTPUTS)


def test_observables():
    fields(19, 25)
    names = "r,psi,daido:2,frequency,frequency_deviation,vortices,local,length,cluster,roughness,skewness,kurtosis"
    size = ("--rows", 19, "--cols", 25, "--steps", 9)
    are_same(*size, *OBSERVED, "--observables", names + ",energy")
    are_same(*size, *OBSERVED, "--observables", names + ",energy", "--boundary", "periodic", "--dtype", "float32")
    are_same("--mask", "../mask.npy", "--bonds-east", "../east.npy", "--boundary", "periodic", "--steps", 9, *OBSERVED, "--observables", names)
    are_same(*size, *OBSERVED, "--observables", "energy,helicity", "--omega", 0, "--noise", 0.5, "--boundary", "periodic")
    are_same(*size, *OBSERVED, "--observables", names + ",temperature", "--inertia", 1, "--damping", 0.5, "--noise", 0.5)


def test_pictures():
    """Pixels that lie across the borders of blocks, for every colour."""
    size = ("--rows", 41, "--cols", 67, "--steps", 6)
    for colour in ("phase", "sine", "frequency", "effective", "local"):
        for scale in ("1/5", "1", "3", "1/80"):
            are_same(*size, "--colour", colour, "--scale", scale, "--picture", "p.png")
    np.save("mask.npy", (np.indices((41, 67)).sum(axis=0) % 3 > 0).astype(float))
    are_same("--mask", "../mask.npy", "--steps", 6, "--picture", "p.png", "--scale", "1/4", "--no-legend")
    are_same(*size, "--scale", "1/3", "--video", "v.gif", "--fps", 5)


def test_thin_lattices():
    for rows, cols in ((RANKS, 1), (1, RANKS), (RANKS, 9), (2, 2 * RANKS + 1), (0, 5), (0, 0)):
        size = ("--rows", rows, "--cols", cols, "--steps", 7, "--noise", 0.1)
        outputs = ("--save", "s.npy", "--record", "r.npy", "--checkpoint", "c", *OBSERVED)
        are_same(*size, "--boundary", "periodic", *outputs)
        are_same(*size, *outputs)


def test_layouts():
    """Every grid of processes, whatever is said of it."""
    size = ("--rows", 30, "--cols", 30, "--steps", 12, "--boundary", "periodic", "--noise", 0.2, "--save", "s.npy")
    good(*size, ranks=0)
    expected = contents()["s.npy"]
    for down in range(1, RANKS + 1):
        if RANKS % down == 0:
            for layout in (f"{down}x{RANKS // down}", f"{down}x0", f"0x{RANKS // down}"):
                summary = good(*size, "--ranks", layout)
                assert summary["processes"] == f"{RANKS}, as {down} x {RANKS // down} blocks", (layout, summary)
                assert contents()["s.npy"] == expected, layout


def test_checkpoints_of_any_number_of_processes():
    fields(23, 31)
    model = ("--theta", "theta.npy", "--mask", "mask.npy", "--noise", 0.5, "--boundary", "periodic")
    good(*model, "--steps", 40, "--save", "whole.npy", "--record", "whole-r.npy", "--every", 8, ranks=0)
    expected = contents()
    for before, after in ((RANKS, 0), (0, RANKS), (RANKS, 1), (RANKS, 2), (RANKS, RANKS)):
        watched = ("--record", "r.npy", "--every", 8)
        good(*model, "--steps", 19, "--checkpoint", "c", ranks=before)
        good("--resume", "c", "--steps", 40, "--save", "s.npy", "--noise", 0.5, "--mask", "mask.npy", ranks=after)
        assert contents()["s.npy"] == expected["whole.npy"], (before, after)
        good(*model, "--steps", 40, "--record", "r.npy", "--every", 8, "--checkpoint", "c", ranks=before)
        assert contents()["r.npy"] == expected["whole-r.npy"]
        good(*model, "--steps", 48, *watched, ranks=0)
        longer = contents()["r.npy"]
        good(*model, "--steps", 40, *watched, "--checkpoint", "c", ranks=before)
        good("--resume", "c", "--steps", 48, *watched, ranks=after)
        assert contents()["r.npy"] == longer, (before, after)


LONG = ("-N", 100, "--noise", 0.25, "--boundary", "periodic", "--quiet")


def stopped(send, expected_status, *launcher_options):
    """Runs until the first checkpoint, then sends a signal; the rest of the run must end with the bits of the whole."""
    watched = ("--record", "r.npy", "--observe", "t.csv", "--every", 1000)
    arguments = (*LONG, "--steps", 1000000, "--checkpoint", "c", "--checkpoint-every", 50, *watched)
    words = command(*arguments)
    words[1:1] = launcher_options
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as launcher:
        until(lambda: os.path.exists("c") and len(processes_of(launcher)) == RANKS)
        send(launcher)
        status, said = ended(launcher, 30)
    assert status == expected_status, (status, said)
    lines = [line for line in said if line.startswith("kuramoto-simulate-mpi: stopped at step ")]
    assert len(lines) == 1 and "on any number of processes:" in lines[0], said
    step = int(lines[0].split("step ")[1].split()[0])
    assert step > 0 and "--resume c" in said[said.index(lines[0]) + 1], said
    assert sorted(name for name in contents() if name.startswith(".") or name.endswith(".part")) == [], contents().keys()
    end = step + 100
    good(*LONG, "--steps", end, "--save", "whole.npy", "--record", "whole-r.npy", "--every", 1000, ranks=0)
    frames = np.load("whole-r.npy")
    good("--resume", "c", "--steps", step + 7, "--checkpoint", "d", "--quiet")
    good("--resume", "d", "--steps", end, "--save", "rest.npy", "--quiet")
    files = contents()
    assert files["rest.npy"] == files["whole.npy"]
    recorded = np.load("r.npy")
    assert recorded.tobytes() == frames[: step // 1000 + 1].tobytes()
    for name in files:
        os.remove(name)


def test_signals():
    """Whoever gets it: all stop at the same step, and write everything."""
    for rank in {0, RANKS - 1}:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            stopped(lambda launcher: os.kill(processes_of(launcher)[rank], number), 128 + number)

    def to_all(launcher):
        for process in processes_of(launcher).values():
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGTERM)

    stopped(to_all, 128 + signal.SIGTERM)


def test_signals_to_the_launcher():
    stopped(lambda launcher: launcher.send_signal(signal.SIGUSR1), 128 + signal.SIGUSR1)


def test_refusals():
    """One line, whatever the number of processes, the same status, and no file."""
    np.save("theta.npy", np.zeros((4, 4)))
    np.save("bad.npy", np.where(np.indices((6, 6)).sum(axis=0) == 9, np.nan, 1.0))
    before = contents()
    for arguments, name in (
        (("--nonsense",), "--nonsense"),
        (("--theta", "none.npy"), "cannot read 'none.npy'"),
        (("--theta", "theta.npy", "--omega", "bad.npy"), "6 x 6 cells"),
        (("--bonds-east", "bad.npy"), "row 4, column 5 is nan"),
        (("--save", "no/folder.npy"), "there is no folder"),
        (("-N", 10, "--ranks", f"{RANKS + 1}x1"), f"--ranks {RANKS + 1}x1"),
        (("--ranks", "2"), "ROWSxCOLS"),
        (("--rows", 0, "--cols", 3, "--picture", "p.png"), "cannot make a picture"),
        (("--policy", "serial"), "kuramoto-simulate has it"),
        (("--sweep", "K=1,2"), "kuramoto-simulate, on one process, has it"),
        (("--dt", 0.5), "beyond the stable time step"),
        (("--resume", "theta.npy"), "--resume"),
    ):
        done = run(*arguments)
        said = complaints(done.stderr)
        assert done.returncode == 2 and done.stdout == b"", (arguments, done)
        assert len(said) == 1 and said[0].startswith("kuramoto-simulate-mpi: ") and name in said[0], (arguments, said)
        assert contents() == before, arguments
    refused = run("--ranks", "2x2", ranks=0)
    assert refused.returncode == 2 and b"kuramoto-simulate-mpi" in refused.stderr, refused


def test_names_of_files():
    """Names that MPI-IO takes for something else: one letter, a colon."""
    model = ("-N", 20, "--noise", 0.5)
    for name in ("c", "a:b", "ufs:c", "a b"):
        good(*model, "--steps", 3, "--checkpoint", name, "--save", f"{name}.npy", "--quiet")
        good("--resume", name, "--steps", 5, "--quiet")
        good("--theta", f"{name}.npy", "--steps", 1, "--quiet")


def test_too_many_processes():
    if RANKS > 1:
        done = run("--rows", 1, "--cols", RANKS - 1, "--steps", 1)
        assert done.returncode == 2 and len(complaints(done.stderr)) == 1 and b"cannot be cut" in done.stderr, done


def test_help_once():
    for option in ("--help", "--version"):
        done = run(option)
        assert done.returncode == 0 and done.stderr == b"", done
        assert done.stdout.count(b"Usage" if option == "--help" else b".") == (1 if option == "--help" else 2), done.stdout
    assert b"--ranks" in run("--help").stdout and b"--ranks" not in run("--help", ranks=0).stdout


def test_streams():
    """The standard output is that of the first process. Under Open MPI's mpirun it is a terminal, so a shell gives it
    a pipe of its own."""
    size = ("--rows", 31, "--cols", 17, "--steps", 10, "--quiet")
    for option in ("--save", "--picture", "--observe"):
        expected = run(*size, option, "-", ranks=0).stdout
        words = [MPIRUN, "-q", "-n", str(RANKS), "sh", "-c", '"$0" "$@" > out.$OMPI_COMM_WORLD_RANK', MANY, *map(str, size)]
        subprocess.run([*words, option, "-"], check=True, timeout=60)
        files = contents()
        assert files.pop("out.0") == expected and expected, option
        assert set(files.values()) <= {b""}, option


def test_a_process_that_cannot_write():
    """The error of one process, which may write less than the others, is that of all."""
    if RANKS == 1:
        return
    arguments = (*map(str, ("-N", 400, "--steps", 20, "--record", "r.npy", "--every", 10, "--quiet")),)
    limited = ["sh", "-c", 'ulimit -f 400; exec "$0" "$@"', MANY, *arguments]
    words = [MPIRUN, "-q", "-n", "1", MANY, *arguments, ":", "-n", "1", *limited]
    if RANKS > 2:
        words += [":", "-n", str(RANKS - 2), MANY, *arguments]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as launcher:
        status, said = ended(launcher, 60)
    said = [line for line in said if not line.startswith("mca_")]  # of Open MPI
    assert status == 1, (status, said)
    assert len(said) == 1 and said[0].startswith("kuramoto-simulate-mpi: cannot write 'r.npy"), said


programs.main(globals())
