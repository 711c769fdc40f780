"""The course, replayed: a small version of it runs as a program and as a notebook."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "python"
QUICK = {**os.environ, "KURAMOTO_QUICK": "1", "MPLBACKEND": "agg"}


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def course() -> Any:
    pytest.importorskip("matplotlib").use("agg")
    former = os.environ.get("KURAMOTO_QUICK")
    os.environ["KURAMOTO_QUICK"] = "1"
    try:
        yield load("course")
    finally:
        os.environ.pop("KURAMOTO_QUICK") if former is None else os.environ.update(KURAMOTO_QUICK=former)
        pytest.importorskip("matplotlib.pyplot").close("all")


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_solvers_agree(course: Any, precision: Any) -> None:
    expected = course.NaiveSolver(N=7, T=0.5, dtype=np.float64).integrate()
    for solver in course.SOLVERS.values():
        phases = solver(N=7, T=0.5, dtype=precision).integrate()
        assert phases.dtype == precision  # NumPy widens without a word
        np.testing.assert_allclose(phases, expected, rtol=0, atol=40 * float(np.finfo(precision).eps))


def test_records_have_all_states(course: Any) -> None:
    for solver in course.SOLVERS.values():
        recorded = solver(N=5, T=0.7, record=True)
        last = recorded.integrate()
        assert len(recorded.states) == 8
        assert np.array_equal(recorded.states[-1], last)
        assert np.array_equal(recorded.states[-1], solver(N=5, T=0.7).integrate())
    recorded.play_video()._draw_was_started = True


def test_nothing_is_played_without_a_record(course: Any) -> None:
    with pytest.raises(ValueError, match="record=True"):
        course.NumpySolver(N=5).play_video()


def test_cells_of_a_program() -> None:
    pytest.importorskip("nbformat")
    cells = load("make_notebook").cells_of("# %% [markdown]\n# # A\n#\n# b\n# %%\nx = 1\n\n# %%\n# %%\ny = 2\n")
    assert [(cell.cell_type, cell.source) for cell in cells] == [
        ("markdown", "# A\n\nb"),
        ("code", "x = 1"),
        ("code", "y = 2"),
    ]


def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbconvert")
    pytest.importorskip("ipykernel")
    output = tmp_path / "course.ipynb"
    program = [sys.executable, str(EXAMPLES / "make_notebook.py"), "--execute", "-o", str(output)]
    done = subprocess.run(program, env=QUICK, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(output, as_version=4)
    outputs = [result for cell in notebook.cells if cell.cell_type == "code" for result in cell.outputs]
    kinds = [kind for result in outputs for kind in result.get("data", {})]
    assert kinds.count("image/png") == 5
    assert kinds.count("text/html") == 2
    assert not any(result.output_type == "error" or result.get("name") == "stderr" for result in outputs)
    assert "too short" in outputs[0]["text"]
