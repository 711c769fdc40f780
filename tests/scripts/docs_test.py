#!/usr/bin/env python3
"""Compiles and runs every C++ program that README.md and docs/*.md show.

Usage: docs_test.py <root of the sources> <folder to work in> <C++ compiler>

A block that begins with ```cpp is a complete program: it has to compile without warnings and to exit with 0.
The ten lines of the README also have to be examples/minimal.cpp, except for the comment at its top. A block that begins
with ```cpp and the name of a file is a part of that file: its lines have to stand there, except for their indentation.
Pages with figures of the benchmark suite have to name the same run of it.
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import verdict  # noqa: E402

FLAGS = ["-std=c++20", "-O1", "-fopenmp", "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def programs(page):
    return re.findall(r"^```cpp\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)


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


def fails(root, work, compiler, name, text):
    source = work / f"{name}.cpp"
    binary = work / name
    source.write_text(text, encoding="utf-8")
    for command in ([compiler, *FLAGS, f"-I{root / 'include'}", str(source), "-o", str(binary)], [str(binary)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"{name}: {command[0]} exited with {done.returncode}\n{done.stdout}{done.stderr}")
            return True
    print(f"{name}: {done.stdout.strip()}")
    return False


def main():
    if len(sys.argv) != 4:
        raise verdict.Failure(__doc__)
    root, work, compiler = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    work.mkdir(parents=True, exist_ok=True)
    failures = 0
    count = 0
    parts = 0
    pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    if len(runs(pages)) != 1:
        print("the figures of the suite are not of one run:", *runs(pages), sep="\n")
        failures += 1
    for page in pages:
        for number, text in enumerate(programs(page)):
            count += 1
            failures += fails(root, work, compiler, f"{page.stem}_{number}", text)
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
    if programs(root / "README.md")[0].strip() not in example:
        print("the ten lines of README.md are not those of examples/minimal.cpp")
        failures += 1
    return verdict.AGAINST if failures else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
