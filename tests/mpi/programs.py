"""What the tests of kuramoto-simulate-mpi share: running it beside kuramoto-simulate, and the signals to its processes.

The arguments of the command line are kuramoto-simulate, kuramoto-simulate-mpi, mpirun and the number of processes.
harness.py runs the tests of a module.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "program"))

from harness import PROGRESS, main, summary_of, until

ONE, MANY, MPIRUN = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:4])
RANKS = int(sys.argv[4])


def command(*arguments, ranks=None):
    """The command of a run on `ranks` processes; 0: of the program that is one process."""
    ranks = RANKS if ranks is None else ranks
    launcher = [MPIRUN, "-q", "-n", str(ranks), MANY] if ranks else [ONE]
    return [*launcher, *map(str, arguments)]


def run(*arguments, ranks=None, **how):
    return subprocess.run(command(*arguments, ranks=ranks), capture_output=True, timeout=120, check=False, **how)


def complaints(error):
    """The lines of a standard error, except for those of progress and of mpirun."""
    lines = error.decode().splitlines()
    return [line for line in lines if line and not PROGRESS.match(line)]


def good(*arguments, ranks=None):
    """The summary of a run that has to succeed, as a dictionary."""
    done = run(*arguments, ranks=ranks)
    assert done.returncode == 0 and not complaints(done.stderr), f"{arguments}: {done}"
    return summary_of(done.stdout.decode())


def contents(folder="."):
    """The files in a folder, by their names."""
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir() if path.is_file()}


def processes_of(launcher):
    """The processes of a run by their ranks."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or os.readlink(entry / "exe") != MANY:
                continue
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) != launcher.pid:
                continue
            rank = re.search(rb"(?:^|\0)OMPI_COMM_WORLD_RANK=(\d+)", (entry / "environ").read_bytes())
            if rank:  # otherwise it is just being started
                found[int(rank[1])] = int(entry.name)
        except OSError:  # it has ended
            pass
    return found


def ended(launcher, seconds):
    """The exit status and the complaints of a run that has to end soon."""
    try:
        error = launcher.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired as late:
        launcher.send_signal(signal.SIGKILL)
        raise AssertionError(f"it has not ended within {seconds} s") from late
    return launcher.returncode, complaints(error)
