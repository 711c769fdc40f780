#!/usr/bin/env python3
"""Runs kuramoto-simulate on file systems that refuse calls: every output is there, or the message says where it is.

Usage: refused_test.py <kuramoto-simulate>

KURAMOTO_REFUSE_CALLS is the library that makes the calls fail (refuse_calls.cpp). tests/io/failures_test.cpp has the whole
table of calls and errors; here every kind of error meets every output of the program.
"""

import errno
import os
import pathlib
import re
import shutil
import subprocess

from support import PROGRAM, main

LIBRARY = os.environ["KURAMOTO_REFUSE_CALLS"]
RUN = ("-N", 20, "--policy", "serial", "--quiet")
CHECKPOINTS = ("--checkpoint", "c.run", "--checkpoint-every", 10)
OUTPUTS = {
    "--save": "s.npy",
    "--picture": "p.png",
    "--record": "r.npy",
    "--video": "v.mp4",
    "--plot": "r.svg",
    "--observe": "t.csv",
    "--checkpoint": "c.run",
}
ALL = [word for output in OUTPUTS.items() for word in output]
BESIDE = ("r.times.npy", "r.json")  # what --record writes besides r.npy


def environment(refused=""):
    """The environment of a run: a stand-in for ffmpeg that keeps the frames, and the calls that fail, in the format of
    refuse_calls.cpp: "<call>:<errno>:<calls before>"."""
    os.makedirs("../bin", exist_ok=True)
    path = pathlib.Path("../bin/ffmpeg")
    if not path.exists():
        path.write_text("#!/bin/sh\nfor last; do :; done\nexec cat >\"${last#file:}\"\n")
        path.chmod(0o755)
    found = {**os.environ, "PATH": f"{path.parent.resolve()}:{os.environ['PATH']}"}
    return {**found, "LD_PRELOAD": LIBRARY, "KURAMOTO_REFUSED": refused} if refused else found


def simulate(*arguments, steps=20, refused="", before=()):
    command = [*before, PROGRAM, *map(str, (*RUN, "--steps", steps, *arguments))]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment(refused))


def files():
    return {path.name: path.read_bytes() for path in pathlib.Path(".").iterdir()}


def in_new_folder(old=()):
    """An empty folder inside that of the test, with old files."""
    number = len(os.listdir(".." if os.path.exists("../first") else "."))
    if not os.path.exists("../first"):
        pathlib.Path("first").touch()
    else:
        os.chdir("..")
    os.mkdir(f"folder{number}")
    os.chdir(f"folder{number}")
    for name in old:
        pathlib.Path(name).write_text("old")
        os.chmod(name, 0o600)


def expected(*arguments, steps=20):
    """The files of a run in which no call fails."""
    in_new_folder()
    done = simulate(*arguments, steps=steps)
    assert (done.returncode, done.stderr) == (0, ""), done
    return files()


def kept(done):
    """The names of the kept files in the messages, by the file that could not be written."""
    lines = done.stderr.splitlines()
    said = [re.search(r"cannot write '([^']*)': .*kept as '([^']*)'", line) for line in lines]
    assert all(said), done
    return {match[1]: match[2] for match in said}


def test_what_may_be_refused():
    whole = expected(*ALL)
    harmless = [
        *(("fchmod", code) for code in (errno.EPERM, errno.EROFS, errno.EOPNOTSUPP, errno.ENOSYS, errno.EIO)),
        *(("fsync", code) for code in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EROFS, errno.ENOTTY)),
        *(("fsync_folder", code) for code in (errno.EINVAL, errno.EIO, errno.EBADF)),
        *(("open_folder", code) for code in (errno.EACCES, errno.EMFILE)),
        *(("sync_file_range", code) for code in (errno.ENOSYS, errno.ESPIPE, errno.EIO)),
        *(("ftruncate", code) for code in (errno.EPERM, errno.EINVAL)),
        *(("fclose", code) for code in (errno.EINTR,)),
        *(("memfd_create", code) for code in (errno.ENOSYS, errno.EPERM)),
    ]
    for call, code in harmless:
        in_new_folder(OUTPUTS.values())
        done = simulate(*ALL, "--checkpoint-every", 10, refused=f"{call}:{code}:0")
        assert (done.returncode, done.stderr) == (0, ""), (call, code, done)
        assert files() == whole, (call, code)


def test_video_where_nothing_temporary_can_be_made():
    whole = expected("--video", "v.mp4")
    in_new_folder()
    refused = f"memfd_create:{errno.ENOSYS}:0 tmpfile:{errno.EROFS}:0"
    done = simulate("--video", "v.mp4", refused=refused)
    assert (done.returncode, done.stderr) == (0, "") and files() == whole, done
    pathlib.Path("../bin/ffmpeg").write_text("#!/bin/sh\necho bad luck >&2\nexit 1\n")
    done = simulate("--video", "w.mp4", refused=refused)
    assert done.returncode == 1 and "bad luck" in done.stderr and "'w.mp4': ffmpeg has ended" in done.stderr, done
    assert files() == whole


