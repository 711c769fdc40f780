#!/usr/bin/env python3
"""Starts kuramoto-simulate with descriptors of every kind: closed ones, and streams as outputs.

Usage: descriptors_test.py <kuramoto-simulate>
"""

import os
import pathlib
import pty
import resource
import shutil
import subprocess

import numpy as np

import support
from support import PROGRAM, final, good, on_terminal, snapshot, started

OUTPUTS = {
    "--save": "s.npy",
    "--picture": "p.png",
    "--plot": "r.svg",
    "--observe": "t.csv",
    "--record": "r.npy",
    "--checkpoint": "c.run",
    "--video": "v.mp4",
}


def in_folder(name, outputs, closed=(), **how):
    """Starts a run in a folder of its own, with some of the descriptors 0, 1 and 2 closed."""
    os.mkdir(name)
    lattice = "-N 150 --steps 6 --every 2 --policy fused --scale 1 --no-legend".split()
    words = [word for output in outputs.items() for word in output]

    def close():
        for descriptor in closed:
            os.close(descriptor)

    return started(*lattice, *words, cwd=name, stdin=subprocess.DEVNULL, preexec_fn=close, **how)


def files_in(folder):
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


# Closed descriptors.


def test_closed_descriptors_change_no_file():
    """Each output alone and all of them, while a video waits until the first line of progress is due, after 5 s."""
    os.mkdir("bin")
    ffmpeg = pathlib.Path("bin/ffmpeg")
    ffmpeg.write_text('#!/bin/sh\nsleep 5.5\nfor last; do :; done\nexec cat >"${last#file:}"\n')
    ffmpeg.chmod(0o755)
    how = {"env": {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}}
    usual = in_folder("usual", OUTPUTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    # The checkpoint of a run with a record says when its frames are taken.
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    alone = in_folder("alone", {"--checkpoint": "c.run", "--video": "v.mp4"}, **piped, **how)
    closed = {"0": (0,), "1": (1,), "2": (2,), "012": (0, 1, 2)}
    runs = {}
    for option, name in [*OUTPUTS.items(), ("all", "")]:
        outputs = {option: name, "--video": "v.mp4"} if option != "all" else OUTPUTS
        for digits, descriptors in closed.items():
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            runs[option, digits] = in_folder(f"{option}{digits}", outputs, descriptors, **quiet, **how)
    summary, progress = usual.communicate(timeout=120)
    assert usual.returncode == 0 and summary.startswith("grid ") and "step 2/6" in progress, (summary, progress)
    assert alone.communicate(timeout=120)[0] and alone.returncode == 0
    expected = files_in("usual")
    checkpoints = {"--checkpoint": files_in("alone")["c.run"], "all": expected["c.run"]}
    assert sorted(expected) == sorted([*OUTPUTS.values(), "r.times.npy", "r.json"]), sorted(expected)
    assert len(expected["v.mp4"]) == 4 * 150 * 150 * 3, "a frame is longer than a pipe"
    for (option, digits), process in runs.items():
        assert process.wait(timeout=120) == 0, (option, digits, process.returncode)
        found = files_in(f"{option}{digits}")
        beside = 2 if option in ("all", "--record") else 0
        files = beside + (len(OUTPUTS) if option == "all" else len({option, "--video"}))
        assert len(found) == files, (option, digits, sorted(found))
        for name, content in found.items():
            wanted = checkpoints[option] if name == "c.run" else expected[name]
            assert content == wanted, f"{name} of {option} with {digits} closed"


def test_closed_descriptors_and_no_device():
    """Closed descriptors without /dev/null, as after chroot."""
    if not support.can_mount():
        print("        no file system can be mounted here: not tried")
        return
    outputs = "--record r.npy --observe t.csv --video v.mp4 --save s.npy --plot r.svg"
    run = f"'{PROGRAM}' -N 9 --steps 4 {outputs}"
    script = f"""export PATH=/nowhere
        mkdir usual dev && cd usual && {run} && cd .. && mount -t tmpfs none /dev && test ! -e /dev/null || exit 3
        cd dev && {run} 0<&- >&- 2>&-"""
    script = script.replace("mkdir", "/bin/mkdir").replace("mount", "/bin/mount")
    done = support.run_mounting(script)
    assert done.returncode == 0, done
    assert "numbered pictures" in done.stderr, "it is said while the table is open"
    for name in ("r.npy", "t.csv", "s.npy", "r.svg", "v.mp4.frames/000004.png"):
        assert pathlib.Path("dev", name).read_bytes() == pathlib.Path("usual", name).read_bytes(), name


# Streams.

SMALL = ("-N", 20, "--steps", 30)
STREAMS = {"--save": "s.npy", "--picture": "p.png", "--observe": "t.csv"}
FILES = {option: name for option, name in OUTPUTS.items() if option not in STREAMS}


def start(*arguments, **how):
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return started(*arguments, **how)


def ended(process):
    """The exit code, what was written to the standard output, and the lines on the standard error."""
    output, error = process.communicate(timeout=60)
    return process.returncode, output, error.decode().splitlines()


def test_standard_output_takes_an_output():
    """The standard output holds only the output; the summary is on the standard error."""
    os.symlink("/dev/stdout", "link")
    for option, name in STREAMS.items():
        good(*SMALL, option, name)
        expected = pathlib.Path(name).read_bytes()
        before = sorted(os.listdir())
        for stream in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1", "link"):
            code, output, lines = ended(start(*SMALL, option, stream))
            assert (code, output) == (0, expected), (option, stream, lines)
            assert [line.split()[0] for line in lines] == "grid steps time seconds cell-steps/s r".split(), lines
            assert ended(start(*SMALL, option, stream, "--quiet")) == (0, expected, []), (option, stream)
        with open("file", "wb") as file:
            file.write(b"before")
            file.flush()
            assert ended(start(*SMALL, option, "-", stdout=file))[0] == 0, option
        assert pathlib.Path("file").read_bytes() == b"before" + expected, "it goes on where the descriptor is"
        os.remove("file")
        with open("/dev/null", "wb") as null:
            assert ended(start(*SMALL, option, "-", stdout=null))[0] == 0, option
        assert sorted(os.listdir()) == before


def test_other_descriptors_take_an_output():
    """As in a shell, where >(command) is /dev/fd/N."""
    for option, name in STREAMS.items():
        good(*SMALL, option, name)
        reader, writer = os.pipe()
        process = start(*SMALL, option, f"/dev/fd/{writer}", pass_fds=[writer])
        os.close(writer)
        with open(reader, "rb") as pipe:
            assert pipe.read() == pathlib.Path(name).read_bytes(), option
        code, output, lines = ended(process)
        assert code == 0 and output.startswith(b"grid ") and not lines, (option, output, lines)


def test_pipes_that_are_full():
    """Pipes that are read only when they are full, also non-blocking ones."""
    large = ("-N", 200, "--steps", 1, "--policy", "fused", "--quiet")
    good(*large, "--save", "s.npy")
    for is_waiting in (True, False):
        reader, writer = os.pipe()
        os.set_blocking(writer, is_waiting)
        process = start(*large, "--save", "-", stdout=writer)
        os.close(writer)
        support.until(lambda: support.bytes_in(reader) > 32768)
        with open(reader, "rb") as pipe:
            assert pipe.read() == pathlib.Path("s.npy").read_bytes(), is_waiting
        assert ended(process)[0] == 0


def test_reader_that_goes_away():
    """Expects one line, exit code 1, and the other outputs."""
    process = start("-N", 4, "--steps", 10**6, "--every", 1, "--observe", "-", "--record", "r.npy", "--save", "s.npy")
    assert [process.stdout.readline()[:5] for _ in range(4)] == [b"step,", b"0,0,0", b"1,0.1", b"2,0.2"]
    process.stdout.close()
    error = process.stderr.read().decode().splitlines()
    assert process.wait(timeout=60) == 1 and len(error) == 1 and "cannot write '-': Broken pipe" in error[0], error
    assert sorted(os.listdir()) == ["r.json", "r.npy", "r.times.npy", "s.npy"]
    steps, last = len(np.load("r.npy")), np.load("s.npy")
    assert steps >= 3 and (final("-N", 4, "--steps", steps) == last).all(), steps


def refused_streams(*arguments, names, **how):
    """Expects exit code 2, one line that contains `names`, and no file."""
    before = snapshot()
    process = start(*SMALL, *arguments, **how)
    code, output, lines = ended(process)
    assert code == 2 and not output and len(lines) == 1 and snapshot() == before, (arguments, code, output, lines)
    assert all(name in lines[0] for name in names), (arguments, lines)


def test_streams_that_cannot_take_an_output():
    for option, name in FILES.items():
        refused_streams(option, "-", names=[f"{option} -: it can only be a file with a name", "./-"])
        refused_streams(option, "/dev/stdout", names=[f"{option} /dev/stdout: it can only be a file with a name"])
    pathlib.Path("file").write_text("precious")
    reader, writer = os.pipe()
    os.close(reader)
    with open("file", "rb") as file, open("/dev/full", "wb") as full:
        number = file.fileno()
        for option in STREAMS:
            refused_streams(option, "-", preexec_fn=lambda: os.close(1), names=[f"{option} -: it is closed"])
            refused_streams(option, "/dev/stderr", names=[f"{option} /dev/stderr: the standard error is for messages"])
            refused_streams(option, f"/dev/fd/{number}", pass_fds=[number], names=["it is not open for writing"])
            refused_streams(option, "-", stdout=full, names=[f"{option} -: it is a device"])
            refused_streams(option, "-", stdout=writer, names=[f"{option} -: no program reads it"])
    for option in ("--save", "--picture"):
        master, slave = pty.openpty()
        refused_streams(option, "-", stdout=slave, names=[f"{option} -: a terminal does not show it"])
        os.close(master), os.close(slave)
    os.close(writer)


def test_outputs_that_are_one():
    refused_streams("--save", "-", "--observe", "-", names=["--save - and --observe - are the same file"])
    refused_streams("--picture", "/dev/stdout", "--observe", "-", names=["--picture /dev/stdout and --observe -"])
    reader, writer = os.pipe()
    again = os.dup(writer)
    both = ("--save", f"/dev/fd/{writer}", "--observe", f"/dev/fd/{again}")
    refused_streams(*both, pass_fds=[writer, again], names=["are the same file"])
    os.close(reader), os.close(writer), os.close(again)
    for name in ("s.npy", "t.csv"):
        with open(name, "wb") as file:
            number = file.fileno()
            refused_streams("--observe", "-", "--save", name, stdout=file, names=[f"--save {name} and --observe -"])
            refused_streams("--record", name, stdout=file, names=[f"--record {name}: the summary"])
            refused_streams("--observe", name, "--save", f"/dev/fd/{number}", pass_fds=[number], names=["the same file"])
    with open("messages", "wb") as file:
        process = start(*SMALL, "--save", "messages", stderr=file)
        assert process.communicate(timeout=60)[0] == b"" and process.returncode == 2
    assert "--save messages: the standard error goes to this file" in pathlib.Path("messages").read_text()


def test_outputs_that_are_one_during_the_run():
    """A record and a table are "<name>.part" while they grow."""
    os.symlink("target", "link")
    grows = {"--record": "r", "--observe": "t"}
    for option, name in grows.items():
        others = [other for other in ("--save", "--picture", "--checkpoint", *grows) if other != option]
        for other in others:
            for a, b in ((name, name + ".part"), ("link", "target.part")):
                expected = [f"{option} {a}", f"{other} {b}", "are the same file during the run"]
                support.refused(*SMALL, option, a, other, b, names=expected)
    assert sorted(os.listdir()) == ["link"], os.listdir()
    os.remove("link")


def test_rows_on_a_terminal():
    """Rows are not mixed with the progress line."""
    shown, code = on_terminal("-N", 300, "--steps", 12000, "--every", 400, "--policy", "fused", "--observe", "-", stdout=True)
    lines = shown.split("\r\n")
    assert code == 0 and lines[0] == "step,time,r" and lines[31].startswith("12000,1200,"), shown
    assert "\x1b" not in shown and lines[32].startswith("grid "), shown


# Disks.


def test_disks_that_are_full_or_read_only():
    """Each output is refused before the run, and nothing is left."""
    if not support.can_mount():
        print("        no file system can be mounted here: not tried")
        return
    os.mkdir("disk")
    pathlib.Path("ffmpeg").write_text("#!/bin/sh\n")
    os.chmod("ffmpeg", 0o755)
    tries = "\n".join(f"try {option} disk/{name}; try {option} disk/old" for option, name in OUTPUTS.items())
    tries = tries.replace("try --plot disk/old", "true").replace("try --video disk/old", "true")
    script = f"""PATH=$PWD:$PATH
        try() {{ '{PROGRAM}' "$@"; echo "$? $(ls -A disk | tr '\\n' ' ')"; }}
        mount -t tmpfs -o size=16k none disk && echo old >disk/old || exit 3
        head -c 100000 /dev/zero >disk/fill 2>disk/said
        echo full; {tries}
        mount -o remount,ro none disk || exit 3
        echo read-only; {tries}
        umount disk && mount -t tmpfs -o size=64k none disk || exit 3
        echo small
        try --save disk/s.npy; try --checkpoint disk/c.run; try --record disk/r.npy"""
    done = support.run_mounting(script)
    assert done.returncode == 0, done
    full, read_only = ([line for line in part.split("\n") if line] for part in done.stdout.split("full\n")[1].split("read-only\n"))
    read_only, small = (part.split("\n") for part in "\n".join(read_only).split("\nsmall\n"))
    assert full == read_only == ["2 fill old said "] * 12, done
    assert small == ["2 "] * 3, done
    said = done.stderr.split("\n")
    assert all("No space left on device" in line for line in said[:12]), said
    assert all("Read-only file system" in line for line in said[12:24]), said
    assert all("GB are free" in line for line in said[24:27]) and len(said) == 28, said
    for line, option in zip(said, [option for option in OUTPUTS for _ in (0, 1) if _ == 0 or option not in ("--plot", "--video")]):
        assert line.startswith(f"kuramoto-simulate: {option}"), (line, option)


def test_files_that_may_not_have_a_byte():
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    for option, name in OUTPUTS.items():
        refused_streams(option, name, preexec_fn=limit, names=[option, name, "File too large"])


def test_folders_that_vanish():
    """During the run: one line that names the file, exit code 1, and the other outputs are written."""
    for option, name in OUTPUTS.items():
        os.mkdir("folder")
        other = ("--observe", "seen.csv") if option == "--record" else ("--record", "seen.npy")
        process = start("-N", 9, "--steps", 10**9, "--every", 1000, option, f"folder/{name}", *other, "--quiet")
        part = pathlib.Path(other[1] + ".part")
        support.until(lambda: part.exists() and part.stat().st_size > 2000)
        shutil.rmtree("folder")
        process.terminate()
        code, _, lines = ended(process)
        files = 3 if option == "--record" else 1
        assert code == 1 and len(lines) == files and f"cannot write 'folder/{name}" in lines[0], (option, code, lines)
        written = ["seen.csv"] if option == "--record" else ["seen.json", "seen.npy", "seen.times.npy"]
        assert sorted(os.listdir()) == written, (option, os.listdir())
        for path in written:
            os.remove(path)


if __name__ == "__main__":
    support.main(globals())
