#!/usr/bin/env python3
"""Tests the exit status of the scripts: 1 only for a failed check, 2 for every error.

Usage: verdict_test.py <root of the sources>
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
BENCHMARKS = ROOT / "benchmarks"
WALK = ROOT / "examples" / "tour" / "walk.py"


def run(*command, **how):
    how = {"capture_output": True} | how
    return subprocess.run([sys.executable, *map(str, command)], text=True, timeout=300, check=False, **how)


def run_main(body, **how):
    """Runs a script with this body of main()."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script.py"
        lines = [f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})", "import verdict", "def main():", f"    {body}"]
        script.write_text("\n".join([*lines, "verdict.end(main)", ""]), encoding="utf-8")
        return run(script, **how)


def test_verdicts():
    for body, status in (("pass", 0), ("return verdict.FINE", 0), ("return verdict.AGAINST", 1), ("sys.exit(2)", 2)):
        done = run_main(f"print('θ'); {body}")
        assert done.returncode == status and done.stdout == "θ\n" and done.stderr == "", (body, done)


def test_failures_are_no_verdict():
    """One line for an error of the user, a traceback for a bug. Earlier output is not lost."""
    for body, said in (
        ("raise verdict.Failure('no result')", "script.py: no result"), ("open('/no/such/file')", "/no/such/file"),
        ("import no_such_module", "no_such_module"),
        ("import subprocess; subprocess.run(['false'], check=True)", "false"),
    ):  # fmt: skip
        done = run_main(f"print('before'); {body}")
        assert done.returncode == 2 and done.stdout == "before\n", (body, done)
        assert done.stderr.count("\n") == 1 and said in done.stderr, (body, done)
    for body in ("1 / 0", "assert False", "raise MemoryError", "{}['key']", "main()"):
        done = run_main(body)
        assert done.returncode == 2 and "Traceback" in done.stderr, (body, done)


def test_closed_descriptors():
    """Closed descriptors do not change the status. Messages for the standard error do not go to another file."""
    for closed in ((1,), (2,), (0, 1, 2)):

        def close(closed=closed):
            for descriptor in closed:
                os.close(descriptor)

        for body, status in (("return verdict.AGAINST", 1), ("raise verdict.Failure('no result')", 2)):
            done = run_main(f"print('before'); {body}", preexec_fn=close)
            assert done.returncode == status and "no result" not in done.stdout, (closed, body, done)


def test_every_script_ends_like_this():
    """Every script of the benchmarks and of the examples, except for those of the Python package."""
    found = 0
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        folder = path.relative_to(ROOT).parts[0]
        if '\nif __name__ == "__main__":\n' not in text or folder not in ("benchmarks", "examples"):
            continue
        if "python" in path.relative_to(ROOT).parts:  # those of the Python package stand alone
            continue
        found += 1
        assert text.endswith('\nif __name__ == "__main__":\n    verdict.end(main)\n'), path
        assert "\nExit status: 0 if " in text, path
        assert "sys.exit(" not in text, path
    assert found >= 5, found


def test_what_cannot_be_run():
    """Without arguments, and with a program that is not there."""
    for script, arguments in (
        (BENCHMARKS / "run.py", ("missing", "folder")), (BENCHMARKS / "run.py", (sys.executable, "folder")),
        (BENCHMARKS / "run.py", ("missing", "folder", "--draw")), (BENCHMARKS / "run.py", ("missing", "folder", "--only", "(")),
        (BENCHMARKS / "run.py", ("missing", "folder", "--document")),
        (BENCHMARKS / "compare.py", ("missing", "missing")), (BENCHMARKS / "bounds.py", ("missing",)),
        (WALK, ("missing",)), (WALK, ("--check", "missing")), (ROOT / "examples" / "transition.py", ("missing", "a.png")),
        (ROOT / "examples" / "helicity.py", ("missing", "a.png")),
        (ROOT / "examples" / "hysteresis.py", ("missing", "a.png")),
        (ROOT / "tests" / "docs_test.py", ("missing", "folder", "missing")),
        (ROOT / "tests" / "validation" / "page_test.py", ("missing", "missing")),
    ):  # fmt: skip
        for given in ((), arguments):
            with tempfile.TemporaryDirectory() as folder:
                done = run(script, *given, cwd=folder)
                assert done.returncode == 2 and done.stderr, (script, given, done)


def test_results_that_are_damaged():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "results.json").write_text('{"benchmarks": [', encoding="utf-8")
        done = run(BENCHMARKS / "run.py", "program", folder, "--draw")
        assert done.returncode == 2 and "results.json" in done.stderr and done.stderr.count("\n") == 1, done


def test_steps_of_the_tour():
    """Status 1 if a step differs; status 2 if it cannot be run, crashes or prints no result."""
    line = "echo 'a step    1.5 ns per cell-step, off by {}'"
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, status) in enumerate((
            (line.format("1.0e-15"), 0), (line.format("1.0e-03") + "; exit 1", 1), (line.format("nan") + "; exit 1", 1),
            (line.format("1.0e-15") + "; exit 3", 2), ("exit 1", 2), ("kill -9 $$", 2), ("echo other", 2),
        )):  # fmt: skip
            step = pathlib.Path(folder) / f"step_{number}"
            step.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            step.chmod(0o755)
            for options in ((), ("--check",)):
                done = run(WALK, *options, step)
                assert done.returncode == status and "Traceback" not in done.stderr, (text, options, done)


def test_a_parent_that_ignores_the_end_of_its_children():
    """The script still learns the exit status of its child processes."""
    with tempfile.TemporaryDirectory() as folder:
        step = pathlib.Path(folder) / "step"
        step.write_text("#!/bin/sh\necho 'a step    1.5 ns per cell-step, off by 1.0e-03'; exit 1\n", encoding="utf-8")
        step.chmod(0o755)
        done = run(WALK, "--check", step, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        assert done.returncode == 1 and "differs" in done.stdout, done


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print("passed ", name)
