#!/usr/bin/env python3
"""Compares two runs of the suite: what got slower?

The files are those of run.py, or those of --benchmark_out with repetitions. In a file of run.py the rounds are the
repetitions; if a round has several times of a case, their median counts.

A case got slower (or faster) if both hold:

- The medians of its repetitions differ by more than the threshold.
- The difference is significant: the two-sided p of the Mann-Whitney U test is below alpha. The test is exact for few
  repetitions, and for one against any number. For many it uses the normal approximation, corrected for ties and for continuity.

alpha applies per case: there is no correction for the number of cases. Of 100 cases that did not change, on average up
to 100 alpha pass the test by chance. The threshold excludes those whose medians hardly differ. To compare many cases,
lower alpha and take more repetitions.

Cases that are in only one of the files are counted in a note and not compared. Cases that ended with an error, and
results without a time, count as missing.

Exit status: 0 if no case got slower, 1 if one did, 2 if the files cannot be compared.
"""

import argparse
import collections
import functools
import math
import re
import statistics

import verdict
from arguments import number_between, regular_expression
from results_file import read_results

EXACT_PAIRS = 400  # most pairs of repetitions for the exact test; 20 against 20 take about 40 ms


@functools.lru_cache(maxsize=None)
def ways(sizes, count):
    """The distribution of 2 U over all choices of `count` of the values: {2 U: number of choices}.

    Equal values form groups; sizes[k] is the size of the k-th group, in ascending order. U is the number of pairs of a
    chosen value and a smaller one of the others; pairs of equal values count one half."""
    if count == 1:  # the value is one of a group: the values before it, and half of the others of the group
        below, found = 0, collections.Counter()
        for size in sizes:
            found[2 * below + size - 1] += size
            below += size
        return found
    found = {(0, 0): 1}  # (how many values are taken so far, twice their pairs): ways
    seen = 0
    for size in sizes:
        following = collections.defaultdict(int)
        for (taken, twice), number in found.items():
            for more in range(min(size, count - taken) + 1):
                pairs = more * (2 * (seen - taken) + size - more)
                following[taken + more, twice + pairs] += number * math.comb(size, more)
        found = following
        seen += size
    return {twice: number for (taken, twice), number in found.items() if taken == count}


def exact_probability(twice, sizes, count, others):
    """The share of all choices whose U is at least as far from its mean: the two-sided p."""
    of = ways(sizes, count)
    middle = count * others
    extreme = sum(number for other, number in of.items() if abs(other - middle) >= abs(twice - middle))
    return extreme / sum(of.values())


def normal_probability(twice, sizes, count, others):
    """The same in the normal approximation: H. B. Mann and D. R. Whitney, Ann. Math. Statist. 18 (1947) 50."""
    total = count + others
    ties = sum(size**3 - size for size in sizes) / (total * (total - 1))
    variance = count * others * (total + 1 - ties) / 12
    if variance <= 0:
        return 1.0  # all values are equal
    distance = max(0.0, abs(twice - count * others) / 2 - 0.5)
    return math.erfc(distance / math.sqrt(2 * variance))


def probability(before, after):
    """The two-sided p of the Mann-Whitney test."""
    of_before, of_after = collections.Counter(before), collections.Counter(after)
    values = sorted(of_before.keys() | of_after.keys())
    sizes = tuple(of_before[value] + of_after[value] for value in values)
    twice = below = 0
    for value in values:
        twice += of_before[value] * (2 * below + of_after[value])
        below += of_after[value]
    pairs = len(before) * len(after)
    if len(before) > len(after):  # the test is symmetric: choose the fewer
        twice, before, after = 2 * pairs - twice, after, before
    test = exact_probability if pairs <= EXACT_PAIRS or len(before) == 1 else normal_probability
    return test(twice, sizes, len(before), len(after))


def can_tell(before, after, alpha):
    """Whether so many repetitions could be told apart at all: if all of the ones are below all of the others."""
    return probability(range(before), range(before, before + after)) < alpha


