"""What the tests of all programs share: running the tests of a module, waiting, and reading what a run says.

A test is a function test_...() of a module that ends with `main(globals())`; each runs in an empty folder of its own.
"""

import os
import re
import sys
import tempfile
import time
import traceback

PROGRESS = re.compile(r" *[0-9.]+ %  .* step [0-9]+/[0-9]+  ")  # what a run says on a machine on which it takes long
PROCESSES = []  # those that the test has started; they are ended with it


def summary_of(output):
    """The summary on a standard output, as a dictionary."""
    return {line.split()[0]: line.split(maxsplit=1)[1] for line in output.splitlines()}


def until(happens, seconds=60):
    """Waits until a condition holds. Fails after a bounded time."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        if happens():
            return
        time.sleep(0.001)
    raise AssertionError("it has not happened")


def passes(test):
    """Runs one test in an empty folder."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            test()
            return True
        except Exception:  # a failed test must not hide the others
            traceback.print_exc()
            return False
        finally:
            while PROCESSES:
                PROCESSES.pop().kill()
            os.chdir(home)


def main(module):
    """Runs the tests of a module; ends with 1 if one failed."""
    tests = [(name, test) for name, test in module.items() if name.startswith("test_")]
    failed = []
    for name, test in tests:
        is_good = passes(test)
        print(f"{'passed' if is_good else 'FAILED'}  {name}", flush=True)
        if not is_good:
            failed.append(name)
    print(f"{len(tests) - len(failed)} of {len(tests)} tests passed")
    sys.exit(1 if failed or not tests else 0)
