#!/usr/bin/env python3
"""Starts kuramoto-simulate with descriptors of every kind: closed ones, and streams that take an output.

Usage: descriptors_test.py <kuramoto-simulate>
"""

import os
import pathlib
import subprocess

import support
from support import PROGRAM

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
    command = [PROGRAM, *lattice, *(word for output in outputs.items() for word in output)]

    def close():
        for descriptor in closed:
            os.close(descriptor)

    return subprocess.Popen(command, cwd=name, stdin=subprocess.DEVNULL, preexec_fn=close, **how)


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
    closed = {"0": (0,), "1": (1,), "2": (2,), "012": (0, 1, 2)}
    runs = {}
    for option, name in [*OUTPUTS.items(), ("all", "")]:
        outputs = {option: name, "--video": "v.mp4"} if option != "all" else OUTPUTS
        for digits, descriptors in closed.items():
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            runs[option, digits] = in_folder(f"{option}{digits}", outputs, descriptors, **quiet, **how)
    summary, progress = usual.communicate(timeout=120)
    assert usual.returncode == 0 and summary.startswith("grid ") and "step 2/6" in progress, (summary, progress)
    expected = files_in("usual")
    assert sorted(expected) == sorted(OUTPUTS.values()), sorted(expected)
    assert len(expected["v.mp4"]) == 4 * 150 * 150 * 3, "a frame is longer than a pipe"
    for (option, digits), process in runs.items():
        assert process.wait(timeout=120) == 0, (option, digits, process.returncode)
        found = files_in(f"{option}{digits}")
        assert len(found) == (len(OUTPUTS) if option == "all" else len({option, "--video"})), (option, digits, found)
        for name, content in found.items():
            assert content == expected[name], f"{name} of {option} with {digits} closed"


def test_closed_descriptors_and_no_device():
    """Where there is no /dev/null either, as after chroot."""
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
    assert "numbered pictures" in done.stderr, "it is said while the record is open"
    for name in ("r.npy", "t.csv", "s.npy", "r.svg", "v.mp4.frames/000004.png"):
        assert pathlib.Path("dev", name).read_bytes() == pathlib.Path("usual", name).read_bytes(), name


if __name__ == "__main__":
    support.main(globals())
