"""compile_coupling: a coupling from an expression, compiled by the system's C++ compiler."""

from __future__ import annotations

import ast
import hashlib
import math
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import _core

_FUNCTIONS = {"sin": "odd", "cos": "even"}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

_SOURCE = """// {expression}
#include <kuramoto/runtime/any_coupling.hpp>
#include <kuramoto/version.hpp>

namespace {{
struct Given {{
    static constexpr bool odd = {odd};
    double slope;
    [[nodiscard]] double max_slope() const {{ return slope; }}
    template <class V> V operator()(const V& d) const {{ return {code}; }}
}};
template <class T> void* made() {{ return new kuramoto::AnyCoupling<T>(Given{{{slope}}}); }}
}} // namespace

extern "C" void* kuramoto_coupling_float32() {{ return made<float>(); }}
extern "C" void* kuramoto_coupling_float64() {{ return made<double>(); }}
extern "C" const char* kuramoto_coupling_layout() {{ return kuramoto::AnyCoupling<float>::layout(); }}
"""


class _Translation:
    """An expression in d as C++, and whether it is odd, even or neither in d."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        if "\0" in expression:
            raise self._refuse("a null character")
        try:
            tree = ast.parse(expression.strip(), mode="eval")
            self.code, self.parity = self._translated(tree.body)
            self.text = ast.unparse(tree)
        except SyntaxError as error:
            raise ValueError(f"expression is not an expression of Python: {error.msg}, in {expression!r}") from None
        except (RecursionError, MemoryError):
            raise ValueError(f"expression is nested too deeply: {expression[:60]!r}…") from None

    def _refuse(self, what: str) -> ValueError:
        return ValueError(
            f"expression may hold d, numbers, +, -, *, /, sin and cos, but has {what}: {self._expression!r}"
        )

    def _translated(self, node: ast.expr) -> tuple[str, str]:
        if isinstance(node, ast.Name):
            if node.id != "d":
                raise self._refuse(f"the name {node.id}")
            return "d", "odd"
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
                raise self._refuse(f"the constant {node.value!r}")
            return f"V({self._number(node.value)!r})", "even"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            code, parity = self._translated(node.operand)
            return (f"(-{code})" if isinstance(node.op, ast.USub) else code), parity
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            left, left_parity = self._translated(node.left)
            right, right_parity = self._translated(node.right)
            code = f"({left} {_OPERATORS[type(node.op)]} {right})"
            return code, self._combined(left_parity, right_parity, isinstance(node.op, (ast.Add, ast.Sub)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            if len(node.args) != 1 or node.keywords:
                raise self._refuse(f"{node.func.id} of {len(node.args) + len(node.keywords)} arguments")
            code, parity = self._translated(node.args[0])
            if parity == "odd":
                parity = _FUNCTIONS[node.func.id]
            return f"kuramoto::{node.func.id}({code})", parity
        raise self._refuse(f"'{ast.unparse(node)}'")

    def _number(self, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._refuse("a number that is too large")
        return number

    @staticmethod
    def _combined(left: str, right: str, is_sum: bool) -> str:
        if "neither" in (left, right):
            return "neither"
        if is_sum:
            return left if left == right else "neither"
        return "even" if left == right else "odd"


def _compiler() -> str:
    for name in (os.environ.get("CXX", ""), "c++", "g++", "clang++"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("compile_coupling needs a C++ compiler: set CXX, or install g++ 12 or clang++ 14")


def include_folder() -> Path:
    """The folder to include the headers of the library from."""
    return Path(__file__).absolute().parent / "include"


# The flags from which the library makes each part of the name of a build: see detail/build/config.hpp.
_INSTRUCTIONS: dict[str, list[str]] = {
    "base": [],
    "avx": ["-mavx"],
    "fma": ["-mavx", "-mfma"],
    "avx512": ["-mavx512f", "-mfma"],
}
_ARITHMETIC: dict[str, list[str]] = {
    "": [],
    "_fast_math": ["-ffast-math"],
    "_associative_math": ["-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math", "-fno-math-errno"],
    "_finite_math": ["-ffinite-math-only"],
}


def _flags_for(layout: str) -> list[str]:
    """The flags that give a library the layout of the module, which was perhaps built with others than these."""
    match = re.fullmatch(r"build_(base|avx|fma|avx512)(_fast_math|_associative_math|_finite_math|)(_checked|)", layout)
    if not match:
        raise RuntimeError(
            f"compile_coupling knows no flags that make libraries for this module, which was built as {layout}: "
            "build the module without CFLAGS of your own"
        )
    instructions, arithmetic, checks = match.groups()
    return [
        "-std=c++20",
        "-O2",
        "-fPIC",
        "-shared",
        *_INSTRUCTIONS[instructions],
        *_ARITHMETIC[arithmetic],
        *(["-DKURAMOTO_CHECK_INDICES=1"] if checks else ["-DKURAMOTO_CHECK_INDICES=0", "-DNDEBUG"]),
    ]


def _headers_digest() -> str:
    """Of names and contents of all headers: a library that was built with others must not be loaded."""
    digest = hashlib.sha256()
    folder = include_folder() / "kuramoto"
    for file in sorted(folder.rglob("*.hpp")):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kuramoto"


def compile_coupling(expression: str, *, max_slope: float | None = None) -> _core.CompiledCoupling:
    """A coupling from an expression in d, compiled once and then loaded from a cache.

    Parameters
    ----------
    expression : str
        f(d) of numbers, +, -, *, /, sin and cos, such as "sin(d) + 0.1 * cos(d)". d is the
        phase difference across a bond, in rad.
    max_slope : float, optional
        The largest \\|f'(d)\\|, from which max_stable_dt follows. Without it, max_stable_dt is NaN.

    Returns
    -------
    CompiledCoupling
        For Model(coupling=…). It runs in the kernels of the library, at their speed.

    Raises
    ------
    ValueError
        For anything else in the expression, and for a max_slope that is not finite and positive.
    RuntimeError
        Without a C++ compiler, or if it fails; the message is its own.

    Notes
    -----
    Takes some twenty seconds the first time. The cache is the folder kuramoto in XDG_CACHE_HOME, or in
    ~/.cache; its files are named by what they are built from: expression, compiler, flags and headers.
    """
    if not isinstance(expression, str):
        raise TypeError(f"expression must be a str, but is of type {type(expression).__name__}")
    translation = _Translation(expression)
    if max_slope is not None and not (math.isfinite(max_slope) and max_slope > 0):
        raise ValueError(f"max_slope must be finite and positive, but is {max_slope}")
    slope = '__builtin_nan("")' if max_slope is None else repr(float(max_slope))
    source = _SOURCE.format(
        expression=translation.text,
        odd="true" if translation.parity == "odd" else "false",
        code=translation.code,
        slope=slope,
    )
    compiler = _compiler()
    layout = _core._coupling_layout()
    flags = _flags_for(layout)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout
    content = "\0".join((source, version, _core.__version__, layout, _headers_digest(), *flags))
    folder = _cache_folder()
    library = folder / f"{hashlib.sha256(content.encode()).hexdigest()[:32]}.so"
    if not _is_whole(library):
        _build([compiler, *flags, f"-I{include_folder()}"], source, library)
    return _core._load_coupling(str(library), expression)


def _mark_of(library: Path) -> Path:
    """The file beside a library that holds the hash of its content, written after it."""
    return library.with_suffix(".sha256")


def _is_whole(library: Path) -> bool:
    """Whether a library of the cache is what was built: to load one that was cut short ends the process."""
    try:
        mark = _mark_of(library).read_text(encoding="ascii")
        return mark == hashlib.sha256(library.read_bytes()).hexdigest()
    except (OSError, UnicodeDecodeError):
        return False


def _build(command: list[str], source: str, library: Path) -> None:
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        text = Path(folder) / "coupling.cpp"
        text.write_text(source, encoding="utf-8")
        built = Path(folder) / "coupling.so"
        done = subprocess.run([*command, str(text), "-o", str(built)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"the compiler {command[0]} failed:\n{done.stderr}")
        if not built.exists():
            raise RuntimeError(f"the compiler {command[0]} built nothing, and did not say why")
        mark = Path(folder) / "mark"
        mark.write_text(hashlib.sha256(built.read_bytes()).hexdigest(), encoding="ascii")
        os.replace(built, library)
        os.replace(mark, _mark_of(library))
