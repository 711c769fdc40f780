#!/usr/bin/env python3
"""The time of a step of a lattice on processes: the model of docs/scaling.md, and its tables.

Usage: model.py [--picture FILE.png]

The model is that of SweepCost in include/kuramoto/detail/mpi/network.hpp, which chooses the depth of sweeps. It is
fitted to measurements on two processors. What it says of other machines is a prediction.

Exit status: 0 if the tables were printed, and the picture was drawn; 2 for an error.
"""

import argparse
import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import verdict  # noqa: E402


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


# Published figures: docs/scaling.md names the sources.
NETWORKS = [
    Network("InfiniBand HDR", 1.61e-6, 23.5e9),
    Network("Slingshot, slow messages", 8e-6, 25e9),
    Network("10 Gb/s Ethernet, TCP", 48e-6, 1.19e9),
]
RANKS_PER_NODE = 64
LAYOUTS = [(10, 10), (25, 40), (100, 100), (250, 400)]


def shared(network):
    """What one rank has of it, if all ranks of a node use its network card at once."""
    return dataclasses.replace(network, bandwidth=network.bandwidth / RANKS_PER_NODE)


def blocks(size, network):
    return [Block(rows=size / rows, cols=size / cols, network=shared(network)) for rows, cols in LAYOUTS]


def efficiency(block, depth):
    """The time of a step without any other process, divided by that with them."""
    alone = dataclasses.replace(block, are_rows_cut=False, are_cols_cut=False)
    return alone.step(16) / block.step(depth)


def milliseconds(time):
    return f"{1e3 * time:.3g}" if time < 0.1 else f"{1e3 * time:.0f}"


def print_ranks(size):
    print(f"| network, {size:.0e} × {size:.0e} cells | ranks | ms per step | depth | efficiency | efficiency at depth 1 |".replace("1e+05", "10⁵").replace("1e+06", "10⁶"))
    print("| --- | --- | --- | --- | --- | --- |")
    for network in NETWORKS:
        for (rows, cols), block in zip(LAYOUTS, blocks(size, network)):
            depth = block.best_depth()
            print(
                f"| {network.name} | {rows * cols} | {milliseconds(block.step(depth))} | {depth} | "
                f"{100 * efficiency(block, depth):.0f} % | {100 * efficiency(block, 1):.0f} % |"
            )
    print()


def print_depths():
    """The best depth against latency, with a fast link."""
    sizes = (250, 1000, 4000)
    print("| latency | " + " | ".join(f"{size}² cells per rank" for size in sizes) + " |")
    print("| --- |" + " --- |" * len(sizes))
    for microseconds in (1, 10, 100, 1000):
        network = Network("", 1e-6 * microseconds, 1e9)
        of_sizes = [Block(rows=size, cols=size, network=network) for size in sizes]
        row = [
            f"{block.best_depth()} (efficiency {100 * efficiency(block, block.best_depth()):.0f} %, "
            f"{100 * efficiency(block, 1):.0f} % at depth 1)"
            for block in of_sizes
        ]
        print(f"| {microseconds} µs | " + " | ".join(row) + " |")
    print()


def print_work():
    """Messages, bytes and redundant work of a block of 1000 × 1000 cells of float32."""
    block = Block(rows=1000, cols=1000, network=NETWORKS[0])
    print("| depth | messages per 16 steps | kB per 16 steps | cells computed twice |")
    print("| --- | --- | --- | --- |")
    for depth in (1, 4, 16, 64):
        sweeps = 16 / depth
        print(
            f"| {depth} | {block.messages_per_sweep() * sweeps:.4g} | "
            f"{1e-3 * block.bytes_per_sweep(depth) * sweeps:.0f} | {100 * block.redundant(depth):.1f} % |"
        )
    print()


def draw(file):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    sizes = [10 ** (k / 20) for k in range(36, 81)]  # of a block, in cells along an edge
    for colour, network in enumerate(NETWORKS):
        row = [Block(rows=size, cols=size, network=shared(network)) for size in sizes]
        cells = [size**2 for size in sizes]
        label = f"{network.name}: {1e6 * network.latency:.3g} µs, {1e-9 * network.bandwidth:.3g} GB/s"
        axes.plot(cells, [efficiency(b, b.best_depth()) for b in row], color=f"C{colour}", label=label)
        axes.plot(cells, [efficiency(b, 1) for b in row], color=f"C{colour}", linestyle="--")
    axes.plot([], [], color="0.4", linestyle="--", label="the same at depth 1")
    axes.set_xscale("log")
    axes.set_ylim(0, 1)
    axes.set_xlabel("cells per rank")
    axes.set_ylabel("efficiency (predicted)")
    axes.set_title(f"Euler, float32, {RANKS_PER_NODE} ranks per network card")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper left")
    figure.tight_layout()
    figure.savefig(file, dpi=100)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--picture", metavar="FILE.png")
    options = parser.parse_args()
    print_work()
    print_depths()
    for size in (1e5, 1e6):
        print_ranks(size)
    if options.picture:
        draw(options.picture)


if __name__ == "__main__":
    verdict.end(main)
