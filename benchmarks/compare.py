#!/usr/bin/env python3
"""Compares two runs of the suite: what got slower?

Usage: compare.py <before.json> <after.json> [--threshold PERCENT] [--alpha P] [--filter REGEX]

The files are those of run.py, whose rounds are the repetitions (the median of a case that had several turns in one), or
of --benchmark_out with repetitions. A case got slower (or faster) if the medians of its repetitions differ by more than
the threshold, and if the Mann-Whitney test says that this is no accident: with a probability below alpha, repetitions
of the same program would come out of order as much. Ends with 1 if a case got slower, with 2 if there is nothing to
compare.
"""

import argparse
import functools
import json
import pathlib
import re
import statistics
import sys


@functools.lru_cache(maxsize=None)
def orders(first, second, inversions):
    """In how many orders of `first` + `second` different numbers exactly so many pairs have the second one below."""
    if inversions < 0:
        return 0
    if first == 0 or second == 0:
        return 1 if inversions == 0 else 0
    return orders(first - 1, second, inversions - second) + orders(first, second - 1, inversions)


def probability(before, after):
    """The two-sided p of the Mann-Whitney test, exact; numbers that are equal count as half a pair each way."""
    pairs = len(before) * len(after)
    below = sum((b < a) + 0.5 * (b == a) for b in before for a in after)
    extreme = int(min(below, pairs - below))
    of = sum(orders(len(before), len(after), k) for k in range(pairs + 1))
    return min(1.0, 2 * sum(orders(len(before), len(after), k) for k in range(extreme + 1)) / of)


def can_tell(before, after, alpha):
    """Whether so many repetitions could be told apart at all: if all of the ones are below all of the others."""
    return probability(range(before), range(before, before + after)) < alpha


def load(path):
    """The context of a file, and the times of each case in nanoseconds."""
    try:
        found = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        times = {}
        for result in found["benchmarks"]:
            if result.get("run_type", "iteration") == "iteration" and not result.get("error_occurred"):
                unit = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}[result["time_unit"]]
                rounds = times.setdefault(result.get("run_name", result["name"]), {})
                rounds.setdefault(result.get("round", len(rounds)), []).append(unit * result["real_time"])
        medians = {name: [statistics.median(turns) for turns in rounds.values()] for name, rounds in times.items()}
        return found.get("context", {}), medians
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"{path}: not a result of Google Benchmark: {error!r}", file=sys.stderr)
        sys.exit(2)


def verdict(before, after, threshold, alpha):
    """(the ratio of the medians, p, and what it means)."""
    ratio = statistics.median(after) / statistics.median(before)
    p = probability(before, after)
    if p >= alpha:
        return ratio, p, "same"
    if ratio > 1 + threshold:
        return ratio, p, "SLOWER"
    return ratio, p, "faster" if ratio < 1 / (1 + threshold) else "same"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--threshold", type=float, default=5.0, help="percent (default: 5)")
    parser.add_argument("--alpha", type=float, default=0.05, help="(default: 0.05)")
    parser.add_argument("--filter", default="", help="cases whose name has a match of this regular expression")
    arguments = parser.parse_args()
    context_before, before = load(arguments.before)
    context_after, after = load(arguments.after)
    for what in ("processor", "host_name", "instruction set", "threads", "compiler", "flags"):
        if context_before.get(what) != context_after.get(what):
            print(f"note: {what} was {context_before.get(what)}, and is {context_after.get(what)}")
    names = [name for name in before if name in after and re.search(arguments.filter, name)]
    if not names:
        print("the files have no case in common", file=sys.stderr)
        sys.exit(2)
    silent = [name for name in names if not can_tell(len(before[name]), len(after[name]), arguments.alpha)]
    if silent:
        print(f"note: of {len(silent)} cases there are too few repetitions to tell anything, as of {silent[0]}")
    width = max(map(len, names))
    counts = {"SLOWER": 0, "faster": 0, "same": 0}
    for name in names:
        ratio, p, what = verdict(before[name], after[name], arguments.threshold / 100, arguments.alpha)
        counts[what] += 1
        if what != "same":
            print(f"{name:{width}}  {100 * (ratio - 1):+7.1f} %  p = {p:.3f}  {what}")
    print(f"{len(names)} cases: {counts['SLOWER']} slower, {counts['faster']} faster, {counts['same']} the same")
    sys.exit(1 if counts["SLOWER"] else 0)


if __name__ == "__main__":
    main()
