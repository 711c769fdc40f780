#!/usr/bin/env python3
"""Compiles and runs every C++ and Python program that README.md and docs/*.md show, and follows every link.

Usage: docs_test.py <root of the sources> <folder to work in> <C++ compiler>

A block that begins with ```cpp is a complete program: it has to compile without warnings and to exit with 0. A block
that begins with ```python runs in the same folder, with NumPy, after the blocks above it: it can read what they wrote.
Without the module kuramoto on PYTHONPATH, the blocks that import it are left out, which is said. A program that includes
kuramoto/mpi.hpp runs on four processes. Without mpicxx and mpirun it is left out, which is said.
The ten lines of the README also have to be examples/minimal.cpp, except for the comment at its top. A block that begins
with ```cpp and the name of a file is a part of that file: its lines have to stand there, except for their indentation.
Pages with figures of the benchmark suite have to name the same run of it. A link to a file has to name a file that
exists, and a link to a heading one that its page has.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import verdict  # noqa: E402

FLAGS = ["-std=c++20", "-O1", "-fopenmp", "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def programs(page):
    """The language and the text of every complete program, in the order of the page."""
    return re.findall(r"^```(cpp|python)\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page):
    """The names that GitHub gives to the headings of a page."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(root, page):
    """Complains of links to files and headings that do not exist; returns how many."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    broken = 0
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (heading and heading not in anchors(target)):
            print(f"{page.relative_to(root)}: the link {link} leads nowhere")
            broken += 1
    return broken


def python_with_numpy():
    """A Python that has NumPy; Debian's own, if that of this script has not."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import numpy"], capture_output=True, check=False).returncode == 0:
                return python
        except OSError:
            pass
    raise verdict.Failure("no Python with NumPy: install python3-numpy")


def lacks_module(text):
    """Whether a program in Python needs the module kuramoto, which is not there."""
    if not re.search(r"^import kuramoto\b", text, flags=re.M):
        return False
    done = subprocess.run([python_with_numpy(), "-c", "import kuramoto"], capture_output=True, check=False)
    return done.returncode != 0


def needs_mpi(language, text):
    return language == "cpp" and "<kuramoto/mpi.hpp>" in text


def mpi_flags():
    """What mpicxx adds to the compiler's command. Warnings about MPI's own headers are not ours."""
    shown = subprocess.run(["mpicxx", "-show"], capture_output=True, text=True, check=True).stdout.split()[1:]
    return [flag.replace("-I", "-isystem", 1) if flag.startswith("-I") else flag for flag in shown]


def environment_of_mpi():
    """Four processes may run as root, on fewer processors, and give them away while they wait."""
    return {
        **os.environ,
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_mpi_yield_when_idle": "1",
    }


def left_out(language, text):
    """What a program needs and this machine lacks."""
    if language == "python" and lacks_module(text):
        return "module kuramoto"
    if needs_mpi(language, text) and not (shutil.which("mpicxx") and shutil.which("mpirun")):
        return "MPI"
    return None


def is_not_there(root, page):
    """Complains of parts that are not in the files that they name; returns how many, and how many there are."""
    parts = re.findall(r"^```cpp (\S+)\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    wrong = 0
    for name, text in parts:
        wanted = [line.strip() for line in text.strip().splitlines()]
        lines = [line.strip() for line in (root / name).read_text(encoding="utf-8").splitlines()]
        if not any(lines[k : k + len(wanted)] == wanted for k in range(len(lines))):
            print(f"{page.name}: {name} has no such lines:\n{text}")
            wrong += 1
    return wrong, len(parts)


def runs(pages):
    """The runs of the suite that the pages have their figures from, and complains of those that do not say it."""
    found = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        machines = re.findall(r"^<!-- figures: machine -->\n(.*?)\n<!-- end -->", text, flags=re.M | re.S)
        if "<!-- figures:" in text and not machines:
            print(f"{page.name} has figures of the suite, but not <!-- figures: machine -->")
            found.add(page.name)
        found |= set(machines)
    return found


def fails(root, work, compiler, name, language, text):
    source = work / f"{name}.{'cpp' if language == 'cpp' else 'py'}"
    binary = work / name
    source.write_text(text, encoding="utf-8")
    is_parallel = needs_mpi(language, text)
    libraries = mpi_flags() if is_parallel else []
    compiles = [compiler, *FLAGS, f"-I{root / 'include'}", str(source), *libraries, "-o", str(binary)]
    runs_it = ["mpirun", "-n", "4", str(binary)] if is_parallel else [str(binary)]
    commands = [compiles, runs_it] if language == "cpp" else [[python_with_numpy(), str(source)]]
    environment = environment_of_mpi() if is_parallel else None
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=work, env=environment)
        if done.returncode != 0:
            print(f"{name}: {command[0]} exited with {done.returncode}\n{done.stdout}{done.stderr}")
            return True
    print(f"{name}: {done.stdout.strip()}")
    return False


def main():
    if len(sys.argv) != 4:
        raise verdict.Failure(__doc__)
    root, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[3]
    work = pathlib.Path(sys.argv[2]).resolve()
    work.mkdir(parents=True, exist_ok=True)
    for left in work.glob("*.part"):  # by a program that failed in an earlier run
        left.unlink()
    failures = 0
    count = 0
    parts = 0
    pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    if len(runs(pages)) != 1:
        print("the figures of the suite are not of one run:", *runs(pages), sep="\n")
        failures += 1
    for page in pages:
        for number, (language, text) in enumerate(programs(page)):
            count += 1
            lack = left_out(language, text)
            if lack:
                print(f"{page.stem}_{number}: left out, there is no {lack}")
                continue
            failures += fails(root, work, compiler, f"{page.stem}_{number}", language, text)
        failures += broken_links(root, page)
        wrong, found = is_not_there(root, page)
        failures += wrong
        parts += found
    if parts < 5:
        print(f"found {parts} parts of files in the docs, expected at least 5")
        failures += 1
    if count < 3:
        print(f"found {count} programs in the docs, expected at least 3")
        failures += 1
    example = (root / "examples" / "minimal.cpp").read_text(encoding="utf-8")
    if programs(root / "README.md")[0][1].strip() not in example:
        print("the ten lines of README.md are not those of examples/minimal.cpp")
        failures += 1
    return verdict.AGAINST if failures else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
