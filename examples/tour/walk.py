#!/usr/bin/env python3
"""Runs the steps of the tour one after the other, or checks that they agree.

Without --check every step runs five times on a 1000 x 1000 lattice, in turns with the others. Its speed-up is the
median over the five turns of the ratio to step 1. Its time is the median time of step 1 divided by the speed-up. With
--check every step runs on small lattices. Each step compares its result with that of the library.

Exit status: 0 if all steps agree with the library, 1 if one does not, 2 if a step could not be run.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import verdict  # noqa: E402

LINE = re.compile(r"(.*?) +([0-9.]+) ns per cell-step, off by (\S+)\n")


class Difference(verdict.Failure):
    """A step whose result differs from that of the library."""


def walk(program, *arguments):
    """The name of a step, its nanoseconds, and how far it is off."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    line = LINE.fullmatch(done.stdout)
    if done.returncode == verdict.AGAINST and line:
        raise Difference(f"{program} {arguments} differs from the library: {done.stdout}")
    if done.returncode != verdict.FINE or not line:
        raise verdict.Failure(f"{program} {arguments} exited with {done.returncode}: {done.stdout}{done.stderr}")
    return line.group(1), float(line.group(2)), float(line.group(3))


def check(programs):
    for size, steps in ((1, 3), (2, 5), (37, 30), (101, 20)):
        for program in programs:
            name, _, error = walk(program, size, steps)
            print(f"N = {size:3}: {name} is off by {error}")


def compare(programs):
    rounds = [[walk(program) for program in programs] for _ in range(5)]
    firsts = [steps[0][1] for steps in rounds]
    for steps in zip(*rounds):
        ratio = statistics.median(first / step[1] for first, step in zip(firsts, steps))
        nanoseconds = statistics.median(firsts) / ratio
        print(f"{steps[0][0]:36} {nanoseconds:8.3f} ns per cell-step {ratio:7.1f} times as fast as step 1")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("programs", nargs="+")
    arguments = parser.parse_args()
    try:
        (check if arguments.check else compare)(arguments.programs)
    except Difference as difference:
        print(difference)
        return verdict.AGAINST
    return verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
