"""Builds kuramoto._core from the headers of the library, and puts the headers into the package.

The compiler must know -fopenmp, as g++ does, and clang++ with libomp: there is no module without OpenMP.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from pybind11.setup_helpers import ParallelCompile, Pybind11Extension, build_ext
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent.parent


if not (LIBRARY / "include/kuramoto/version.hpp").is_file() or not (HERE.parent / "runtime").is_dir():
    sys.exit(
        f"setup.py: the headers of the library are not in {LIBRARY / 'include'}: "
        "build from a checkout of the repository, with pip install ./examples/python"
    )


def version() -> str:
    """The version of the library, which its header states."""
    text = (LIBRARY / "include/kuramoto/version.hpp").read_text()
    numbers = [re.search(rf"version_{part} = (\d+);", text) for part in ("major", "minor", "patch")]
    return ".".join(number.group(1) for number in numbers if number)


# All .cpp files of these folders are compiled: files that need MPI lie elsewhere.
SOURCES = [HERE / "bindings", HERE.parent / "runtime", HERE.parent / "runtime/ensembles"]

# What computes, and its options; the other files of the bindings only pass arguments on, and are not worth their size.
# By default GCC inlines functions until a file has grown by 40 %. The kernels do not need this: each inlines whatever
# it calls. Clang ignores the option.
OPTIONS = {
    "algorithms_float32.cpp": ["--param=inline-unit-growth=0"],
    "algorithms_float64.cpp": ["--param=inline-unit-growth=0"],
    "observables.cpp": ["--param=inline-unit-growth=10"],  # with 0, some observables are slower
    "initial.cpp": [],
}


class BuildExtension(build_ext):
    """Compiles each file with its own options."""

    def build_extensions(self) -> None:
        compile_one = self.compiler._compile

        def compile_for(target, source, extension, arguments, more, options):  # type: ignore[no-untyped-def]
            otherwise = ["-Os"] if Path(source).parent.name == "bindings" else []
            own = OPTIONS.get(Path(source).name, otherwise)
            compile_one(target, source, extension, arguments, [*more, *own], options)

        self.compiler._compile = compile_for
        super().build_extensions()


class BuildWithHeaders(build_py):
    """Adds the headers, from which compile_coupling compiles."""

    def run(self) -> None:
        super().run()
        target = Path(self.build_lib) / "kuramoto/include/kuramoto"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(LIBRARY / "include/kuramoto", target)


ParallelCompile("KURAMOTO_BUILD_JOBS", needs_recompile=None).install()
setup(
    version=version(),
    long_description=(LIBRARY / "docs/python.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    packages=["kuramoto"],
    package_dir={"": "src"},
    package_data={"kuramoto": ["*.pyi", "py.typed"]},
    cmdclass={"build_ext": BuildExtension, "build_py": BuildWithHeaders},
    ext_modules=[
        Pybind11Extension(
            "kuramoto._core",
            sorted(os.path.relpath(file, HERE) for folder in SOURCES for file in folder.glob("*.cpp")),
            include_dirs=[str(LIBRARY / "include"), str(HERE / "bindings")],
            cxx_std=20,
            extra_compile_args=["-O2", "-g0", "-fopenmp", "-DNDEBUG"],
            extra_link_args=["-fopenmp", "-s"],
        )
    ],
)
