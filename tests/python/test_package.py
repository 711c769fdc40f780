"""The package as a whole."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from kuramoto import _core

MOST_BYTES = 6e6


@pytest.mark.skipif(bool(os.environ.get("KURAMOTO_ANY_SIZE")), reason="a build with symbols or sanitizers")
def test_the_module_is_small() -> None:
    assert Path(_core.__file__).stat().st_size <= MOST_BYTES


def test_pip_compiles_what_cmake_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    setuptools = pytest.importorskip("setuptools")
    pytest.importorskip("pybind11")
    given: dict[str, Any] = {}
    monkeypatch.setattr(setuptools, "setup", lambda **arguments: given.update(arguments))
    package = Path(__file__).resolve().parents[2] / "examples/python"
    runpy.run_path(str(package / "setup.py"))
    (module,) = given["ext_modules"]
    of_pip = {(package / source).resolve().relative_to(package.parent).as_posix() for source in module.sources}
    assert all((package / source).is_file() for source in module.sources)
    of_cmake = {source for source in os.environ["KURAMOTO_MODULE_SOURCES"].split(":") if source.endswith(".cpp")}
    assert {Path(source).name for source in of_pip} == {Path(source).name for source in of_cmake}
    assert len(of_pip) == len(of_cmake)
