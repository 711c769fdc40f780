"""compile_coupling: the coupling is that of the expression, at every bond, and is compiled once."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kuramoto as km
from kuramoto import compiling

EXPRESSION = "sin(d) + 0.25 * cos(d) - d / 8"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of its own: one that is warm could hide that nothing compiles any more."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder / "kuramoto"


@pytest.fixture(scope="module")
def coupling(cache: Path) -> km.CompiledCoupling:
    return km.compile_coupling(EXPRESSION, max_slope=2.0)


def flux(d: npt.NDArray[Any]) -> npt.NDArray[Any]:
    result: npt.NDArray[Any] = np.sin(d) + 0.25 * np.cos(d) - d / 8
    return result


@pytest.mark.parametrize("dtype, most", [(np.float32, 2e-6), (np.float64, 1e-14)])
def test_rates_are_those_of_the_expression(coupling: km.CompiledCoupling, dtype: type, most: float) -> None:
    theta: npt.NDArray[Any] = np.empty((13, 17), dtype)
    km.uniform_phases(theta, 1)
    model = km.Model(K=0.5, coupling=coupling, boundary="periodic")
    exact = theta.astype(np.longdouble)
    expected = 0.5 * sum(flux(np.roll(exact, way, axis) - exact) for way in (1, -1) for axis in (0, 1))
    assert np.max(np.abs(km.rate(model, theta) - expected)) < most
    assert km.max_stable_dt(km.Euler(1.0), model) == 0.25
    assert EXPRESSION in repr(coupling)


def test_the_second_time_nothing_is_compiled(coupling: km.CompiledCoupling, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiling, "_build", refuse)
    assert repr(km.compile_coupling(EXPRESSION, max_slope=2.0)) == repr(coupling)


@pytest.mark.parametrize("damage", ["cut short", "text", "no mark"])
def test_a_damaged_library_is_built_again(
    coupling: km.CompiledCoupling, cache: Path, damage: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(cache, tmp_path / "kuramoto")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (library,) = (tmp_path / "kuramoto").glob("*.so")
    whole = library.read_bytes()
    if damage == "no mark":
        library.with_suffix(".sha256").unlink()
    else:
        library.write_bytes(whole[:5000] if damage == "cut short" else b"text")

    def build(command: list[str], source: str, target: Path) -> None:
        assert target == library
        library.write_bytes(whole)

    monkeypatch.setattr(compiling, "_build", build)
    assert repr(km.compile_coupling(EXPRESSION, max_slope=2.0)) == repr(coupling)
    assert library.read_bytes() == whole


def test_other_headers_are_another_library(
    coupling: km.CompiledCoupling, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(compiling.include_folder(), tmp_path / "include")
    monkeypatch.setattr(compiling, "include_folder", lambda: tmp_path / "include")
    built: list[Path] = []

    def build(command: list[str], source: str, library: Path) -> None:
        built.append(library)
        raise RuntimeError("compiled")

    monkeypatch.setattr(compiling, "_build", build)
    assert repr(km.compile_coupling(EXPRESSION, max_slope=2.0)) == repr(coupling)
    header = tmp_path / "include/kuramoto/runtime/any_coupling.hpp"
    text = header.read_text(encoding="utf-8")
    header.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="compiled"):
        km.compile_coupling(EXPRESSION, max_slope=2.0)
    header.write_text(text, encoding="utf-8")
    header.rename(header.with_name("another.hpp"))
    with pytest.raises(RuntimeError, match="compiled"):
        km.compile_coupling(EXPRESSION, max_slope=2.0)
    assert len(set(built)) == 2


_LAYOUT = """
#include <kuramoto/runtime/any_coupling.hpp>
"""


@pytest.mark.parametrize("layout", ["build_base", "build_base_checked", "build_avx", "build_fma", "build_avx512",
                                    "build_avx512_fast_math", "build_base_associative_math", "build_fma_finite_math"])
def test_flags_give_the_layout_of_the_module(layout: str, tmp_path: Path) -> None:
    if platform.machine() != "x86_64" and "base" not in layout:
        pytest.skip("instruction sets of x86-64")
    source = tmp_path / "layout.cpp"
    source.write_text(_LAYOUT, encoding="utf-8")
    flags = [flag for flag in compiling._flags_for(layout) if flag not in ("-shared", "-fPIC", "-O2")]
    done = subprocess.run([compiling._compiler(), *flags, "-E", "-P", f"-I{compiling.include_folder()}", str(source)],
                          capture_output=True, text=True, check=True)
    assert f'return "{layout}";' in done.stdout


def test_a_layout_without_flags_is_refused_before_anything_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(km._core, "_coupling_layout", lambda: "build_avx1024")
    monkeypatch.setattr(compiling, "_build", None)
    with pytest.raises(RuntimeError, match="build_avx1024"):
        km.compile_coupling(EXPRESSION, max_slope=2.0)


@pytest.mark.parametrize("expression, odd", [("sin(d)", True), ("d * cos(2 * d)", True), ("-sin(d) / 3 + d", True),
                                             ("cos(d)", False), ("sin(d - 0.1)", False), ("sin(d) + 1", False),
                                             ("sin(sin(d))", True), ("cos(sin(d)) * d", True), ("d * d", False)])
def test_oddness_is_found(expression: str, odd: bool) -> None:
    assert (compiling._Translation(expression).parity == "odd") == odd


@pytest.mark.parametrize("expression", ["sin(x)", "d ** 2", "tan(d)", "sin(d", "1 if d else 2", "sin(d, d)", "True * d",
                                        "__import__('os')", "sin(d); d", "d.real", "1j * d", "", "1e999 * d", f"{10**400} * d",
                                        "-" * 100_000 + "d", "sin(" * 5000 + "d" + ")" * 5000, "d\0"])
def test_anything_else_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="expression"):
        km.compile_coupling(expression)


@pytest.mark.parametrize("max_slope", [0.0, -1.0, float("inf"), float("nan")])
def test_a_slope_that_cannot_be_is_refused(max_slope: float) -> None:
    with pytest.raises(ValueError, match="max_slope"):
        km.compile_coupling(EXPRESSION, max_slope=max_slope)


def test_comments_do_not_reach_the_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    sources: list[str] = []

    def build(command: list[str], source: str, library: Path) -> None:
        sources.append(source)
        raise RuntimeError("enough")

    monkeypatch.setattr(compiling, "_build", build)
    for expression in ("sin(d) # \\", " sin( d ) ", "(sin(d)\n)"):
        with pytest.raises(RuntimeError, match="enough"):
            km.compile_coupling(expression)
    assert len(set(sources)) == 1
    assert sources[0].startswith("// sin(d)\n#include")


def test_a_compiler_that_fails_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CXX", "false")
    with pytest.raises(RuntimeError, match="false failed"):
        km.compile_coupling("sin(d) + 0.125 * d")
    assert not list(tmp_path.rglob("*.so"))
    monkeypatch.setenv("CXX", "true")
    with pytest.raises(RuntimeError, match="true built nothing"):
        km.compile_coupling("sin(d) + 0.125 * d")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="CXX"):
        km.compile_coupling("sin(d) + 0.125 * d")
