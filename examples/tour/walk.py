#!/usr/bin/env python3
"""Runs the steps of the tour one after the other, or checks that they agree.

Usage: walk.py [--check] <programs>

Without --check every step runs five times on a 1000 x 1000 lattice, in turns with the others. How many times as fast as
step 1 it is, is the median over the five turns; its time is the median of step 1 divided by that. With --check all run
on small lattices. Each compares its result with the library's, and fails if they differ.
"""

import re
import statistics
import subprocess
import sys

LINE = re.compile(r"(.*?) +([0-9.]+) ns a cell-step, off by ([0-9.e+-]+)\n")


def walk(program, *arguments):
    """The name of a step, its nanoseconds, and how far it is off."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    line = LINE.fullmatch(done.stdout)
    if done.returncode != 0 or not line:
        sys.exit(f"{program} {arguments} exited with {done.returncode}: {done.stdout}{done.stderr}")
    return line.group(1), float(line.group(2)), float(line.group(3))


def check(programs):
    for size, steps in ((1, 3), (2, 5), (37, 30), (101, 20)):
        for program in programs:
            name, _, error = walk(program, size, steps)
            print(f"N = {size:3}: {name} is off by {error}")


def main():
    if sys.argv[1] == "--check":
        return check(sys.argv[2:])
    programs = sys.argv[1:]
    rounds = [[walk(program) for program in programs] for _ in range(5)]
    firsts = [steps[0][1] for steps in rounds]
    for steps in zip(*rounds):
        ratio = statistics.median(first / step[1] for first, step in zip(firsts, steps))
        nanoseconds = statistics.median(firsts) / ratio
        print(f"{steps[0][0]:36} {nanoseconds:8.3f} ns a cell-step {ratio:7.1f} times as fast as step 1")


if __name__ == "__main__":
    main()
