#!/usr/bin/env python3
"""Runs the commands of docs/gallery.md: each makes the picture that stands below it.

Usage: gallery_test.py <kuramoto-simulate>
"""

import os
import pathlib
import re
import subprocess
import sys

import support
from support import PROGRAM, size_of_picture

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


def test_every_command_makes_its_picture():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    runs = re.findall(r"^```sh\n(.*?)^```\n\n!\[[^]]+\]\(pictures/([a-z]+\.png)\)", page, flags=re.M | re.S)
    assert len(runs) == 9 == page.count("```sh"), "a command and its picture"
    os.mkdir("bin")
    os.symlink(PROGRAM, "bin/kuramoto-simulate")
    os.symlink(sys.executable, "bin/python3")
    environment = {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}
    for command, picture in runs:
        done = subprocess.run(
            ["sh", "-ec", command], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{command}{done.stderr}"
        assert size_of_picture(picture) == size_of_picture(DOCS / "pictures" / picture), picture


if __name__ == "__main__":
    support.main(globals())
