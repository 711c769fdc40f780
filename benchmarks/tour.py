"""The programs of the tour as cases of the suite, and where the first fused one spends its time."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from found import result
from verdict import Failure

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "examples" / "tour"))
import walk  # noqa: E402


def programs_in(folder):
    """The steps, in order."""
    programs = sorted(folder.glob("tour_[0-9][0-9]_*"))
    if not programs:
        raise Failure(f"--tour {folder}: there is no program of the tour")
    return programs


def run_tour(folder, number, is_quick_run, progress):
    """Every step once, in the first three rounds."""
    if number >= 3:
        return []
    N, steps = (100, 5) if is_quick_run else (1000, 20)
    results = []
    for program in programs_in(folder):
        progress.show(number, program.name)
        name, nanoseconds, _ = walk.walk(program, N, steps)
        cell_steps = N * N * steps
        results.append(result(f"tour/{name}", number, 1e-9 * nanoseconds * cell_steps, cell_steps))
    return results


def short(symbol):
    """The name of a function without its arguments, and without the namespace that has no name."""
    return re.sub("<.*", "", symbol.removeprefix("(anonymous namespace)::"))


def profile(folder):
    """(function, percent of the time) of step 4, by perf, where it is there and may look: what is above two percent."""
    program = folder / "tour_04_fusion"
    if not shutil.which("perf"):
        print("no perf (Debian: linux-perf): the profile of the tour is left out", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as work:
        data = f"{work}/perf.data"
        record = ["perf", "record", "-e", "cpu-clock", "-o", data, program, "1000", "20"]
        report = ["perf", "report", "--stdio", "-i", data, "--fields", "overhead,sym", "--percent-limit", "2"]
        for command in (record, report):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(f"perf may not look here: the profile of the tour is left out\n{done.stderr}", file=sys.stderr)
                return []
    lines = re.findall(r"^ +([0-9.]+)% +\[[.k]\] +(\S.*?) *$", done.stdout, flags=re.M)
    return [(f"`{short(symbol)}`", [float(percent)]) for percent, symbol in lines]
