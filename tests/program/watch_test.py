#!/usr/bin/env python3
"""Watches kuramoto-simulate: videos, plots, records, progress, and that watching changes nothing.

Usage: watch_test.py <kuramoto-simulate>

Videos go to a stand-in for ffmpeg that keeps what it gets; one test more runs the real one, where there is one.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

import numpy as np

import support
from support import PROGRAM, close, complaints, fields, final, good, on_terminal, order_parameter, pixels, reference
from support import refused, run, size_of_picture, snapshot

SMALL = ("--rows", 6, "--cols", 9, "--steps", 20, "--no-legend", "--scale", 2)


def stand_in(script):
    """Puts a program called ffmpeg before all others, and returns the environment in which it is found."""
    os.makedirs("bin", exist_ok=True)
    path = pathlib.Path("bin/ffmpeg")
    path.write_text(f"#!{sys.executable}\nimport os, sys, json\nwhere = sys.argv[-1].removeprefix('file:')\n{script}\n")
    path.chmod(0o755)
    return {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}


KEEP = "json.dump(sys.argv, open('arguments', 'w')); open(where, 'wb').write(sys.stdin.buffer.read())"


def video(*arguments, rows, cols):
    """The frames that the program sends to ffmpeg."""
    done = run(*arguments, "--video", "video.mp4", env=stand_in(KEEP))
    assert done.returncode == 0 and not complaints(done), done
    return np.frombuffer(pathlib.Path("video.mp4").read_bytes(), "uint8").reshape(-1, rows, cols, 3)


# Videos.


def test_video_has_the_frames_of_the_run():
    frames = video(*SMALL, "--every", 6, rows=12, cols=18)
    assert len(frames) == 5, "steps 0, 6, 12, 18 and 20"
    for frame, step in zip(frames, (0, 6, 12, 18, 20)):
        good("--rows", 6, "--cols", 9, "--steps", step, "--no-legend", "--scale", 2, "--picture", "x.png")
        assert (pixels("x.png") == frame).all(), step
    arguments = pathlib.Path("arguments").read_text()
    for words in ('"-s", "18x12"', '"-r", "30"', '"libx264"', '"yuv420p"', '"rawvideo"'):
        assert words in arguments, arguments
    assert sorted(os.listdir()) == ["arguments", "bin", "video.mp4", "x.png"]


def test_video_has_the_length_that_was_asked_for():
    assert len(video(*SMALL, rows=12, cols=18)) == 21, "every step of a short run"
    assert len(video(*SMALL, "--fps", 5, "--seconds", 2, rows=12, cols=18)) == 10
    assert len(video("-N", 3, "--scale", 2, "--no-legend", "--steps", 1000, rows=6, cols=6)) == 300, "10 s at 30 a second"
    assert '"-r", "30"' in pathlib.Path("arguments").read_text()


def test_video_has_even_sides_and_a_legend():
    plain = video("--rows", 5, "--cols", 7, "--steps", 2, "--no-legend", "--scale", 1, rows=6, cols=8)
    assert (plain[:, 5] == 255).all() and (plain[:, :, 7] == 255).all(), "white"
    frames = video("--rows", 300, "--cols", 301, "--steps", 2, "--scale", 1, rows=300, cols=442)
    assert (frames[0, :, :301] != frames[2, :, :301]).any(), "the phases move"
    legends = frames[:, :, 301:]
    assert (legends[0] != legends[2]).any(), "so does the time"
    dark = (legends.max(axis=3) < 100).sum()
    coloured = (legends.max(axis=3).astype(int) - legends.min(axis=3) > 60).sum()
    assert dark > 300 and coloured > 3 * 2000, (dark, coloured)


def test_formats():
    for suffix, codec in (("gif", "palettegen"), ("webm", "libvpx-vp9"), ("mp4", "libx264")):
        done = run(*SMALL, "--video", "v." + suffix, env=stand_in(KEEP))
        assert done.returncode == 0 and codec in pathlib.Path("arguments").read_text(), done


def test_ffmpeg_itself():
    if not shutil.which("ffmpeg") or not shutil.which("ffprobe"):
        print("        no ffmpeg here: not tried")
        return
    for name in ("a.mp4", "a.gif", "a.webm"):
        done = run("-N", 60, "--steps", 40, "--fps", 20, "--seconds", 2, "--scale", 4, "--video", name)
        assert done.returncode == 0 and not complaints(done), done
        ask = ("ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=width,height,nb_read_frames")
        answer = subprocess.run([*ask, "-of", "csv=p=0", name], capture_output=True, text=True, check=True).stdout
        assert answer.strip().strip(",") == "380,240,40", answer
        length = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", name],
            capture_output=True, text=True, check=True
        ).stdout
        assert abs(float(length) - 2) < 0.06, length
    assert sorted(os.listdir()) == ["a.gif", "a.mp4", "a.webm"]


def test_without_ffmpeg_there_are_pictures():
    nowhere = {**os.environ, "PATH": "/nowhere"}
    done = run(*SMALL, "--every", 5, "--video", "v.mp4", env=nowhere)
    assert done.returncode == 0 and done.stderr.count("\n") == 1, done
    assert "no ffmpeg" in done.stderr and "v.mp4.frames" in done.stderr, done.stderr
    assert sorted(os.listdir("v.mp4.frames")) == [f"{k:06}.png" for k in range(5)]
    good("--rows", 6, "--cols", 9, "--steps", 15, "--no-legend", "--scale", 2, "--picture", "x.png")
    assert (pixels("v.mp4.frames/000003.png") == pixels("x.png")).all()
    before = snapshot()
    done = run(*SMALL, "--video", "v.mp4", env=nowhere)
    assert done.returncode == 2 and "v.mp4.frames" in done.stderr and snapshot() == before, done


def test_ffmpeg_that_fails():
    """One line with its words, exit code 1, the old video whole, nothing left over, and the other files written."""
    deaths = {
        "at once": "sys.stderr.write('bad luck\\nfirst\\n'); sys.exit(1)",
        "midway": "open(where, 'wb').write(sys.stdin.buffer.read(5000)); sys.exit('bad luck')",
        "killed": "sys.stderr.write('bad luck\\n'); sys.stderr.flush(); os.kill(os.getpid(), 9)",
        "at the end": "open(where, 'wb').write(sys.stdin.buffer.read()); sys.exit('bad luck')",
    }
    for when, script in deaths.items():
        pathlib.Path("v.mp4").write_text("precious")
        environment = stand_in(script)
        before = snapshot()
        arguments = ("-N", 50, "--steps", 60, "--every", 1, "--video", "v.mp4", "--record", "r.npy", "--save", "s.npy")
        done = run(*arguments, env=environment)
        assert done.returncode == 1 and done.stderr.count("\n") == 1, (when, done)
        assert "v.mp4" in done.stderr and ("first" if when == "at once" else "bad luck") in done.stderr, (when, done)
        steps = len(np.load("r.npy"))
        assert 1 <= steps <= 61 and (np.load("r.npy")[-1] == np.load("s.npy")).all(), (when, steps)
        for name in ("r.npy", "r.times.npy", "r.json", "s.npy"):
            os.remove(name)
        assert snapshot() == before, when


def test_ffmpeg_under_a_parent_that_ignores_its_children():
    """If the parent ignores SIGCHLD, the program must reset it to learn the status of ffmpeg."""
    environment = stand_in("open(where, 'wb').write(sys.stdin.buffer.read()); sys.exit('bad luck')")
    ignore = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    done = run("-N", 50, "--steps", 6, "--every", 1, "--video", "v.mp4", env=environment, preexec_fn=ignore)
    assert done.returncode == 1 and "bad luck" in done.stderr and not os.path.exists("v.mp4"), done


def test_ffmpeg_that_writes_nothing():
    environment = stand_in("sys.stdin.buffer.read()")
    done = run("-N", 50, "--steps", 6, "--every", 1, "--video", "v.mp4", env=environment)
    assert done.returncode == 1 and "v.mp4" in done.stderr and "has written nothing" in done.stderr, done
    assert not os.path.exists("v.mp4")


def test_table_of_what_is_no_number():
    """NaN has one spelling, for either sign."""
    np.save("theta.npy", np.full((5, 7), np.nan))
    good("--theta", "theta.npy", "--steps", 2, "--every", 1, "--observe", "t.csv", "--observables", "r,psi,energy")
    text = pathlib.Path("t.csv").read_text()
    assert "nan" in text and "-nan" not in text, text


def test_colours():
    def frames(theta, *arguments):
        np.save("theta.npy", theta)
        lattice = ("--theta", "theta.npy", "--steps", 0, "--scale", 2, "--no-legend", *arguments)
        return video(*lattice, rows=2 * theta.shape[0], cols=2 * theta.shape[1])[0][::2, ::2].astype(int)

    turns = np.array([[0, 1, -3, 7], [0.3, 1.3, -0.7, 8.3]])
    colours = frames(2 * np.pi * turns)
    assert (np.abs(colours - colours[:, :1]) <= 1).all() and (colours[0, 0] == colours[0, 1]).all(), "0 and 2 pi"
    colours = frames(np.array([[0.4, np.pi - 0.4, 0.4 + 4 * np.pi], [-0.4, np.pi + 0.4, np.nan]]), "--colour", "sine")
    assert (np.abs(colours[0] - colours[0, 0]) <= 1).all() and (np.abs(colours[1, 0] - colours[1, 1]) <= 1).all()
    assert (colours[1, 2] == 128).all(), "grey is no number"
    red, blue = colours[0, 0], colours[1, 0]
    assert red[0] > red[2] + 30 and blue[2] > blue[0] + 30, "positive red, negative blue"
    theta = np.zeros((1, 3))
    theta[0, 2] = 0.5
    np.save("omega.npy", np.array([[-1.0, 0.0, 1.0]]))
    colours = frames(theta, "--colour", "frequency", "--omega", "omega.npy", "-K", 1)
    assert colours[0, 0, 2] > colours[0, 0, 0], "the first is slow"
    assert (np.abs(colours[0, 1] - colours[0, 2]) < 70).all(), "coupling brings the others together"


def test_scales():
    theta = np.random.default_rng(1).uniform(0, 6, (40, 60))
    np.save("theta.npy", theta)

    def picture(*arguments):
        good("--theta", "theta.npy", "--steps", 0, "--no-legend", "--picture", "x.png", *arguments)
        return pixels("x.png").astype(int)

    plain = picture("--scale", 1)
    assert plain.shape == (40, 60, 3)
    assert (picture("--scale", 3) == plain.repeat(3, axis=0).repeat(3, axis=1)).all()
    assert picture().shape == (320, 480, 3), "480 pixels along the longer side"
    small = picture("--scale", "1/7")
    assert small.shape == (6, 9, 3)
    linear = lambda c: np.where(c <= 0.04045 * 255, c / 255 / 12.92, ((c / 255 + 0.055) / 1.055) ** 2.4)
    close(linear(small[1, 2]), linear(plain[7:14, 14:21]).mean(axis=(0, 1)), 0.004)
    close(linear(small[5, 8]), linear(plain[35:, 56:]).mean(axis=(0, 1)), 0.004)


def test_colours_of_what_is_computed():
    def picture(*arguments):
        good("--theta", "theta.npy", "--no-legend", "--scale", 1, "--picture", "x.png", *arguments)
        return pixels("x.png").astype(int)

    theta = np.zeros((12, 20))
    theta[:, 10:] = np.random.default_rng(2).uniform(0, 2 * np.pi, (12, 10))
    np.save("theta.npy", theta)
    colours = picture("--steps", 0, "--colour", "local", "--omega", 0)
    assert (colours[:, :8] == colours[0, 0]).all() and colours[0, 0, 0] > colours[0, 0, 2] + 60, "order is red"
    assert (colours[:, 13:, 2] > colours[:, 13:, 0]).mean() > 0.8, "disorder is blue"
    np.save("theta.npy", np.zeros((12, 20)))
    lattice = ("--frequencies", "halves:-1,1", "-K", 0.01, "--colour")
    for steps in (0, 100):
        effective = picture(*lattice, "effective", "--steps", steps)
        assert (effective[:, :9, 2] > effective[:, :9, 0]).all(), "slow is blue"
        assert (effective[:, 11:, 0] > effective[:, 11:, 2]).all(), "fast is red"
    # A difference of ω that the bond holds: no rate in the mean once it has settled, a grey that is neither.
    np.save("theta.npy", np.zeros((1, 2)))
    locked = ("--frequencies", "halves:-0.5,0.5", "-K", 1, "-T", 4000, "--colour", "effective")
    assert (np.ptp(picture(*locked), axis=2) < 12).all(), "the colour of 0"


# Plots.


def test_plot_is_a_picture():
    good("-N", 20, "--plot", "r.png")
    picture = pixels("r.png")
    assert picture.shape == (570, 1200, 3)
    blue = (picture[..., 2].astype(int) - picture[..., 0] > 100).any(axis=0)
    assert blue[175:1155].all() and not blue[:165].any(), "the curve goes from the left to the right"
    good("-N", 20, "--plot", "all.png", "--observables", "r,psi,frequency,frequency_deviation,energy,vortices,local,length,cluster")
    assert size_of_picture("all.png") == (570 + 8 * 440, 1200)


def test_plot_shows_the_order_parameter():
    """The heights of the curve are r of the frames."""
    good("-N", 8, "--omega", 0, "--steps", 200, "--every", 20, "--plot", "r.png", "--record", "r.npy")
    picture = pixels("r.png").astype(int)
    blue = picture[..., 2] - picture[..., 0] > 100
    for k, theta in enumerate(np.load("r.npy")):
        column = blue[:, min(170 + round(990 * k / 10), 1158)]
        shown = 1 - (np.flatnonzero(column).mean() - 70) / 400
        assert abs(shown - order_parameter(theta)) < 0.03, (k, shown, order_parameter(theta))


def test_table_of_observables():
    names = "r,psi,frequency,frequency_deviation,energy,vortices,local,length,cluster"
    lattice = ("--rows", 12, "--cols", 17, "-K", 1.5, "--boundary", "periodic", "--steps", 25)
    good(*lattice, "--every", 10, "--observe", "o.csv", "--observables", names, "--record", "o.npy")
    table = np.genfromtxt("o.csv", delimiter=",", names=True)
    frames = np.load("o.npy")
    assert table.dtype.names == ("step", "time", *names.split(",")), table.dtype
    assert list(table["step"]) == [0, 10, 20, 25] and np.array_equal(table["time"], table["step"] * 0.1)
    for line, theta in zip(table, frames):
        down, right = (np.roll(theta, -1, axis) for axis in (0, 1))
        assert abs(line["r"] - order_parameter(theta)) < 1e-12
        assert abs(line["energy"] + 1.5 * np.sum(np.cos(down - theta) + np.cos(right - theta))) < 1e-9
        wrapped = lambda d: np.round(d / (2 * np.pi))
        taken = wrapped(right - theta) + wrapped(np.roll(right, -1, 0) - right)
        taken += wrapped(down - np.roll(right, -1, 0)) + wrapped(theta - down)
        assert line["vortices"] == np.count_nonzero(taken), line
    good(*lattice, "--observe", "o.csv")
    assert open("o.csv", encoding="utf-8").readline() == "step,time,r\n"


def test_table_grows_with_the_run():
    """A reader sees complete rows during the run. After a kill, the rows and the old table are still there."""
    pathlib.Path("t.csv").write_text("old")
    arguments = ("-N", 30, "--every", 1000, "--observables", "r,psi", "--observe")
    process = support.started(*arguments, "t.csv", "--steps", 10**9, "--quiet")
    part = pathlib.Path("t.csv.part")
    support.until(lambda: part.exists() and part.read_bytes().count(b"\n") > 5)
    process.kill()
    process.wait()
    assert pathlib.Path("t.csv").read_text() == "old"
    rows = part.read_text()
    steps = 1000 * (rows.count("\n") - 2)
    good(*arguments, "whole.csv", "--steps", steps)
    assert rows == pathlib.Path("whole.csv").read_text() and steps >= 4000
    refused(*arguments, "t.csv", names=["--observe t.csv", "t.csv.part"])


def test_record_without_a_frame():
    """A run whose files cannot begin, or that fails at its first frame, leaves an old record as it was."""
    names = ",".join(f"daido:{m}" for m in range(2, 42))
    observed = ("--observe", "t.csv", "--observables", names)
    for name in ("r.npy", "r.times.npy", "r.json"):
        pathlib.Path(name).write_bytes(b"old")
    before = snapshot()
    for most, how, code, said in ((135, (), 2, "cannot write 'r.json'"), (1000, observed, 1, "cannot write 't.csv'")):
        limit = lambda most=most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        arguments = ("-N", 3, "--every", 1, "--steps", 3, "--dtype", "float32", "--record", "r.npy")
        done = run(*arguments, *how, preexec_fn=limit)
        assert done.returncode == code and said in done.stderr, done
        assert snapshot() == before, os.listdir()


def test_stopped_while_nobody_reads():
    """A full pipe does not keep the run from its checkpoint."""
    reader, writer = os.pipe()
    arguments = ("-N", 10, "--steps", 10**8, "--every", 1, "--quiet", "--observe", "-", "--checkpoint", "run.checkpoint")
    process = support.started(*arguments, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    time.sleep(1)  # the pipe is full
    process.send_signal(signal.SIGHUP)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1 and "no program reads it" in error, (process.returncode, error)
    assert os.path.getsize("run.checkpoint") > 800
    os.close(reader)


def test_table_on_a_disk_that_becomes_full():
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    pathlib.Path("t.csv").write_text("old")
    arguments = ("-N", 9, "--every", 1, "--observe")
    done = run(*arguments, "t.csv", "--picture", "x.png", "--scale", 1, "--no-legend", preexec_fn=limit)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "cannot write 't.csv': File too large" in done.stderr
    good(*arguments, "whole.csv")
    rows = pathlib.Path("t.csv.part").read_text()
    assert 800 < len(rows) <= 1000 and rows.endswith("\n"), "no row is cut off"
    assert pathlib.Path("whole.csv").read_text().startswith(rows)
    assert f"{rows.count(chr(10)) - 1} rows are whole in t.csv.part" in done.stderr, done
    assert pathlib.Path("t.csv").read_text() == "old" and os.path.exists("x.png")


def test_energy_of_what_has_none():
    for model in (("--lag", 0.5), ("--coupling", "linear")):
        refused(*model, "--observe", "o.csv", "--observables", "energy", names=("--observables energy",))


def test_plot_of_vectors():
    good("-N", 20, "--plot", "r.svg", "--observables", "frequency_deviation,psi")
    root = xml.etree.ElementTree.parse("r.svg").getroot()
    assert root.tag.endswith("svg") and float(root.get("width").removesuffix("pt")) == 1200, root.attrib


def test_plots_of_little():
    for arguments in (("--steps", 0), ("-N", 1), ("--rows", 0), ("--theta", "nan.npy"), ("--steps", 1, "--every", 5)):
        np.save("nan.npy", np.full((3, 3), np.nan))
        good(*arguments, "--plot", "r.png", "--observables", "r,psi,frequency,frequency_deviation,energy,vortices,local,length,cluster")
        assert size_of_picture("r.png") == (570 + 8 * 440, 1200)


def test_plot_that_cannot_be_written():
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    for name in ("old.png", "old.svg"):
        pathlib.Path(name).write_text("precious")
        before = snapshot()
        done = run("-N", 9, "--plot", name, preexec_fn=limit, restore_signals=False)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and name in done.stderr, done
        assert snapshot() == before, name


# Records.


def test_record_has_the_phases():
    theta, omega = fields(7, 5)
    files = ("--theta", "theta.npy", "--omega", "omega.npy", "--steps", 25)
    good(*files, "--every", 10, "--record", "r.npy")
    frames = np.load("r.npy", mmap_mode="r")
    assert frames.shape == (4, 7, 5) and frames.dtype == np.float64 and (frames[0] == theta).all()
    for frame, steps in zip(frames, (0, 10, 20, 25)):
        close(frame, reference(theta, omega, steps), 1e-11)
    good(*files, "--record", "r.npy")
    assert np.load("r.npy").shape == (26, 7, 5) and sorted(os.listdir()) == ["omega.npy", "r.json", "r.npy", "r.times.npy", "theta.npy"]
    good("-N", 4, "--dtype", "float32", "--record", "r.npy")
    assert np.load("r.npy").dtype == np.float32


def test_record_has_the_times_and_the_parameters():
    fields(7, 5)
    names = ("--theta", "theta.npy", "--frequencies", "uniform:-1,2", "-K", 0.5, "--dt", 0.3, "--boundary", "periodic")
    for record, stem in (("r.npy", "r"), ("other", "other"), (".npy", ".npy")):
        good(*names, "--steps", 25, "--every", 10, "--record", record)
        times = np.load(f"{stem}.times.npy")
        assert times.dtype == np.float64 and np.array_equal(times, 0.3 * np.array([0, 10, 20, 25])), times
        expected = {
            "version": run("--version").stdout.strip(), "rows": 7, "cols": 5, "dtype": "float64", "theta": "theta.npy",
            "omega": "uniform:-1,2", "mask": None, "bonds_east": None, "bonds_south": None, "seed": 1, "K": 0.5,
            "coupling": "sine", "lag": 0, "mean_field": 0, "inertia": None, "damping": None, "velocity": None,
            "boundary": "periodic", "stepper": "euler", "noise": 0, "dt": 0.3, "start_time": 0, "steps": 25, "every": 10,
        }
        assert json.loads(pathlib.Path(f"{stem}.json").read_text()) == expected
    for name in ("a\"b\\c", "\u00fc\u2200", b"\xff\x80".decode(errors="surrogateescape"), "a\nb"):
        os.rename("theta.npy", name)
        good("--theta", name, "--steps", 1, "--record", "r.npy")
        assert json.loads(pathlib.Path("r.json").read_text())["theta"] == name
        os.rename(name, "theta.npy")


def test_record_of_a_run_that_was_killed():
    pathlib.Path("r.npy").write_text("old")
    command = [PROGRAM, "-N", "100", "--steps", "30000", "--every", "1", "--quiet", "--record", "r.npy"]
    with subprocess.Popen(command) as process:
        while not os.path.exists("r.npy.part") or os.path.getsize("r.npy.part") < 4000000:
            time.sleep(0.001)
        live = np.load("r.npy.part", mmap_mode="r")
        assert live.shape[1:] == (100, 100) and len(live) >= 40
        process.kill()
    frames = np.load("r.npy.part", mmap_mode="r")
    assert len(frames) >= len(live) and pathlib.Path("r.npy").read_text() == "old"
    last = final("-N", 100, "--steps", len(frames) - 1)
    assert (frames[-1] == last).all()
    times = np.load("r.times.npy.part")
    assert len(times) - len(frames) in (0, 1) and np.array_equal(times, 0.1 * np.arange(len(times)))
    assert json.loads(pathlib.Path("r.json.part").read_text())["steps"] == 30000
    del frames, live
    refused("-N", 100, "--record", "r.npy", names=["--record r.npy", "r.npy.part"])


def test_record_on_a_disk_that_becomes_full():
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    pathlib.Path("r.npy").write_text("old")
    arguments = ("-N", 50, "--every", 1, "--record", "r.npy")
    done = run(*arguments, preexec_fn=limit, restore_signals=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert "r.npy" in done.stderr and "4 frames" in done.stderr and "r.npy.part" in done.stderr, done
    assert pathlib.Path("r.npy").read_text() == "old"
    frames = np.load("r.npy.part")
    assert frames.shape == (4, 50, 50) and (frames[3] == final("-N", 50, "--steps", 3)).all()
    assert np.array_equal(np.load("r.times.npy.part"), 0.1 * np.arange(4)), "the fifth was taken back"


def test_table_of_what_looks_further():
    theta, omega = fields(24, 30, seed=8)
    for edges, mode in (("zero", None), ("periodic", "wrap")):
        files = ("--theta", "theta.npy", "--omega", "omega.npy", "--boundary", edges, "--steps", 30, "--every", 15)
        good(*files, "--record", "r.npy", "--observe", "t.csv", "--observables", "cluster,local,length")
        frames = np.load("r.npy")
        rows = np.genfromtxt("t.csv", delimiter=",", skip_header=1)
        assert np.isnan(rows[0, 2]) and rows.shape == (3, 5)
        for frame, row in zip(frames, rows):
            phasors = np.exp(1j * frame)
            padded = np.pad(phasors, 2, mode=mode) if mode else np.pad(phasors, 2, constant_values=0)
            there = np.pad(np.ones(theta.shape), 2, constant_values=1 if mode else 0)
            windows = lambda a: np.lib.stride_tricks.sliding_window_view(a, (5, 5)).sum(axis=(2, 3))
            close(np.array(row[3]), np.mean(np.abs(windows(padded)) / windows(there)), 1e-12)
            close(np.array(row[4]), correlation_length(phasors, bool(mode)), 1e-9)
        for k in (1, 2):
            assert round(rows[k, 2] * theta.size) == largest_cluster(frames[k] - frames[k - 1], bool(mode)), k


def correlation_length(phasors, goes_round):
    def pairs(d):
        for axis in (0, 1):
            a = np.moveaxis(phasors, axis, 0)
            other = np.roll(a, -d, axis=0)
            yield (np.conj(a) * other)[: len(a) if goes_round else len(a) - d].real.ravel()

    values = [np.mean(np.concatenate(list(pairs(d)))) for d in range(min(phasors.shape) // 2 + 1)]
    d = next(d for d, value in enumerate(values) if value <= np.exp(-1))
    return np.array(d - 1 + (values[d - 1] - np.exp(-1)) / (values[d - 1] - values[d]))


def largest_cluster(turned, goes_round):
    labels = np.arange(turned.size).reshape(turned.shape)
    while True:
        before = labels.copy()
        for axis in (0, 1):
            for shift in (1, -1):
                alike = np.abs(np.roll(turned, shift, axis) - turned) <= np.pi
                if not goes_round:
                    edge = [slice(None)] * 2
                    edge[axis] = 0 if shift == 1 else -1
                    alike[tuple(edge)] = False
                labels = np.where(alike, np.minimum(labels, np.roll(labels, shift, axis)), labels)
        if (labels == before).all():
            return np.bincount(labels.ravel()).max()


# The run.


def test_watching_changes_nothing():
    for dtype in ("float32", "float64"):
        lattice = ("--rows", 90, "--cols", 171, "--steps", 130, "--dtype", dtype)
        expected = final(*lattice).tobytes()
        watched = (
            ("--record", "r.npy", "--every", 7),
            ("--plot", "r.png", "--observables", "r,psi,frequency,frequency_deviation,energy,vortices,local,length,cluster", "--seconds", 1),
            ("--checkpoint", "c", "--checkpoint-every", 9),
            ("--checkpoint", "c", "--checkpoint-every", "0s", "--quiet"),
            ("--picture", "x.png", "--colour", "frequency"),
        )
        for how in watched:
            for policy in ("fused", "openmp"):
                done = run(*lattice, *how, "--policy", policy, "--save", "x.npy", env=stand_in(KEEP))
                assert done.returncode == 0 and np.load("x.npy").tobytes() == expected, (how, policy, done)
        done = run(*lattice, "--video", "v.gif", "--colour", "frequency", "--save", "x.npy", env=stand_in(KEEP))
        assert done.returncode == 0 and np.load("x.npy").tobytes() == expected


def test_quiet_and_profile():
    done = run("-N", 50, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
    summary = good("-N", 50, "--profile", "--record", "r.npy", "--plot", "r.png")
    for name in ("kernel", "observers", "output", "other"):
        assert re.fullmatch(r"[0-9.e+-]+ s, [0-9.]+ %", summary[name]), summary
    assert sum(float(summary[n].split()[2]) for n in ("kernel", "observers", "output", "other")) > 99
    assert re.match(r"[0-9.]+ GB/s if .*: [0-9]+ % of the [0-9.]+ GB/s", summary["memory"]), summary


def test_progress_on_a_terminal():
    arguments = ("-N", 300, "--steps", 12000, "--policy", "fused")
    expected = final(*arguments).tobytes()
    for columns in (200, 80, 60, 30, 12):
        shown, code = on_terminal(*arguments, "--save", "seen.npy", columns=columns)
        assert code == 0 and np.load("seen.npy").tobytes() == expected
        assert shown.startswith("\r") and shown.endswith("\r\x1b[K"), shown
        lines = [line.removesuffix("\x1b[K") for line in shown.split("\r")[1:-1]]
        assert lines and all(len(line) < columns and "%" in line for line in lines), (columns, lines)
        if columns >= 60:
            assert re.fullmatch(r" *[0-9.]+ %  [0-9:]+ (s|min|h) left  r [01]\.\d{4}  step \d+/12000.*", lines[-1]), lines
        if columns >= 80:
            assert lines[-1].endswith("cell-steps/s"), lines
    shown, code = on_terminal(*arguments, "--quiet", columns=80)
    assert (shown, code) == ("", 0)


PLAIN = re.compile(r" *[0-9.]+ %  .* step [0-9]+/[0-9]+  .* cell-steps/s\r\n")


def slow_ffmpeg():
    """A path on which ffmpeg does not read before plain progress is due, after 5 s."""
    os.makedirs("bin", exist_ok=True)
    path = pathlib.Path("bin/ffmpeg")
    path.write_text('#!/bin/sh\nsleep 5.5\nfor last; do :; done\nexec cat >"${last#file:}"\n')
    path.chmod(0o755)
    return f"{os.getcwd()}/bin:{os.environ['PATH']}"


def test_terminals_that_cannot_renew_a_line():
    """A dumb terminal gets plain lines and no escape sequences."""
    path = slow_ffmpeg()

    def shown_on(kind):
        run = ("-N", 150, "--steps", 6, "--every", 2, "--scale", 1, "--no-legend", "--video", f"v{kind}.mp4")
        return on_terminal(*run, "--policy", "fused", columns=20, TERM=kind, PATH=path)

    kinds = ("dumb", "", None)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for kind, (shown, code) in zip(kinds, pool.map(shown_on, kinds)):
            assert code == 0 and PLAIN.fullmatch(shown), (kind, shown)


def test_terminals_of_every_width_and_locale():
    """The progress line is never wider than the terminal. It is ASCII, with no escape sequence except that which clears
    it."""
    arguments = ("-N", 300, "--steps", 6000, "--policy", "fused")
    for columns, environment in (
        (20, {}),
        (1, {}),
        (0, {"LC_ALL": "C"}),
        (20, {"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}),
        (80, {"NO_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}),
    ):
        shown, code = on_terminal(*arguments, columns=columns, stdout=True, **environment)
        line, summary = shown.rsplit("\r\x1b[K", 1)
        pieces = [piece.removesuffix("\x1b[K") for piece in line.split("\r")[1:]]
        assert code == 0 and pieces and all(len(piece) < (columns or 80) for piece in pieces), (columns, pieces)
        assert "\x1b" not in "".join(pieces) + summary and shown.isascii() and summary.startswith("grid "), shown


def test_help_and_errors_on_a_terminal():
    for arguments in (("--help",), ("--version",), ("--wrong",), ("-N", "x\x1b[31m\x07"), ("--theta", "\x1b]0;title\x07")):
        shown, _ = on_terminal(*arguments, columns=20, stdout=True)
        assert shown and shown.isascii() and shown.replace("\r\n", "").isprintable(), shown


def test_names_that_would_move_the_cursor():
    """Names are printed without control characters. The command to resume contains them. Non-ASCII names stay."""
    name = "t\x1b[31m é'\\.csv"
    command = ("-N", 20, "--steps", 10**9, "--every", 10**4, "--observe", name, "--checkpoint", "c")
    process = support.started(*command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    part = pathlib.Path(name + ".part")
    support.until(lambda: part.exists() and part.read_bytes().count(b"\n") > 2)
    process.send_signal(signal.SIGTERM)
    error = process.communicate(timeout=60)[1].decode()
    assert "\x1b" not in error and "é" in error, error
    again = error.split("\n")[-2].replace("--steps 1000000000", "--steps 0")
    done = subprocess.run(["bash", "-c", again], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "is at step" in done.stderr, "the shell reads it back"
    words = subprocess.run(["bash", "-c", f"printf '%s\\n' {again}"], capture_output=True, text=True, check=True).stdout
    assert name in words.split("\n"), words
    nowhere = {**os.environ, "PATH": "/nowhere"}
    done = run(*SMALL, "--every", 5, "--video", "v\x1b[31m.mp4", env=nowhere)
    assert done.returncode == 0 and "no ffmpeg" in done.stderr and "\x1b" not in done.stderr, done


def test_progress_elsewhere():
    """Plain lines, the first after five seconds."""
    command = [PROGRAM, "-N", "100", "--steps", "1000000000", "--policy", "fused"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        output, rest = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert re.fullmatch(r" *0.\d %  .* left  r 0\.\d{4}  step \d+/1000000000  \d\.\d\de\+\d\d cell-steps/s\n", line), line
    assert rest.startswith("kuramoto-simulate: stopped at step ") and "\r" not in line + rest, rest
    assert output.startswith("grid "), output


if __name__ == "__main__":
    support.main(globals())
