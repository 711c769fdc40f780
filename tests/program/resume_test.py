#!/usr/bin/env python3
"""Stops kuramoto-simulate and lets it go on: the same bits, the same frames, and checkpoints that are not what they say.

Usage: resume_test.py <kuramoto-simulate>
"""

import itertools
import os
import pathlib
import pty
import random
import resource
import signal
import struct
import subprocess
import time

import numpy as np

import records
import support
from support import PROGRAM, complaints, fields, final, good, refused, run, snapshot

LATTICE = ("--rows", 61, "--cols", 83)
CHECKPOINT = ("--checkpoint", "run.checkpoint")


def whole(*arguments):
    """The final bits of a run that goes through."""
    return final(*arguments).tobytes()


def test_resumed_runs_have_the_same_bits():
    fields(61, 83, "float32")
    np.save("mask.npy", (np.indices((61, 83)).sum(axis=0) % 7 > 1).astype(float))
    files = ("--theta", "theta.npy", "--omega", "omega.npy")
    for model in (
        LATTICE,
        (*LATTICE, "--dtype", "float32", "--seed", 5, "-K", 1.5, "--dt", 0.125),
        (*LATTICE, "--coupling", "linear", "--omega", 0.25),
        (*LATTICE, "--boundary", "north=phase:1,east=flux:-0.5", "--stepper", "rk4"),
        (*LATTICE, "--boundary", "periodic", "--lag", 0.3),
        (*LATTICE, "--mean-field", 1.5, "--lag", 0.3, "-K", 1, "--stepper", "heun"),
        (*LATTICE, "--mean-field", 1.5, "-K", 0, "--omega", 0.5, "--noise", 0.25),
        ("--mask", "mask.npy", "--noise", 0.5, "--omega", 0),
        ("--mask", "mask.npy", "--stepper", "heun"),
        (*LATTICE, "--coupling", "harmonics:1,-.25", "-K", 1.5, "--initial", "normal:0,1", "--frequencies", "mixed:-1,1"),
        (*LATTICE, "--noise", 0.4, "--seed", 11, "--dtype", "float32"),
        files,
    ):
        for policy in ("serial", "fused", "openmp"):
            computed = (*model, "--policy", policy)
            expected = whole(*computed, "--steps", 90)
            good(*computed, "--steps", 37, *CHECKPOINT)
            named = ("--initial", "normal:0,1", "--frequencies", "mixed:-1,1")
            options = [word for word in computed if word not in named and (model is not files or word not in files)]
            summary = good(*options, "--resume", "run.checkpoint", "--steps", 90, "--save", "final.npy")
            assert np.load("final.npy").tobytes() == expected, computed
            assert summary["resumed"] == "at step 37" and summary["steps"].startswith("90 of"), summary
            good("--policy", policy, "--resume", "run.checkpoint", "--steps", 90, "--save", "final.npy")
            assert np.load("final.npy").tobytes() == expected, "the checkpoint knows the model"


COUPLINGS = ((), ("--lag", 0.3), ("--coupling", "linear"), ("--coupling", "harmonics:1,-.25,0.125"))
BOUNDARIES = ((), ("periodic",), ("north=phase:1,east=flux:-0.5",), ("west=periodic,east=periodic,south=phase:-2",))
ADDITIONS = ((), ("--mask", "mask.npy"), ("--mean-field", 0.75))
STEPS = ((), ("--noise", 0.25, "--seed", 11), ("--noise", 0.25, "--stepper", "euler-maruyama"), ("--stepper", "heun"), ("--stepper", "rk4"))
CELLS = (("--omega", 0.25), ("--dtype", "float32", "--frequencies", "mixed:-1,1"), ("--seed", 2**64 - 1), ("--omega", 0))