def test_complete_files_that_cannot_be_renamed():
    outputs = [word for option, name in OUTPUTS.items() if option != "--checkpoint" for word in (option, name)]
    whole = expected(*outputs)
    for code in (errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES, errno.EROFS, errno.ETXTBSY):
        in_new_folder(whole)
        done = simulate(*outputs, refused=f"rename:{code}:0")
        where = kept(done)
        assert done.returncode == 1 and where.keys() == whole.keys() and where["r.npy"] == "r.npy.part", done
        assert done.stderr.count(f"rename: {os.strerror(code)}; the complete file is") == len(whole), done
        left = files()
        assert {name: left[where[name]] for name in whole} == whole, code
        assert {name: left[name] for name in whole} == dict.fromkeys(whole, b"old") and len(left) == 2 * len(whole)


def test_files_that_may_be_damaged():
    outputs = [word for option, name in OUTPUTS.items() if option != "--checkpoint" for word in (option, name)]
    whole = expected(*outputs)
    for call in ("fsync", "fclose"):
        in_new_folder(whole)
        done = simulate(*outputs, refused=f"{call}:{errno.EIO}:0")
        where, left = kept(done), files()
        assert done.returncode == 1 and where.keys() == whole.keys(), done
        assert done.stderr.count("may be damaged") == len(whole), done
        assert {name: left[where[name]] for name in whole} == whole, call
        assert {name: left[name] for name in whole} == dict.fromkeys(whole, b"old") and len(left) == 2 * len(whole)


def test_files_that_are_not_complete():
    """Calls that fail before the run, when an output is tested, or later. A growing file stays after its last row."""
    for option, name in OUTPUTS.items():
        refusals = [("fsync", errno.ENOSPC, 0), ("open_old", errno.EIO, 0), ("open_old", errno.EIO, 1)]
        for before in (0, 1):
            refusals.append(("create", errno.EDQUOT, before))
            if option != "--video" or before == 0:
                refusals.append(("fwrite", errno.ENOSPC, before))
        for call, code, before in refusals:
            in_new_folder([name])
            done = simulate(option, name, refused=f"{call}:{code}:{before}")
            is_tried = call != "fsync" and before == 0
            assert done.returncode == 2 if is_tried else done.returncode in (1, 2), (option, call, before, done)
            lines = 3 if option == "--record" and call == "fsync" else 1
            assert done.stderr.count("\n") == lines, (option, call, before, done)
            assert "r.times.npy" in done.stderr or name in done.stderr, (option, call, done)
            assert os.strerror(code) in done.stderr, (option, call, done)
            left = files()
            part = left.pop(name + ".part", None)
            beside = [left.pop(other + ".part", None) for other in BESIDE]
            assert all(beside) if lines == 3 else not any(beside), (option, call, before, left)
            assert left == {name: b"old"}, (option, call, before, left)
            assert (part is not None) == (name in ("r.npy", "t.csv") and call == "fsync"), (option, call, before)


def test_second_checkpoint():
    first = expected(*CHECKPOINTS, steps=10)["c.run"]
    second = expected(*CHECKPOINTS)["c.run"]
    in_new_folder()
    done = simulate(*CHECKPOINTS, refused=f"fchmod:{errno.EPERM}:0")
    assert (done.returncode, done.stderr) == (0, "") and files() == {"c.run": second}, done
    for call, code, is_kept in (
        ("rename", errno.EBUSY, True),
        ("fsync", errno.EIO, True),
        ("fsync", errno.ENOSPC, False),
        ("create", errno.EROFS, False),
        ("open_old", errno.EROFS, False),
    ):
        in_new_folder()
        before = {"open_old": 0, "create": 2}.get(call, 1)  # one file more is created when the output is tried
        done = simulate(*CHECKPOINTS, refused=f"{call}:{code}:{before}")
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and os.strerror(code) in done.stderr, (call, done)
        left = files()
        assert left.pop("c.run") == first and len(left) == is_kept, (call, left.keys())
        if is_kept:
            assert left[kept(done)["c.run"]] == second, call


def may_mount():
    """Whether a program may mount files in a namespace of its own."""
    in_new_folder()
    probe = ("unshare", "-rm", "sh", "-c", "touch a b && mount --bind a b && mount -t tmpfs dev /dev")
    if shutil.which("unshare") and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return True
    print("        mounting is not permitted here: not tried")
    return False


def test_video_without_devices():
    """Without /dev/null for the output of ffmpeg, as after chroot."""
    if not may_mount():
        return
    whole = expected("--video", "v.mp4")
    in_new_folder()
    mount = ("unshare", "-rm", "sh", "-c", 'mount -t tmpfs dev /dev && exec "$@"', "sh")
    done = simulate("--video", "v.mp4", before=mount)
    assert (done.returncode, done.stderr) == (0, "") and files() == whole, done


def test_file_that_is_mounted():
    """A file that is mounted into a container: no file can be renamed onto it."""
    if not may_mount():
        return
    for option, name in OUTPUTS.items():
        whole = expected(option, name)[name]
        in_new_folder([name, "host"])
        mount = ("unshare", "-rm", "sh", "-c", f'mount --bind host {name} && exec "$@"', "sh")
        done = simulate(option, name, before=mount)
        if done.returncode == 2:  # it is refused before the run
            assert name in done.stderr and files() == {name: b"old", "host": b"old"}, done
            continue
        assert done.returncode == 1 and "Device or resource busy" in done.stderr, (option, done)
        assert pathlib.Path(kept(done)[name]).read_bytes() == whole, option
        assert pathlib.Path("host").read_text() == "old" and len(os.listdir()) == (5 if option == "--record" else 3), option


if __name__ == "__main__":
    main(globals())
