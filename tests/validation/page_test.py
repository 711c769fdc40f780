#!/usr/bin/env python3
"""Compares docs/validation.md with a quick report: each of its rows has to stand there, and all rows have to pass.

Usage: page_test.py <docs/validation.md> <quick report>

What is found may differ in the last digits with the instruction set; all else is the same.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import verdict  # noqa: E402


def rows(path):
    """The cells of each row, without what was found, below the title of its chapter."""
    chapter = None
    found = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            chapter = line
        elif line.startswith("| ") and not line.startswith("| check |"):
            cells = line.strip("| ").split(" | ")
            found.append((chapter, *cells[:2], *cells[3:]))
    return found


def main():
    if len(sys.argv) != 3:
        raise verdict.Failure(__doc__)
    page, quick = rows(sys.argv[1]), rows(sys.argv[2])
    if len(quick) <= 30:
        raise verdict.Failure(f"{sys.argv[2]} has {len(quick)} rows, and a quick report has more than 30")
    missing = [row for row in quick if row not in page]
    for row in missing:
        print("not in the page:", *row, sep="\n    ")
    failed = [row for row in page if row[-1] != "PASS"]
    for row in failed:
        print("failed:", *row, sep="\n    ")
    return verdict.AGAINST if missing or failed else verdict.FINE


if __name__ == "__main__":
    verdict.end(main)