def test_every_model_is_saved_whole():
    """Nothing but --resume and the length of the run is given again."""
    mask = (np.indices((5, 7)).sum(axis=0) % 4 > 0).astype("float64")
    np.save("mask.npy", mask), np.save("mask32.npy", mask.astype("float32"))
    models = itertools.product(COUPLINGS, BOUNDARIES, ADDITIONS, STEPS)
    for k, (coupling, boundary, addition, step) in enumerate(models):
        cells = CELLS[(k + k // 4) % 4]
        if "float32" in cells and addition[:1] == ("--mask",):
            addition = ("--mask", "mask32.npy")
        seed = () if "--seed" in step and "--seed" in cells else cells
        model = (*coupling, *(("--boundary", *boundary) if boundary else ()), *addition, *step, *seed)
        how = ("--rows", 5, "--cols", 7, "-K", 0.875, "--dt", 0.0625, *model, "--policy", "fused", "--quiet")
        expected = whole(*how, "--steps", 9)
        good(*how, "--steps", 4, *CHECKPOINT)
        good("--resume", "run.checkpoint", "--steps", 9, "--policy", "fused", "--quiet", "--save", "x.npy")
        assert np.load("x.npy").tobytes() == expected, model


def test_checkpoints_at_steps():
    """A checkpoint every 10 steps and one at the end; each lets the run go on."""
    expected = whole(*LATTICE, "--steps", 45)
    for steps in (0, 9, 10, 44):
        good(*LATTICE, "--steps", steps, *CHECKPOINT, "--checkpoint-every", 10)
        assert good("--resume", "run.checkpoint", "--steps", 45, "--save", "x.npy")["resumed"] == f"at step {steps}"
        assert np.load("x.npy").tobytes() == expected, steps
    good("--resume", "run.checkpoint", "--steps", 45, *CHECKPOINT)
    assert good("--resume", "run.checkpoint", "--steps", 45)["resumed"] == "at step 45", "nothing is left to do"


def test_killed_runs_go_on_from_the_newest_checkpoint():
    arguments = ("-N", 150, "--steps", 4000, "--dtype", "float32", "--policy", "fused")
    expected = whole(*arguments)
    start = time.monotonic()
    good(*arguments, *CHECKPOINT, "--checkpoint-every", 100, "--record", "r.npy", "--every", 250)
    longest = time.monotonic() - start
    frames = np.load("r.npy")
    stopped = 0
    for k in range(12):
        os.remove("r.npy"), os.remove("r.times.npy"), os.remove("r.json"), os.remove("run.checkpoint")
        watched = ("--record", "r.npy", "--every", 250, *CHECKPOINT, "--checkpoint-every", 100)
        with subprocess.Popen([PROGRAM, *map(str, (*arguments, *watched, "--quiet"))]) as process:
            time.sleep(longest * random.Random(k).random())
            process.kill()
        if not os.path.exists("run.checkpoint"):
            for left in pathlib.Path(".").glob("*.part"):
                left.unlink()
            good(*arguments, *watched)
        summary = good(*arguments, *watched, "--resume", "run.checkpoint", "--save", "x.npy")
        stopped += 0 < int(summary["resumed"].split()[-1]) < 4000
        assert np.load("x.npy").tobytes() == expected, summary
        assert np.load("r.npy").tobytes() == frames.tobytes(), "no frame is missing and none is there twice"
        assert np.array_equal(np.load("r.times.npy"), 0.1 * np.arange(0, 4001, 250)), "nor a time"
        for left in pathlib.Path(".").glob(".kuramoto-*.tmp"):
            left.unlink()
        assert sorted(os.listdir()) == ["final.npy", "r.json", "r.npy", "r.times.npy", "run.checkpoint", "x.npy"], os.listdir()
    assert stopped >= 3, "or little was shown"


def interrupted(*arguments, until, by=signal.SIGINT):
    """Runs the program until a file is there, and sends the signal; returns its exit code and what it said."""
    command = [PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not os.path.exists(until):
            time.sleep(0.001)
        time.sleep(0.05)
        process.send_signal(by)
        output, error = process.communicate(timeout=60)
    return process.returncode, output, error


def test_interrupt_says_how_to_go_on():
    arguments = ("-N", 400, "--steps", 20000, "--policy", "fused", "--dtype", "float32", "--every", 500)
    expected = whole(*arguments[:-2])
    good(*arguments, "--record", "whole.npy")
    watched = ("--record", "r s.npy", "--plot=r.svg", *CHECKPOINT, "--save", "x.npy", "--picture", "x.png")
    code, output, error = interrupted(*arguments, *watched, until="r s.npy.part")
    assert code == 128 + signal.SIGINT and output.startswith("grid "), (code, output, error)
    said, command, end = error.split("\n")
    assert said.startswith("kuramoto-simulate: stopped at step ") and said.endswith(" of 20000; to go on:") and end == ""
    step = int(said.split()[4])
    assert 0 < step < 20000
    assert f"--plot r-from-{step}.svg" in command and "'r s.npy'" in command, command
    assert command.endswith("--resume run.checkpoint"), command
    assert len(np.load("r s.npy")) == 1 + step // 500 and (np.load("r s.npy")[0] == np.load("whole.npy")[0]).all()
    assert os.path.exists("r.svg") and os.path.exists("x.png") and not os.path.exists("r s.npy.part")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not complaints(done), done
    assert np.load("x.npy").tobytes() == expected
    assert np.load("r s.npy").tobytes() == np.load("whole.npy").tobytes()
    assert os.path.exists(f"r-from-{step}.svg")


ANNOUNCED = ("INT", "QUIT", "TERM", "HUP", "XCPU", "USR1", "USR2", "ALRM", "PWR")
BY_HAND = ("INT", "QUIT", "TERM")


def number_of(name):
    return getattr(signal, f"SIG{name}")


def lines_in(path):
    return pathlib.Path(path).read_bytes().count(b"\n") if os.path.exists(path) else 0


def started(*arguments, **how):
    return support.started(*arguments, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **how})


def test_every_signal_that_announces_the_end():
    """Every signal leads to the same files: every output, a checkpoint, and the command to resume."""
    outputs = {"--record": "r.npy", "--observe": "t.csv", "--plot": "r.svg", "--save": "x.npy", "--picture": "x.png"}
    words = [word for output in outputs.items() for word in output]
    for name in ANNOUNCED:
        process = started("-N", 20, "--steps", 10**9, "--every", 10**4, *words, *CHECKPOINT)
        support.until(lambda: lines_in("t.csv.part") >= 3)
        process.send_signal(number_of(name))
        output, error = process.communicate(timeout=60)
        assert process.returncode == 128 + number_of(name) and output.startswith("grid "), (name, process.returncode)
        assert "kuramoto-simulate: stopped at step " in error and "to go on:" in error, (name, error)
        assert sorted(os.listdir()) == sorted([*outputs.values(), "run.checkpoint", "r.times.npy", "r.json"]), (name, os.listdir())
        table = np.loadtxt("t.csv", delimiter=",", skiprows=1)
        assert len(table) == len(np.load("r.npy")) == len(np.load("r.times.npy")) >= 2, name
        step = int(error.split("stopped at step ")[1].split()[0])
        assert run("--resume", "run.checkpoint", "--steps", step).stdout.count(f"at step {step}\n") == 1, name
        for left in os.listdir():
            os.remove(left)


def test_signals_that_the_parent_has_blocked():
    for name in ("TERM", "INT", "USR1"):
        block = lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {number_of(name)})
        process = started("-N", 20, "--steps", 10**9, "--every", 10**4, "--observe", "t.csv", preexec_fn=block)
        support.until(lambda: lines_in("t.csv.part") >= 2)
        process.send_signal(number_of(name))
        process.communicate(timeout=60)
        assert process.returncode == 128 + number_of(name), (name, process.returncode)
        os.remove("t.csv")


def test_signals_that_are_ignored_or_that_nobody_announces():
    """Ignored signals (nohup), and signals that do not announce the end, such as WINCH and CHLD, do not stop a run."""
    for name in (*ANNOUNCED, "WINCH", "CHLD", "URG", "CONT", "PIPE", "XFSZ"):

        def ignore():
            if name in ANNOUNCED:
                signal.signal(number_of(name), signal.SIG_IGN)

        process = started("-N", 20, "--steps", 10**9, "--every", 10**4, "--observe", "t.csv", preexec_fn=ignore)
        support.until(lambda: lines_in("t.csv.part") >= 2)
        process.send_signal(number_of(name))
        rows = lines_in("t.csv.part")
        support.until(lambda: lines_in("t.csv.part") >= rows + 2)
        process.send_signal(signal.SIGTERM if name != "TERM" else signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode in (143, 130), (name, process.returncode)


def test_second_signals():
    """A second signal ends the run at once only if it is one that people send by hand."""
    for name in ANNOUNCED:
        reader, writer = os.pipe()
        arguments = ("-N", 9, "--steps", 10**9, "--every", 1, "--observe", "-", "--save", "x.npy")
        process = started(*arguments, stdout=writer, stderr=subprocess.DEVNULL)
        os.close(writer)
        support.until(lambda: support.bytes_in(reader) > 32768 and is_waiting(process.pid))
        process.send_signal(number_of(name))
        support.until(lambda: is_waiting(process.pid))
        process.send_signal(number_of(name))
        if name in BY_HAND:
            assert process.wait(timeout=60) == -number_of(name), (name, process.returncode)
        with open(reader, "rb") as pipe:
            while pipe.read(65536):
                pass
        process.wait(timeout=60)
        assert os.path.exists("x.npy") == (name not in BY_HAND), name
        if name not in BY_HAND:
            assert process.returncode == 128 + number_of(name), (name, process.returncode)
            os.remove("x.npy")


def is_waiting(process):
    """Whether a process has handled its signals and is waiting."""
    lines = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
    return lines["State"].split()[0] == "S" and int(lines["ShdPnd"], 16) == int(lines["SigPnd"], 16) == 0


def test_signals_to_all_processes_of_a_job():
    """Batch systems send the signals to ffmpeg, too. It must continue until its input ends."""
    os.mkdir("bin")
    ffmpeg = pathlib.Path("bin/ffmpeg")
    ffmpeg.write_text('#!/bin/sh\necho $$ >started\nfor last; do :; done\nexec cat >"${last#file:}"\n')
    ffmpeg.chmod(0o755)
    environment = {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}
    size = ("-N", 8, "--scale", 1, "--no-legend")
    for name in ANNOUNCED:
        process = started(*size, "--steps", 10**9, "--every", 10**5, "--video", "v.mp4", "--observe", "t.csv", env=environment)
        support.until(lambda: lines_in("t.csv.part") >= 3 and lines_in("started"))
        os.kill(int(pathlib.Path("started").read_text()), number_of(name))
        process.send_signal(number_of(name))
        _, error = process.communicate(timeout=60)
        assert process.returncode == 128 + number_of(name), (name, process.returncode, error)
        assert os.path.getsize("v.mp4") == (lines_in("t.csv") - 1) * 8 * 8 * 3, name
        for left in ("v.mp4", "t.csv", "started"):
            os.remove(left)


def test_terminal_that_is_closed():
    """The terminal is gone; the run is saved nevertheless."""
    process, terminal = pty.fork()
    if process == 0:
        command = ("-N", 20, "--steps", 10**9, "--every", 10**4, "--observe", "t.csv", *CHECKPOINT)
        os.execv(PROGRAM, [PROGRAM, *map(str, command)])
    support.until(lambda: lines_in("t.csv.part") >= 3)
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP, status
    assert sorted(os.listdir()) == ["run.checkpoint", "t.csv"], os.listdir()


def test_tables_go_on():
    """A table after a kill and after a signal is byte for byte that of an uninterrupted run."""
    names = "r,psi,frequency,frequency_deviation,energy,vortices,local,length"
    arguments = ("-N", 60, "--steps", 4000, "--policy", "fused", "--every", 30, "--observables", names)
    good(*arguments, "--observe", "whole.csv")
    expected = pathlib.Path("whole.csv").read_text()
    watched = ("--observe", "t.csv", *CHECKPOINT, "--checkpoint-every", 100)
    stopped = 0
    for by in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        process = started(*arguments, *watched)
        support.until(lambda: lines_in("t.csv.part") > 20 and os.path.exists("run.checkpoint") or process.poll() is not None)
        process.send_signal(by)
        _, error = process.communicate(timeout=60)
        if by == signal.SIGTERM and process.returncode:
            command = error.split("\n")[-2]
            assert "--observe t.csv" in command, command
            done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not complaints(done), done
        elif process.returncode:
            assert expected.startswith(pathlib.Path("t.csv.part").read_text()), "whole rows, and no others"
            good(*arguments, *watched, "--resume", "run.checkpoint")
        stopped += process.returncode != 0
        assert pathlib.Path("t.csv").read_text() == expected, by
        assert not os.path.exists("t.csv.part")
        os.remove("t.csv"), os.remove("run.checkpoint")
    assert stopped, "or nothing was shown"


def test_tables_of_clusters_go_on():
    """Clusters of a resumed run are known in its first row only if the checkpoint is at a frame."""
    arguments = ("-N", 20, "-K", 0.5, "--every", 10, "--observables", "cluster", "--observe")
    good(*arguments, "whole.csv", "--steps", 60)
    for step, is_known in ((30, True), (25, False)):
        good(*arguments, "t.csv", "--steps", step, *CHECKPOINT)
        good(*arguments, "t.csv", "--steps", 60, "--resume", "run.checkpoint")
        found, whole = (np.genfromtxt(name, delimiter=",", skip_header=1) for name in ("t.csv", "whole.csv"))
        differing = ~((found == whole) | (np.isnan(found) & np.isnan(whole)))
        assert differing.sum() == (not is_known) and (is_known or np.isnan(found[3, 2])), (step, found, whole)
        os.remove("t.csv")


def test_tables_that_disagree():
    arguments = (*LATTICE, "--every", 5, "--observe", "t.csv")
    good(*arguments, "--steps", 20, *CHECKPOINT)
    rows = pathlib.Path("t.csv").read_text().splitlines(keepends=True)
    resume = ("--resume", "run.checkpoint", "--steps", 40)
    refused(*resume, *arguments, "--observables", "r,psi", names=["--observe", "'t.csv': its columns are not step,time,r,psi"])
    refused(*resume, *arguments, "--observables", "psi", names=["its columns are not step,time,psi"])
    refused(*resume, "--every", 2, "--observe", "t.csv", names=["--observe", "row 2 is not that of step 2"])
    for kept, found in ((4, 3), (1, 0)):
        pathlib.Path("t.csv").write_text("".join(rows[: kept + 1])[:-1])
        refused(*resume, *arguments, names=["--observe", f"it has {found} rows, but 4 are to be kept"])
    pathlib.Path("t.csv").write_text("".join(rows))
    good(*resume, "--every", 5, "--observe", "new.csv")
    assert [line.split(",")[0] for line in open("new.csv", encoding="utf-8")] == ["step", "25", "30", "35", "40"]
    good(*resume, *arguments)
    assert [line.split(",")[0] for line in open("t.csv", encoding="utf-8")] == ["step", *map(str, range(0, 41, 5))]


def test_records_of_another_schedule():
    """Frames do not say at which steps they were taken: a resumed run must take them at the same ones."""
    arguments = ("-N", 12, "--omega", 0.5)
    record = ("--record", "r.npy")
    good(*arguments, "--steps", 1000, *record, *CHECKPOINT)  # 300 frames
    resume = ("--resume", "run.checkpoint", "--steps")
    refused(*resume, 2000, *record, names=["--record r.npy", "300 spread, 1000 steps", "300 spread, 2000 steps"])
    os.remove("r.npy")
    good(*arguments, "--steps", 100, "--every", 5, *record, *CHECKPOINT)
    before = snapshot()
    refused(*resume, 200, "--every", 10, *record, names=["--record r.npy", "every 5, 100 steps"])
    refused(*resume, 200, *record, names=["--record r.npy", "every 5, 100 steps"])
    assert snapshot() == before
    good(*resume, 200, "--every", 5, *record)
    good(*arguments, "--steps", 200, "--every", 5, "--record", "whole.npy")
    assert pathlib.Path("r.npy").read_bytes() == pathlib.Path("whole.npy").read_bytes()
    good(*arguments, "--steps", 100, *CHECKPOINT)
    refused(*resume, 200, "--every", 5, *record, names=["--record r.npy", "had no record"])


def test_outputs_that_failed_go_on():
    """A frame that did not fit on the disk is taken again by the resumed run."""
    arguments = ("-N", 16, "--omega", 0, "--steps", 60, "--every", 1)
    files = {"--record": ("r.npy",), "--observe": ("t.csv", "--observables", "r,psi,frequency,frequency_deviation,energy")}
    good(*arguments, "--record", "whole.npy", "--observe", "whole.csv", *files["--observe"][1:])
    for most, *outputs in ((3000, "--record"), (3000, "--observe"), (9000, "--observe", "--record")):
        for every in ((), ("--checkpoint-every", 1), ("--checkpoint-every", 3)):

            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

            named = [word for output in outputs for word in (output, *files[output])]
            done = run(*arguments, *named, *CHECKPOINT, *every, preexec_fn=limit)
            assert done.returncode == 1 and "File too large" in done.stderr, done
            good(*arguments, *named, "--resume", "run.checkpoint")
            for output in outputs:
                found, expected = pathlib.Path(files[output][0]), "whole" + pathlib.Path(files[output][0]).suffix
                assert found.read_bytes() == pathlib.Path(expected).read_bytes(), (most, outputs, every)
                found.unlink()
            if "--record" in outputs:
                for name in ("times.npy", "json"):
                    found = pathlib.Path(f"r.{name}")
                    assert found.read_bytes() == pathlib.Path(f"whole.{name}").read_bytes(), (most, every)
                    found.unlink()
            os.remove("run.checkpoint")


def test_interrupt_without_checkpoint():
    arguments = ("-N", 300, "--steps", 10**9, "--quiet", "--record", "r.npy")
    code, output, error = interrupted(*arguments, until="r.npy.part", by=signal.SIGTERM)
    assert code == 128 + signal.SIGTERM and output == "" and error.count("\n") == 1, (code, output, error)
    assert "--checkpoint" in error


def test_resume_command_leaves_the_fields():
    """They are in the checkpoint."""
    theta, _ = fields(160, 165)
    names = ("mass", "damping", "east", "D", "mask", "velocity")
    start = ("--theta", "theta.npy", "--omega=omega.npy")
    for files in (
        start,
        (*start, "--mask", "mask.npy", "--noise=D.npy", "--bonds-east", "east.npy", "--stepper", "leimkuhler-matthews"),
        (*start, "--inertia", "mass.npy", "--damping=damping.npy", "--velocity", "velocity.npy", "--temperature", 0.5),
    ):
        np.save("theta.npy", theta), np.save("omega.npy", 0.1 * theta)
        for name in names:
            np.save(f"{name}.npy", 0.1 + 0.1 * theta)
        expected = whole(*files, "--steps", 10000)
        how = ("--steps", 10000, "--save", "x.npy", *CHECKPOINT, "--checkpoint-every", 50)
        code, _, error = interrupted(*files, *how, until="run.checkpoint")
        assert code == 128 + signal.SIGINT, (code, error)
        for name in (*names, "theta", "omega"):
            os.remove(f"{name}.npy")
        command = [line for line in error.split("\n") if "--resume" in line][0]
        assert command.count(".npy") == 1 and ("--temperature 0.5" in command) == (0.5 in files), command
        subprocess.run(command, shell=True, capture_output=True, check=True)
        assert np.load("x.npy").tobytes() == expected
        os.remove("run.checkpoint")


def test_longer_than_planned():
    """A finished run goes on, and its record with it."""
    expected = whole(*LATTICE, "--steps", 60)
    good(*LATTICE, "--steps", 25, "--every", 10, "--record", "r.npy", *CHECKPOINT)
    assert len(np.load("r.npy")) == 4, "steps 0, 10, 20 and the last one, 25"
    good("--resume", "run.checkpoint", "--steps", 60, "--every", 10, "--record", "r.npy")
    frames = np.load("r.npy")
    assert len(frames) == 7 and frames[-1].tobytes() == expected
    good(*LATTICE, "--steps", 60, "--every", 10, "--record", "whole.npy")
    assert frames.tobytes() == np.load("whole.npy").tobytes()
    for name in ("times.npy", "json"):
        assert pathlib.Path(f"r.{name}").read_bytes() == pathlib.Path(f"whole.{name}").read_bytes(), name
    assert np.array_equal(np.load("r.times.npy"), 0.1 * np.array([0, 10, 20, 30, 40, 50, 60]))
    os.remove("r.times.npy"), os.remove("r.json")
    good("--resume", "run.checkpoint", "--steps", 60, "--every", 10, "--record", "r.npy")
    assert np.array_equal(np.load("r.times.npy"), np.load("whole.times.npy")), "they follow from the frames"


# What may be wrong.


def test_checkpoints_that_are_not_what_they_say():
    good(*LATTICE, "--steps", 20, *CHECKPOINT)
    data = pathlib.Path("run.checkpoint").read_bytes()
    files = {"cut": data[:-1], "short": data[:30], "empty": b"", "long": data + b"x", "foreign": b"x" * len(data)}
    generator = random.Random(3)
    for k in range(40):
        bit = generator.randrange(8 * len(data)) if k >= 8 else 8 * 90 + k
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        files[f"bit{bit}"] = bytes(damaged)
    for name, content in files.items():
        pathlib.Path(name).write_bytes(content)
        refused("--resume", name, "--steps", 30, "--save", "x.npy", "--record", "r.npy", names=["--resume", name])
    reasons = {"cut": "cut off", "short": "too short", "empty": "too short", "long": "trailing", "foreign": "not a checkpoint"}
    for name, reason in reasons.items():
        assert reason in run("--resume", name).stderr, name


def test_options_that_disagree():
    good(*LATTICE, "--steps", 20, "-K", 1.5, "--dtype", "float32", *CHECKPOINT)
    resume = ("--resume", "run.checkpoint", "--steps", 30)
    np.save("theta.npy", np.zeros((61, 83)))
    wrong = {
        "-K": (2, "1.5"),
        "--frequencies": ("normal:0,2", "has another one"),
        "--dt": (0.05, "0.1"),
        "--seed": (2, "1"),
        "--coupling": ("linear", "sine"),
        "--boundary": ("periodic", "zero"),
        "--stepper": ("heun", "euler"),
        "--lag": (0.5, "0"),
        "--noise": (0.25, "0"),
        "--mean-field": (0.25, "0"),
        "--dtype": ("float64", "float32"),
        "--omega": (0, "a field"),
        "--rows": (60, "61 x 83"),
        "-N": (61, "61 x 83"),
        "--theta": ("theta.npy", "--resume"),
        "--initial": ("random", "--resume"),
        "--mask": ("theta.npy", "none"),
    }
    for option, (value, found) in wrong.items():
        named = f"{option} {value}" if option != "--initial" else option
        refused(*resume, option, value, names=[named, found])
    refused("--resume", "run.checkpoint", "--steps", 19, names=["--steps 19", "step 20"])
    refused("--resume", "run.checkpoint", "-T", 1, names=["-T 1", "step 20"])
    good(*resume, *LATTICE, "-K", 1.5, "--dt", 0.1, "--seed", 1, "--coupling", "sine", "--dtype", "float32")


def test_options_that_agree():
    """Values are compared, not texts, and every option may be given again."""
    resume = ("--resume", "run.checkpoint", "--steps", 6)
    mask, omega = np.ones((6, 6)), np.random.default_rng(1).normal(0, 1, (6, 6))
    mask[1, 2] = 0
    for name, cells in (("mask", mask), ("scaled", -3 * mask), ("omega", omega)):
        np.save(f"{name}.npy", cells)
    omega[1, 2] += 1  # a missing cell has no frequency
    np.save("same.npy", omega)
    for model, spellings in (
        (("-N", 6), (("--rows", 6, "--cols", "6"), ("-N", 6, "--dtype", "float64"))),
        (("-N", 6, "-K", 0.1), (("-K", "0.10"), ("-K=1e-1",), ("-K", ".1"))),
        (("-N", 6), (("-K", 2), ("--dt", "0.100"), ("--dt", "1e-1"), ("--seed", 1), ("--lag", "-0"), ("--noise", 0))),
        (("-N", 6), (("--mean-field", "0.0"), ("--coupling", "sine"), ("--stepper", "euler"), ("--boundary", "zero"))),
        (("-N", 6), (("--boundary", "flux:0"), ("--boundary", "east=zero"), ("--boundary", "north=zero,south=flux:-0"))),
        (("-N", 6), (("--frequencies", "normal"), ("--frequencies", "normal:0,1.0"))),
        (
            ("-N", 6, "--boundary", "east=phase:0.5,west=flux:1", "--stepper", "rk4"),
            (("--boundary", "west=flux:1.0,east=phase:.5,south=zero"), ("--stepper", "rk4", "--noise", "0.0")),
        ),
        (("-N", 6, "--boundary", "periodic"), (("--boundary", "north=periodic,south=periodic,east=periodic,west=periodic"),)),
        (
            ("-N", 6, "--coupling", "harmonics"),
            (("--coupling", "harmonics:1"), ("--coupling", "harmonics:1.0,0,-0"), ("--coupling", "harmonics", "--lag", 0)),
        ),
        (("-N", 6, "--lag", 0.25, "--mean-field", 1), (("--lag", ".25"), ("--mean-field", "1.00", "--lag", "25e-2"))),
        (("-N", 6, "--noise", 0.5, "--omega", 0.3), (("--noise", "5e-1"), ("--omega", ".30"))),
        (("-N", 6, "--frequencies", "mixed:-1,1"), (("--frequencies", "mixed"), ("--frequencies", "mixed:-1,1,.5"))),
        (
            ("--mask", "mask.npy", "--omega", "omega.npy"),
            (("--mask", "mask.npy"), ("--mask", "scaled.npy", "-N", 6), ("--omega", "omega.npy"), ("--omega", "same.npy")),
        ),
        (("--mask", "mask.npy", "--omega", 0.5), (("--omega", "0.50"), ("--omega", 0.5, "--mask", "scaled.npy"))),
        (("-N", 6, "--dt", 3, "--allow-unstable"), (("--dt", "3.0"), ("--allow-unstable",))),
    ):
        good(*model, "--steps", 3, *CHECKPOINT)
        expected = whole(*resume)
        for spelling in spellings:
            assert whole(*resume, *spelling) == expected, (model, spelling)


def test_files_and_random_numbers_that_disagree():
    omega = np.random.default_rng(1).normal(0, 1, (6, 6))
    for name, cells in (("omega", omega), ("other", -omega), ("wide", np.ones((6, 7))), ("flat", np.ones((6, 6), "f4"))):
        np.save(f"{name}.npy", cells)
    resume = ("--resume", "run.checkpoint", "--steps", 6)
    good("--omega", "omega.npy", "--steps", 3, *CHECKPOINT)
    for name in ("other.npy", "wide.npy", "flat.npy"):
        refused(*resume, "--omega", name, names=[f"--omega {name}: the run of --resume run.checkpoint has another one"])
    refused(*resume, "--frequencies", "normal", names=["--frequencies normal:0,1: the run", "has another one"])
    refused(*resume, "--omega", 1, names=["--omega 1: the run of --resume run.checkpoint has a field"])
    good("-N", 6, "--omega", 1, "--steps", 3, *CHECKPOINT)
    refused(*resume, "--omega", "omega.npy", names=["--omega omega.npy: the run of --resume run.checkpoint has 1"])
    refused(*resume, "--frequencies", "normal", names=["--frequencies normal:0,1: the run", "has 1"])
    refused(*resume, "--boundary", "phase:0", names=["--boundary phase:0", "has zero"])
    good("-N", 6, "--boundary", "north=phase:1", "--coupling", "harmonics:0.5", "--steps", 3, *CHECKPOINT)
    refused(*resume, "--boundary", "north=phase:1.5", names=["has north=phase:1,south=zero,west=zero,east=zero"])
    refused(*resume, "--coupling", "harmonics:0.5,1", names=["--coupling harmonics:0.5,1,0", "has harmonics:0.5,0,0"])


def test_records_of_other_programs():
    """Records that are missing, unknown, or not what a run can have, are named."""
    good("-N", 6, "--boundary", "north=phase:1", "--steps", 3, *CHECKPOINT)
    start, cells = records.read("run.checkpoint")
    resume = ("--resume", "other.checkpoint", "--steps", 6)

    def changed(*records_of_another):
        found = {**start, **dict(records_of_another)}
        records.write("other.checkpoint", {name: record for name, record in found.items() if record}, cells)

    changed()
    assert whole(*resume) == whole("--resume", "run.checkpoint", "--steps", 6)
    names = "coupling K lag mean_field boundary.north boundary.north.value boundary.south boundary.west boundary.east "
    names += "stepper noise seed dt allow_unstable start_time step theta omega source.theta source.omega"
    assert sorted(start) == sorted(names.split()), sorted(start)
    for name in start:
        if name in ("theta", "omega"):
            continue
        if not name.startswith("source."):
            changed((name, None))
            refused(*resume, names=["other.checkpoint", f"it has no record '{name}'"])
        changed((name, records.text("x") if start[name][0] != records.TEXT else records.number(1)))
        refused(*resume, names=["other.checkpoint", f"its record '{name}' is a"])
    for name in ("cells", "coupling.A1", "boundary.south.value", "temperature"):
        changed((name, records.number(1)))
        refused(*resume, names=[f"other.checkpoint': it holds record '{name}', which this program does not know"])
    for name, value, reason in (
        ("stepper", records.text("leapfrog"), "its record 'stepper' is 'leapfrog', not one of euler|heun|rk4|leimkuhler-matthews|euler-maruyama|velocity-verlet|baoab"),
        ("coupling", records.text("cosine"), "its record 'coupling' is 'cosine', not one of sine|linear|harmonics"),
        ("boundary.west", records.text("open"), "its record 'boundary.west' is 'open', not one of zero_flux|periodic"),
        ("boundary.west", records.text("periodic"), "opposite boundaries are periodic together"),
        ("K", records.number(float("nan")), "its record 'K' is not finite"),
        ("boundary.north.value", records.number(float("inf")), "its record 'boundary.north.value' is not finite"),
        ("dt", records.number(0), "'dt' must be positive"),
        ("noise", records.number(-1), "'noise' must not be negative"),
        ("step", records.integer(-1), "its record 'step' is -1"),
    ):
        changed((name, value))
        refused(*resume, names=["other.checkpoint", reason])
    changed(("stepper", records.text("heun")), ("noise", records.number(1)))
    refused(*resume, names=["the 'stepper' has no 'noise'"])
    changed(("coupling", records.text("linear")), ("lag", records.number(1)))
    refused(*resume, names=["only the 'coupling' sine has a 'lag'"])


def test_checkpoints_of_another_format():
    old = b"KURAMOTO" + struct.pack("<IIqqddddqQIIII", 1, 64, 2, 2, 2, 0.1, 0, 0, 5, 1, 0, 4, 4096, 0) + b"sine" + bytes(48)
    pathlib.Path("old.checkpoint").write_bytes(old)
    refused("--resume", "old.checkpoint", names=["old.checkpoint", "it is a checkpoint of format 1, and only format 2 is read"])


def test_observables_of_a_saved_mask():
    """The model has a mask although no option names one."""
    np.save("mask.npy", np.eye(6) - 1)
    good("--mask", "mask.npy", "--steps", 3, *CHECKPOINT)
    resume = ("--resume", "run.checkpoint", "--steps", 6, "--observe", "t.csv", "--observables")
    names = "r,energy,vortices,local,length,cluster"
    good(*resume, names)
    good("--mask", "mask.npy", "--steps", 6, "--observe", "whole.csv", "--observables", names, "--every", 3)
    resumed = pathlib.Path("t.csv").read_text().splitlines()
    whole = pathlib.Path("whole.csv").read_text().splitlines()
    assert resumed[-1].split(",")[:7] == whole[-1].split(",")[:7]


def test_masks_that_disagree():
    mask = np.ones((61, 83))
    mask[3, 4] = 0
    np.save("mask.npy", mask)
    np.save("other.npy", mask[:, ::-1])
    np.save("wide.npy", np.ones((61, 84)))
    resume = ("--resume", "run.checkpoint", "--steps", 30)
    good("--mask", "mask.npy", "--omega", 0.5, "--steps", 20, *CHECKPOINT)
    for name in ("other.npy", "wide.npy"):
        refused(*resume, "--mask", name, names=(f"--mask {name}: the run of --resume run.checkpoint has another one",))
    good(*resume)
    good(*resume, "--mask", "mask.npy", "--omega", 0.5)
    refused(*resume, "--omega", 0.25, names=("--omega 0.25: the run of --resume run.checkpoint has 0.5",))
    good(*LATTICE, "--steps", 20, *CHECKPOINT)
    refused(*resume, "--mask", "mask.npy", names=("--mask mask.npy: the run of --resume run.checkpoint has none",))


def test_what_was_shown_is_not_written_over():
    good(*LATTICE, "--steps", 20, *CHECKPOINT, "--plot", "r.png", "--record", "r.npy", "--every", 5)
    resume = ("--resume", "run.checkpoint", "--steps", 30)
    refused(*resume, "--plot", "r.png", names=["--plot r.png", "it exists"])
    refused(*resume, "--every", 2, "--record", "r.npy", names=["--record r.npy", "every 5, 20 steps", "every 2, 30 steps"])
    np.save("other.npy", np.zeros((30, 61, 82)))
    refused(*resume, "--every", 5, "--record", "other.npy", names=["--record", "other.npy", "61 x 82"])
    good(*resume, "--every", 2, "--record", "new.npy", "--plot", "new.png")
    assert len(np.load("new.npy")) == 5, "steps 22 to 30"
    assert np.array_equal(np.load("new.times.npy"), 0.1 * np.arange(22, 31, 2))


def test_checkpoint_that_cannot_be_written():
    """The folder is taken away while the program runs: one line, exit code 1, and the other files are written."""
    os.mkdir("folder")
    command = [PROGRAM, "-N", "100", "--steps", "1000000000", "--quiet", "--save", "x.npy"]
    command += ["--checkpoint", "folder/run", "--checkpoint-every", "0.2s"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not os.path.exists("folder/run"):
            time.sleep(0.01)
        os.rename("folder", "elsewhere")
        _, error = process.communicate(timeout=60)
    assert process.returncode == 1 and error.count("\n") == 1 and "folder/run" in error, (process.returncode, error)
    assert os.path.exists("x.npy")
    steps = int(run("--resume", "elsewhere/run", "--steps", 0).stderr.split()[-2])
    assert steps > 0, "the last checkpoint is whole"


if __name__ == "__main__":
    support.main(globals())
