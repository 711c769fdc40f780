"""What the tests of kuramoto-simulate share: running it, NumPy's result, pictures, and what must not have changed.

harness.py runs the tests of a module. The program is the first argument of the command line. Needs NumPy.
"""

import fcntl
import os
import pathlib
import pty
import struct
import subprocess
import sys
import termios
import zlib

import numpy as np

from harness import PROCESSES, PROGRESS, main, summary_of, until

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) == 2 else sys.exit(f"{sys.argv[0]} <kuramoto-simulate>")


def run(*arguments, **how):
    """Runs the program in the current folder; arguments may be numbers."""
    command = [PROGRAM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **how)


def started(*arguments, **how):
    """Starts the program. It is ended at the end of the test."""
    PROCESSES.append(subprocess.Popen([PROGRAM, *map(str, arguments)], **how))
    return PROCESSES[-1]


def good(*arguments):
    """The summary of a run that has to succeed, as a dictionary. It may warn."""
    done = run(*arguments)
    assert done.returncode == 0, f"{arguments} exited with {done.returncode}: {done.stderr}"
    told = [line for line in complaints(done) if not line.startswith("kuramoto-simulate: warning: ")]
    assert not told, f"{arguments} wrote to stderr: {done.stderr}"
    return summary_of(done.stdout)


def final(*arguments):
    """The final phases of a run that has to succeed."""
    good(*arguments, "--save", "final.npy")
    return np.load("final.npy")


def fields(rows, cols, dtype="float64", seed=1):
    """Random phases and frequencies, also as theta.npy and omega.npy."""
    random = np.random.default_rng(seed)
    theta = random.uniform(0, 2 * np.pi, (rows, cols)).astype(dtype)
    omega = random.normal(0, 1, (rows, cols)).astype(dtype)
    np.save("theta.npy", theta)
    np.save("omega.npy", omega)
    return theta, omega


def reference(theta, omega, steps, K=2.0, dt=0.1, f=np.sin):
    """Euler's method on whole arrays: what flows across a bond leaves one cell and enters the other."""
    theta = theta.astype("float64")
    for _ in range(steps):
        across = K * f(np.diff(theta, axis=1))
        down = K * f(np.diff(theta, axis=0))
        rate = np.zeros_like(theta) + omega
        rate[:, :-1] += across
        rate[:, 1:] -= across
        rate[:-1, :] += down
        rate[1:, :] -= down
        theta = theta + dt * rate
    return theta


def close(a, b, tolerance):
    error = np.max(np.abs(a - b))
    assert a.shape == b.shape and error <= tolerance, f"error {error}, allowed {tolerance}"


def order_parameter(theta):
    return abs(np.mean(np.exp(1j * theta.astype("float64"))))


def pixels(path):
    """The pixels of an 8-bit RGB picture: rows x cols x 3. Checks the signature and every checksum."""
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        body = data[at + 4 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(body)
        chunks.append((body[:4], body[4:]))
        at += 12 + length
    assert chunks[0][0] == b"IHDR" and chunks[-1] == (b"IEND", b"")
    cols, rows, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, kind, interlaced) == (8, 2, 0), "8-bit RGB, not interlaced"
    lines = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    return unfilter(np.frombuffer(lines, "uint8").reshape(rows, 1 + 3 * cols).astype(int)).reshape(rows, cols, 3)


def size_of_picture(path):
    """Rows and columns of a PNG, from its header."""
    cols, rows = struct.unpack(">II", pathlib.Path(path).read_bytes()[16:24])
    return rows, cols


def unfilter(lines):
    """Undoes the prediction of each byte from those to the left (a), above (b) and above left (c)."""
    result = np.zeros((lines.shape[0] + 1, lines.shape[1] + 2), int)
    for i, line in enumerate(lines):
        for j in range(1, lines.shape[1]):
            a, b, c = result[i + 1, j - 1], result[i, j + 2], result[i, j - 1]
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            predicted = (0, a, b, (a + b) // 2, nearest)[line[0]]
            result[i + 1, j + 2] = (line[j] + predicted) % 256
    return result[1:, 3:]


def complaints(done):
    """What a run said on its standard error, except for the lines of progress that a slow one prints."""
    return [line for line in done.stderr.splitlines() if not PROGRESS.match(line)]


def refused(*arguments, names):
    """Exit code 2, one line that contains `names`, and no file created or changed."""
    before = snapshot()
    done = run(*arguments)
    assert done.returncode == 2, f"{arguments} exited with {done.returncode}: {done.stderr}"
    assert done.stdout == "" and done.stderr.count("\n") == 1 and done.stderr.endswith("\n"), f"{arguments}: {done}"
    for name in names:
        assert str(name) in done.stderr, f"{arguments}: '{name}' is not in: {done.stderr}"
    assert snapshot() == before, f"{arguments} changed files"


MOUNTING = ("unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c")


def can_mount():
    """Whether this user may mount a file system that only its own processes see."""
    try:
        tried = "mount -t tmpfs none /mnt"
        return subprocess.run([*MOUNTING, tried], capture_output=True, timeout=60, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run_mounting(script):
    """Runs a shell script that may mount file systems."""
    return subprocess.run([*MOUNTING, script], capture_output=True, text=True, timeout=120, check=False)


def on_terminal(*arguments, columns=80, stdout=False, **environment):
    """The output of the program on a terminal with this number of columns, and its exit code.

    The terminal is the standard error, or also the standard output.
    A variable of the environment that is None is not set.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [PROGRAM, *map(str, arguments)]
    shown = b""
    changed = {**os.environ, "TERM": "xterm", **environment}
    output = {"stdout": slave if stdout else subprocess.DEVNULL, "stderr": slave}
    with subprocess.Popen(command, env={k: v for k, v in changed.items() if v is not None}, **output) as process:
        os.close(slave)
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
    os.close(master)
    return shown.decode(), process.returncode


def bytes_in(pipe):
    """The number of unread bytes in a pipe."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


def snapshot():
    paths = [path for path in pathlib.Path(".").rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}
