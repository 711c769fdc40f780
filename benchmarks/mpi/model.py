#!/usr/bin/env python3
"""The time of a step of a lattice on processes: the model of docs/scaling.md, and its tables.

Usage: model.py [--picture FILE.png]

The model is that of SweepCost in include/kuramoto/detail/mpi/network.hpp, which chooses the depth of sweeps. It is
fitted to measurements on one machine. What it says of other machines is a prediction.
"""

import argparse
import dataclasses
import math


@dataclasses.dataclass
class Network:
    """A message of n bytes takes latency + n / bandwidth."""

    name: str
    latency: float  # s
    bandwidth: float  # bytes / s


@dataclasses.dataclass
class Block:
    """One process's part of the lattice, and what advances it."""

    rows: float
    cols: float
    network: Network
    are_rows_cut: bool = True
    are_cols_cut: bool = True
    cell_size: int = 4
    stages: int = 1
    workers: float = 1
    cell: float = 0.4e-9  # s per level of a cell, by one worker
    memory: float = 40e9  # bytes / s of one worker
    deepest: float = 500  # levels that would double the time of a cell

    def messages_per_sweep(self):
        """Each block around gets one: eight, or two if only rows or only columns are cut."""
        return {(True, True): 8, (False, False): 0}.get((self.are_rows_cut, self.are_cols_cut), 2)

    def bytes_per_sweep(self, depth):
        levels = depth * self.stages
        rows = self.rows + (2 * levels if self.are_rows_cut and self.are_cols_cut else 0)  # with the corners
        edges = (2 * self.cols if self.are_rows_cut else 0) + (2 * rows if self.are_cols_cut else 0)
        return edges * levels * self.cell_size

    def messages(self, depth):
        """The time of a sweep's messages."""
        if not (self.are_rows_cut or self.are_cols_cut):
            return 0
        return self.network.latency + self.bytes_per_sweep(depth) / self.network.bandwidth

    def redundant(self, depth):
        """Cells that another process computes too, per cell of the block. The halo shrinks by a level per step."""
        levels = depth * self.stages
        return (levels / self.rows if self.are_rows_cut else 0) + (levels / self.cols if self.are_cols_cut else 0)

    def step(self, depth):
        """The time of a step, if no part of the messages is hidden."""
        cells = self.rows * self.cols
        computed = cells * (1 + depth * self.stages / self.deepest + self.redundant(depth))
        traffic = 3 * cells * self.cell_size / self.memory
        return (computed * self.stages * self.cell + traffic / depth) / self.workers + self.messages(depth) / depth

    def best_depth(self, most=64):
        return min(depths(min(most, min(self.rows, self.cols) / self.stages)), key=self.step)


def depths(most):
    """Those that the library chooses from."""
    return [depth for depth in [*range(1, 8), *range(8, 65, 4)] if depth <= max(1, most)]
