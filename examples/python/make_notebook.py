"""Makes course.ipynb of course.py, and runs it if asked to.

The notebook is not part of the repository: its text is that of course.py, and its results are those of the machine
where it runs. Needs nbformat, and nbconvert and ipykernel to run it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import nbformat

HERE = Path(__file__).resolve().parent
MARK = "# %%"
FORMAT: Any = nbformat.v4


def cells_of(text: str) -> list[Any]:
    """The cells of a program whose lines `# %%` and `# %% [markdown]` separate them."""
    cells = []
    for part in ("\n" + text).split("\n" + MARK)[1:]:
        kind, _, body = part.partition("\n")
        if kind.strip() == "[markdown]":
            lines = (line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines())
            cells.append(FORMAT.new_markdown_cell("\n".join(lines)))
        elif kind.strip() == "":
            cells.append(FORMAT.new_code_cell(body.strip()))
        else:
            raise ValueError(f"a cell must begin with '{MARK}' or '{MARK} [markdown]', but one with '{MARK}{kind}'")
    return [cell for cell in cells if cell.source]


def notebook_of(text: str) -> Any:
    """The notebook of a program. Cells are numbered, so that the same text makes the same file."""
    notebook = FORMAT.new_notebook(cells=cells_of(text))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(notebook)
    return notebook


def run(notebook: Any, folder: Path, timeout: int) -> None:
    """Runs all cells in place, in the Python that runs this program."""
    kernels: Any = importlib.import_module("jupyter_client.manager")
    kernel_spec: Any = importlib.import_module("jupyter_client.kernelspec").KernelSpec
    preprocessors: Any = importlib.import_module("nbconvert.preprocessors")

    class ThisPython(kernels.AsyncKernelManager):  # type: ignore[misc]
        """Starts the kernel without a search for one that is installed, which may be another Python."""

        @property
        def kernel_spec(self) -> Any:
            quiet = "frozen_modules=off"  # otherwise the debugger of the kernel warns
            return kernel_spec(
                argv=[sys.executable, "-X", quiet, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                env={"MPLBACKEND": "module://matplotlib_inline.backend_inline"},  # whatever it is outside
            )

    preprocessor = preprocessors.ExecutePreprocessor(timeout=timeout, kernel_manager_class=ThisPython)
    preprocessor.preprocess(notebook, {"metadata": {"path": str(folder)}})


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description="Makes a notebook of course.py.")
    parser.add_argument("source", nargs="?", type=Path, default=HERE / "course.py", help="program with marked cells")
    parser.add_argument("-o", "--output", type=Path, help="notebook to write; beside the program if not given")
    parser.add_argument(
        "--execute", action="store_true", help="run it and keep its results; KURAMOTO_QUICK=1 runs the small version"
    )
    parser.add_argument("--timeout", type=int, default=1200, help="seconds per cell (default: 1200)")
    arguments = parser.parse_args()
    notebook = notebook_of(arguments.source.read_text(encoding="utf-8"))
    if arguments.execute:
        run(notebook, arguments.source.resolve().parent, arguments.timeout)
    output = arguments.output or arguments.source.with_suffix(".ipynb")
    output.write_text(FORMAT.writes(notebook), encoding="utf-8")
    print(f"wrote {output}: {len(notebook.cells)} cells")


if __name__ == "__main__":
    main()