def time_of(result):
    """The time of a result in nanoseconds; None if it has none."""
    if result.get("error_occurred") or result.get("skipped"):
        return None
    time, unit = result["real_time"], {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}[result["time_unit"]]
    if not isinstance(time, (int, float)) or isinstance(time, bool) or not 0 <= time < math.inf:
        raise ValueError(f"real_time of {result['name']} is {time!r}")
    return unit * time


def times_of(results):
    """The times of each case in nanoseconds, one per round, and the names of the cases without a time."""
    rounds, failed = {}, set()
    for result in results:
        if result.get("run_type", "iteration") != "iteration":
            continue
        name = result.get("run_name", result["name"])
        if not isinstance(name, str):
            raise TypeError(f"a name is {name!r}")
        time = time_of(result)
        if time is None:
            failed.add(name)
        else:
            of_case = rounds.setdefault(name, {})
            of_case.setdefault(result.get("round", len(of_case)), []).append(time)
    times = {name: [statistics.median(turns) for turns in of_case.values()] for name, of_case in rounds.items()}
    return times, sorted(failed - times.keys())


def load(path):
    """The context of a file, and the times of each case."""
    context, results = read_results(path)
    try:
        times, failed = times_of(results)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise verdict.Failure(f"{path}: not a result of Google Benchmark: {error!r}") from error
    if failed:
        print(f"note: {path} has no time of {len(failed)} cases, as of {failed[0]}")
    if not times:
        raise verdict.Failure(f"{path}: there is no repetition of a case (aggregates alone are too little)")
    return context, times


def judge(before, after, threshold, alpha):
    """(the ratio of the medians, p, and what it means)."""
    old, new = statistics.median(before), statistics.median(after)
    ratio = new / old if old > 0 else math.inf if new > 0 else 1.0
    p = probability(before, after)
    if p >= alpha:
        return ratio, p, "same"
    if ratio > 1 + threshold:
        return ratio, p, "SLOWER"
    return ratio, p, "faster" if ratio < 1 / (1 + threshold) else "same"


def note_missing(path, times, others):
    missing = [name for name in times if name not in others]
    if missing:
        print(f"note: {len(missing)} cases are in {path} alone, as {missing[0]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", help="results.json")
    parser.add_argument("after", help="results.json")
    parser.add_argument("--threshold", type=number_between(0, math.inf), default=5.0, help="percent (default: 5)")
    parser.add_argument("--alpha", type=number_between(0, 1), default=0.05, help="significance level (default: 0.05)")
    parser.add_argument(
        "--filter", type=regular_expression, default="", help="only cases whose name matches this regular expression"
    )
    arguments = parser.parse_args()
    context_before, before = load(arguments.before)
    context_after, after = load(arguments.after)
    for what in ("processor", "host_name", "instruction set", "threads", "compiler", "flags"):
        if context_before.get(what) != context_after.get(what):
            print(f"note: {what} was {context_before.get(what)}, and is {context_after.get(what)}")
    note_missing(arguments.before, before, after)
    note_missing(arguments.after, after, before)
    names = [name for name in before if name in after and re.search(arguments.filter, name)]
    if not names:
        raise verdict.Failure("the files have no case in common")
    silent = [name for name in names if not can_tell(len(before[name]), len(after[name]), arguments.alpha)]
    if silent:
        print(f"note: of {len(silent)} cases there are too few repetitions to tell anything, as of {silent[0]}")
    width = max(map(len, names))
    counts = {"SLOWER": 0, "faster": 0, "same": 0}
    for name in names:
        ratio, p, what = judge(before[name], after[name], arguments.threshold / 100, arguments.alpha)
        counts[what] += 1
        if what != "same":
            print(f"{name:{width}}  {100 * (ratio - 1):+7.1f} %  p = {p:.3f}  {what}")
    print(f"{len(names)} cases: {counts['SLOWER']} slower, {counts['faster']} faster, {counts['same']} the same")
    return verdict.AGAINST if counts["SLOWER"] else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
