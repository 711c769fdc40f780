#!/usr/bin/env python3
"""Writes the type stubs of kuramoto._core from the signatures that the module itself states.

Usage: make_stubs.py [--check] <kuramoto/_core.pyi>

--check compares with the file, and ends with 1 if it differs.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from pathlib import Path

import kuramoto._core as core

HEAD = '''# Made by make_stubs.py from the signatures of the module.
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32] | npt.NDArray[np.float64]
Mask = Array | npt.NDArray[np.bool_]
Side = str | BoundaryCondition
Boundary = Side | Mapping[str, Side]

__version__: str
'''

# What an argument may be, where the signature says `object` alone.
BY_NAME = {
    **dict.fromkeys(("theta", "velocity", "omega", "out", "theta_before", "theta_after", "frequencies"), "Array"),
    "mask": "Mask | None",
    "lattice": "Model | Boundary",
    "boundary": "Boundary",
    "coupling": "str | Coupling | CompiledCoupling | None",
    "bonds": "tuple[Array, Array] | None",
    "mean_field": "MeanField | None",
    "inertia": "Inertia | None",
    **dict.fromkeys(("D", "mass", "damping"), "float | Array"),
    **dict.fromkeys(("phase", "flux"), "float | Sequence[float] | Array"),
    "first_step": "int | None",
    "progress": "bool | Callable[[int], object] | None",
    "dtype": "npt.DTypeLike",
    "self": "",
}
# Other ones in single functions.
BY_FUNCTION = {
    ("Model.__init__", "omega"): "float | Array",
    ("rate", "out"): "Array | None",
    ("local_order_parameter", "out"): "Array | None",
    ("advance", "velocity"): "Array | None",
    ("integrate", "velocity"): "Array | None",
    ("Ensemble.advance", "models"): "Model | Iterable[Model]",
    ("Ensemble.advance", "steppers"): "Stepper | Iterable[Stepper]",
    ("Ensemble.advance", "velocity"): "Ensemble | None",
    ("Ensemble.advance", "members"): "npt.NDArray[np.bool_] | Sequence[bool] | None",
    ("Ensemble.integrate", "models"): "Model | Iterable[Model]",
    ("Ensemble.integrate", "methods"): "DormandPrince54 | Iterable[DormandPrince54]",
    ("Ensemble.integrate", "velocity"): "Ensemble | None",
    ("Ensemble.integrate", "members"): "npt.NDArray[np.bool_] | Sequence[bool] | None",
}
# Methods of a class that is a sequence of arrays.
OF_SEQUENCE = {
    "__len__": "(self) -> int",
    "__getitem__": "(self, k: SupportsIndex) -> Array",
    "__setitem__": "(self, k: SupportsIndex, values: npt.ArrayLike) -> None",
    "__iter__": "(self) -> Iterator[Array]",
}
RESULTS = {"rate": "Array", "local_order_parameter": "Array"}
PROPERTIES = {"Ensemble.dtype": "np.dtype[np.float32] | np.dtype[np.float64]"}


def plain(annotation: str) -> str:
    """The type that pybind11 writes, as a type of the stubs."""
    annotation = annotation.replace("kuramoto._core.", "").replace("List[", "list[").replace("Tuple[", "tuple[")
    return re.sub(r"numpy\.ndarray\[numpy\.(\w+)\]", r"npt.NDArray[np.\1]", annotation)


def argument_of(function: str, text: str) -> str:
    """One argument of a signature."""
    match = re.fullmatch(r"(\w+)(?:: ([^=]+?))?(?: = (.+))?", text)
    if not match:
        return text  # `*`
    name, annotation, default = match.groups()
    kind = plain(annotation or "")
    if name == "self" or re.fullmatch(r"arg\d+", name):
        return "self" if name in ("self", "arg0") and "." in function and "__eq__" not in function else f"{name}: {kind}"
    if kind in ("object", "list[float]"):
        kind = BY_FUNCTION.get((function, name), BY_NAME.get(name, "Sequence[float]"))
    elif kind.startswith("list["):
        kind = "Sequence" + kind[4:]
    return f"{name}: {kind}" + (" = ..." if default is not None else "")


def signature_of(name: str, function: object) -> tuple[str, str]:
    """The arguments and the result of a function, from the first line of its documentation."""
    first = (inspect.getdoc(function) or "").splitlines()[0]
    match = re.fullmatch(r"\w+\((.*)\) -> (.+)", first)
    if not match:
        raise SystemExit(f"make_stubs.py: {name} does not state its signature: {first!r}")
    arguments = [argument_of(name, part) for part in re.split(r", (?![^\[]*\])", match.group(1))] if match.group(1) else []
    return ", ".join(arguments), RESULTS.get(name, plain(match.group(2)))


def class_lines(name: str, cls: type) -> list[str]:
    """A class with its properties and methods."""
    bases = [base.__name__ for base in cls.__bases__ if base.__module__ == core.__name__]
    if issubclass(cls, KeyboardInterrupt):
        return [f"class {name}(KeyboardInterrupt):", "    steps_done: int"]
    lines = [f"class {name}" + (f"({bases[0]})" if bases else "") + ":"]
    for member, value in sorted(vars(cls).items()):
        qualified = f"{name}.{member}"
        if isinstance(value, property):
            doc = (value.fget.__doc__ or "").strip().splitlines()[0]
            kind = PROPERTIES.get(qualified, plain(doc.rpartition(" -> ")[2]))
            lines += ["    @property", f"    def {member}(self) -> {kind}: ..."]
        elif member == "__init__" and "(*args" not in (value.__doc__ or "") and "->" in (value.__doc__ or ""):
            arguments, _ = signature_of(qualified, value)
            lines += [f"    def __init__({arguments}) -> None: ..."]
        elif member == "__hash__" and value is not None:
            lines += ["    def __hash__(self) -> int: ..."]
        elif member == "__eq__":
            lines += ["    def __eq__(self, other: object) -> bool: ..."]
        elif member in OF_SEQUENCE:
            lines += [f"    def {member}{OF_SEQUENCE[member]}: ..."]
        elif not member.startswith("_"):
            arguments, result = signature_of(qualified, value)
            lines += [f"    def {member}({arguments}) -> {result}: ..."]
    return lines if len(lines) > 1 else [lines[0] + " ..."]


def stubs() -> str:
    """The whole file."""
    parts = []
    members = sorted(vars(core).items())
    for name, value in members:
        if isinstance(value, type):
            parts.append("\n".join(class_lines(name, value)))
    for name, value in members:
        if inspect.isbuiltin(value) or type(value).__name__ == "builtin_function_or_method":
            arguments, result = signature_of(name, value)
            parts.append(f"def {name}({arguments}) -> {result}: ...")
    return HEAD + "\n" + "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the type stubs of kuramoto._core.")
    parser.add_argument("--check", action="store_true", help="compare with the file, and write nothing")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    text = stubs()
    if not arguments.check:
        arguments.file.write_text(text, encoding="utf-8")
    elif text != arguments.file.read_text(encoding="utf-8"):
        sys.exit(f"{arguments.file} is not what the module states: run make_stubs.py")


if __name__ == "__main__":
    main()
