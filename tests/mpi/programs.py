"""What the tests of kuramoto-simulate-mpi share: running it beside kuramoto-simulate, and the signals to its processes.

The arguments of the command line are kuramoto-simulate, kuramoto-simulate-mpi, mpirun and the number of processes.
Each test is a function test_...() of a module that ends with `main(globals())`. It runs in an empty folder of its own.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

ONE, MANY, MPIRUN = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:4])
RANKS = int(sys.argv[4])
PROGRESS = re.compile(r" *[0-9.]+ %  .* step [0-9]+/[0-9]+  ")  # what a run says on a machine on which it takes long


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
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in done.stdout.decode().splitlines()}


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


def until(happens, seconds=60):
    """Waits until a condition holds. Fails after a bounded time."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        if happens():
            return
        time.sleep(0.002)
    raise AssertionError("it has not happened")


def ended(launcher, seconds):
    """The exit status and the complaints of a run that has to end soon."""
    try:
        error = launcher.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired as late:
        launcher.send_signal(signal.SIGKILL)
        raise AssertionError(f"it has not ended within {seconds} s") from late
    return launcher.returncode, complaints(error)


def passes(test):
    """Runs one test in an empty folder."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            test()
            return True
        except Exception:  # a failed test must not hide the others
            traceback.print_exc()
            return False
        finally:
            os.chdir(home)


def main(module):
    """Runs the tests of a module; ends with 1 if one failed."""
    tests = [(name, test) for name, test in module.items() if name.startswith("test_")]
    failed = []
    for name, test in tests:
        is_good = passes(test)
        print(f"{'passed' if is_good else 'FAILED'}  {name}", flush=True)
        if not is_good:
            failed.append(name)
    print(f"{len(tests) - len(failed)} of {len(tests)} tests passed")
    sys.exit(1 if failed or not tests else 0)
