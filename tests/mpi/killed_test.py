#!/usr/bin/env python3
"""Kills one process of kuramoto-simulate-mpi at any moment: the run ends, every file is whole, and the run resumes.

Usage: killed_test.py <kuramoto-simulate> <kuramoto-simulate-mpi> <mpirun> <number of processes> [<rounds> [<seed>]]
"""

import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import numpy as np

import programs
from programs import RANKS, command, ended, good, processes_of, until

ROUNDS = int(sys.argv[5]) if len(sys.argv) > 5 else 4
SEED = int(sys.argv[6]) if len(sys.argv) > 6 else 1
MODEL = ("-N", 200, "--noise", 0.25, "--boundary", "periodic", "--steps", 3000, "--quiet")
WATCHED = ("--record", "r.npy", "--observe", "t.csv", "--every", 100, "--observables", "r,vortices")
SAVED = ("--checkpoint", "c", "--checkpoint-every", 20)


def test_killed_runs_go_on():
    start = time.monotonic()
    good(*MODEL, *WATCHED, *SAVED, "--save", "s.npy")
    longest = time.monotonic() - start
    expected = {name: pathlib.Path(name).read_bytes() for name in ("s.npy", "r.npy", "r.times.npy", "t.csv")}
    frames = np.load("r.npy")
    resumed = 0
    for k in range(ROUNDS):
        for left in pathlib.Path(".").iterdir():
            left.unlink()
        chance = random.Random(1000 * SEED + k)
        words = command(*MODEL, *WATCHED, *SAVED)
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as launcher:
            until(lambda: len(processes_of(launcher)) == RANKS or launcher.poll() is not None)
            time.sleep(longest * chance.random())
            rank = chance.randrange(RANKS)
            process = processes_of(launcher).get(rank)
            if process is not None:
                os.kill(process, signal.SIGKILL)
            status, _ = ended(launcher, 10)
        assert process is None or status != 0 or os.path.exists("t.csv"), status
        for part in ("r.npy", "r.npy.part"):
            if os.path.exists(part):
                found = np.load(part)  # NumPy reads it at any moment
                assert found.tobytes() == frames[: len(found)].tobytes(), f"round {k}: {part} has wrong frames"
        if not os.path.exists("c"):
            continue  # it was killed before the first checkpoint
        summary = good("--resume", "c", *WATCHED, *SAVED, "--save", "s.npy", "--steps", 3000, ranks=k % 3 and RANKS)
        resumed += 0 < int(summary["resumed"].split()[-1]) < 3000
        for name, content in expected.items():
            assert pathlib.Path(name).read_bytes() == content, f"round {k}: {name} differs: {summary}"
    print(f"{resumed} of {ROUNDS} runs were killed on their way")
    assert resumed >= ROUNDS // 3, "or little was shown"


programs.main(globals())
