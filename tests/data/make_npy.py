#!/usr/bin/env python3
"""Writes the .npy files of this folder, which tests/io read. Needs NumPy; written with NumPy 1.24.

Cell (i, j) of a rows x cols array is the square root of 2 + i * cols + j, rounded to its precision: all cells differ,
and so do their bytes in any other order.
"""

import pathlib
import pickle
import warnings

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent


def roots(rows, cols, dtype="<f8"):
    return np.sqrt(np.arange(2, 2 + rows * cols, dtype="<f8")).reshape(rows, cols).astype(dtype)


def write(name, array, version=(1, 0), allow_pickle=False):
    with open(FOLDER / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=allow_pickle)


def arrays_that_are_read():
    for dtype in "f4", "f8":
        for order in "C", "F":
            for endian, letter in ("little", "<"), ("big", ">"):
                array = np.asarray(roots(5, 7, letter + dtype), order=order)
                for version in 1, 2, 3:
                    write(f"{dtype}_{order}_{endian}_v{version}", array, (version, 0))
        for rows, cols in (0, 7), (7, 0), (0, 0), (1, 9), (9, 1):
            write(f"{dtype}_{rows}x{cols}", roots(rows, cols, "<" + dtype))
    # Quiet and signalling NaN with a payload, infinities, zeros of both signs, the smallest and the largest numbers.
    floats = [0x7FC12345, 0xFF812345, 0x7F800000, 0xFF800000, 0x80000000, 0x00000001, 0x7F7FFFFF, 0x00000000]
    doubles = [bits << 32 | 0x9ABCDEF1 for bits in (0x7FF81234, 0xFFF01234)]
    doubles += [0x7FF0 << 48, 0xFFF0 << 48, 1 << 63, 1, (0x7FF0 << 48) - 1, 0]
    for endian, letter in ("little", "<"), ("big", ">"):
        for name, bits, dtype in ("f4", floats, "u4"), ("f8", doubles, "u8"):
            array = np.array(bits, dtype=dtype).reshape(2, 4).astype(letter + dtype)
            write(f"{name}_special_{endian}", array.view(letter + name))


def arrays_that_are_refused():
    for dtype in "<i4", "<u8", "|b1", "<f2", "<c8", "<U3", "|S4":
        write(f"bad_dtype_{dtype[1:]}", np.ones((2, 3)).astype(dtype))
    write("bad_longdouble", np.zeros((2, 3), dtype=np.longdouble))
    write("bad_structured", np.zeros((2, 3), dtype=[("a", "<f4"), ("b", "<f8")]))
    write("bad_object", np.array([[1.0, None], ["text", 2]], dtype=object), allow_pickle=True)
    write("bad_0d", np.array(1.5))
    write("bad_1d", np.arange(4.0))
    write("bad_3d", np.arange(24.0).reshape(2, 3, 4))
    with open(FOLDER / "bad_pickle.npy", "wb") as file:
        pickle.dump(roots(2, 3), file, protocol=4)
    with open(FOLDER / "bad_archive.npy", "wb") as file:
        np.savez(file, theta=roots(2, 3))


if __name__ == "__main__":
    warnings.simplefilter("error")
    arrays_that_are_read()
    arrays_that_are_refused()
